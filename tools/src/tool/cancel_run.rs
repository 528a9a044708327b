//! `cancelRun`: ends work on a goal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::RunRef;

/// Arguments of `cancelRun`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRun {
    /// Words of the goal, or the id of the run. Leave it out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500))]
    pub id: Option<String>,
}

impl Tool for CancelRun {
    const NAME: &'static str = "cancelRun";
    const DESCRIPTION: &'static str =
        "Stops working on a goal that was given to useArchitect. No tasks are added then.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::CancelRun { run: self.id.as_deref().map(RunRef::from) }))
    }
}
