//! Takes away what a block has by itself: the estimate of a task, and reminders other than those of the settings.

use flux_phrases::words::{Token, fits, fits_any};
use serde_json::{Value, json};

use super::{Outcome, Request, single, update};
use crate::reference::Purpose;

const ESTIMATE: &[&str] = &[
    "remove|delete|clear|drop|forget|unset|take the|my|its|any? estimate|estimates of|for|from|off",
    "no estimate for|of",
    "do not estimate",
];
/// "Forget how long … takes".
const HOW_LONG: &[&str] = &["forget how long"];
/// "Use the usual reminders for …".
const USUAL: &[&str] = &[
    "use|set|give|restore|take the|my? usual|default|normal|standard|general reminder|reminders for|of|on|to",
    "reset the|my|all? reminder|reminders of|for|on",
];
const REMIND: &[&str] = &["remind|notify|alert me of|about"];
const AS_USUAL: &[&str] =
    &["as usual|always", "by default", "as|like in|per? my|the settings say?", "to the|my? usual|default|settings"];

/// Said of a reminder of all blocks of a kind, which is not one of a series.
pub(super) const SETTING: &str = "When all blocks remind you is one of your settings, which I cannot change, so I changed nothing. Set it there, or say it for one block, such as “remind me 10 minutes before the dentist”.";

/// Whether words name no block, but all of them: "before every appointment".
pub(super) fn is_of_all(target: &[Token]) -> bool {
    let is_general = |token: &Token| {
        token.is_any("all my the of every each everything anything appointment appointments block blocks event events meeting meetings task tasks thing things")
    };
    !target.is_empty() && target.iter().all(is_general)
}

pub(super) fn read(request: Request) -> Option<Outcome> {
    reminders(request).or_else(|| estimate(request))
}

fn estimate(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let target = match fits_any(tokens, 0, ESTIMATE) {
        Some(taken) => tokens.get(taken..)?,
        None => {
            let from = fits_any(tokens, 0, HOW_LONG)?;
            let end = tokens.iter().rposition(|token| token.is_any("takes take lasts"))?;
            tokens.get(from..end - usize::from(end > 0 && tokens.get(end - 1).is_some_and(|word| word.is("will"))))?
        }
    };
    taken_away(request, target, json!({"durationMinutes": 0}))
}

fn reminders(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let usual = json!({"usualReminders": true});
    // The words at the end that say it.
    let ending =
        (0..tokens.len()).find(|at| fits_any(tokens, *at, AS_USUAL).is_some_and(|taken| at + taken == tokens.len()));
    let target = match (fits_any(tokens, 0, USUAL), fits_any(tokens, 0, REMIND), ending) {
        (Some(taken), _, ending) => tokens.get(taken..ending.unwrap_or(tokens.len()))?,
        (None, Some(taken), Some(ending)) => tokens.get(taken..ending)?,
        // "Set the reminders of the gym to the default"
        (None, None, Some(ending)) => {
            let taken = fits(tokens, 0, "set|change|put the|my? reminder|reminders of|for|on")?;
            tokens.get(taken..ending)?
        }
        _ => return None,
    };
    taken_away(request, target, usual)
}

/// `None` if no block is named.
fn taken_away(request: Request, target: &[Token], updates: Value) -> Option<Outcome> {
    (!target.is_empty()).then(|| match single(request, target, Purpose::Change) {
        Ok(block) => Outcome::Do { calls: vec![update(&block, updates)], note: None },
        Err(outcome) => outcome,
    })
}
