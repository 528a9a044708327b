//! Answers to tool calls from outside a turn: a person's consent, and results of tools that ran in a browser. After the
//! answer the model goes on in a continuation, which extends the message in which it asked.

use std::time::Duration;

use flux_protocol::message::{Approval, ToolPart, ToolState};
use flux_protocol::{Message, Role, ServerFrame};
use uuid::Uuid;

use super::state::{Answer, Continuation, Request};
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::store::StoreError;

/// How long the agent waits for more answers before the model goes on.
const GATHER: Duration = Duration::from_millis(50);

impl<H: Host> ChatAgent<H> {
    /// Puts an answer into the call that waits for it.
    pub(crate) fn answer_call(
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
        let ConnectionInfo { id: sender, principal, .. } = connection.info();
        let request = Request { id, sender, principal, message_ids: Vec::new(), extends: Some(message.id.clone()) };
        let agent = self.clone();
        self.0.host.spawn(Box::pin(async move {
            agent.0.host.sleep(GATHER).await;
            agent.start_continuation(request, answers);
        }));
    }

    /// Begins a continuation, unless another answer came in meanwhile (which begins its own) or one is still missing.
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
        // The connection that asked for it is offered the stream before the first chunk.
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
    pub(crate) fn scheduled_continuation(&self) -> Option<String> {
        self.0.continuation.borrow().as_ref().map(|continuation| continuation.id.clone())
    }

    /// Makes a connection the one that shows the continuation, unless another one is.
    pub(crate) fn own_continuation(&self, connection: Uuid) {
        if let Some(continuation) = self.0.continuation.borrow_mut().as_mut() {
            continuation.owner.get_or_insert(connection);
        }
    }

    /// Whether another connection that is still open shows the continuation.
    pub(crate) fn continuation_belongs_to_another(&self, connection: Uuid) -> bool {
        let owner = self.0.continuation.borrow().as_ref().and_then(|continuation| continuation.owner);
        owner.is_some_and(|owner| {
            owner != connection && self.0.host.connections().iter().any(|other| other.info().id == owner)
        })
    }

    /// Drops a continuation whose request has ended.
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
