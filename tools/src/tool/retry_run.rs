//! `retryRun`: goes on with a goal that failed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::RunRef;

/// Arguments of `retryRun`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryRun {
    /// Words of the goal, or the id of the run. Leave it out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500))]
    pub id: Option<String>,
}

impl Tool for RetryRun {
    const NAME: &'static str = "retryRun";
    const DESCRIPTION: &'static str = "Tries a goal again that useArchitect could not plan, from where it failed.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::RetryRun { run: self.id.as_deref().map(RunRef::from) }))
    }
}
