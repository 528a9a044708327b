//! The reference model, which gives the reference answers of a case, and the empty model, which does nothing. Cases are validated
//! with both.

use std::cell::RefCell;

use bytes::Bytes;
use flux_model::{ByteStream, ChatRequest, Endpoint, ModelError, ModelId, ModelMessage};
use futures::future::LocalBoxFuture;
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::case::{Case, Step};

/// Gives the reference answers of a case. It finds the turn and the step by counting messages in the conversation.
pub struct Reference {
    case: Case,
    /// The goals that tasks were requested for so far.
    goals: RefCell<Vec<String>>,
}

impl Reference {
    /// The reference model of a case.
    pub fn new(case: &Case) -> Self {
        Self { case: case.clone(), goals: RefCell::default() }
    }

    fn body(&self, request: &ChatRequest) -> String {
        if let Some(goal) = requested_goal(request) {
            return step_body(&Step { say: Some(self.brainstorm(goal)), ..Step::default() }, 0);
        }
        let said = |message: &ModelMessage| matches!(message, ModelMessage::User { .. });
        let turn = request.messages.iter().filter(|message| said(message)).count();
        let since = request.messages.iter().rev().take_while(|message| !said(message));
        let step = since.filter(|message| matches!(message, ModelMessage::Assistant { .. })).count();
        let turn = turn.checked_sub(1).and_then(|turn| self.case.turns.get(turn));
        let step = turn.and_then(|turn| turn.reference.get(step)).cloned().unwrap_or_default();
        step_body(&step, request.messages.len())
    }

    /// The tasks of a goal. The n-th goal gets the tasks of the n-th turn that has some.
    fn brainstorm(&self, goal: &str) -> String {
        let mut goals = self.goals.borrow_mut();
        let known = goals.iter().position(|known| known == goal);
        let index = known.unwrap_or_else(|| {
            goals.push(goal.to_owned());
            goals.len() - 1
        });
        match self.case.turns.iter().filter_map(|turn| turn.brainstorm.as_ref()).nth(index) {
            Some(Value::String(text)) => text.clone(),
            Some(tasks) => tasks.to_string(),
            None => String::new(),
        }
    }
}

/// The goal, if this is the architect's request for tasks. Of the requests in a case, only that one has a schema for the answer; its
/// first message is the goal, also when the answer goes back for repair.
fn requested_goal(request: &ChatRequest) -> Option<&str> {
    request.response_schema.as_ref()?;
    match request.messages.first()? {
        ModelMessage::User { text } => Some(text),
        _ => None,
    }
}

impl Endpoint for Reference {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        body(self.body(request))
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "reference".to_owned(), name: "reference".to_owned() }
    }
}

/// A model that says and does nothing.
pub struct Empty;

impl Endpoint for Empty {
    fn open(&self, _: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        body(step_body(&Step::default(), 0))
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "empty".to_owned(), name: "empty".to_owned() }
    }
}

/// A body that is complete at once.
pub fn body(text: String) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
    Box::pin(async move { Ok(stream::iter([Ok(Bytes::from(text))]).boxed_local()) })
}

/// A step as server-sent events in OpenAI's format. `seed` keeps the ids of calls different from those of other steps.
fn step_body(step: &Step, seed: usize) -> String {
    if let Some(raw) = &step.raw {
        return raw.clone();
    }
    let event = |delta: Value, finish: Option<&str>| {
        let data = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
        format!("data: {data}\n\n")
    };
    let mut body = String::new();
    for piece in step.say.as_deref().unwrap_or_default().split_inclusive(char::is_whitespace) {
        body += &event(json!({"content": piece}), None);
    }
    for (index, (name, arguments)) in step.calls.iter().flatten().enumerate() {
        let function = json!({"name": name, "arguments": arguments.to_string()});
        let id = format!("reference_{seed}_{index}");
        let call = json!({"index": index, "id": id, "type": "function", "function": function});
        body += &event(json!({"tool_calls": [call]}), None);
    }
    body += &event(json!({}), Some(if step.calls.is_empty() { "stop" } else { "tool_calls" }));
    body += "data: [DONE]\n\n";
    body
}
