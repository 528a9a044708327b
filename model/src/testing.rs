//! Shared by the tests: requests, a readable form of events, and a parser run over bytes that are split anywhere.

use super::stream::StreamParser;
use super::{ChatRequest, ModelError, ModelEvent, ModelMessage, ToolSpec};

/// A request with the tools of the tests.
pub(super) fn request() -> ChatRequest {
    let tools = ["scheduleBlock", "deleteBlock", "listPlans", "undo"];
    let tool = |name: &str| ToolSpec {
        name: name.to_owned(),
        description: format!("Does {name}."),
        parameters: serde_json::json!({"type": "object", "properties": {"title": {"type": "string"}}}).into(),
    };
    ChatRequest {
        system: "You plan.".to_owned(),
        context: String::new(),
        messages: vec![ModelMessage::User { text: "Plan my day".to_owned() }],
        tools: tools.map(tool).into(),
        response_schema: None,
        max_output_tokens: 1024,
        temperature: 0.3,
        traceparent: None,
    }
}

/// The events and the end of a stream, one line each.
pub(super) fn lines(events: &[ModelEvent], error: Option<&ModelError>) -> Vec<String> {
    events.iter().map(line).chain(error.map(|error| format!("error {error:?}"))).collect()
}

fn line(event: &ModelEvent) -> String {
    match event {
        ModelEvent::Text(text) => format!("text {text}"),
        ModelEvent::Reasoning(text) => format!("thought {text}"),
        ModelEvent::CallStarted { id, name } => format!("start {id} {name}"),
        ModelEvent::CallArguments { id, delta } => format!("args {id} {delta}"),
        ModelEvent::CallFinished(call) => format!("call {} {} {}", call.id, call.name, call.arguments),
        ModelEvent::Usage(usage) => format!("usage {} {}", usage.input_tokens, usage.output_tokens),
        ModelEvent::Skipped { what } => format!("skipped {what}"),
        ModelEvent::Retried { attempt, after_ms, reason } => format!("retry {attempt} {after_ms} {reason:?}"),
        ModelEvent::Finished(reason) => format!("finished {reason:?}"),
    }
}

/// Parses `parts` in order and checks the rules for every stream.
pub(super) fn parsed<'a>(
    request: &ChatRequest,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<ModelEvent>, Option<ModelError>) {
    let mut parser = StreamParser::new(request, 0xABCD);
    let mut events = Vec::new();
    let mut outcome = Ok(());
    for part in parts {
        outcome = parser.push(part, &mut events);
        if outcome.is_err() || parser.is_done() {
            break;
        }
    }
    let error = outcome.and_then(|()| parser.finish(&mut events)).err();
    let events = joined(events);
    check_grammar(&events, error.is_none());
    (events, error)
}

/// Joins pieces of text, so that the result does not depend on how the bytes were split.
fn joined(events: Vec<ModelEvent>) -> Vec<ModelEvent> {
    let mut joined: Vec<ModelEvent> = Vec::new();
    for event in events {
        match (joined.last_mut(), event) {
            (Some(ModelEvent::Text(before)), ModelEvent::Text(text)) => before.push_str(&text),
            (Some(ModelEvent::Reasoning(before)), ModelEvent::Reasoning(text)) => before.push_str(&text),
            (_, event) => joined.push(event),
        }
    }
    joined
}

/// The rules of [`ModelEvent`]: no text is empty, each call is started once, its arguments come between start and
/// finish and add up to those of the finish, and without an error all calls are finished and `Finished` is last.
fn check_grammar(events: &[ModelEvent], whole: bool) {
    let mut open: Vec<(String, String, String)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (at, event) in events.iter().enumerate() {
        match event {
            ModelEvent::Text(text) | ModelEvent::Reasoning(text) => assert!(!text.is_empty()),
            ModelEvent::CallStarted { id, name } => {
                assert!(seen.insert(id.clone()), "{id} started twice");
                open.push((id.clone(), name.clone(), String::new()));
            }
            ModelEvent::CallArguments { id, delta } => {
                assert!(!delta.is_empty());
                let call = open.iter_mut().find(|call| call.0 == *id).expect("arguments of an open call");
                call.2.push_str(delta);
            }
            ModelEvent::CallFinished(call) => {
                let at = open.iter().position(|open| open.0 == call.id).expect("finish of an open call");
                let (_, name, arguments) = open.remove(at);
                assert_eq!((&name, &arguments), (&call.name, &call.arguments));
            }
            ModelEvent::Finished(_) => assert!(whole && at + 1 == events.len(), "Finished is last, once"),
            ModelEvent::Usage(_) | ModelEvent::Skipped { .. } => {}
            ModelEvent::Retried { .. } => panic!("a parser does not retry"),
        }
    }
    assert_eq!(whole, matches!(events.last(), Some(ModelEvent::Finished(_))));
    assert!(!whole || open.is_empty(), "calls left open");
}
