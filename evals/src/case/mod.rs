//! Cases: a timeline to start from, what a person says, and what must follow from it. Cases are written in YAML. The types here define
//! its JSON Schema, which editors use (`evals/case.schema.json`).

mod days;
mod expect;
mod load;
mod pattern;
mod series;
mod start;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::wall_clock::WallClock;

pub use days::CaseDays;
pub use expect::{
    CallChoice, CallPattern, CallsExpect, Expect, GoalPattern, HoursExpect, OrderExpect, Others, PlansExpect,
    Recolored, RejectionsExpect, Renamed, ReplyExpect, StepsExpect, TasksExpect,
};
pub use load::{LoadError, load, load_suite};
pub use pattern::{Argument, BlockPattern, Text, Time, argument_fits, folded};
pub use series::SeriesPattern;
pub use start::{Filler, Start, StartBlock, StartPlan};

/// A file of cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Its name, the same as that of the file.
    pub suite: String,
    /// What its cases are about, in a sentence or two.
    pub about: String,
    /// Values for cases that do not set their own.
    #[serde(default)]
    pub defaults: Defaults,
    /// The cases.
    pub cases: Vec<Case>,
}

/// Values for the cases of a suite that do not set their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// The present moment, local, e.g. 2026-03-02T10:00.
    pub now: Option<WallClock>,
    /// The IANA name of the person's time zone.
    pub zone: Option<String>,
    /// The timeline at the start.
    pub start: Option<StartChoice>,
    /// The category.
    pub category: Option<String>,
    /// Tags of every case, in addition to its own.
    pub tags: Vec<String>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique among all suites. Words joined by hyphens.
    pub id: String,
    /// The category for reports. By default that of the suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Tags for reports and selection. `offline` marks cases that the built-in interpreter must pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The present moment, local, e.g. 2026-03-02T10:00. It stands still for the whole case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<WallClock>,
    /// The IANA name of the person's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The timeline at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<StartChoice>,
    /// The turns, in order.
    pub turns: Vec<Turn>,
}

/// A message of the person, and what must follow from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What the person says.
    pub say: String,
    /// The person's answer if asked for consent. The default is no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<bool>,
    /// What must follow. Nothing else may change, unless `others: any` is set.
    #[serde(default)]
    pub expect: Expect,
    /// What a perfect model would do, step by step. With it every check passes; with an empty answer at least one fails.
    pub reference: Vec<Step>,
    /// A perfect model's answer to the request for the tasks of a goal: the JSON object, or text instead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brainstorm: Option<Value>,
}

/// The text and calls of a model in one step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// The text, which is streamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// The calls, in order: each is a tool and its arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Map<String, Value>>,
    /// Instead of both: the body of a provider's response, byte for byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// The timeline at the start: a file of `evals/starts`, or inline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StartChoice {
    /// The name of the file.
    Named(String),
    /// Inline.
    Here(Box<Start>),
}

/// The JSON Schema of a suite.
pub fn schema() -> Value {
    schemars::schema_for!(Suite).to_value()
}
