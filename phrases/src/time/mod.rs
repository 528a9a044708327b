//! Expressions of time within a sentence: where they stand and what they say. What a request makes of them is decided in
//! [`wanted`] and [`slot`].
//!
//! | module | what it reads or does |
//! | --- | --- |
//! | `clock` | times of day: `6pm`, `half past 7`, `2-4pm` |
//! | `date` | days, weeks, months: `next Friday`, `3rd of May 2027`, `in 3 days` |
//! | `calendar` | which day a name means, seen from today |
//! | `named` | a day by its place or its feast: `the last Friday of the month`, `Christmas Eve` |
//! | `scan` | finds all of them in a sentence, with the prepositions before them |
//! | `wanted` | what the expressions of one request say together |
//! | `slot` | the moment that is meant |
//! | `elapsed` | real hours and minutes from a wall-clock time on, over changes of the clocks |

mod calendar;
mod clock;
mod date;
mod elapsed;
mod named;
mod scan;
mod slot;
mod wanted;

use std::ops::Range;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::duration::Length;

pub use calendar::{monday, month_named, plus, plus_length};
pub use elapsed::Moment;
pub use scan::{Style, fragments};
pub use slot::{Hint, Place, nearest, place, settle};
pub use wanted::Wanted;

/// Seen from where: the present, and how numeric dates are written there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Today {
    /// The present moment, wall clock.
    pub now: NaiveDateTime,
    /// Whether `3/5` is 5 March and not 3 May.
    pub month_first: bool,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// 0–24; 24 is the midnight at the end of a day.
    pub hour: u32,
    /// 0–59.
    pub minute: u32,
    /// Whether it could be the other half of the day: `7`, but not `7am`, `07:00` or `19`.
    pub open: Openness,
}

/// How sure the half of the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// Said, or beyond doubt.
    Fixed,
    /// A bare hour: `at 7`, `half past 8`.
    Bare,
    /// Hours and minutes in digits: `7:30`. Most often the 24-hour clock, except for the small hours.
    Digits,
}

/// A day that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The next such day.
    pub date: NaiveDate,
    /// The last such day, today included, where the name fits several: for `Friday`, `3 March` and `the 3rd`.
    pub before: Option<NaiveDate>,
}

impl Day {
    /// The only day of that name.
    pub const fn only(date: NaiveDate) -> Self {
        Self { date, before: None }
    }
}

/// A stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub from: NaiveDate,
    /// The day after its last one.
    pub to: NaiveDate,
    /// What it is called.
    pub name: PeriodName,
}

/// Kinds of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodName {
    /// A calendar week, from Monday.
    Week,
    /// Saturday and Sunday.
    Weekend,
    /// A calendar month.
    Month,
    /// Anything else, e.g. the next 5 days.
    Days,
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub name: PartName,
    /// When something without a time of its own is put there.
    pub from: NaiveTime,
    /// When it is over.
    pub to: NaiveTime,
}

impl Part {
    /// From when to when it is.
    pub fn span(self) -> (NaiveTime, NaiveTime) {
        let (from, to) = match self.name {
            PartName::Morning => (5, 12),
            PartName::Afternoon => (12, 18),
            PartName::Evening => (17, 24),
            PartName::Night => (17, 24),
        };
        let last = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or(self.to);
        (NaiveTime::from_hms_opt(from, 0, 0).unwrap_or(self.from), NaiveTime::from_hms_opt(to, 0, 0).unwrap_or(last))
    }

    /// Whether a time lies in it.
    pub fn has(self, time: NaiveTime) -> bool {
        let (from, to) = self.span();
        from <= time && time < to
    }
}

/// The parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartName {
    /// 05:00–12:00.
    Morning,
    /// 12:00–18:00.
    Afternoon,
    /// 17:00–24:00.
    Evening,
    /// 20:00–24:00.
    Night,
}

/// What a fragment says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// One or more days.
    Days(Vec<Day>),
    /// A week, a month, …
    Period(Period),
    /// A part of the day.
    Part(Part),
    /// A time of day.
    Clock(Clock),
    /// From one time of day to another.
    Range(Clock, Clock),
    /// So long from now.
    FromNow(Length),
    /// So long ago.
    Ago(Length),
    /// A length.
    Length(Length),
    /// The whole day.
    AllDay,
    /// At once.
    Now,
    /// At the next opportunity.
    Soon,
    /// Again and again on these days of the week; none means that the days were not said.
    Every(Vec<Weekday>),
}

/// The preposition before a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prep {
    /// None.
    None,
    /// at, around.
    At,
    /// on.
    On,
    /// in, within, during.
    In,
    /// for.
    For,
    /// from, starting, since.
    From,
    /// to, into.
    To,
    /// until, till.
    Until,
    /// by, before, due: a deadline, or the amount of a change.
    By,
    /// after.
    After,
}

/// An expression of time in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragment {
    /// Its tokens, the preposition included.
    pub at: Range<usize>,
    /// Its preposition.
    pub prep: Prep,
    /// What it says.
    pub said: Said,
    /// Whether it owns what follows: `tomorrow's standup`.
    pub possessive: bool,
}

impl Fragment {
    /// Whether it says a time of day.
    pub fn has_clock(&self) -> bool {
        matches!(self.said, Said::Clock(_) | Said::Range(..) | Said::FromNow(_) | Said::Now | Said::Soon)
    }

    /// Whether it says when, in whatever way, and not only how long.
    pub fn says_when(&self) -> bool {
        !matches!(self.said, Said::Length(_))
    }
}
