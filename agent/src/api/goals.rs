//! Goals: how one would be planned, and which parts of a proposal are accepted. Everything else that can be done with a goal is the tool
//! `updateGoal`.

use chrono::{DateTime, Utc};
use flux_protocol::frame::{GoalPreview, PreviewPart};
use flux_timeline::command::{GoalRequest, WishesUpdate};
use flux_timeline::decide::{Context, wished};
use flux_timeline::draft::draft;
use flux_timeline::goal::GoalState;
use flux_timeline::reference::{RunRef, find_goal};
use flux_timeline::{Block, Command, DecideError, Goal, ReadBlocks, ReadPlans, RunId, Source, limits};
use flux_tools::tool::{ToolCall, ToolContext};
use serde_json::Value;
use uuid::Uuid;

use super::error::{ApiError, misfit};
use super::fields::{given, id, instant};
use crate::json::value;
use crate::store::{Sql, Store, StoreError};

/// The tool that changes goals. A question about a change has the same arguments, without the request.
const TOOL: &str = "updateGoal";

/// How a goal would be planned with other wishes.
#[derive(Debug)]
pub struct PreviewCall {
    /// The arguments of the tool, whose times are read in the person's zone.
    tool: ToolCall,
}

impl PreviewCall {
    /// Reads a goal and what is wished.
    pub(super) fn read(arguments: &Value) -> Result<Self, ApiError> {
        let mut arguments = arguments.clone();
        if let Value::Object(fields) = &mut arguments {
            fields.insert("request".to_owned(), "change".into());
        }
        match ToolCall::parse(TOOL, &arguments) {
            Ok(tool) => Ok(Self { tool }),
            Err(error) => Err(ApiError::Arguments(error.to_string())),
        }
    }
}

/// Reads which parts of a proposal are accepted: those that start at these moments.
pub(super) fn read_accept(arguments: &Value) -> Result<Command, ApiError> {
    let (mut goal, mut starts) = (None, None);
    for (name, value) in given(arguments, &["goal", "starts"])? {
        match name {
            "goal" => goal = Some(RunRef::Id(RunId::new(id(name, value)?))),
            _ => {
                let form = format!("a list of 1 to {} moments", limits::TASKS_PER_RUN);
                let list = value.as_array().filter(|list| (1..=limits::TASKS_PER_RUN).contains(&list.len()));
                let list = list.ok_or_else(|| misfit(name, &form, value))?;
                let moments: Result<Vec<DateTime<Utc>>, ApiError> =
                    list.iter().map(|moment| instant(name, moment)).collect();
                starts = Some(moments?);
            }
        }
    }
    Ok(Command::AcceptGoal { goal, starts })
}

/// How a goal would be planned from now on.
pub(super) fn preview<S: Sql>(store: &Store<S>, call: &PreviewCall, now: DateTime<Utc>) -> Result<Value, ApiError> {
    let zone = store.settings()?.zone();
    let context = ToolContext { now, zone, new_id: Uuid::nil() };
    let (reference, update) = match call.tool.wishes(&context) {
        Ok(wishes) => wishes,
        Err(error) => return Err(ApiError::Arguments(error.to_string())),
    };
    match wished_goal(store, reference.as_ref(), &update, now) {
        Ok(goal) => Ok(value(&previewed(store, &goal, now)?)),
        Err(DecideError::Rejected(rejection)) => Err(rejection.into()),
        Err(DecideError::View(error)) => Err(error.into()),
    }
}

/// The goal with these wishes.
fn wished_goal<S: Sql>(
    store: &Store<S>,
    reference: Option<&RunRef>,
    update: &WishesUpdate,
    now: DateTime<Utc>,
) -> Result<Goal, DecideError<StoreError>> {
    let goal = find_goal(store, reference, GoalRequest::Change)?;
    let settings = store.settings().map_err(DecideError::View)?;
    let wishes = wished(&goal, &settings, update, &Context { now, source: Source::User })?;
    Ok(Goal { state: GoalState { wishes, ..goal.state.clone() }, ..goal })
}

fn previewed<S: Sql>(store: &Store<S>, goal: &Goal, now: DateTime<Utc>) -> Result<GoalPreview, ApiError> {
    let draft = draft(store, goal, now)?;
    let part = |block: Block| {
        let session = block.is_session();
        block.span.map(|span| PreviewPart { title: block.title, span, session })
    };
    let blocks = draft.blocks(store.next_handle()?);
    Ok(GoalPreview {
        parts: blocks.into_iter().filter_map(part).collect(),
        replaced: draft.replaced.len() as u64,
        notes: draft.notes(),
        left_out: draft.left_out(),
    })
}
