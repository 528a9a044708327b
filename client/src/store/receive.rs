//! Handling what comes from the service.

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::ServerFrame;
use flux_protocol::frame::{BlockPage as Page, Counts, EventFrame, RpcResponse};
use flux_timeline::command::Locale;
use flux_timeline::{Event, HourFormat, Zone, json};
use serde::Deserialize;

use super::{Store, View};
use crate::calls::{BlockPage, Call, Mutation, PastMoment, answer};
use crate::connection::{Socket, Status};
use crate::history::Log;
use crate::timeline::Known;
use crate::timeline::projection::Next;
use crate::toast::toasts::Kind;
use crate::{extras, platform, wire};

/// Number of events in a log without any user action: the first plan is created and activated.
const FRESH_LOG: u64 = 2;

/// What is read of a page of missed events. The rest of it is for the log, whose code is loaded later.
#[derive(Deserialize)]
struct Missed {
    events: Vec<Event>,
    last: u64,
}

impl Store {
    /// Sets the status of the connection.
    pub fn set_status(&mut self, status: Status) {
        self.now.set(platform::now());
        self.status.set(status);
    }

    /// The position in the log up to which the page has all events, so that the service sends only later ones.
    pub fn known(&self) -> Option<Known> {
        self.projection.peek().known()
    }

    /// Whether events are missing and a reconnect is needed to get them. Reading this resets it.
    pub fn wants_to_reconnect(&mut self) -> bool {
        self.wants_to_reconnect.replace(false)
    }

    /// Handles the opening of a socket. Until the service has said whose timeline it is, nothing of the user is sent.
    pub fn connected(&mut self, socket: Socket) {
        self.socket.set(Some(socket));
        let probe = self.conversation.write().connected(&platform::short_id());
        self.send(probe);
    }

    /// Handles the first frame about the timeline on a socket.
    fn greeted(&mut self) {
        if self.status.peek().is_connected() {
            return;
        }
        self.set_status(Status::Connected);
        self.cannot_load.set(false);
        self.draft_note.set(None);
        if self.calls.write().drop_time_sensitive() {
            self.toast(
                "The connection was lost before the service confirmed this change. Check whether it was made before you try again.",
                Kind::Problem,
            );
        }
        // Requests that were pending when the last socket was lost.
        let unanswered = self.calls.write().unanswered(platform::now());
        for frame in unanswered {
            self.send(frame);
        }
    }

    /// Handles the loss of the socket.
    pub fn disconnected(&mut self) {
        self.socket.set(None);
        // Whoever waits for a response learns that none will come.
        self.asked.write().clear();
        self.conversation.write().disconnected();
    }

    /// Handles a frame. A frame that cannot be read is counted and changes nothing.
    pub fn receive(&mut self, text: &str) {
        match wire::read::<ServerFrame>(text) {
            Ok(frame) => self.handle(frame),
            Err(error) => {
                let count = *self.unreadable.peek() + 1;
                self.unreadable.set(count);
                platform::warn(&format!("flux: frame could not be read ({error}); {count} so far"));
                // Without these frames the timeline would be wrong. A page that was loaded before the service was
                // updated may not be able to read all of its frames.
                if text.starts_with("{\"type\":\"flux_events\"") || text.starts_with("{\"type\":\"flux_snapshot\"") {
                    self.is_outdated.set(true);
                }
            }
        }
    }

    fn handle(&mut self, frame: ServerFrame) {
        self.take(frame);
        // The frame may be what a message waits for: the conversation, or the end of an answer.
        self.send_waiting(false);
    }

    fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::CfAgentUseChatResponse(response) => {
                let probe = platform::short_id();
                let question = self.conversation.write().respond(&response, &probe);
                question.into_iter().for_each(|frame| {
                    self.send(frame);
                });
            }
            ServerFrame::CfAgentChatMessages { messages, has_earlier, connect } => {
                let lost = self.conversation.write().replace(messages, has_earlier, connect == Some(true));
                lost.into_iter().for_each(|frame| {
                    self.send(frame);
                });
            }
            ServerFrame::CfAgentMessageUpdated { message } => self.conversation.write().update(message),
            ServerFrame::CfAgentChatClear => self.conversation.write().cleared_elsewhere(),
            ServerFrame::CfAgentStreamResuming { id, .. } => {
                let acknowledgement = self.conversation.write().resuming(id);
                acknowledgement.into_iter().for_each(|frame| {
                    self.send(frame);
                });
            }
            ServerFrame::CfAgentStreamPending { .. } => self.conversation.write().pending(),
            ServerFrame::CfAgentStreamResumeNone { reason, probe_id } => {
                self.conversation.write().nothing_to_resume(reason, probe_id.as_deref());
            }
            ServerFrame::FluxSnapshot(snapshot) => {
                let (log, is_fresh) = (snapshot.log, snapshot.seq <= FRESH_LOG);
                let is_another = self.known().is_some_and(|known| known.log != log);
                self.projection.write().load(*snapshot);
                self.belong_to(log, is_fresh);
                self.predict();
                self.greeted();
                if is_another {
                    self.forget();
                }
                if is_fresh {
                    self.report_locale();
                }
            }
            ServerFrame::FluxEvents(frame) => {
                // The service sends events only to a page that knows the log.
                self.greeted();
                self.follow(frame);
            }
            ServerFrame::FluxReminders { reminders } => self.reminders.set(reminders),
            ServerFrame::FluxGoals { goals } => {
                let settings = self.projection.peek().settings();
                let looking = self.looking.peek().clone();
                let followed = looking.clone().and_then(|looking| looking.followed(&goals, &settings));
                if followed != looking {
                    self.looking.set(followed);
                }
                self.goals.set(goals);
            }
            ServerFrame::Rpc(response) => self.answered(response),
            ServerFrame::FluxError { error, retry_after_ms } => {
                self.toast(error, Kind::Problem);
                if retry_after_ms.is_some() {
                    // Frames were refused unread. After a reconnect, what has no answer is sent again.
                    self.wants_to_reconnect.set(true);
                }
            }
            // The first frame of a connection. Reminders follow if there are some; the address already identifies the agent.
            ServerFrame::CfAgentIdentity { .. } => {
                self.reminders.set(Vec::new());
                self.goals.set(Vec::new());
            }
            // For clients that do not follow events.
            ServerFrame::CfAgentState { .. } | ServerFrame::CfAgentStateError { .. } => {}
        }
    }

    /// Handles events that were appended to the log.
    fn follow(&mut self, frame: EventFrame) {
        let (events, next) = self.projection.write().apply(frame);
        if self.calls.peek().has_any_of(&events) {
            self.calls.write().mark_carried_out(&events);
        }
        self.predict();
        // The present has changed, and with it the differences from the past that is shown.
        self.renew_past();
        let is_unclear = self.log.write().happened(&events);
        if is_unclear {
            // Reload the log now if it is shown, otherwise when it is next opened.
            let query = self.log.peek().query().clone();
            if *self.view.peek() == View::History {
                self.submit(Mutation::LoadLog { before: None, query });
            } else {
                self.log.write().begin(query);
            }
        }
        let is_asking = self.calls.peek().any(|mutation| matches!(mutation, Mutation::LoadMissed(_)));
        match next {
            Next::Nothing => {}
            Next::LoadPlan => self.submit(Mutation::LoadTimeline),
            // The answer contains these events, too. An outdated page could not read it.
            Next::LoadMissed | Next::Reconnect if is_asking || *self.is_outdated.peek() => {}
            Next::LoadMissed => self.load_missed(),
            Next::Reconnect => self.wants_to_reconnect.set(true),
        }
    }

    /// Asks for the events after the last known one, whole.
    fn load_missed(&mut self) {
        if let Some(known) = self.known() {
            self.submit(Mutation::LoadMissed(known.seq));
        }
    }

    /// Handles the answer: at most a page of the events after number `after`.
    fn missed(&mut self, after: u64, page: Missed) {
        let last = page.last;
        self.follow(EventFrame::whole(page.events));
        let seq = self.known().map_or(0, |known| known.seq);
        match seq < last {
            true if seq > after => self.load_missed(),
            true => self.wants_to_reconnect.set(true),
            false => {}
        }
    }

    /// If the past is shown, loads it again, from the day that is shown.
    pub(super) fn renew_past(&mut self) {
        let seq = self.past.peek().as_ref().map(|past| past.seq);
        if let Some(seq) = seq {
            let from = *self.anchor.peek();
            self.submit(Mutation::LoadPast(PastMoment::Still(seq, from)));
        }
    }

    /// Leaves the history if it covers the timeline.
    pub(super) fn show_past_if_narrow(&mut self) {
        if *self.view.peek() == View::History && *self.is_narrow.peek() {
            self.show(View::Timeline);
        }
    }

    /// Drops what is shown of another log: everything was deleted, a file was imported, or the browser shows another timeline.
    fn forget(&mut self) {
        self.looking.set(None);
        self.goals.set(Vec::new());
        self.log.set(Log::default());
        self.past.set(None);
        self.preparing.set(None);
        self.counts.set(Counts::default());
        self.anchor.set(None);
        self.editing.set(None);
        if *self.view.peek() == View::History {
            self.load_log();
            self.submit(Mutation::LoadCounts);
        }
    }

    /// Reports where the browser is if no time zone is known.
    fn report_locale(&mut self) {
        let log = self.projection.peek().known().and_then(|known| known.log);
        if self.projection.peek().is_zone_known() || self.reported_zone.replace(log) == log {
            return;
        }
        if let Some(zone) = platform::time_zone().and_then(|name| Zone::new(&name).ok()) {
            let is_12h = platform::has_12_hours();
            let hour_format = is_12h.map(|is_12h| if is_12h { HourFormat::Hours12 } else { HourFormat::Hours24 });
            let week_start = platform::first_weekday();
            self.submit(Mutation::ReportLocale(Locale { zone, hour_format, week_start }));
        }
    }

    fn answered(&mut self, response: RpcResponse) {
        let Some(response) = self.hand_over(response) else { return };
        let Some(call) = self.calls.write().finish(&response) else { return };
        if call.mutation.is_edit() {
            // If the edit was refused, its prediction no longer applies.
            self.predict();
            self.store_edits();
        }
        if !call.mutation.loads_timeline() {
            return self.conclude(call, response);
        }
        if let Err(sentence) = self.loaded(&call.mutation, response) {
            platform::warn(&format!("flux: {sentence}"));
            match call.mutation {
                Mutation::LoadBlocks(..) => self.cannot_load.set(true),
                // Connecting is the other way to get the events.
                Mutation::LoadMissed(_) => self.wants_to_reconnect.set(true),
                _ => {}
            }
        }
    }

    /// Adds a part of the timeline that was requested. It must happen before the next frame, whose events build on it.
    fn loaded(&mut self, mutation: &Mutation, response: RpcResponse) -> Result<(), String> {
        let result = answer::result(response)?;
        match mutation {
            Mutation::LoadMissed(after) => {
                let page = json::read(result).map_err(|error| answer::unreadable("history", &error))?;
                self.missed(*after, page);
            }
            Mutation::LoadBlocks(asked) => {
                let page: Page = json::read(result).map_err(|error| answer::unreadable("timeline", &error))?;
                if matches!(asked, BlockPage::With(_)) && !page.complete {
                    let found = page.blocks.len();
                    let note = format!(
                        "More than {found} blocks match. Showing the first {found}; add a word to narrow the search."
                    );
                    self.toast(note, Kind::Done);
                }
                self.projection.write().learn(asked, page);
                self.predict();
            }
            _ => {
                let snapshot = wire::read_snapshot(result).map_err(|error| answer::unreadable("timeline", &error))?;
                self.projection.write().load(snapshot);
                self.predict();
            }
        }
        Ok(())
    }

    /// Leaves what follows from a response to the rest of the program, as soon as it is loaded.
    fn conclude(&mut self, call: Call, response: RpcResponse) {
        if *self.has_extras.peek() {
            extras::conclude(*self, call, response);
        } else {
            self.unread.write().push((call, response));
        }
    }

    /// Handles that the rest of the program is loaded.
    pub fn extras_loaded(&mut self) {
        self.lacks_extras.set(false);
        self.has_extras.set(true);
        let unread = self.unread.take();
        for (call, response) in unread {
            self.conclude(call, response);
        }
    }

    /// Shows why calls failed. Errors about settings appear in the settings dialog, because it would cover a note.
    pub(super) fn failed(&mut self, calls: &[Call], sentence: String) {
        let is_of_settings = calls.iter().any(|call| matches!(call.mutation, Mutation::ChangeSettings(_)));
        if is_of_settings && *self.settings_open.peek() {
            self.settings_problem.set(Some(sentence));
        } else {
            self.toast(sentence, Kind::Problem);
        }
    }

    pub(super) fn expire_late_calls(&mut self, now: DateTime<Utc>) {
        if !self.status.peek().is_connected() {
            return;
        }
        // Avoid unnecessary writes: each write wakes every reader of the signal.
        if !self.calls.peek().has_late(now) {
            return;
        }
        let late = self.calls.write().expire(now);
        self.predict();
        self.store_edits();
        if late.iter().any(|call| call.mutation.is_user_initiated()) {
            let sentence =
                "The service did not answer, so the change may or may not have been made. Check before you try again.";
            self.failed(&late, sentence.to_owned());
        }
    }
}
