//! `deletePlan`: deletes a plan with its blocks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::PlanRef;

/// Arguments of `deletePlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletePlan {
    /// Title or id of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for DeletePlan {
    const NAME: &'static str = "deletePlan";
    const DESCRIPTION: &'static str = "Deletes a plan with all its blocks. The person is asked first.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::DeletePlan { plan: PlanRef::from(self.id.as_str()) }))
    }
}
