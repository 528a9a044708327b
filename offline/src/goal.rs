//! Reads the deadline and the time per week from a goal in a person's words.

use chrono::{Datelike, NaiveDate};
use flux_timeline::clock;

use flux_phrases::duration::{self, Length};
use flux_phrases::time::{
    Expression, Hint, Meaning, Preposition, Style, Today, expressions, plus, plus_length, settle,
};
use flux_phrases::words::{self, Token, TokenKind, fits_any};

/// The deadline of a goal, and how much time it may take.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Pace {
    /// For each token, whether it belongs to the deadline or the time per week and not to the goal itself.
    pub used: Vec<bool>,
    /// The deadline in wall-clock time. A date alone means the end of that day.
    pub deadline: Option<String>,
    /// The most minutes per week.
    pub minutes_per_week: Option<i64>,
    /// Whether there is a time that is not a deadline: "tomorrow at 9".
    pub scheduled: bool,
}

/// Deadlines with a name, and their month and day. Easter is not one of them, because its date changes.
const NAMED: &[(&[&str], u32, u32)] = &[
    (&["by|before|until christmas"], 12, 24),
    (
        &[
            "by|before|until the? new year",
            "by|before|until the? end of the|this? year",
            "by|before the? year end",
            "this year",
            "within the|this year",
        ],
        12,
        31,
    ),
    (&["by|before|until the|this|next? summer"], 5, 31),
    (&["this summer", "over the|this summer", "by|until the? end of the|this? summer"], 8, 31),
    (&["by|before|until the|this|next? autumn|fall"], 8, 31),
];

/// Reads the deadline and the time per week from the words of a goal.
pub(super) fn pace(tokens: &[Token], today: Today) -> Pace {
    let mut pace = Pace { used: vec![false; tokens.len()], ..Pace::default() };
    for at in 0..tokens.len() {
        if let Some((minutes, taken)) = weekly(tokens, at).filter(|_| pace.minutes_per_week.is_none()) {
            let from = at - usize::from(at > 0 && tokens.get(at - 1).is_some_and(|word| word.is_any(LINKS)));
            pace.take(from, at + taken);
            pace.minutes_per_week = Some(minutes);
        }
    }
    for at in 0..tokens.len() {
        for (patterns, month, day) in NAMED {
            if let Some(taken) = fits_any(tokens, at, patterns).filter(|_| pace.deadline.is_none()) {
                pace.deadline = yearly(today.now.date(), *month, *day).map(clock::iso_date);
                pace.take(at, at + taken);
            }
        }
    }
    let found = expressions(tokens, today, Style::Plain);
    for (index, expression) in found.iter().enumerate() {
        if expression.at.clone().any(|at| pace.used.get(at) == Some(&true)) {
            continue;
        }
        let begin = announced(tokens, expression.at.start);
        let date = date(expression, begin.is_some(), today.now.date()).filter(|_| pace.deadline.is_none());
        let Some(date) = date else {
            // "For an hour" is the length of a block. A goal takes longer.
            let short = matches!(expression.meaning, Meaning::Length(length) if length.minutes > 0);
            pace.scheduled |= short || expression.says_when() && !matches!(expression.meaning, Meaning::Every(_));
            continue;
        };
        pace.take(begin.unwrap_or(expression.at.start), expression.at.end);
        let hour = found.get(index + 1).filter(|next| next.at.start == expression.at.end).and_then(of_day);
        pace.deadline = Some(match hour {
            Some((hour, end)) => {
                pace.take(expression.at.end, end);
                format!("{}T{hour}", clock::iso_date(date))
            }
            None => clock::iso_date(date),
        });
    }
    // "By 5pm" alone is a time today and not a long goal.
    pace.scheduled |= found
        .iter()
        .any(|expression| expression.has_time() && !expression.at.clone().all(|at| pace.used.get(at) == Some(&true)));
    pace
}

/// Words before an amount of time that belong to it.
const LINKS: &str = "for with at about around spending , and max maximum only";

impl Pace {
    /// Uses the day of the goal itself ("the fair is on Saturday 18 April") as its deadline, if there is no other
    /// deadline and no time of day.
    pub fn until_its_day(&mut self, tokens: &[Token], today: Today) {
        let found = expressions(tokens, today, Style::Plain);
        if self.deadline.is_some() || found.iter().any(Expression::has_time) {
            return;
        }
        let on = found.iter().rev().filter(|expression| expression.preposition == Preposition::On);
        let mut days = on.filter_map(|expression| Some((expression, date(expression, true, today.now.date())?)));
        if let Some((expression, day)) = days.next() {
            self.take(expression.at.start, expression.at.end);
            self.deadline = Some(clock::iso_date(day));
            self.scheduled = false;
        }
    }

    fn take(&mut self, from: usize, to: usize) {
        for used in self.used.iter_mut().take(to).skip(from) {
            *used = true;
        }
    }
}

