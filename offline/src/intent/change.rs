//! Changes title, priority, duration, tags and note of an existing block.

use flux_timeline::limits::LONGEST_BLOCK;
use serde_json::{Value, json};

use super::{Outcome, Request, days, is_known, single, update};
use crate::details;
use crate::reference::Purpose;
use crate::title;
use flux_phrases::duration::{self, Length};
use flux_phrases::time::{Style, expressions};
use flux_phrases::words::{Token, TokenKind, fits, fits_any};
use flux_tools::context::BlockLine;

pub(super) fn read(request: Request) -> Option<Outcome> {
    rename(request)
        .or_else(|| priority(request))
        .or_else(|| length(request))
        .or_else(|| tag(request))
        .or_else(|| note(request))
        .or_else(|| retitle(request))
}

/// `change gym to yoga`: another title, if no other change is meant.
fn retitle(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let verb = fits_any(tokens, 0, &["change|turn"])?;
    let to = tokens.iter().position(|token| token.is_any("to into")).filter(|to| *to > verb)?;
    let new = tokens.get(to + 1..)?;
    if !expressions(new, request.world.today, Style::Moving).is_empty() {
        return None;
    }
    let new = title::title(new, &vec![true; new.len()]);
    (!new.is_empty()).then(|| changed(request, tokens.get(verb..to).unwrap_or_default(), json!({"title": new})))
}

fn changed(request: Request, target: &[Token], updates: Value) -> Outcome {
    match single(request, target, Purpose::Change) {
        Ok(block) => Outcome::Do { calls: vec![update(&block, updates)], note: None },
        Err(outcome) => outcome,
    }
}

/// `rename X to Y`, `change the title of X to Y`, `call it Y`.
fn rename(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let verb = fits_any(tokens, 0, &["rename|retitle", "change|set|edit|update the? title|name of|for?"]);
    let to = |from: usize| {
        (from..tokens.len()).rev().find(|at| tokens.get(*at).is_some_and(|token| token.is_any("to as into")))
    };
    let (target, new) = match verb {
        Some(verb) => {
            let quoted =
                tokens.iter().rposition(|token| token.kind == TokenKind::Quoted).filter(|at| at + 1 == tokens.len());
            let at = to(verb)?;
            (tokens.get(verb..at)?, tokens.get(quoted.map_or(at + 1, |quoted| quoted.max(at + 1))..)?)
        }
        // "Change X's title to Y", "call it Y"
        None => match fits_any(tokens, 0, &["call it|that|this"]) {
            Some(taken) => (tokens.get(1..2)?, tokens.get(taken..)?),
            // 'Call B4 "Leg day"'
            None if fits(tokens, 0, "call").is_some() => {
                let quoted = tokens
                    .iter()
                    .position(|token| token.kind == TokenKind::Quoted)
                    .filter(|at| *at > 1 && at + 1 == tokens.len())?;
                (tokens.get(1..quoted)?, tokens.get(quoted..)?)
            }
            None => {
                let verb = fits_any(tokens, 0, &["change|set|update"])?;
                let at = to(verb)?;
                let noun = tokens.get(at.checked_sub(1)?).filter(|token| token.is_any("title name"))?;
                let _ = noun;
                (tokens.get(verb..at - 1)?, tokens.get(at + 1..)?)
            }
        },
    };
    let new = title::title(new, &vec![true; new.len()]);
    if new.is_empty() {
        return Some(Outcome::Say("What is the new title? Say, for example, “Rename gym to Swimming”.".to_owned()));
    }
    Some(changed(request, target, json!({"title": new})))
}

