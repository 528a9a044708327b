//! Requests of the workflow to the person's object, and the object's replies.

use flux_timeline::free_time::Activity;
use flux_timeline::outline::{Outline, Phase};
use flux_timeline::place::Task;
use flux_timeline::{LeftOut, RunStep, Title};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::REPAIRS;
use flux_model::Usage;
use flux_tools::context::GoalContext;

/// A request of the workflow to the object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Request {
    /// A step begins. It may have begun before.
    Begin(RunStep),
    /// The workflow is still working.
    Alive,
    /// A step failed and may be tried again.
    Trouble {
        /// Why, in a sentence.
        error: String,
    },
    /// Stores what is finished so far, for another attempt.
    Keep(Work),
    /// Places the tasks and sessions in free time.
    Place(Plan),
    /// Adds the tasks to the timeline.
    Commit {
        /// The tasks, and what was left out.
        plan: Plan,
        /// The moment for which they were placed, in ms since 1970. `None` means now.
        not_before_ms: Option<i64>,
    },
    /// Reports the result to the person.
    Report {
        /// The model's wording of the report, if it gave one.
        words: Option<String>,
    },
    /// Counts the tokens of answers of the model. It is handled for every workflow, also after the run is over, and once for each answer.
    Count(Vec<Spent>),
    /// The run failed.
    Fail {
        /// Why, in a sentence or two, for the person. `None` if the workflow does not know.
        error: Option<String>,
        /// The engine's reason, for the log.
        cause: String,
    },
}

/// The tokens of one answer of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The id of the answer, by which the object knows whether it has counted it.
    pub answer: Uuid,
    /// Its tokens.
    pub usage: Usage,
}

/// The object's reply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    /// The run is over, or another workflow drives it. This workflow then ends silently.
    pub is_over: bool,
    /// The goal, in the reply to [`Request::Begin`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalContext>,
    /// What is finished already, in the reply to [`Request::Begin`].
    pub work: Work,
    /// The moment for which the tasks were placed, in ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before_ms: Option<i64>,
    /// Our own wording of the report, once the tasks are added. It is used if the model gives none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub report: String,
}

/// What a run has finished. The object stores it until the run is over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Work {
    /// The model's answers, word for word: the first one, then each repaired one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// The tasks that the check made of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// A short name for the goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
}

/// The result of checking a model's answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Plan {
    /// What kind of activity it is.
    pub activity: Activity,
    /// The tasks, within bounds.
    pub tasks: Vec<Task>,
    /// What is done regularly, within bounds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// What the model named but is not among the tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

impl Plan {
    /// What the planner gets, and what was left out before.
    pub fn outline(self) -> (Outline, Vec<LeftOut>) {
        let Self { activity, tasks, phases, left_out } = self;
        (Outline { activity, tasks, phases }, left_out)
    }
}

impl Work {
    /// Whether the model has repaired its answer as often as it may and there are still no tasks. Then only a new answer helps.
    pub fn is_used_up(&self) -> bool {
        self.plan.is_none() && self.said.len() > REPAIRS
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
