//! Goals as clients see them: without their outlines, which only the service needs.

use chrono::{DateTime, Utc};
use flux_timeline::free_time::Activity;
use flux_timeline::goal::GoalState;
use flux_timeline::progress::Progress;
use flux_timeline::text::{GoalText, Title};
use flux_timeline::{Goal, LeftOut, PlanId, RunId, Span, clock};
use serde::{Deserialize, Serialize};

/// A goal and how far it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoalSummary {
    /// Its id, which is that of the run that worked it out.
    pub id: RunId,
    /// What the person wants to reach, in their words.
    pub text: GoalText,
    /// A short name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// The plan of its blocks.
    pub plan: PlanId,
    /// What kind of activity it is.
    #[serde(default)]
    pub activity: Activity,
    /// When it was proposed.
    #[serde(deserialize_with = "clock::instant")]
    pub proposed_at: DateTime<Utc>,
    /// What the person changes.
    pub state: GoalState,
    /// How far it has come. Nothing for a proposal, which has no blocks yet.
    #[serde(default)]
    pub progress: Progress,
}

impl GoalSummary {
    /// The summary of a goal.
    pub fn new(goal: Goal, progress: Progress) -> Self {
        let Goal { id, text, title, plan, outline, proposed_at, state } = goal;
        Self { id, text, title, plan, activity: outline.activity, proposed_at, state, progress }
    }

    /// Its title, or what the person said if it has none.
    pub fn name(&self) -> &str {
        self.title.as_ref().map_or(self.text.as_str(), Title::as_str)
    }
}

/// How a goal would be planned: the result of `previewGoal`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoalPreview {
    /// The tasks and sessions, by start.
    pub parts: Vec<PreviewPart>,
    /// How many open blocks of the goal they replace.
    pub replaced: u64,
    /// What the person is told about the sessions, each as a paragraph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What finds no time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A task or a session that is not on the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewPart {
    /// Its title.
    pub title: Title,
    /// Its time. No two parts of a goal start at the same moment.
    pub span: Span,
    /// Whether it is a session.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub session: bool,
}