/// `make X high priority`, `set the priority of X to low`, `X is urgent`, `prioritize X`.
fn priority(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    if let Some(verb) = fits_any(tokens, 0, &["prioritize|prioritise"]) {
        return Some(changed(request, tokens.get(verb..)?, json!({"priority": "high"})));
    }
    if let Some(verb) = fits_any(tokens, 0, &["deprioritize|deprioritise"]) {
        return Some(changed(request, tokens.get(verb..)?, json!({"priority": "low"})));
    }
    let verb = fits_any(tokens, 0, &["set|change|make|mark|raise|lower|increase|decrease|give|put|update|flag|bump"]);
    let is = tokens.iter().position(|token| token.is("is") || token.is("are"));
    if verb.is_none() && is.is_none() {
        return None;
    }
    let from = verb.unwrap_or(0);
    // "The priority of X to low"
    if let Some(of) = fits_any(tokens, from, &["the? priority of|for|on"]) {
        let rest = tokens.get(from + of..)?;
        let level = rest.last().and_then(|word| details::level(&word.norm));
        let end = rest.iter().rposition(|token| token.is_any("to as")).unwrap_or(rest.len());
        let by_verb = match tokens.first()?.norm.as_str() {
            "raise" | "increase" | "bump" => Some("high"),
            "lower" | "decrease" => Some("low"),
            _ => None,
        };
        let level = level.filter(|_| end < rest.len()).or(by_verb)?;
        return Some(changed(request, rest.get(..end)?, json!({"priority": level})));
    }
    let (at, level, taken) =
        (from..tokens.len()).find_map(|at| details::priority(tokens, at).map(|(level, taken)| (at, level, taken)))?;
    if at + taken < tokens.len() && verb.is_none() {
        return None;
    }
    let target = if at > from { tokens.get(from..at)? } else { tokens.get(at + taken..)? };
    let target = trimmed(target, "as to a with priority is are s be");
    (!target.is_empty()).then(|| changed(request, target, json!({"priority": level})))
}

/// The tokens without these words at the end.
fn trimmed<'a>(tokens: &'a [Token], words: &str) -> &'a [Token] {
    let end = tokens.len() - tokens.iter().rev().take_while(|token| token.is_any(words)).count();
    tokens.get(..end).unwrap_or_default()
}

/// `make X 45 minutes long`, `extend X by half an hour`, `shorten X to 30 minutes`.
fn length(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let verb = fits_any(
        tokens,
        0,
        &[
            "extend|lengthen|prolong|shorten|cut|trim|make|set|change|limit|reduce|increase",
            "set|change|make|increase|reduce the? length|duration of|for",
        ],
    );
    let takes = tokens.iter().position(|token| token.is_any("takes take lasts last")).filter(|at| *at > 0);
    let (at, (length, taken)) =
        (verb.unwrap_or(0)..tokens.len()).find_map(|at| Some((at, duration::length(tokens, at)?)))?;
    let from = verb.or(takes.map(|_| 0))?;
    let by = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| before.is_any("by another"));
    let grows = fits_any(tokens, 0, &["extend|lengthen|prolong|increase"]).is_some()
        || tokens.get(at + taken..)?.iter().any(|token| token.is("longer"));
    let shrinks = fits_any(tokens, 0, &["shorten|cut|trim|reduce"]).is_some()
        || tokens.get(at + taken..)?.iter().any(|token| token.is("shorter"));
    let to = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| before.is_any("to at"));
    let rest = tokens.get(at + taken..)?;
    let closes = rest
        .iter()
        .all(|token| token.kind == TokenKind::Mark || token.is_any("long longer shorter instead only in total -"));
    if !closes || (takes.is_some() && verb.is_none() && takes.is_none_or(|takes| takes > at)) {
        return None;
    }
    let target = trimmed(
        tokens.get(from..at)?,
        "to by be only should will takes take lasts last for is duration length another just at",
    );
    if target.is_empty() {
        return None;
    }
    let relative = if to && !by {
        None
    } else if grows {
        Some(1)
    } else if shrinks {
        Some(-1)
    } else {
        None
    };
    Some(match single(request, target, Purpose::Change) {
        Ok(block) => resized(&block, length, relative),
        Err(outcome) => outcome,
    })
}

