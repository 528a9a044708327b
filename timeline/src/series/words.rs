//! Rules in plain English.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};

use super::recurrence::{End, Frequency, Recurrence, WeekdayNumber};
use super::vocabulary::WORKDAYS;
use crate::clock::{self, weekday_name};
use crate::describe::list;

impl Recurrence {
    /// The rule in words: `every other Tuesday`, `every month on the last Friday, 10 times`.
    ///
    /// `start` gives what the rule leaves open, such as the weekday of `FREQ=WEEKLY`. The time of day is not told.
    pub fn words(&self, start: NaiveDateTime) -> String {
        self.with_end(self.completed(start.date()).days_in_words(), start)
    }

    /// How long after it was done something comes again: `again 3 days after it was done`.
    pub fn words_after_done(&self, start: NaiveDateTime) -> String {
        let unit = match self.frequency {
            Frequency::Daily => "day",
            Frequency::Weekly => "week",
            Frequency::Monthly => "month",
            Frequency::Yearly => "year",
        };
        let distance = if self.interval == 1 { format!("a {unit}") } else { format!("{} {unit}s", self.interval) };
        self.with_end(format!("again {distance} after it was done"), start)
    }

    fn with_end(&self, words: String, start: NaiveDateTime) -> String {
        match self.end {
            End::Never => words,
            End::After(1) => format!("{words}, once"),
            End::After(count) => format!("{words}, {count} times"),
            End::Until(until) => {
                // On its last day, a rule can end before the time of day at which something would take place.
                let days = TimeDelta::days(i64::from(until.time() < start.time()));
                let last = until.date().checked_sub_signed(days).unwrap_or(until.date());
                format!("{words} until {} {}", day_and_month(last), last.year())
            }
        }
    }

    /// The words without the end, for a rule that is [completed](Self::completed).
    fn days_in_words(&self) -> String {
        let is_filtered = !self.by_set_pos.is_empty();
        if self.interval == 1 && !is_filtered {
            if self.has_plain_weekdays() {
                return format!("every {}{}", each(&self.by_day), self.months(" in "));
            }
            // Each month has its turn, or those of `BYMONTH`.
            let is_monthly = self.frequency == Frequency::Daily || self.counts_in_year();
            if is_monthly && !self.by_month_day.is_empty() {
                return format!(
                    "every month on {}{}{}",
                    month_days(&self.by_month_day),
                    self.months(" in "),
                    self.condition()
                );
            }
        }
        let on = if self.frequency == Frequency::Daily && self.interval > 1 { ", but only on " } else { " on " };
        let frame = match (self.frequency, self.interval, self.by_day.as_slice()) {
            (Frequency::Weekly, 2, [day]) if !is_filtered => {
                return format!("every other {}{}", weekday_name(day.weekday), self.months(" in "));
            }
            (Frequency::Daily, ..) => self.periods("day"),
            (Frequency::Weekly, ..) => self.periods("week"),
            (Frequency::Monthly, ..) => self.periods("month"),
            (Frequency::Yearly, ..) => self.periods("year"),
        };
        if self.frequency == Frequency::Daily && is_filtered {
            return self.daily_position(frame, on);
        }
        format!("{frame}{}", self.set(on))
    }

    /// A day has one position, which is the first and the last. Others never exist.
    fn daily_position(&self, frame: String, on: &str) -> String {
        if !self.by_set_pos.iter().any(|position| matches!(position, 1 | -1)) {
            return "never".to_owned();
        }
        let all = Self { by_set_pos: Vec::new(), ..self.clone() };
        if self.interval == 1 { all.days_in_words() } else { format!("{frame}{}", all.set(on)) }
    }

    /// `every week`, `every other week`, `every 3 weeks`.
    fn periods(&self, period: &str) -> String {
        match self.interval {
            1 => format!("every {period}"),
            2 => format!("every other {period}"),
            interval => format!("every {interval} {period}s"),
        }
    }

    /// The days within a period.
    fn set(&self, on: &str) -> String {
        if self.by_set_pos.is_empty() {
            return if self.by_day.is_empty() && self.by_month_day.is_empty() {
                self.months(" in ")
            } else {
                format!("{on}{}", self.days_of_period())
            };
        }
        let positions = self.by_set_pos.iter().map(|position| from_end(i32::from(*position), counted));
        let positions = list(positions.collect(), "and");
        let kind = match self.by_day.as_slice() {
            [day] => Some(weekday_name(day.weekday)),
            days if days.len() == 7 => Some("day"),
            days if is_workdays(days) => Some("weekday"),
            _ => None,
        };
        // In a year, the positions count through all months together, which “of March and June” would not say.
        let is_one_stretch = self.frequency != Frequency::Yearly || self.by_month.len() == 1;
        match kind {
            Some(kind) if self.has_plain_weekdays() && is_one_stretch => {
                format!(
                    "{on}the {positions} {kind}{}",
                    self.months(if self.frequency == Frequency::Yearly { " of " } else { " in " })
                )
            }
            _ => {
                let days = if self.by_day.is_empty() && self.by_month_day.is_empty() {
                    format!("every day{}", self.months(" in "))
                } else {
                    self.days_of_period()
                };
                format!("{on}the {positions} of these days: {days}")
            }
        }
    }

