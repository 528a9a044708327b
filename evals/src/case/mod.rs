//! What a case is: a timeline to start from, what a person says, and what must have become of it. Written in YAML; the types
//! here are its schema, which editors complete by (`evals/case.schema.json`).

mod expect;
mod load;
mod pattern;
mod start;

use chrono::NaiveDateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use expect::{
    CallChoice, CallPattern, CallsExpect, Expect, GoalPattern, Others, PlansExpect, RejectionsExpect, Renamed,
    ReplyExpect, StepsExpect, TasksExpect,
};
pub use load::{LoadError, load, load_suite};
pub use pattern::{Argument, BlockPattern, Text, Time, argument_fits, folded};
pub use start::{Filler, Start, StartBlock, StartPlan};

/// A file of cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Its name, which is the file's.
    pub suite: String,
    /// What its cases are about, in a sentence or two.
    pub about: String,
    /// What holds for each case that says nothing else.
    #[serde(default)]
    pub defaults: Defaults,
    /// The cases.
    pub cases: Vec<Case>,
}

/// What holds for each case of a suite that says nothing else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// The present moment, local, e.g. 2026-03-02T10:00.
    pub now: Option<WallClock>,
    /// IANA name of the person's zone.
    pub zone: Option<String>,
    /// The timeline at first.
    pub start: Option<StartChoice>,
    /// The category.
    pub category: Option<String>,
    /// Tags of every case, beside its own.
    pub tags: Vec<String>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique among all suites; words joined by hyphens.
    pub id: String,
    /// What it is counted with; the suite's where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What else it is counted with. `offline` marks what the built-in interpreter is meant to pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The present moment, local, e.g. 2026-03-02T10:00. It stands still for the whole case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<WallClock>,
    /// IANA name of the person's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The timeline at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<StartChoice>,
    /// What is said, and what must come of it, in order.
    pub turns: Vec<Turn>,
}

/// Something said, and what must come of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What the person says.
    pub say: String,
    /// What the person answers where they are asked for consent; no where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<bool>,
    /// What must have come of it. Whatever is not expected must not have changed, unless `others: any` is said.
    #[serde(default)]
    pub expect: Expect,
    /// What a perfect model would do, step by step: with it every check passes, and with nothing one fails.
    pub reference: Vec<Step>,
    /// What a perfect model would answer where tasks for a goal are asked for: the JSON object, or text that should be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brainstorm: Option<Value>,
}

/// What a model says and calls in one step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Its words, as they are streamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// Its calls, in order: each a tool and its arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Map<String, Value>>,
    /// Instead of both, the body of the response, byte for byte, as a provider sends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// The timeline at first: a file of `evals/starts`, or in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StartChoice {
    /// By the name of its file.
    Named(String),
    /// In place.
    Here(Box<Start>),
}

/// A wall-clock time, to the minute: `2026-03-02T10:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallClock(pub NaiveDateTime);

impl WallClock {
    const FORMAT: &'static str = "%Y-%m-%dT%H:%M";
}

impl std::fmt::Display for WallClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format(Self::FORMAT))
    }
}

impl Serialize for WallClock {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallClock {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveDateTime::parse_from_str(&text, Self::FORMAT)
            .map(Self)
            .map_err(|_| serde::de::Error::custom(format!("{text:?} is not a time such as 2026-03-02T10:00")))
    }
}

impl JsonSchema for WallClock {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WallClock".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$",
            "description": "A local time to the minute, e.g. 2026-03-02T10:00.",
        })
    }
}

/// The JSON Schema of a suite.
pub fn schema() -> Value {
    schemars::schema_for!(Suite).to_value()
}
