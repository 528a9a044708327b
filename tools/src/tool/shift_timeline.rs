//! `shiftTimeline`: moves everything after a moment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::json;

use super::{Action, Consent, ConsentResult, Problem, Tool, ToolContext, WallTime};
use flux_timeline::command::Command;
use flux_timeline::decide::{read, shifted_blocks};
use flux_timeline::limits;
use flux_timeline::reference::{PlanRef, find_plan};
use flux_timeline::view::{ReadBlocks, ReadPlans};
use flux_timeline::{Distance, clock};

/// Arguments of `shiftTimeline`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShiftTimeline {
    /// Local time; every open block that starts at or after it is moved.
    pub after: WallTime,
    /// Local time; only blocks that start before it are moved, e.g. the end of a day. Without it, all later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<WallTime>,
    /// By how many days; negative is earlier. A week is 7. The time of day stays the same.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = -365, max = 365))]
    pub by_days: i64,
    /// By how many minutes; negative is earlier.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = -525_600, max = 525_600))]
    pub by_minutes: i64,
    /// Title or id of the plan; all plans in use where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub plan: Option<String>,
}

impl ShiftTimeline {
    fn by(&self) -> Distance {
        Distance { days: self.by_days, minutes: self.by_minutes }
    }
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Tool for ShiftTimeline {
    const NAME: &'static str = "shiftTimeline";
    const DESCRIPTION: &'static str = "Moves all open blocks that start at or after a time, by the same days and minutes. For one day or a \
         part of it, say with `before` where it ends.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::ShiftTimeline {
            plan: self.plan.as_deref().map(PlanRef::from),
            after: self.after.instant("/after", context)?,
            before: self.before.as_ref().map(|before| before.instant("/before", context)).transpose()?,
            by: self.by(),
        }))
    }

    fn consent<V: ReadPlans + ReadBlocks>(&self, view: &V, context: &ToolContext) -> ConsentResult<V> {
        let Ok(Action::Command(Command::ShiftTimeline { plan, after, before, .. })) = self.action(context) else {
            return Ok(None);
        };
        let plan = plan.map(|plan| find_plan(view, &plan)).transpose()?.map(|plan| plan.id);
        let query = shifted_blocks(plan, after, before, self.by());
        // A shift of too many is refused, so nobody is asked.
        if !(limits::MOVED_WITHOUT_ASKING + 1..=limits::SHIFT_BLOCKS).contains(&read(view.count_blocks(&query))?) {
            return Ok(None);
        }
        let blocks = read(view.blocks(&query))?;
        let by = self.by();
        let from = context.zone.wall(after);
        let mut arguments = json!({ "after": after, "byDays": by.days, "byMinutes": by.minutes });
        if let Some(before) = before {
            arguments["before"] = json!(before);
        }
        if let Some(plan) = plan {
            arguments["plan"] = json!(plan);
        }
        Ok(Some(Consent {
            question: format!(
                "Move {} blocks {}, from {} {} on?",
                blocks.len(),
                by.words(),
                clock::iso_date(from.date()),
                clock::hours(from.time()),
            ),
            arguments,
            touches: blocks.iter().map(|block| block.id).collect(),
        }))
    }
}
