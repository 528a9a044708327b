//! Chat requests: one turn at a time, in the order in which they came. They can be cancelled or cleared away. Every request gets
//! exactly one final frame, after its message is stored.

use flux_protocol::frame::{ChatRequestBody, ChatResponse, Trigger, TurnOutcome};
use flux_protocol::{Chunk, FinishReason, Message, Role, ServerFrame};
use flux_timeline::command::SettingsUpdate;
use flux_timeline::{Actor, Command, ReadPlans, TxnId, Zone};
use futures::channel::oneshot;
use futures::future::{Either, select};
use serde_json::json as object;

use super::frames::{ended_unanswered, failed};
use super::live::Live;
use super::state::{Request, Stop};
use super::{Cost, Meter, Output, Turn, TurnError};
use crate::agent::ChatAgent;
use crate::api::action::{self, Author};
use crate::api::route::AGENT;
use crate::connections::push::To;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::json;
use crate::prompt::Prompt;
use crate::store::{StoreError, StreamEnd};

/// Longest id of a request, in bytes. The published clients make 8 characters.
const ID_BYTES: usize = 64;
/// Most requests that may wait.
const QUEUED: usize = 16;
/// Longest text of a person's message, in characters.
const TEXT_CHARS: usize = 32_000;

impl<H: Host> ChatAgent<H> {
    /// Accepts a request. If that is not possible, the final frame is sent at once, and only to the sender.
    pub(crate) fn chat_request(&self, connection: &H::Connection, id: String, body: &str) {
        let running = self.0.live.borrow().as_ref().is_some_and(|live| live.id == id);
        if running || self.0.queue.borrow().iter().any(|request| request.id == id) {
            // Sent twice. Its final frame is still to come, and another one would end it for the sender.
            return;
        }
        let accepted = self.check(&id, body).and_then(|body| {
            self.accept(connection, id.clone(), &body).map_err(|error| {
                self.log(&format!("chat request: {error}"));
                format!("Your message could not be saved. Nothing of it was kept; try again. ({error})")
            })
        });
        match accepted {
            Ok(()) => self.start_next(),
            Err(error) => connection.send(&failed(&id, error, None).to_text()),
        }
    }

    fn accept(&self, connection: &H::Connection, id: String, body: &ChatRequestBody) -> Result<(), StoreError> {
        let now = self.0.host.now();
        self.0.store.sql_transaction(|store| store.merge_messages(&body.messages, now))?;
        self.learn_zone(body.time_zone.as_deref())?;
        self.send_conversation(To::Chat, Some(connection.info().id))?;
        let trailing = body.messages.iter().rev().take_while(|message| message.role == Role::User);
        let mut message_ids: Vec<String> = trailing.map(|message| message.id.clone()).collect();
        message_ids.reverse();
        let ConnectionInfo { id: sender, principal, .. } = connection.info();
        self.0.queue.borrow_mut().push_back(Request { id, sender, principal, message_ids, extends: None });
        Ok(())
    }

    /// Reads a request.
    ///
    /// # Errors
    /// A sentence about what is wrong with it.
    fn check(&self, id: &str, body: &str) -> Result<ChatRequestBody, String> {
        if id.is_empty() || id.len() > ID_BYTES {
            return Err("The request has no usable id. Nothing was changed.".to_owned());
        }
        if self.0.queue.borrow().len() >= QUEUED {
            return Err("Too many requests are waiting. Nothing was changed; wait for an answer first.".to_owned());
        }
        let body: ChatRequestBody =
            json::read(body).map_err(|error| format!("The request cannot be read ({error}). Nothing was changed."))?;
        let Some(last) = body.messages.last() else {
            return Err("The request has no message. Nothing was changed.".to_owned());
        };
        if body.trigger == Trigger::SubmitMessage && last.role == Role::User && last.text().trim().is_empty() {
            return Err("The message is empty. Nothing was changed; say what you want.".to_owned());
        }
        if last.text().chars().count() > TEXT_CHARS {
            return Err(format!(
                "The message is longer than {TEXT_CHARS} characters. Nothing was changed; shorten it."
            ));
        }
        if body.messages.iter().any(|message| message.id.is_empty() || message.id.len() > ID_BYTES) {
            return Err("A message has no usable id. Nothing was changed.".to_owned());
        }
        Ok(body)
    }

