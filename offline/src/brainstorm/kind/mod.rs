//! The kinds of goals, one list: to add a kind, write its table and name it here.

mod event;
mod exam;
mod general;
mod habit;
mod journey;
mod launch;
mod learn;
mod text;
mod train;

use super::step::Kind;
use flux_phrases::words::{Token, find, has_word};

/// In the order in which they are tried: a word that means one thing only comes before one that can mean several.
const KINDS: &[Kind] = &[
    exam::EXAM,
    learn::LANGUAGE,
    learn::INSTRUMENT,
    train::RACE,
    habit::QUIT,
    learn::SKILL,
    text::WRITE,
    text::READ,
    train::FITNESS,
    journey::MOVE,
    event::EVENT,
    journey::TRAVEL,
    launch::LAUNCH,
    habit::HABIT,
];

/// The kind of a goal, by its words and by the unit of what it counts.
pub(super) fn of(words: &[Token], unit: &str) -> &'static Kind {
    let fits = |kind: &&Kind| {
        has_word(kind.units, unit) && !unit.is_empty() || kind.signs.iter().any(|sign| find(words, sign).is_some())
    };
    KINDS.iter().find(fits).unwrap_or(&general::GENERAL)
}
