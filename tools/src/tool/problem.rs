//! What is wrong with a call, so that a model can mend it and a person can read it.

use std::fmt;

use serde::{Deserialize, Serialize};

use flux_timeline::rejection::Rejection;

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where, as a JSON pointer (RFC 6901); empty for the arguments as a whole.
    pub pointer: String,
    /// What would fit.
    pub expected: String,
    /// What came, shortened.
    pub got: String,
}

/// Longest `got`, in characters.
const SHOWN_CHARS: usize = 120;

impl Problem {
    /// A problem at a place.
    pub fn new(pointer: impl Into<String>, expected: impl Into<String>, got: impl fmt::Display) -> Self {
        Self { pointer: pointer.into(), expected: expected.into(), got: shown(&got.to_string()) }
    }

    /// A value that the domain refuses.
    pub(super) fn rejected(pointer: &str, why: Rejection) -> Self {
        Self::new(pointer, "a value within the limits", why)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the arguments" } else { &self.pointer };
        write!(f, "{place}: expected {}, got {}", self.expected, self.got)
    }
}

fn shown(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARS {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(SHOWN_CHARS).collect();
    short.push('…');
    short
}

/// Why a call cannot be carried out. Nothing was changed by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// No tool has this name.
    #[error("There is no tool “{name}”. The tools are: {}.", names())]
    Unknown {
        /// As it was called, shortened.
        name: String,
    },
    /// The arguments do not fit.
    #[error(
        "The call of {tool} does not fit: {}. Nothing was changed; call it again with all arguments mended.",
        list(problems)
    )]
    Arguments {
        /// The tool.
        tool: &'static str,
        /// Everything that does not fit; at least one.
        problems: Vec<Problem>,
    },
}

fn names() -> String {
    let names: Vec<&str> = super::definitions().iter().map(|tool| tool.name).collect();
    names.join(", ")
}

fn list(problems: &[Problem]) -> String {
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    problems.join("; ")
}
