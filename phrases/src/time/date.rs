//! Days, weeks and months by name: `tomorrow`, `next Friday`, `3rd of May 2027`, `the end of the week`.

use chrono::{Datelike, NaiveDate, NaiveTime};

use super::calendar::{self, Which};
use super::following::{ends_or_goes_on, year};
use super::named;
use super::{Day, DayPart, DayPartName, Meaning, Period, PeriodName, Today};
use crate::duration;
use crate::number;
use crate::words::{Token, TokenKind, fits, fits_any};

/// A day or period that begins at `at`, and how many tokens it takes. `led` says whether there is a preposition before it:
/// `the 3rd`, `3/5` and `March` need one.
pub(super) fn date(tokens: &[Token], at: usize, today: Today, led: bool) -> Option<(Meaning, usize)> {
    near(tokens, at, today.now.date())
        .or_else(|| named::named_day(tokens, at, today.now.date(), led))
        .or_else(|| edge(tokens, at, today.now.date()))
        .or_else(|| period(tokens, at, today.now.date(), led))
        .or_else(|| weekday(tokens, at, today.now.date()))
        .or_else(|| month_day(tokens, at, today.now.date()))
        .or_else(|| numeric(tokens, at, today, led))
        .or_else(|| ordinal(tokens, at, today.now.date(), led))
}

fn one(date: NaiveDate, taken: usize) -> (Meaning, usize) {
    (Meaning::Days(vec![Day::only(date)]), taken)
}

/// `today`, `tomorrow`, `the day after tomorrow`, `yesterday`.
fn near(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Meaning, usize)> {
    for (pattern, days) in [
        ("the? day after tomorrow", 2),
        ("overmorrow", 2),
        ("the? day before yesterday", -2),
        ("tomorrow", 1),
        ("today", 0),
        ("yesterday", -1),
        ("the? next day", 1),
        ("the? following day", 1),
    ] {
        if let Some(taken) = fits(tokens, at, pattern) {
            return Some(one(calendar::plus(today, days), taken));
        }
    }
    None
}

/// The beginning, middle or end of a period, as a day: `end of the week`, `early next week`.
fn edge(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Meaning, usize)> {
    let (edge, taken) = [
        ("the? end of the?", 2),
        ("late", 2),
        ("the? beginning|start of the?", 0),
        ("early", 0),
        ("the? middle of the?", 1),
        ("mid", 1),
    ]
    .into_iter()
    .find_map(|(pattern, edge)| fits(tokens, at, pattern).map(|taken| (edge, taken)))?;
    let (period, length) = match tokens.get(at + taken)? {
        token if token.is("week") => (calendar::week(today, 0), 1),
        token if token.is("month") => (calendar::month(today, 0)?, 1),
        token if token.is("weekend") => (calendar::weekend(today, 0), 1),
        _ => match period(tokens, at + taken, today, true)? {
            (Meaning::Period(period), length) => (period, length),
            _ => return None,
        },
    };
    let days = (period.to - period.from).num_days();
    let offset = match (edge, period.name) {
        (0, _) => 0,
        (1, _) => (days - 1) / 2 - i64::from(period.name == PeriodName::Week),
        // A week of plans ends on Friday.
        (_, PeriodName::Week) => 4,
        _ => days - 1,
    };
    let day = calendar::plus(period.from, offset);
    Some(one(if period.from <= today && today < period.to { day.max(today) } else { day }, taken + length))
}

