//! What comes from the service, and what is done about it.

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::ServerFrame;
use flux_protocol::frame::{Counts, RpcResponse};
use flux_timeline::Zone;

use super::{Store, View};
use crate::calls::{Answer, BlockPage, Call, LOG_PAGE, Mutation, PastMoment, PlanChange};
use crate::connection::{Socket, Status};
use crate::history::Log;
use crate::platform;
use crate::timeline::Known;
use crate::timeline::projection::Next;
use crate::toast::toasts::Kind;
use crate::wire;

/// Events of a log in which nothing was done yet: the first plan is made, and shown.
const FRESH_LOG: u64 = 2;

impl Store {
    /// Tells what the connection is doing.
    pub fn set_status(&mut self, status: Status) {
        self.now.set(platform::now());
        self.status.set(status);
    }

    /// What is known of the log, to be sent only what comes after.
    pub fn known(&self) -> Option<Known> {
        self.projection.peek().known()
    }

    /// Whether events are missing, which a new connection brings. Asking settles it.
    pub fn wants_to_reconnect(&mut self) -> bool {
        self.wants_to_reconnect.replace(false)
    }

    /// The socket is open.
    pub fn connected(&mut self, socket: Socket) {
        self.socket.set(Some(socket));
        self.set_status(Status::Connected);
        self.cannot_load.set(false);
        self.draft_note.set(None);
        let probe = self.conversation.write().connected(&platform::short_id());
        self.send(&probe);
        if self.calls.write().drop_late() {
            self.toast(
                "The connection was lost before it was known what came of it. It may or may not have been done; look, then try again.",
                Kind::Problem,
            );
        }
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
                let is_fresh = snapshot.seq <= FRESH_LOG;
                let is_another = self.known().is_some_and(|known| known.log != snapshot.log);
                self.projection.write().load(*snapshot);
                self.predict();
                if is_another {
                    self.forget(is_fresh);
                }
                if is_fresh {
                    self.tell_zone();
                }
            }
            ServerFrame::FluxEvents { events } => {
                if self.calls.peek().has_any_of(&events) {
                    self.calls.write().happened(&events);
                }
                let next = self.projection.write().apply(&events);
                self.predict();
                // The present has changed, and with it the differences.
                self.renew_past();
                let is_unclear = self.log.write().happened(&events);
                if is_unclear {
                    // Asked for now where it is looked at, else when it is opened next.
                    let query = self.log.peek().query().clone();
                    if *self.view.peek() == View::History {
                        self.submit(Mutation::LoadLog { before: None, query });
                    } else {
                        self.log.write().begin(query);
                    }
                }
                match next {
                    Next::Nothing => {}
                    Next::LoadPlan => self.submit(Mutation::LoadTimeline),
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

    /// Asks for the past that is shown once more, from the day on that is looked at, if it is shown.
    pub(super) fn renew_past(&mut self) {
        let seq = self.past.peek().as_ref().map(|past| past.seq);
        if let Some(seq) = seq {
            let from = *self.anchor.peek();
            self.submit(Mutation::LoadPast(PastMoment::Still(seq, from)));
        }
    }

    /// Lets go of what was about a log that is no more: everything was deleted, or came from a file.
    fn forget(&mut self, is_fresh: bool) {
        self.log.set(Log::default());
        self.past.set(None);
        self.counts.set(Counts::default());
        self.anchor.set(None);
        self.editing.set(None);
        // What was being written is gone with the rest, but not where somebody who had nothing brings a file.
        if is_fresh {
            self.change.set(None);
            self.write("");
        }
        if *self.view.peek() == View::History {
            self.load_log();
            self.submit(Mutation::LoadCounts);
        }
    }

    /// A person who is new has the zone UTC: the browser knows better. Whoever has done something may have chosen it.
    fn tell_zone(&mut self) {
        let log = self.projection.peek().known().and_then(|known| known.log);
        if self.projection.peek().zone() != Zone::UTC || self.told_zone.replace(log) == log {
            return;
        }
        let zone = platform::time_zone().and_then(|name| Zone::new(&name).ok());
        if let Some(zone) = zone.filter(|zone| *zone != Zone::UTC) {
            self.submit(Mutation::SetZone(zone.name().to_owned()));
        }
    }

    fn answered(&mut self, response: RpcResponse) {
        let Some((call, answer)) = self.calls.write().finish(response) else { return };
        if call.mutation.is_edit() {
            // What was refused is as it was.
            self.predict();
            self.keep_edits();
        }
        match answer {
            Answer::Past(past) if matches!(call.mutation, Mutation::LoadPast(PastMoment::Still(..))) => {
                if self.past.peek().as_ref().is_some_and(|shown| shown.seq == past.seq) {
                    self.past.set(Some(*past));
                }
            }
            Answer::Past(past) => {
                self.past.set(Some(*past));
                if *self.view.peek() == View::History && *self.is_narrow.peek() {
                    self.show(View::Timeline);
                }
            }
            Answer::Event(text) => {
                if let Mutation::LoadEvent(seq) = call.mutation {
                    self.log.write().add_details(seq, text);
                }
            }
            Answer::Log(page) => {
                if let Mutation::LoadLog { before, query } = &call.mutation {
                    self.log.write().add_page(*page, *before, query, LOG_PAGE);
                }
            }
            Answer::Counts(counts) => self.counts.set(counts),
            Answer::Timeline(snapshot) => {
                self.projection.write().load(*snapshot);
                self.predict();
            }
            Answer::Blocks(page) => {
                if let Mutation::LoadBlocks(_, asked) = &call.mutation {
                    if matches!(asked, BlockPage::With(_)) && !page.complete {
                        let found = page.blocks.len();
                        self.toast(
                            format!(
                                "More than {found} blocks fit; the first {found} were found. Another word finds fewer."
                            ),
                            Kind::Done,
                        );
                    }
                    self.projection.write().learn(asked, page);
                    self.predict();
                }
            }
            Answer::Done { summary } => self.done(&call, summary),
            Answer::Failed(_) if self.is_gone(&call.mutation) => {
                self.toast(
                    "The block is no longer there as you saw it. Your change was not made; look, then try again.",
                    Kind::Problem,
                );
            }
            Answer::Failed(sentence) if call.mutation.is_the_persons() => self.failed(&[call], sentence),
            Answer::Failed(sentence) => {
                platform::warn(&format!("flux: {sentence}"));
                if matches!(call.mutation, Mutation::LoadBlocks(..)) {
                    self.cannot_load.set(true);
                }
            }
        }
    }

    /// Tells why calls were not carried out: in the dialog of the settings where they are about these, as notes lie behind it.
    fn failed(&mut self, calls: &[Call], sentence: String) {
        let is_of_settings = calls.iter().any(|call| matches!(call.mutation, Mutation::ChangeSettings(_)));
        if is_of_settings && *self.settings_open.peek() {
            self.settings_problem.set(Some(sentence));
        } else {
            self.toast(sentence, Kind::Problem);
        }
    }

    /// Whether the block that was to be changed is no longer there: the service can name it by its id only.
    fn is_gone(&self, mutation: &Mutation) -> bool {
        mutation.block().is_some_and(|id| self.projection.peek().block(id).is_none())
    }

    /// Tells of what was done, where it cannot be seen or is to be taken back easily.
    fn done(&mut self, call: &Call, summary: Option<String>) {
        let undoable = Kind::Undoable(call.txn());
        match &call.mutation {
            Mutation::Delete { title, .. } => self.toast(format!("Deleted “{title}”."), undoable),
            Mutation::ChangePlan(_, PlanChange::Archive(title)) => self.toast(format!("Archived “{title}”."), undoable),
            Mutation::ChangePlan(_, PlanChange::Delete(title)) => self.toast(format!("Deleted “{title}”."), undoable),
            Mutation::ChangeSettings(_) => {
                self.settings_open.set(false);
                self.toast("Your settings are saved.", Kind::Done);
            }
            Mutation::DeleteEverything => self.toast("Everything was deleted. You begin anew.", Kind::Done),
            Mutation::Restore(_) => {
                self.leave_past();
                if let Some(summary) = summary {
                    self.toast(summary, undoable);
                }
            }
            Mutation::Undo | Mutation::UndoOne(_) | Mutation::Redo | Mutation::Again(..) => {
                if let Some(summary) = summary {
                    self.toast(summary, Kind::Done);
                }
            }
            _ => {}
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
        self.predict();
        self.keep_edits();
        if late.iter().any(|call| call.mutation.is_the_persons()) {
            let sentence = "The service did not answer. It may or may not have been done; look, then try again.";
            self.failed(&late, sentence.to_owned());
        }
    }
}
