//! What comes from the service, and what is done about it.

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::ServerFrame;
use flux_protocol::frame::RpcResponse;
use flux_tools::Zone;

use super::Store;
use crate::calls::{Answer, Wish};
use crate::connection::{Socket, Status};
use crate::platform;
use crate::timeline::projection::Next;
use crate::toast::toasts::Kind;
use crate::wire;

impl Store {
    /// Tells what the connection is doing.
    pub fn set_status(&mut self, status: Status) {
        self.now.set(platform::now());
        self.status.set(status);
    }

    /// The last event that is known, to be sent only those after it.
    pub fn last_seq(&self) -> Option<u64> {
        self.projection.peek().last_seq()
    }

    /// Whether events are missing, which a new connection brings. Asking settles it.
    pub fn wants_to_reconnect(&mut self) -> bool {
        self.wants_to_reconnect.replace(false)
    }

    /// The socket is open.
    pub fn connected(&mut self, socket: Socket) {
        self.socket.set(Some(socket));
        self.set_status(Status::Connected);
        self.draft_note.set(None);
        let probe = self.conversation.write().connected(&platform::short_id());
        self.send(&probe);
        // What was asked for before the last socket was lost, and not answered.
        let unanswered = self.calls.write().unanswered(platform::now());
        for frame in unanswered {
            self.send(&frame);
        }
    }

    /// The socket is gone.
    pub fn disconnected(&mut self) {
        self.socket.set(None);
        self.conversation.write().disconnected();
    }

    /// Takes a frame. What cannot be read is counted and changes nothing.
    pub fn receive(&mut self, text: &str) {
        match wire::read::<ServerFrame>(text) {
            Ok(frame) => self.handle(frame),
            Err(error) => {
                let count = *self.unreadable.peek() + 1;
                self.unreadable.set(count);
                platform::warn(&format!("flux: frame could not be read ({error}); {count} so far"));
                // Without these the timeline would be wrong. A page that was loaded before the service was renewed may
                // not know all that it says.
                if text.starts_with("{\"type\":\"flux_events\"") || text.starts_with("{\"type\":\"flux_snapshot\"") {
                    self.is_outdated.set(true);
                }
            }
        }
    }

    fn handle(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::CfAgentUseChatResponse(response) => {
                let probe = platform::short_id();
                let question = self.conversation.write().respond(&response, &probe);
                question.iter().for_each(|frame| {
                    self.send(frame);
                });
            }
            ServerFrame::CfAgentChatMessages { messages, connect } => {
                let lost = self.conversation.write().replace(messages, connect == Some(true));
                lost.iter().for_each(|frame| {
                    self.send(frame);
                });
            }
            ServerFrame::CfAgentMessageUpdated { message } => self.conversation.write().update(message),
            ServerFrame::CfAgentChatClear => self.conversation.write().cleared_elsewhere(),
            ServerFrame::CfAgentStreamResuming { id, .. } => {
                let acknowledgement = self.conversation.write().resuming(id);
                acknowledgement.iter().for_each(|frame| {
                    self.send(frame);
                });
            }
            ServerFrame::CfAgentStreamPending { .. } => self.conversation.write().pending(),
            ServerFrame::CfAgentStreamResumeNone { reason, probe_id } => {
                self.conversation.write().nothing_to_resume(reason, probe_id.as_deref());
            }
            ServerFrame::FluxSnapshot(snapshot) => {
                self.projection.write().load(*snapshot);
                self.tell_zone();
            }
            ServerFrame::FluxEvents { events } => {
                let next = self.projection.write().apply(&events);
                match next {
                    Next::Nothing => {}
                    Next::LoadPlan => self.wish(Wish::LoadTimeline),
                    // Not over and over, where the events that come after a reconnect cannot be read either.
                    Next::Reconnect if *self.is_outdated.peek() => {}
                    Next::Reconnect => self.wants_to_reconnect.set(true),
                }
            }
            ServerFrame::Rpc(response) => self.answered(response),
            ServerFrame::FluxError { error } => self.toast(error, Kind::Problem),
            // The state of those that do not follow events; who the agent is, is known from the address.
            ServerFrame::CfAgentIdentity { .. }
            | ServerFrame::CfAgentState { .. }
            | ServerFrame::CfAgentStateError { .. } => {}
        }
    }

    /// A person who is new has the zone UTC: the browser knows better.
    fn tell_zone(&mut self) {
        if self.projection.peek().zone() != Zone::UTC || self.told_zone.replace(true) {
            return;
        }
        let zone = platform::time_zone().and_then(|name| Zone::new(&name).ok());
        if let Some(zone) = zone.filter(|zone| *zone != Zone::UTC) {
            self.wish(Wish::SetZone(zone.name().to_owned()));
        }
    }

    fn answered(&mut self, response: RpcResponse) {
        let Some((call, answer)) = self.calls.write().finish(response) else { return };
        match answer {
            Answer::Timeline(snapshot) => self.projection.write().load(*snapshot),
            Answer::Done { summary } => match &call.wish {
                Wish::Delete { title, .. } => self.toast(format!("Deleted “{title}”."), Kind::Undoable(call.txn())),
                Wish::Undo | Wish::Redo => {
                    if let Some(summary) = summary {
                        self.toast(summary, Kind::Done);
                    }
                }
                _ => {}
            },
            Answer::Failed(sentence) if call.wish.is_the_persons() => self.toast(sentence, Kind::Problem),
            Answer::Failed(sentence) => platform::warn(&format!("flux: {sentence}")),
        }
    }

    pub(super) fn give_up_on_late_calls(&mut self, now: DateTime<Utc>) {
        if !self.status.peek().is_connected() {
            return;
        }
        // Not written without need: who writes wakes everyone who reads.
        if !self.calls.peek().has_late(now) {
            return;
        }
        let late = self.calls.write().expire(now);
        if late.iter().any(|call| call.wish.is_the_persons()) {
            self.toast(
                "The service did not answer. It may or may not have been done; look, then try again.",
                Kind::Problem,
            );
        }
    }
}
