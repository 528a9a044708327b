//! Everything after some time, later or earlier.

use chrono::NaiveDateTime;
use serde_json::json;

use super::moving::later;
use super::{Outcome, Request, is_known, update};
use crate::model::offline::duration::{self, Length};
use crate::model::offline::reference::{self, Found, Purpose};
use crate::model::offline::time::{Moment, Place, Prep, Style, Wanted, fragments, place};
use crate::model::offline::title::hint;
use crate::model::offline::words::{Token, find, fits_any};
use crate::model::offline::world::World;

/// Most blocks of one day that are moved one by one.
const MOST: usize = 50;

pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    let verb = fits_any(
        tokens,
        0,
        &["shift|push|move|delay|postpone|slide|bring|pull|reschedule|put back|forward|up|out|off?"],
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
    let rest: Vec<Token> = tokens
        .iter()
        .enumerate()
        .filter(|(index, _)| !(at..at + taken).contains(index))
        .map(|(_, token)| token.clone())
        .collect();
    let edge = rest.iter().position(|token| token.is_any("after from since following starting"));
    Some(match edge {
        Some(edge) => match after(rest.get(edge + 1..)?, world) {
            Ok(after) => shift(&after, length),
            Err(outcome) => outcome,
        },
        None => bounded(&rest, length, world),
    })
}

/// The last length in a sentence: what stands before it can be a time.
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

fn shift(after: &Moment, length: Length) -> Outcome {
    Outcome::call("shiftTimeline", json!({"after": after.argument(), "byMinutes": length.in_minutes()}))
}

/// The moment after which: a time, or the end of a block; "after lunch" is the block where there is one.
fn after(tokens: &[Token], world: &World) -> Result<Moment, Outcome> {
    let closing = |token: &&Token| token.is_any("back later earlier sooner forward by up on onwards onward");
    let end = tokens.len() - tokens.iter().rev().take_while(closing).count();
    let tokens = tokens.get(..end).unwrap_or_default();
    let said = match reference::find(tokens, world, Purpose::Change) {
        Found::Blocks(blocks) if blocks.len() == 1 => {
            if let Some(block) = blocks.first().filter(|block| is_known(block) && !only_time(tokens, world)) {
                return Ok(Moment::at(block.end));
            }
            None
        }
        Found::LookUp(call) => Some(Outcome::LookUp(vec![call])),
        Found::Say(text) => Some(Outcome::Say(text)),
        _ => None,
    };
    moment(tokens, world).map(Moment::at).ok_or_else(|| {
        said.unwrap_or_else(|| {
            Outcome::Say("After what time? Say, for example, “push everything after 2pm by 30 minutes”.".to_owned())
        })
    })
}

fn only_time(tokens: &[Token], world: &World) -> bool {
    let found = fragments(tokens, world.today, Style::Plain);
    (0..tokens.len()).all(|at| found.iter().any(|fragment| fragment.at.contains(&at)))
}

/// The moment that words say, seen from "after".
fn moment(tokens: &[Token], world: &World) -> Option<NaiveDateTime> {
    // The scanner takes a bare number for a time only after a preposition.
    let mut led = crate::model::offline::words::tokens("after");
    led.extend(tokens.iter().cloned());
    let mut found = fragments(&led, world.today, Style::Plain);
    found.iter_mut().for_each(|fragment| fragment.prep = Prep::At);
    let wanted = Wanted::of(&found);
    match place(&wanted, world.now(), world.zone, hint(""), 0).first()? {
        Place::At { start, .. } => Some(start.wall),
        Place::Window { day, from, .. } => {
            Some(if wanted.part.is_some() { day.and_time(*from) } else { day.and_hms_opt(0, 0, 0)? })
        }
        _ => None,
    }
}

/// Everything of one day or of a part of it; without either, everything from now on.
fn bounded(tokens: &[Token], length: Length, world: &World) -> Outcome {
    let mut found = fragments(tokens, world.today, Style::Plain);
    if let Some(part) =
        tokens.iter().position(|token| token.is_any("morning afternoon evening")).filter(|_| found.is_empty())
    {
        let mut led = crate::model::offline::words::tokens("this");
        led.extend(tokens.get(part..=part).unwrap_or_default().iter().cloned());
        found = fragments(&led, world.today, Style::Plain);
    } else if found.is_empty() && find(tokens, "my|the whole? day").is_some() {
        found = fragments(&crate::model::offline::words::tokens("today"), world.today, Style::Plain);
    }
    let wanted = Wanted::of(&found);
    let Some(day) = wanted.days.first().map(|day| day.date) else {
        return shift(&Moment::at(world.now()), length);
    };
    if let Some(call) = day.succ_opt().and_then(|next| world.look_up_days(day, next)) {
        return Outcome::LookUp(vec![call]);
    }
    let within = |start: NaiveDateTime| start.date() == day && wanted.part.is_none_or(|part| part.has(start.time()));
    let calls: Vec<_> = world
        .blocks()
        .into_iter()
        .filter(|block| !block.completed && within(block.start))
        .take(MOST)
        .map(|block| update(block, json!({"startTime": later(block, length, world.zone).argument()})))
        .collect();
    if calls.is_empty() {
        Outcome::Say("There is nothing open then, so I moved nothing.".to_owned())
    } else {
        Outcome::Do { calls, note: None }
    }
}
