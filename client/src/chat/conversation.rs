//! The conversation as a tab knows it: a reducer over the frames of the protocol and the person's own acts. Pure.
//!
//! What is sent to the server is returned, not sent.

use std::ops::Deref;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use flux_protocol::frame::{ChatRequestBody, RequestInit, Trigger};
use flux_protocol::message::{Approval, Part, TextPart};
use flux_protocol::{ClientFrame, Message, Role, ToolState};

use super::metadata;
use super::stream::Stream;

/// Most bytes of messages in a request; the server takes 256 kB a frame, and quotes in the body count twice there.
const REQUEST_BYTES: usize = 120 * 1024;

/// A message that is compared by identity, so that drawing the list again costs nothing for those that did not change.
#[derive(Debug, Clone)]
pub struct Shared(Rc<Message>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Shared {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.0
    }
}

impl From<Message> for Shared {
    fn from(message: Message) -> Self {
        Self(Rc::new(message))
    }
}

impl Shared {
    pub(super) fn to_mut(&mut self) -> &mut Message {
        Rc::make_mut(&mut self.0)
    }
}

/// A request of this tab that has not ended.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub id: String,
    /// What the person said with it; the last thing said, for another answer.
    pub message: Message,
    /// As it was sent, to be sent again should it be lost.
    pub frame: ClientFrame,
    /// Whether the socket that it was sent on is gone.
    pub is_suspect: bool,
}

/// The conversation.
#[derive(Debug, Default)]
pub struct Conversation {
    pub(super) messages: Vec<Shared>,
    pub(super) stream: Option<Stream>,
    pub(super) requests: Vec<Request>,
    /// An answer to a question was sent, and the model will go on.
    pub(super) continuing: bool,
    pub(super) failure: Option<String>,
    /// The request whose frames are dropped because the conversation was cleared under it.
    pub(super) dropped: Option<String>,
    /// The question "is something streaming?", until it is answered, and what it was answered with is replayed.
    pub(super) probe: Option<String>,
    /// The stream that was acknowledged on this socket.
    pub(super) acknowledged: Option<String>,
    pub(super) is_loaded: bool,
}

/// Ids for a request, made by whoever has randomness.
#[derive(Debug, Clone)]
pub struct NewIds {
    /// 8 characters of `[A-Za-z0-9_-]`.
    pub request: String,
    /// A UUID.
    pub message: String,
}

impl Conversation {
    /// All messages, oldest first.
    pub fn messages(&self) -> &[Shared] {
        &self.messages
    }

    /// The newest answer that has ended.
    pub fn last_answer(&self) -> Option<&Shared> {
        let ended =
            |message: &&Shared| message.role == Role::Assistant && self.streaming() != Some(message.id.as_str());
        self.messages.iter().rev().find(ended)
    }

    /// Whether the server has told what there is.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Whether an answer is on its way.
    pub fn is_busy(&self) -> bool {
        self.stream.is_some() || !self.requests.is_empty() || self.continuing
    }

    /// The message that is being written.
    pub fn streaming(&self) -> Option<&str> {
        self.stream.as_ref().and_then(|stream| stream.message.as_deref())
    }

    /// Whether an answer is on its way and nothing of it can be seen yet.
    pub fn is_waiting(&self) -> bool {
        if !self.is_busy() {
            return false;
        }
        let Some(id) = self.streaming() else { return true };
        let message = self.messages.iter().find(|message| message.id == id);
        message.is_none_or(|message| message.parts.iter().all(|part| !is_visible(part)))
    }

    /// What went wrong with the last answer, a sentence for the person.
    pub fn failure(&self) -> Option<String> {
        if self.is_busy() {
            return None;
        }
        let last = self.messages.last();
        let about = last.map(|message| metadata::of(message)).unwrap_or_default();
        let interruption =
            || about.is_interrupted.then(|| "The service was restarted in the middle of this answer.".to_owned());
        let unanswered = || {
            // Until the server has said what is streaming, an answer may be on its way.
            let is_settled = self.is_loaded && self.probe.is_none();
            let is_open = is_settled && last.is_some_and(|message| message.role == Role::User);
            is_open.then(|| "No answer came. Your message is kept.".to_owned())
        };
        self.failure.clone().or(about.error).or_else(interruption).or_else(unanswered)
    }

    /// Whether the last answer was stopped by the person.
    pub fn is_stopped(&self) -> bool {
        !self.is_busy() && self.messages.last().is_some_and(|message| metadata::of(message).is_stopped)
    }

    /// The person says something. The message is there at once; the frame is to be sent.
    pub fn submit(&mut self, ids: NewIds, text: &str, at: DateTime<Utc>, time_zone: Option<String>) -> ClientFrame {
        let message = said(ids.message, text, at);
        self.messages.push(message.clone().into());
        self.request(ids.request, message, Trigger::SubmitMessage, time_zone)
    }

