//! A run of the architect, which turns a goal into scheduled tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::id::{PlanId, RunId};
use crate::text::{GoalText, Title};

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Its id. The transaction in which it adds its tasks has the same UUID.
    pub id: RunId,
    /// What the person wants to reach.
    pub goal: GoalText,
    /// The plan for the tasks. If it is deleted meanwhile, the active plan gets them.
    pub plan: PlanId,
    /// When everything should be done.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes of tasks a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_week: Option<u32>,
    /// When it was started for the first time.
    #[serde(deserialize_with = "clock::instant")]
    pub started_at: DateTime<Utc>,
    /// Its state.
    pub state: RunState,
}

/// The state of a run. Each change is an event that carries the whole state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunState {
    /// Whether it is under way, or how it ended.
    pub status: RunStatus,
    /// The current step, or the step at which it ended.
    pub step: RunStep,
    /// The progress in percent, 0–100.
    pub percent: u8,
    /// The number of starts: 1, plus one for each retry by the person.
    pub tries: u32,
    /// The attempts at the current step since the last start.
    pub attempts: u32,
    /// What it is doing, or its result, in a sentence.
    pub message: String,
    /// A short name for its goal, once one is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// The last error in a sentence; `None` once the step has succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Tasks that were named and not added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// What the person is told about its sessions, each as a paragraph: how many hours a week they take, the milestones with their dates, and what
    /// does not fit. Empty for a run without sessions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// When it last changed; `None` if it has not changed since the start.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
}

/// A task that was not added, because there was no time for it or because it was not usable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The task.
    pub title: Title,
    /// Why, in a sentence.
    pub why: String,
}

/// Whether a run is under way, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// Under way.
    Running,
    /// Its tasks are on the timeline.
    Completed,
    /// It added nothing and can be retried.
    Failed,
    /// The person cancelled it, and it added nothing.
    Cancelled,
}

impl RunStatus {
    /// `running`, `completed`, `failed` or `cancelled`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A step of a run, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStep {
    /// A model names the tasks.
    Brainstorm,
    /// The model's tasks are checked and repaired.
    Check,
    /// The tasks are placed in free time.
    Place,
    /// The tasks are added to the timeline.
    Commit,
    /// The person gets a report.
    Report,
}

impl RunStep {
    /// The progress of a run when the step begins, in percent. The model takes most of the time.
    pub const fn percent(self) -> u8 {
        match self {
            Self::Brainstorm => 5,
            Self::Check => 60,
            Self::Place => 75,
            Self::Commit => 85,
            Self::Report => 100,
        }
    }

    /// The message that is shown during the step.
    pub const fn doing(self) -> &'static str {
        match self {
            Self::Brainstorm => "Thinking of the tasks.",
            Self::Check => "Checking the tasks.",
            Self::Place => "Looking for free time.",
            Self::Commit => "Adding the tasks.",
            Self::Report => "Telling what came of it.",
        }
    }

    /// `brainstorm`, `check`, `place`, `commit` or `report`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brainstorm => "brainstorm",
            Self::Check => "check",
            Self::Place => "place",
            Self::Commit => "commit",
            Self::Report => "report",
        }
    }
}

impl Run {
    /// Its title, or the goal if it has none.
    pub fn name(&self) -> &str {
        self.state.title.as_ref().map_or(self.goal.as_str(), Title::as_str)
    }

    /// When it last changed.
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.state.changed_at.unwrap_or(self.started_at)
    }

    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        self.state.status == RunStatus::Running
    }
}
