//! What the workflow and the person's object say to each other.

use flux_timeline::place::Task;
use flux_timeline::{LeftOut, RunStep, Title};
use serde::{Deserialize, Serialize};

use super::MENDS;
use flux_tools::context::GoalContext;

/// What the workflow tells the object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Request {
    /// A step begins, perhaps not for the first time.
    Begin(RunStep),
    /// It is still at it.
    Alive,
    /// A step did not succeed.
    Trouble {
        /// Why, in a sentence.
        error: String,
    },
    /// What is finished so far, to be kept for another try.
    Keep(Work),
    /// The tasks look for their time.
    Place {
        /// The tasks.
        tasks: Vec<Task>,
    },
    /// The tasks are added.
    Commit {
        /// The tasks, and what is not among them.
        plan: Plan,
        /// The moment for which they were placed, in ms since 1970; none is the present one.
        not_before_ms: Option<i64>,
    },
    /// The person is told.
    Report {
        /// In the words of the model, where it has found some.
        words: Option<String>,
    },
    /// The run gives up.
    Fail {
        /// Why, in a sentence or two, for the person; none where the workflow does not know.
        error: Option<String>,
        /// Why, as the engine has it, for the log.
        cause: String,
    },
}

/// What the object replies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    /// The run is over, or another workflow drives it: this one ends without a word.
    pub is_over: bool,
    /// The goal, where a step begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalContext>,
    /// What is finished already, where a step begins.
    pub work: Work,
    /// The moment for which the tasks were placed, in ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before_ms: Option<i64>,
    /// What is told where the model finds no words, once the tasks are added.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub report: String,
}

/// What a run has finished, kept by the object until the run is over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Work {
    /// What the model said, word for word: its first answer, and each that it has mended since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// A short name for the goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
}

/// What the check made of a model's words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Plan {
    /// The tasks, within bounds.
    pub tasks: Vec<Task>,
    /// What the model named and is not among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

impl Work {
    /// Whether the model has mended its answer as often as it may, and there are no tasks: only new words help.
    pub fn is_used_up(&self) -> bool {
        self.plan.is_none() && self.said.len() > MENDS
    }

    /// Whether this step is finished.
    pub fn has(&self, step: RunStep) -> bool {
        match step {
            RunStep::Brainstorm => !self.said.is_empty(),
            RunStep::Check => self.plan.is_some(),
            RunStep::Place | RunStep::Commit | RunStep::Report => false,
        }
    }
}
