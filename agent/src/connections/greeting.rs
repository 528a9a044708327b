//! The first frames of a connection.

use flux_protocol::frame::EventFrame;
use flux_protocol::{MAX_MESSAGE_BYTES, ServerFrame, close};
use flux_timeline::ReadHistory;

use crate::agent::ChatAgent;
use crate::api::permit;
use crate::api::route::AGENT;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::shown;
use crate::store::{StoreError, bytes};
use crate::telemetry::LogRecord;
use flux_identity::Scope;

/// A client that missed at most this many events is sent them. One that missed more gets a snapshot.
const CATCH_UP_EVENTS: u64 = 1_000;

/// Largest greeting, in bytes.
const GREETING_BYTES: usize = 1_000_000;
/// What a greeting needs besides the timeline and the messages, in bytes: the identity, and the frames around all of it.
const FRAMES_BYTES: usize = 2_000;

impl<H: Host> ChatAgent<H> {
    /// Greets a connection. One that may not read is closed for good.
    pub fn connect(&self, connection: &H::Connection) {
        self.log(&LogRecord::Socket { outcome: "opened" });
        if let Err(error) = permit(&connection.info().principal, Scope::Read) {
            connection.close(close::POLICY_VIOLATION, &error.to_string());
            return;
        }
        if let Err(error) = self.greet(connection) {
            self.fault("connect", &error);
            // Clients reconnect. The fault may be over by then.
            connection.close(close::INTERNAL_ERROR, "The timeline could not be read. Nothing was lost; trying again.");
        }
    }

    fn greet(&self, connection: &H::Connection) -> Result<(), StoreError> {
        self.have_plan()?;
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
        let others = self.frames_for_followers(follows_state)?;
        let taken: usize = others.iter().map(String::len).sum();
        let room = GREETING_BYTES.saturating_sub(FRAMES_BYTES + conversation.len() + taken);
        let frame = if follows_state { self.state_frame()? } else { self.catch_up(&info, room)? };
        let timeline = frame.to_text();
        connection.send(&timeline);
        others.iter().for_each(|frame| connection.send(frame));
        if timeline.len() > room {
            let left = GREETING_BYTES.saturating_sub(FRAMES_BYTES + timeline.len());
            // A state can be larger than a greeting. The newest message is sent even then.
            conversation = self.conversation_frame(left.max(MAX_MESSAGE_BYTES), true)?.to_text();
        }
        connection.send(&conversation);
        Ok(())
    }

    /// The frames with the reminders that have come and with the goals, if there are some. Clients that follow the state do not get them.
    fn frames_for_followers(&self, follows_state: bool) -> Result<Vec<String>, StoreError> {
        if follows_state {
            return Ok(Vec::new());
        }
        let frame = self.reminders_frame()?;
        let has_some = matches!(&frame, ServerFrame::FluxReminders { reminders } if !reminders.is_empty());
        let reminders = has_some.then(|| frame.to_text());
        Ok(reminders.into_iter().chain(self.goals_frame()?).collect())
    }

    /// The events that a client has missed, if they have at most `room` bytes, or a snapshot. They are whole, so a client that
    /// cannot apply what it is sent gets it by connecting again.
    fn catch_up(&self, info: &ConnectionInfo, room: usize) -> Result<ServerFrame, StoreError> {
        if let Some(after) = info.after {
            let last = self.0.store.last_seq()?;
            let is_same_log = info.log.is_none() || info.log == self.0.store.log()?;
            if is_same_log && after > 0 && after <= last && last - after <= CATCH_UP_EVENTS {
                let events = self.0.store.events_after(after, CATCH_UP_EVENTS)?;
                if events.iter().map(bytes).sum::<usize>() + events.len() <= room {
                    return Ok(ServerFrame::FluxEvents(EventFrame::whole(events)));
                }
            }
        }
        let snapshot = shown::snapshot(&self.0.store, self.0.host.now(), self.model())?;
        Ok(ServerFrame::FluxSnapshot(Box::new(snapshot)))
    }
}
