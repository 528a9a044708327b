//! Finds times for overdue tasks and for those in the inbox.

use flux_phrases::time::{Style, expressions};
use flux_phrases::words::{Token, TokenKind, fits_any};
use serde_json::json;

use super::{Outcome, Request, each};
use crate::reference::{self, Purpose};

/// "Find a new time for …": what follows is the task.
const FIND: &[&str] =
    &["find|get|give me? a|an|some? new|another|other|different|better time|times|slot|slots|spot|place for|to"];
/// "Find time for …": for what is in the inbox, because anything else is a new block.
const FIND_FIRST: &[&str] = &["find|get|give me? a|an|the|some? time|times|slot|slots|spot|place for|to"];
/// All that is in the inbox.
const INBOX: &[&str] = &["everything|all|what|things|tasks|those|stuff? is? in|from|of? my|the? inbox"];
/// "Reschedule …": only for what is overdue, because a block is moved to a time that is said.
const AGAIN: &[&str] = &["reschedule|re-schedule|replan|re-plan"];
/// With these words, only all that is overdue can be meant: "schedule pay overdue invoices" is a new task.
const ALL_AGAIN: &[&str] = &["place|plan|schedule|put|fit|move|sort", "catch up on|with"];
/// The words in which all overdue tasks are meant, and none by its title.
const ALL: &str = "all my the of every each everything anything what whatever which that is are overdue late past due tasks task \
                   to-dos todos to-do todo things stuff ones items blocks again anew them to into in at on new other free time times \
                   slot slots some the next when where i am we now out have";

/// Words with a time are for other rules: they say where the task should go.
pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    if let Some(outcome) = fits_any(tokens, 0, FIND_FIRST).and_then(|taken| of_inbox(request, tokens.get(taken..)?)) {
        return Some(outcome);
    }
    let find = fits_any(tokens, 0, FIND);
    let one = find.or_else(|| fits_any(tokens, 0, AGAIN));
    let target = tokens.get(one.or_else(|| fits_any(tokens, 0, ALL_AGAIN))?..)?;
    let says_overdue = target.iter().any(|token| token.is("overdue"));
    if !(find.is_some() || says_overdue) || !expressions(target, world.today, Style::Plain).is_empty() {
        return None;
    }
    let is_all = |token: &Token| token.kind == TokenKind::Mark || token.is_any(ALL);
    if says_overdue && target.iter().all(is_all) {
        return Some(Outcome::call("rescheduleOverdue", json!({})));
    }
    one?;
    let named = |token: &&Token| !token.is_any("overdue again");
    let target: Vec<Token> = target.iter().filter(named).cloned().collect();
    Some(each(request, &target, Purpose::Change, |block| {
        ("rescheduleOverdue".to_owned(), json!({"blocks": [block.handle]}))
    }))
}

/// Times for the tasks of the inbox that are named, or for all of them. `None` if none is.
fn of_inbox(Request { world, .. }: Request, target: &[Token]) -> Option<Outcome> {
    if !expressions(target, world.today, Style::Plain).is_empty() {
        return None;
    }
    if fits_any(target, 0, INBOX) != Some(target.len()) {
        return Some(match reference::waiting(target, world)? {
            Ok(handle) => Outcome::call("rescheduleOverdue", json!({"blocks": [handle]})),
            Err(which) => Outcome::Say(which),
        });
    }
    let handles: Vec<&str> = world.context.inbox.iter().map(|task| task.handle.as_str()).collect();
    if handles.is_empty() {
        return Some(Outcome::Say("Your inbox is empty, so there is nothing to find time for.".to_owned()));
    }
    let note = match world.context.more_inbox {
        0 => None,
        more => Some(format!("These are the newest; ask again for the other {more}.")),
    };
    Some(Outcome::Do { calls: vec![("rescheduleOverdue".to_owned(), json!({"blocks": handles}))], note })
}
