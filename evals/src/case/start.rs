//! The timeline from which a case starts.

use flux_timeline::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::days::CaseDays;
use crate::wall_clock::WallClock;

/// The timeline from which a case starts. There is always the plan "My plan".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Start {
    /// Plans in addition to "My plan".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<StartPlan>,
    /// The active plan. The default is "My plan".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
    /// Blocks, in the order of their handles: the first is B1. What repeats takes a handle for each block that it has within 90 days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<StartBlock>,
    /// Many more blocks, added after the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filler: Option<Filler>,
    /// Goals that the architect is working on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// Settings in addition to the zone, in the form of `setSettings`.
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
    /// When it starts; none for a task without a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<WallClock>,
    /// Its days, if it is all day, instead of `start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<CaseDays>,
    /// The last day for a task, e.g. 2026-03-06.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Its length in minutes. The default is 60, and none for what has no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `high`, `medium` or `low`. The default is medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// `task` or `appointment`. The default is task.
    #[serde(default, skip_serializing_if = "Kind::is_task")]
    pub kind: Kind,
    /// How it repeats, in the words of `repeat` of `scheduleBlock`, e.g. `every tuesday`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
    /// Its own reminders, in minutes before the start. The default is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<u32>>,
    /// Whether a reminder of it has come and waits to be dealt with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminded: bool,
    /// Whether it is done. Of what repeats, this is about the first block.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// The title of its plan. The default is "My plan".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

/// Many blocks as background: half an hour each, with numbered titles, on consecutive days, eight a day between 8:00 and
/// 17:00.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filler {
    /// The number of blocks.
    pub count: u32,
    /// The first day. The time of day is ignored.
    pub from: WallClock,
    /// Their titles, used in turn, each followed by a number.
    pub titles: Vec<String>,
}
