//! `useArchitect`: plans a long goal in the background.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext, WallTime};
use flux_timeline::command::{Command, NewRun};
use flux_timeline::id::RunId;
use flux_timeline::reference::PlanRef;
use flux_timeline::text::GoalText;

/// Arguments of `useArchitect`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UseArchitect {
    /// What the person wants to reach, in their words, with everything they said about it.
    #[schemars(length(min = 1, max = 500))]
    pub goal: String,
    /// Local time by which everything should be done; a date alone is the end of that day. Leave it out where none was
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<WallTime>,
    /// At most this many hours a week, where the person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.25, max = 168))]
    pub hours_per_week: Option<f64>,
    /// Title or id of the plan that gets the tasks; the active one where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub plan: Option<String>,
}

impl Tool for UseArchitect {
    const NAME: &'static str = "useArchitect";
    const DESCRIPTION: &'static str = "Plans a long goal (learn, build, train, prepare, organise) that takes several tasks: \
         works them out in the background and places them in the person's free time. Call it once for each goal, not for \
         single tasks with a time.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::StartRun(NewRun {
            id: RunId::new(context.new_id),
            goal: GoalText::new(&self.goal).map_err(|why| Problem::rejected("/goal", why))?,
            plan: self.plan.as_deref().map(PlanRef::from),
            deadline: self.deadline.as_ref().map(|time| time.end("/deadline", context)).transpose()?,
            minutes_per_week: self.hours_per_week.map(whole_minutes),
        })))
    }
}

/// Hours in whole minutes. The schema bounds them to 15 minutes – one week.
pub(super) fn whole_minutes(hours: f64) -> u32 {
    let minutes = (hours * 60.0).round().clamp(15.0, 10_080.0);
    // In range: clamped above.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = minutes as u32;
    whole
}
