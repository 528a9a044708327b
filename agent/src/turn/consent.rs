//! Consent: what a turn stores when it asks, the person's answer, and what happens when there is none. After an answer the
//! model goes on in a continuation, which extends the message in which it asked.
//!
//! A step stops at the first call that needs consent. The person agrees to the resolved call that is stored with the question:
//! exactly that is carried out, and if it would then affect other blocks than when the person was asked, they are asked again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use flux_protocol::message::{Approval, ToolPart, ToolState};
use flux_protocol::{Chunk, Message, ServerFrame};
use flux_timeline::decide::DecideError;
use flux_timeline::{BlockId, ReadPlans, limits};
use flux_tools::tool::{Consent, ToolCall, ToolContext};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Output, Turn, TurnError};
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::jobs::turns_due;
use crate::store::{QuestionRecord, RequestRecord, Sql, Store, StoreError, TurnRecord, TurnState, digest};
use crate::telemetry::{LogRecord, Name, Span};
use flux_model::ModelCall;

/// How long a continuation waits before it begins, so that the connection that will show it can ask to resume it.
const BEFORE_CONTINUATION: Duration = Duration::from_millis(50);

/// Why the calls after a refused one have no result.
const AFTER_REFUSAL: &str = "Not carried out, because the call before it was refused.";

impl<H: Host> ChatAgent<H> {
    /// Takes the person's answer to a question. The first answer counts; an answer to a call that does not wait for one is
    /// ignored. When this returns, the answer and what follows from it are stored.
    pub(crate) fn answer_question(
        &self,
        connection: &H::Connection,
        tool_call_id: &str,
        approved: bool,
        goes_on: bool,
    ) -> Result<(), StoreError> {
        let now = self.0.host.now();
        let ConnectionInfo { id: sender, principal, .. } = ConnectionInfo::clone(&connection.info());
        let request = RequestRecord {
            id: self.0.host.uuid().to_string(),
            continuation: true,
            sender,
            principal,
            message_ids: Vec::new(),
        };
        let answered = self.0.store.sql_transaction(|store| {
            let Some((question, mut message)) = self.open_question(store, tool_call_id)? else { return Ok(None) };
            if let Some(tool) = message.tool_mut(tool_call_id) {
                take_answer(tool, approved);
            }
            if approved {
                store.put_question(&QuestionRecord { approved: Some(true), ..question })?;
            } else {
                store.delete_question(tool_call_id)?;
                close_calls(&mut message, AFTER_REFUSAL);
            }
            store.put_message(&message, now)?;
            // What is approved is carried out, even if the client does not ask for a continuation.
            if approved || goes_on {
                store.queue_turn(&message.id, &request, None)?;
                store.put_turns_job(now)?;
            } else {
                store.set_turn_state(&message.id, TurnState::Ended)?;
            }
            Ok(Some(message))
        })?;
        let Some(message) = answered else { return Ok(()) };
        self.broadcast(&ServerFrame::CfAgentMessageUpdated { message }, To::All, None);
        if approved || goes_on {
            self.wake_by(turns_due(now));
        }
        let agent = self.clone();
        self.0.host.spawn(Box::pin(async move {
            agent.0.host.sleep(BEFORE_CONTINUATION).await;
            agent.start_next();
        }));
        Ok(())
    }

    /// The question about a call that waits for the person's answer, and the message that asks.
    fn open_question(
        &self,
        store: &Store<H::Sql>,
        tool_call: &str,
    ) -> Result<Option<(QuestionRecord, Message)>, StoreError> {
        let question = store.question(tool_call)?;
        let message = match &question {
            Some(question) => store.message(&question.turn)?,
            None => store.message_with_call(tool_call)?,
        };
        let Some(message) = message else { return Ok(None) };
        let tool = message.tools().find(|tool| tool.call.tool_call_id == tool_call);
        let Some(tool) = tool.filter(|tool| tool.call.state == ToolState::ApprovalRequested) else { return Ok(None) };
        let question = match question {
            Some(question) => question,
            // An earlier version asked, which stored no questions.
            None => self.question_about(store, tool, &message.id)?,
        };
        Ok(Some((question, message)))
    }

