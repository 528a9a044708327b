//! A turn: the model is asked, its calls are carried out, and it is asked again with the results, until it makes no more calls.
//!
//! The loop does not know where its chunks go (see [`Output`]) or how it is cancelled. To cancel a turn, drop its future. That
//! is safe at every `await`, because a call is carried out without one.
//!
//! | module | contents |
//! | --- | --- |
//! | `calls` | the model's tool calls are checked and carried out |
//! | `cost` | what a turn costs |
//! | `accept` | chat requests become messages and a turn in the queue |
//! | `allowance` | what a person may ask of the model |
//! | `lifecycle` | one turn at a time begins, streams, and ends |
//! | `stop` | a request is cancelled, or the conversation is cleared |
//! | `recover` | what a process that died has left |
//! | `consent` | questions to the person, and their answers |
//! | `live`, `output` | the turn that streams, and where its chunks go |
//! | `specs` | the tools as models get them |
//! | `frames` | the final frames of requests |
//! | `outcomes` | how turns and runs ended, for comparing prompts |

mod accept;
mod allowance;
mod calls;
mod consent;
mod cost;
pub(crate) mod frames;
mod lifecycle;
pub(crate) mod live;
mod outcomes;
mod output;
mod recover;
mod specs;
mod stop;

use chrono::{DateTime, Utc};
use flux_protocol::chunk::FinishReason as WireFinish;
use flux_protocol::trace::span_id;
use flux_protocol::{Chunk, Message};
use flux_timeline::{Event, TxnId};
use futures::StreamExt;
use uuid::Uuid;

use crate::assistant::Assistant;
use crate::prompt::{self, Instructions, Prompt};
use crate::setting::{Lookup, number};
use crate::store::{Sql, Store, StoreError};
use crate::telemetry::{Asking, LogRecord, Span};
use flux_identity::Principal;
use flux_model::{ChatRequest, FinishReason, ModelCall, ModelError, ModelEvent, TokenCount};
use flux_tools::context::{self, Facts};

pub(crate) use accept::check_messages;
pub use calls::offered;
pub use cost::{Cost, Meter};

/// Stands at the end of an answer that was cut off, and in calls that were not carried out because of it.
const TOO_LONG: &str = "The answer was too long and was cut off here. What was done before is kept.";

/// Most bytes of messages that are read from the store for a prompt. More than the largest budget needs.
const PROMPT_BYTES: usize = 1_000_000;

/// Limits of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnLimits {
    /// Most steps, that is, requests to the model. The last one has no tools, so the model must answer.
    pub steps: usize,
    /// The number of invalid tool calls at which a turn fails.
    pub invalid_calls: usize,
    /// Budget for the conversation in the prompt, in estimated tokens.
    pub conversation_tokens: usize,
    /// Most bytes of text, reasoning and arguments that a turn takes from the model. It ends when there is more.
    pub answer_bytes: usize,
    /// Most messages that are read from the store for the prompt, the newest ones. See [`Store::messages_to_answer`].
    pub messages: u64,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self { steps: 8, invalid_calls: 3, conversation_tokens: 6_000, answer_bytes: 128 << 10, messages: 60 }
    }
}

impl TurnLimits {
    /// Reads the limits from variables, as `wrangler.toml` sets them. A missing variable leaves its default.
    ///
    /// # Errors
    /// A sentence about a variable that is not a number or out of range.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        let default = Self::default();
        let tokens = default.conversation_tokens as u64;
        let tokens = number(lookup, "MODEL_CONVERSATION_TOKENS", tokens, 500..=200_000)?;
        Ok(Self { conversation_tokens: usize::try_from(tokens).unwrap_or(usize::MAX), ..default })
    }
}

/// Where a turn's results go.
pub trait Output {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
    /// A new UUID v7.
    fn uuid(&self) -> Uuid;
    /// Sends a chunk to connections, and adds it to the message.
    fn emit(&self, chunk: Chunk);
    /// Stores a chunk and all before it. Called within a transaction; the chunk is emitted after it.
    ///
    /// # Errors
    /// What the store can fail with.
    fn store(&self, chunk: &Chunk) -> Result<(), StoreError>;
    /// Emits a chunk that is already stored.
    fn emit_stored(&self, chunk: Chunk);
    /// Sends everyone the chunks before [`Output::store`] and the events that were appended to the log in the same transaction. What
    /// they set in motion is part of `span`.
    fn publish(&self, events: &[Event], span: Span);
    /// Sends everyone the chunks before [`Output::store`] and the reminders that are left.
    fn remind(&self);
    /// The message so far.
    fn message(&self) -> Message;
    /// Writes a record to the service's log, as part of a span.
    fn log(&self, record: &LogRecord<'_>, span: Span);
}

/// Why a turn ended without a complete answer. `Display` is a sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TurnError {
    /// The model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The store failed.
    #[error("Something could not be saved. What was done before is kept; try again. ({0})")]
    Store(#[from] StoreError),
    /// The model made too many invalid calls.
    #[error(
        "The model made {0} calls that do not fit and was stopped. What was done before is kept; say it in other words, or try again."
    )]
    InvalidCalls(usize),
}

