//! What the workflow and the person's object say to each other.

use flux_tools::RunStep;
use flux_tools::place::Task;
use serde::{Deserialize, Serialize};

use crate::model::GoalContext;

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
        /// The tasks.
        tasks: Vec<Task>,
        /// The moment for which they were placed, in ms since 1970; none is the present one.
        not_before_ms: Option<i64>,
    },
    /// The person is told.
    Report,
    /// The run gives up.
    Fail {
        /// Why, in a sentence or two.
        error: String,
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
}

/// What a run has finished, kept by the object until the run is over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Work {
    /// What the model said, word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// The tasks, checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Vec<Task>>,
}

impl Work {
    /// Whether this step is finished.
    pub fn has(&self, step: RunStep) -> bool {
        match step {
            RunStep::Brainstorm => self.draft.is_some(),
            RunStep::Check => self.tasks.is_some(),
            RunStep::Place | RunStep::Commit | RunStep::Report => false,
        }
    }
}
