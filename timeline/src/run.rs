//! A run of the architect: a long goal on its way to scheduled tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::id::{PlanId, RunId};
use crate::text::{Goal, Title};

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Its id, which is also that of the transaction in which it adds its tasks.
    pub id: RunId,
    /// What the person wants to reach.
    pub goal: Goal,
    /// The plan that gets the tasks; the active one where it is deleted meanwhile.
    pub plan: PlanId,
    /// When everything should be done.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes of tasks a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_week: Option<u32>,
    /// When it was started first.
    #[serde(deserialize_with = "clock::instant")]
    pub started_at: DateTime<Utc>,
    /// Where it stands.
    pub state: RunState,
}

/// Where a run stands. Every change of it is an event, which carries it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunState {
    /// Whether it is under way, or how it ended.
    pub status: RunStatus,
    /// The step it is at, or at which it ended.
    pub step: RunStep,
    /// How far it is, 0–100.
    pub percent: u8,
    /// How often it was started: 1, and one more for each retry by the person.
    pub tries: u32,
    /// How often this step was begun since then.
    pub attempts: u32,
    /// What it is doing, or what came of it, in a sentence.
    pub message: String,
    /// A short name for its goal, once one is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// What went wrong last, in a sentence; none once the step succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Tasks that were named and not added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// When it came to stand so; none where it has not changed since it was started.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
}

/// A task that was not added: it found no time, or could not be used as it was named.
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
    /// It added nothing, and can be tried again.
    Failed,
    /// The person ended it; it added nothing.
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
    /// What it named is checked and mended.
    Check,
    /// The tasks find their time.
    Place,
    /// They are added to the timeline.
    Commit,
    /// The person is told.
    Report,
}

impl RunStep {
    /// How far a run is when the step begins, in percent. Most of the time goes to the model.
    pub const fn percent(self) -> u8 {
        match self {
            Self::Brainstorm => 5,
            Self::Check => 60,
            Self::Place => 75,
            Self::Commit => 85,
            Self::Report => 100,
        }
    }

    /// What the person is told while it goes on.
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
    /// What it is called: its title, or the goal itself.
    pub fn name(&self) -> &str {
        self.state.title.as_ref().map_or(self.goal.as_str(), Title::as_str)
    }

    /// When it changed last.
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.state.changed_at.unwrap_or(self.started_at)
    }

    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        self.state.status == RunStatus::Running
    }
}
