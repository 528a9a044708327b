//! Numbers among the settings of the service, read from variables as `wrangler.toml` sets them.

use std::ops::RangeInclusive;

pub use flux_identity::Lookup;

/// Reads a whole number, or returns the default when the variable is missing.
///
/// # Errors
/// A sentence when it is not a number or out of range.
pub fn number(lookup: Lookup, name: &str, default: u64, range: RangeInclusive<u64>) -> Result<u64, String> {
    let Some(text) = lookup(name) else { return Ok(default) };
    let number = text.trim().parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        format!("{name} is {text:?}; it must be a whole number from {least} to {most}.")
    })
}
