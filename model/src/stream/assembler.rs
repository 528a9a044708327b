//! Turns chunks into events, by the rules for a whole answer.

use super::calls::Calls;
use super::chunk::{CallPiece, Chunk};
use super::gate::{CallGate, Released};
use super::ids::CallIds;
use super::think::{Piece, ThinkSplitter};
use crate::{ChatRequest, FinishReason, ModelError, ModelEvent, Usage};

/// Joins the chunks of one answer into events.
pub struct Assembler {
    think: ThinkSplitter,
    gate: CallGate,
    calls: Calls,
    /// All text so far, to recognise it if it is repeated.
    said: String,
    /// The number of pieces in which it arrived.
    said_in: usize,
    /// Whether text was shown.
    showed_text: bool,
    usage: Option<Usage>,
    reason: Option<FinishReason>,
    received: bool,
    done: bool,
}

impl Assembler {
    /// An assembler for the answer to `request`. `seed` is part of the ids that it makes.
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

    /// Takes the next chunk and returns the events that it completes.
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

    /// Notes the end that the stream itself states (`[DONE]`).
    pub fn end(&mut self) {
        self.done = true;
    }

    /// Returns the events for the end of the answer, `Finished` last.
    ///
    /// # Errors
    ///
    /// [`ModelError::Cut`] if neither [`Assembler::end`] was called nor a chunk said why the answer ends. Text that is
    /// held back is then dropped, and open calls are not finished. [`ModelError::Empty`] if there is neither text nor a
    /// call, or [`ModelError::Overloaded`] if that is because the provider failed.
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

    /// Notes that unreadable data arrived, so the answer is not simply empty.
    pub(super) fn skipped(&mut self) {
        self.received = true;
    }

    /// Notes the end of a body that is one JSON value. It is complete if it can be read.
    pub(super) fn end_of_whole(&mut self) {
        self.reason = self.reason.or(Some(FinishReason::Stop));
    }

    /// Whether the text of `chunk` is a repetition. Some servers send the whole answer again at the end.
    fn repeats_text(&self, chunk: &Chunk) -> bool {
        // If usage comes with every chunk, it does not mark the end.
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

    /// Decides about text that can be a call. If the answer also has real calls, a call in the text is a repetition of
    /// these.
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
            // A retry would not help, and the reason says what to tell the person.
            Some(FinishReason::Length | FinishReason::ContentFilter) => Ok(()),
            Some(FinishReason::Error) => Err(ModelError::Overloaded),
            _ => Err(ModelError::Empty),
        }
    }

    /// The reason that was stated, unless it contradicts the answer: some models say `stop` although there are calls,
    /// or `tool_calls` although there are none.
    fn finish_reason(&self) -> FinishReason {
        match (self.reason, self.calls.is_empty()) {
            (None | Some(FinishReason::Stop | FinishReason::ToolCalls), false) => FinishReason::ToolCalls,
            (None | Some(FinishReason::ToolCalls), true) => FinishReason::Stop,
            (Some(reason), _) => reason,
        }
    }
}
