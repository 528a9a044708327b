//! A plan: a named timeline of its own. One of them is active.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock;

use crate::id::PlanId;
use crate::text::Title;

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// What it is called. Not necessarily unique.
    pub title: Title,
    /// When it was made.
    #[serde(deserialize_with = "clock::instant")]
    pub created_at: DateTime<Utc>,
}
