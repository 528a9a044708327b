//! Reads and writes JSON, each in one way: text ↔ [`Value`](serde_json::Value) ↔ types when reading, types → text when writing.
//!
//! serde generates code for every pair of a type and a format. With shortcuts (text straight to types, types straight to values)
//! each type would be there twice, which makes the Worker larger by more than it makes it faster.

pub mod pieces;

use flux_timeline::json;
use serde::de::DeserializeOwned;

pub use flux_timeline::json::{Error, read as read_value, value};

/// Reads a type from text.
///
/// # Errors
/// When the text is not JSON or does not fit the type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    json::read_text(text)
}
