//! What the words for a rule have said, and the rule that this makes.

use chrono::NaiveDate;

use super::{Read, unclear};
use crate::series::recurrence::{END_OF_DAY, End, Frequency, Recurrence, WeekdayNumber};
use crate::series::vocabulary::WORKDAYS;

/// Until when something repeats.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// A last day.
    Until(NaiveDate),
    /// So many times.
    Times(u32),
    /// For so many days, weeks, months or years.
    Lasting(u32, Frequency),
}

/// What the words have said so far.
#[derive(Default)]
pub(super) struct Said {
    /// How often: each so many days, weeks, months or years.
    pub(super) every: Option<(u32, Frequency)>,
    /// Whether it counts from when it was done.
    pub(super) after_done: bool,
    /// Days of the week.
    pub(super) days: Vec<WeekdayNumber>,
    /// Days of the month, from the end if negative.
    pub(super) month_days: Vec<i16>,
    /// Which of the days from Monday to Friday: “the last weekday of the month”.
    pub(super) workdays: Vec<i16>,
    /// Months, 1–12.
    pub(super) months: Vec<i16>,
    /// Days that were said with their months: “24 December”.
    pub(super) dates: Vec<(i16, i16)>,
    /// Whether days were said to be those of the year.
    pub(super) of_the_year: bool,
    /// Until when.
    pub(super) end: Option<Ending>,
}

impl Said {
    /// The rule.
    ///
    /// # Errors
    /// If what was said does not go together, or leaves something open.
    pub(super) fn rule(self) -> Read<Recurrence> {
        let is_numbered = |day: &WeekdayNumber| day.ordinal.is_some();
        let (has_plain, has_numbered) = (!self.days.iter().all(is_numbered), self.days.iter().any(is_numbered));
        let in_month = has_numbered || !self.month_days.is_empty() || !self.workdays.is_empty();
        let (interval, unit) = match self.every {
            Some((1, Frequency::Daily)) if has_plain => (1, Frequency::Weekly),
            Some(every) => every,
            None if !self.months.is_empty() && !has_plain => (1, Frequency::Yearly),
            None if in_month => (1, Frequency::Monthly),
            None if has_plain => (1, Frequency::Weekly),
            None => return unclear("It does not say how often."),
        };
        self.check(unit, has_plain, has_numbered, in_month)?;
        let end = match self.end {
            None => End::Never,
            Some(Ending::Until(last)) => End::Until(last.and_time(END_OF_DAY.unwrap_or_default())),
            Some(Ending::Times(times)) => End::After(times),
            Some(Ending::Lasting(number, lasting)) => End::After(self.times_in(number, lasting, interval, unit)?),
        };
        let (by_day, by_set_pos) = if self.workdays.is_empty() {
            (self.days, Vec::new())
        } else {
            (WORKDAYS.map(|weekday| WeekdayNumber { ordinal: None, weekday }).to_vec(), self.workdays)
        };
        // The reader of rules checks the ranges, puts the lists in order and removes what was said twice.
        let rule = Recurrence {
            end,
            by_day,
            by_month_day: self.month_days,
            by_month: self.months,
            by_set_pos,
            ..Recurrence::every(interval, unit)
        };
        Ok(Recurrence::read(&rule.to_string())?)
    }

    /// How many times something takes place in so many days, weeks, months or years.
    fn times_in(&self, number: u32, lasting: Frequency, interval: u32, unit: Frequency) -> Read<u32> {
        let periods = match (lasting, unit) {
            (Frequency::Weekly, Frequency::Daily) => number.saturating_mul(7),
            (lasting, unit) if lasting == unit && self.months.is_empty() => number,
            _ => return unclear("Say until which day, such as “until 2026-12-31”, or how many times."),
        };
        let days = self.days.len().max(self.month_days.len()).max(self.workdays.len()).max(1);
        Ok(periods.div_ceil(interval).saturating_mul(u32::try_from(days).unwrap_or(u32::MAX)))
    }

    /// Whether the days go with how often.
    fn check(&self, unit: Frequency, has_plain: bool, has_numbered: bool, in_month: bool) -> Read {
        let kinds = [!self.days.is_empty(), !self.month_days.is_empty(), !self.workdays.is_empty()];
        if has_plain && has_numbered || kinds.iter().filter(|said| **said).count() > 1 {
            return unclear("It has two kinds of days: days of the week, or numbered days, not both.");
        }
        match unit {
            Frequency::Daily if has_plain => unclear("Days of the week go with weeks: “every 2 weeks on monday”."),
            Frequency::Daily | Frequency::Weekly if in_month => {
                unclear("Numbered days go with months: “every month on the 15th”.")
            }
            Frequency::Monthly if has_plain => {
                unclear("Say which one of the month: “every month on the first monday”.")
            }
            Frequency::Yearly if has_plain => unclear("Say which one: “every year on the first monday of may”."),
            Frequency::Yearly if in_month && self.months.is_empty() && !self.of_the_year => {
                unclear("Say in which month: “every year on 24 december”.")
            }
            Frequency::Yearly if self.has_mixed_dates() => unclear("Two different days of a year are two series."),
            _ => Ok(()),
        }
    }

    /// Whether two months were said with different days: a rule would also have the day of one in the other.
    fn has_mixed_dates(&self) -> bool {
        let days_of = |month| self.dates.iter().filter(move |date| date.1 == month).map(|date| date.0);
        self.dates.iter().any(|(_, one)| self.dates.iter().any(|(_, other)| !days_of(*one).eq(days_of(*other))))
    }
}
