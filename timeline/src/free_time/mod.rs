//! Free time: what busy blocks and the breaks around them leave of a person's hours, day by day.
//!
//! This is the only place that computes free time. [`place`](crate::place) books tasks into the days that it yields, and
//! [`query`](crate::query) answers "when am I free?" with the stretches themselves. Both keep the person's breaks. They
//! look in different hours:
//!
//! - Tasks are placed in the person's [`WorkingHours`], on working days only.
//! - A question looks at the hours in which the person is awake, [`WorkingHours::awake`]: 08:00–22:00 on each day, and
//!   longer where the person works earlier or later than that. People ask about evenings and weekends, too.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`hours`] | the days and hours in which a person works |
//! | `activity` | kinds of activity, and the hours that a person has for one |
//! | `windows` | these hours by day of the week |
//! | `days` | the free stretches of each day |

mod activity;
mod days;
pub mod hours;
mod windows;

use chrono::{DateTime, TimeDelta, Utc};

use crate::span::Span;
use crate::zone::Zone;

pub use activity::{Activity, ActivityHours, PartOfDay};
pub(crate) use days::{Days, FreeDay, MINUTE, Stretch, instant, on_grid};
pub use hours::{DayTime, HoursError, WorkingHours};
pub use windows::Windows;

/// Free time starts on multiples of this many minutes of the wall clock.
pub const GRID_MINUTES: u16 = 5;
/// The default break between blocks, in minutes.
pub const BREAK_MINUTES: u32 = 5;

/// A stretch of free time. Unlike a [`Span`] it can have any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it starts.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
}

/// Where to look for free time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The person's zone, in which days and hours are counted.
    pub zone: Zone,
    /// The days and hours to look in.
    pub hours: WorkingHours,
    /// The shortest break before and after a busy block, in minutes. A block outside the hours has its break, too. The
    /// hours themselves begin and end without a break.
    pub break_minutes: u32,
    /// Nothing before this is free.
    pub from: DateTime<Utc>,
    /// Nothing after this is free.
    pub until: Option<DateTime<Utc>>,
    /// How many days to look at after the day of `from`: 0 is that day only.
    pub days: u32,
    /// Shorter stretches are left out.
    pub shortest: TimeDelta,
}

/// The free stretches around `busy` blocks (in any order, may overlap), earliest first. None reaches into another day.
///
/// ```
/// use chrono::TimeDelta;
/// use flux_timeline::free_time::{Search, Slot, WorkingHours, slots};
/// use flux_timeline::{Span, Zone};
///
/// let at = |text: &str| text.parse().expect("an instant");
/// let search = Search {
///     zone: Zone::UTC,
///     hours: WorkingHours::default(),
///     break_minutes: 15,
///     from: at("2026-11-24T00:00:00Z"),
///     until: None,
///     days: 0,
///     shortest: TimeDelta::hours(1),
/// };
/// let meeting = Span::new(at("2026-11-24T09:30:00Z"), at("2026-11-24T10:00:00Z"))?;
/// let found: Vec<Slot> = slots(&[meeting], &search).collect();
/// assert_eq!(found, [Slot { start: at("2026-11-24T10:15:00Z"), end: at("2026-11-24T18:00:00Z") }]);
/// # Ok::<(), flux_timeline::Rejection>(())
/// ```
pub fn slots(busy: &[Span], search: &Search) -> impl Iterator<Item = Slot> + use<> {
    Days::new(busy, search).flat_map(FreeDay::into_slots)
}
