//! `deletePlan`: deletes a plan with its blocks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::json;

use super::{Action, Consent, ConsentResult, Problem, Tool, ToolContext};
use flux_timeline::command::Command;
use flux_timeline::decide::read;
use flux_timeline::reference::{PlanRef, find_plan};
use flux_timeline::view::{BlockQuery, ReadBlocks, ReadPlans};

/// Arguments of `deletePlan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletePlan {
    /// Title or id of the plan.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
}

impl Tool for DeletePlan {
    const NAME: &'static str = "deletePlan";
    const DESCRIPTION: &'static str = "Deletes a plan with all its blocks. The person is asked first.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::DeletePlan { plan: PlanRef::from(self.id.as_str()) }))
    }

    fn consent<V: ReadPlans + ReadBlocks>(&self, view: &V, _: &ToolContext) -> ConsentResult<V> {
        let plan = find_plan(view, &PlanRef::from(self.id.as_str()))?;
        let blocks = read(view.blocks(&BlockQuery { plan: Some(plan.id), ..BlockQuery::default() }))?;
        Ok(Some(Consent {
            question: match blocks.len() {
                0 => format!("Delete the empty plan “{}”?", plan.title),
                1 => format!("Delete the plan “{}” with its block?", plan.title),
                number => format!("Delete the plan “{}” with its {number} blocks?", plan.title),
            },
            arguments: json!({ "id": plan.id }),
            touches: blocks.iter().map(|block| block.id).collect(),
        }))
    }
}
