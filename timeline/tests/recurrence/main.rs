//! Recurrence rules: the examples of RFC 5545, and laws.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod examples;
#[cfg(not(target_arch = "wasm32"))]
mod laws;

use chrono::NaiveDateTime;
use flux_timeline::series::Recurrence;

/// Reads `19970902`, which is at 09:00.
fn at(date: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(&format!("{date}T0900"), "%Y%m%dT%H%M").unwrap()
}

fn rule(text: &str) -> Recurrence {
    Recurrence::read(text).unwrap()
}
