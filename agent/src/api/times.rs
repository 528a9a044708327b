//! Times for tasks that are overdue or have none: suggested first, and taken one by one or together.

use chrono::{DateTime, Utc};
use flux_protocol::frame::{SuggestedTime, SuggestedTimes};
use flux_timeline::ReadPlans;
use flux_timeline::decide::{Context, DecideError, Outcome, decide};
use flux_timeline::{BlockId, Command, Rejection, Source, limits};
use flux_tools::tool::{ToolCall, ToolError};
use serde_json::Value;

use super::error::{ApiError, misfit};
use super::fields::{given, id, instant};
use crate::json::value;
use crate::store::{Sql, Store};

/// The tool that finds times and gives them to tasks at once. A question about times has the same arguments.
const TOOL: &str = "rescheduleOverdue";

/// Reads which tasks a suggestion is for, and until when, as the command that would give them their times.
pub(super) fn read_tasks(arguments: &Value) -> Result<Command, ApiError> {
    match ToolCall::parse(TOOL, arguments) {
        Ok(ToolCall::RescheduleOverdue(tool)) => {
            let misfit = |problem| ToolError::Arguments { tool: TOOL, problems: vec![problem] };
            tool.command().map_err(|problem| ApiError::Arguments(misfit(problem).to_string()))
        }
        Ok(_) => Err(ApiError::Unknown(TOOL.to_owned())),
        Err(error) => Err(ApiError::Arguments(error.to_string())),
    }
}

/// Reads the starts that were accepted.
pub(super) fn read_starts(arguments: &Value) -> Result<Command, ApiError> {
    let mut starts: Vec<(BlockId, DateTime<Utc>)> = Vec::new();
    for (name, list) in given(arguments, &["times"])? {
        let list = list.as_array().ok_or_else(|| misfit(name, "a list", list))?;
        if list.len() > limits::RESCHEDULED_BLOCKS {
            return Err(Rejection::TooManyToReschedule { count: list.len() }.into());
        }
        for time in list {
            let (mut block, mut start) = (None, None);
            for (name, value) in given(time, &["id", "start"])? {
                match name {
                    "id" => block = Some(BlockId::new(id("times/id", value)?)),
                    _ => start = Some(instant("times/start", value)?),
                }
            }
            let form = r#"tasks such as {"id": "…", "start": "2026-11-24T08:00:00Z"}"#;
            starts.push(block.zip(start).ok_or_else(|| misfit(name, form, time))?);
        }
    }
    Ok(Command::PlaceTasks(starts))
}

/// The times that the command would give to tasks.
pub(super) fn suggest<S: Sql>(store: &Store<S>, command: &Command, now: DateTime<Utc>) -> Result<Value, ApiError> {
    let context = Context { now, source: Source::User };
    let decision = match decide(store, command, &context) {
        Ok(decision) => decision,
        Err(DecideError::Rejected(rejection)) => return Err(rejection.into()),
        Err(DecideError::View(error)) => return Err(error.into()),
    };
    let mut suggested = SuggestedTimes::default();
    if let Outcome::Rescheduled { blocks, left_out, more } = decision.outcome {
        let zone = store.settings()?.zone();
        let time = |block: flux_timeline::Block| {
            block.in_zone(zone).map(|(start, end)| SuggestedTime { id: block.id, start, end })
        };
        suggested = SuggestedTimes { times: blocks.into_iter().filter_map(time).collect(), left_out, more };
    }
    Ok(value(&suggested))
}
