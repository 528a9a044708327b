//! The first frames of a connection.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use flux_protocol::state::{State, StateBlock, StateEvent, StatePlan, StateWorkflow};
use flux_protocol::{MAX_MESSAGE_BYTES, ServerFrame};
use flux_timeline::{Block, BlockQuery, Plan, ReadBlocks, ReadHistory, ReadPlans, ReadRuns};

use crate::agent::ChatAgent;
use crate::api::permit;
use crate::api::route::AGENT;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::identity::Scope;
use crate::store::{StoreError, bytes};
use crate::{json, shown};

/// A client that missed at most this many events is sent them. One that missed more gets a snapshot.
const CATCH_UP_EVENTS: u64 = 1_000;
/// Most blocks of a plan in a state frame. Each change sends the whole frame.
const STATE_BLOCKS: usize = 1_000;
/// Newest events in a state frame.
const STATE_EVENTS: u64 = 50;

/// Largest greeting, in bytes.
const GREETING_BYTES: usize = 1_000_000;
/// What a greeting needs besides the timeline and the messages, in bytes: the identity, and the frames around all of it.
const FRAMES_BYTES: usize = 2_000;

/// Close code for a socket that may not connect: "policy violation" (RFC 6455 §7.4.1). The published clients do not reconnect
/// after it.
const POLICY_VIOLATION: u16 = 1008;

impl<H: Host> ChatAgent<H> {
    /// Greets a connection. One that may not read is closed for good.
    pub fn connect(&self, connection: &H::Connection) {
        if let Err(error) = permit(&connection.info().principal, Scope::Read) {
            connection.close(POLICY_VIOLATION, &error.to_string());
            return;
        }
        if let Err(error) = self.greet(connection) {
            self.log(&format!("connect: {error}"));
            // Clients reconnect after 1011. The fault may be over by then.
            connection.close(1011, "The timeline could not be read. Nothing was lost; trying again.");
        }
    }

    fn greet(&self, connection: &H::Connection) -> Result<(), StoreError> {
        let info = connection.info();
        self.offer_stream(connection, info.id);
        let follows_state = !info.follows_events;
        connection.send(
            &ServerFrame::CfAgentIdentity {
                name: info.name.clone(),
                agent: AGENT.to_owned(),
                state_follows: follows_state.then_some(true),
            }
            .to_text(),
        );
        // Clients load the conversation over HTTP before they connect. One that was away while an answer ended would keep the
        // cut-off answer without this frame.
        let mut conversation = self.conversation_frame(shown::MESSAGES_BYTES, true)?.to_text();
        let room = GREETING_BYTES.saturating_sub(FRAMES_BYTES + conversation.len());
        let frame = if follows_state { self.state_frame()? } else { self.catch_up(&info, room)? };
        let timeline = frame.to_text();
        connection.send(&timeline);
        if timeline.len() > room {
            let left = GREETING_BYTES.saturating_sub(FRAMES_BYTES + timeline.len());
            // A state can be larger than a greeting. The newest message is sent even then.
            conversation = self.conversation_frame(left.max(MAX_MESSAGE_BYTES), true)?.to_text();
        }
        connection.send(&conversation);
        Ok(())
    }

    /// The events that a client has missed, if they have at most `room` bytes, or a snapshot.
    fn catch_up(&self, info: &ConnectionInfo, room: usize) -> Result<ServerFrame, StoreError> {
        if let Some(after) = info.after {
            let last = self.0.store.last_seq()?;
            let is_same_log = info.log.is_none() || info.log == self.0.store.log()?;
            if is_same_log && after > 0 && after <= last && last - after <= CATCH_UP_EVENTS {
                let events = self.0.store.events_after(after, CATCH_UP_EVENTS)?;
                if events.iter().map(bytes).sum::<usize>() + events.len() <= room {
                    return Ok(ServerFrame::FluxEvents { events });
                }
            }
        }
        let snapshot = shown::snapshot(&self.0.store, self.0.host.now(), self.model())?;
        Ok(ServerFrame::FluxSnapshot(Box::new(snapshot)))
    }

    pub(super) fn state_frame(&self) -> Result<ServerFrame, StoreError> {
        Ok(ServerFrame::CfAgentState { state: json::value(&self.state()?) })
    }

    fn state(&self) -> Result<State, StoreError> {
        let store = &self.0.store;
        let events = store.newest_events(STATE_EVENTS)?;
        let newest = events.last().map(|event| event.at);
        let mut plans = BTreeMap::new();
        for plan in store.plans()? {
            let blocks = self.state_blocks(&plan)?;
            let mut wire = StatePlan::new(&plan, newest.unwrap_or(plan.created_at));
            wire.stream = blocks.iter().map(StateBlock::from).collect();
            plans.insert(wire.id.clone(), wire);
        }
        Ok(State {
            plans,
            active_plan_id: store.active_plan()?.map(|plan| plan.id.to_string()),
            events: events.iter().map(StateEvent::from).collect(),
            workflow: store.runs(1)?.first().map(StateWorkflow::from),
        })
    }

    fn state_blocks(&self, plan: &Plan) -> Result<Vec<Block>, StoreError> {
        let counts = self.0.store.plan_counts(plan.id)?;
        let all = BlockQuery { plan: Some(plan.id), limit: STATE_BLOCKS, ..BlockQuery::default() };
        let fits = counts.open + counts.done <= STATE_BLOCKS as u64;
        let begin = (!fits).then(|| self.0.host.now() - TimeDelta::days(shown::DAYS));
        self.0.store.blocks(&BlockQuery { ends_after: begin, ..all })
    }
}
