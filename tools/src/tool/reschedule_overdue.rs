//! `rescheduleOverdue`: finds times for overdue tasks and for tasks without one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::json;

use super::{Action, Consent, ConsentResult, Problem, Tool, ToolContext, WallDate};
use flux_timeline::command::{Command, OverdueTasks};
use flux_timeline::decide::overdue_tasks;
use flux_timeline::reference::{BlockRef, PlanRef, find_plan};
use flux_timeline::view::{ReadBlocks, ReadPlans};
use flux_timeline::{BlockId, limits};

/// Arguments of `rescheduleOverdue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleOverdue {
    /// Handles, ids or titles of overdue tasks or of tasks in the inbox; all overdue ones where not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    pub blocks: Vec<String>,
    /// Title or id of the plan; all plans in use where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub plan: Option<String>,
    /// Last day for them, e.g. 2026-11-27.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WallDate>,
}

impl RescheduleOverdue {
    /// What the call asks for.
    ///
    /// # Errors
    /// A problem if the last day is not a date.
    pub fn command(&self) -> Result<Command, Problem> {
        let until = self.until.as_ref().map(|until| until.date("/until")).transpose()?.flatten();
        Ok(Command::RescheduleOverdue { tasks: self.which(), until })
    }

    /// Which tasks are meant.
    fn which(&self) -> OverdueTasks {
        if self.blocks.is_empty() {
            return self.plan.as_deref().map_or(OverdueTasks::All, |plan| OverdueTasks::OfPlan(PlanRef::from(plan)));
        }
        OverdueTasks::Named(self.blocks.iter().map(|text| BlockRef::from(text.as_str())).collect())
    }
}

impl Tool for RescheduleOverdue {
    const NAME: &'static str = "rescheduleOverdue";
    const DESCRIPTION: &'static str = "Moves overdue tasks, or tasks of the inbox that are named, to the next free times, which it finds by itself. If the person names a \
         time, call updateBlock instead.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        self.command().map(Action::Command)
    }

    fn consent<V: ReadPlans + ReadBlocks>(&self, view: &V, context: &ToolContext) -> ConsentResult<V> {
        let which = self.which();
        let (blocks, _) = overdue_tasks(view, &which, context.now)?;
        if blocks.len() as u64 <= limits::MOVED_WITHOUT_ASKING {
            return Ok(None);
        }
        let touches: Vec<BlockId> = blocks.iter().map(|block| block.id).collect();
        let (kind, mut arguments) = match &which {
            OverdueTasks::OfPlan(plan) => ("overdue tasks", json!({ "plan": find_plan(view, plan)?.id })),
            OverdueTasks::All | OverdueTasks::AllButSessions => ("overdue tasks", json!({})),
            OverdueTasks::Named(_) => ("tasks", json!({ "blocks": touches })),
        };
        if let Some(until) = &self.until {
            arguments["until"] = json!(until);
        }
        let question = format!("Move {} {kind} to new times?", touches.len());
        Ok(Some(Consent { question, arguments, touches }))
    }
}
