//! The states of a turn: one at a time begins, streams, and ends. Every request gets exactly one final frame, after its message
//! is stored.

use std::rc::Rc;

use flux_protocol::frame::{ChatResponse, TurnOutcome};
use flux_protocol::{Chunk, FinishReason, Message, Role, ServerFrame};
use flux_timeline::{ReadHistory, limits};
use futures::stream::{AbortHandle, Abortable};
use serde_json::json as object;

use super::calls::changed_blocks;
use super::consent::not_carried_out;
use super::frames::failed;
use super::live::{Chunks, Live};
use super::outcomes::span_of;
use super::{Cost, Meter, Output, Turn, TurnError};
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::{Connection, Host};
use crate::json;
use crate::store::{RequestEnd, StoreError, TurnRecord, TurnState};
use uuid::Uuid;

/// How a turn's request ended.
#[derive(Debug, PartialEq)]
pub(super) enum Ended {
    /// By itself.
    Turn(Result<FinishReason, TurnError>),
    /// This connection stopped it.
    Stopped(Uuid),
}

impl<H: Host> ChatAgent<H> {
    /// Begins the next turn in the queue, unless one is under way. While the projection is being built, turns wait.
    pub(crate) fn start_next(&self) {
        if self.0.live.borrow().is_some() {
            return;
        }
        match self.0.store.open_turns(None) {
            Ok(open) => self.start(open),
            // The job of the turns tries again.
            Err(error) => self.fault("queue", &error),
        }
    }

    /// As [`Self::start_next`], if the turns that are not over are known.
    pub(super) fn start(&self, mut open: Vec<TurnRecord>) {
        if self.0.store.is_rebuilding() {
            return;
        }
        if let Err(error) = self.cancel_ended(&mut open) {
            // The job of the turns tries again.
            return self.fault("queue", &error);
        }
        while self.0.live.borrow().is_none() {
            let Some(next) = open.iter().position(|turn| turn.state == TurnState::Queued) else { return };
            let turn = open.remove(next);
            let (id, request) = (turn.id.clone(), turn.request.clone());
            let Err(error) = self.begin(turn, &open) else { return };
            self.fault("begin", &error);
            let error = format!("The answer could not begin. Your message is kept; try again. ({error})");
            let end = RequestEnd { outcome: TurnOutcome::Error, error: Some(error.clone()) };
            if let Err(error) = self.0.store.end_request(&id, TurnState::Ended, &end, self.now()) {
                return self.fault("begin", &error);
            }
            self.broadcast(&failed(&request.id, error, Some(request.message_ids)), To::Chat, None);
        }
    }

    fn begin(&self, turn: TurnRecord, open: &[TurnRecord]) -> Result<(), StoreError> {
        let request = &turn.request;
        let before = if request.continuation { self.0.store.message(&turn.id)? } else { None };
        let message = before.unwrap_or_else(|| Message::new(turn.id.clone(), Role::Assistant));
        let (prompt, declined) = self.0.store.sql_transaction(|store| {
            let declined = if request.continuation { Vec::new() } else { self.decline_open_questions(store, open)? };
            let question = request.message_ids.last().map(String::as_str);
            let question = store.note_cause(&request.id, question, &turn.id)?;
            let prompt = self.0.options.system_for(question.as_ref().unwrap_or(&turn.id));
            store.begin_turn(&turn.id, &prompt.to_string())?;
            Ok((prompt, declined))
        })?;
        for message in declined {
            self.broadcast(&ServerFrame::CfAgentMessageUpdated { message }, To::All, None);
        }
        // The connection that asked to resume the continuation is offered it before the first chunk.
        let resumer = self.0.resumer.get().filter(|_| request.continuation);
        let resumer = self.0.host.connections().iter().find(|other| Some(other.info().id) == resumer).cloned();
        let (abort, registration) = AbortHandle::new_pair();
        let meter = Rc::new(Meter::new(self.now()));
        // A continuation's `start` has no id: it would rename the message that is being continued.
        let message_id = (!request.continuation).then(|| turn.id.clone());
        *self.0.live.borrow_mut() = Some(Live {
            turn: turn.clone(),
            prompt,
            message,
            chunks: Chunks::default(),
            has_news: false,
            meter: Rc::clone(&meter),
            abort,
        });
        if let Some(resumer) = resumer {
            self.offer_stream(&resumer, resumer.info().id);
        }
        let metadata = object!({"model": self.model(), "prompt": prompt.to_string(), "at": self.now()});
        self.emit(Chunk::Start { message_id, message_metadata: Some(metadata) });
        let agent = self.clone();
        let span = span_of(&turn);
        let answer = async move { agent.flushing(span, agent.answer(&turn, &meter)).await };
        self.0.host.spawn(Box::pin(async move {
            // A turn that was stopped has already ended.
            let _ = Abortable::new(answer, registration).await;
        }));
        Ok(())
    }

    async fn answer(&self, record: &TurnRecord, meter: &Meter) {
        let Some(prompt) = self.0.live.borrow().as_ref().map(|live| live.prompt) else { return };
        let turn = Turn {
            id: &record.id,
            request: &record.request.id,
            question: record.request.message_ids.last().map(String::as_str),
            principal: &record.request.principal,
            store: &self.0.store,
            model: &*self.0.model,
            prompt,
            output: self,
            limits: self.0.options.turn,
            meter,
            txn: record.txn,
            invalid: 0,
            changed: self.changed_since_consent(record),
            taken: 0,
            span: span_of(record),
        };
        let ended = turn.run().await;
        if !self.end(&Ended::Turn(ended)) {
            self.start_next();
        }
    }

