//! Places tasks in a person's free time. The same input always gives the same answer.
//!
//! This module has the rules of placement. [`free_time`](crate::free_time) computes what is free, a model makes the tasks,
//! and commands turn them into blocks.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `order` | which task is placed next |
//! | `calendar` | the days and the tasks booked in them |
//! | `why` | why a task has no place |

mod calendar;
mod order;
mod why;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::block::Priority;
use crate::free_time::{Activity, ActivityHours, BREAK_MINUTES, Windows, WorkingHours};
use crate::span::Span;
use crate::text::{Description, Title};
use crate::zone::Zone;

use calendar::Calendar;
pub(crate) use order::order;
pub use why::Why;

/// Shortest task, in minutes.
pub const SHORTEST_TASK: u32 = 5;
/// Longest task, in minutes: 8 hours.
pub const LONGEST_TASK: u32 = 480;
/// The default length of a [`Horizon`], in days.
pub const HORIZON_DAYS: u32 = 366;

/// Something to do that has no time yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// What is to be done.
    pub title: Title,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// How long it takes, [`SHORTEST_TASK`] to [`LONGEST_TASK`]. [`place`] treats less as [`SHORTEST_TASK`]. It accepts
    /// more, and places the task if a working day is long enough.
    pub minutes: u32,
    /// How much it matters.
    pub priority: Priority,
    /// The tasks that must come before it, as indexes into the list of tasks. Tasks that wait for each other in a circle
    /// stay unplaced, and so does a task that waits for one that is not in the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<usize>,
    /// Whether it comes after the last session of an [`Outline`](crate::outline::Outline), like a final test.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_sessions: bool,
}

/// The time in which tasks may be placed, and the limits on how much of it they may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizon {
    /// The person's zone, in which hours, days and weeks are counted.
    pub zone: Zone,
    /// When the person works.
    pub hours: WorkingHours,
    /// What kind of activity the tasks are, which decides the hours of the day.
    pub activity: Activity,
    /// When the person has time for them. `None`: in the usual hours of the activity.
    pub activity_hours: Option<ActivityHours>,
    /// How long sessions should be, in minutes, instead of the lengths that the phases have. `None`: as long as the phases say. It has no effect
    /// on tasks.
    pub session_minutes: Option<u32>,
    /// The shortest break between two blocks, in minutes. Tasks keep it from each other and from the blocks on the
    /// timeline, including blocks outside the hours. The hours themselves begin and end without a break.
    pub break_minutes: u32,
    /// No task starts before this.
    pub not_before: DateTime<Utc>,
    /// No task ends after this.
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes of tasks a week (ISO 8601, Monday to Sunday, in the zone). A task counts in the week of
    /// the working day on which it is placed. Blocks that are on the timeline already do not count.
    pub minutes_per_week: Option<u32>,
    /// At most this many minutes of tasks a week, so that sessions have the rest. A longer task is the only one of its week, and
    /// the next week has none.
    pub share_per_week: Option<u32>,
    /// At most this many minutes of tasks on a working day, so that they are spread. A longer task gets a day of its own.
    /// Blocks that are on the timeline already do not count.
    pub minutes_per_day: Option<u32>,
    /// How many days to look at after the day of `not_before`: 0 is that day only.
    pub days: u32,
    /// Tasks that come after all sessions do not start before this. `None` if there are no sessions.
    pub sessions_end: Option<DateTime<Utc>>,
}

impl Horizon {
    /// A year from this moment on, with the default hours and break, and without a deadline or limits.
    pub fn new(zone: Zone, not_before: DateTime<Utc>) -> Self {
        Self {
            zone,
            hours: WorkingHours::default(),
            activity: Activity::default(),
            activity_hours: None,
            session_minutes: None,
            break_minutes: BREAK_MINUTES,
            not_before,
            deadline: None,
            minutes_per_week: None,
            share_per_week: None,
            minutes_per_day: None,
            days: HORIZON_DAYS,
            sessions_end: None,
        }
    }

    /// The hours in which tasks are placed.
    pub fn windows(&self) -> Windows {
        Windows::new(self.activity_hours.unwrap_or_else(|| self.activity.usual_hours()), self.hours)
    }
}

