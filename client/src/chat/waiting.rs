//! Messages that wait until they can be sent, because they were written without a connection. They are sent one after another: each when
//! the answer to the one before has ended. Pure.

use chrono::{DateTime, Utc};
use flux_protocol::{ClientFrame, ToolState};

use super::conversation::{Conversation, NewIds, Shared, user_message};

impl Conversation {
    /// The messages that wait, in the order in which they were written.
    pub fn waiting(&self) -> &[Shared] {
        &self.waiting
    }

    /// Adds a message of the user that is to be sent.
    pub fn wait(&mut self, id: String, text: &str, at: DateTime<Utc>) {
        self.waiting.push(user_message(id, text, at).into());
    }

    /// Takes back the message with this id, or all of them, and returns what was written.
    pub fn take_back(&mut self, id: Option<&str>) -> Vec<String> {
        let is_meant = |message: &Shared| id.is_none_or(|id| message.id == id);
        let texts = self.waiting.iter().filter(|message| is_meant(message)).map(|message| message.text()).collect();
        self.waiting.retain(|message| !is_meant(message));
        texts
    }

    /// Whether the next message can be sent, if the socket is open.
    ///
    /// The service must have sent the conversation on this socket: it may have gone on in another tab, or have been cleared. A message that
    /// the user sends at this moment (`is_sent_now`) does not wait for their answer to a question, and neither do those before it.
    pub fn can_send_next(&self, is_sent_now: bool) -> bool {
        let asks = |message: &Shared| message.tools().any(|tool| tool.call.state == ToolState::ApprovalRequested);
        let is_settled = || self.probe.is_none() && !self.messages.last().is_some_and(asks);
        !self.waiting.is_empty() && self.is_listed && !self.is_busy() && (is_sent_now || is_settled())
    }

    /// Moves the next message to the end of the conversation and returns the frame to send. The message has the time at which it is sent.
    pub fn send_next(&mut self, request: String, at: DateTime<Utc>, time_zone: Option<String>) -> Option<ClientFrame> {
        if self.waiting.is_empty() {
            return None;
        }
        let next = self.waiting.remove(0);
        let ids = NewIds { request, message: next.id.clone() };
        Some(self.submit(ids, &next.text(), at, time_zone))
    }
}
