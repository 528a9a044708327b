//! An answer as server-sent events in OpenAI's format, a word at a time, as a model would stream it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Answer;

/// The events of a stream. `seed` makes the ids of calls unlike those of other steps of the conversation.
pub(super) fn events(answer: &Answer, seed: usize) -> Vec<Bytes> {
    let mut events: Vec<Bytes> = pieces(&answer.text).map(|piece| chunk(&json!({"content": piece}), None)).collect();
    for (index, (name, arguments)) in answer.calls.iter().enumerate() {
        let function = json!({"name": name, "arguments": arguments.to_string()});
        let call =
            json!({"index": index, "id": format!("offline_{seed}_{index}"), "type": "function", "function": function});
        events.push(chunk(&json!({"tool_calls": [call]}), None));
    }
    let finish = if answer.calls.is_empty() { "stop" } else { "tool_calls" };
    events.push(chunk(&json!({}), Some(finish)));
    events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    events
}

fn chunk(delta: &Value, finish: Option<&str>) -> Bytes {
    let data = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
    Bytes::from(format!("data: {data}\n\n"))
}

/// Words with the blanks after them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}