fn resized(block: &BlockLine, length: Length, relative: Option<i64>) -> Outcome {
    if block.all_day {
        return days::resized(block, length, relative);
    }
    let minutes = match relative {
        None => length.in_minutes(),
        Some(sign) if is_known(block) => (block.end - block.start).num_minutes() + sign * length.in_minutes(),
        Some(_) => {
            return Outcome::Say(
                "I do not know how long that block is. Say its new length, such as “make it 45 minutes”.".to_owned(),
            );
        }
    };
    if minutes < 1 {
        return Outcome::Say("That would leave nothing of the block, so I changed nothing. Say its new length, such as “make it 15 minutes”.".to_owned());
    }
    if minutes > LONGEST_BLOCK.num_minutes() {
        return Outcome::Say(
            "A block can take at most 14 days, so I changed nothing. Say a shorter length.".to_owned(),
        );
    }
    Outcome::Do { calls: vec![update(block, json!({"durationMinutes": minutes}))], note: None }
}

/// `tag X with work`, `add #work to X`, `untag X`.
fn tag(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    if let Some(verb) = fits_any(tokens, 0, &["untag", "remove all? the? tags of|from"]) {
        return Some(changed(request, tokens.get(verb..)?, json!({"tags": []})));
    }
    let mut tags: Vec<String> = Vec::new();
    let target = if let Some(verb) = fits_any(tokens, 0, &["tag|label"]) {
        let at = tokens.iter().position(|token| token.is_any("with as") || token.text.starts_with('#'))?;
        let skip = usize::from(!tokens.get(at)?.text.starts_with('#'));
        collect(tokens.get(at + skip..)?, &mut tags);
        tokens.get(verb..at)?
    } else {
        let verb = fits_any(tokens, 0, &["add|put|give"])?;
        let to = tokens.iter().rposition(|token| token.is_any("to on"))?;
        let named = fits_any(tokens, verb, &["the|a? tag|tags|label|labels"]);
        let marked =
            tokens.get(verb..to)?.iter().all(|token| token.text.starts_with('#') || token.is_any("and , tag tags the"));
        if named.is_none() && !marked {
            return None;
        }
        collect(tokens.get(verb + named.unwrap_or(0)..to)?, &mut tags);
        tokens.get(to + 1..)?
    };
    if tags.is_empty() || target.is_empty() {
        return None;
    }
    match single(request, target, Purpose::Change) {
        Ok(block) => {
            // The tool replaces all tags.
            let mut all = block.tags.clone();
            tags.iter().for_each(|tag| details::add(&mut all, tag));
            Some(Outcome::Do { calls: vec![update(&block, json!({"tags": all}))], note: None })
        }
        Err(outcome) => Some(outcome),
    }
}

fn collect(tokens: &[Token], tags: &mut Vec<String>) {
    for token in tokens.iter().filter(|token| token.kind != TokenKind::Mark && !token.is_any("and the tag tags")) {
        details::add(tags, token.text.trim_start_matches('#'));
    }
}

/// `add a note to X: …`, `describe X as …`.
fn note(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let verb = fits_any(
        tokens,
        0,
        &[
            "add|set|put|write|attach|change a|the|this? note|description|comment|details to|on|for|of",
            "describe",
            "note on|for|to",
        ],
    )?;
    let at = (verb..tokens.len()).find(|at| {
        let token = tokens.get(*at);
        token.is_some_and(|token| token.is(":") || token.kind == TokenKind::Quoted)
            || fits(tokens, *at, "saying|as|that").is_some()
    })?;
    let skip = usize::from(tokens.get(at).is_some_and(|token| token.kind != TokenKind::Quoted));
    let text = match tokens.get(at + skip..) {
        Some([only]) if only.kind == TokenKind::Quoted => only.text.clone(),
        _ => details::text(request.source, tokens, at + skip, tokens.len()),
    };
    let text = crate::clipped(text.trim(), 4_000);
    (!text.is_empty()).then(|| changed(request, tokens.get(verb..at).unwrap_or_default(), json!({"description": text})))
}
