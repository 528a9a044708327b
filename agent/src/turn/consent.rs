//! Answers to tool calls from outside a turn: a person's consent to one, and results of tools that ran in a browser. With
//! the answer the model goes on: a continuation, which extends the message in which it asked.

use std::time::Duration;

use flux_protocol::message::{Approval, ToolPart, ToolState};
use flux_protocol::{Message, Role, ServerFrame};
use serde_json::Value;
use uuid::Uuid;

use super::requests::Request;
use super::{ChatAgent, To};
use crate::host::{Connection, Host};
use crate::store::StoreError;

/// How long more answers are waited for before the model goes on with those that are there.
const GATHER: Duration = Duration::from_millis(50);

/// An answer to a tool call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    /// The person said yes or no.
    Consent {
        /// Which.
        approved: bool,
    },
    /// A browser carried it out.
    Result {
        /// What it gave.
        output: Value,
        /// `output-error` where it failed.
        state: Option<ToolState>,
        /// Why it failed.
        error_text: Option<String>,
    },
}

/// A continuation that will begin, or has begun.
#[derive(Debug, Clone)]
pub(super) struct Continuation {
    /// Its request's id.
    id: String,
    /// The connection that shows it, once one has asked.
    owner: Option<Uuid>,
}

impl<H: Host> ChatAgent<H> {
    pub(super) fn answer_call(
        &self,
        connection: &H::Connection,
        tool_call_id: &str,
        answer: &Answer,
        goes_on: bool,
    ) -> Result<(), StoreError> {
        // A call of the turn under way is answered by the turn.
        if self.0.live.borrow_mut().as_mut().is_some_and(|live| live.message.tool_mut(tool_call_id).is_some()) {
            return Ok(());
        }
        let Some(mut message) = self.0.store.message_with_call(tool_call_id)? else { return Ok(()) };
        let Some(tool) = message.tool_mut(tool_call_id) else { return Ok(()) };
        if !take(tool, answer) {
            return Ok(());
        }
        self.0.store.put_message(&message, self.0.host.now())?;
        self.broadcast(&ServerFrame::CfAgentMessageUpdated { message: message.clone() }, To::All, None);
        if goes_on {
            self.schedule_continuation(connection, &message);
        }
        Ok(())
    }

    fn schedule_continuation(&self, connection: &H::Connection, message: &Message) {
        let answers = self.0.answers.get() + 1;
        self.0.answers.set(answers);
        let waiting = self.0.continuation.take();
        let waiting = waiting.unwrap_or_else(|| Continuation { id: self.0.host.uuid().to_string(), owner: None });
        let id = waiting.id.clone();
        self.0.continuation.replace(Some(waiting));
        let request =
            Request { id, sender: connection.info().id, message_ids: Vec::new(), extends: Some(message.id.clone()) };
        let agent = self.clone();
        self.0.host.spawn(Box::pin(async move {
            agent.0.host.sleep(GATHER).await;
            agent.start_continuation(request, answers);
        }));
    }

    /// Begins a continuation, unless another answer came in meanwhile (which has its own), or one is still missing.
    fn start_continuation(&self, request: Request, answers: u64) {
        let is_newest = self.0.answers.get() == answers;
        let is_wanted = self.0.continuation.borrow().as_ref().is_some_and(|waiting| waiting.id == request.id);
        if !is_newest || !is_wanted || self.waits_for_answer(request.extends.as_deref()) {
            return;
        }
        let owner = self.0.continuation.borrow().as_ref().and_then(|continuation| continuation.owner);
        let id = request.id.clone();
        let connections = self.0.host.connections();
        let owner = connections.iter().find(|other| Some(other.info().id) == owner);
        // Whoever asked for it is offered the stream before the first chunk.
        if let Some(owner) = owner {
            self.0.resuming.borrow_mut().insert(owner.info().id);
        }
        self.0.queue.borrow_mut().push_back(request);
        self.start_next();
        let is_streaming = self.0.live.borrow().as_ref().is_some_and(|live| live.id == id);
        match owner {
            Some(owner) if is_streaming => self.offer_stream(owner, owner.info().id),
            Some(owner) => {
                self.0.resuming.borrow_mut().remove(&owner.info().id);
            }
            None => {}
        }
    }

    fn waits_for_answer(&self, message: Option<&str>) -> bool {
        let message = message.and_then(|id| self.0.store.message(id).ok().flatten());
        message.is_none_or(|message| {
            message.role != Role::Assistant
                || message.tools().any(|tool| tool.call.state == ToolState::ApprovalRequested)
        })
    }

    /// The id of a continuation that has not begun.
    pub(super) fn scheduled_continuation(&self) -> Option<String> {
        self.0.continuation.borrow().as_ref().map(|continuation| continuation.id.clone())
    }

    pub(super) fn own_continuation(&self, connection: Uuid) {
        if let Some(continuation) = self.0.continuation.borrow_mut().as_mut() {
            continuation.owner.get_or_insert(connection);
        }
    }

    /// Whether another connection, one that is still there, shows the continuation.
    pub(super) fn continuation_belongs_to_another(&self, connection: Uuid) -> bool {
        let owner = self.0.continuation.borrow().as_ref().and_then(|continuation| continuation.owner);
        owner.is_some_and(|owner| {
            owner != connection && self.0.host.connections().iter().any(|other| other.info().id == owner)
        })
    }

    /// Forgets a continuation once its request has ended.
    pub(super) fn end_continuation(&self, id: &str) {
        let mut continuation = self.0.continuation.borrow_mut();
        if continuation.as_ref().is_some_and(|continuation| continuation.id == id) {
            *continuation = None;
        }
    }
}

/// Puts an answer into a call that waits for it. The first answer counts.
fn take(tool: &mut ToolPart, answer: &Answer) -> bool {
    let call = &mut tool.call;
    match (call.state, answer) {
        (ToolState::ApprovalRequested, Answer::Consent { approved }) => {
            call.state = if *approved { ToolState::ApprovalResponded } else { ToolState::OutputDenied };
            let id = call.approval.take().map_or_else(String::new, |approval| approval.id);
            call.approval = Some(Approval { id, approved: Some(*approved) });
            true
        }
        (ToolState::InputAvailable, Answer::Result { output, state, error_text }) => {
            if *state == Some(ToolState::OutputError) {
                call.state = ToolState::OutputError;
                call.error_text.clone_from(error_text);
            } else {
                call.state = ToolState::OutputAvailable;
                call.output = Some(output.clone());
            }
            true
        }
        _ => false,
    }
}
