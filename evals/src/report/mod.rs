//! Reports of a run, for people and machines. Everything here is a pure function of the records.
//!
//! | module | contents |
//! | --- | --- |
//! | `score` | totals and rates of attempts |
//! | `summary` | the scores of each contender: of everything, by suite, by category, by tag |
//! | `trouble` | the first failure of an attempt |
//! | `terminal` | a table for the terminal |
//! | `junit` | JUnit XML, for CI |
//! | `html` | one page without external files |
//! | `line` | lines of the terminal, shared with [`crate::compare`] |

mod html;
mod junit;
pub(crate) mod line;
mod score;
mod summary;
mod terminal;
mod trouble;

#[cfg(test)]
pub(crate) mod samples;

pub use html::html;
pub use junit::junit;
pub use score::{Power, Score, Spread};
pub use summary::{Failure, Scores, Summary, Who, contenders, summary};
pub use terminal::terminal;
pub use trouble::Trouble;
