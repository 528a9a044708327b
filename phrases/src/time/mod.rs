//! Expressions of time in a sentence, and what they mean together.
//!
//! There are three steps. [`expressions`] finds them in a list of tokens. [`Timing`] collects what those of one request say:
//! days, a time of day, a length. [`place`] turns that into moments, and [`settle`] decides which half of the day a bare hour
//! is in.
//!
//! ```
//! use flux_phrases::time::{Meaning, Preposition, Style, Timing, Today, expressions};
//! use flux_phrases::words::tokens;
//!
//! // A Monday.
//! let today = Today { now: "2026-03-02T10:00:00".parse()?, month_first: false };
//! let found = expressions(&tokens("dentist next Friday at 3pm for 45 minutes"), today, Style::Plain);
//! assert_eq!(found.len(), 3);
//! assert_eq!(found[1].preposition, Preposition::At);
//! assert!(matches!(found[1].meaning, Meaning::Time(time) if time.hour == 15));
//!
//! let timing = Timing::of(&found);
//! assert_eq!(timing.dates(today.now.date()), ["2026-03-13".parse()?]);
//! assert_eq!(timing.length.map(|length| length.in_minutes()), Some(45));
//! # Ok::<(), chrono::ParseError>(())
//! ```
//!
//! | module | what lives there |
//! | --- | --- |
//! | `scan` | finds the expressions in a sentence, with the prepositions before them |
//! | `clock` | times of day: `6pm`, `half past 7`, `2-4pm` |
//! | `date` | days, weeks, months: `next Friday`, `3rd of May 2027`, `in 3 days` |
//! | `usual` | times of meals, work and bed: `after lunch` |
//! | `named` | days by their place in a month, and holidays: `the last Friday of the month`, `Christmas Eve` |
//! | `again` | what repeats: `every other Tuesday`, `the 1st of every month` |
//! | `following` | what can follow the name of a day |
//! | `calendar` | which day a name means, seen from today |
//! | `timing` | what the expressions of one request say together |
//! | `span` | several days by the first and the last one: `3 to 7 May` |
//! | `slot` | the moment that is meant |
//! | `elapsed` | real hours and minutes after a wall-clock time, also when the clocks change |

mod again;
mod calendar;
mod clock;
mod date;
mod elapsed;
mod following;
mod named;
mod scan;
mod slot;
mod span;
mod timing;
mod usual;

use std::ops::Range;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::duration::Length;

pub use again::{Every, Unit};
pub use calendar::{monday, month_named, plus, plus_length};
pub use elapsed::Moment;
pub use scan::{Style, expressions};
pub use slot::{Hint, Place, Settled, nearest, place, settle};
pub use timing::Timing;

/// The present, and how the person writes numeric dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Today {
    /// The present moment, in wall-clock time.
    pub now: NaiveDateTime,
    /// Whether `3/5` is 5 March. If not, it is 3 May.
    pub month_first: bool,
}

/// A time of day as it was written, possibly without its half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    /// 0–24. 24 is the midnight at the end of a day.
    pub hour: u32,
    /// 0–59.
    pub minute: u32,
    /// Whether the other half of the day is possible: yes for `7`, no for `7am`, `07:00` and `19`.
    pub open: Openness,
}

/// How certain the half of the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// Certain: it was said, or only one half is possible.
    Fixed,
    /// A bare hour: `at 7`, `half past 8`.
    Bare,
    /// Hours and minutes in digits: `7:30`. Usually the 24-hour clock, except for hours from 1 to 6.
    Digits,
}

/// A day that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The next day of that name.
    pub date: NaiveDate,
    /// The last day of that name up to today, if the name fits several days: `Friday`, `3 March`, `the 3rd`.
    pub before: Option<NaiveDate>,
}

impl Day {
    /// A day whose name fits no other.
    pub const fn only(date: NaiveDate) -> Self {
        Self { date, before: None }
    }

    /// Whether it was named only by its place in the week, such as `Friday`.
    pub fn is_of_a_week(&self) -> bool {
        self.before.is_some_and(|before| (self.date - before).num_days() == 7)
    }
}

/// Several days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last one.
    pub to: NaiveDate,
    /// What it was called.
    pub name: PeriodName,
}

/// Kinds of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodName {
    /// A calendar week, from Monday to Sunday.
    Week,
    /// Saturday and Sunday.
    Weekend,
    /// A calendar month.
    Month,
    /// From one day to another one: Monday to Friday, 3 to 7 May.
    Span,
    /// Any other period, such as the next 5 days.
    Days,
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPart {
    /// Which part.
    pub name: DayPartName,
    /// The earliest time for something that has no time of its own.
    pub from: NaiveTime,
    /// When something without a time of its own has to end.
    pub to: NaiveTime,
}

impl DayPart {
    /// The widest range of times that people call by this name, which is the one that [`DayPartName`] states. An end at
    /// midnight is given as 23:59.
    pub fn span(self) -> (NaiveTime, NaiveTime) {
        let (from, to) = match self.name {
            DayPartName::Morning => (5, 12),
            DayPartName::Afternoon => (12, 18),
            DayPartName::Evening => (17, 24),
            DayPartName::Night => (17, 24),
        };
        let last = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or(self.to);
        (NaiveTime::from_hms_opt(from, 0, 0).unwrap_or(self.from), NaiveTime::from_hms_opt(to, 0, 0).unwrap_or(last))
    }

    /// Whether a time is within [`span`](Self::span).
    pub fn has(self, time: NaiveTime) -> bool {
        let (from, to) = self.span();
        from <= time && time < to
    }
}

/// The parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayPartName {
    /// 05:00–12:00.
    Morning,
    /// 12:00–18:00.
    Afternoon,
    /// 17:00–24:00.
    Evening,
    /// 17:00–24:00, like the evening, but something without a time of its own begins later.
    Night,
}

/// What an expression of time means.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// One or more days.
    Days(Vec<Day>),
    /// A week, a month or another period.
    Period(Period),
    /// A part of the day.
    Part(DayPart),
    /// A time of day.
    Time(TimeOfDay),
    /// From one time of day to another.
    TimeRange(TimeOfDay, TimeOfDay),
    /// A length of time from now: `in 2 hours`.
    FromNow(Length),
    /// A length of time ago.
    Ago(Length),
    /// A length of time: `for 45 minutes`.
    Length(Length),
    /// The whole day.
    AllDay,
    /// Immediately.
    Now,
    /// As soon as possible.
    Soon,
    /// Repeatedly.
    Every(Every),
}

/// The preposition before an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preposition {
    /// There is none.
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
pub struct Expression {
    /// The places of its tokens, including the preposition.
    pub at: Range<usize>,
    /// Its preposition.
    pub preposition: Preposition,
    /// What it means.
    pub meaning: Meaning,
    /// Whether it is a possessive: `tomorrow's standup`.
    pub possessive: bool,
}

impl Expression {
    /// Whether it gives a time of day, directly or counted from now.
    pub fn has_time(&self) -> bool {
        matches!(
            self.meaning,
            Meaning::Time(_) | Meaning::TimeRange(..) | Meaning::FromNow(_) | Meaning::Now | Meaning::Soon
        )
    }

    /// Whether it says when, and not only how long.
    pub fn says_when(&self) -> bool {
        !matches!(self.meaning, Meaning::Length(_))
    }
}
