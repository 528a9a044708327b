//! The conversation in one tab: a reducer over the frames of the protocol and the user's actions. Pure.
//!
//! Methods return the frames to send; they do not send them.

use std::ops::Deref;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use flux_protocol::frame::{ChatRequestBody, RequestInit, Trigger};
use flux_protocol::message::{Approval, Part, TextPart};
use flux_protocol::{ClientFrame, Message, Role, ToolState};

use super::metadata;
use super::stream::Stream;

/// Maximum size of the messages in a request, in bytes. The server merges them by id, so more would only cost time.
const REQUEST_BYTES: usize = 120 * 1024;

/// A message that is compared by identity, so that rendering the list again costs nothing for unchanged messages.
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

/// A request from this tab that has not ended.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub id: String,
    /// The user's message that it sends. For a retry, the user's last message.
    pub message: Message,
    /// The frame, to send it again if it was lost.
    pub frame: ClientFrame,
    /// Whether the socket on which it was sent has been lost.
    pub is_orphaned: bool,
}

/// The conversation.
#[derive(Debug, Default)]
pub struct Conversation {
    pub(super) messages: Vec<Shared>,
    /// The messages of the user that are still to be sent.
    pub(super) waiting: Vec<Shared>,
    /// Whether the server has messages from before the first one.
    pub(super) has_earlier: bool,
    pub(super) stream: Option<Stream>,
    pub(super) requests: Vec<Request>,
    /// Whether the user answered an approval request and the model will continue.
    pub(super) continuing: bool,
    pub(super) failure: Option<String>,
    /// The request whose frames are dropped because the conversation was cleared while it was running.
    pub(super) dropped: Option<String>,
    /// The id of the pending question "is something streaming?". Cleared when nothing is, or after the replay.
    pub(super) probe: Option<String>,
    /// The request whose stream was acknowledged on this socket.
    pub(super) acknowledged: Option<String>,
    pub(super) is_loaded: bool,
    /// Whether the server has sent the messages on this socket.
    pub(super) is_listed: bool,
}

/// Ids for a request. The caller generates them, because this module has no randomness.
#[derive(Debug, Clone)]
pub struct NewIds {
    /// 8 characters of `[A-Za-z0-9_-]`.
    pub request: String,
    /// A UUID.
    pub message: String,
}

impl Conversation {
    /// The messages that are loaded, oldest first. They are the newest ones, without gaps.
    pub fn messages(&self) -> &[Shared] {
        &self.messages
    }

    /// Whether there are earlier messages that are not loaded.
    pub fn has_earlier(&self) -> bool {
        self.has_earlier
    }

    /// Adds the server's messages from just before the message `before`. An empty list means that there are none.
    pub fn add_earlier(&mut self, before: Option<&str>, list: Vec<Message>) {
        if self.messages.first().map(|first| first.id.as_str()) != before {
            // The conversation has changed since they were requested.
            return;
        }
        self.has_earlier = !list.is_empty();
        let mut list: Vec<Shared> = list.into_iter().map(Shared::from).collect();
        list.retain(|message| !self.messages.iter().any(|known| known.id == message.id));
        self.messages.splice(..0, list);
    }

    /// The newest finished answer.
    pub fn last_answer(&self) -> Option<&Shared> {
        let ended =
            |message: &&Shared| message.role == Role::Assistant && self.streaming() != Some(message.id.as_str());
        self.messages.iter().rev().find(ended)
    }

    /// Whether the server has sent the messages.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Whether an answer is on its way.
    pub fn is_busy(&self) -> bool {
        self.stream.is_some() || !self.requests.is_empty() || self.continuing
    }

    /// The id of the message that is streaming.
    pub fn streaming(&self) -> Option<&str> {
        self.stream.as_ref().and_then(|stream| stream.message.as_deref())
    }

    /// Whether an answer is on its way and none of it is visible yet.
    pub fn is_waiting(&self) -> bool {
        if !self.is_busy() {
            return false;
        }
        let Some(id) = self.streaming() else { return true };
        let message = self.messages.iter().find(|message| message.id == id);
        message.is_none_or(|message| message.parts.iter().all(|part| !is_visible(part)))
    }

