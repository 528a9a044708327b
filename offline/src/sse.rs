//! An answer as server-sent events in OpenAI's format, one word at a time, like the stream of a model.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Answer;

/// The events of a stream. `seed` makes the ids of calls different from those of other steps.
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

/// Words, each with the whitespace after it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}
