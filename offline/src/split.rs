//! Splits a message into requests.
//!
//! "And" separates requests only if a new one certainly begins: before a verb of a request, or between two things that
//! each have their own time. Otherwise it belongs to a title ("milk and eggs") or to a list of blocks.

use std::ops::Range;

use super::details;
use super::intent::{Strength, opening};
use flux_phrases::time::{Expression, Meaning, Style, Today, expressions};
use flux_phrases::words::{Token, TokenKind, fits, fits_any};

/// The requests of a message, each as its words. What a request leaves out because a neighbour says it (verb, day,
/// title) is added.
pub(super) fn clauses(source: &str, tokens: &[Token], today: Today) -> Vec<Vec<Token>> {
    let mut all = Vec::new();
    let mut heading: Vec<Token> = Vec::new();
    for (sentence, is_heading) in sentences(source, tokens) {
        // "Tomorrow: gym at 7, …": the words before the colon apply to everything after it.
        if is_heading {
            heading = sentence;
            continue;
        }
        let (plan, sentence) = plan_first(&sentence);
        for part in shared(parts(sentence, today), today) {
            all.push(heading.iter().cloned().chain(part).chain(plan.iter().cloned()).collect());
        }
    }
    if all.is_empty() && !heading.is_empty() {
        all.push(heading);
    }
    all
}

/// "In the Work plan, …": the plan of the whole sentence, and the rest of the sentence.
fn plan_first(sentence: &[Token]) -> (&[Token], &[Token]) {
    let comma = sentence.iter().position(|token| token.is(","));
    let parted = comma.and_then(|comma| Some((sentence.get(..comma)?, sentence.get(comma + 1..)?)));
    let is_plan = |lead: &[Token]| {
        let begins = fits_any(lead, 0, &["in|on|for|under my|the|our"]).is_some();
        begins && (4..=7).contains(&lead.len()) && lead.last().is_some_and(|last| last.is_any("plan project"))
    };
    parted.filter(|(lead, rest)| is_plan(lead) && !rest.is_empty()).unwrap_or((&[], sentence))
}

/// The position at which a note after a colon begins, or the end of the message if there is none.
pub(super) fn note(source: &str, tokens: &[Token]) -> usize {
    let begins = |at: &usize| {
        let colon = tokens.iter().skip(*at).take(5).any(|token| token.is(":"));
        colon && details::note_at(source, tokens, *at).is_some()
    };
    (0..tokens.len()).find(begins).unwrap_or(tokens.len())
}

/// Sentences and lines, without list marks. A note continues to the end of the message.
fn sentences(source: &str, tokens: &[Token]) -> Vec<(Vec<Token>, bool)> {
    let note = note(source, tokens);
    let mut all = Vec::new();
    let mut current: Vec<Token> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        let ends_word = !token.spaced && next.is_none_or(|next| next.spaced || next.kind == TokenKind::Break);
        let ends = match token.kind {
            TokenKind::Break => true,
            TokenKind::Mark if token.is(".") => ends_word && !current.last().is_some_and(is_short_form),
            TokenKind::Mark => token.is(";") || token.is("?") || (ends_word && token.is("!")),
            _ => false,
        };
        let heads = token.is(":")
            && at < note
            && is_heading(&current)
            && next.is_some_and(|next| next.spaced || next.kind == TokenKind::Break);
        // "… on Friday. Note: bring the card": the note belongs to the sentence before it.
        let before_note = at + 1 == note && note < tokens.len() && !current.is_empty();
        if (ends && at < note && !before_note) || heads {
            if token.is("?") {
                current.push(token.clone());
            }
            all.push((std::mem::take(&mut current), heads));
        } else if !(current.is_empty() && token.kind == TokenKind::Mark && (token.is_any("- * • ,") || token.is(".")))
        {
            current.push(token.clone());
        }
    }
    all.push((current, false));
    all.retain(|(tokens, _)| {
        tokens.iter().any(|token| token.kind != TokenKind::Mark && token.kind != TokenKind::Break)
    });
    all
}

