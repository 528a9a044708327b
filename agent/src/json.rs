//! Reading and writing JSON by one path each: text ↔ [`Value`](serde_json::Value) ↔ types when reading, types → text when writing.
//!
//! serde writes a copy of its code for every pair of a type and a format. With the shortcuts (text straight to types,
//! types straight to values) each type would come twice, which makes the Worker larger by more than it makes it faster.

use flux_timeline::json;
use serde::de::DeserializeOwned;

pub use flux_timeline::json::{Error, read as read_value, value};

/// Reads a type from text.
///
/// # Errors
/// Where the text is not JSON, or does not fit the type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    json::read_text(text)
}
