//! Settings of the service that are numbers, read from variables as `wrangler.toml` sets them.

use std::ops::RangeInclusive;

/// Looks a variable up; `None` where it is missing or empty.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A whole number, or the default where the variable is missing.
///
/// # Errors
/// A sentence, where it is no number or out of range.
pub fn number(lookup: Lookup, name: &str, default: u64, range: RangeInclusive<u64>) -> Result<u64, String> {
    let Some(text) = lookup(name) else { return Ok(default) };
    let number = text.trim().parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        format!("{name} is {text:?}; it must be a whole number from {least} to {most}.")
    })
}
