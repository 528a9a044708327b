//! Calls that read what can be long, in pages: the blocks of a plan, and the log.

use std::collections::{BTreeMap, BTreeSet};

use flux_protocol::frame::{BlockPage, EventPage};
use flux_timeline::decide::DecideError;
use flux_timeline::reference::{PlanRef, find_plan};
use flux_timeline::view::{BlockQuery, TitleMatch};
use flux_timeline::{Actor, Event, Rejection, RunId, TimelineView};
use serde_json::Value;

use super::ChatAgent;
use super::fields::{Fields, PageFields};
use super::rpc::RpcError;
use crate::host::Host;
use crate::json::value;
use crate::store::{EventQuery, StoreError};

/// Most events that one call gives.
const EVENTS: u64 = 1_000;
/// Most blocks that one call gives.
const BLOCKS: usize = 1_000;
/// Blocks that a call gives where it does not say how many.
const BLOCKS_UNASKED: usize = 500;

impl<H: Host> ChatAgent<H> {
    /// Blocks of a plan, from a place on or, where only the end of the page is given, up to it.
    pub(super) fn blocks(&self, argument: &Value) -> Result<Value, RpcError> {
        let fields = PageFields::read(argument, BLOCKS)?;
        let store = &self.0.store;
        let plan = match fields.plan {
            Some(id) => find_plan(store, &PlanRef::Id(id))?.id,
            None => store.active_plan()?.ok_or(Rejection::NothingYet)?.id,
        };
        let limit = fields.limit.unwrap_or(BLOCKS_UNASKED);
        let last = fields.before.is_some() && fields.after.is_none();
        let mut blocks = store.blocks(&BlockQuery {
            plan: Some(plan),
            words: fields.text.as_deref().map(TitleMatch::words).unwrap_or_default(),
            priority: fields.priority,
            ends_after: fields.from,
            state: fields.state,
            after: fields.after,
            before: fields.before,
            // One more tells whether there are more.
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

    /// Events of the log, what led to them, and the number of the last one.
    pub(super) fn events(&self, argument: &Value) -> Result<Value, RpcError> {
        let names =
            ["after", "before", "newestFirst", "limit", "actor", "type", "about", "plan", "txn", "from", "until"];
        let fields = Fields::read(argument, &names)?;
        let store = &self.0.store;
        let events = store.events(&EventQuery {
            after: fields.after,
            before: fields.before,
            name: fields.name,
            actor: fields.actor,
            about: fields.about,
            plan: fields.plan,
            txn: fields.txn,
            from: fields.from,
            until: fields.until,
            newest_first: fields.newest_first,
            limit: fields.limit.unwrap_or(100).clamp(1, EVENTS),
        })?;
        let (turns, runs) = origins(&events);
        let causes = store.causes(&turns.into_iter().collect::<Vec<_>>())?;
        let mut goals = BTreeMap::new();
        for id in runs {
            if let Some(run) = store.run(id)? {
                goals.insert(id.to_string(), run.goal.to_string());
            }
        }
        Ok(value(&EventPage { events, last: store.last_seq()?, causes, goals }))
    }
}

/// The turns of the assistant in which events came about, and the runs that did them or that they are about.
fn origins(events: &[Event]) -> (BTreeSet<&str>, BTreeSet<RunId>) {
    let (mut turns, mut runs) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        match &event.actor {
            Actor::Assistant { turn, .. } => {
                turns.insert(turn.as_str());
            }
            Actor::Workflow { run } => {
                runs.insert(*run);
            }
            Actor::User | Actor::System => {}
        }
        if event.kind.is_about_run() {
            runs.extend(event.kind.subjects().first().map(|run| RunId::new(*run)));
        }
    }
    (turns, runs)
}

impl From<DecideError<StoreError>> for RpcError {
    fn from(error: DecideError<StoreError>) -> Self {
        match error {
            DecideError::Rejected(rejection) => Self::Rejected(rejection),
            DecideError::View(error) => Self::Store(error),
        }
    }
}
