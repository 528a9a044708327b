//! `switchPlan`: makes another plan the active one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::PlanRef;

/// Arguments of `switchPlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchPlan {
    /// Title or id of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for SwitchPlan {
    const NAME: &'static str = "switchPlan";
    const DESCRIPTION: &'static str =
        "Makes another plan the active one, also an archived one. New blocks go to the active plan.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::SwitchPlan { plan: PlanRef::from(self.id.as_str()) }))
    }
}
