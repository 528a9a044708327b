//! Where a turn of the agent sends its results: to the store, to the message, and to the connections.
//!
//! A chunk is sent only when it is stored, so that a process that dies loses nothing that a person has seen. What a turn emits
//! until it waits for the model again is stored as one row. The platform hands over together what arrives shortly after each
//! other, so a row and its frames come at most every 15 ms, although a model may write a token each millisecond.

use chrono::{DateTime, Utc};
use flux_protocol::{Chunk, Message, ServerFrame};
use flux_timeline::Event;
use futures::future::poll_fn;
use uuid::Uuid;

use super::Output;
use super::live::{Live, text_of};
use crate::agent::ChatAgent;
use crate::api::Change;
use crate::connections::push::To;
use crate::host::Host;
use crate::store::StoreError;
use crate::telemetry::{LogRecord, Span};

impl<H: Host> ChatAgent<H> {
    /// Runs a turn. What it emits is stored and sent each time that it waits.
    pub(super) async fn flushing(&self, span: Span, turn: impl Future<Output = ()>) {
        let mut turn = std::pin::pin!(turn);
        poll_fn(|cx| {
            self.within(Some(span), || {
                let polled = turn.as_mut().poll(cx);
                if let Err(error) = self.flush() {
                    // They are stored with the next ones, or with the whole message.
                    self.fault("chunks", &error);
                }
                polled
            })
        })
        .await;
    }

    /// Stores the chunks that are not stored yet, and sends them.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        {
            let mut live = self.0.live.borrow_mut();
            let Some(Live { turn, chunks, .. }) = live.as_mut() else { return Ok(()) };
            let Some((first, due)) = chunks.due() else { return Ok(()) };
            self.0.store.add_chunks(&turn.request.id, first, due)?;
        }
        self.send_chunks();
        Ok(())
    }

    /// Sends the chunks that were not sent yet.
    fn send_chunks(&self) {
        let frames: Vec<ServerFrame> = {
            let mut live = self.0.live.borrow_mut();
            let Some(live) = live.as_mut() else { return };
            live.chunks.send().filter_map(|index| live.frame(index, false)).collect()
        };
        frames.iter().for_each(|frame| self.broadcast(frame, To::Chat, None));
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
        if let Some(live) = self.0.live.borrow_mut().as_mut() {
            live.add(chunk);
        }
    }

    fn store(&self, chunk: &Chunk) -> Result<(), StoreError> {
        let mut live = self.0.live.borrow_mut();
        let Some(Live { turn, chunks, .. }) = live.as_mut() else { return Ok(()) };
        let (first, unsent) = chunks.unsent();
        let mut stored = unsent.to_vec();
        stored.push(text_of(chunk));
        self.0.store.add_chunks(&turn.request.id, first, &stored)
    }

    fn emit_stored(&self, chunk: Chunk) {
        self.emit(chunk);
        self.send_chunks();
    }

    fn publish(&self, events: &[Event], span: Span) {
        // They were stored together with the events.
        self.send_chunks();
        self.within(Some(span), || Self::publish(self, events));
    }

    fn remind(&self) {
        self.send_chunks();
        self.announce(Change::Reminders);
    }

    fn message(&self) -> Message {
        let live = self.0.live.borrow();
        live.as_ref().map_or_else(|| Message::new("", flux_protocol::Role::Assistant), |live| live.message.clone())
    }

    fn log(&self, record: &LogRecord<'_>, span: Span) {
        self.0.host.log(record, Some(span));
    }
}
