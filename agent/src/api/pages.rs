//! Questions with long answers, which are read in pages: blocks, the messages of the conversation, and the log.

use std::collections::BTreeMap;

use flux_protocol::frame::{BlockPage, EventPage};
use flux_timeline::reference::{PlanRef, find_plan};
use flux_timeline::view::{BlockQuery, BlockState, TitleMatch};
use flux_timeline::{Actor, Event, ReadBlocks, ReadHistory, ReadRuns, RunId};
use serde_json::Value;

use super::error::ApiError;
use super::fields::PageFields;
use crate::json::value;
use crate::shown;
use crate::store::{EventQuery, Sql, Store};

/// Blocks that a call returns when it names no limit.
const DEFAULT_BLOCKS: usize = 500;

/// Blocks of a plan, or of all plans in use, from a place on or, when only the end of the page is given, up to it. A search returns
/// blocks with and without a time. A page without a search returns only blocks with a time, or only those without if `inbox` is set.
pub(super) fn blocks<S: Sql>(store: &Store<S>, fields: PageFields) -> Result<Value, ApiError> {
    let plan = fields.plan.map(|id| find_plan(store, &PlanRef::Id(id))).transpose()?.map(|plan| plan.id);
    let limit = fields.limit.unwrap_or(DEFAULT_BLOCKS);
    let is_search = fields.text.is_some() || fields.priority.is_some() || fields.state != BlockState::Any;
    let last = fields.before.is_some() && fields.after.is_none();
    let mut blocks = store.blocks(&BlockQuery {
        plan,
        words: fields.text.as_deref().map(TitleMatch::words).unwrap_or_default(),
        priority: fields.priority,
        has_time: match (fields.inbox, is_search) {
            (true, _) => Some(false),
            (false, true) => None,
            (false, false) => Some(true),
        },
        ends_after: fields.from,
        state: fields.state,
        after: fields.after,
        before: fields.before,
        // One more, to see whether more blocks follow.
        limit: limit + 1,
        last,
        ..BlockQuery::default()
    })?;
    let complete = blocks.len() <= limit;
    if !complete {
        blocks.remove(if last { 0 } else { limit });
    }
    Ok(value(&BlockPage { plan, blocks, complete }))
}

/// Messages of the conversation: the newest, or the ones just before the message `before`. They are fewer than `limit` if they
/// are large.
pub(super) fn messages<S: Sql>(store: &Store<S>, before: Option<&str>, limit: u64) -> Result<Value, ApiError> {
    match store.message_page(before, limit, shown::MESSAGES_BYTES)? {
        Some(page) => Ok(value(&page.messages)),
        None => Err(ApiError::Arguments("/before: there is no message with this id. Nothing was changed.".to_owned())),
    }
}

/// Events of the log, the messages and goals that led to them, and the number of the last event.
pub(super) fn events<S: Sql>(store: &Store<S>, query: &EventQuery) -> Result<Value, ApiError> {
    let events = store.events(query)?;
    let (turns, runs) = origins(&events);
    let causes = store.causes(&turns)?;
    let mut goals = BTreeMap::new();
    for id in runs {
        if let Some(run) = store.run(id)? {
            goals.insert(id.to_string(), run.goal.to_string());
        }
    }
    Ok(value(&EventPage { events, last: store.last_seq()?, causes, goals }))
}

/// The turns of the assistant that caused events, and the runs that caused them or that they are about.
fn origins(events: &[Event]) -> (Vec<&str>, Vec<RunId>) {
    let (mut turns, mut runs) = (Vec::new(), Vec::new());
    for event in events {
        match &event.actor {
            Actor::Assistant { turn, .. } => {
                insert(&mut turns, turn.as_str());
            }
            Actor::Workflow { run } => {
                insert(&mut runs, *run);
            }
            Actor::User | Actor::System => {}
        }
        if event.kind.is_about_run() {
            event.kind.subjects().first().into_iter().for_each(|run| insert(&mut runs, RunId::new(*run)));
        }
    }
    (turns, runs)
}

/// Inserts an item into a list in order, unless it is there. A set would be several kB of code for each type.
fn insert<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Err(place) = list.binary_search(&item) {
        list.insert(place, item);
    }
}
