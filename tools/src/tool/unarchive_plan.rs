//! `unarchivePlan`: takes an archived plan into use again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::PlanRef;

/// Arguments of `unarchivePlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnarchivePlan {
    /// Title or id of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for UnarchivePlan {
    const NAME: &'static str = "unarchivePlan";
    const DESCRIPTION: &'static str =
        "Takes an archived plan into use again, with all its blocks. Does not switch to it.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::UnarchivePlan { plan: PlanRef::from(self.id.as_str()) }))
    }
}
