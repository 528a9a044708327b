//! What can follow the name of a day: a year, or words that go on after it.

use crate::number;
use crate::words::{Token, TokenKind};

/// The year that a token says, from 1970 to 2200.
pub(super) fn year(token: &Token) -> Option<i32> {
    number::digits(&token.norm).filter(|year| (1970..=2200).contains(year)).and_then(|year| i32::try_from(year).ok())
}

/// Whether the phrase ends at `at`, or a word stands there that can follow a day.
pub(super) fn ends_or_goes_on(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_none_or(|token| token.kind != TokenKind::Word || token.is_any("at from until for and to with in"))
}