    /// Sets the person's zone to that of the client, unless the person has set one.
    fn learn_zone(&self, name: Option<&str>) -> Result<(), StoreError> {
        let Some(zone) = name.and_then(|name| Zone::new(name).ok()) else { return Ok(()) };
        if self.0.store.settings()?.time_zone != Zone::UTC || zone == Zone::UTC {
            return Ok(());
        }
        let command = Command::ChangeSettings(SettingsUpdate { time_zone: Some(zone), ..SettingsUpdate::default() });
        let author = Author { actor: Actor::User, txn: TxnId::new(self.uuid()) };
        let done = action::command(&self.0.store, &command, &author, self.now(), &|| self.uuid())?;
        self.publish(&done.events);
        Ok(())
    }

    /// Begins the next request, unless one is under way.
    pub(super) fn start_next(&self) {
        while self.0.live.borrow().is_none() {
            let Some(request) = self.0.queue.borrow_mut().pop_front() else { return };
            let (sender, receiver) = oneshot::channel();
            match self.begin(&request) {
                Ok(prompt) => {
                    *self.0.stop.borrow_mut() = Some(sender);
                    let agent = self.clone();
                    self.0.host.spawn(Box::pin(async move { agent.answer(request, prompt, receiver).await }));
                }
                Err(error) => {
                    self.log(&format!("begin: {error}"));
                    *self.0.live.borrow_mut() = None;
                    let error = format!("The answer could not begin. Your message may be kept; try again. ({error})");
                    self.broadcast(&failed(&request.id, error, Some(request.message_ids)), To::Chat, None);
                }
            }
        }
    }

