//! A plan: a named timeline. One plan is active.

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
    /// Its title, not necessarily unique.
    pub title: Title,
    /// When it was created.
    #[serde(deserialize_with = "clock::instant")]
    pub created_at: DateTime<Utc>,
    /// When it was archived; `None` while it is in use. An archived plan keeps its blocks, which no longer take up time.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clock::optional_instant")]
    pub archived_at: Option<DateTime<Utc>>,
}

impl Plan {
    /// Whether it is not archived.
    pub const fn is_in_use(&self) -> bool {
        self.archived_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_plan_from_before_there_were_archives_is_in_use() {
        let old = r#"{"id":"00000000-0000-7000-8000-000000000001","title":"Work","createdAt":"2026-03-02T08:00:00Z"}"#;
        let plan: Plan = json::read_text(old).unwrap();
        assert!(plan.is_in_use());
        assert_eq!(serde_json::to_string(&plan).unwrap(), old);
        let archived = Plan { archived_at: Some(plan.created_at), ..plan };
        assert_eq!(json::read_text(&serde_json::to_string(&archived).unwrap()), Ok(archived));
    }
}
