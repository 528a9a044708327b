//! The turn that streams: its message so far, and the chunks that make it. This is what cannot be stored; the state of the
//! turn is its row (`store::turns`).

use std::rc::Rc;

use chrono::{DateTime, Utc};
use flux_protocol::frame::ChatResponse;
use flux_protocol::{Chunk, Message, ServerFrame};
use futures::stream::AbortHandle;

use super::Meter;
use crate::prompt::Prompt;
use crate::store::TurnRecord;

/// A turn that streams.
#[derive(Debug)]
pub(crate) struct Live {
    /// The turn when it began.
    pub turn: TurnRecord,
    /// The system prompt.
    pub prompt: &'static Prompt,
    /// The message so far.
    pub message: Message,
    /// All chunks so far, as JSON.
    pub chunks: Vec<String>,
    /// The number of chunks that are stored and sent.
    pub sent: usize,
    /// When chunks were stored last.
    pub stored_at: DateTime<Utc>,
    /// Whether a timer will store the chunks that are not stored.
    pub is_timed: bool,
    /// Whether the conversation has a message that waits for the end of this turn to be sent.
    pub has_news: bool,
    /// Counts the cost.
    pub meter: Rc<Meter>,
    /// Stops the turn: its future is not polled again.
    pub abort: AbortHandle,
}

impl Live {
    /// The id of the request.
    pub fn request(&self) -> &str {
        &self.turn.request.id
    }

    /// The frame of a chunk.
    pub fn frame(&self, index: usize, replay: bool) -> Option<ServerFrame> {
        self.chunks.get(index).map(|body| {
            ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: self.turn.request.id.clone(),
                body: body.clone(),
                continuation: self.turn.request.continuation,
                seq: Some(index as u64),
                replay,
                ..ChatResponse::default()
            })
        })
    }

    /// Adds a chunk.
    pub fn add(&mut self, chunk: &Chunk) {
        self.message.add(chunk);
        self.chunks.push(text_of(chunk));
    }

    /// The chunks that are not stored yet.
    pub fn unsent(&self) -> &[String] {
        self.chunks.get(self.sent..).unwrap_or_default()
    }
}

/// A chunk as JSON.
pub(super) fn text_of(chunk: &Chunk) -> String {
    serde_json::to_string(chunk).unwrap_or_default()
}