    /// The number of blocks that a turn has changed since the person has agreed to it, or since it began. A continuation after a no goes on
    /// counting.
    fn changed_since_consent(&self, record: &TurnRecord) -> usize {
        let changed = || -> Result<usize, StoreError> {
            let Some(txn) = record.txn.filter(|_| record.request.continuation) else { return Ok(0) };
            let question = self.0.store.question_of(&record.id)?;
            if question.is_some_and(|question| question.approved == Some(true)) {
                return Ok(0);
            }
            Ok(self.0.store.transaction(txn)?.iter().map(|event| changed_blocks(&event.kind)).sum())
        };
        // It asks once more rather than once less.
        changed().unwrap_or(limits::CHANGED_WITHOUT_ASKING)
    }

    /// Ends the turn that streams: stores its message, then sends the end to everyone. Returns whether no turn is known to wait.
    pub(super) fn end(&self, ended: &Ended) -> bool {
        let Some((cost, prompt)) = self.0.live.borrow().as_ref().map(|live| (live.meter.read(self.now()), live.prompt))
        else {
            return false;
        };
        let end = self.emit_end(ended, &cost);
        if let Err(error) = self.flush() {
            self.fault("chunks", &error);
        }
        let Some(live) = self.0.live.borrow_mut().take() else { return false };
        live.abort.abort();
        let waits = *ended == Ended::Turn(Ok(FinishReason::ToolCalls));
        let state = if waits { TurnState::AwaitingConsent } else { TurnState::Ended };
        let now = self.now();
        let stored = self.0.store.sql_transaction(|store| {
            store.put_message(&live.message, now)?;
            store.end_request(&live.turn.id, state, &end, now)?;
            store.put_retention_job(now)?;
            store.delete_turns_job_if_idle()
        });
        self.turn_ended(&live.turn, &prompt.to_string(), end.outcome, &cost);
        self.set_alarm();
        let request = &live.turn.request;
        // The sender, and the one who stopped the turn, already have the text.
        let except = match ended {
            _ if live.has_news || request.continuation => None,
            Ended::Stopped(by) => Some(*by),
            Ended::Turn(_) => Some(request.sender),
        };
        match stored.and_then(|is_idle| self.send_conversation(To::All, except).map(|()| is_idle)) {
            Ok(is_idle) => {
                self.finish(&live.turn, &end);
                is_idle
            }
            Err(error) => {
                self.fault("end", &error);
                let error = format!("The answer could not be saved; it will be gone after a reload. ({error})");
                self.broadcast(&failed(&request.id, error, Some(request.message_ids.clone())), To::All, None);
                self.0.resuming.borrow_mut().clear();
                false
            }
        }
    }

    /// Emits how the turn ended and what it has cost. No call stays open, except those that wait for the person.
    fn emit_end(&self, ended: &Ended, cost: &Cost) -> RequestEnd {
        let mut message_metadata = json::value(cost);
        let principal = self.0.live.borrow().as_ref().map(|live| live.turn.request.principal.clone());
        if let Some(notice) = principal.and_then(|principal| self.notice(&principal, cost)) {
            message_metadata["notice"] = notice.into();
        }
        match ended {
            Ended::Turn(Ok(reason)) => {
                let message_metadata = Some(message_metadata);
                self.emit(Chunk::Finish { finish_reason: Some(*reason), message_metadata });
                RequestEnd { outcome: TurnOutcome::Completed, error: None }
            }
            Ended::Turn(Err(error)) => {
                self.fault("turn", error);
                self.emit_not_carried_out("The answer failed before this was carried out.");
                message_metadata["error"] = error.to_string().into();
                self.emit(Chunk::MessageMetadata { message_metadata });
                RequestEnd { outcome: TurnOutcome::Error, error: Some(error.to_string()) }
            }
            Ended::Stopped(_) => {
                self.emit_not_carried_out("The answer was stopped before this was carried out.");
                message_metadata["stopped"] = true.into();
                self.emit(Chunk::MessageMetadata { message_metadata });
                self.emit(Chunk::Abort);
                RequestEnd { outcome: TurnOutcome::Aborted, error: None }
            }
        }
    }

    fn emit_not_carried_out(&self, why: &str) {
        not_carried_out(&self.message(), why).into_iter().for_each(|chunk| self.emit(chunk));
    }

    /// Sends the final frame of a request to everyone who saw a chunk of it. A connection that was offered the stream and has
    /// not acknowledged it gets the final frame with the replay.
    pub(super) fn finish(&self, turn: &TurnRecord, end: &RequestEnd) {
        let request = &turn.request;
        let frame = match &end.error {
            Some(error) => failed(&request.id, error.clone(), Some(request.message_ids.clone())),
            None => ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: request.id.clone(),
                done: true,
                continuation: request.continuation,
                message_ids: (!request.continuation).then(|| request.message_ids.clone()),
                outcome: Some(end.outcome),
                ..ChatResponse::default()
            }),
        };
        self.broadcast(&frame, To::Chat, None);
        self.0.resuming.borrow_mut().clear();
        self.0.resumer.set(None);
    }
}
