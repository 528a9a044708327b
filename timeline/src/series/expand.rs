//! From a rule to the times at which something takes place.

use std::vec;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

use super::recurrence::{End, Frequency, Recurrence, WeekdayNumber};
use crate::limits;

/// How far after the start occurrences are looked for, in years. It bounds the work for rules without an occurrence, such as
/// the 30th of February. No rule of a calendar has a gap that is as long.
const YEARS: u32 = 120;
const MONTHS_OF_YEAR: u32 = 12;

/// The times of a rule. Made by [`Recurrence::occurrences`].
#[derive(Debug, Clone)]
pub struct Occurrences {
    /// The rule with all the parts that it needs.
    rule: Recurrence,
    start: NaiveDateTime,
    /// The last moment at which there can be an occurrence.
    last: NaiveDateTime,
    /// How many occurrences are left, if they are counted.
    left: Option<u32>,
    /// The first day of the period that is next. `None` after the last one.
    period: Option<NaiveDate>,
    /// The days of the current period that have not been returned.
    days: vec::IntoIter<NaiveDate>,
}

impl Recurrence {
    /// The times at which something takes place whose rule begins at `start`, in order.
    ///
    /// All are wall-clock times at the time of day of `start`, and none is before it. A start that does not match the rule is
    /// not an occurrence: “every Monday” from a Tuesday on begins six days later. The times end 120 years after the start, or
    /// with the year 2200.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use flux_timeline::series::Recurrence;
    ///
    /// let rule = Recurrence::read("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2").unwrap();
    /// let start = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap().and_hms_opt(8, 0, 0).unwrap();
    /// let times: Vec<_> = rule.occurrences(start).map(|time| time.to_string()).collect();
    /// assert_eq!(times, ["2026-11-27 08:00:00", "2026-12-25 08:00:00"]);
    /// ```
    pub fn occurrences(&self, start: NaiveDateTime) -> Occurrences {
        let mut last = start.checked_add_months(Months::new(YEARS * MONTHS_OF_YEAR)).unwrap_or(NaiveDateTime::MAX);
        if let Some(end) =
            NaiveDate::from_ymd_opt(limits::LAST_YEAR, 12, 31).and_then(|day| day.and_hms_opt(23, 59, 59))
        {
            last = last.min(end);
        }
        if let End::Until(until) = self.end {
            last = last.min(until);
        }
        Occurrences {
            start,
            last,
            left: if let End::After(count) = self.end { Some(count) } else { None },
            period: self.period_with(start.date()),
            days: Vec::new().into_iter(),
            rule: self.completed(start.date()),
        }
    }

    /// The rule with the parts that RFC 5545 takes from the start if they are missing (the end of section 3.3.10).
    pub(crate) fn completed(&self, start: NaiveDate) -> Self {
        let mut rule = self.clone();
        let has_no_days = rule.by_day.is_empty() && rule.by_month_day.is_empty();
        match rule.frequency {
            Frequency::Weekly if has_no_days => {
                rule.by_day.push(WeekdayNumber { ordinal: None, weekday: start.weekday() })
            }
            Frequency::Monthly | Frequency::Yearly if has_no_days => {
                rule.by_month_day.extend(i16::try_from(start.day()));
                if rule.frequency == Frequency::Yearly && rule.by_month.is_empty() {
                    rule.by_month.extend(i16::try_from(start.month()));
                }
            }
            _ => {}
        }
        rule
    }

    /// The first day of the period that a date is in.
    fn period_with(&self, date: NaiveDate) -> Option<NaiveDate> {
        match self.frequency {
            Frequency::Daily => Some(date),
            Frequency::Weekly => date.week(self.week_start).checked_first_day(),
            Frequency::Monthly => date.with_day(1),
            Frequency::Yearly => NaiveDate::from_yo_opt(date.year(), 1),
        }
    }

    /// The first day of the period that comes `steps` after the one that begins at `period`.
    pub(super) fn period_after(&self, period: NaiveDate, steps: u32) -> Option<NaiveDate> {
        match self.frequency {
            Frequency::Daily => period.checked_add_days(Days::new(u64::from(steps))),
            Frequency::Weekly => period.checked_add_days(Days::new(u64::from(steps) * 7)),
            Frequency::Monthly => period.checked_add_months(Months::new(steps)),
            Frequency::Yearly => period.checked_add_months(Months::new(steps.checked_mul(MONTHS_OF_YEAR)?)),
        }
    }

    /// The days of a period that match, for a rule that is [`completed`](Self::completed).
    fn days(&self, period: NaiveDate) -> Vec<NaiveDate> {
        let end = self.period_after(period, 1).unwrap_or(NaiveDate::MAX);
        let mut days: Vec<_> =
            period.iter_days().take_while(|date| *date < end).filter(|date| self.matches(*date)).collect();
        if !self.by_set_pos.is_empty() {
            let (mut number, count) = (0, i16::try_from(days.len()).unwrap_or(i16::MAX));
            days.retain(|_| {
                number += 1;
                self.by_set_pos.iter().any(|place| *place == number || *place == number - count - 1)
            });
        }
        days
    }

    fn matches(&self, date: NaiveDate) -> bool {
        let months = &self.by_month;
        (months.is_empty() || months.iter().any(|month| i32::from(*month) == date.month().cast_signed()))
            && (self.by_month_day.is_empty() || self.by_month_day.iter().any(|day| is_month_day(date, *day)))
            && (self.by_day.is_empty() || self.by_day.iter().any(|day| self.is_weekday(date, *day)))
    }

    /// Whether a date is the weekday, and the right one of the month or year if it has a number.
    fn is_weekday(&self, date: NaiveDate, day: WeekdayNumber) -> bool {
        let Some(ordinal) = day.ordinal else { return date.weekday() == day.weekday };
        let (before, after) = if self.counts_in_year() {
            let days = if date.leap_year() { 366 } else { 365 };
            (date.ordinal0(), days - date.ordinal())
        } else {
            (date.day0(), u32::from(date.num_days_in_month()) - date.day())
        };
        let others = if ordinal > 0 { before / 7 } else { after / 7 };
        date.weekday() == day.weekday && u32::from(ordinal.unsigned_abs()) == others + 1
    }

    /// Whether the numbers of weekdays count within the year. Otherwise they count within the month.
    pub(super) fn counts_in_year(&self) -> bool {
        self.frequency == Frequency::Yearly && self.by_month.is_empty()
    }
}

/// Whether a date is this day of its month. Negative days count from the end.
fn is_month_day(date: NaiveDate, day: i16) -> bool {
    let number = u32::from(day.unsigned_abs());
    if day > 0 { date.day() == number } else { date.day() + number == u32::from(date.num_days_in_month()) + 1 }
}

impl Iterator for Occurrences {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        if self.left == Some(0) {
            return None;
        }
        loop {
            if let Some(date) = self.days.next() {
                let time = date.and_time(self.start.time());
                if time > self.last {
                    self.left = Some(0);
                    return None;
                }
                if time >= self.start {
                    self.left = self.left.map(|left| left - 1);
                    return Some(time);
                }
                continue;
            }
            let period = self.period.filter(|period| *period <= self.last.date())?;
            self.days = self.rule.days(period).into_iter();
            self.period = self.rule.period_after(period, self.rule.interval.max(1));
        }
    }
}