/// The result of [`place`]. Each task is in exactly one of the two lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The tasks that have a place, by time.
    pub placed: Vec<Placed>,
    /// The tasks that have none, in their given order.
    pub unplaced: Vec<Unplaced>,
}

/// A task and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its index in the list of tasks.
    pub task: usize,
    /// Its time.
    pub span: Span,
}

/// A task without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unplaced {
    /// Its index in the list of tasks.
    pub task: usize,
    /// Why it has none.
    pub why: Why,
}

/// Gives each task the earliest time that is free for it, around `busy` blocks (in any order, may overlap).
///
/// Tasks are placed one after the other, and none moves a task that was placed before it. A task comes after all tasks
/// that it depends on. Among tasks that are ready, the order is by priority and then as given; a task has at least the
/// priority of every task that waits for it. The deadline is the same for all tasks and does not change the order.
///
/// A task gets the first start, on full five minutes of the wall clock, at which it lies
///
/// - after the end of all tasks that it depends on,
/// - within the hours of one day: the working hours, or others that suit the activity,
/// - within the horizon and its limits,
/// - at least a break away from the busy blocks and from the tasks placed so far.
///
/// If there are no limits, some of the placed tasks can be passed as busy blocks and the others placed again: these get
/// the same places as before.
///
/// ```
/// use flux_timeline::place::{Horizon, Task, place};
/// use flux_timeline::{Priority, Span, Title, Zone};
///
/// let at = |text: &str| text.parse().expect("an instant");
/// let task = Task { title: Title::new("Outline")?, description: None, minutes: 60, priority: Priority::High, depends_on: vec![], after_sessions: false };
/// let meeting = Span::new(at("2026-11-24T09:30:00Z"), at("2026-11-24T10:00:00Z"))?;
/// let horizon = Horizon::new(Zone::UTC, at("2026-11-24T07:00:00Z"));
/// let placement = place(&[task], &[meeting], &horizon);
/// assert_eq!(placement.placed[0].span.start(), at("2026-11-24T10:05:00Z"));
/// # Ok::<(), flux_timeline::Rejection>(())
/// ```
pub fn place(tasks: &[Task], busy: &[Span], horizon: &Horizon) -> Placement {
    let mut calendar = Calendar::new(busy, horizon);
    // `order` leaves out the tasks of a circle and those that wait for one.
    let mut outcomes: Vec<Result<Span, Why>> = vec![Err(Why::Circle); tasks.len()];
    for index in order(tasks) {
        let Some(task) = tasks.get(index) else { continue };
        let outcome = book(task, &outcomes, &mut calendar, horizon);
        if let Some(slot) = outcomes.get_mut(index) {
            *slot = outcome;
        }
    }
    let mut placement = Placement::default();
    for (task, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(span) => {
                let at = placement.placed.partition_point(|placed| placed.span.start() <= span.start());
                placement.placed.insert(at, Placed { task, span });
            }
            Err(why) => placement.unplaced.push(Unplaced { task, why }),
        }
    }
    placement
}

fn book(
    task: &Task,
    outcomes: &[Result<Span, Why>],
    calendar: &mut Calendar<'_>,
    horizon: &Horizon,
) -> Result<Span, Why> {
    let mut after = horizon.sessions_end.filter(|_| task.after_sessions);
    for &on in &task.depends_on {
        match outcomes.get(on) {
            Some(Ok(span)) => after = after.max(Some(span.end())),
            Some(Err(_)) => return Err(Why::DependsOnUnplaced { on }),
            None => return Err(Why::UnknownDependency { on }),
        }
    }
    let minutes = task.minutes.max(SHORTEST_TASK);
    if let Some(limit) = horizon.minutes_per_week.filter(|limit| *limit < minutes) {
        return Err(Why::LongerThanWeek { minutes, limit });
    }
    if let Some(span) = calendar.book(minutes, after) {
        return Ok(span);
    }
    // Checked last, because on the day on which the clocks go back the hours can be longer than they are by the clock.
    let day = horizon.windows().longest();
    if day < minutes {
        let is_work = horizon.activity == Activity::Work && horizon.activity_hours.is_none();
        return Err(Why::LongerThanDay { minutes, day, is_work });
    }
    Err(match calendar.bound() {
        Why::NoRoomBeforeDeadline if task.after_sessions && horizon.sessions_end.is_some() => Why::NoRoomAfterSessions,
        why => why,
    })
}
