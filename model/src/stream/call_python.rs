//! Calls in Python's notation, `scheduleBlock(title="Gym", tags=["a"])`, as Llama 3.2 and later write them.

use serde_json::{Map, Value};

use super::text_call::TextCall;
use crate::repair::repaired;

/// The calls that `text` consists of, separated by commas or semicolons, or `None` if it is anything else. Only named
/// arguments are read, because the meaning of a position is not known here.
pub(super) fn python_calls(text: &str) -> Option<Vec<TextCall>> {
    let mut calls = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('(')?;
        let end = closing(after)?;
        let (inside, after) = after.split_at_checked(end)?;
        calls.push(TextCall { name: called(name)?, arguments: arguments(inside)? });
        rest = after.strip_prefix(')')?.trim_start();
        rest = match rest.strip_prefix([',', ';']) {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(calls)
}

/// A name, without the `.call` that Llama adds to built-in tools.
fn called(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches(".call");
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
}

fn arguments(inside: &str) -> Option<String> {
    let mut fields = Map::new();
    for argument in split_at_commas(inside) {
        let (key, value) = argument.split_once('=')?;
        let key = key.trim();
        if key.is_empty() || !key.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        fields.insert(key.to_owned(), literal(value.trim())?);
    }
    Some(Value::Object(fields).to_string())
}

/// A Python literal. It differs from JSON only in quotes and names, so the repair of JSON can read it.
fn literal(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    serde_json::from_str(text).ok().or_else(|| repaired(text).ok())
}

/// The position of the parenthesis that closes the one before `text`.
fn closing(text: &str) -> Option<usize> {
    outside_of_strings(text)
        .scan(0_usize, |depth, (at, c)| {
            let before = *depth;
            match c {
                '(' | '[' | '{' => *depth += 1,
                ')' | ']' | '}' => *depth = depth.saturating_sub(1),
                _ => {}
            }
            Some((at, c, before))
        })
        .find(|(_, c, depth)| *c == ')' && *depth == 0)
        .map(|(at, _, _)| at)
}

/// The arguments in `text`, split at the commas between them.
fn split_at_commas(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, c) in outside_of_strings(text) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..).filter(|last| !last.trim().is_empty()));
    parts
}

/// The characters of `text` that are not within quotes, with their positions.
fn outside_of_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    text.char_indices().filter(move |(_, c)| {
        match (quote, *c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(*c),
            (None, _) => return true,
        }
        false
    })
}
