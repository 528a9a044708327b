//! `rescheduleOverdue`: finds new times for overdue tasks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::json;

use super::{Action, Consent, ConsentResult, Problem, Tool, ToolContext};
use flux_timeline::command::{Command, OverdueTasks};
use flux_timeline::decide::{overdue_tasks, plan_or_active, read};
use flux_timeline::limits;
use flux_timeline::reference::{BlockRef, PlanRef};
use flux_timeline::view::{BlockQuery, ReadBlocks, ReadPlans};

/// Arguments of `rescheduleOverdue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleOverdue {
    /// Handles, ids or titles of the tasks; all overdue ones where not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    pub blocks: Vec<String>,
    /// Title or id of the plan; the active one where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub plan: Option<String>,
}

impl RescheduleOverdue {
    fn plan(&self) -> Option<PlanRef> {
        self.plan.as_deref().map(PlanRef::from)
    }
}

impl Tool for RescheduleOverdue {
    const NAME: &'static str = "rescheduleOverdue";
    const DESCRIPTION: &'static str = "Moves overdue tasks to the next free times, which it finds by itself. If the person names a time, call updateBlock instead.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        let named: Vec<BlockRef> = self.blocks.iter().map(|text| BlockRef::from(text.as_str())).collect();
        let which = if named.is_empty() { OverdueTasks::OfPlan(self.plan()) } else { OverdueTasks::Named(named) };
        Ok(Action::Command(Command::RescheduleOverdue(which)))
    }

    /// Tasks that the person named need no question.
    fn consent<V: ReadPlans + ReadBlocks>(&self, view: &V, context: &ToolContext) -> ConsentResult<V> {
        if !self.blocks.is_empty() {
            return Ok(None);
        }
        let plan = plan_or_active(view, self.plan().as_ref())?.id;
        let query = BlockQuery { limit: limits::RESCHEDULED_BLOCKS, ..overdue_tasks(Some(plan), context.now) };
        let blocks = read(view.blocks(&query))?;
        let is_much = blocks.len() as u64 > limits::MOVED_WITHOUT_ASKING;
        Ok(is_much.then(|| Consent {
            question: format!("Move {} overdue tasks to new times?", blocks.len()),
            arguments: json!({ "plan": plan }),
            touches: blocks.iter().map(|block| block.id).collect(),
        }))
    }
}