    /// The last thing that the person said, where it can be said anew: nothing is on its way.
    pub fn changeable(&self) -> Option<&Shared> {
        let is_quiet = self.is_loaded && !self.is_busy();
        self.messages.iter().rfind(|message| is_quiet && message.role == Role::User)
    }

    /// The person says the last thing in other words. What followed it is gone at once, and another answer will come.
    /// Nothing where the message is not the last one any more.
    pub fn change(
        &mut self,
        request: String,
        id: &str,
        text: &str,
        at: DateTime<Utc>,
        time_zone: Option<String>,
    ) -> Option<ClientFrame> {
        self.changeable().filter(|last| last.id == id)?;
        let message = said(id.to_owned(), text, at);
        cut_to(&mut self.messages, message.clone());
        Some(self.request(request, message, Trigger::SubmitMessage, time_zone))
    }

    /// Another answer to what was said last. Nothing where nothing was said.
    pub fn retry(&mut self, request: String, time_zone: Option<String>) -> Option<ClientFrame> {
        let last = self.messages.iter().rposition(|message| message.role == Role::User)?;
        let message = Message::clone(&self.messages[last]);
        self.messages.truncate(last + 1);
        Some(self.request(request, message, Trigger::RegenerateMessage, time_zone))
    }

    fn request(&mut self, id: String, message: Message, trigger: Trigger, time_zone: Option<String>) -> ClientFrame {
        self.failure = None;
        let body = ChatRequestBody { messages: self.newest_that_fit(), trigger, time_zone };
        let body = serde_json::to_string(&body).unwrap_or_default();
        let init = RequestInit { method: "POST".to_owned(), body };
        let frame = ClientFrame::CfAgentUseChatRequest { id: id.clone(), init };
        self.requests.push(Request { id, message, frame: frame.clone(), is_suspect: false });
        frame
    }

    /// The newest messages. The server keeps those before the first one it is sent.
    fn newest_that_fit(&self) -> Vec<Message> {
        let mut bytes = 0;
        let newest = self.messages.iter().rev().take_while(|message| {
            bytes += serde_json::to_string(&***message).map_or(0, |text| text.len());
            bytes <= REQUEST_BYTES
        });
        let mut list: Vec<Message> = newest.map(|message| Message::clone(message)).collect();
        if list.is_empty() {
            list.extend(self.messages.last().map(|message| Message::clone(message)));
        }
        list.reverse();
        list
    }

    /// Stops the answer. What was said of it stays; the server says when it has ended.
    pub fn stop(&self) -> Option<ClientFrame> {
        let streaming = self.stream.as_ref().map(|stream| stream.request.clone());
        let id = streaming.or_else(|| self.requests.first().map(|request| request.id.clone()))?;
        Some(ClientFrame::CfAgentChatRequestCancel { id })
    }

    /// Begins a new conversation.
    pub fn clear(&mut self) -> ClientFrame {
        self.empty();
        ClientFrame::CfAgentChatClear
    }

    pub(super) fn empty(&mut self) {
        let under_way = self.stream.take().map(|stream| stream.request);
        self.dropped = under_way.or_else(|| self.requests.first().map(|request| request.id.clone()));
        self.messages.clear();
        self.requests.clear();
        self.continuing = false;
        self.failure = None;
    }

    /// The person says yes or no to a call.
    pub fn answer(&mut self, tool_call_id: &str, approved: bool) -> ClientFrame {
        for message in &mut self.messages {
            if !message.tools().any(|tool| tool.call.tool_call_id == tool_call_id) {
                continue;
            }
            let message = message.to_mut();
            if let Some(tool) = message.tool_mut(tool_call_id) {
                tool.call.state = if approved { ToolState::ApprovalResponded } else { ToolState::OutputDenied };
                let id = tool.call.approval.take().map(|approval| approval.id).unwrap_or_default();
                tool.call.approval = Some(Approval { id, approved: Some(approved) });
            }
            // The model goes on when the last question of a message is answered.
            self.continuing = !message.tools().any(|tool| tool.call.state == ToolState::ApprovalRequested);
        }
        ClientFrame::CfAgentToolApproval { tool_call_id: tool_call_id.to_owned(), approved, auto_continue: true }
    }

    pub(super) fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|message| message.id == id).map(Shared::to_mut)
    }
}

/// Puts a message in the place of the one with its id, and takes away what followed that.
pub(super) fn cut_to(list: &mut Vec<Shared>, message: Message) {
    let place = list.iter().position(|known| known.id == message.id).unwrap_or(list.len());
    list.truncate(place);
    list.push(message.into());
}

/// A message of the person.
fn said(id: String, text: &str, at: DateTime<Utc>) -> Message {
    let mut message = Message::new(id, Role::User);
    message.metadata = Some(metadata::of_person(at));
    message.parts.push(Part::Text(TextPart { text: text.to_owned(), state: None }));
    message
}

fn is_visible(part: &Part) -> bool {
    match part {
        Part::Text(text) | Part::Reasoning(text) => !text.text.trim().is_empty(),
        Part::Tool(_) => true,
        Part::StepStart | Part::Other(_) => false,
    }
}
