//! Finds new times for overdue tasks.

use flux_phrases::time::{Style, expressions};
use flux_phrases::words::{Token, TokenKind, fits_any};
use serde_json::json;

use super::{Outcome, Request, each};
use crate::reference::Purpose;

/// "Find a new time for …": what follows is the task.
const FIND: &[&str] =
    &["find|get|give me? a|an|some? new|another|other|different|better time|times|slot|slots|spot|place for|to"];
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
