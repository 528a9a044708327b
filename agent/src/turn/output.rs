//! Where a turn of the agent sends its results: to the store, to the message, and to the connections.
//!
//! A chunk is sent only when it is stored, so that a process that dies loses nothing that a person has seen. Chunks that come
//! shortly after each other are stored as one row.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::{Chunk, Message, ServerFrame};
use flux_timeline::Event;
use uuid::Uuid;

use super::Output;
use super::live::text_of;
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::Host;
use crate::store::StoreError;

/// The time between two rows of chunks. A row for each chunk would double the work of an answer, and a person does not see the
/// difference.
const STORE_EVERY: Duration = Duration::from_millis(15);

impl<H: Host> ChatAgent<H> {
    /// Stores the chunks that are not stored yet, and sends them.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        {
            let mut live = self.0.live.borrow_mut();
            let Some(live) = live.as_mut().filter(|live| !live.unsent().is_empty()) else { return Ok(()) };
            live.stored_at = self.0.host.now();
            self.0.store.add_chunks(live.request(), live.sent as u64, live.unsent())?;
        }
        self.send_chunks();
        Ok(())
    }

    /// Sends the chunks that were not sent yet.
    fn send_chunks(&self) {
        let frames: Vec<ServerFrame> = {
            let mut live = self.0.live.borrow_mut();
            let Some(live) = live.as_mut() else { return };
            let first = live.sent;
            live.sent = live.chunks.len();
            (first..live.sent).filter_map(|index| live.frame(index, false)).collect()
        };
        frames.iter().for_each(|frame| self.broadcast(frame, To::Chat, None));
    }

    fn add(&self, chunk: &Chunk) {
        if let Some(live) = self.0.live.borrow_mut().as_mut() {
            live.add(chunk);
        }
    }

    /// Flushes, or if chunks were stored a moment ago, sets a timer that will.
    fn flush_soon(&self) {
        let request = {
            let mut live = self.0.live.borrow_mut();
            let Some(live) = live.as_mut().filter(|live| !live.is_timed) else { return };
            let since = self.0.host.now() - live.stored_at;
            live.is_timed = TimeDelta::zero() <= since && since.to_std().is_ok_and(|since| since < STORE_EVERY);
            live.is_timed.then(|| live.request().to_owned())
        };
        let Some(request) = request else { return self.flush_or_log() };
        let agent = self.clone();
        self.0.host.spawn(Box::pin(async move {
            agent.0.host.sleep(STORE_EVERY).await;
            let is_live = match agent.0.live.borrow_mut().as_mut().filter(|live| live.request() == request) {
                Some(live) => std::mem::take(&mut live.is_timed),
                None => false,
            };
            if is_live {
                agent.flush_or_log();
            }
        }));
    }

    fn flush_or_log(&self) {
        if let Err(error) = self.flush() {
            // They are stored with the next ones, or with the whole message.
            self.log(&format!("chunks: {error}"));
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
        self.flush_soon();
    }

    fn store(&self, chunk: &Chunk) -> Result<(), StoreError> {
        let live = self.0.live.borrow();
        let Some(live) = live.as_ref() else { return Ok(()) };
        let mut chunks = live.unsent().to_vec();
        chunks.push(text_of(chunk));
        self.0.store.add_chunks(live.request(), live.sent as u64, &chunks)
    }

    fn emit_stored(&self, chunk: Chunk) {
        self.add(&chunk);
        self.send_chunks();
    }

    fn publish(&self, events: &[Event]) {
        // They were stored together with the events.
        self.send_chunks();
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