/// `next week`, `this weekend`, `in March`, `the next 5 days`.
fn period(tokens: &[Token], at: usize, today: NaiveDate, led: bool) -> Option<(Meaning, usize)> {
    if let Some((days, taken)) = coming_days(tokens, at) {
        let to = calendar::plus(today, days);
        return Some((Meaning::Period(Period { from: today, to, name: PeriodName::Days }), taken));
    }
    let (steps, lead) = match fits(tokens, at, "the? week|month|weekend after next") {
        Some(3..) => {
            let unit = tokens.get(at + usize::from(tokens.get(at)?.is("the")))?;
            let taken = fits(tokens, at, "the? week|month|weekend after next")?;
            return Some((Meaning::Period(of_unit(&unit.norm, today, 2)?), taken));
        }
        _ => which(tokens, at).map_or((None, 0), |(which, taken)| (Some(which), taken)),
    };
    let unit = tokens.get(at + lead)?;
    let steps_of_unit = match steps {
        Some(Which::This) => 0,
        Some(Which::Next) => 1,
        Some(Which::Last) => -1,
        Some(Which::Bare) | None => 0,
    };
    if (steps.is_some() || (led && unit.is("weekend")))
        && !unit.possessive
        && let Some(period) = of_unit(&unit.norm, today, steps_of_unit)
    {
        // "next week Friday", "this week on Friday"
        let on = fits(tokens, at + lead + 1, "on").unwrap_or(0);
        if period.name == PeriodName::Week
            && let Some(day) = tokens.get(at + lead + 1 + on).and_then(|token| calendar::weekday_named(&token.norm))
        {
            let date = calendar::plus(period.from, i64::from(day.num_days_from_monday()));
            return Some(one(date, lead + 2 + on));
        }
        return Some((Meaning::Period(period), lead + 1));
    }
    let month = calendar::month_named(&unit.norm).filter(|_| led || steps.is_some())?;
    let year = tokens.get(at + lead + 1).and_then(year);
    let period = calendar::named_month(today, month, year)?;
    // "March 3rd" is a day, and "may" is mostly a verb.
    let is_day = number::ordinal(tokens, at + lead + 1).is_some()
        || number::whole(tokens, at + lead + 1).is_some() && year.is_none();
    (!is_day).then_some((Meaning::Period(period), lead + 1 + usize::from(year.is_some())))
}

fn of_unit(unit: &str, today: NaiveDate, steps: i64) -> Option<Period> {
    match unit {
        "week" | "workweek" => Some(calendar::week(today, steps)),
        "weekend" => Some(calendar::weekend(today, steps)),
        "month" => calendar::month(today, steps),
        _ => None,
    }
}

/// `the next 5 days`, `the coming two weeks`: today and the days after it.
fn coming_days(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    let lead = fits_any(tokens, at, &["the? next|coming|following"])?;
    if let Some(taken) = fits_any(tokens, at + lead, &["few days", "couple of? days"]) {
        return Some((3, lead + taken));
    }
    number::whole(tokens, at + lead)?;
    let (length, taken) = duration::length(tokens, at + lead)?;
    (length.minutes == 0 && length.months == 0 && length.days > 0).then_some((length.days, lead + taken))
}

fn which(tokens: &[Token], at: usize) -> Option<(Which, usize)> {
    for (pattern, which) in [
        ("the? coming|upcoming", Which::This),
        ("this coming?", Which::This),
        ("the? next", Which::Next),
        ("the? following", Which::Next),
        ("last", Which::Last),
        ("past", Which::Last),
        ("the? previous", Which::Last),
    ] {
        if let Some(taken) = fits(tokens, at, pattern) {
            return Some((which, taken));
        }
    }
    None
}

