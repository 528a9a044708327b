//! `findFreeTime`: looks for gaps between blocks.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext, WallTime};
use flux_timeline::query::{self, Query};

/// The default limit.
const DEFAULT_LIMIT: u32 = 5;
/// The default range, in days.
const DEFAULT_DAYS: i64 = 7;

/// Arguments of `findFreeTime`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindFreeTime {
    /// At least this many minutes in one piece.
    #[schemars(range(min = 1, max = 840))]
    pub duration_minutes: u32,
    /// Not before this local time; from now on where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<WallTime>,
    /// Not after this local time; 7 days after `from` where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<WallTime>,
    /// At most this many; 5 where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<u32>,
}

impl Tool for FindFreeTime {
    const NAME: &'static str = "findFreeTime";
    const DESCRIPTION: &'static str =
        "Finds free time between the blocks of all plans, from 08:00 to 22:00 of each day.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        let from = self.from.as_ref().map(|time| time.instant("/from", context)).transpose()?;
        let from = from.unwrap_or(context.now).max(context.now);
        let to = self.to.as_ref().map(|time| time.instant("/to", context)).transpose()?;
        Ok(Action::Query(Query::FreeTime(query::FindFreeTime {
            from,
            to: to.unwrap_or(from + TimeDelta::days(DEFAULT_DAYS)),
            length: TimeDelta::minutes(self.duration_minutes.into()),
            limit: self.limit.unwrap_or(DEFAULT_LIMIT) as usize,
        })))
    }
}
