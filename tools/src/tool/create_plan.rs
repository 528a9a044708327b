//! `createPlan`: makes a plan and switches to it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::id::PlanId;
use flux_timeline::text::Title;

/// Arguments of `createPlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlan {
    /// What the plan is called.
    #[schemars(length(min = 1, max = 200))]
    pub title: String,
}

impl Tool for CreatePlan {
    const NAME: &'static str = "createPlan";
    const DESCRIPTION: &'static str = "Makes a new, empty plan and switches to it.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        let title = Title::new(&self.title).map_err(|why| Problem::rejected("/title", why))?;
        Ok(Action::Command(Command::CreatePlan { id: PlanId::new(context.new_id), title }))
    }
}
