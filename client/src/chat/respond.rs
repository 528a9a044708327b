//! Applying the frames of an answer to the conversation. Pure.
//!
//! A replay starts with chunk 0 and rebuilds the message from its state before the stream. So replaying twice, or
//! replaying chunks that already arrived live, gives the same message.

use flux_protocol::frame::ChatResponse;
use flux_protocol::{Chunk, ClientFrame, Message, Role};

use super::conversation::Conversation;
use super::stream::{Order, Stream};
use crate::wire;

impl Conversation {
    /// Handles a frame of an answer. If chunks were missed, returns the request for a replay, with `probe` as its id.
    pub fn respond(&mut self, response: &ChatResponse, probe: &str) -> Option<ClientFrame> {
        if self.dropped.as_deref() == Some(response.id.as_str()) {
            if response.done {
                self.dropped = None;
            }
            return None;
        }
        if response.error || response.done {
            return self.end(response, probe);
        }
        if response.replay_complete {
            self.probe = None;
        }
        if response.body.is_empty() {
            return None;
        }
        if self.stream.as_ref().is_none_or(|stream| stream.request != response.id) {
            self.close_stream();
            self.stream = Some(Stream::new(response.id.clone()));
            self.failure = None;
        }
        self.continuing = false;
        let stream = self.stream.as_mut()?;
        match stream.order(response) {
            Order::Next => {}
            Order::Known => return None,
            Order::Missed if stream.has_gap => return None,
            Order::Missed => {
                stream.has_gap = true;
                return Some(self.start_probe(probe));
            }
        }
        stream.is_orphaned = false;
        // Unknown chunks are skipped, as the protocol demands: a newer service may send them.
        if let Ok(chunk) = wire::read::<Chunk>(&response.body) {
            self.add(&chunk, response.continuation);
        }
        None
    }

    /// Returns the frame that asks whether something is streaming.
    pub(super) fn start_probe(&mut self, probe: &str) -> ClientFrame {
        self.probe = Some(probe.to_owned());
        self.acknowledged = None;
        ClientFrame::CfAgentStreamResumeRequest { probe_id: Some(probe.to_owned()) }
    }

    fn add(&mut self, chunk: &Chunk, continuation: bool) {
        if let Chunk::Start { message_id, .. } = chunk {
            self.start(message_id.as_deref(), continuation);
        }
        let Some(id) = self.stream.as_ref().and_then(|stream| stream.message.clone()) else { return };
        if let Some(message) = self.message_mut(&id) {
            message.add(chunk);
        }
    }

    fn start(&mut self, message_id: Option<&str>, continuation: bool) {
        let known = self.stream.as_ref().and_then(|stream| stream.message.clone());
        let last = || self.messages.iter().rfind(|message| message.role == Role::Assistant).map(|last| last.id.clone());
        let id = match (message_id, continuation) {
            (Some(id), _) => Some(id.to_owned()),
            (None, true) => known.or_else(last),
            (None, false) => known,
        };
        let Some(stream) = self.stream.as_mut() else { return };
        let id = id.unwrap_or_else(|| stream.request.clone());
        stream.message = Some(id.clone());
        let before = self.messages.iter().find(|message| message.id == id);
        if continuation && stream.base.is_none() {
            stream.base = before.map(|message| Message::clone(message));
        }
        let base = stream.base.clone().unwrap_or_else(|| Message::new(id.clone(), Role::Assistant));
        match self.message_mut(&id) {
            Some(message) => *message = base,
            None => self.messages.push(base.into()),
        }
    }

    /// Handles the end of a request. If requests from before the last reconnect remain, returns a frame that asks
    /// whether something is streaming, because those requests may have ended unnoticed.
    fn end(&mut self, response: &ChatResponse, probe: &str) -> Option<ClientFrame> {
        let is_own = self.requests.iter().any(|request| request.id == response.id);
        self.requests.retain(|request| request.id != response.id);
        if self.stream.as_ref().is_some_and(|stream| stream.request == response.id) {
            self.close_stream();
        }
        if response.error && !response.body.is_empty() {
            self.failure = Some(response.body.clone());
        } else if is_own {
            self.failure = None;
        }
        if response.replay {
            // The server replays an end only if nothing is streaming.
            self.end_orphaned();
            return None;
        }
        if self.requests.iter().any(|request| request.is_orphaned) {
            return Some(self.start_probe(probe));
        }
        if self.stream.is_none() {
            // Whatever the last question was about has ended, too.
            self.probe = None;
        }
        None
    }

    /// Ends the stream. An unfinished text in it stays as it is.
    pub(super) fn close_stream(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        if let Some(message) = stream.message.and_then(|id| self.message_mut(&id)) {
            message.close_text();
        }
    }
}
