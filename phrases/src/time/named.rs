//! Days by their place in a month, and holidays: `the first Tuesday in April`, `the last day of the month`, `Christmas Eve`.

use chrono::{Datelike, NaiveDate};

use super::calendar;
use super::following::{ends_or_goes_on, year};
use super::{Day, Meaning, Period};
use crate::number;
use crate::words::{Token, fits, fits_any};

/// Holidays that are on the same day every year: pattern, month, day. Easter is not, because its date changes.
const HOLIDAYS: &[(&str, u32, u32)] = &[
    ("new year eve", 12, 31),
    ("new year day", 1, 1),
    ("valentine|valentines day", 2, 14),
    ("halloween", 10, 31),
    ("christmas eve", 12, 24),
    ("christmas day?", 12, 25),
    ("boxing day", 12, 26),
];

/// Such a day, and how many tokens name it. A holiday needs a preposition: "the Christmas party" is not a day.
pub(super) fn named_day(tokens: &[Token], at: usize, today: NaiveDate, led: bool) -> Option<(Meaning, usize)> {
    in_month(tokens, at, today)
        .or_else(|| holiday(tokens, at, today).filter(|(_, taken)| led && ends_or_goes_on(tokens, at + taken)))
        .map(|(day, taken)| (Meaning::Days(vec![day]), taken))
}

fn holiday(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Day, usize)> {
    let found = |(pattern, month, day): &(&str, u32, u32)| {
        let taken = fits(tokens, at, pattern)?;
        let year = tokens.get(at + taken).and_then(year);
        Some((calendar::date(today, year, *month, *day)?, taken + usize::from(year.is_some())))
    };
    HOLIDAYS.iter().find_map(found)
}

/// `the first Tuesday in April`, `the very last day of the month`.
fn in_month(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Day, usize)> {
    let mut end = at + fits_any(tokens, at, &["the? very", "the"]).unwrap_or(0);
    let number = match fits(tokens, end, "last") {
        Some(_) => None,
        None => Some(number::ordinal(tokens, end).filter(|(number, _)| (1..=5).contains(number))?),
    };
    end += number.map_or(1, |(_, taken)| taken);
    let weekday = calendar::weekday_named(&tokens.get(end)?.norm);
    if weekday.is_none() && !tokens.get(end)?.is("day") {
        return None;
    }
    end += 1;
    end += fits(tokens, end, "of|in")?;
    let (period, taken) = month(tokens, end, today)?;
    let days = || {
        let all = (0..31).map(|ahead| calendar::plus(period.from, ahead)).filter(|date| *date < period.to);
        all.filter(|date| weekday.is_none_or(|weekday| date.weekday() == weekday))
    };
    let date = match number {
        Some((number, _)) => days().nth(usize::try_from(number).ok()?.checked_sub(1)?)?,
        None => days().next_back()?,
    };
    Some((Day::only(date), end + taken - at))
}

/// `April`, `April 2027`, `April next year`, `this month`.
fn month(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Period, usize)> {
    for (pattern, months) in [("the|this? month", 0), ("the? next|following|coming month", 1), ("last month", -1)] {
        if let Some(taken) = fits(tokens, at, pattern) {
            return Some((calendar::month(today, months)?, taken));
        }
    }
    let number = calendar::month_named(&tokens.get(at)?.norm)?;
    let (year, more) = match (tokens.get(at + 1).and_then(year), fits_any(tokens, at + 1, &["of? next year"])) {
        (Some(year), _) => (Some(year), 1),
        (None, Some(taken)) => (Some(today.year() + 1), taken),
        (None, None) => (None, 0),
    };
    Some((calendar::named_month(today, number, year)?, 1 + more))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    #[test]
    fn days_by_their_place_in_a_month_and_holidays() {
        let today = "2026-03-02".parse().unwrap();
        for (text, date) in [
            ("the first Tuesday in April", "2026-04-07"),
            ("last Friday of this month", "2026-03-27"),
            ("the third Monday of next month", "2026-04-20"),
            ("the last day of the month", "2026-03-31"),
            ("the very last day of February next year", "2027-02-28"),
            ("the last Sunday of October 2027", "2027-10-31"),
            ("Christmas Eve", "2026-12-24"),
            ("New Year's Day", "2027-01-01"),
        ] {
            let all = tokens(text);
            let found = named_day(&all, 0, today, true);
            let expected = Meaning::Days(vec![Day::only(date.parse().unwrap())]);
            let found = found.map(|(said, taken)| match said {
                Meaning::Days(days) => (Meaning::Days(days.iter().map(|day| Day::only(day.date)).collect()), taken),
                other => (other, taken),
            });
            assert_eq!(found, Some((expected, all.len())), "{text}");
        }
        for text in ["last Friday", "the fifth Friday of April", "the first floor of the house", "Christmas party"] {
            assert_eq!(named_day(&tokens(text), 0, today, true), None, "{text}");
        }
    }
}
