//! Frames about the conversation as a whole, and resuming the stream after a reconnect. Pure.

use flux_protocol::frame::NoResume;
use flux_protocol::{ClientFrame, Message, Role};

use super::conversation::{Conversation, Shared, replace_and_truncate};

impl Conversation {
    /// Handles the opening of a socket. Returns the frame that asks whether something is streaming; `probe` is its id.
    pub fn connected(&mut self, probe: &str) -> ClientFrame {
        self.continuing = false;
        self.start_probe(probe)
    }

    /// Handles the loss of the socket. Requests may or may not still be running; the server will report that.
    pub fn disconnected(&mut self) {
        if let Some(stream) = self.stream.as_mut() {
            stream.is_orphaned = true;
        }
        for request in &mut self.requests {
            request.is_orphaned = true;
        }
        self.acknowledged = None;
        self.probe = None;
        self.is_listed = false;
    }

    /// Drops the messages and the requests, because another conversation is at the other end of the socket. What the page and
    /// the service have said on this socket is about that one.
    pub fn leave(&mut self) {
        *self = Self { acknowledged: self.acknowledged.take(), probe: self.probe.take(), ..Self::default() };
    }

    /// Handles the offer to resume request `id`. Returns the acknowledgement, once per socket.
    pub fn resuming(&mut self, id: String) -> Option<ClientFrame> {
        if self.acknowledged.as_ref() == Some(&id) {
            return None;
        }
        self.acknowledged = Some(id.clone());
        Some(ClientFrame::CfAgentStreamResumeAck { id })
    }

    /// Handles the report that a request is accepted and not streaming yet.
    pub fn pending(&mut self) {
        self.continuing = self.stream.is_none() && self.requests.is_empty();
    }

    /// Handles the report that nothing is streaming: requests from before the loss of the socket have ended.
    pub fn nothing_to_resume(&mut self, reason: Option<NoResume>, probe: Option<&str>) {
        if probe.is_none() || self.probe.as_deref() != probe {
            return;
        }
        self.probe = None;
        if reason == Some(NoResume::Idle) {
            self.end_orphaned();
        }
    }

    /// Ends the stream and the requests that were running when the socket was lost.
    pub(super) fn end_orphaned(&mut self) {
        self.probe = None;
        if self.stream.as_ref().is_some_and(|stream| stream.is_orphaned) {
            self.close_stream();
        }
        self.requests.retain(|request| !request.is_orphaned);
        self.continuing = false;
    }

    /// Replaces the messages with the server's list of the newest ones. If it has earlier ones too, the loaded messages from
    /// before the list are kept. Returns requests that the server never received, to send again.
    pub fn replace(&mut self, list: Vec<Message>, has_earlier: bool, is_connect: bool) -> Vec<ClientFrame> {
        let earlier = if has_earlier { self.loaded_before(&list) } else { Vec::new() };
        let is_known = !earlier.is_empty();
        let lost = self.set(earlier.into_iter().chain(list.into_iter().map(Shared::from)).collect(), is_connect);
        if !is_known {
            self.has_earlier = has_earlier;
        }
        lost
    }

    /// The loaded messages before the first one of a list. None if the list begins with a message that is not loaded: there
    /// may be others in between.
    fn loaded_before(&self, list: &[Message]) -> Vec<Shared> {
        let first = list.first().and_then(|first| self.messages.iter().position(|known| known.id == first.id));
        let before = self.messages.iter().take(first.unwrap_or(0));
        // A message can be in another place here than on the server, if it was sent during an answer.
        before.filter(|known| !list.iter().any(|message| message.id == known.id)).cloned().collect()
    }

    fn set(&mut self, mut list: Vec<Shared>, is_connect: bool) -> Vec<ClientFrame> {
        if is_connect {
            self.end_finished_stream();
        }
        let lost = self.keep_own_messages(&mut list, is_connect);
        self.keep_streaming_message(&mut list);
        self.messages = list;
        (self.is_loaded, self.is_listed) = (true, true);
        lost
    }

    /// If the server did not offer the stream again on this socket, it is over and the list has its whole message.
    fn end_finished_stream(&mut self) {
        let offered = self.acknowledged.as_deref();
        if self.stream.as_ref().is_some_and(|stream| stream.is_orphaned && offered != Some(stream.request.as_str())) {
            self.stream = None;
        }
    }

    /// Keeps the user's messages that the server has not stored yet at the end of the list, with their current text.
    fn keep_own_messages(&mut self, list: &mut Vec<Shared>, is_connect: bool) -> Vec<ClientFrame> {
        let mut lost = Vec::new();
        for request in &mut self.requests {
            // The server may still have the previous text under the same id.
            let text = request.message.text();
            if list.iter().any(|message| message.id == request.message.id && message.text() == text) {
                continue;
            }
            replace_and_truncate(list, request.message.clone());
            if is_connect && request.is_orphaned {
                // Same id as before, so that the message is stored only once if the first request does arrive.
                request.is_orphaned = false;
                lost.push(request.frame.clone());
            }
        }
        lost
    }

    fn keep_streaming_message(&self, list: &mut Vec<Shared>) {
        let Some(id) = self.streaming() else { return };
        let Some(own) = self.messages.iter().find(|message| message.id == id) else { return };
        match list.iter_mut().find(|message| message.id == id) {
            Some(place) => *place = own.clone(),
            None => list.push(own.clone()),
        }
    }

    /// Replaces one message: the one with the same id, or else the one that has one of the same tool calls.
    pub fn update(&mut self, message: Message) {
        if self.streaming() == Some(message.id.as_str()) {
            return;
        }
        let by_id = self.messages.iter().position(|known| known.id == message.id);
        let by_call = || {
            let calls: Vec<&str> = message.tools().map(|tool| tool.call.tool_call_id.as_str()).collect();
            self.messages.iter().position(|known| {
                known.role == Role::Assistant
                    && known.tools().any(|tool| calls.contains(&tool.call.tool_call_id.as_str()))
            })
        };
        let Some(place) = by_id.or_else(by_call) else { return };
        if let Some(known) = self.messages.get_mut(place) {
            let id = known.id.clone();
            *known = Message { id, ..message }.into();
        }
    }

    /// Handles a new conversation that was started in another tab.
    pub fn cleared_elsewhere(&mut self) {
        self.reset();
    }
}
