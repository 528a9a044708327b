//! `archivePlan`: puts a plan away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::PlanRef;

/// Arguments of `archivePlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchivePlan {
    /// Title or id of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for ArchivePlan {
    const NAME: &'static str = "archivePlan";
    const DESCRIPTION: &'static str = "Puts a plan away without deleting it: its blocks are kept, and no longer take up time. Say switchPlan or \
         unarchivePlan to get it back.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::ArchivePlan { plan: PlanRef::from(self.id.as_str()) }))
    }
}
