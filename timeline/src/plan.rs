//! A plan: a named timeline. One plan is active.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
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
    /// Its color, if it was given one. See [`Plan::shown_color`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<PlanColor>,
}

/// The color in which the blocks of a plan are shown. Which color a client paints for a name is its own matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum PlanColor {
    /// Blue.
    Blue,
    /// Green.
    Green,
    /// Orange.
    Orange,
    /// Purple.
    Purple,
    /// Red.
    Red,
    /// Teal.
    Teal,
    /// Pink.
    Pink,
    /// Gray.
    Gray,
}

impl PlanColor {
    /// All colors, in the order in which new plans get them.
    pub const ALL: [Self; 8] =
        [Self::Blue, Self::Green, Self::Orange, Self::Purple, Self::Red, Self::Teal, Self::Pink, Self::Gray];

    /// The name on the wire, which is an English word in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Orange => "orange",
            Self::Purple => "purple",
            Self::Red => "red",
            Self::Teal => "teal",
            Self::Pink => "pink",
            Self::Gray => "gray",
        }
    }

    /// The color for a new plan: the first of those that the fewest of these plans have.
    pub fn for_new(plans: &[Plan]) -> Self {
        let uses = |color: Self| plans.iter().filter(|plan| plan.shown_color() == color).count();
        Self::ALL.into_iter().min_by_key(|color| uses(*color)).unwrap_or(Self::Blue)
    }
}

impl Plan {
    /// Its color. A plan from before there were colors has one that follows from its id.
    pub fn shown_color(&self) -> PlanColor {
        let place = usize::from(self.id.uuid().as_bytes()[15]) % PlanColor::ALL.len();
        self.color.or(PlanColor::ALL.get(place).copied()).unwrap_or(PlanColor::Blue)
    }

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
        assert_eq!(plan.shown_color(), PlanColor::Green, "it has a color by its id");
        let archived = Plan { archived_at: Some(plan.created_at), ..plan };
        assert_eq!(json::read_text(&serde_json::to_string(&archived).unwrap()), Ok(archived));
    }

    #[test]
    fn new_plans_get_colors_that_few_others_have() {
        let mut plans: Vec<Plan> = Vec::new();
        for number in 0..10 {
            let color = PlanColor::for_new(&plans);
            plans.push(Plan {
                id: PlanId::new(uuid::Uuid::from_u128(number)),
                title: Title::new("Plan").unwrap(),
                created_at: DateTime::UNIX_EPOCH,
                archived_at: None,
                color: Some(color),
            });
        }
        let colors: Vec<PlanColor> = plans.iter().map(Plan::shown_color).collect();
        assert_eq!(colors.get(..8), Some(PlanColor::ALL.as_slice()));
        assert_eq!(colors.get(8..), Some([PlanColor::Blue, PlanColor::Green].as_slice()));
        for color in PlanColor::ALL {
            assert_eq!(serde_json::to_value(color).unwrap(), color.as_str());
        }
    }
}
