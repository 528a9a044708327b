//! Recurrence rules as values, how they are written, and why a text is not one.

use std::fmt::{self, Display, Formatter};

use chrono::{NaiveDateTime, NaiveTime, Timelike, Weekday};

use crate::clock;

/// Longest text of a rule, in characters.
pub(super) const RULE_CHARS: usize = 500;
/// The last second of a day. `UNTIL` with a date means this time of it.
pub(super) const END_OF_DAY: Option<NaiveTime> = NaiveTime::from_hms_opt(23, 59, 59);

/// A rule for when something repeats, such as “every other Tuesday”.
///
/// The fields have the names of the parts in RFC 5545, section 3.3.10. A rule is usually made with [`Recurrence::read`], which
/// checks the ranges given here, puts each list in order and removes what occurs twice. An empty list is a missing part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// `FREQ`: the periods that are gone through.
    pub frequency: Frequency,
    /// `INTERVAL`: 1 for each period, 2 for every other, at most 1,000.
    pub interval: u32,
    /// `COUNT` or `UNTIL`.
    pub end: End,
    /// `BYDAY`.
    pub by_day: Vec<WeekdayNumber>,
    /// `BYMONTHDAY`: 1 to 31, or −31 to −1 from the end of the month. Not for weekly rules.
    pub by_month_day: Vec<i16>,
    /// `BYMONTH`: 1 to 12.
    pub by_month: Vec<i16>,
    /// `BYSETPOS`: which days of those in a period, 1 to 366, or −366 to −1 from the last one.
    pub by_set_pos: Vec<i16>,
    /// `WKST`: the first day of a week. It matters for weekly rules with an interval or with `BYSETPOS`.
    pub week_start: Weekday,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// A day.
    Daily,
    /// A week.
    Weekly,
    /// A month.
    Monthly,
    /// A year.
    Yearly,
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It goes on forever.
    Never,
    /// `COUNT`: after this many occurrences, 1 to 1,000.
    After(u32),
    /// `UNTIL`: the last moment at which an occurrence can start, as a wall-clock time.
    Until(NaiveDateTime),
}

/// A weekday, or one of those in a month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekdayNumber {
    /// Which one: 1 is the first and −1 the last, at most 53. `None` is each of them. Only monthly and yearly rules have it.
    pub ordinal: Option<i16>,
    /// The weekday.
    pub weekday: Weekday,
}

/// Why a text is not a rule that we can follow. `Display` is a sentence that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// A text over the limit.
    #[error("The rule has {chars} characters; at most {RULE_CHARS} fit.")]
    TooLong {
        /// Its length.
        chars: usize,
    },
    /// There is no `FREQ`.
    #[error("The rule does not say how often: it needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")]
    NoFrequency,
    /// A frequency below a day.
    #[error("“{part}” is more often than daily, which is not possible.")]
    TooOften {
        /// The part.
        part: String,
    },
    /// A part that we do not have, or that is not one.
    #[error(
        "“{part}” is not possible. A rule has the parts FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and \
         WKST, such as FREQ=WEEKLY;BYDAY=MO,WE."
    )]
    UnknownPart {
        /// The part, shortened.
        part: String,
    },
    /// A part with a value that it cannot have.
    #[error("“{part}” is not valid: it needs {needed}.")]
    BadValue {
        /// The part, shortened.
        part: String,
        /// What it could be.
        needed: &'static str,
    },
    /// A part that occurs more than once.
    #[error("The rule has {name} more than once.")]
    Repeated {
        /// The part's name.
        name: &'static str,
    },
    /// Both `COUNT` and `UNTIL`.
    #[error("The rule has both COUNT and UNTIL; it can end in one way only.")]
    TwoEnds,
    /// An end in UTC.
    #[error("“{part}” is a time in UTC. Leave out the Z, and give the local date or time.")]
    UntilInUtc {
        /// The part.
        part: String,
    },
    /// `BYDAY` with numbers in a daily or weekly rule.
    #[error("BYDAY has a number, such as the 1 in 1MO, which is possible in monthly and yearly rules only.")]
    NumberedWeekday,
    /// `BYMONTHDAY` in a weekly rule.
    #[error("BYMONTHDAY is not possible in a weekly rule; make it monthly.")]
    MonthDayOfWeek,
    /// `BYSETPOS` without a set.
    #[error("BYSETPOS chooses from the days of BYDAY, BYMONTHDAY or BYMONTH, and the rule has none of these.")]
    SetPosAlone,
}

impl Recurrence {
    /// A rule without an end or further parts.
    pub const fn every(interval: u32, frequency: Frequency) -> Self {
        Self {
            frequency,
            interval,
            end: End::Never,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
            by_set_pos: Vec::new(),
            week_start: Weekday::Mon,
        }
    }
}

impl Display for Recurrence {
    /// The value of an `RRULE`. Parts that have their usual value are left out.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "FREQ={}",
            match self.frequency {
                Frequency::Daily => "DAILY",
                Frequency::Weekly => "WEEKLY",
                Frequency::Monthly => "MONTHLY",
                Frequency::Yearly => "YEARLY",
            }
        )?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::After(count) => write!(f, ";COUNT={count}")?,
            End::Until(until) => {
                write!(f, ";UNTIL={}", clock::iso_date(until.date()).replace('-', ""))?;
                if Some(until.time()) != END_OF_DAY {
                    write!(f, "T{:02}{:02}{:02}", until.hour(), until.minute(), until.second())?;
                }
            }
        }
        write_list(f, "BYDAY", &self.by_day)?;
        write_list(f, "BYMONTHDAY", &self.by_month_day)?;
        write_list(f, "BYMONTH", &self.by_month)?;
        write_list(f, "BYSETPOS", &self.by_set_pos)?;
        if self.week_start == Weekday::Mon { Ok(()) } else { write!(f, ";WKST={}", code(self.week_start)) }
    }
}

impl Display for WeekdayNumber {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.ordinal {
            Some(ordinal) => write!(f, "{ordinal}{}", code(self.weekday)),
            None => f.write_str(code(self.weekday)),
        }
    }
}

fn write_list(f: &mut Formatter<'_>, name: &str, values: &[impl Display]) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        if index == 0 { write!(f, ";{name}={value}")? } else { write!(f, ",{value}")? }
    }
    Ok(())
}

/// The two letters of a weekday.
pub(super) const fn code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}
