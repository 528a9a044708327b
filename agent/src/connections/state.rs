//! The state, for clients that do not follow events. They get all of it after a change, so changes that come shortly after
//! each other are sent as one state, and no answer waits for it.
//!
//! A state has at most about 512 kB, whatever is stored: at most [`BLOCKS`] blocks in [`BLOCK_BYTES`], at most [`EVENTS`] events
//! in [`EVENT_BYTES`], and the titles of all plans, of which there are at most 200 (`flux_timeline::limits`). Each plan says how
//! many blocks it has (`blockCount`), and `getBlocks` reads the others.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use flux_protocol::ServerFrame;
use flux_protocol::close::INTERNAL_ERROR;
use flux_protocol::state::{State, StateBlock, StateEvent, StatePlan, StateWorkflow};
use flux_timeline::{BlockQuery, Event, Plan, PlanId, ReadBlocks, ReadPlans, ReadRuns};
use serde::Serialize;

use crate::agent::ChatAgent;
use crate::host::{Connection, Host};
use crate::store::StoreError;
use crate::{json, shown};

/// The time from a change to its state. With the time to build it, the state follows within 250 ms.
const AFTER_CHANGE: Duration = Duration::from_millis(200);
/// Most blocks in a state. Those of the active plan come first, then those of the newest plans. If a plan has more blocks than
/// there is room for, its blocks begin [`shown::DAYS`] days ago.
const BLOCKS: usize = 1_000;
/// Most bytes of blocks, as JSON. The first block that exceeds it is the first that is left out.
const BLOCK_BYTES: usize = 240_000;
/// Newest events in a state.
const EVENTS: u64 = 50;
/// Most bytes of events, as JSON. Older events are left out first.
const EVENT_BYTES: usize = 48_000;

/// The room that is left in a part of a state.
struct Room {
    bytes: usize,
}

impl Room {
    /// Takes the room for a value. The first value for which there is no room uses it up.
    fn take(&mut self, value: &impl Serialize) -> bool {
        // With the comma.
        let bytes = serde_json::to_string(value).map_or(usize::MAX, |text| text.len().saturating_add(1));
        let rest = self.bytes.checked_sub(bytes);
        self.bytes = rest.unwrap_or(0);
        rest.is_some()
    }
}

impl<H: Host> ChatAgent<H> {
    /// Sends the state a moment later to the connections that follow it, once for all changes until then.
    ///
    /// A Durable Object with a pending timer is not evicted. If its process dies, the sockets close, and clients get the state
    /// when they reconnect. So the last state always arrives.
    pub(super) fn send_state_soon(&self) {
        if self.0.is_state_due.replace(true) {
            return;
        }
        let agent = self.clone();
        self.0.host.spawn(Box::pin(async move {
            agent.0.host.sleep(AFTER_CHANGE).await;
            agent.0.is_state_due.set(false);
            agent.send_state();
        }));
    }

    fn send_state(&self) {
        let connections = self.connections();
        let followers: Vec<_> = connections.iter().filter(|connection| !connection.info().follows_events).collect();
        if followers.is_empty() {
            return;
        }
        match self.state_frame() {
            Ok(frame) => {
                let text = frame.to_text();
                followers.iter().for_each(|follower| follower.send(&text));
            }
            Err(error) => {
                self.fault("state", &error);
                // Clients reconnect after this code, and then get the state.
                followers.iter().for_each(|follower| follower.close(INTERNAL_ERROR, "The state could not be read."));
            }
        }
    }

    pub(super) fn state_frame(&self) -> Result<ServerFrame, StoreError> {
        Ok(ServerFrame::CfAgentState { state: json::value(&self.state()?) })
    }

    fn state(&self) -> Result<State, StoreError> {
        let store = &self.0.store;
        let newest = store.newest_events(EVENTS)?;
        let changed_at = newest.last().map(|event| event.at);
        let active = store.active_plan()?.map(|plan| plan.id);
        // The store gives the oldest first.
        let (first, others): (Vec<Plan>, Vec<Plan>) =
            store.plans()?.into_iter().rev().partition(|plan| Some(plan.id) == active);
        let (in_use, archived): (Vec<Plan>, Vec<Plan>) = others.into_iter().partition(Plan::is_in_use);
        let (mut room, mut count) = (Room { bytes: BLOCK_BYTES }, 0);
        let mut wires = BTreeMap::new();
        for plan in first.iter().chain(&in_use).chain(&archived) {
            let mut wire = StatePlan::new(plan, changed_at.unwrap_or(plan.created_at));
            self.fill(&mut wire, plan.id, BLOCKS - count, &mut room)?;
            count += wire.stream.len();
            // One by one, because collecting a map generates sorting code.
            wires.insert(wire.id.clone(), wire);
        }
        Ok(State {
            plans: wires,
            active_plan_id: active.map(|plan| plan.to_string()),
            events: events_that_fit(&newest),
            workflow: store.runs(1)?.first().map(StateWorkflow::from),
        })
    }

    /// Adds the blocks of a plan for which there is room, at most `limit`.
    fn fill(&self, wire: &mut StatePlan, plan: PlanId, limit: usize, room: &mut Room) -> Result<(), StoreError> {
        let counts = self.0.store.plan_counts(plan)?;
        wire.block_count = counts.all();
        if limit == 0 || room.bytes == 0 || wire.block_count == 0 {
            return Ok(());
        }
        let fits = wire.block_count <= limit as u64;
        let ends_after = (!fits).then(|| self.0.host.now() - TimeDelta::days(shown::DAYS));
        let query = BlockQuery { plan: Some(plan), ends_after, limit, ..BlockQuery::default() };
        let blocks = self.0.store.blocks(&query)?;
        wire.stream = blocks.iter().map(StateBlock::from).take_while(|block| room.take(block)).collect();
        Ok(())
    }
}

/// The newest events for which there is room, oldest first.
fn events_that_fit(newest: &[Event]) -> Vec<StateEvent> {
    let mut room = Room { bytes: EVENT_BYTES };
    let mut events: Vec<StateEvent> =
        newest.iter().rev().map(StateEvent::from).take_while(|event| room.take(event)).collect();
    events.reverse();
    events
}
