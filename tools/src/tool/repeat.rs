//! How a block repeats, in the words that models write, and how much of a series a change is about.

use flux_timeline::command::Scope;
use flux_timeline::series::Repetition;
use flux_timeline::{SeriesId, command};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Problem, ToolContext};

const EXPECTED: &str = "how it repeats, such as “every other tuesday”, “every month on the last friday”, “every weekday until 2026-12-31”, “every \
                        day, 10 times” or “3 days after it was done”, or an RRULE of RFC 5545";

/// English words for how a block repeats: small models fill them better than fields or a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Repeat(#[schemars(length(min = 1, max = 500))] String);

/// How much of a series a change is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum SeriesScope {
    /// The block alone.
    #[default]
    One,
    /// The block and those after it.
    Following,
    /// All that are not over.
    All,
}

impl SeriesScope {
    /// Whether it is about the block alone, which is what a call without a scope is about.
    pub const fn is_one(&self) -> bool {
        matches!(self, Self::One)
    }

    pub(super) const fn of(self, context: &ToolContext) -> Scope {
        match self {
            Self::One => Scope::One,
            Self::Following => Scope::Following(SeriesId::new(context.new_id)),
            Self::All => Scope::All,
        }
    }
}

impl Repeat {
    /// The rule as the domain has it.
    pub(super) fn of(&self, pointer: &str, context: &ToolContext) -> Result<command::Repeat, Problem> {
        let Repetition { rule, after_done } =
            Repetition::read(&self.0).map_err(|why| Problem::new(pointer, EXPECTED, why))?;
        Ok(command::Repeat { id: SeriesId::new(context.new_id), rule, after_done })
    }
}