/// A running turn.
pub struct Turn<'a, S, O> {
    /// The id of the message that it writes.
    pub id: &'a str,
    /// The chat request that it answers.
    pub request: &'a str,
    /// The id of the person's message that it answers. `None` for a continuation.
    pub question: Option<&'a str>,
    /// Who sent the request. The assistant may do what this principal may do.
    pub principal: &'a Principal,
    /// The person's data.
    pub store: &'a Store<S>,
    /// The model.
    pub model: &'a dyn Assistant,
    /// The system prompt.
    pub prompt: &'static Prompt,
    /// Where the results go.
    pub output: &'a O,
    /// The limits.
    pub limits: TurnLimits,
    /// Counts the cost.
    pub meter: &'a Meter,
    /// The transaction of the changes so far, if there are any.
    pub txn: Option<TxnId>,
    /// Invalid calls so far.
    pub invalid: usize,
    /// Blocks that this turn has changed or deleted so far, since the person was last asked.
    pub changed: usize,
    /// Bytes taken from the model so far; see [`TurnLimits::answer_bytes`].
    pub taken: usize,
    /// Its span.
    pub span: Span,
}

/// What the model answered in one step.
#[derive(Debug, Default)]
struct Step {
    calls: Vec<ModelCall>,
    finish: Option<FinishReason>,
}

impl<S: Sql + Clone, O: Output> Turn<'_, S, O> {
    /// Runs the turn to its end, and returns why it ended. The caller emits `start` and `finish`.
    ///
    /// # Errors
    /// [`TurnError`]; the text and changes so far are kept.
    pub async fn run(mut self) -> Result<WireFinish, TurnError> {
        if self.carry_out_approved()? {
            return Ok(WireFinish::ToolCalls);
        }
        let mut timeline = context::timeline(self.store, self.output.now())?;
        // What the model is told in all steps of the turn. It states the timeline as it is at the beginning, so that each step's
        // request continues the one before. What changes in between is in the results of the calls.
        let told = prompt::render(self.prompt, &timeline);
        let mut conversation = self.conversation()?;
        for step in 1..=self.limits.steps {
            let is_last = step == self.limits.steps;
            self.output.emit(Chunk::StartStep);
            let request = self.request(&told, &mut conversation, is_last);
            self.meter.step(self.token_count(&request));
            if step > 1 && self.model.reads_facts() {
                timeline = context::timeline(self.store, self.output.now())?;
            }
            let answered = self.ask(request, Facts::Timeline(timeline.clone())).await?;
            if is_last {
                self.turn_down(&answered.calls);
            }
            let waits = !is_last && self.carry_out(&answered.calls)?;
            self.output.emit(Chunk::FinishStep);
            if waits {
                return Ok(WireFinish::ToolCalls);
            }
            if answered.calls.is_empty() || is_last {
                return Ok(wire_reason(answered.finish));
            }
        }
        Ok(WireFinish::Other)
    }

    /// The request of a step. `conversation` is what came before this turn's message.
    fn request(&self, told: &Instructions, conversation: &mut Vec<Message>, is_last: bool) -> ChatRequest {
        conversation.push(self.output.message());
        let messages = prompt::conversation(conversation, self.limits.conversation_tokens);
        conversation.pop();
        let tools = if is_last { Vec::new() } else { specs::all() };
        ChatRequest {
            system: told.system.clone(),
            context: told.context.clone(),
            messages,
            tools,
            response_schema: None,
            max_output_tokens: self.prompt.max_output_tokens,
            temperature: self.prompt.temperature,
            traceparent: None,
        }
    }

    fn token_count(&self, request: &ChatRequest) -> TokenCount {
        if !self.model.uses_tokens() {
            return TokenCount::default();
        }
        let tools = if request.tools.is_empty() { 0 } else { specs::bytes() };
        TokenCount::new(request.bytes_without_tools() + tools)
    }

    /// The newest messages for the prompt before the turn's own. It is read once: all steps of a turn continue the same.
    ///
    /// The messages of requests that wait are answered later. The one that this turn answers comes last, although the answer before
    /// it may have been stored after it, and others that wait may have come after it.
    fn conversation(&self) -> Result<Vec<Message>, StoreError> {
        let mut messages = self.store.messages_to_answer(self.limits.messages, PROMPT_BYTES)?;
        messages.retain(|message| message.id != self.id);
        if let Some(id) = self.question {
            match messages.iter().position(|message| message.id == id) {
                Some(place) => {
                    let question = messages.remove(place);
                    messages.push(question);
                }
                None => messages.extend(self.store.message(id)?),
            }
        }
        Ok(messages)
    }

    /// Asks the model once, and forwards its answer as it streams.
    async fn ask(&mut self, mut request: ChatRequest, facts: Facts) -> Result<Step, TurnError> {
        let (output, span) = (self.output, self.new_span());
        request.traceparent = Some(span.trace().to_string());
        let now_ms = || output.now().timestamp_millis();
        let log = |record: &LogRecord<'_>, _| output.log(record, span);
        let mut asking = Asking::new(self.model.id(), Some(span), &now_ms, &log);
        let mut stream = self.model.answer(request, facts);
        let mut step = Step::default();
        let mut open = Open::default();
        while let Some(event) = stream.next().await {
            self.meter.take(&event);
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    asking.failed(&error);
                    open.close(self.output);
                    return Err(error.into());
                }
            };
            let given = match &event {
                ModelEvent::Text(delta) | ModelEvent::Reasoning(delta) | ModelEvent::CallArguments { delta, .. } => {
                    delta
                }
                _ => "",
            };
            let room = self.limits.answer_bytes.saturating_sub(self.taken);
            if given.len() > room {
                let is_text = matches!(event, ModelEvent::Text(_));
                let end = (0..=room).rfind(|end| is_text && given.is_char_boundary(*end)).unwrap_or(0);
                asking.done();
                self.cut_off(&mut open, given.get(..end).unwrap_or_default());
                return Ok(Step { calls: Vec::new(), finish: Some(FinishReason::Length) });
            }
            self.taken += given.len();
            match event {
                ModelEvent::Text(delta) => {
                    self.meter.first_output(|| self.output.now());
                    let id = open.text(self.output);
                    self.output.emit(Chunk::TextDelta { id, delta });
                }
                ModelEvent::Reasoning(delta) => {
                    let id = open.reasoning(self.output);
                    self.output.emit(Chunk::ReasoningDelta { id, delta });
                }
                ModelEvent::CallStarted { id, name } => {
                    self.meter.first_output(|| self.output.now());
                    open.close(self.output);
                    let tool_name = calls::shown_name(&name);
                    self.output.emit(Chunk::ToolInputStart { tool_call_id: id, tool_name });
                }
                ModelEvent::CallArguments { id, delta } => {
                    self.output.emit(Chunk::ToolInputDelta { tool_call_id: id, input_text_delta: delta });
                }
                ModelEvent::CallFinished(call) => step.calls.push(call),
                ModelEvent::Usage(usage) => asking.usage = usage,
                ModelEvent::Finished(reason) => step.finish = Some(reason),
                ModelEvent::Retried { attempt, after_ms, reason } => {
                    self.meter.retry();
                    output.log(&LogRecord::Retry { attempt, after_ms, fault: (&reason).into() }, span);
                }
                ModelEvent::Skipped { .. } => {
                    self.meter.skip();
                    output.log(&LogRecord::Skipped, span);
                }
            }
        }
        asking.done();
        open.close(self.output);
        Ok(step)
    }
}

