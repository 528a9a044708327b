//! A person and their agent: the production agent on an in-memory platform, addressed through the frames of its protocol.
//!
//! | module | contents |
//! | --- | --- |
//! | `host` | the platform: a clock that stands still, ids that count |
//! | `goals` | running the architect to the end of a goal |
//! | `setup` | the timeline from which a case starts |
//! | `watch` | recording what each answer of the model cost |

mod goals;
mod host;
mod setup;
mod watch;

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use flux_agent::agent::{ChatAgent, Options};
use flux_agent::native::Sqlite;
use flux_agent::prompt::Prompts;
use flux_agent::store::StoreError;
use flux_protocol::frame::{ChatRequestBody, ChatResponse, RequestInit, Trigger};
use flux_protocol::message::TextPart;
use flux_protocol::{ClientFrame, Message, Part, Role, ServerFrame, ToolPart, ToolState};
use flux_timeline::Zone;
use futures::StreamExt;
use futures::channel::mpsc;
use serde_json::Value;

use crate::case::{Case, Expect, Turn};
use crate::models::{Asked, Fault};
use crate::picture::{Change, Picture, changes};
use crate::record::{CallOutcome, CallRecord, Cost};

pub use host::EvalHost;
pub use watch::{Answer, Watched};

/// How many times as long as a turn a goal may take, because its steps are retried.
const GOAL_TRIES: u32 = 4;
/// The most questions for consent in a turn.
const CONSENTS: usize = 8;

/// Why a case cannot be attempted. None of these is a fault of the model.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The zone of the case is invalid.
    #[error("{0:?} is not a time zone")]
    Zone(String),
    /// The start of the case is refused.
    #[error("the start cannot be set up: {method} {arguments}: {error}")]
    Setup {
        /// The method.
        method: String,
        /// Its arguments.
        arguments: Value,
        /// Why it was refused.
        error: String,
    },
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// The turn did not end, although it took longer than the limits of the model allow.
    #[error("the turn did not end within {} seconds", .0.as_secs())]
    Hung(Duration),
    /// The model's answer is not available.
    #[error("{0}")]
    Model(String),
    /// The case is incomplete.
    #[error("the case has no `now` or no `zone`")]
    Incomplete,
}

/// What could be observed of a turn.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// The timeline before.
    pub before: Picture,
    /// The timeline after.
    pub now: Picture,
    /// The difference.
    pub changes: Vec<Change>,
    /// The answer in words.
    pub reply: String,
    /// Why the turn broke off.
    pub error: Option<String>,
    /// The calls.
    pub calls: Vec<CallRecord>,
    /// Its cost.
    pub cost: Cost,
}

/// A person with an agent.
pub struct World {
    agent: ChatAgent<EvalHost>,
    host: EvalHost,
    model: Watched,
    goals: Watched,
    goal_retries: Rc<Cell<u32>>,
    fault: Fault,
    patience: Duration,
    prompts: Prompts,
    zone: Zone,
    frames: mpsc::UnboundedReceiver<ServerFrame>,
    /// Requests so far.
    requests: usize,
}

impl World {
    /// The world of a case, before the first turn.
    ///
    /// # Errors
    /// If the start of the case cannot be set up.
    pub fn open(case: &Case, asked: Asked, prompts: Prompts) -> Result<Self, WorldError> {
        let (Some(now), Some(zone)) = (case.now, &case.zone) else { return Err(WorldError::Incomplete) };
        let zone = Zone::new(zone).map_err(|_| WorldError::Zone(zone.clone()))?;
        let (host, frames) = EvalHost::new(zone.instant(now.0));
        let model = Watched::new(asked.chat);
        let goals = model.beside(asked.goals);
        let sql = Sqlite::in_memory().map_err(StoreError::from)?;
        let options = Options { prompts, ..Options::default() };
        let agent = ChatAgent::open(host.clone(), sql, Rc::new(model.clone()), options)?;
        let mut world = Self {
            agent,
            host,
            model,
            goals,
            goal_retries: Rc::default(),
            fault: asked.fault,
            patience: asked.patience,
            prompts,
            zone,
            frames,
            requests: 0,
        };
        world.set_up(case)?;
        Ok(world)
    }