    fn begin(&self, request: &Request) -> Result<&'static Prompt, StoreError> {
        let extended = match &request.extends {
            Some(id) => self.0.store.message(id)?,
            None => None,
        };
        let continuation = extended.is_some();
        let message = extended.unwrap_or_else(|| Message::new(self.uuid().to_string(), Role::Assistant));
        let question = request.message_ids.last().map(String::as_str);
        let prompt = self.0.store.sql_transaction(|store| {
            let question = store.note_cause(&request.id, question, &message.id)?;
            let prompt = self.0.options.system_for(question.as_ref().unwrap_or(&message.id));
            store.begin_stream(&request.id, &message.id, continuation, &prompt.to_string(), self.now())?;
            Ok(prompt)
        })?;
        // A continuation's `start` has no id: it would rename the message that is being extended.
        let message_id = (!continuation).then(|| message.id.clone());
        *self.0.live.borrow_mut() = Some(Live::new(request.id.clone(), message, continuation));
        let metadata = object!({"model": self.model(), "prompt": prompt.to_string(), "at": self.now()});
        self.emit(Chunk::Start { message_id, message_metadata: Some(metadata) });
        Ok(prompt)
    }

    async fn answer(&self, request: Request, prompt: &'static Prompt, stop: oneshot::Receiver<Stop>) {
        let meter = Meter::new(self.now());
        let turn = Turn {
            request: &request.id,
            principal: &request.principal,
            store: &self.0.store,
            model: &*self.0.model,
            prompt,
            output: self,
            limits: self.0.options.turn,
            meter: &meter,
            txn: None,
            invalid: 0,
        };
        let ended = match select(Box::pin(turn.run()), stop).await {
            Either::Left((ended, _)) => Ended::Turn(ended),
            Either::Right((Ok(stop), _)) => Ended::Stopped(stop),
            // The sender is dropped only with the agent.
            Either::Right((Err(_), _)) => return,
        };
        if let Err(error) = self.end(&request, ended, prompt, &meter) {
            self.log(&format!("end: {error}"));
            let error = format!("The answer could not be saved; it will be gone after a reload. ({error})");
            self.broadcast(&failed(&request.id, error, Some(request.message_ids)), To::All, None);
        }
        self.start_next();
    }

    /// Stores the message, then sends it to everyone.
    fn end(&self, request: &Request, ended: Ended, prompt: &Prompt, meter: &Meter) -> Result<(), StoreError> {
        let cost = meter.read(self.now());
        let end = self.emit_end(&ended, &cost);
        self.turn_ended(&prompt.to_string(), end.outcome, &cost);
        let flushed = self.flush();
        self.0.stop.borrow_mut().take();
        let live = self.0.live.borrow_mut().take();
        let Some(mut live) = live else { return Ok(()) };
        if ended == Ended::Stopped(Stop::Cleared) {
            self.finish(request, &end, live.continuation);
            return Ok(());
        }
        flushed?;
        live.message.close_text();
        let now = self.now();
        self.0.store.sql_transaction(|store| {
            store.put_message(&live.message, now)?;
            store.end_stream(&live.id, &end)
        })?;
        // The sender, and the one who stopped the turn, already have the text.
        let except = match (&ended, live.continuation) {
            _ if self.0.has_news.take() => None,
            (_, true) => None,
            (Ended::Stopped(Stop::Cancelled(by)), _) => Some(*by),
            _ => Some(request.sender),
        };
        self.send_conversation(To::All, except)?;
        self.finish(request, &end, live.continuation);
        Ok(())
    }

    /// Emits how the turn ended and what it has cost.
    fn emit_end(&self, ended: &Ended, cost: &Cost) -> StreamEnd {
        let mut message_metadata = json::value(cost);
        match ended {
            Ended::Turn(Ok(reason)) => {
                let message_metadata = Some(message_metadata);
                self.emit(Chunk::Finish { finish_reason: Some(*reason), message_metadata });
                StreamEnd { outcome: TurnOutcome::Completed, error: None }
            }
            Ended::Turn(Err(error)) => {
                self.log(&format!("{AGENT}: turn failed: {error}"));
                message_metadata["error"] = error.to_string().into();
                self.emit(Chunk::MessageMetadata { message_metadata });
                StreamEnd { outcome: TurnOutcome::Error, error: Some(error.to_string()) }
            }
            Ended::Stopped(_) => {
                message_metadata["stopped"] = true.into();
                self.emit(Chunk::MessageMetadata { message_metadata });
                self.emit(Chunk::Abort);
                StreamEnd { outcome: TurnOutcome::Aborted, error: None }
            }
        }
    }

    /// Sends the final frame of a request to everyone who saw a chunk of it. A connection that was offered the stream and has
    /// not acknowledged it gets the final frame with the replay.
    fn finish(&self, request: &Request, end: &StreamEnd, continuation: bool) {
        let frame = match &end.error {
            Some(error) => failed(&request.id, error.clone(), Some(request.message_ids.clone())),
            None => ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: request.id.clone(),
                done: true,
                continuation,
                message_ids: (!continuation).then(|| request.message_ids.clone()),
                outcome: Some(end.outcome),
                ..ChatResponse::default()
            }),
        };
        self.broadcast(&frame, To::Chat, None);
        self.0.resuming.borrow_mut().clear();
        self.end_continuation(&request.id);
    }

    /// Stops a request, whoever sent it. An unknown id is ignored.
    pub(crate) fn cancel(&self, id: &str, connection: &H::Connection) {
        let running = self.0.live.borrow().as_ref().is_some_and(|live| live.id == id);
        if running {
            if let Some(stop) = self.0.stop.borrow_mut().take() {
                // The turn may have ended just now. Then there is nothing to stop.
                let _ = stop.send(Stop::Cancelled(connection.info().id));
            }
            return;
        }
        let waiting = self.0.queue.borrow().iter().position(|request| request.id == id);
        let request = waiting.and_then(|index| self.0.queue.borrow_mut().remove(index));
        if let Some(request) = request {
            self.broadcast(&ended_unanswered(&request, TurnOutcome::Aborted), To::Chat, None);
        }
    }

    /// Empties the conversation. A running turn ends first, and its text is dropped.
    pub(crate) fn clear(&self, connection: &H::Connection) -> Result<(), StoreError> {
        let waiting: Vec<Request> = self.0.queue.borrow_mut().drain(..).collect();
        for request in waiting {
            let frame = ended_unanswered(&request, TurnOutcome::Skipped).to_text();
            let connections = self.0.host.connections();
            if let Some(sender) = connections.iter().find(|other| other.info().id == request.sender) {
                sender.send(&frame);
            }
        }
        *self.0.continuation.borrow_mut() = None;
        self.0.store.sql_transaction(|store| store.clear_messages())?;
        if let Some(stop) = self.0.stop.borrow_mut().take() {
            let _ = stop.send(Stop::Cleared);
        }
        self.broadcast(&ServerFrame::CfAgentChatClear, To::All, Some(connection.info().id));
        Ok(())
    }
}

/// How a turn ended.
#[derive(Debug, PartialEq)]
enum Ended {
    Turn(Result<FinishReason, TurnError>),
    Stopped(Stop),
}
