//! `findBlocks`: looks blocks up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext, WallTime};
use flux_timeline::query::{self, Query};
use flux_timeline::reference::PlanRef;
use flux_timeline::view::BlockState;

/// The default limit.
const DEFAULT_LIMIT: u32 = 20;

/// Arguments of `findBlocks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindBlocks {
    /// Words of the title, in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub text: Option<String>,
    /// Only blocks that end after this local time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<WallTime>,
    /// Only blocks that start before this local time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<WallTime>,
    /// true: only tasks without a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inbox: bool,
    /// open: neither done nor missed. done: completed. All where not said.
    #[serde(default)]
    pub state: State,
    /// Title or id of the plan; all plans in use where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub plan: Option<String>,
    /// At most this many; 20 where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// The state of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum State {
    /// Any state.
    #[default]
    Any,
    /// Neither done nor missed.
    Open,
    /// Done.
    Done,
}

impl Tool for FindBlocks {
    const NAME: &'static str = "findBlocks";
    const DESCRIPTION: &'static str = "Looks up blocks by words of the title, by time, and by whether they are done. Use it where the block \
         that is meant is not in the list you were given.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Query(Query::Blocks(query::FindBlocks {
            text: self.text.clone(),
            from: self.from.as_ref().map(|time| time.instant("/from", context)).transpose()?,
            to: self.to.as_ref().map(|time| time.instant("/to", context)).transpose()?,
            has_time: self.inbox.then_some(false),
            state: match self.state {
                State::Any => BlockState::Any,
                State::Open => BlockState::Open,
                State::Done => BlockState::Done,
            },
            plan: self.plan.as_deref().map(PlanRef::from),
            limit: self.limit.unwrap_or(DEFAULT_LIMIT) as usize,
        })))
    }
}
