//! What must have come of something said.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Argument, BlockPattern, Text, Time};

/// What must have come of something said. What it does not name must be as it was: nothing more may be done than was asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Blocks that are new: each pattern has one of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<BlockPattern>,
    /// Blocks of before that are not as they were; each names its `block`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<BlockPattern>,
    /// Handles of blocks that are no longer there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Blocks that must be on the timeline, however they came there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exist: Vec<BlockPattern>,
    /// Blocks that must not be on the timeline.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<BlockPattern>,
    /// Handles of blocks that must be as they were, also where `others: any` is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<String>,
    /// Whether anything else may have changed.
    #[serde(skip_serializing_if = "Others::is_same")]
    pub others: Others,
    /// What became of the plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plans: Option<PlansExpect>,
    /// Goals that the architect was given, and what came of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalPattern>,
    /// Goals that were called off: what their words contain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals_cancelled: Vec<Text>,
    /// The calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<CallsExpect>,
    /// The answer in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReplyExpect>,
    /// What became of calls that were rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejections: Option<RejectionsExpect>,
    /// How often the model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepsExpect>,
    /// What a judge has to answer with yes, where one is asked (`--judge`): a statement about the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<String>,
    /// Instead of everything else: one of these must have come of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub either: Vec<Expect>,
}

/// Whether what is not named may have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Others {
    /// It is as it was.
    #[default]
    Same,
    /// It may have changed.
    Any,
}

impl Others {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
    fn is_same(&self) -> bool {
        *self == Self::Same
    }
}

/// What became of the plans.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlansExpect {
    /// Titles of new ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<Text>,
    /// Titles of those that are no longer there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Those that have another title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// Titles of those that were put away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<String>,
    /// Titles of those that were taken out again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restored: Vec<String>,
    /// The one that is active afterwards; without it, the active one may not change, unless plans were added or are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<Text>,
}

/// A plan with another title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    /// The title that it had.
    pub from: String,
    /// What its title contains now.
    pub to: Text,
}

/// A goal that the architect was given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GoalPattern {
    /// What its words contain: each of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goal: Vec<Text>,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Time>,
    /// That no deadline was given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_deadline: bool,
    /// By how many minutes the deadline may be off; 0 where not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<u32>,
    /// How many hours a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_per_week: Option<f64>,
    /// What the title of its plan contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
    /// How it ended: `completed` or `failed`. Where it is there, the architect works the goal out to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What its tasks must be. Where it is there, the architect works the goal out to its end, and the model is asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<TasksExpect>,
}

/// What the tasks of a goal must be, once they are on the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TasksExpect {
    /// At least so many blocks.
    pub least: usize,
    /// At most so many blocks: a task of more than a day's work is several.
    pub most: usize,
    /// All together are at least so long, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_minutes: Option<i64>,
    /// All together are at most so long, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_minutes: Option<i64>,
    /// What titles and descriptions contain, all taken together: each of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mention: Vec<Text>,
    /// At least so many of them depend on another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_dependent: Option<usize>,
}

impl Default for TasksExpect {
    fn default() -> Self {
        Self { least: 3, most: 40, least_minutes: None, most_minutes: None, mention: Vec::new(), least_dependent: None }
    }
}

/// Which calls must have been made. Calls that only ask (`findBlocks`, `findFreeTime`, `listPlans`, `listRuns`) may always be
/// made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallsExpect {
    /// No call that changes something.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub none: bool,
    /// These must have been made, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<CallChoice>,
    /// In this order; in any where not said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_order: bool,
    /// Other changing calls may have been made, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Names of tools that must not have been called at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
}

/// A call, or several of which one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CallChoice {
    /// Just this.
    One(CallPattern),
    /// One of these.
    Any {
        /// The alternatives.
        any: Vec<CallPattern>,
    },
}

/// What a call must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallPattern {
    /// The tool.
    pub tool: String,
    /// Its arguments, as they were understood; those that are not named can be anything. A value, or `{contains: text}`,
    /// `{any: [value, …]}`, `{absent: true}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Argument>,
}

/// What the answer in words must be. It may not be empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReplyExpect {
    /// What it contains: each of these, without regard to case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Text>,
    /// What it does not contain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Text>,
    /// Titles that it mentions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// Whether it asks something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<bool>,
}

/// What became of calls that were rejected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RejectionsExpect {
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
    /// Each was followed by a call of the same tool that was not rejected, or told in the answer, in words that do not claim
    /// success: one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mended_or_told: Option<Text>,
}

/// How often the model was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepsExpect {
    /// At most so often; 1–8.
    pub most: u32,
}
