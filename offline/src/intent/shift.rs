//! Moves everything after a time, later or earlier.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use flux_timeline::clock;
use flux_timeline::limits::SHIFT_MINUTES;
use serde_json::{Value, json};

use super::{Outcome, Request, is_known, plans};
use crate::details;
use crate::reference::{self, Found, Purpose};
use crate::title::hint;
use crate::world::World;
use flux_phrases::duration::{self, Length};
use flux_phrases::time::{DayPart, Place, Preposition, Style, Timing, expressions, place, plus, plus_length};
use flux_phrases::words::{self, Token, find, fits_any};

pub(super) fn read(request: Request) -> Option<Outcome> {
    let world = request.world;
    let (details, tokens) = details::plan(request.tokens, world);
    let tokens = tokens.as_slice();
    let verb = fits_any(
        tokens,
        0,
        &[
            "shift|push|move|delay|postpone|slide|bring|pull|reschedule back|forward|up|out|off?",
            "put back|forward|off",
        ],
    );
    let all = find(tokens, "everything|all|anything")
        .or_else(|| find(tokens, "the rest"))
        .or_else(|| find(tokens, "my|the whole? day|morning|afternoon|evening|schedule|timeline|calendar|agenda"))?;
    verb.or((all.0 == 0).then_some(0))?;
    let directed = tokens.iter().any(|token| token.is_any("later earlier sooner by back forward"));
    let earlier = tokens.iter().any(|token| token.is_any("earlier sooner"))
        || fits_any(tokens, 0, &["bring|pull", "move up"]).is_some();
    let (at, (length, taken)) = amount(tokens)?;
    if verb.is_none() && !directed {
        return None;
    }
    let length = if earlier { length.negated() } else { length };
    if length.in_minutes().abs() > SHIFT_MINUTES {
        let text = "I can move things by at most a year, so I moved nothing. Say a shorter time, such as “by 2 weeks”.";
        return Some(Outcome::Say(text.to_owned()));
    }
    let rest: Vec<Token> = tokens
        .iter()
        .enumerate()
        .filter(|(index, _)| !(at..at + taken).contains(index))
        .map(|(_, token)| token.clone())
        .collect();
    if let Some(missing) = &details.missing_plan {
        return Some(plans::no_plan(missing, world));
    }
    let edge = rest.iter().position(|token| token.is_any("after from since following starting"));
    let outcome = match edge {
        Some(edge) => {
            // "Everything tomorrow after 2pm": the day can come before the time.
            let after_day = |token: &Token| token.is_any("everything all anything rest the of my from");
            let day: Vec<Token> =
                rest.get(verb.unwrap_or(0)..edge)?.iter().filter(|token| !after_day(token)).cloned().collect();
            let words: Vec<Token> = rest.get(edge + 1..)?.iter().chain(&day).cloned().collect();
            let beyond = rest.get(edge)?.is_any("after following");
            match after(&words, beyond, world) {
                Ok((after, ends_with_day)) => {
                    shift(after, ends_with_day && length.in_minutes().abs() < 24 * 60, length)
                }
                Err(outcome) => outcome,
            }
        }
        None => bounded(&rest, length, world),
    };
    Some(match details.plan {
        Some(plan) => in_plan(outcome, &plan),
        None => outcome,
    })
}

/// The same for a named plan.
fn in_plan(outcome: Outcome, plan: &str) -> Outcome {
    let Outcome::Do { mut calls, note } = outcome else { return outcome };
    for (_, arguments) in &mut calls {
        arguments["plan"] = json!(plan);
    }
    Outcome::Do { calls, note }
}

/// The last length in a sentence. An earlier one can be a time.
fn amount(tokens: &[Token]) -> Option<(usize, (Length, usize))> {
    let by = tokens.iter().rposition(|token| token.is("by"));
    let from = by.map_or(0, |by| by + 1);
    let mut at = from;
    let mut last = None;
    while at < tokens.len() {
        match duration::length(tokens, at) {
            Some(found) => {
                last = Some((at, found));
                at += found.1;
            }
            None => at += 1,
        }
    }
    last.map(
        |(at, found)| {
            if by == at.checked_sub(1) && by.is_some() { (at - 1, (found.0, found.1 + 1)) } else { (at, found) }
        },
    )
}

/// A length as arguments. A month is as long as the one that begins on `from`.
fn distance(length: Length, from: NaiveDate) -> Value {
    let months = plus_length(from, Length { months: length.months, ..Length::default() });
    let days = length.days + (months - from).num_days();
    match (days, length.minutes) {
        (0, minutes) => json!({ "byMinutes": minutes }),
        (days, 0) => json!({ "byDays": days }),
        (days, minutes) => json!({ "byDays": days, "byMinutes": minutes }),
    }
}

