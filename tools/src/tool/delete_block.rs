//! `deleteBlock`: removes a block.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Consent, ConsentResult, Problem, SeriesScope, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::decide::read;
use flux_timeline::reference::{BlockRef, Preferred, find_block};
use flux_timeline::view::{BlockState, ReadBlocks, ReadPlans};
use flux_timeline::{BlockQuery, limits};

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
        if self.scope.is_one() {
            return Ok(None);
        }
        let block = find_block(view, &BlockRef::from(self.id.as_str()), Preferred::Ahead, context.now)?;
        let Some(place) = block.series else { return Ok(None) };
        let query = BlockQuery {
            plan: Some(block.plan),
            series: Some(place.series),
            state: BlockState::Open,
            ..BlockQuery::default()
        };
        let zone = read(view.settings())?.zone();
        let mut blocks = read(view.blocks(&query))?;
        blocks.retain(|block| match self.scope {
            SeriesScope::All => !block.is_over(context.now, zone),
            SeriesScope::One | SeriesScope::Following => block.series.is_some_and(|other| other.start >= place.start),
        });
        if blocks.len() as u64 <= limits::MOVED_WITHOUT_ASKING {
            return Ok(None);
        }
        let question = format!("Delete {} blocks of “{}”, which repeats?", blocks.len(), block.title);
        let arguments = json!({ "id": block.id, "scope": self.scope });
        Ok(Some(Consent { question, arguments, touches: blocks.iter().map(|block| block.id).collect() }))
    }
}
