//! Reading and writing JSON by one path each: text ↔ [`Value`] ↔ types when reading, types → text when writing.
//!
//! serde writes a copy of its code for every pair of a type and a format. With the shortcuts (text straight to types,
//! types straight to values) each type would come twice, which makes the Worker larger by more than it makes it faster.

use flux_tools::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use flux_tools::json::{Error, read as read_value};

/// Reads a type from text.
///
/// # Errors
/// Where the text is not JSON, or does not fit the type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    json::read_text(text)
}

/// A type as a value; `null` for what JSON cannot hold.
pub fn value<T: Serialize>(data: &T) -> Value {
    let text = serde_json::to_string(data);
    text.and_then(|text| serde_json::from_str(&text)).unwrap_or_default()
}
