//! Frames to all connections: chat frames, and what changed in the timeline.

use std::rc::Rc;

use flux_protocol::frame::EventFrame;
use flux_protocol::{ServerFrame, close};
use flux_timeline::{Event, ReadPlans};
use uuid::Uuid;

use crate::agent::ChatAgent;
use crate::api::Change;
use crate::host::{Connection, Host};
use crate::jobs::changes_jobs;
use crate::shown;
use crate::store::{MessagePage, StoreError};
use crate::telemetry::{LogRecord, Name};

/// Most events in a frame. So many are about a megabyte.
const EVENTS_PER_FRAME: usize = 1_000;

/// Which connections get a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// Those that are up to date with the chat.
    Chat,
    /// All.
    All,
}

/// What a person reads whose access has ended.
pub(super) const ENDED: &str = "Your access has ended. Nothing was changed; sign in again.";

impl<H: Host> ChatAgent<H> {
    /// The open connections. Those of principals that have ended are closed.
    pub(crate) fn connections(&self) -> Rc<[H::Connection]> {
        let all = self.0.host.connections();
        if all.iter().all(|connection| connection.info().principal.until.is_none()) {
            return all;
        }
        let now = self.0.host.now();
        let (ended, open): (Vec<_>, Vec<_>) =
            all.iter().cloned().partition(|connection| connection.info().principal.has_ended(now));
        for connection in ended {
            connection.close(close::SIGNED_OUT, ENDED);
        }
        open.into()
    }

    /// Sends a frame to connections, except one.
    pub(crate) fn broadcast(&self, frame: &ServerFrame, to: To, except: Option<Uuid>) {
        self.broadcast_text(&frame.to_text(), to, except);
    }

    /// As [`Self::broadcast`], for a frame as text.
    pub(crate) fn broadcast_text(&self, frame: &str, to: To, except: Option<Uuid>) {
        for connection in self.connections().iter() {
            if self.is_sent(connection, to, except) {
                connection.send(frame);
            }
        }
    }

    fn is_sent(&self, connection: &H::Connection, to: To, except: Option<Uuid>) -> bool {
        let id = connection.info().id;
        let waits = to == To::Chat && self.0.resuming.borrow().contains(&id);
        !waits && Some(id) != except
    }

    /// Sends the newest part of the conversation to connections, except one.
    pub(crate) fn send_conversation(&self, to: To, except: Option<Uuid>) -> Result<(), StoreError> {
        if self.connections().iter().any(|connection| self.is_sent(connection, to, except)) {
            self.broadcast(&self.conversation_frame(shown::MESSAGES_BYTES, false)?, to, except);
        }
        Ok(())
    }

    /// The newest messages of the conversation that have at most `size` bytes together. `connect` is set in a greeting.
    pub(super) fn conversation_frame(&self, size: usize, connect: bool) -> Result<ServerFrame, StoreError> {
        let MessagePage { messages, has_earlier } = shown::newest_messages(&self.0.store, size)?;
        Ok(ServerFrame::CfAgentChatMessages { messages, has_earlier, connect: connect.then_some(true) })
    }

    /// Sends everyone what a call changed, and starts and ends workflows accordingly.
    pub(crate) fn announce(&self, change: Change) {
        match change {
            Change::Events(events) => self.publish(&events),
            Change::Everything => self.start_over(),
            Change::Reminders => {
                self.send_reminders();
                self.set_alarm();
            }
            Change::Access => self.close_ended(),
        }
    }

    /// Makes a plan if there is none, as after the import of a file without one.
    pub(super) fn have_plan(&self) -> Result<(), StoreError> {
        if self.0.store.active_plan()?.is_some() { Ok(()) } else { self.make_first_plan() }
    }

    /// Sends everyone the events that were appended to the log, and starts the workflows that they ask for.
    pub(crate) fn publish(&self, events: &[Event]) {
        self.count_events(events);
        self.send_events(events);
        self.send_goals(events);
        self.end_reminders(events);
        self.note_undone(events);
        self.set_in_motion(events);
        if events.iter().any(changes_jobs) {
            self.set_alarm();
        } else {
            self.wake_for_reminders(events);
        }
    }

