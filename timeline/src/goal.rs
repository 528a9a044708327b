//! A goal that lives on: from the proposal that the architect made, over the sessions that are done and missed, to its end.
//!
//! A run of the architect works the goal out and ends. What it has worked out is the [`Outline`] of the goal, which never changes. When its
//! tasks and sessions take place follows from the outline, from the [`Wishes`] of the person, and from what is on the timeline, so it can be
//! planned again at any time without asking a model.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::block::Part;
use crate::clock;
use crate::free_time::{Activity, ActivityHours};
use crate::id::{PlanId, RunId};
use crate::outline::Outline;
use crate::settings::Settings;
use crate::text::{GoalText, Title};

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Goal {
    /// The run that worked it out, whose id it shares.
    pub id: RunId,
    /// What the person wants to reach, in their words.
    pub text: GoalText,
    /// A short name for it, if the architect has found one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// The plan of its blocks.
    pub plan: PlanId,
    /// What the architect has worked out.
    pub outline: Outline,
    /// When it was proposed. None of its tasks and sessions starts before.
    #[serde(deserialize_with = "clock::instant")]
    pub proposed_at: DateTime<Utc>,
    /// What the person changes.
    pub state: GoalState,
}

impl Wishes {
    /// The hours that the person has chosen for this goal, or else for its kind of activity. `None` if they have chosen none.
    pub fn chosen_hours(&self, activity: Activity, settings: &Settings) -> Option<ActivityHours> {
        self.hours.or(settings.activity_hours.of(activity))
    }
}

/// What the person changes of a goal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoalState {
    /// What has become of it.
    pub status: GoalStatus,
    /// How it is planned.
    #[serde(default)]
    pub wishes: Wishes,
    /// Since when it is behind by a week. `None` if it is not.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub behind_since: Option<DateTime<Utc>>,
}

/// What has become of a goal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GoalStatus {
    /// The person has not accepted it yet. None of its blocks is on the timeline.
    #[default]
    Proposed,
    /// The person works on it.
    Active,
    /// The person works on it later. None of its open blocks is on the timeline.
    Paused,
    /// The person has reached it, or given it up.
    Ended,
}

impl GoalStatus {
    /// `proposed`, `active`, `paused` or `ended`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

/// How a person wants a goal to be planned. What is `None` is left to the outline and to the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wishes {
    /// When everything should be done.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_week: Option<u32>,
    /// How long a session should be, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_minutes: Option<u32>,
    /// When the person has time for it, if not in the hours that the settings say for its kind of activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<ActivityHours>,
}

impl Goal {
    /// Its title, or what the person said if it has none.
    pub fn name(&self) -> &str {
        self.title.as_ref().map_or(self.text.as_str(), Title::as_str)
    }

    /// When the person has time for it: as they wish for this goal, or else for its kind of activity, or else as usual.
    pub fn hours(&self, settings: &Settings) -> ActivityHours {
        self.state.wishes.hours.unwrap_or_else(|| settings.hours_for(self.outline.activity))
    }
}

impl Block {
    /// Whether it is a session of a goal.
    pub fn is_session(&self) -> bool {
        self.goal.is_some_and(|part| matches!(part.part, Part::Session(_)))
    }
}
