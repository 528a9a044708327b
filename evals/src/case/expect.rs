//! What must follow from a message of the person.

use std::collections::BTreeMap;

use flux_timeline::PlanColor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Argument, BlockPattern, SeriesPattern, Text, Time};

/// What must follow from a message of the person. Whatever is not named must stay the same: the agent may not do more than it was
/// asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Added blocks: each pattern must match a different one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<BlockPattern>,
    /// Changed blocks. Each pattern names its `block`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<BlockPattern>,
    /// Handles of removed blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Blocks that must be on the timeline, whether they are new or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exist: Vec<BlockPattern>,
    /// Blocks that must not be on the timeline.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<BlockPattern>,
    /// Handles of blocks that must stay the same, also with `others: any`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<String>,
    /// What repeats afterwards, whether it is new, changed or as it was: each pattern must match a different series. Their blocks need not
    /// be named in `added`, `changed` and `gone`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<SeriesPattern>,
    /// What must have stopped repeating: a text that the title of each series contains. Its blocks need not be named in `gone`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series_gone: Vec<Text>,
    /// Whether anything else may have changed.
    #[serde(skip_serializing_if = "Others::is_same")]
    pub others: Others,
    /// Changes of plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plans: Option<PlansExpect>,
    /// Goals that the architect must have been given, and their results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalPattern>,
    /// Goals that must have been cancelled: a text that each contains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals_cancelled: Vec<Text>,
    /// The calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<CallsExpect>,
    /// An order that does not come from the person. It must not be followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderExpect>,
    /// The answer in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReplyExpect>,
    /// What must follow rejected calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejections: Option<RejectionsExpect>,
    /// How often the model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepsExpect>,
    /// A statement about the conversation that the judge must confirm. Only used with `--judge`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<String>,
    /// Instead of everything else: alternatives, of which one must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub either: Vec<Expect>,
}

/// Whether anything that is not named may have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Others {
    /// Nothing else may have changed.
    #[default]
    Same,
    /// Other things may have changed.
    Any,
}

impl Others {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
    fn is_same(&self) -> bool {
        *self == Self::Same
    }
}

/// Changes of plans.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlansExpect {
    /// Titles of added plans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<Text>,
    /// Titles of deleted plans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Renamed plans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// Plans with another color.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recolored: Vec<Recolored>,
    /// Titles of archived plans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<String>,
    /// Titles of plans that were restored from the archive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restored: Vec<String>,
    /// The active plan afterwards. If missing, the active plan may change only if plans were added or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<Text>,
}

/// A renamed plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    /// The old title.
    pub from: String,
    /// A text that the new title contains.
    pub to: Text,
}

/// A plan with another color.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recolored {
    /// Its title.
    pub plan: String,
    /// Its new color.
    pub color: PlanColor,
}

/// A goal that the architect was given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GoalPattern {
    /// Texts that the goal contains, all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goal: Vec<Text>,
    /// The deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Time>,
    /// Whether there must be no deadline.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_deadline: bool,
    /// By how many minutes the deadline may differ. The default is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<u32>,
    /// Hours per week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_per_week: Option<f64>,
    /// A text that the title of its plan contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
    /// How it ended: `completed` or `failed`. If set, the architect runs to the end of the goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Requirements for its tasks. If set, the architect runs to the end of the goal, using the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<TasksExpect>,
}

/// Requirements for the tasks of a goal on the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TasksExpect {
    /// The least number of blocks.
    pub least: usize,
    /// The greatest number of blocks. A task that is too long for a day is split into several.
    pub most: usize,
    /// The least total length, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_minutes: Option<i64>,
    /// The greatest total length, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_minutes: Option<i64>,
    /// Texts that the titles and descriptions together contain, all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mention: Vec<Text>,
    /// The least number of tasks that depend on another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_dependent: Option<usize>,
    /// The least number of sessions, which are blocks with the tag `session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_sessions: Option<usize>,
    /// Whether the last block must end in the week before the deadline.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reaches_deadline: bool,
    /// How many minutes each week must have, give or take 15 %. The first and the last week with blocks may have fewer days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly_minutes: Option<i64>,
    /// The hours in which all blocks must lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<HoursExpect>,
}

/// Hours of a person who works from Monday to Friday between 9:00 and 18:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HoursExpect {
    /// The working hours.
    Working,
    /// Outside the working hours, but not at night.
    Free,
}

impl HoursExpect {
    /// `working` or `free`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Free => "free",
        }
    }
}

impl Default for TasksExpect {
    fn default() -> Self {
        Self {
            least: 3,
            most: 40,
            least_minutes: None,
            most_minutes: None,
            mention: Vec::new(),
            least_dependent: None,
            least_sessions: None,
            reaches_deadline: false,
            weekly_minutes: None,
            hours: None,
        }
    }
}

/// Which calls must have been made. Calls that only read (`findBlocks`, `findFreeTime`, `listPlans`, `listRuns`) are always
/// allowed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallsExpect {
    /// Whether no call may change anything.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub none: bool,
    /// Calls that must have been made, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<CallChoice>,
    /// Whether they must have been made in this order. The default is any order.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_order: bool,
    /// Whether other calls may change something, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Names of tools that must not have been called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
}

/// An order in data, such as a title or a mail that the person quotes: what an agent does that follows it, and that nothing else in the case
/// is a reason for. A call counts however it ended, since the agent has tried.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrderExpect {
    /// Names of tools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// Calls, where the tool alone says too little.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallPattern>,
    /// Texts in the answer, ignoring case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Text>,
}

/// A call, or alternatives of which one must have been made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CallChoice {
    /// This call.
    One(CallPattern),
    /// One of these calls.
    Any {
        /// The alternatives.
        any: Vec<CallPattern>,
    },
}

/// Requirements for a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallPattern {
    /// The tool.
    pub tool: String,
    /// Its arguments after repair: a value, `{contains: text}`, `{any: [value, …]}` or `{absent: true}` for each. Others can be
    /// anything.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Argument>,
}

/// Requirements for the answer's text. It may not be empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReplyExpect {
    /// Texts that it contains, all of them, ignoring case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Text>,
    /// Texts that it does not contain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Text>,
    /// Titles that it mentions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// Whether it asks a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<bool>,
}

/// What must follow rejected calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RejectionsExpect {
    /// The greatest number of rejected calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
    /// Each rejected call must be followed by an accepted call of the same tool, or the answer must report it with one of these texts,
    /// which do not claim success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired_or_reported: Option<Text>,
}

/// How often the model was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepsExpect {
    /// The greatest number of requests to the model, 1–8.
    pub most: u32,
}