    /// Logs how many events of the same kind follow each other.
    fn count_events(&self, events: &[Event]) {
        let name = |event: &Event| (event.kind.name(), event.actor.name());
        for alike in events.chunk_by(|one, next| name(one) == name(next)) {
            let Some((kind, by)) = alike.first().map(name) else { continue };
            self.log(&LogRecord::Events { kind, by, number: alike.len() as u64 });
        }
    }

    /// Sends new events to the connections that follow events. The others get the state a moment later.
    fn send_events(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let connections = self.connections();
        let (followers, others): (Vec<_>, Vec<_>) =
            connections.iter().partition(|connection| connection.info().follows_events);
        if !followers.is_empty() {
            // A restoration can be thousands of events, and frames have a limit.
            for events in events.chunks(EVENTS_PER_FRAME) {
                let frame = ServerFrame::FluxEvents(EventFrame::new(events)).to_text();
                followers.iter().for_each(|connection| connection.send(&frame));
            }
        }
        if !others.is_empty() {
            self.send_state_soon();
        }
    }

    /// Sends everyone everything, because all that they had was replaced.
    fn start_over(&self) {
        self.0.resuming.borrow_mut().clear();
        let begun = self
            .have_plan()
            .and_then(|()| self.0.store.plan_morning(self.0.host.now()))
            .and_then(|()| self.0.store.plan_series(self.0.host.now()))
            .and_then(|()| self.0.store.plan_goals(self.0.host.now()))
            .and_then(|()| self.0.store.find_reminders(self.0.host.now()))
            .and_then(|()| self.watch_runs())
            .and_then(|()| self.send_everything());
        if let Err(error) = begun {
            // Clients reconnect, and then get everything.
            self.fault("start-over", &error);
            self.connections()
                .iter()
                .for_each(|connection| connection.close(close::INTERNAL_ERROR, "Everything has changed."));
        }
        self.discard_now();
        self.set_alarm();
    }

    /// Sends a frame, if there is one, to all connections that follow events. It is not made if there are none. If it cannot be made, they
    /// are closed with this reason: clients reconnect, and then get it.
    pub(crate) fn send_to_followers(
        &self,
        at: Name,
        reason: &str,
        frame: impl FnOnce() -> Result<Option<String>, StoreError>,
    ) {
        let connections = self.connections();
        let followers = || connections.iter().filter(|connection| connection.info().follows_events);
        if followers().next().is_none() {
            return;
        }
        match frame() {
            Ok(frame) => frame.iter().for_each(|frame| followers().for_each(|connection| connection.send(frame))),
            Err(error) => {
                self.fault(at, &error);
                followers().for_each(|connection| connection.close(close::INTERNAL_ERROR, reason));
            }
        }
    }

    /// Sends everyone the whole timeline, and the goals to those that follow events.
    pub(crate) fn send_timeline(&self) -> Result<(), StoreError> {
        let snapshot = shown::snapshot(&self.0.store, self.0.host.now(), self.model())?;
        let snapshot = ServerFrame::FluxSnapshot(Box::new(snapshot)).to_text();
        let goals = self.goals_frame()?;
        let connections = self.connections();
        let is_state_followed = connections.iter().any(|connection| !connection.info().follows_events);
        let state = if is_state_followed { self.state_frame()?.to_text() } else { String::new() };
        for connection in connections.iter() {
            let follows_events = connection.info().follows_events;
            connection.send(if follows_events { &snapshot } else { &state });
            goals.iter().filter(|_| follows_events).for_each(|frame| connection.send(frame));
        }
        Ok(())
    }

    fn send_everything(&self) -> Result<(), StoreError> {
        self.send_timeline()?;
        let clear = ServerFrame::CfAgentChatClear.to_text();
        let messages = self.conversation_frame(shown::MESSAGES_BYTES, false)?.to_text();
        for connection in self.connections().iter() {
            connection.send(&clear);
            connection.send(&messages);
        }
        Ok(())
    }
}
