//! The turn that streams: its message so far, and the chunks that make it. This is what cannot be stored; the state of the
//! turn is its row (`store::turns`).

use std::ops::Range;
use std::rc::Rc;

use flux_protocol::{Chunk, Message, ServerFrame};
use futures::stream::AbortHandle;

use super::{Meter, frames};
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
    /// The chunks so far.
    pub chunks: Chunks,
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
        let body = self.chunks.all.get(index)?;
        Some(frames::chunk(&self.turn.request, index as u64, body.clone(), replay))
    }

    /// Adds a chunk.
    pub fn add(&mut self, chunk: Chunk) {
        self.message.add(&chunk);
        self.chunks.add(chunk);
    }
}

/// The number of deltas of texts that are chunks of their own. A short answer thus arrives as the model wrote it. Only in a long one
/// do frames cost enough to join deltas.
const SEPARATE: usize = 64;

/// The chunks of a turn. A delta that follows another of the same text is one chunk with it, unless that was already sent, or is
/// one of the first [`SEPARATE`].
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    /// All but `last`, as JSON.
    all: Vec<String>,
    /// The last delta, as long as the next one can be joined to it.
    last: Option<Chunk>,
    /// The number of deltas of texts so far.
    deltas: usize,
    /// The number of chunks that are stored and sent.
    sent: usize,
    /// Whether one of the others shows something.
    is_due: bool,
}

impl Chunks {
    fn add(&mut self, chunk: Chunk) {
        self.is_due |= !matches!(chunk, Chunk::StartStep | Chunk::FinishStep | Chunk::ToolInputDelta { .. });
        // Nobody is shown a part of the arguments of a call.
        let can_join = match chunk {
            Chunk::TextDelta { .. } | Chunk::ReasoningDelta { .. } => {
                self.deltas += 1;
                self.deltas > SEPARATE
            }
            _ => true,
        };
        if can_join && self.last.as_mut().is_some_and(|last| join(last, &chunk)) {
            return;
        }
        self.close();
        match chunk {
            Chunk::TextDelta { .. } | Chunk::ReasoningDelta { .. } | Chunk::ToolInputDelta { .. } => {
                self.last = Some(chunk);
            }
            _ => self.all.push(text_of(&chunk)),
        }
    }

    fn close(&mut self) {
        self.all.extend(self.last.take().as_ref().map(text_of));
    }

    /// The chunks that are not stored yet, with the number of the first one, if they show something. The beginning and the end of
    /// a step and pieces of arguments do not, so they go with what follows.
    pub fn due(&mut self) -> Option<(u64, &[String])> {
        self.is_due.then(|| self.unsent())
    }

    /// The chunks that are not stored yet, with the number of the first one.
    pub fn unsent(&mut self) -> (u64, &[String]) {
        self.close();
        (self.sent as u64, self.all.get(self.sent..).unwrap_or_default())
    }

    /// Notes that all chunks are stored, and returns the numbers of those that were not sent yet.
    pub fn send(&mut self) -> Range<usize> {
        self.close();
        self.is_due = false;
        let first = std::mem::replace(&mut self.sent, self.all.len());
        first..self.sent
    }

    /// The number of chunks that were sent.
    pub fn sent(&self) -> usize {
        self.sent
    }
}

/// Joins `next` to `last` if both are deltas of the same text or call.
fn join(last: &mut Chunk, next: &Chunk) -> bool {
    let (last_id, text, id, delta) = match (last, next) {
        (Chunk::TextDelta { id: last, delta: text }, Chunk::TextDelta { id, delta })
        | (Chunk::ReasoningDelta { id: last, delta: text }, Chunk::ReasoningDelta { id, delta }) => {
            (last, text, id, delta)
        }
        (
            Chunk::ToolInputDelta { tool_call_id: last, input_text_delta: text },
            Chunk::ToolInputDelta { tool_call_id: id, input_text_delta: delta },
        ) => (last, text, id, delta),
        _ => return false,
    };
    let is_same = last_id == id;
    if is_same {
        text.push_str(delta);
    }
    is_same
}

/// A chunk as JSON.
pub(super) fn text_of(chunk: &Chunk) -> String {
    serde_json::to_string(chunk).unwrap_or_default()
}