    fn question_about(&self, store: &Store<H::Sql>, tool: &ToolPart, turn: &str) -> Result<QuestionRecord, StoreError> {
        let input = tool.call.input.clone().unwrap_or_default();
        let needed = match ToolCall::parse(&tool.tool_name, &input) {
            Ok(call) => consent(store, &call, self.0.host.now(), self.0.host.uuid())?,
            Err(_) => None,
        };
        // If it cannot be carried out, the result will say why.
        let consent =
            needed.unwrap_or_else(|| Consent { question: String::new(), arguments: input, touches: Vec::new() });
        Ok(question(consent, &tool.call.tool_call_id, &tool.tool_name, turn, &[]))
    }

    /// Declines the questions of `open` turns, because the person has written something else. Returns the messages that
    /// changed.
    pub(super) fn decline_open_questions(
        &self,
        store: &Store<H::Sql>,
        open: &[TurnRecord],
    ) -> Result<Vec<Message>, StoreError> {
        let mut changed = Vec::new();
        for turn in open.iter().filter(|turn| turn.state == TurnState::AwaitingConsent) {
            store.set_turn_state(&turn.id, TurnState::Ended)?;
            let Some(question) = store.question_of(&turn.id)? else { continue };
            store.delete_question(&question.tool_call)?;
            let Some(mut message) = store.message(&turn.id)? else { continue };
            if let Some(tool) = message.tool_mut(&question.tool_call) {
                take_answer(tool, false);
            }
            close_calls(&mut message, AFTER_REFUSAL);
            store.put_message(&message, self.0.host.now())?;
            changed.push(message);
        }
        Ok(changed)
    }

    /// The request of a continuation that has not begun.
    pub(crate) fn scheduled_continuation(&self) -> Result<Option<String>, StoreError> {
        let queued = self.0.store.turns(TurnState::Queued)?;
        Ok(queued.into_iter().map(|turn| turn.request).find(|request| request.continuation).map(|request| request.id))
    }

    /// Makes a connection the one that shows the continuation, unless another one is.
    pub(crate) fn own_continuation(&self, connection: Uuid) {
        if self.0.resumer.get().is_none() {
            self.0.resumer.set(Some(connection));
        }
    }

    /// Whether another connection that is still open shows the continuation.
    pub(crate) fn continuation_belongs_to_another(&self, connection: Uuid) -> bool {
        self.0.resumer.get().is_some_and(|owner| {
            owner != connection && self.0.host.connections().iter().any(|other| other.info().id == owner)
        })
    }
}