/// `5 hours a week`, `3h/week`, `30 minutes a day`: the minutes per week, and the number of tokens.
fn weekly(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    if let Some((amount, unit)) = tokens.get(at).and_then(|token| token.norm.split_once('/')) {
        let (length, _) = duration::length(&words::tokens(amount), 0)?;
        return Some((length.minutes * times(unit)?, 1)).filter(|(minutes, _)| *minutes > 0);
    }
    let (length, mut taken) =
        duration::length(tokens, at).filter(|(length, _)| *length == Length::minutes(length.minutes))?;
    taken += usize::from(tokens.get(at + taken).is_some_and(|token| token.is_any("/ a per each every")));
    let times = times(&tokens.get(at + taken)?.norm)?;
    Some((length.minutes * times, taken + 1)).filter(|(minutes, _)| *minutes > 0)
}

fn times(unit: &str) -> Option<i64> {
    match unit {
        "week" | "weekly" | "w" => Some(1),
        "day" | "daily" | "d" | "morning" | "evening" | "night" => Some(7),
        "weekday" => Some(5),
        "weekend" => Some(1),
        _ => None,
    }
}

/// The next day with this month and day.
fn yearly(today: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    let this = NaiveDate::from_ymd_opt(today.year(), month, day)?;
    if this > today { Some(this) } else { NaiveDate::from_ymd_opt(today.year() + 1, month, day) }
}

/// The position of "deadline:" or "due" before a day, if it is there.
fn announced(tokens: &[Token], at: usize) -> Option<usize> {
    let small = |token: &&Token| token.is_any(": is on the =");
    let from = at - tokens.get(..at)?.iter().rev().take_while(small).count();
    let word = tokens.get(..from)?.last()?;
    let comma = from >= 2 && tokens.get(from - 2).is_some_and(|mark| mark.is(","));
    word.is_any("deadline due").then(|| from - 1 - usize::from(comma))
}

/// What a sentence after a goal adds: "I have 3 hours a week", "The exam is on 15 June".
pub(super) fn added(tokens: &[Token], today: Today) -> Option<Pace> {
    let mut pace = pace(tokens, today);
    if pace.deadline.is_none() && tokens.iter().any(|token| token.is_any(DAYS)) {
        let days = expressions(tokens, today, Style::Plain);
        let found = days.iter().find_map(|expression| Some((expression, date(expression, true, today.now.date())?)));
        if let Some((expression, date)) = found {
            pace.take(expression.at.start, expression.at.end);
            pace.deadline = Some(clock::iso_date(date));
        }
    }
    let small = |(token, used): (&Token, &bool)| {
        *used || matches!(token.kind, TokenKind::Mark | TokenKind::Break) || token.is_any(SAID) || token.is_any(DAYS)
    };
    let whole = tokens.iter().zip(&pace.used).all(small);
    (whole && (pace.deadline.is_some() || pace.minutes_per_week.is_some())).then_some(pace)
}

/// Words for what a goal prepares for.
const DAYS: &str = "exam test wedding race marathon party trip launch deadline";
/// Words around an addition to a goal.
const SAID: &str = "i we have has can could would want to spend spare no rush hurry give do work on it that this is should must be done finished ready over the my our for and with about only at most up free time will am";

/// The last day for a goal, if an expression says one: `by Friday`, `in 30 days`, `in October`.
fn date(expression: &Expression, announced: bool, today: NaiveDate) -> Option<NaiveDate> {
    let until = announced || matches!(expression.preposition, Preposition::By | Preposition::Until);
    match &expression.meaning {
        Meaning::Days(days) if until => days.last().map(|day| day.date),
        // "By June" means before June begins.
        Meaning::Period(period) if expression.preposition == Preposition::By && period.from > today => {
            Some(plus(period.from, -1))
        }
        Meaning::Period(period) if until || matches!(expression.preposition, Preposition::In | Preposition::For) => {
            Some(plus(period.to, -1))
        }
        Meaning::FromNow(length) if length.minutes == 0 => Some(plus_length(today, *length)),
        Meaning::Length(length) if expression.preposition == Preposition::For && length.in_minutes() >= 7 * 24 * 60 => {
            Some(plus_length(today, *length))
        }
        _ => None,
    }
}

/// The time of day of a deadline, and the position after it.
fn of_day(expression: &Expression) -> Option<(String, usize)> {
    let Meaning::Time(time) = expression.meaning else { return None };
    Some((clock::hours(settle(time, None, Hint::None).time), expression.at.end))
}

/// The marked words, as they were written.
pub(super) fn written(tokens: &[Token], keep: impl Fn(usize) -> bool) -> String {
    let mut text = String::new();
    for (_, token) in tokens.iter().enumerate().filter(|(at, _)| keep(*at)) {
        if token.spaced || token.kind == TokenKind::Break {
            text.push(' ');
        }
        match token.kind {
            TokenKind::Quoted => text.extend(["“", &token.text, "”"]),
            TokenKind::Word | TokenKind::Mark => text.push_str(&token.text),
            TokenKind::Break => {}
        }
    }
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    text.trim_matches(|c: char| c.is_whitespace() || ",;:.!?-–—/".contains(c)).to_owned()
}
