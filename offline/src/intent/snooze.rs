//! Reminders that have come: `snooze the dentist for an hour`, `remind me again in 10 minutes`.

use flux_phrases::duration;
use flux_phrases::words::{Token, TokenKind, fits, fits_any};
use flux_timeline::limits::REMINDER_MINUTES;
use serde_json::json;

use super::{Outcome, Request, single};
use crate::reference::Purpose;

/// For how long if nothing is said, in minutes. It is the first choice of the page.
const USUAL_MINUTES: i64 = 10;

/// "Snooze the reminder of …".
const SNOOZE: &[&str] = &[
    "snooze the|my|this|that|its? reminder|alarm|alert|notification|it|that|this? of|for|about|on?",
    "postpone|delay the|my|this|that? reminder|alarm|notification of|for|about?",
];
const REMIND: &[&str] = &["remind|notify|alert|nudge|ping me"];
/// Said of a snooze whose end is not a length of time.
const HOW_LONG: &str =
    "For how long shall I snooze the reminder? I changed nothing. Say, for example, “snooze it for 10 minutes”.";

pub(super) fn read(request: Request) -> Option<Outcome> {
    let said: Vec<Token> =
        request.tokens.iter().filter(|token| token.kind != TokenKind::Mark && !token.is("please")).cloned().collect();
    let rest = match fits_any(&said, 0, SNOOZE) {
        Some(taken) => said.get(taken..)?.to_vec(),
        None => again(&said)?,
    };
    Some(match minutes(&rest) {
        Ok((minutes, target)) => snoozed(request, minutes, &target),
        Err(why) => Outcome::Say(why),
    })
}

/// What "remind me again …" says besides that. `None` if it is another request, such as "remind me again to call Bob".
fn again(said: &[Token]) -> Option<Vec<Token>> {
    let taken = fits_any(said, 0, REMIND)?;
    let rest = said.get(taken..)?;
    let at = (0..rest.len()).find(|at| fits_any(rest, *at, &["again", "once more"]).is_some())?;
    let words = fits_any(rest, at, &["again", "once more"])?;
    let left: Vec<Token> = rest.get(..at)?.iter().chain(rest.get(at + words..)?).cloned().collect();
    let is_vague = fits_any(&left, 0, &["later|soon", "in a bit|while|moment"]) == Some(left.len());
    if left.is_empty() || is_vague {
        return Some(Vec::new());
    }
    let (_, from, to) = length(&left)?;
    let is_led = left.get(from).is_some_and(|lead| lead.is_any("in after"));
    let named = left.get(..from)?.iter().chain(left.get(to..)?).cloned().collect::<Vec<Token>>();
    let is_linked = named.first().is_none_or(|link| link.is_any("of about for"));
    (is_led && is_linked && named.iter().all(|token| !token.is_any("to before"))).then_some(left)
}

/// The only length of time in words, in minutes, and which of them say it, with the preposition.
fn length(words: &[Token]) -> Option<(i64, usize, usize)> {
    let at = (0..words.len()).find(|at| duration::length(words, *at).is_some())?;
    let (length, taken) = duration::length(words, at)?;
    let has_lead = at > 0 && words.get(at - 1).is_some_and(|lead| lead.is_any("for by another in after"));
    Some((length.in_minutes(), at - usize::from(has_lead), at + taken))
}

/// For how many minutes, and the words that name the block.
fn minutes(rest: &[Token]) -> Result<(i64, Vec<Token>), String> {
    let (minutes, named) = match length(rest) {
        Some((minutes, from, to)) => {
            let named = [rest.get(..from), rest.get(to..)].into_iter().flatten().flatten().cloned().collect();
            (minutes, named)
        }
        None => (USUAL_MINUTES, rest.to_vec()),
    };
    // "Snooze it until 3pm", "for a while"
    if named.iter().any(|token| token.is_any("until till for by in after before later tomorrow tonight")) {
        return Err(HOW_LONG.to_owned());
    }
    if !(1..=i64::from(REMINDER_MINUTES)).contains(&minutes) {
        return Err(
            "A reminder can be snoozed for at most a week, so I changed nothing. Say a shorter time.".to_owned()
        );
    }
    Ok((minutes, named))
}

fn snoozed(request: Request, minutes: i64, target: &[Token]) -> Outcome {
    let from = fits(target, 0, "of|about|for").unwrap_or(0);
    let target = target.get(from..).unwrap_or_default();
    if target.iter().all(|token| token.is_any("it that this more longer")) {
        return Outcome::call("snoozeReminder", json!({"minutes": minutes}));
    }
    match single(request, target, Purpose::Change) {
        Ok(block) => Outcome::call("snoozeReminder", json!({"id": block.handle, "minutes": minutes})),
        Err(outcome) => outcome,
    }
}
