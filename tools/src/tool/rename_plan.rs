//! `renamePlan`: gives a plan another title.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::PlanRef;
use flux_timeline::text::Title;

/// Arguments of `renamePlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamePlan {
    /// Title until now, or id, of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
    /// The new title.
    #[schemars(length(min = 1, max = 200))]
    pub title: String,
}

impl Tool for RenamePlan {
    const NAME: &'static str = "renamePlan";
    const DESCRIPTION: &'static str = "Gives a plan another title.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        let title = Title::new(&self.title).map_err(|why| Problem::rejected("/title", why))?;
        Ok(Action::Command(Command::RenamePlan { plan: PlanRef::from(self.id.as_str()), title }))
    }
}
