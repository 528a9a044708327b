//! Titles: the rest of a request without its verb, times and details.

use super::phrase::capitalised;
use flux_phrases::time::Hint;
use flux_phrases::words::{Token, TokenKind, fits, fits_any};

/// The longest title that the timeline allows, in characters.
const TITLE_CHARS: usize = 200;

/// Words for a thing that is not a name: "add a task to …", "set a reminder for …".
const CARRIERS: &[&str] = &[
    "task|event|block|item|entry|todo|to-do|reminder|alarm|slot|something|note|timeslot|activity|session to|for|called|named|titled|about|that|:",
    "to do|schedule|plan|be",
    "calendar|timeline event|entry|block|item for|called|named|titled|to|about",
    "time slot? to|for",
    "appointment|meeting|event|block|task called|named|titled",
];

const LEADING: &[&str] = &[
    "a|an|the|my|our|some|another|new|to|for|about|of|that|and|me|up|on|in|at|by|from|also|please|just|then|it|is|there|will|be|have|with|so|do",
];

/// Names that begin with a phrase from [`LEADING`].
const NAMES: &[&str] = &["new year|year's|years"];

const TRAILING: &str = "at on in for from to by and then please with of the a an my it is starting due until as around also that thanks thank you okay or before after every this would be great instead has was are will too between beginning about am";

/// The title from the tokens that `keep` marks.
pub(super) fn title(tokens: &[Token], keep: &[bool]) -> String {
    let kept: Vec<(usize, &Token)> =
        tokens.iter().enumerate().filter(|(at, _)| keep.get(*at).copied().unwrap_or(false)).collect();
    let quoted: Vec<&Token> =
        kept.iter().map(|(_, token)| *token).filter(|token| token.kind == TokenKind::Quoted).collect();
    if let [only] = quoted.as_slice()
        && stands_for_all(&kept)
    {
        return super::clipped(only.text.trim(), TITLE_CHARS);
    }
    let kept = named(kept);
    let kept = trimmed(&kept);
    let mut text = String::new();
    let mut last: Option<usize> = None;
    for (at, token) in kept {
        let glued = last == at.checked_sub(1) && !token.spaced && last.is_some();
        if !text.is_empty() && !glued && !token.text.is_empty() {
            text.push(' ');
        }
        text.push_str(&token.text);
        last = Some(*at);
    }
    super::clipped(&capitalised(text.trim()), TITLE_CHARS)
}

/// Whether a quotation is the whole title, because there are only words for a thing and small words beside it.
fn stands_for_all(kept: &[(usize, &Token)]) -> bool {
    kept.iter().all(|(_, token)| {
        token.kind != TokenKind::Word
            || token.text.is_empty()
            || token.is_any(TRAILING)
            || token.is_any("task event block called named titled new reminder item entry appointment meeting me up title entitled todo some our")
    })
}

/// What follows "called", if that was said.
fn named(kept: Vec<(usize, &Token)>) -> Vec<(usize, &Token)> {
    let called = kept.iter().position(|(_, token)| token.is_any("called titled entitled named"));
    match called {
        Some(at) if at > 0 && at + 1 < kept.len() => kept.into_iter().skip(at + 1).collect(),
        _ => kept,
    }
}

fn trimmed<'a, 'b>(kept: &'b [(usize, &'a Token)]) -> &'b [(usize, &'a Token)] {
    let tokens: Vec<Token> = kept.iter().map(|(_, token)| (*token).clone()).collect();
    let mut from = 0;
    while from < tokens.len() {
        let Some(token) = tokens.get(from) else { break };
        let length = fits_any(&tokens, from, CARRIERS).or_else(|| carrier_with_colon(&tokens, from));
        // "To do list" keeps its last words, because a title must not be empty.
        let is_name = fits_any(&tokens, from, NAMES).is_some();
        let length = length
            .or_else(|| fits_any(&tokens, from, LEADING))
            .filter(|length| from + length < tokens.len() && !is_name);
        match length {
            Some(length) => from += length,
            None if parts(token) || token.text.is_empty() && token.kind == TokenKind::Word => from += 1,
            None => break,
        }
    }
    let mut to = tokens.len();
    while to > from {
        let Some(token) = tokens.get(to - 1) else { break };
        if parts(token) || token.is_any(TRAILING) || token.kind == TokenKind::Break || token.text.is_empty() {
            to -= 1;
        } else {
            break;
        }
    }
    kept.get(from..to).unwrap_or_default()
}

/// Whether a mark separates parts of a sentence and does not belong to a title. `(`, `<` and `+` can belong to one.
fn parts(token: &Token) -> bool {
    token.kind == TokenKind::Mark && token.text.chars().all(|c| ",;:.!?-–—…*•|~=@&/→".contains(c))
}

fn carrier_with_colon(tokens: &[Token], at: usize) -> Option<usize> {
    let word = fits(tokens, at, "task|event|block|todo|to-do|reminder|item|entry|title|note")?;
    tokens.get(at + word).filter(|token| token.is(":")).map(|_| word + 1)
}

/// Whether a title only says that there is a thing: "task", "an event".
pub(super) fn is_nameless(title: &str) -> bool {
    let tokens = flux_phrases::words::tokens(title);
    tokens.iter().all(|token| {
        token.kind == TokenKind::Mark
            || token.is_any("task event block item entry todo to-do reminder something slot me it alarm stuff this that thing time up new tasks events one a an only")
    })
}

/// Which half of the day a title suggests.
pub(super) fn hint(title: &str) -> Hint {
    let tokens = flux_phrases::words::tokens(title);
    let says = |words: &str| tokens.iter().any(|token| token.is_any(words));
    if says("breakfast wake alarm sunrise jog morning") {
        Hint::Morning
    } else if says(
        "dinner supper drinks party movie cinema concert theatre theater pub bar date evening beers gig opera bedtime nightcap sunset",
    ) {
        Hint::Evening
    } else {
        Hint::None
    }
}
