//! Plans a goal from now to its deadline: single tasks, and regular sessions in phases that end in milestones.
//!
//! [`propose`] is a pure function of an outline, of the person's time and wishes ([`Horizon`]), and of what is on the timeline. So a proposal
//! can be made again with other wishes, and the model, which made the outline, is not asked again.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `parts` | tasks that are too long for a day |
//! | `tasks` | the times of the single tasks |
//! | `split` | how many sessions a week has, and how long they are |
//! | `phases` | which weeks belong to which phase, and when a goal without a deadline ends |
//! | `pattern` | the days of the week and the hours at which sessions are free in most weeks |
//! | `book` | the person's days, and the search for the time of a session in a week of them |
//! | `weeks` | the sessions of each week, and what found no time |
//! | `make_up` | new times for missed sessions |
//! | `remaining` | what of an outline is still to be done |
//! | `notes` | what the person is told about a proposal |
//!
//! docs/decisions/sessions-to-the-deadline.md has the rules in a table.

mod book;
mod make_up;
mod notes;
mod parts;
mod pattern;
mod phases;
mod remaining;
mod split;
mod tasks;
mod weeks;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::free_time::{Activity, ActivityHours};
use crate::limits;
use crate::place::{Horizon, LONGEST_TASK, Placement, SHORTEST_TASK, Task};
use crate::span::Span;
use crate::text::{Description, Title};

pub use make_up::make_up;
pub use notes::{left_out, notes, numbered};
pub use parts::{Fitted, split_tasks};
pub use remaining::{Done, PhaseDone, Remaining, RemainingPhase, remaining};

/// Most phases of an outline.
pub const PHASES: usize = 4;
/// The tag of each block that is a session.
pub const SESSION_TAG: &str = "session";

/// How a goal is reached, before anything has a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    /// What kind of activity it is, which decides the hours of the day.
    pub activity: Activity,
    /// Single tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// What is done regularly, one phase after the other; at most [`PHASES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
}

impl Outline {
    /// When the person has time for it: in the hours that they have chosen, or else in the usual ones of its activity.
    pub fn hours(&self, horizon: &Horizon) -> ActivityHours {
        horizon.activity_hours.unwrap_or_else(|| self.activity.usual_hours())
    }

    /// The end of the time in which [`propose`] places something. What is on the timeline later does not matter.
    pub fn reach(&self, horizon: &Horizon) -> DateTime<Utc> {
        // The days of a horizon are those of the person's zone, and the last one can have 25 hours.
        let more = TimeDelta::days(2);
        let last = horizon.not_before + TimeDelta::days(horizon.days.into()) + more;
        match (horizon.deadline, self.phases.is_empty()) {
            (None, true) => last,
            (None, false) => last.max(phases::end(self, horizon) + more),
            (Some(deadline), true) => last.min(deadline),
            (Some(_), false) => phases::end(self, horizon),
        }
    }
}

/// Regular sessions of one kind, which end in a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Phase {
    /// What is done in each session.
    pub title: Title,
    /// How it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// How long a session should be, in minutes, [`SHORTEST_TASK`] to [`LONGEST_TASK`]. What the person said wins: see [`Horizon`].
    pub minutes: u32,
    /// How many sessions a week there should be, 1–7. The hours a week that the person named win.
    pub per_week: u32,
    /// How many weeks the phase takes. `None` if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weeks: Option<u32>,
    /// What can be done at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<Title>,
}

impl Phase {
    /// The minutes a week: those that the person named, or those of its sessions.
    fn weekly_minutes(&self, horizon: &Horizon) -> u32 {
        horizon.minutes_per_week.unwrap_or_else(|| self.per_week.saturating_mul(self.session_minutes(horizon)))
    }

    /// How long a session should be, in minutes: as the person said, or as the phase says.
    fn session_minutes(&self, horizon: &Horizon) -> u32 {
        horizon.session_minutes.unwrap_or(self.minutes).clamp(SHORTEST_TASK, LONGEST_TASK)
    }
}

/// A session and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Its phase, as an index into the phases of the outline.
    pub phase: usize,
    /// Its time.
    pub span: Span,
}

/// Tasks and sessions with their times, and what found none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The tasks.
    pub tasks: Placement,
    /// The sessions, by time.
    pub sessions: Vec<Session>,
    /// For each phase, how many sessions found no time.
    pub missed: Vec<u32>,
    /// The fewest and the most minutes of sessions that a full week has. `None` without phases.
    pub weekly: Option<(u32, u32)>,
    /// When the sessions must have ended: at the deadline, or after as many weeks as they take.
    pub end: Option<DateTime<Utc>>,
    /// Whether sessions are missing at the end because a run adds at most [`limits::TASKS_PER_RUN`] blocks.
    pub is_cut: bool,
}

impl Proposal {
    /// Whether nothing has a time.
    pub fn is_empty(&self) -> bool {
        self.tasks.placed.is_empty() && self.sessions.is_empty()
    }

    /// When the first task or session begins.
    pub fn first_start(&self) -> Option<DateTime<Utc>> {
        let spans = self.tasks.placed.first().map(|placed| placed.span);
        spans.into_iter().chain(self.sessions.first().map(|session| session.span)).map(Span::start).min()
    }
}

/// Gives tasks and sessions times, around `busy` blocks (in any order, may overlap). The same input always gives the same answer.
///
/// Tasks are placed as [`place`](crate::place::place) does it, in the hours of the activity. They are spread over the days if there is time for
/// that. With sessions, they take at most half of the minutes of a week, unless one of them would lose its place; a longer task is the only one of
/// its week, and the next week has none. Tasks after all sessions are placed at the end, or left out if there is no room. The sessions share what is
/// left of the minutes of each week:
///
/// - A week has whole sessions on different days, with days between them, on the same days at the same hour as in other weeks, where these
///   are free, and otherwise at the nearest free time of the same week.
/// - The first and the last week have the sessions of the days that they have.
/// - Sessions that find no free time in their week are left out.
pub fn propose(outline: &Outline, busy: &[Span], horizon: &Horizon) -> Proposal {
    let horizon = Horizon { activity: outline.activity, ..horizon.clone() };
    if outline.phases.is_empty() {
        return Proposal { tasks: tasks::calm(&outline.tasks, busy, &horizon, None), ..Proposal::default() };
    }
    let end = phases::end(outline, &horizon);
    let tasks = tasks::beside_sessions(outline, busy, &horizon, end);
    let is_closing = |task: usize| outline.tasks.get(task).is_some_and(|task| task.after_sessions);
    let first_closing = tasks.placed.iter().find(|placed| is_closing(placed.task)).map(|placed| placed.span.start());
    let until = first_closing.map_or(end, |first| first.min(end));
    let spans: Vec<Span> = tasks.placed.iter().map(|placed| placed.span).collect();
    let room = limits::TASKS_PER_RUN.saturating_sub(outline.tasks.len());
    let horizon = Horizon { deadline: Some(until), ..horizon };
    Proposal { tasks, end: Some(end), ..weeks::sessions(&outline.phases, busy, &spans, &horizon, room) }
}

/// The number of days from the day of `not_before` to that of an instant.
fn days_until(horizon: &Horizon, until: DateTime<Utc>) -> u32 {
    let date = |instant| horizon.zone.wall(instant).date();
    u32::try_from((date(until) - date(horizon.not_before)).num_days()).unwrap_or_default()
}
