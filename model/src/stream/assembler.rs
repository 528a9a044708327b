//! Chunks to events: the rules of an answer as a whole.

use super::calls::Calls;
use super::chunk::{CallPiece, Chunk};
use super::gate::{CallGate, Released};
use super::ids::CallIds;
use super::think::{Piece, ThinkSplitter};
use crate::{ChatRequest, FinishReason, ModelError, ModelEvent, Usage};

/// Joins the chunks of one answer to events.
pub struct Assembler {
    think: ThinkSplitter,
    gate: CallGate,
    calls: Calls,
    /// All text as it came, to know it when it comes again.
    said: String,
    /// In how many pieces it came.
    said_in: usize,
    /// Whether text was given out.
    showed_text: bool,
    usage: Option<Usage>,
    reason: Option<FinishReason>,
    received: bool,
    done: bool,
}

impl Assembler {
    /// An assembler for the answer to `request`. `seed` goes into the ids that it makes.
    pub fn new(request: &ChatRequest, seed: u32) -> Self {
        Self {
            think: ThinkSplitter::default(),
            gate: CallGate::new(request.tools.iter().map(|tool| tool.name.clone()).collect()),
            calls: Calls::new(CallIds::new(request, seed)),
            said: String::new(),
            said_in: 0,
            showed_text: false,
            usage: None,
            reason: None,
            received: false,
            done: false,
        }
    }

    /// Takes the next chunk and gives the events that it completes.
    pub fn push(&mut self, chunk: Chunk) -> Vec<ModelEvent> {
        let mut events = Vec::new();
        self.received = true;
        if !chunk.reasoning.is_empty() {
            events.push(ModelEvent::Reasoning(chunk.reasoning.clone()));
        }
        if !self.repeats_text(&chunk) {
            self.take_text(&chunk.text, &mut events);
        }
        if !chunk.whole || self.calls.is_empty() {
            for piece in chunk.calls {
                self.calls.push(piece, &mut events);
            }
        }
        self.usage = chunk.usage.or(self.usage);
        self.reason = chunk.reason.or(self.reason);
        events
    }

    /// Takes the end that the stream itself states (`[DONE]`).
    pub fn end(&mut self) {
        self.done = true;
    }

    /// Gives the events of the end of the answer, `Finished` last.
    ///
    /// # Errors
    ///
    /// [`ModelError::Cut`] where neither [`Assembler::end`] was called nor a chunk said why the answer ends: text that
    /// is still held back is dropped and open calls are not finished. [`ModelError::Empty`] where there is neither text
    /// nor a call, and [`ModelError::Overloaded`] where that is because the provider failed.
    pub fn finish(&mut self) -> Result<Vec<ModelEvent>, ModelError> {
        if self.received && !self.done && self.reason.is_none() {
            return Err(ModelError::Cut);
        }
        let mut events = Vec::new();
        for piece in self.think.finish() {
            self.take_piece(piece, &mut events);
        }
        self.calls.finish(&mut events);
        self.release_held(&mut events);
        self.check_for_an_answer()?;
        events.extend(self.usage.map(ModelEvent::Usage));
        events.push(ModelEvent::Finished(self.finish_reason()));
        Ok(events)
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    pub(super) fn has_reason(&self) -> bool {
        self.reason.is_some()
    }

    /// Something came that could not be read, so the answer is not simply empty.
    pub(super) fn skipped(&mut self) {
        self.received = true;
    }

    /// A body that is one JSON value is whole when it can be read.
    pub(super) fn end_of_whole(&mut self) {
        self.reason = self.reason.or(Some(FinishReason::Stop));
    }

    /// Whether the text of `chunk` is what was said before: some servers send the whole answer once more at the end.
    fn repeats_text(&self, chunk: &Chunk) -> bool {
        // Where usage comes with every chunk, it says nothing of the end.
        let is_last = chunk.reason.is_some() || (chunk.usage.is_some() && self.usage.is_none());
        let again = chunk.text == self.said && self.said_in > 1 && is_last;
        again || (chunk.whole && self.said_in > 0)
    }

    fn take_text(&mut self, text: &str, events: &mut Vec<ModelEvent>) {
        if text.is_empty() {
            return;
        }
        self.said.push_str(text);
        self.said_in += 1;
        for piece in self.think.push(text) {
            self.take_piece(piece, events);
        }
    }

    fn take_piece(&mut self, piece: Piece, events: &mut Vec<ModelEvent>) {
        match piece {
            Piece::Thought(thought) => events.push(ModelEvent::Reasoning(thought)),
            Piece::Text(text) => {
                let shown = self.gate.push(&text);
                self.show(shown, events);
            }
        }
    }

    fn show(&mut self, text: String, events: &mut Vec<ModelEvent>) {
        if !text.is_empty() {
            self.showed_text = true;
            events.push(ModelEvent::Text(text));
        }
    }

    /// Decides over text that may have been a call. Where calls came as such, one in the text is the same once more.
    fn release_held(&mut self, events: &mut Vec<ModelEvent>) {
        match self.gate.finish() {
            None => {}
            Some(Released::Text(text)) => self.show(text, events),
            Some(Released::Calls(_)) if !self.calls.is_empty() => {}
            Some(Released::Calls(calls)) => {
                for call in calls {
                    let (name, arguments) = (Some(call.name), Some(call.arguments));
                    let piece = CallPiece { name, arguments, whole: true, ..CallPiece::default() };
                    self.calls.push(piece, events);
                }
            }
        }
    }

    fn check_for_an_answer(&self) -> Result<(), ModelError> {
        if self.showed_text || !self.calls.is_empty() {
            return Ok(());
        }
        match self.reason {
            // Asking again would not help; the reason says what to tell the person.
            Some(FinishReason::Length | FinishReason::ContentFilter) => Ok(()),
            Some(FinishReason::Error) => Err(ModelError::Overloaded),
            _ => Err(ModelError::Empty),
        }
    }

    /// The reason as stated, except where it contradicts what came: models say `stop` beside calls, and `tool_calls`
    /// without any.
    fn finish_reason(&self) -> FinishReason {
        match (self.reason, self.calls.is_empty()) {
            (None | Some(FinishReason::Stop | FinishReason::ToolCalls), false) => FinishReason::ToolCalls,
            (None | Some(FinishReason::ToolCalls), true) => FinishReason::Stop,
            (Some(reason), _) => reason,
        }
    }
}
