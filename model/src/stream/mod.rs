//! Reads the bytes of an answer into [`ModelEvent`]s. It is pure and synchronous, and the result does not depend on how
//! the bytes are split.
//!
//! ```text
//! bytes ── body ── SSE events or one JSON body ── chunk ── Assembler ── ModelEvents
//!           └ sse                                    └ usual   ├ think: thoughts apart from text
//!                                                            ├ gate, call_text, call_python: calls written as text
//!                                                            └ calls, ids: calls in pieces
//! ```
//!
//! The formats of Workers AI and OpenAI are read in the same way, because a server can send either or a mix of both.
//! Timeouts and retries are not known here.

mod assembler;
mod body;
mod call_python;
mod call_text;
mod calls;
mod chunk;
mod gate;
mod ids;
mod sse;
mod text_call;
mod think;
mod usual;

#[cfg(test)]
mod tests;

use serde_json::Value;

use self::body::{Body, SseFrame};
use super::failure::{excerpt, malformed};
use super::{ChatRequest, ModelError, ModelEvent};

pub use self::assembler::Assembler;
pub use self::chunk::{CallPiece, Chunk};

/// The largest answer that is read, in bytes. An answer of 16,000 tokens takes about 4 MB as events.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// After this many unreadable events in a row the stream is malformed.
const MAX_UNREADABLE_IN_A_ROW: usize = 3;

/// Reads the bytes of one answer into events.
pub struct StreamParser {
    body: Body,
    assembler: Assembler,
    bytes: usize,
    unreadable_in_a_row: usize,
}

impl StreamParser {
    /// A parser for the answer to `request`, whose tools and call ids it knows. `seed` is part of the ids that it
    /// makes.
    pub fn new(request: &ChatRequest, seed: u32) -> Self {
        Self { body: Body::default(), assembler: Assembler::new(request, seed), bytes: 0, unreadable_in_a_row: 0 }
    }

    /// Takes the next bytes, split anywhere, and appends the events that they complete.
    ///
    /// # Errors
    ///
    /// A failure that the provider states in the stream, or [`ModelError::Malformed`]. Events before it are in
    /// `events`. Data after it must be ignored.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        if self.is_done() {
            return Ok(());
        }
        let room = MAX_ANSWER_BYTES.saturating_sub(self.bytes);
        self.bytes = self.bytes.saturating_add(bytes.len());
        let mut frames = Vec::new();
        let outcome = self.body.push(bytes.get(..room).unwrap_or(bytes), &mut frames);
        self.take(frames, events)?;
        // An error after the end is ignored, like everything else after it.
        if self.is_done() {
            return Ok(());
        }
        if bytes.len() > room { outcome.and(Err(malformed("an answer of more than 16 MiB"))) } else { outcome }
    }

    /// Takes the end of the bytes and appends the events that it completes.
    ///
    /// # Errors
    ///
    /// [`ModelError::Cut`] if the answer ended without saying so, [`ModelError::Empty`] if it is empty, and the errors
    /// of [`StreamParser::push`].
    pub fn finish(&mut self, events: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        if !self.is_done() {
            let mut frames = Vec::new();
            let outcome = self.body.finish(&mut frames);
            self.take(frames, events)?;
            outcome?;
        }
        events.extend(self.assembler.finish()?);
        Ok(())
    }

    /// Whether the stream said that it is over (`[DONE]`); later bytes are ignored.
    pub fn is_done(&self) -> bool {
        self.assembler.is_done()
    }

    /// Whether the answer said why it ends. Only usage or `[DONE]` can follow.
    pub fn has_reason(&self) -> bool {
        self.assembler.has_reason()
    }

    fn take(&mut self, frames: Vec<SseFrame>, events: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        for frame in frames {
            if self.is_done() {
                break;
            }
            match frame {
                SseFrame::Done => self.assembler.end(),
                SseFrame::Whole(value) => {
                    self.take_value(&value, false, events)?;
                    self.assembler.end_of_whole();
                }
                SseFrame::Event { name, data } => {
                    let is_error = name == "error";
                    match usual::usual(&data).filter(|_| !is_error) {
                        Some(chunk) => self.take_chunk(chunk, events),
                        None => match serde_json::from_str::<Value>(&data) {
                            Ok(value) => self.take_value(&value, is_error, events)?,
                            Err(_) => self.skip(&data, events)?,
                        },
                    }
                }
            }
        }
        Ok(())
    }

    fn take_value(&mut self, value: &Value, is_error: bool, events: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        let Some(chunk) = Chunk::decode(value, is_error)? else {
            return self.skip(&value.to_string(), events);
        };
        self.take_chunk(chunk, events);
        Ok(())
    }

    fn take_chunk(&mut self, chunk: Chunk, events: &mut Vec<ModelEvent>) {
        self.unreadable_in_a_row = 0;
        events.extend(self.assembler.push(chunk));
    }

    fn skip(&mut self, data: &str, events: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        self.assembler.skipped();
        self.unreadable_in_a_row += 1;
        events.push(ModelEvent::Skipped { what: excerpt(data) });
        match self.unreadable_in_a_row {
            MAX_UNREADABLE_IN_A_ROW.. => Err(malformed(data)),
            _ => Ok(()),
        }
    }
}
