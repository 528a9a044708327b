//! A block: something to do, and when.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock;

use crate::id::{BlockId, Handle, PlanId};
use crate::span::Span;
use crate::text::{Description, Tag, Title, title_key};

/// A block of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// Its short name, `B12`.
    pub handle: Handle,
    /// The plan that it belongs to.
    pub plan: PlanId,
    /// What is to be done.
    pub title: Title,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// When.
    pub span: Span,
    /// How much it matters.
    pub priority: Priority,
    /// Free labels; no doubles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// When it was completed; `None` while it is open.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    /// Blocks that come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<BlockId>,
    /// Who put it there.
    pub source: Source,
}

impl Block {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.completed_at.is_none()
    }

    /// What it says besides its title, in the form in which it is searched: its handle, its tags with `#`, its description.
    pub fn details_key(&self) -> String {
        let mut text = self.handle.to_string();
        self.tags.iter().for_each(|tag| text.extend([" #", tag.as_str()]));
        self.description.iter().for_each(|description| text.extend([" ", description.as_str()]));
        title_key(&text)
    }
}

/// How much a block matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Priority {
    /// Do it first.
    High,
    /// The usual.
    #[default]
    Medium,
    /// When there is time.
    Low,
}

impl Priority {
    /// `high`, `medium` or `low`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Who put a block on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The person, directly.
    User,
    /// The model, in a turn.
    Assistant,
    /// A run of the architect.
    Architect,
}
