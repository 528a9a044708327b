//! Goals that the architect works on: listing them, cancelling one, trying one again.

use serde_json::{Map, Value, json};

use super::{Outcome, Request};
use crate::goal::written;
use crate::reference;
use flux_phrases::words::{Token, TokenKind, fits_any, has_word};

pub(super) fn read(request: Request) -> Option<Outcome> {
    let end = request.tokens.iter().rposition(|token| token.kind != TokenKind::Mark)? + 1;
    let tokens = request.tokens.get(..end)?;
    if lists(tokens) {
        return Some(Outcome::call("listRuns", json!({})));
    }
    cancelled(tokens, request)
        .map(|words| call("cancelRun", &words))
        .or_else(|| retried(tokens).map(|words| call("retryRun", &words)))
}

const LIST: &[&str] = &[
    "what are you working|doing|planning on? right? now?",
    "what is the? architect doing|planning|working on? right? now?",
    "what|which goals|runs do i have",
    "what|which goals|runs are there|running|open|active",
    "what|which are my goals",
    "list|show|see me? all? of? my|the|active|running|open? goals|runs",
    "my|the|all? goals",
    "how far are|is you|it",
    "are you still? working|planning|done|finished|busy",
];

fn lists(tokens: &[Token]) -> bool {
    if fits_any(tokens, 0, LIST) == Some(tokens.len()) {
        return true;
    }
    if fits_any(
        tokens,
        0,
        &["how far|is|are|does", "status|progress of|on|with|for?", "what is the status|progress", "is|are"],
    )
    .is_none()
    {
        return false;
    }
    let far = fits_any(tokens, 0, &["how far", "status|progress of|on", "what is the status|progress"]).is_some();
    let closing =
        |token: &&Token| token.is_any("done finished ready going coming along doing planned yet so far now on");
    let last = tokens.iter().rev().find(|token| !closing(token));
    last.is_some_and(|last| says_goal(last) || (far && last.is("plan")))
}

/// Words that refer to a goal and are not part of its name.
const SMALL: &str = "the my our this that your on a an to of for with please it about working run";

/// The words of the goal to cancel, if there are any.
fn cancelled(tokens: &[Token], request: Request) -> Option<String> {
    if let Some(taken) = fits_any(tokens, 0, &["stop|cancel|abort|quit|end planning|brainstorming", "stop working on"])
    {
        return Some(words(tokens.get(taken..)?));
    }
    let taken = fits_any(tokens, 0, &["cancel|stop|abort|end|kill|drop|delete|remove|discard|scrap|forget about?"])?;
    let rest = tokens.get(taken..)?;
    let last = rest.last().is_some_and(says_goal);
    let first = fits_any(rest, 0, &["the|my|our|this? goal|architect|planning|workflow"]).is_some();
    if !last && !first {
        return None;
    }
    // A block of that name comes first.
    let named = written(rest, |at| rest.get(at).is_some_and(|token| !token.is_any(SMALL)));
    reference::titled(&named, request.world).is_empty().then(|| words(rest))
}

/// The words of the goal to try again.
fn retried(tokens: &[Token]) -> Option<String> {
    if let Some(taken) = fits_any(tokens, 0, &["retry"]) {
        return Some(words(tokens.get(taken..)?));
    }
    let taken = fits_any(tokens, 0, &["try|start|run|plan to? plan?"])?;
    let again = tokens.last().is_some_and(|last| last.is("again"));
    let verb_alone = tokens.first().is_some_and(|verb| verb.is("try"));
    let goal = tokens.iter().any(says_goal);
    let rest = tokens.get(taken..tokens.len().checked_sub(1)?).unwrap_or_default();
    (again && (goal || verb_alone)).then(|| words(rest))
}

/// The words that name a goal.
fn words(tokens: &[Token]) -> String {
    written(tokens, |at| tokens.get(at).is_some_and(|token| !token.is_any(SMALL) && !says_goal(token)))
}

fn call(tool: &str, words: &str) -> Outcome {
    let mut arguments = Map::new();
    if !words.is_empty() {
        arguments.insert("id".to_owned(), json!(words));
    }
    Outcome::call(tool, Value::Object(arguments))
}

/// Whether a word only refers to a goal and is not part of its name.
fn says_goal(token: &Token) -> bool {
    token.kind == TokenKind::Word
        && has_word("goal goals architect planning brainstorm brainstorming workflow", &token.norm)
}
