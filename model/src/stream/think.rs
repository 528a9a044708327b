//! Thoughts that a model writes into its text, between `<think>` and `</think>`, apart from the answer.

use super::gate::held_for;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// A piece of what a model wrote.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// For the person.
    Text(String),
    /// A thought.
    Thought(String),
}

/// Splits text at the tags, also where a tag comes in pieces.
#[derive(Debug, Default)]
pub(super) struct ThinkSplitter {
    thinking: bool,
    /// The begin of what may become a tag.
    held: String,
    /// Whether a tag has just ended, so that the blanks that follow only set it off.
    at_seam: bool,
}

impl ThinkSplitter {
    /// Takes the next piece of text and gives what is certain.
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

    /// Gives what was held back.
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