impl<S: Sql + Clone, O: Output> Turn<'_, S, O> {
    /// What the person must agree to before a call is carried out.
    pub(super) fn consent(&self, call: &ToolCall) -> Result<Option<Consent>, TurnError> {
        Ok(consent(self.store, call, self.output.now(), self.output.uuid())?)
    }

    /// What the person is asked before an answer that has changed many blocks goes on. A model that was misled, such as by a text on
    /// the timeline, could otherwise change all of it, one call at a time.
    pub(super) fn consent_to_more(&self, call: &ToolCall, arguments: Value) -> Option<Consent> {
        let is_change = matches!(
            call,
            ToolCall::UpdateBlock(_)
                | ToolCall::DeleteBlock(_)
                | ToolCall::CompleteBlock(_)
                | ToolCall::UncompleteBlock(_)
                | ToolCall::ShiftTimeline(_)
                | ToolCall::RescheduleOverdue(_)
        );
        (is_change && self.changed >= limits::CHANGED_WITHOUT_ASKING).then(|| Consent {
            question: format!("This answer has already changed {} blocks. May it change more?", self.changed),
            arguments,
            touches: Vec::new(),
        })
    }

    /// Asks the person for consent to a call, which is logged as a span. `rest` are the calls of the step that come after it; they wait,
    /// too.
    pub(super) fn ask_person(
        &self,
        consent: Consent,
        tool_call: &str,
        tool: Name,
        rest: &[ModelCall],
        span: Span,
    ) -> Result<(), TurnError> {
        let text = json!({"question": {"toolCallId": tool_call, "text": consent.question}});
        self.output.emit(Chunk::MessageMetadata { message_metadata: text });
        let question = question(consent, tool_call, tool, self.id, rest);
        let chunk = Chunk::ToolApprovalRequest {
            approval_id: self.output.uuid().to_string(),
            tool_call_id: tool_call.to_owned(),
        };
        self.store.sql_transaction(|store| {
            store.put_question(&question)?;
            self.output.store(&chunk)
        })?;
        self.output.emit_stored(chunk);
        self.output.log(&LogRecord::Call { tool, outcome: "asked", ms: 0 }, span);
        Ok(())
    }

    /// Carries out the call to which the person has consented, and the calls of its step that come after it. Returns whether
    /// one of them asks.
    pub(super) fn carry_out_approved(&mut self) -> Result<bool, TurnError> {
        if self.question.is_some() {
            return Ok(false);
        }
        let question = self.store.question_of(self.id)?.filter(|question| question.approved == Some(true));
        let Some(QuestionRecord { tool_call, tool, arguments, touches, rest, .. }) = question else { return Ok(false) };
        match ToolCall::parse(&tool, &arguments) {
            Ok(call) => match self.consent(&call)? {
                Some(consent) if digest_of(&consent.touches) != touches => {
                    self.ask_person(consent, &tool_call, call.name(), &rest, self.new_span())?;
                    return Ok(true);
                }
                _ => self.change(&call, &tool_call, true, self.new_span())?,
            },
            // A newer version of the service may have changed the tool.
            Err(error) => {
                self.store.delete_question(&tool_call)?;
                self.output.emit(Chunk::ToolOutputError { tool_call_id: tool_call, error_text: error.to_string() });
            }
        }
        self.carry_out(&rest)
    }
}

/// What the person must agree to before a call is carried out. `None` for a call that will be rejected.
fn consent<S: Sql>(
    store: &Store<S>,
    call: &ToolCall,
    now: DateTime<Utc>,
    new_id: Uuid,
) -> Result<Option<Consent>, StoreError> {
    match call.consent(store, &ToolContext { now, zone: store.settings()?.zone(), new_id }) {
        Ok(consent) => Ok(consent),
        Err(DecideError::Rejected(_)) => Ok(None),
        Err(DecideError::View(error)) => Err(error),
    }
}

fn question(consent: Consent, tool_call: &str, tool: &str, turn: &str, rest: &[ModelCall]) -> QuestionRecord {
    QuestionRecord {
        tool_call: tool_call.to_owned(),
        turn: turn.to_owned(),
        question: consent.question,
        tool: tool.to_owned(),
        arguments: consent.arguments,
        touches: digest_of(&consent.touches),
        rest: rest.to_vec(),
        approved: None,
    }
}

/// A digest of the blocks that a call would affect.
fn digest_of(touches: &[BlockId]) -> i64 {
    let mut ids: Vec<String> = touches.iter().map(BlockId::to_string).collect();
    ids.sort_unstable();
    digest(&ids.concat())
}

fn take_answer(tool: &mut ToolPart, approved: bool) {
    let call = &mut tool.call;
    call.state = if approved { ToolState::ApprovalResponded } else { ToolState::OutputDenied };
    let id = call.approval.take().map_or_else(String::new, |approval| approval.id);
    call.approval = Some(Approval { id, approved: Some(approved) });
}

/// The chunks that give an error to each call of a message that is neither carried out nor refused, and for which nothing waits.
pub(super) fn not_carried_out(message: &Message, why: &str) -> Vec<Chunk> {
    let is_open =
        |state| matches!(state, ToolState::InputStreaming | ToolState::InputAvailable | ToolState::ApprovalResponded);
    let open = message.tools().map(|tool| &tool.call).filter(|call| is_open(call.state));
    open.map(|call| Chunk::ToolOutputError { tool_call_id: call.tool_call_id.clone(), error_text: why.to_owned() })
        .collect()
}

/// Gives the calls of a message that will not be carried out an error as their result. Returns whether there are any.
pub(super) fn close_calls(message: &mut Message, why: &str) -> bool {
    let chunks = not_carried_out(message, why);
    chunks.iter().for_each(|chunk| message.add(chunk));
    !chunks.is_empty()
}