    /// Why the last answer failed, as a sentence for the user.
    pub fn failure(&self) -> Option<String> {
        if self.is_busy() {
            return None;
        }
        let last = self.messages.last();
        let about = last.map(|message| metadata::of(message)).unwrap_or_default();
        let interruption =
            || about.is_interrupted.then(|| "The service was restarted in the middle of this answer.".to_owned());
        let unanswered = || {
            // Until the server has reported whether something is streaming, an answer may be on its way.
            let is_settled = self.is_loaded && self.probe.is_none();
            let is_open = is_settled && last.is_some_and(|message| message.role == Role::User);
            is_open.then(|| "No answer came. Your message is kept.".to_owned())
        };
        self.failure.clone().or(about.error).or_else(interruption).or_else(unanswered)
    }

    /// Whether the user stopped the last answer.
    pub fn is_stopped(&self) -> bool {
        !self.is_busy() && self.messages.last().is_some_and(|message| metadata::of(message).is_stopped)
    }

    /// Adds a message of the user and returns the frame to send.
    pub fn submit(&mut self, ids: NewIds, text: &str, at: DateTime<Utc>, time_zone: Option<String>) -> ClientFrame {
        let message = user_message(ids.message, text, at);
        self.messages.push(message.clone().into());
        self.request(ids.request, message, Trigger::SubmitMessage, time_zone)
    }

    /// The user's last message, if it can be changed. That is possible only while no answer is on its way.
    pub fn changeable(&self) -> Option<&Shared> {
        let is_quiet = self.is_loaded && !self.is_busy();
        self.messages.iter().rfind(|message| is_quiet && message.role == Role::User)
    }

    /// Replaces the text of the user's last message, removes everything after it, and requests another answer. Returns
    /// `None` if the message is no longer the last one.
    pub fn change(
        &mut self,
        request: String,
        id: &str,
        text: &str,
        at: DateTime<Utc>,
        time_zone: Option<String>,
    ) -> Option<ClientFrame> {
        self.changeable().filter(|last| last.id == id)?;
        let message = user_message(id.to_owned(), text, at);
        replace_and_truncate(&mut self.messages, message.clone());
        Some(self.request(request, message, Trigger::SubmitMessage, time_zone))
    }

    /// Requests another answer to the user's last message. Returns `None` if there is no such message.
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
        let frame = ClientFrame::CfAgentUseChatRequest { id: id.clone(), init, trace: None };
        self.requests.push(Request { id, message, frame: frame.clone(), is_orphaned: false });
        frame
    }

    /// The newest messages that fit into a request. The server keeps its messages before the first one that it receives.
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

    /// Stops the answer. The text so far stays; the server reports when the answer has ended.
    pub fn stop(&self) -> Option<ClientFrame> {
        let streaming = self.stream.as_ref().map(|stream| stream.request.clone());
        let id = streaming.or_else(|| self.requests.first().map(|request| request.id.clone()))?;
        Some(ClientFrame::CfAgentChatRequestCancel { id })
    }

    /// Starts a new conversation.
    pub fn clear(&mut self) -> ClientFrame {
        self.reset();
        self.waiting.clear();
        ClientFrame::CfAgentChatClear
    }

    pub(super) fn reset(&mut self) {
        let under_way = self.stream.take().map(|stream| stream.request);
        self.dropped = under_way.or_else(|| self.requests.first().map(|request| request.id.clone()));
        self.messages.clear();
        self.has_earlier = false;
        self.requests.clear();
        self.continuing = false;
        self.failure = None;
    }

    /// Approves or denies a tool call.
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
            // The model continues when the last approval request of a message is answered.
            self.continuing = !message.tools().any(|tool| tool.call.state == ToolState::ApprovalRequested);
        }
        ClientFrame::CfAgentToolApproval { tool_call_id: tool_call_id.to_owned(), approved, auto_continue: true }
    }

    pub(super) fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|message| message.id == id).map(Shared::to_mut)
    }
}

/// Replaces the message with the same id and removes all messages after it. Appends the message if the id is new.
pub(super) fn replace_and_truncate(list: &mut Vec<Shared>, message: Message) {
    let place = list.iter().position(|known| known.id == message.id).unwrap_or(list.len());
    list.truncate(place);
    list.push(message.into());
}

/// A message of the user.
pub(super) fn user_message(id: String, text: &str, at: DateTime<Utc>) -> Message {
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