    /// Sends the person's message and waits until everything that follows from it is done.
    ///
    /// # Errors
    /// If the turn hangs, the store fails, or the model's answer is not available.
    pub async fn say(&mut self, turn: &Turn) -> Result<Observed, WorldError> {
        let before = self.picture()?;
        let known = self.agent.store().messages(u64::from(u32::MAX))?.len();
        let began = Instant::now();
        let patience = self.patience;
        let conversing = tokio::time::timeout(patience, self.converse(turn));
        let error = conversing.await.map_err(|_| WorldError::Hung(patience))??;
        let total = began.elapsed();
        let answers = self.model.answers();
        if works_out_goals(&turn.expect) {
            let patience = self.patience * GOAL_TRIES;
            tokio::time::timeout(patience, self.reach_goals()).await.map_err(|_| WorldError::Hung(patience))?;
        }
        if let Some(why) = self.fault.take() {
            return Err(WorldError::Model(why));
        }
        let goal_answers = self.model.answers();
        self.host.launched();
        let messages = self.agent.store().messages(u64::from(u32::MAX))?;
        let said: Vec<&Message> = messages[known.min(messages.len())..].iter().filter(is_answer).collect();
        let now = self.picture()?;
        let changes = changes(&before, &now);
        let reply: Vec<String> =
            said.iter().map(|message| message.text()).filter(|text| !text.trim().is_empty()).collect();
        Ok(Observed {
            changes,
            reply: reply.join("\n"),
            error,
            calls: said.iter().flat_map(|message| message.tools()).map(|tool| call(tool, &answers)).collect(),
            cost: cost(total, &answers, &goal_answers, self.goal_retries.take()),
            before,
            now,
        })
    }

    /// Puts the clock forward. In an attempt at a case it stands still.
    pub fn pass(&self, time: TimeDelta) {
        self.host.pass(time);
    }

    /// The timeline as it is.
    ///
    /// # Errors
    /// If the store fails.
    pub fn picture(&self) -> Result<Picture, StoreError> {
        Picture::of(self.agent.store(), self.zone)
    }

    /// The lines of the agent's log since the last call.
    pub fn log_lines(&self) -> Vec<String> {
        self.host.log_lines()
    }

    /// Sends a message, waits for its answer, and gives consent if asked. Returns why the turn broke off, if it did.
    async fn converse(&mut self, turn: &Turn) -> Result<Option<String>, WorldError> {
        self.requests += 1;
        let id = format!("request-{}", self.requests);
        let said = Message {
            parts: vec![Part::Text(TextPart { text: turn.say.clone(), state: None })],
            ..Message::new(format!("said-{}", self.requests), Role::User)
        };
        let mut messages = self.agent.store().messages(flux_agent::shown::MESSAGES)?;
        messages.push(said);
        let body = ChatRequestBody { messages, trigger: Trigger::SubmitMessage, time_zone: None };
        let body = serde_json::to_string(&body).unwrap_or_default();
        self.send(ClientFrame::CfAgentUseChatRequest {
            id,
            init: RequestInit { method: "POST".to_owned(), body },
            trace: None,
        });
        let mut error = self.ended().await;
        for _ in 0..CONSENTS {
            let messages = self.agent.store().messages(1)?;
            let waiting = |tool: &&ToolPart| tool.call.state == ToolState::ApprovalRequested;
            let asked: Vec<String> = messages
                .iter()
                .flat_map(Message::tools)
                .filter(waiting)
                .map(|tool| tool.call.tool_call_id.clone())
                .collect();
            if asked.is_empty() || error.is_some() {
                break;
            }
            for tool_call_id in asked {
                let approved = turn.consent.unwrap_or(false);
                self.send(ClientFrame::CfAgentToolApproval { tool_call_id, approved, auto_continue: true });
            }
            error = self.ended().await;
        }
        Ok(error)
    }

