//! Tasks find their place in a person's free time: the same input always gives the same answer.
//!
//! Lives here: the rules of placement. Not here: where tasks come from (a model), and turning them into blocks (commands).
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`hours`] | the days and hours in which a person works |
//! | `order` | which task is placed next |
//! | `calendar` | what is free, day by day, and what is booked |
//! | `why` | why a task found no place |

mod calendar;
pub mod hours;
mod order;
mod why;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::block::Priority;
use crate::span::Span;
use crate::text::{Description, Title};
use crate::zone::Zone;

use calendar::Calendar;
pub use hours::{DayTime, HoursError, WorkingHours};
pub use why::Why;

/// Shortest task, in minutes.
pub const SHORTEST_TASK: u32 = 5;
/// Longest task, in minutes: 8 hours.
pub const LONGEST_TASK: u32 = 480;
/// Tasks start on multiples of this many minutes of the wall clock.
pub const GRID_MINUTES: i64 = 5;
/// Break between blocks where nothing else is set, in minutes.
pub const PAUSE_MINUTES: u32 = 5;
/// How many days ahead are looked at where nothing else is set.
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
    /// How long it takes, [`SHORTEST_TASK`] to [`LONGEST_TASK`]. [`place`] takes less as [`SHORTEST_TASK`], and more as
    /// it is: it has a place where a working day is that long.
    pub minutes: u32,
    /// How much it matters.
    pub priority: Priority,
    /// What comes first: places in the list of tasks, without circles. A task of a circle, or one that waits for what
    /// is not in the list, stays unplaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<usize>,
}

/// The bounds within which tasks are placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The zone of the person: whose hours, days and weeks count.
    pub zone: Zone,
    /// When the person works.
    pub hours: WorkingHours,
    /// Shortest break between two blocks, in minutes. Kept between tasks and from what is on the timeline already, also
    /// where that lies outside the hours; not from the beginning and end of the hours.
    pub pause_minutes: u32,
    /// No task starts before this.
    pub not_before: DateTime<Utc>,
    /// No task ends after this.
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes of tasks a week (ISO 8601, Monday to Sunday, in the zone). A task counts in the week of
    /// the working day on which it is placed. What is on the timeline already does not count.
    pub minutes_per_week: Option<u32>,
    /// At most this many minutes of tasks on a working day, so that they are spread; a longer task takes a day for itself.
    /// What is on the timeline already does not count.
    pub minutes_per_day: Option<u32>,
    /// The last day that is looked at, as days after that of `not_before`: 0 is that day only.
    pub horizon_days: u32,
}

impl Frame {
    /// From this moment on, with the usual hours and pause, neither deadline nor limits, a year ahead.
    pub fn new(zone: Zone, not_before: DateTime<Utc>) -> Self {
        Self {
            zone,
            hours: WorkingHours::default(),
            pause_minutes: PAUSE_MINUTES,
            not_before,
            deadline: None,
            minutes_per_week: None,
            minutes_per_day: None,
            horizon_days: HORIZON_DAYS,
        }
    }
}

/// What became of the tasks: each is in exactly one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// Those that have a place, by time.
    pub placed: Vec<Placed>,
    /// Those that have none, in the order of the tasks.
    pub unplaced: Vec<Unplaced>,
}

/// A task and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its place in the list of tasks.
    pub task: usize,
    /// Its time.
    pub span: Span,
}

/// A task without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unplaced {
    /// Its place in the list of tasks.
    pub task: usize,
    /// Why it has none.
    pub why: Why,
}

/// Gives each task the earliest time that is free for it, around `busy` blocks (in any order, may overlap).
///
/// A task is placed after all that it depends on; among those that can be placed, by priority and then as given. What a task
/// waits for has at least its priority. The deadline is one for all of them: a bound, and no order. No task moves another that was placed before it. A task takes the first start, on full five minutes of the wall clock, at
/// which it lies
///
/// - after the end of all that it depends on,
/// - within the hours of one working day,
/// - within the frame: not before, deadline, limits, horizon,
/// - off the busy blocks and the tasks placed so far, with the pause on both sides.
///
/// So whoever takes some of the placed tasks as busy blocks and places the others again finds them where they were, as
/// long as there are no limits.
///
/// ```
/// use flux_timeline::place::{Frame, Task, place};
/// use flux_timeline::{Priority, Span, Title, Zone};
///
/// let at = |text: &str| text.parse().expect("an instant");
/// let task = Task { title: Title::new("Outline")?, description: None, minutes: 60, priority: Priority::High, depends_on: vec![] };
/// let meeting = Span::new(at("2026-11-24T09:30:00Z"), at("2026-11-24T10:00:00Z"))?;
/// let frame = Frame::new(Zone::UTC, at("2026-11-24T07:00:00Z"));
/// let placement = place(&[task], &[meeting], &frame);
/// assert_eq!(placement.placed[0].span.start(), at("2026-11-24T10:05:00Z"));
/// # Ok::<(), flux_timeline::Rejection>(())
/// ```
pub fn place(tasks: &[Task], busy: &[Span], frame: &Frame) -> Placement {
    let mut calendar = Calendar::new(busy, frame);
    // What `order` leaves out is in a circle or behind one.
    let mut outcomes: Vec<Result<Span, Why>> = vec![Err(Why::Circle); tasks.len()];
    for index in order::order(tasks) {
        let Some(task) = tasks.get(index) else { continue };
        let outcome = book(task, &outcomes, &mut calendar, frame);
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

fn book(task: &Task, outcomes: &[Result<Span, Why>], calendar: &mut Calendar<'_>, frame: &Frame) -> Result<Span, Why> {
    let mut after = None;
    for &on in &task.depends_on {
        match outcomes.get(on) {
            Some(Ok(span)) => after = after.max(Some(span.end())),
            Some(Err(_)) => return Err(Why::DependsOnUnplaced { on }),
            None => return Err(Why::UnknownDependency { on }),
        }
    }
    let minutes = task.minutes.max(SHORTEST_TASK);
    if let Some(limit) = frame.minutes_per_week.filter(|limit| *limit < minutes) {
        return Err(Why::LongerThanWeek { minutes, limit });
    }
    if let Some(span) = calendar.book(minutes, after) {
        return Ok(span);
    }
    // Only now: on the day on which the clocks go back, the hours can be longer than they are by the clock.
    let day = frame.hours.minutes();
    Err(if day < minutes { Why::LongerThanDay { minutes, day } } else { calendar.bound() })
}