/// `Friday`, `next Friday`, `Friday next week`, `Friday the 6th`.
fn weekday(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Meaning, usize)> {
    let (which, lead) = which(tokens, at).unwrap_or((Which::Bare, 0));
    let token = tokens.get(at + lead).filter(|token| token.kind == TokenKind::Word)?;
    let name = calendar::weekday_named(&token.norm)?;
    let mut taken = lead + 1;
    // Short names are words of their own: "he sat in the sun".
    let short = matches!(token.norm.as_str(), "sat" | "sun" | "wed" | "mon");
    if short && lead == 0 && !short_day_stands_alone(tokens, at) {
        return None;
    }
    for (pattern, weeks) in [
        ("in? the? week after next", 2),
        ("of|in? next week", 1),
        ("of|in? the? following week", 1),
        ("of? this week", 0),
        ("of? last week", -1),
        ("week", 0),
        ("in a week", -2),
    ] {
        if lead == 0
            && let Some(length) = fits(tokens, at + taken, pattern)
        {
            let bare = calendar::weekday(today, name, Which::Bare).date;
            let date = match (pattern, weeks) {
                // British: "Friday week" is a week after Friday.
                ("week" | "in a week", _) => calendar::plus(bare, 7),
                _ => calendar::plus(calendar::monday(today), weeks * 7 + i64::from(name.num_days_from_monday())),
            };
            return Some(one(date, taken + length));
        }
    }
    let day = calendar::weekday(today, name, which);
    // "Friday the 6th", "Friday, 6 March": the number says which.
    let comma = usize::from(tokens.get(at + taken).is_some_and(|token| token.is(",")));
    let exact = month_day(tokens, at + taken + comma, today).or_else(|| {
        let the = fits(tokens, at + taken, "the")?;
        ordinal(tokens, at + taken + the, today, true).map(|(said, length)| (said, the + length))
    });
    if let Some((Meaning::Days(days), length)) = exact
        && days.first().is_some_and(|day| day.date.weekday() == name)
    {
        taken += length + if fits(tokens, at + taken, "the").is_some() { 0 } else { comma };
        return Some((Meaning::Days(days), taken));
    }
    Some((Meaning::Days(vec![day]), taken))
}

fn short_day_stands_alone(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let after = tokens.get(at + 1);
    before.is_none_or(|token| token.is_any("on by until for from to every next this , and or -"))
        || after.is_some_and(|token| {
            token.is_any("at morning afternoon evening night from -")
                || token.norm.starts_with(|c: char| c.is_ascii_digit())
        })
}

/// `March 3rd`, `3 March 2027`, `3rd of May`.
pub(super) fn month_day(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(Meaning, usize)> {
    let the = fits(tokens, at, "the").unwrap_or(0);
    let (month, day, mut taken) = match tokens.get(at + the).and_then(|token| calendar::month_named(&token.norm)) {
        Some(month) => {
            let skip = fits(tokens, at + the + 1, "the").unwrap_or(0);
            let (day, length) = day_number(tokens, at + the + 1 + skip)?;
            (month, day, the + 1 + skip + length)
        }
        None => {
            let (day, length) = day_number(tokens, at + the)?;
            let of = fits(tokens, at + the + length, "of").unwrap_or(0);
            let month = tokens.get(at + the + length + of).and_then(|token| calendar::month_named(&token.norm))?;
            (month, day, the + length + of + 1)
        }
    };
    // "March 3, 2027"
    let comma = usize::from(tokens.get(at + taken).is_some_and(|token| token.is(",")));
    let year = tokens.get(at + taken + comma).and_then(year);
    if year.is_some() {
        taken += comma + 1;
    }
    let day = calendar::date(today, year, month, day)?;
    Some((Meaning::Days(vec![day]), taken))
}

pub(super) fn day_number(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let (day, taken) = number::ordinal(tokens, at).or_else(|| {
        let token = tokens.get(at)?;
        number::digits(&token.norm).filter(|_| token.norm.len() <= 2).map(|day| (day, 1))
    })?;
    (1..=31).contains(&day).then_some((day, taken))
}

/// `2027-05-03`, `3/5`, `3.5.2027`, `3.5.`
fn numeric(tokens: &[Token], at: usize, today: Today, led: bool) -> Option<(Meaning, usize)> {
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
    let word = token.norm.as_str();
    let numbers = |sign: char| -> Option<Vec<u32>> {
        let parts: Option<Vec<u32>> = word.split(sign).map(number::digits).collect();
        parts.filter(|parts| (2..=3).contains(&parts.len()))
    };
    if let Some(parts) = numbers('-').or_else(|| numbers('/'))
        && let [year, month, day] = parts.as_slice()
        && *year >= 1000
    {
        let date = NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day)?;
        return Some(one(date, 1));
    }
    let (parts, month_first, dotted) = match numbers('/') {
        Some(parts) => (parts, today.month_first, false),
        None => (numbers('.')?, false, true),
    };
    let year = match parts.get(2) {
        Some(year @ 0..100) => Some(2000 + i32::try_from(*year).ok()?),
        Some(year) => Some(i32::try_from(*year).ok()?),
        None => None,
    };
    let closed = dotted && tokens.get(at + 1).is_some_and(|next| next.is(".") && !next.spaced);
    // "3/4 cup", "version 3.5": a day and a month alone need something that says they are one.
    let stands_alone =
        year.is_some() || led || closed && tokens.len() > at + 2 || (!dotted && ends_or_goes_on(tokens, at + 1));
    if !stands_alone || dotted && year.is_none() && !closed && !led {
        return None;
    }
    let day = calendar::numeric(today.now.date(), *parts.first()?, *parts.get(1)?, year, month_first)?;
    Some((Meaning::Days(vec![day]), 1 + usize::from(closed)))
}

