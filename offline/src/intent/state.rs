//! Complete, reopen, delete.

use serde_json::json;

use super::{Outcome, Request, each};
use crate::reference::Purpose;
use flux_phrases::time::{Expression, Style, expressions};
use flux_phrases::words::{self, Token, find, fits_any};

/// "I won't make it to yoga, remove it" as "delete yoga": the block that is missed is the one to delete.
pub(crate) fn joined(clauses: Vec<Vec<Token>>) -> Vec<Vec<Token>> {
    let mut all: Vec<Vec<Token>> = Vec::new();
    for clause in clauses {
        let deletes = fits_any(&clause, 0, &["please? and? delete|remove|cancel|drop|scrap it|that"]);
        let whole = deletes.is_some_and(|taken| {
            clause.get(taken..).is_some_and(|rest| rest.iter().all(|token| token.is_any(". ! please")))
        });
        let missed = all.last().filter(|_| whole).and_then(|last| {
            let taken = fits_any(last, 0, MISSED)?;
            let rest = last.get(taken..)?;
            rest.get(fits_any(rest, 0, &["it to"]).unwrap_or(0)..).map(<[Token]>::to_vec)
        });
        if let Some(target) = missed {
            all.pop();
            all.push(words::tokens("delete").into_iter().chain(target).collect());
        } else {
            all.push(clause);
        }
    }
    all
}

/// Phrases that say that a block will not happen, but not what to do with it.
const MISSED: &[&str] =
    &["i|we will not make|attend|do", "i am not going|coming to", "i|we can not make|attend|do|come"];

pub(super) fn read(request: Request) -> Option<Outcome> {
    if fits_any(request.tokens, 0, MISSED).is_some() {
        return Some(Outcome::Say(
            "Shall I delete that, or move it, and to when? Say, for example, “delete the dentist” or “move the dentist to Friday at 10”."
                .to_owned(),
        ));
    }
    let (target, purpose) = state(request.tokens)?;
    let tool = match purpose {
        Purpose::Reopen => "uncompleteBlock",
        Purpose::Delete => "deleteBlock",
        Purpose::Complete | Purpose::Change => "completeBlock",
    };
    let outcome = each(request, &target, purpose, |block| (tool.to_owned(), json!({"id": block.handle})));
    // "Finish the report on Friday" is a new task if there is no such block.
    let task = fits_any(request.tokens, 0, &["finish|complete"]).is_some()
        && expressions(request.tokens, request.world.today, Style::Plain).iter().any(Expression::says_when);
    (!(task && matches!(outcome, Outcome::Say(_)))).then_some(outcome)
}

fn state(tokens: &[Token]) -> Option<(Vec<Token>, Purpose)> {
    // "Do not delete …", "never cancel …" requests nothing.
    if fits_any(tokens, 0, &["do not", "not", "never", "drop|clear off|by|in|out"]).is_some() {
        return None;
    }
    let rest = |taken: usize| tokens.get(taken..).map(<[Token]>::to_vec);
    if let Some(taken) = fits_any(tokens, 0, DELETE) {
        return Some((rest(taken)?, Purpose::Delete));
    }
    if let Some(taken) = fits_any(tokens, 0, &["uncomplete|reopen|uncheck|untick|unfinish", "re-open", "open again"]) {
        return Some((rest(taken)?, Purpose::Reopen));
    }
    // "Check gym off"
    let end = ends(tokens);
    if fits_any(tokens, 0, &["check|tick|cross"]).is_some()
        && end > 2
        && tokens.get(end - 1).is_some_and(|last| last.is("off"))
    {
        return Some((tokens.get(1..end - 1)?.to_vec(), Purpose::Complete));
    }
    for (patterns, purpose) in [(NOT_DONE, Purpose::Reopen), (DONE, Purpose::Complete)] {
        for pattern in patterns {
            // "Mark X as done", "X is done": the words before it name the block.
            if let Some((at, _)) = find(tokens, pattern).filter(|(at, taken)| at + taken == ends(tokens)) {
                let from = fits_any(tokens, 0, &["mark|set|check|tick|flag|make|log|consider"]).unwrap_or(0);
                let target = tokens.get(from..at).filter(|target| !target.is_empty())?;
                // "I am done" names no block.
                return Some((target.to_vec(), purpose));
            }
        }
    }
    // "Mark as done the report"
    if let Some(taken) = fits_any(tokens, 0, &["mark as? done|complete|completed|finished :?"]) {
        return Some((rest(taken)?, Purpose::Complete));
    }
    fits_any(tokens, 0, COMPLETE).and_then(|taken| Some((rest(taken)?, Purpose::Complete)))
}

/// The end of a sentence without its closing words.
fn ends(tokens: &[Token]) -> usize {
    let closing = |token: &&Token| token.is_any("now already . ! yet today finally again");
    tokens.len() - tokens.iter().rev().take_while(closing).count()
}

const DELETE: &[&str] = &[
    "delete|remove|cancel|erase|scrap|trash|unschedule|discard|clear|drop all? of?",
    "get rid of",
    "call off",
    "throw away|out",
    "take off",
];
const COMPLETE: &[&str] = &[
    "complete|completed|finish|finished|done|accomplished with?",
    "check|tick|cross off",
    "i just|already? finished|completed|did|done",
    "i have just|already? finished|completed|done|did",
    "i am done|finished with",
];
const DONE: &[&str] = &[
    "as? done|complete|completed|finished",
    "is|are|was all? done|complete|completed|finished",
    "has|have been done|completed|finished",
    "to done|complete|completed",
];
const NOT_DONE: &[&str] = &[
    "as not done|complete|completed|finished",
    "as undone|open|incomplete|todo|unfinished|uncompleted",
    "is|are|was not done|complete|completed|finished|over",
    "is|are|was undone|incomplete|unfinished|open",
    "undone|incomplete|uncompleted",
    "not done|completed|finished",
];