impl<S: Sql, O: Output> Turn<'_, S, O> {
    /// A new span within that of the turn.
    fn new_span(&self) -> Span {
        self.span.child(span_id(self.output.uuid()))
    }

    /// Emits the last text that is kept, and notes that the answer was cut off. Calls that the model has begun in this step are
    /// not carried out.
    fn cut_off(&self, open: &mut Open, last: &str) {
        self.output.log(&LogRecord::CutOff, self.span);
        consent::not_carried_out(&self.output.message(), TOO_LONG)
            .into_iter()
            .for_each(|chunk| self.output.emit(chunk));
        let id = open.text(self.output);
        self.output.emit(Chunk::TextDelta { id, delta: format!("{last}\n\n({TOO_LONG})") });
        open.close(self.output);
    }
}

/// The text or reasoning that is open. Only one can be.
#[derive(Default)]
struct Open(Option<(Kind, String)>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Reasoning,
}

impl Open {
    fn text(&mut self, output: &impl Output) -> String {
        self.of(Kind::Text, output)
    }

    fn reasoning(&mut self, output: &impl Output) -> String {
        self.of(Kind::Reasoning, output)
    }

    fn of(&mut self, kind: Kind, output: &impl Output) -> String {
        if let Some((open, id)) = &self.0
            && *open == kind
        {
            return id.clone();
        }
        self.close(output);
        let id = output.uuid().to_string();
        output.emit(match kind {
            Kind::Text => Chunk::TextStart { id: id.clone() },
            Kind::Reasoning => Chunk::ReasoningStart { id: id.clone() },
        });
        self.0 = Some((kind, id.clone()));
        id
    }

    fn close(&mut self, output: &impl Output) {
        match self.0.take() {
            Some((Kind::Text, id)) => output.emit(Chunk::TextEnd { id }),
            Some((Kind::Reasoning, id)) => output.emit(Chunk::ReasoningEnd { id }),
            None => {}
        }
    }
}

fn wire_reason(reason: Option<FinishReason>) -> WireFinish {
    match reason {
        Some(FinishReason::Stop | FinishReason::ToolCalls) => WireFinish::Stop,
        Some(FinishReason::Length) => WireFinish::Length,
        Some(FinishReason::ContentFilter) => WireFinish::ContentFilter,
        Some(FinishReason::Error) => WireFinish::Error,
        Some(FinishReason::Other) | None => WireFinish::Other,
    }
}