    fn days_of_period(&self) -> String {
        let is_yearly = self.frequency == Frequency::Yearly;
        if !self.by_month_day.is_empty() {
            let days = match self.by_month_day.as_slice() {
                [day] if is_yearly && *day > 0 && !self.by_month.is_empty() => {
                    list(self.by_month.iter().map(|month| format!("{day} {}", month_name(*month))).collect(), "and")
                }
                days if is_yearly && self.by_month.is_empty() => format!("{} of every month", month_days(days)),
                days => format!("{}{}", month_days(days), self.months(if is_yearly { " of " } else { " in " })),
            };
            return days + &self.condition();
        }
        match self.frequency {
            Frequency::Daily | Frequency::Weekly => format!("{}{}", all(&self.by_day), self.months(" in ")),
            Frequency::Monthly | Frequency::Yearly => {
                let days = list(self.by_day.iter().map(|day| self.weekday(*day, "every ")).collect(), "and");
                let is_numbered = is_yearly && self.by_day.iter().all(|day| day.ordinal.is_some());
                days + &self.months(if is_numbered { " of " } else { " in " })
            }
        }
    }

    /// `, if that is a Friday`, for days of the month that must be certain weekdays.
    fn condition(&self) -> String {
        if self.by_day.is_empty() {
            return String::new();
        }
        let days = self.by_day.iter().map(|day| self.weekday(*day, "a "));
        format!(", if that is {}", list(days.collect(), "or"))
    }

    /// `the last Friday`, or `every Friday` with the article for those without a number.
    fn weekday(&self, day: WeekdayNumber, article: &str) -> String {
        let name = weekday_name(day.weekday);
        let Some(ordinal) = day.ordinal else { return format!("{article}{name}") };
        let of = if self.counts_in_year() { " of the year" } else { "" };
        format!("the {} {name}{of}", from_end(i32::from(ordinal), counted))
    }

    /// The names of the months of `BYMONTH` after a preposition, or nothing.
    fn months(&self, preposition: &str) -> String {
        if self.by_month.is_empty() {
            return String::new();
        }
        format!(
            "{preposition}{}",
            list(self.by_month.iter().map(|month| month_name(*month).to_owned()).collect(), "and")
        )
    }

    /// Whether the days are given by weekdays without numbers, and by nothing else but months.
    fn has_plain_weekdays(&self) -> bool {
        !self.by_day.is_empty() && self.by_month_day.is_empty() && self.by_day.iter().all(|day| day.ordinal.is_none())
    }
}

/// What “every” can be before: `Monday and Friday`, `weekday`, `day`.
fn each(days: &[WeekdayNumber]) -> String {
    match days.len() {
        7 => "day".to_owned(),
        _ if is_workdays(days) => "weekday".to_owned(),
        _ => list(days.iter().map(|day| weekday_name(day.weekday).to_owned()).collect(), "and"),
    }
}

/// What “on” can be before: `Monday and Friday`, `weekdays`, `all days`.
fn all(days: &[WeekdayNumber]) -> String {
    match days.len() {
        7 => "all days".to_owned(),
        _ if is_workdays(days) => "weekdays".to_owned(),
        _ => each(days),
    }
}

fn is_workdays(days: &[WeekdayNumber]) -> bool {
    days.iter().map(|day| day.weekday).eq(WORKDAYS)
}

/// `the 1st, the 15th and the last day`.
fn month_days(days: &[i16]) -> String {
    let word = |day: i16| match day {
        1.. => numeral(i32::from(day)),
        _ => format!("{} day", from_end(i32::from(day), numeral)),
    };
    format!("the {}", list(days.iter().map(|day| word(*day)).collect(), "and"))
}

/// `last`, `second to last`, `20th to last`; for positive numbers the word alone.
fn from_end(number: i32, word: impl Fn(i32) -> String) -> String {
    match number {
        -1 => "last".to_owned(),
        0.. => word(number),
        _ => format!("{} to last", counted(number.abs())),
    }
}

/// `first` to `fifth`, then `6th`.
fn counted(number: i32) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "fifth".to_owned(),
        _ => numeral(number),
    }
}

/// `1st`, `22nd`, `13th`.
fn numeral(number: i32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn month_name(month: i16) -> &'static str {
    NaiveDate::from_ymd_opt(2024, month.unsigned_abs().into(), 1).map(clock::month).unwrap_or_default()
}

