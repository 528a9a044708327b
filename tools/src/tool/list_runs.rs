//! `listRuns`: tells which goals the architect works on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::query::Query;

/// Arguments of `listRuns`: none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRuns {}

impl Tool for ListRuns {
    const NAME: &'static str = "listRuns";
    const DESCRIPTION: &'static str =
        "Lists the goals that were given to useArchitect, how far each one is, and what came of it.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Query(Query::Runs))
    }
}
