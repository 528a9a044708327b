//! `completeBlock`: marks a block as done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::BlockRef;

/// Arguments of `completeBlock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteBlock {
    /// Handle (such as B12), id, or unambiguous title of the block.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for CompleteBlock {
    const NAME: &'static str = "completeBlock";
    const DESCRIPTION: &'static str = "Marks a block as done.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::CompleteBlock { block: BlockRef::from(self.id.as_str()) }))
    }
}
