//! `uncompleteBlock`: marks a block as not done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::reference::BlockRef;

/// Arguments of `uncompleteBlock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UncompleteBlock {
    /// Handle (such as B12), id, or unambiguous title of the block.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for UncompleteBlock {
    const NAME: &'static str = "uncompleteBlock";
    const DESCRIPTION: &'static str = "Marks a block as not done any more.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::ReopenBlock { block: BlockRef::from(self.id.as_str()) }))
    }
}
