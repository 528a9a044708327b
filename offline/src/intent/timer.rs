//! The timer of a task.

use flux_phrases::words::{Token, TokenKind, fits_any};
use serde_json::json;

use super::{Outcome, Request, each};
use crate::reference::Purpose;

/// "Start the timer for …".
const START: &[&str] = &["start|begin|run|resume the|a|my? timer|stopwatch|clock for|of|on?"];
/// "Stop the timer", with or without a task.
const PAUSE: &[&str] = &["stop|pause|halt|end the|a|my|that? timer|stopwatch|clock for|of|on?"];

pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    let start = fits_any(tokens, 0, START);
    let target = tokens.get(start.or_else(|| fits_any(tokens, 0, PAUSE))?..)?;
    let working = start.is_some();
    if target.iter().any(|token: &Token| token.kind != TokenKind::Mark) {
        return Some(each(request, target, Purpose::Change, |block| {
            ("updateBlock".to_owned(), json!({"id": block.handle, "updates": {"working": working}}))
        }));
    }
    if working {
        let text = "Of which task? Say, for example, “start the timer for the report”.";
        return Some(Outcome::Say(text.to_owned()));
    }
    let mut running =
        world.context.blocks.iter().chain(&world.elsewhere).chain(world.inbox()).filter(|block| block.working);
    Some(match (running.next(), running.next()) {
        (None, _) => Outcome::Say("No timer is running among the tasks of these days. Nothing was changed; name the task if there is another one.".to_owned()),
        (Some(_), Some(_)) => {
            Outcome::Say("Several timers are running. Nothing was changed; say which one to stop.".to_owned())
        }
        (Some(block), None) => Outcome::call("updateBlock", json!({"id": block.handle, "updates": {"working": false}})),
    })
}