/// Whether a dot after a word does not end a sentence: `Dr.`, `J.`, `12.3.`
fn is_short_form(token: &Token) -> bool {
    let day_and_month = token.text.split_once('.').is_some_and(|(day, month)| {
        [day, month].iter().all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    });
    day_and_month
        || token.is_any("dr mr mrs ms st prof no vs etc jr sr approx")
        || (token.text.chars().count() == 1 && token.text.chars().all(char::is_alphabetic))
}

/// Whether the words before a colon are a day or a verb for a whole list.
fn is_heading(tokens: &[Token]) -> bool {
    let day = fits_any(
        tokens,
        0,
        &[
            "on|for? today|tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday",
            "please? schedule|add|plan|book for|on? today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday",
            "please? schedule|add the? following? blocks|tasks|events|things?",
        ],
    );
    day == Some(tokens.len())
}

/// The requests of one sentence.
fn parts(sentence: &[Token], today: Today) -> Vec<Vec<Token>> {
    let found = expressions(sentence, today, Style::Plain);
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 1;
    while at < sentence.len() {
        let link = link(sentence, at);
        let within_a_time = found.iter().any(|expression| expression.at.start < at && at < expression.at.end);
        if link == 0 || within_a_time || at <= from {
            at += 1;
            continue;
        }
        let next = at + link;
        let (left, right) = (from..at, next..sentence.len());
        let timed = |range: &Range<usize>| {
            found.iter().any(|expression| {
                range.contains(&expression.at.start) && expression.at.end <= range.end && starts(expression)
            })
        };
        let begins = match opening(sentence, next) {
            // "It starts at 4pm and ends at 3pm" is one request.
            Strength::None if fits(sentence, next, "ends|ending|finishes|until").is_some() => false,
            Strength::Sure => true,
            Strength::Maybe => timed(&right),
            Strength::None => {
                let right = next..next_link(sentence, next);
                timed(&left) && timed(&right) && !is_one_rule(sentence, left.clone(), right, today)
            }
        };
        if begins {
            parts.push(sentence.get(left).unwrap_or_default().to_vec());
            from = next;
        }
        at = next.max(at + 1);
    }
    parts.push(sentence.get(from..).unwrap_or_default().to_vec());
    parts.retain(|part| part.iter().any(|token| token.kind != TokenKind::Mark));
    parts
}

/// Whether two parts of a sentence say together how one thing repeats: "gym every Monday at 7 and Thursday at 8". It is read as a
/// whole, so that none of it is done if it is not understood.
fn is_one_rule(sentence: &[Token], left: Range<usize>, right: Range<usize>, today: Today) -> bool {
    let part = |range: Range<usize>| sentence.get(range).unwrap_or_default();
    let (left, right) = (part(left), part(right));
    let named = left.get(lead(left).len()..).unwrap_or_default();
    let says_when_else = is_only_time(right, today) && !repeats(right, today);
    repeats(left, today) && (is_only_time(named, today) || says_when_else)
}

fn repeats(tokens: &[Token], today: Today) -> bool {
    expressions(tokens, today, Style::Plain).iter().any(|found| matches!(found.meaning, Meaning::Every(_)))
}

/// The number of tokens that link two requests at `at`.
fn link(tokens: &[Token], at: usize) -> usize {
    let comma =
        usize::from(tokens.get(at).is_some_and(|token| token.is_any(", - +") && (token.is(",") || token.spaced)));
    let and = fits_any(
        tokens,
        at + comma,
        &["and then?", "and after? that?", "then", "plus", "and also?", "and finally", "also", "as well as", "but"],
    );
    comma + and.unwrap_or(0)
}

fn next_link(tokens: &[Token], from: usize) -> usize {
    (from + 1..tokens.len()).find(|at| link(tokens, *at) > 0).unwrap_or(tokens.len())
}

/// Whether an expression says when something begins.
fn starts(expression: &Expression) -> bool {
    expression.has_time() || matches!(expression.meaning, Meaning::Part(_))
}

fn is_day(expression: &Expression) -> bool {
    matches!(expression.meaning, Meaning::Days(_) | Meaning::Period(_) | Meaning::Every(_))
}

