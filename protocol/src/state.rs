//! The contents of the state frame, in the format of `cf_ai_temporal-flux`, whose own client reads it. Clients that follow
//! events do not receive it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use flux_timeline::{Block, Event, Plan, Run, RunStatus, Span, clock, json};
use serde::Serialize;
use serde_json::Value;

/// The state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Plans by id.
    pub plans: BTreeMap<String, StatePlan>,
    /// The active one.
    pub active_plan_id: Option<String>,
    /// The newest events, oldest first: at most 50, and as many as a state has room for.
    pub events: Vec<StateEvent>,
    /// The newest run of the architect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<StateWorkflow>,
}

/// A run of the architect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateWorkflow {
    /// Its id.
    pub id: String,
    /// `idle` (also for a cancelled run), `running`, `completed` or `failed`.
    pub status: &'static str,
    /// 0–100.
    pub progress: u8,
    /// What it is doing, or its result.
    pub message: String,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A plan with its blocks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatePlan {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its blocks, by start, as many as a state has room for.
    pub stream: Vec<StateBlock>,
    /// The number of all its blocks.
    pub block_count: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When something in this object changed last.
    pub updated_at: DateTime<Utc>,
    /// When it was archived. `None` if it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<DateTime<Utc>>,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateBlock {
    /// Its id.
    pub id: String,
    /// Its handle.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its length, in minutes; of a task without a time, how long it will take, if somebody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// `high`, `medium` or `low`.
    pub priority: &'static str,
    /// Its tags, without `#`.
    pub tags: Vec<String>,
    /// Its start; none for a task that has no time yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<DateTime<Utc>>,
    /// Its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<DateTime<Utc>>,
    /// The first day of an all-day block, `2026-11-24`. It has no start and no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<String>,
    /// Its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<String>,
    /// The last day for a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    /// The first day for a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_date: Option<String>,
    /// Whether it is completed.
    pub completed: bool,
    /// `task` or `appointment`.
    pub kind: &'static str,
    /// Whether it is an appointment that was missed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missed: bool,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateEvent {
    /// Its id.
    pub id: String,
    /// The type, e.g. `BLOCK_MOVED`.
    pub r#type: String,
    /// The details.
    pub payload: Value,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// Why it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl StatePlan {
    /// A plan without blocks.
    pub fn new(plan: &Plan, updated_at: DateTime<Utc>) -> Self {
        Self {
            id: plan.id.to_string(),
            title: plan.title.to_string(),
            stream: Vec::new(),
            block_count: 0,
            created_at: plan.created_at,
            updated_at,
            archived_at: plan.archived_at,
        }
    }
}

impl From<&Block> for StateBlock {
    fn from(block: &Block) -> Self {
        Self {
            id: block.id.to_string(),
            handle: block.handle.to_string(),
            title: block.title.to_string(),
            description: block.description.as_ref().map(ToString::to_string),
            duration: block.length().map(|length| length.num_minutes()),
            priority: block.priority.as_str(),
            tags: block.tags.iter().map(ToString::to_string).collect(),
            start_time: block.span.map(Span::start),
            end_time: block.span.map(Span::end),
            first_day: block.days.map(|days| clock::iso_date(days.first())),
            last_day: block.days.map(|days| clock::iso_date(days.last())),
            due_date: block.due.map(clock::iso_date),
            earliest_date: block.not_before.map(clock::iso_date),
            completed: block.completed_at.is_some(),
            kind: block.kind.as_str(),
            missed: block.missed_at.is_some(),
        }
    }
}

impl From<&Run> for StateWorkflow {
    fn from(run: &Run) -> Self {
        let status = match run.state.status {
            RunStatus::Cancelled => "idle",
            status => status.as_str(),
        };
        Self {
            id: run.id.to_string(),
            status,
            progress: run.state.percent,
            message: run.state.message.clone(),
            error: run.state.error.clone(),
        }
    }
}

impl From<&Event> for StateEvent {
    fn from(event: &Event) -> Self {
        let payload = json::value(&event.kind).get_mut("payload").map(Value::take);
        Self {
            id: event.id.to_string(),
            r#type: event.kind.name().to_owned(),
            payload: payload.unwrap_or_default(),
            timestamp: event.at,
            reason: event.reason.clone(),
        }
    }
}