/// `5 June`.
fn day_and_month(date: NaiveDate) -> String {
    format!("{} {}", date.day(), clock::month(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a rule that begins on Tuesday, 24 November 2026, at 08:00.
    fn words(rule: &str) -> String {
        Recurrence::read(rule).unwrap().words(clock::read_wall("2026-11-24T08:00").unwrap())
    }

    #[test]
    fn usual_rules_have_the_words_that_people_use_and_are_read_from_them() {
        for (rule, expected) in [
            ("FREQ=DAILY", "every day"),
            ("FREQ=DAILY;INTERVAL=2", "every other day"),
            ("FREQ=DAILY;INTERVAL=3", "every 3 days"),
            ("FREQ=WEEKLY", "every Tuesday"),
            ("FREQ=WEEKLY;INTERVAL=2", "every other Tuesday"),
            ("FREQ=WEEKLY;INTERVAL=3", "every 3 weeks on Tuesday"),
            ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
            ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
            ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "every day"),
            ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every Monday, Wednesday and Friday"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "every other week on Monday and Wednesday"),
            ("FREQ=MONTHLY;BYMONTHDAY=1", "every month on the 1st"),
            ("FREQ=MONTHLY", "every month on the 24th"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
            ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=2,22,-2", "every 3 months on the 2nd, 22nd and second to last day"),
            ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
            ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO,3MO", "every other month on the first Monday and the third Monday"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "every month on the last weekday"),
            ("FREQ=YEARLY", "every year on 24 November"),
            ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on 24 December"),
            ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "every year on the fourth Thursday of November"),
            ("FREQ=DAILY;COUNT=10", "every day, 10 times"),
            ("FREQ=DAILY;COUNT=1", "every day, once"),
            ("FREQ=WEEKLY;UNTIL=20260605", "every Tuesday until 5 June 2026"),
            ("FREQ=DAILY;UNTIL=20260605T080000", "every day until 5 June 2026"),
            ("FREQ=DAILY;UNTIL=20260601T075959", "every day until 31 May 2026"),
        ] {
            assert_eq!(words(rule), expected, "{rule}");
            let read = crate::series::Repetition::read(expected).unwrap();
            assert_eq!(words(&read.rule.to_string()), expected, "{rule}");
        }
    }

    #[test]
    fn rare_rules_have_words_that_are_true() {
        for (rule, expected) in [
            ("FREQ=DAILY;BYMONTH=1", "every day in January"),
            ("FREQ=DAILY;INTERVAL=3;BYDAY=MO,FR", "every 3 days, but only on Monday and Friday"),
            ("FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR", "every month on the 13th, if that is a Friday"),
            ("FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "every Monday"),
            ("FREQ=DAILY;INTERVAL=2;BYDAY=MO;BYSETPOS=-1", "every other day, but only on Monday"),
            ("FREQ=DAILY;BYDAY=MO;BYSETPOS=2", "never"),
            ("FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=-1", "every week on the last of these days: Tuesday and Thursday"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "every other week on weekdays"),
            ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR,SA,SU", "every 3 weeks on all days"),
            ("FREQ=WEEKLY;BYMONTH=6,7", "every Tuesday in June and July"),
            ("FREQ=MONTHLY;BYMONTHDAY=1,15;BYMONTH=3,6", "every month on the 1st and 15th in March and June"),
            ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR,SA", "every month on the 13th, if that is a Friday or a Saturday"),
            ("FREQ=MONTHLY;BYDAY=MO", "every Monday"),
            ("FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,-1FR", "every other month on every Monday and the last Friday"),
            (
                "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3",
                "every month on the third of these days: every Tuesday, every Wednesday and every Thursday",
            ),
            (
                "FREQ=MONTHLY;BYMONTH=2;BYSETPOS=-1;BYMONTHDAY=28,29",
                "every month on the last of these days: the 28th and 29th in February",
            ),
            ("FREQ=YEARLY;BYMONTHDAY=5", "every month on the 5th"),
            ("FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=5", "every other year on the 5th of every month"),
            ("FREQ=YEARLY;BYMONTH=3,6", "every year on 24 March and 24 June"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "every year on the last day of February"),
            ("FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=1,15", "every year on the 1st and 15th of March and June"),
            ("FREQ=YEARLY;BYDAY=20MO", "every year on the 20th Monday of the year"),
            ("FREQ=YEARLY;BYDAY=TH;BYMONTH=3", "every Thursday in March"),
            ("FREQ=YEARLY;BYDAY=FR;BYMONTH=3;BYSETPOS=-1", "every year on the last Friday of March"),
            (
                "FREQ=YEARLY;BYDAY=FR;BYMONTH=3,6;BYSETPOS=-1",
                "every year on the last of these days: every Friday in March and June",
            ),
            (
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "every 4 years on the 2nd, 3rd, 4th, 5th, 6th, 7th and 8th of November, if that is a Tuesday",
            ),
        ] {
            assert_eq!(words(rule), expected, "{rule}");
        }
    }
}
