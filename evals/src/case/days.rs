//! The days of what is all day.

use chrono::NaiveDate;
use flux_timeline::Days;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::picture::write_days;

/// The days of an all-day block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseDays {
    /// The first one, e.g. 2026-03-06.
    pub first: NaiveDate,
    /// The last one. It is the first one if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<NaiveDate>,
}

impl CaseDays {
    /// The last day.
    pub fn last(self) -> NaiveDate {
        self.last.unwrap_or(self.first)
    }

    /// Whether these are the days.
    pub fn are(self, days: Days) -> bool {
        self.first == days.first() && self.last() == days.last()
    }
}

impl std::fmt::Display for CaseDays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_days(f, self.first, self.last())
    }
}
