//! What the server tells about the conversation as a whole, and how a tab that comes back finds the stream again. Pure.

use flux_protocol::frame::NoResume;
use flux_protocol::{ClientFrame, Message, Role};

use super::conversation::{Conversation, Shared, cut_to};

impl Conversation {
    /// The socket is open. Gives the question whether something is streaming; `probe` is its id.
    pub fn connected(&mut self, probe: &str) -> ClientFrame {
        self.continuing = false;
        self.ask(probe)
    }

    /// The socket is gone. What was under way may or may not go on; the server will tell.
    pub fn disconnected(&mut self) {
        if let Some(stream) = self.stream.as_mut() {
            stream.is_suspect = true;
        }
        for request in &mut self.requests {
            request.is_suspect = true;
        }
        self.acknowledged = None;
        self.probe = None;
    }

    /// Request `id` is streaming. Gives the acknowledgement, once a socket.
    pub fn resuming(&mut self, id: String) -> Option<ClientFrame> {
        if self.acknowledged.as_ref() == Some(&id) {
            return None;
        }
        self.acknowledged = Some(id.clone());
        Some(ClientFrame::CfAgentStreamResumeAck { id })
    }

    /// A request is accepted and not streaming yet.
    pub fn pending(&mut self) {
        self.continuing = self.stream.is_none() && self.requests.is_empty();
    }

    /// Nothing is streaming: what was under way when the socket was lost has ended meanwhile.
    pub fn nothing_to_resume(&mut self, reason: Option<NoResume>, probe: Option<&str>) {
        if probe.is_none() || self.probe.as_deref() != probe {
            return;
        }
        self.probe = None;
        if reason == Some(NoResume::Idle) {
            self.all_has_ended();
        }
    }

    /// Whatever was under way when the socket was lost is over.
    pub(super) fn all_has_ended(&mut self) {
        self.probe = None;
        if self.stream.as_ref().is_some_and(|stream| stream.is_suspect) {
            self.close_stream();
        }
        self.requests.retain(|request| !request.is_suspect);
        self.continuing = false;
    }

    /// The server's list. Gives the requests that it has never seen, to be sent again.
    pub fn replace(&mut self, list: Vec<Message>, is_connect: bool) -> Vec<ClientFrame> {
        let mut list: Vec<Shared> = list.into_iter().map(Shared::from).collect();
        if is_connect {
            self.end_what_ended_meanwhile();
        }
        let lost = self.keep_own_messages(&mut list, is_connect);
        self.keep_streaming_message(&mut list);
        self.messages = list;
        self.is_loaded = true;
        lost
    }

    /// A stream that the server did not offer again on this socket is over, and the list has its whole message.
    fn end_what_ended_meanwhile(&mut self) {
        let offered = self.acknowledged.as_deref();
        if self.stream.as_ref().is_some_and(|stream| stream.is_suspect && offered != Some(stream.request.as_str())) {
            self.stream = None;
        }
    }

    /// What the person said and the server has not stored yet stays at the end of the list, in the words it has now.
    fn keep_own_messages(&mut self, list: &mut Vec<Shared>, is_connect: bool) -> Vec<ClientFrame> {
        let mut lost = Vec::new();
        for request in &mut self.requests {
            // Under its id there may be what it said before it was changed.
            let text = request.message.text();
            if list.iter().any(|message| message.id == request.message.id && message.text() == text) {
                continue;
            }
            cut_to(list, request.message.clone());
            if is_connect && request.is_suspect {
                // With the id it had: should the first one arrive after all, the message is stored once.
                request.is_suspect = false;
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

    /// One message changed: that with the id, else the one that has one of its calls.
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

    /// Another tab began a new conversation.
    pub fn cleared_elsewhere(&mut self) {
        self.empty();
    }
}