/// Moves what starts after a moment, on that day or on all days.
fn shift(after: NaiveDateTime, ends_with_day: bool, length: Length) -> Outcome {
    let mut arguments = distance(length, after.date());
    arguments["after"] = json!(clock::wall(after));
    if ends_with_day {
        arguments["before"] = json!(clock::wall(plus(after.date(), 1).and_time(NaiveTime::MIN)));
    }
    Outcome::call("shiftTimeline", arguments)
}

/// The moment after which blocks move, and whether only that day is meant. "After lunch" means the block, if there is
/// one. "Push everything after 2pm by half an hour" is about that day, "shift everything after Wednesday" about
/// everything later.
fn after(tokens: &[Token], beyond: bool, world: &World) -> Result<(NaiveDateTime, bool), Outcome> {
    let closing = |token: &&Token| token.is_any("back later earlier sooner forward by up on onwards onward");
    let end = tokens.len() - tokens.iter().rev().take_while(closing).count();
    let tokens = tokens.get(..end).unwrap_or_default();
    let said = match reference::find(tokens, world, Purpose::Change) {
        Found::Blocks(blocks) if blocks.len() == 1 => {
            if let Some(block) = blocks.first().filter(|block| is_known(block) && !only_time(tokens, world)) {
                return Ok((block.end, true));
            }
            None
        }
        Found::LookUp(call) => Some(Outcome::LookUp(vec![call])),
        Found::Say(text) => Some(Outcome::Say(text)),
        Found::Blocks(_) => None,
    };
    moment(tokens, beyond, world).ok_or_else(|| {
        let example = "After what time? Say, for example, “push everything after 2pm by 30 minutes”.";
        said.unwrap_or_else(|| Outcome::Say(example.to_owned()))
    })
}

fn only_time(tokens: &[Token], world: &World) -> bool {
    let found = expressions(tokens, world.today, Style::Plain);
    (0..tokens.len()).all(|at| found.iter().any(|expression| expression.at.contains(&at)))
}

/// The moment that words mean, and whether they give a time of day. For `beyond`, a day means its end.
fn moment(tokens: &[Token], beyond: bool, world: &World) -> Option<(NaiveDateTime, bool)> {
    // A bare number is read as a time only after a preposition.
    let mut led = words::tokens("after");
    led.extend(tokens.iter().cloned());
    let mut found = expressions(&led, world.today, Style::Plain);
    found.iter_mut().for_each(|expression| expression.preposition = Preposition::At);
    let wanted = Timing::of(&found);
    let in_a_day = wanted.has_time() || wanted.part.is_some();
    match place(&wanted, world.now(), world.zone, hint(""), 0).first()? {
        // At five o'clock, "after 2pm" still means today.
        Place::At { start, .. } if wanted.dates(world.date()).is_empty() && wanted.from_now.is_none() => {
            Some((world.date().and_time(start.wall.time()), in_a_day))
        }
        Place::At { start, .. } => Some((start.wall, in_a_day)),
        Place::Window { day, from, .. } if wanted.part.is_some() => Some((day.and_time(*from), true)),
        // "After Wednesday" begins on Thursday, "from Wednesday" on Wednesday.
        Place::Window { day, .. } => Some((plus(*day, i64::from(beyond)).and_time(NaiveTime::MIN), false)),
        _ => None,
    }
}

/// Everything on a day or in a part of it. Without either, everything from now on.
fn bounded(tokens: &[Token], length: Length, world: &World) -> Outcome {
    let mut found = expressions(tokens, world.today, Style::Plain);
    let part = tokens.iter().position(|token| token.is_any("morning afternoon evening")).filter(|_| found.is_empty());
    if let Some(part) = part {
        let mut led = words::tokens("this");
        led.extend(tokens.get(part).cloned());
        found = expressions(&led, world.today, Style::Plain);
    } else if found.is_empty() && find(tokens, "my|the whole? day").is_some() {
        found = expressions(&words::tokens("today"), world.today, Style::Plain);
    }
    let wanted = Timing::of(&found);
    let Some(day) = wanted.days.first().map(|day| day.date) else {
        return shift(world.now(), false, length);
    };
    let (from, to) = match wanted.part.map(DayPart::span) {
        Some((from, to)) => (day.and_time(from), day.and_time(to)),
        None => (day.and_time(NaiveTime::MIN), plus(day, 1).and_time(NaiveTime::MIN)),
    };
    let mut arguments = distance(length, day);
    arguments["after"] = json!(clock::wall(from));
    arguments["before"] = json!(clock::wall(to));
    Outcome::call("shiftTimeline", arguments)
}
