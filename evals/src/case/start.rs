//! The timeline from which a case starts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::WallClock;

/// The timeline from which a case starts. There is always the plan "My plan".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Start {
    /// Plans beside "My plan".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<StartPlan>,
    /// The active plan; "My plan" where not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
    /// Blocks, in the order of their handles: the first is B1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<StartBlock>,
    /// Many more blocks after them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filler: Option<Filler>,
    /// Goals that are being worked on: the words of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// Settings, as `changeSettings` takes them, beside the zone.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartPlan {
    /// Its title.
    pub title: String,
    /// Whether it is archived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBlock {
    /// Its title.
    pub title: String,
    /// When it starts.
    pub start: WallClock,
    /// How long it is, in minutes; 60 where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `high`, `medium` or `low`; medium where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// The title of its plan; "My plan" where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

/// Many blocks that matter to nobody: half an hour each, with numbered titles, one after another during the days from a date on,
/// eight a day from 8 to 18 o'clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filler {
    /// How many.
    pub count: u32,
    /// On which day the first one is; its time of day does not matter.
    pub from: WallClock,
    /// Their titles, each in turn, with a number after it.
    pub titles: Vec<String>,
}
