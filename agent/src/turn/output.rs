//! Where a turn of the agent sends its results: to the connections, to the message, and to the store.

use chrono::{DateTime, Utc};
use flux_protocol::{Chunk, Message};
use flux_timeline::Event;
use uuid::Uuid;

use super::Output;
use super::live::text_of;
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::Host;
use crate::store::StoreError;

/// Chunks that are stored as one row. A row for each chunk would double the work of an answer. A process that dies loses at most
/// this many chunks of text, never a change of the timeline.
const BATCH: usize = 32;

impl<H: Host> ChatAgent<H> {
    /// Stores the chunks that are not stored yet.
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
