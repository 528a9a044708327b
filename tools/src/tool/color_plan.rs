//! `colorPlan`: gives a plan another color.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::PlanColor;
use flux_timeline::command::Command;
use flux_timeline::reference::PlanRef;

/// Arguments of `colorPlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColorPlan {
    /// Title or id of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
    /// The new color.
    pub color: PlanColor,
}

impl Tool for ColorPlan {
    const NAME: &'static str = "colorPlan";
    const DESCRIPTION: &'static str = "Gives a plan another color.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::RecolorPlan { plan: PlanRef::from(self.id.as_str()), color: self.color }))
    }
}
