//! What is wrong with a call, in words with which a model can correct it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One problem with the arguments of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its place, as a JSON pointer (RFC 6901). Empty for the arguments as a whole.
    pub pointer: String,
    /// What was expected.
    pub expected: String,
    /// What was found, shortened.
    pub got: String,
}

/// The longest `got`, in characters.
const SHOWN_CHARS: usize = 120;

impl Problem {
    /// A problem at a place.
    pub fn new(pointer: impl Into<String>, expected: impl Into<String>, got: impl fmt::Display) -> Self {
        Self { pointer: pointer.into(), expected: expected.into(), got: shown(&got.to_string()) }
    }

    /// A value that the domain rejects.
    pub(super) fn rejected(pointer: &str, why: impl fmt::Display) -> Self {
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

/// Why a call cannot be read. It changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// No tool has this name.
    #[error("There is no tool “{name}”. The tools are: {}.", names())]
    Unknown {
        /// The name that was called, shortened.
        name: String,
    },
    /// The arguments do not fit the schema.
    #[error(
        "The call of {tool} does not fit: {}. Nothing was changed; call it again with all arguments mended.",
        list(problems)
    )]
    Arguments {
        /// The tool.
        tool: &'static str,
        /// The problems; at least one.
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
