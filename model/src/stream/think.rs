//! Separates thoughts that a model writes into its text, between `<think>` and `</think>`, from the answer.

use super::gate::held_for;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// A piece of what a model wrote.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text for the person.
    Text(String),
    /// A thought.
    Thought(String),
}

/// Splits text at the tags, even if a tag arrives in pieces.
#[derive(Debug, Default)]
pub(super) struct ThinkSplitter {
    thinking: bool,
    /// Text that can be the start of a tag.
    held: String,
    /// Whether a tag has just ended. Whitespace after a tag is dropped.
    at_seam: bool,
}

impl ThinkSplitter {
    /// Takes the next piece of text and returns what is certain.
    pub(super) fn push(&mut self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let text = std::mem::take(&mut self.held) + text;
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(self.tag()) {
            self.give(before, &mut pieces);
            self.thinking = !self.thinking;
            self.at_seam = true;
            rest = after;
        }
        let certain = rest.len().saturating_sub(held_for(rest, self.tag()));
        if let Some((certain, held)) = rest.split_at_checked(certain) {
            self.give(certain, &mut pieces);
            held.clone_into(&mut self.held);
        }
        pieces
    }

    /// Returns what was held back.
    pub(super) fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let held = std::mem::take(&mut self.held);
        self.give(&held, &mut pieces);
        pieces
    }

    fn tag(&self) -> &'static str {
        if self.thinking { CLOSE } else { OPEN }
    }

    fn give(&mut self, text: &str, pieces: &mut Vec<Piece>) {
        let text = if self.at_seam { text.trim_start() } else { text };
        if text.is_empty() {
            return;
        }
        self.at_seam = false;
        let text = text.to_owned();
        pieces.push(if self.thinking { Piece::Thought(text) } else { Piece::Text(text) });
    }
}