/// Whether an expression says between which days something repeats.
fn is_bound(expression: &Expression) -> bool {
    match expression.meaning {
        Meaning::Length(length) => length.days > 0 || length.months > 0,
        _ => is_day(expression),
    }
}

/// Adds to each part what it leaves out: the verb of the part before, the day if only one part has one, the title.
fn shared(parts: Vec<Vec<Token>>, today: Today) -> Vec<Vec<Token>> {
    let mut all: Vec<Vec<Token>> = Vec::new();
    let mut group: Vec<Vec<Token>> = Vec::new();
    for part in parts {
        let begins = !matches!(opening(&part, 0), Strength::None);
        if begins && !group.is_empty() {
            all.extend(completed(std::mem::take(&mut group), today));
        }
        group.push(part);
    }
    all.extend(completed(group, today));
    all
}

fn completed(group: Vec<Vec<Token>>, today: Today) -> Vec<Vec<Token>> {
    if group.len() < 2 {
        return group;
    }
    let verb: Vec<Token> = group.first().map(|first| lead(first)).unwrap_or_default();
    let days: Vec<(usize, Vec<Token>)> =
        group.iter().enumerate().filter_map(|(index, part)| Some((index, day(part, today)?))).collect();
    let last = group.len() - 1;
    // "Gym at 7 and dinner at 8 tomorrow", "gym tomorrow at 7 and dinner at 8".
    let day = match days.as_slice() {
        [(index, day)] if *index == 0 || *index == last => Some((*index, day.clone())),
        _ => None,
    };
    let mut complete: Vec<Vec<Token>> = Vec::new();
    for (index, part) in group.into_iter().enumerate() {
        let mut whole = if index == 0 { Vec::new() } else { verb.clone() };
        if let Some(first) = complete.first().filter(|_| is_only_time(&part, today)) {
            whole = without_times(first, today);
        }
        whole.extend(part);
        if let Some((_, day)) = day.as_ref().filter(|(own, _)| *own != index) {
            whole.extend(day.clone());
        }
        complete.push(whole);
    }
    complete
}

/// The opening words of a request: "please move", "remind me to".
fn lead(tokens: &[Token]) -> Vec<Token> {
    let polite = super::intent::lead_in(tokens, 0);
    let verb = fits_any(tokens, polite, &["remind me? to|about|of?", "set up", "push back?"]).unwrap_or(1);
    let has_verb = !matches!(opening(tokens, 0), Strength::None);
    tokens.get(..polite + if has_verb { verb } else { 0 }).unwrap_or_default().to_vec()
}

fn day(tokens: &[Token], today: Today) -> Option<Vec<Token>> {
    let found = expressions(tokens, today, Style::Plain);
    if repeats(tokens, today) {
        let within = |at: &usize| found.iter().any(|expression| is_bound(expression) && expression.at.contains(at));
        return Some((0..tokens.len()).filter(within).filter_map(|at| tokens.get(at).cloned()).collect());
    }
    let expression = found.iter().find(|expression| is_day(expression) && !expression.possessive)?;
    tokens.get(expression.at.clone()).map(<[Token]>::to_vec)
}

fn is_only_time(tokens: &[Token], today: Today) -> bool {
    let found = expressions(tokens, today, Style::Plain);
    !found.is_empty()
        && (0..tokens.len()).all(|at| {
            let said = found.iter().any(|expression| expression.at.contains(&at));
            said || tokens.get(at).is_some_and(|token| token.kind == TokenKind::Mark)
                || fits(tokens, at, "again|too|also|on|and").is_some()
        })
}

fn without_times(tokens: &[Token], today: Today) -> Vec<Token> {
    let found = expressions(tokens, today, Style::Plain);
    let timed = |at: usize| {
        found.iter().any(|expression| expression.at.contains(&at) && !matches!(expression.meaning, Meaning::Length(_)))
    };
    tokens.iter().enumerate().filter(|(at, _)| !timed(*at)).map(|(_, token)| token.clone()).collect()
}
