//! The metadata of messages. Pure.

use chrono::{DateTime, Utc};
use flux_protocol::Message;
use flux_timeline::{RunId, TxnId, clock};
use serde_json::{Value, json};

use super::when;

/// The metadata of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The provider: `workers-ai`, `openai` or `offline`.
    pub provider: Option<String>,
    /// The provider's name of the model.
    pub model: Option<String>,
    /// Whether the user stopped the answer.
    pub is_stopped: bool,
    /// Whether the service restarted during the answer.
    pub is_interrupted: bool,
    /// What the person is told about their limits.
    pub notice: Option<String>,
    /// Why the answer failed.
    pub error: Option<String>,
    /// The transaction of what the answer has changed.
    pub txn: Option<TxnId>,
    /// The goal that the message is about, and whether it says that the goal has fallen behind.
    pub goal: Option<(RunId, bool)>,
    /// The last request for approval: the id of the call, and the question.
    pub question: Option<(String, String)>,
}

/// Reads the metadata. Missing fields and fields of another type are treated as absent.
pub fn of(message: &Message) -> Metadata {
    let Some(metadata) = message.metadata.as_ref() else { return Metadata::default() };
    let text = |pointer| metadata.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let flag = |pointer| metadata.pointer(pointer) == Some(&Value::Bool(true));
    Metadata {
        provider: text("/model/provider"),
        model: text("/model/name"),
        is_stopped: flag("/stopped"),
        is_interrupted: flag("/interrupted"),
        notice: text("/notice"),
        error: text("/error"),
        txn: text("/txn").and_then(|id| id.parse().ok()),
        goal: text("/goal").or_else(|| text("/run")).and_then(|id| Some((id.parse().ok()?, flag("/behind")))),
        question: text("/question/toolCallId").zip(text("/question/text")).filter(|(_, text)| !text.is_empty()),
    }
}

/// When the message was sent, if it is known.
pub fn sent_at(message: &Message) -> Option<DateTime<Utc>> {
    clock::read_instant(message.metadata.as_ref()?.get("at")?.as_str()?)
}

/// The cost of an answer, as names and values. Unknown values are left out.
pub fn cost(message: &Message) -> Vec<(&'static str, String)> {
    let Some(metadata) = message.metadata.as_ref() else { return Vec::new() };
    let text = |pointer| metadata.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let number = |pointer| metadata.pointer(pointer).and_then(Value::as_u64);
    let count = |pointer| number(pointer).map(|number| number.to_string());
    let about = if metadata.get("estimated") == Some(&Value::Bool(true)) { "about " } else { "" };
    let tokens = |pointer| number(pointer).map(|number| format!("{about}{number}"));
    let ms = |pointer| number(pointer).map(|ms| format!("{ms} ms"));
    let lines = [
        ("Model", text("/model/name")),
        ("Provider", text("/model/provider")),
        ("Prompt", text("/prompt")),
        ("Tokens read", tokens("/usage/inputTokens")),
        ("Tokens written", tokens("/usage/outputTokens")),
        ("First word after", ms("/firstMs")),
        ("Whole answer after", ms("/totalMs")),
        ("Steps", count("/steps")),
        ("Retries", count("/retries")),
        ("Skipped events", count("/skipped")),
    ];
    lines.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))).collect()
}

/// The metadata of a user's message.
pub fn of_person(at: DateTime<Utc>) -> Value {
    json!({ "at": when::instant(at) })
}

impl Metadata {
    /// The question that asks for approval of a call.
    pub fn question_about(&self, tool_call_id: &str) -> Option<&str> {
        self.question.as_ref().filter(|(call, _)| call == tool_call_id).map(|(_, text)| text.as_str())
    }

    /// Whether the rule-based interpreter answered, because no model is connected.
    pub fn is_offline(&self) -> bool {
        self.provider.as_deref() == Some("offline")
    }
}

#[cfg(test)]
mod tests {
    use flux_protocol::Role;
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_of_any_shape_can_be_read() {
        let mut message = Message::new("a", Role::Assistant);
        assert_eq!(of(&message), Metadata::default());
        for odd in [json!(7), json!([]), json!({"model": "x", "stopped": "yes", "error": {}})] {
            message.metadata = Some(odd);
            assert_eq!(of(&message), Metadata::default());
            assert_eq!(sent_at(&message), None);
        }
        message.metadata = Some(json!({"model": {"provider": "offline", "name": "rules"}, "stopped": true}));
        let read = of(&message);
        assert!(read.is_offline() && read.is_stopped && !read.is_interrupted);
        message.metadata = Some(json!({"question": {"toolCallId": "c1", "text": "Delete it?"}}));
        let read = of(&message);
        assert_eq!((read.question_about("c1"), read.question_about("c2")), (Some("Delete it?"), None));
    }

    #[test]
    fn tokens_that_are_estimated_are_shown_as_such() {
        let mut message = Message::new("a", Role::Assistant);
        for (is_estimated, expected) in [(true, "about 7"), (false, "7")] {
            message.metadata = Some(json!({"usage": {"inputTokens": 7}, "estimated": is_estimated}));
            assert_eq!(cost(&message), [("Tokens read", expected.to_owned())]);
        }
    }

    #[test]
    fn the_time_of_a_message_is_read_as_it_is_written() {
        let at: DateTime<Utc> = "2026-11-24T09:12:33Z".parse().unwrap();
        let mut message = Message::new("u", Role::User);
        message.metadata = Some(of_person(at));
        assert_eq!(sent_at(&message), Some(at));
        assert_eq!(message.metadata, Some(json!({"at": "2026-11-24T09:12:33Z"})));
        for odd in [json!({"at": "yesterday"}), json!({"at": 7}), json!({})] {
            message.metadata = Some(odd);
            assert_eq!(sent_at(&message), None);
        }
    }
}
