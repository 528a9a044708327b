//! `listPlans`: tells which plans there are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::query::Query;

/// Arguments of `listPlans`: none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPlans {}

impl Tool for ListPlans {
    const NAME: &'static str = "listPlans";
    const DESCRIPTION: &'static str =
        "Lists all plans, which one is active, which are archived, and how many blocks each has.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Query(Query::Plans))
    }
}