/// `the 3rd`, after a preposition.
fn ordinal(tokens: &[Token], at: usize, today: NaiveDate, led: bool) -> Option<(Meaning, usize)> {
    let the = fits(tokens, at, "the").unwrap_or(0);
    let (number, length) = number::ordinal(tokens, at + the).filter(|(number, _)| led && (1..=31).contains(number))?;
    let next = tokens.get(at + the + length);
    if let Some(taken) = fits_any(tokens, at + the + length, &["of next month", "of the month", "of this month"]) {
        let months = i64::from(tokens.get(at + the + length + 1)?.is("next"));
        let first = calendar::month(today, months)?.from;
        let day = if months == 1 { Day::only(first.with_day(number)?) } else { calendar::day_of_month(today, number)? };
        return Some((Meaning::Days(vec![day]), the + length + taken));
    }
    // "on the first floor", "on the second try"
    let is_day = next.is_none_or(|token| {
        token.kind != TokenKind::Word
            || token.is_any(FOLLOWS_A_DAY)
            || token.norm.starts_with(|c: char| c.is_ascii_digit())
    });
    is_day.then_some((Meaning::Days(vec![calendar::day_of_month(today, number)?]), the + length))
}

const FOLLOWS_A_DAY: &str = "at from until for and to in with between by please instead then or around about noon";

/// A part of the day: `morning`, `late afternoon`. The caller reads the article and the preposition.
pub(super) fn part(tokens: &[Token], at: usize) -> Option<(DayPart, usize)> {
    let (shade, lead) = match tokens.get(at)?.norm.as_str() {
        "early" => (-1, 1),
        "late" => (1, 1),
        "mid" => (0, 1),
        _ => (0, 0),
    };
    let hyphen = usize::from(lead == 1 && tokens.get(at + 1).is_some_and(|token| token.is("-")));
    let token = tokens.get(at + lead + hyphen).filter(|token| token.kind == TokenKind::Word)?;
    let (name, from, to) = match (token.norm.as_str(), shade) {
        ("morning", -1) => (DayPartName::Morning, 7, 9),
        ("morning", 1) => (DayPartName::Morning, 11, 12),
        ("morning" | "forenoon" | "am", _) => (DayPartName::Morning, 9, 12),
        ("mid-morning", _) => (DayPartName::Morning, 10, 12),
        ("afternoon", -1) => (DayPartName::Afternoon, 13, 15),
        ("afternoon", 1) => (DayPartName::Afternoon, 16, 18),
        ("afternoon" | "arvo", _) => (DayPartName::Afternoon, 14, 18),
        ("mid-afternoon", _) => (DayPartName::Afternoon, 15, 18),
        ("evening", -1) => (DayPartName::Evening, 17, 19),
        ("evening", 1) => (DayPartName::Evening, 21, 23),
        ("evening", _) => (DayPartName::Evening, 18, 22),
        ("night", -1) => (DayPartName::Night, 20, 22),
        ("night", 1) => (DayPartName::Night, 22, 23),
        ("night" | "nighttime", _) => (DayPartName::Night, 20, 23),
        _ => return None,
    };
    if token.is("am") {
        return None;
    }
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0);
    Some((DayPart { name, from: time(from)?, to: time(to)? }, lead + hyphen + 1))
}
