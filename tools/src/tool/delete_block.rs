//! `deleteBlock`: removes a block.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::repeat::consent_for_series;
use super::{Action, ConsentResult, Problem, SeriesScope, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::json;
use flux_timeline::reference::BlockRef;
use flux_timeline::view::{ReadBlocks, ReadPlans};

/// Arguments of `deleteBlock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteBlock {
    /// Handle (such as B12), id, or unambiguous title of the block.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
    /// For a block that repeats: following also removes those after it, all every one.
    #[serde(default, skip_serializing_if = "SeriesScope::is_one")]
    pub scope: SeriesScope,
}

impl Tool for DeleteBlock {
    const NAME: &'static str = "deleteBlock";
    const DESCRIPTION: &'static str = "Removes a block from the timeline. It can be undone.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::DeleteBlock {
            block: BlockRef::from(self.id.as_str()),
            scope: self.scope.of(context),
        }))
    }

    fn consent<V: ReadPlans + ReadBlocks>(&self, view: &V, context: &ToolContext) -> ConsentResult<V> {
        consent_for_series(view, ("Delete", &self.id, self.scope), json::value(self), context)
    }
}
