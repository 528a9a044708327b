//! Which day a name means, seen from today. The rules:
//!
//! - A weekday is its next occurrence after today. `this Friday` can be today. `next Friday` is in the next calendar week,
//!   which begins on Monday.
//! - A date without a year is its next occurrence, today included.
//! - A numeric date is day/month or month/day, as the person writes it. If only one of the two is a date, it is that one.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{Day, Period, PeriodName};
use crate::duration::Length;

/// The day that is `days` after a day, or before it if `days` is negative. The same day if there is none.
pub fn plus(date: NaiveDate, days: i64) -> NaiveDate {
    let amount = Days::new(days.unsigned_abs());
    let moved = if days < 0 { date.checked_sub_days(amount) } else { date.checked_add_days(amount) };
    moved.unwrap_or(date)
}

/// The day after `length`, without its minutes. Months count first: a month after 31 January is 28 or 29 February.
pub fn plus_length(date: NaiveDate, length: Length) -> NaiveDate {
    let months = Months::new(u32::try_from(length.months.unsigned_abs()).unwrap_or(0));
    let moved = if length.months < 0 { date.checked_sub_months(months) } else { date.checked_add_months(months) };
    plus(moved.unwrap_or(date), length.days)
}

/// The Monday of the week that contains a day.
pub fn monday(date: NaiveDate) -> NaiveDate {
    plus(date, -i64::from(date.weekday().num_days_from_monday()))
}

/// The word before a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// `Friday`.
    Bare,
    /// `this Friday`, `the coming Friday`.
    This,
    /// `next Friday`.
    Next,
    /// `last Friday`.
    Last,
}

/// The day that a weekday means.
pub(super) fn weekday(today: NaiveDate, day: Weekday, which: Which) -> Day {
    let ahead = i64::from((day.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7);
    let before = plus(today, if ahead == 0 { 0 } else { ahead - 7 });
    match which {
        Which::Bare => Day { date: plus(today, if ahead == 0 { 7 } else { ahead }), before: Some(before) },
        Which::This => Day::only(plus(today, ahead)),
        Which::Next => Day::only(plus(monday(today), 7 + i64::from(day.num_days_from_monday()))),
        Which::Last => Day::only(if ahead == 0 { plus(today, -7) } else { before }),
    }
}

/// A date that may lack its year.
pub(super) fn date(today: NaiveDate, year: Option<i32>, month: u32, day: u32) -> Option<Day> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day).map(Day::only);
    }
    // 29 February can be up to eight years away.
    let date = (0..=8).find_map(|years| {
        NaiveDate::from_ymd_opt(today.year().checked_add(years)?, month, day).filter(|date| *date >= today)
    })?;
    let before = NaiveDate::from_ymd_opt(date.year() - 1, month, day);
    Some(Day { date, before: if date == today { Some(today) } else { before } })
}

/// A day of the month: this month, or the next month that has such a day.
pub(super) fn day_of_month(today: NaiveDate, day: u32) -> Option<Day> {
    let first = today.with_day(1)?;
    let in_month = |months: u32| first.checked_add_months(Months::new(months))?.with_day(day);
    let date = (0..=2).find_map(|months| in_month(months).filter(|date| *date >= today))?;
    let before = if date == today {
        Some(today)
    } else {
        in_month(0).filter(|date| *date < today).or_else(|| first.checked_sub_months(Months::new(1))?.with_day(day))
    };
    Some(Day { date, before })
}

/// A date that is written as two numbers. See the rules of the module.
pub(super) fn numeric(today: NaiveDate, first: u32, second: u32, year: Option<i32>, month_first: bool) -> Option<Day> {
    let (month, day) = if month_first { (first, second) } else { (second, first) };
    date(today, year, month, day).or_else(|| date(today, year, day, month))
}