    fn send(&self, frame: ClientFrame) {
        self.agent.receive(self.host.tab(), &serde_json::to_string(&frame).unwrap_or_default());
    }

    /// Waits for the final frame of a request. Returns its error, if there is one.
    async fn ended(&mut self) -> Option<String> {
        while let Some(frame) = self.frames.next().await {
            match frame {
                ServerFrame::CfAgentUseChatResponse(ChatResponse { error: true, body, .. }) => return Some(body),
                ServerFrame::CfAgentUseChatResponse(ChatResponse { done: true, .. }) => return None,
                ServerFrame::FluxError { error, .. } => return Some(error),
                _ => {}
            }
        }
        Some("The connection was closed.".to_owned())
    }
}

/// Whether the architect must run to the end of its goals.
fn works_out_goals(expect: &Expect) -> bool {
    expect.goals.iter().any(|goal| goal.tasks.is_some() || goal.status.is_some())
        || expect.either.iter().any(works_out_goals)
}

/// Whether the message is an answer to the person and not a report of the architect.
fn is_answer(message: &&Message) -> bool {
    let is_report = message.metadata.as_ref().is_some_and(|metadata| metadata.get("run").is_some());
    message.role == Role::Assistant && !is_report
}

fn call(tool: &ToolPart, answers: &[Answer]) -> CallRecord {
    let body = &tool.call;
    let output = body.output.clone().unwrap_or_default();
    let outcome = match body.state {
        ToolState::OutputAvailable if output["ok"] == true => CallOutcome::Done,
        ToolState::OutputAvailable if output["problems"].as_array().is_some_and(|problems| !problems.is_empty()) => {
            CallOutcome::Invalid
        }
        ToolState::OutputAvailable => CallOutcome::Rejected,
        ToolState::OutputError => CallOutcome::Invalid,
        ToolState::OutputDenied => CallOutcome::Denied,
        _ => CallOutcome::Open,
    };
    let arguments = body.input.clone().unwrap_or_default();
    let written = answers.iter().flat_map(|answer| &answer.calls).find(|call| call.id == body.tool_call_id);
    let repaired = written.is_some_and(|written| {
        let as_written: Option<Value> = match written.arguments.trim() {
            "" => Some(serde_json::json!({})),
            text => serde_json::from_str(text).ok(),
        };
        written.name != tool.tool_name || as_written.as_ref() != Some(&arguments)
    });
    let result = match &body.error_text {
        Some(error) => Value::String(error.clone()),
        None => output,
    };
    CallRecord { tool: tool.tool_name.clone(), arguments, outcome, result, repaired }
}

fn cost(total: Duration, answers: &[Answer], goal_answers: &[Answer], goal_retries: u32) -> Cost {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let count = |answers: &[Answer]| u32::try_from(answers.len()).unwrap_or(u32::MAX);
    let all = || answers.iter().chain(goal_answers);
    let usage = || all().filter_map(|answer| answer.usage);
    // Steps without text before the first word count as waiting for it.
    let silent: Duration = answers.iter().take_while(|answer| answer.first.is_none()).map(|answer| answer.total).sum();
    let first = answers.iter().find_map(|answer| answer.first);
    Cost {
        steps: count(answers),
        goal_steps: count(goal_answers),
        first_ms: first.map(|first| millis(silent + first)),
        total_ms: millis(total),
        input_tokens: usage().map(|usage| usage.input_tokens).sum(),
        output_tokens: usage().map(|usage| usage.output_tokens).sum(),
        retries: all().map(|answer| answer.retries).sum::<u32>() + goal_retries,
        skipped: all().map(|answer| answer.skipped).sum(),
    }
}
