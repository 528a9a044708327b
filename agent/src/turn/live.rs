//! The stream under way.

use chrono::{DateTime, Utc};
use flux_protocol::frame::ChatResponse;
use flux_protocol::{Chunk, Message, ServerFrame};
use flux_timeline::Event;
use uuid::Uuid;

use super::{ChatAgent, To};
use crate::host::Host;
use crate::store::StoreError;
use crate::turn::Output;

/// Chunks that are written to the store as one row. A row for each would double the work of an answer; what a process
/// that dies takes with it is at most this many chunks of text, never a change of the timeline.
const BATCH: usize = 32;

/// A request that streams.
#[derive(Debug)]
pub(super) struct Live {
    /// Id of the request.
    pub id: String,
    /// Whether it extends a message that was there.
    pub continuation: bool,
    /// The message as it is now.
    pub message: Message,
    /// All chunks so far, as JSON.
    pub chunks: Vec<String>,
    /// How many of them the store has.
    stored: usize,
}

impl Live {
    pub fn new(id: String, message: Message, continuation: bool) -> Self {
        Self { id, continuation, message, chunks: Vec::new(), stored: 0 }
    }

    /// The frame of a chunk.
    pub fn frame(&self, index: usize, replay: bool) -> Option<ServerFrame> {
        self.chunks.get(index).map(|body| {
            ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: self.id.clone(),
                body: body.clone(),
                continuation: self.continuation,
                seq: Some(index as u64),
                replay,
                ..ChatResponse::default()
            })
        })
    }

    fn add(&mut self, chunk: &Chunk) -> Option<ServerFrame> {
        self.message.add(chunk);
        self.chunks.push(text_of(chunk));
        self.frame(self.chunks.len() - 1, false)
    }

    fn unstored(&self) -> &[String] {
        self.chunks.get(self.stored..).unwrap_or_default()
    }
}

fn text_of(chunk: &Chunk) -> String {
    serde_json::to_string(chunk).unwrap_or_default()
}

impl<H: Host> ChatAgent<H> {
    /// Writes the chunks that the store does not have yet.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        let mut live = self.0.live.borrow_mut();
        let Some(live) = live.as_mut() else { return Ok(()) };
        if !live.unstored().is_empty() {
            self.0.store.add_chunks(&live.id, live.stored as u64, live.unstored())?;
            live.stored = live.chunks.len();
        }
        Ok(())
    }

    fn add(&self, chunk: &Chunk) {
        let frame = self.0.live.borrow_mut().as_mut().and_then(|live| live.add(chunk));
        if let Some(frame) = frame {
            self.broadcast(&frame, To::Chat, None);
        }
    }
}

impl<H: Host> Output for ChatAgent<H> {
    fn now(&self) -> DateTime<Utc> {
        self.0.host.now()
    }

    fn uuid(&self) -> Uuid {
        self.0.host.uuid()
    }

    fn emit(&self, chunk: Chunk) {
        self.add(&chunk);
        let is_full = self.0.live.borrow().as_ref().is_some_and(|live| live.unstored().len() >= BATCH);
        if is_full && let Err(error) = self.flush() {
            self.log(&format!("chunks: {error}"));
        }
    }

    fn store(&self, chunk: &Chunk) -> Result<(), StoreError> {
        let live = self.0.live.borrow();
        let Some(live) = live.as_ref() else { return Ok(()) };
        let mut chunks = live.unstored().to_vec();
        chunks.push(text_of(chunk));
        self.0.store.add_chunks(&live.id, live.stored as u64, &chunks)
    }

    fn emit_stored(&self, chunk: Chunk) {
        self.add(&chunk);
        if let Some(live) = self.0.live.borrow_mut().as_mut() {
            live.stored = live.chunks.len();
        }
    }

    fn publish(&self, events: &[Event]) {
        Self::publish(self, events);
    }

    fn message(&self) -> Message {
        let live = self.0.live.borrow();
        live.as_ref().map_or_else(|| Message::new("", flux_protocol::Role::Assistant), |live| live.message.clone())
    }

    fn log(&self, line: &str) {
        Self::log(self, line);
    }
}