/// The calendar week that is `weeks` after this one.
pub(super) fn week(today: NaiveDate, weeks: i64) -> Period {
    let from = plus(monday(today), weeks * 7);
    Period { from, to: plus(from, 7), name: PeriodName::Week }
}

/// The weekend of the week that is `weeks` after this one.
pub(super) fn weekend(today: NaiveDate, weeks: i64) -> Period {
    let from = plus(monday(today), weeks * 7 + 5);
    Period { from, to: plus(from, 2), name: PeriodName::Weekend }
}

/// The calendar month that is `months` after this one.
pub(super) fn month(today: NaiveDate, months: i64) -> Option<Period> {
    let first = plus_length(today.with_day(1)?, Length { months, ..Length::default() });
    let to = first.checked_add_months(Months::new(1))?;
    Some(Period { from: first, to, name: PeriodName::Month })
}

/// A month by its number: this month, or the next month with that number.
pub(super) fn named_month(today: NaiveDate, number: u32, year: Option<i32>) -> Option<Period> {
    let year = year.unwrap_or(today.year() + i32::from(number < today.month()));
    month(NaiveDate::from_ymd_opt(year, number, 1)?, 0)
}

/// A weekday by its English name, in lower case.
pub(super) fn weekday_named(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" | "mondays" => Weekday::Mon,
        "tuesday" | "tue" | "tuesdays" => Weekday::Tue,
        "wednesday" | "wed" | "wednesdays" => Weekday::Wed,
        "thursday" | "thu" | "thursdays" => Weekday::Thu,
        "friday" | "fri" | "fridays" => Weekday::Fri,
        "saturday" | "sat" | "saturdays" => Weekday::Sat,
        "sunday" | "sun" | "sundays" => Weekday::Sun,
        _ => return None,
    })
}

/// The number of a month, 1–12, by its English name or short name in lower case.
pub fn month_named(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekdays_are_ahead() {
        let monday = day("2026-03-02");
        for (name, which, date) in [
            (Weekday::Mon, Which::Bare, "2026-03-09"),
            (Weekday::Mon, Which::This, "2026-03-02"),
            (Weekday::Fri, Which::Bare, "2026-03-06"),
            (Weekday::Fri, Which::Next, "2026-03-13"),
            (Weekday::Fri, Which::Last, "2026-02-27"),
            (Weekday::Mon, Which::Next, "2026-03-09"),
        ] {
            assert_eq!(weekday(monday, name, which).date, day(date), "{which:?} {name}");
        }
        assert_eq!(weekday(day("2026-03-08"), Weekday::Mon, Which::Next).date, day("2026-03-09"), "on a Sunday");
    }

    #[test]
    fn dates_without_a_year_are_ahead() {
        let today = day("2026-03-02");
        assert_eq!(date(today, None, 3, 2).map(|day| day.date), Some(today));
        assert_eq!(date(today, None, 3, 1).map(|day| day.date), Some(day("2027-03-01")));
        assert_eq!(date(today, None, 2, 29).map(|day| day.date), Some(day("2028-02-29")));
        assert_eq!(date(today, None, 2, 30), None);
        assert_eq!(day_of_month(day("2026-01-30"), 31).map(|day| day.date), Some(day("2026-01-31")));
        assert_eq!(day_of_month(day("2026-02-10"), 31).map(|day| day.date), Some(day("2026-03-31")));
    }

    #[test]
    fn numeric_dates_follow_the_country_unless_only_one_reading_is_a_date() {
        let today = day("2026-03-02");
        assert_eq!(numeric(today, 3, 5, None, false).map(|day| day.date), Some(day("2026-05-03")));
        assert_eq!(numeric(today, 3, 5, None, true).map(|day| day.date), Some(day("2026-03-05")));
        assert_eq!(numeric(today, 5, 25, None, false).map(|day| day.date), Some(day("2026-05-25")));
        assert_eq!(numeric(today, 25, 5, None, true).map(|day| day.date), Some(day("2026-05-25")));
    }
}
