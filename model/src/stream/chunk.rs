//! Reads one JSON object of a stream, in any of the known formats, as a [`Chunk`].

use serde_json::Value;

use crate::failure::failure_in;
use crate::{FinishReason, ModelError, Usage};

/// The most tokens that one answer can use. A server that reports more is wrong, and the sums over a turn must not
/// overflow.
const MAX_TOKENS: u64 = u32::MAX as u64;

/// The content of one object of a stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chunk {
    /// The next text of the answer, possibly empty.
    pub text: String,
    /// The next text of its reasoning, possibly empty.
    pub reasoning: String,
    /// Pieces of calls, in order.
    pub calls: Vec<CallPiece>,
    /// Why the answer ends, if the chunk says so.
    pub reason: Option<FinishReason>,
    /// The tokens used so far.
    pub usage: Option<Usage>,
    /// Whether text and calls are the whole answer again and not its next part (`message` instead of `delta`).
    pub whole: bool,
}

/// A call, or a piece of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallPiece {
    /// The index of the call in the answer, if the server counts calls.
    pub index: Option<u64>,
    /// The id, if the piece has one that is not blank.
    pub id: Option<String>,
    /// The name, trimmed, if the piece has one that is not blank.
    pub name: Option<String>,
    /// The next text of the arguments. `None` if the piece has none or null.
    pub arguments: Option<String>,
    /// Whether the piece is a complete call.
    pub whole: bool,
}

impl CallPiece {
    /// Whether the piece is empty, which closes a call in the format of Workers AI.
    pub(super) fn is_null(&self) -> bool {
        self.id.is_none() && self.name.is_none() && self.arguments.is_none()
    }
}

impl Chunk {
    /// Reads an object of a stream: Workers AI's format, OpenAI's, or either in the envelope of Cloudflare's REST API.
    /// `None` if `value` is not an object. `is_error` says that the name of the event was `error`.
    ///
    /// # Errors
    ///
    /// The failure that the object states.
    pub fn decode(value: &Value, is_error: bool) -> Result<Option<Self>, ModelError> {
        let Some(fields) = value.as_object() else { return Ok(None) };
        if let Some(error) = failure_in(value) {
            return Err(error);
        }
        if is_error {
            let wrapped = serde_json::json!({"error": value});
            return failure_in(&wrapped).map_or(Ok(None), Err);
        }
        let is_envelope = fields.contains_key("success") || fields.contains_key("errors");
        match fields.get("result") {
            Some(result @ Value::Object(_)) if is_envelope => Self::decode(result, false),
            Some(Value::String(text)) if is_envelope => Ok(Some(Self { text: text.clone(), ..Self::default() })),
            _ => Ok(Some(Self::read(value))),
        }
    }

    fn read(value: &Value) -> Self {
        let choice = value.get("choices").and_then(|choices| choices.get(0)).unwrap_or(&Value::Null);
        let delta = choice.get("delta").filter(|delta| delta.is_object());
        let message = choice.get("message").filter(|_| delta.is_none());
        let part = delta.or(message).unwrap_or(&Value::Null);

        let text = [value.get("response"), part.get("content"), part.get("refusal"), choice.get("text")];
        let reasoning = [part.get("reasoning_content"), part.get("reasoning"), value.get("reasoning_content")];
        let mut chunk = Self {
            text: first_written(&text),
            reasoning: first_written(&reasoning),
            calls: call_pieces(value, part),
            reason: reason(choice.get("finish_reason")).or_else(|| reason(value.get("finish_reason"))),
            usage: value.get("usage").and_then(usage),
            whole: message.is_some(),
        };
        if chunk.whole {
            chunk.calls.iter_mut().for_each(|call| call.whole = true);
        }
        chunk
    }
}

/// The calls of the first field that has any. A server that fills several fields repeats the calls in each.
fn call_pieces(value: &Value, part: &Value) -> Vec<CallPiece> {
    let list =
        |value: &Value| value.get("tool_calls").and_then(Value::as_array).filter(|list| !list.is_empty()).cloned();
    if let Some(native) = list(value) {
        return native.iter().map(native_piece).collect();
    }
    if let Some(openai) = list(part) {
        return openai.iter().map(openai_piece).collect();
    }
    // OpenAI's form before there were tool calls: one call without an id.
    let legacy = part.get("function_call").filter(|call| call.is_object());
    legacy.map(|call| CallPiece { index: Some(0), ..piece(call, call) }).into_iter().collect()
}

/// The first text that is not empty. A server that fills several fields repeats the text in each.
fn first_written(values: &[Option<&Value>]) -> String {
    values.iter().flatten().map(|value| written(value)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// Text as it is, and other values as JSON, because answers in JSON can arrive as objects and numbers. From a list of
/// parts (`[{"type": "text", "text": …}]`), the texts.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) if !parts.is_empty() && parts.iter().all(is_text_part) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect()
        }
        other => other.to_string(),
    }
}

fn is_text_part(part: &Value) -> bool {
    part.get("type").and_then(Value::as_str) == Some("text") && part.get("text").is_some_and(Value::is_string)
}

/// `{name, arguments}` is always a whole call. Newer models of Workers AI send OpenAI's pieces in the same field.
fn native_piece(call: &Value) -> CallPiece {
    match call.get("function") {
        Some(_) => openai_piece(call),
        None => {
            let native = piece(call, call);
            CallPiece { whole: native.name.is_some() && native.index.is_none(), ..native }
        }
    }
}

fn openai_piece(call: &Value) -> CallPiece {
    piece(call, call.get("function").unwrap_or(call))
}

fn piece(call: &Value, function: &Value) -> CallPiece {
    let text = |value: &Value, name: &str| -> Option<String> {
        let text = value.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let arguments = ["arguments", "parameters"].iter().find_map(|name| function.get(name)).filter(|a| !a.is_null());
    CallPiece {
        index: call.get("index").and_then(Value::as_u64),
        id: text(call, "id"),
        name: text(function, "name"),
        // Arguments that are a JSON value and not text are complete.
        whole: arguments.is_some_and(|arguments| !arguments.is_string()),
        arguments: arguments.map(written),
    }
}

fn reason(value: Option<&Value>) -> Option<FinishReason> {
    let reason = value?.as_str()?.trim().to_ascii_lowercase().replace('-', "_");
    Some(match reason.as_str() {
        "" => return None,
        "stop" | "end_turn" | "eos" | "eos_token" | "stop_sequence" => FinishReason::Stop,
        "length" | "model_length" | "max_tokens" => FinishReason::Length,
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "content_filter" => FinishReason::ContentFilter,
        "error" => FinishReason::Error,
        _ => FinishReason::Other,
    })
}

/// The number of tokens that the server reports, at most [`MAX_TOKENS`].
fn usage(value: &Value) -> Option<Usage> {
    let tokens = |names: [&str; 2]| {
        let number = names.iter().find_map(|name| value.get(name))?;
        let tokens = number.as_u64().or_else(|| Some(number.as_f64()?.max(0.0) as u64))?;
        Some(tokens.min(MAX_TOKENS))
    };
    let input = tokens(["prompt_tokens", "input_tokens"]);
    let output = tokens(["completion_tokens", "output_tokens"]);
    (input.is_some() || output.is_some())
        .then(|| Usage { input_tokens: input.unwrap_or(0), output_tokens: output.unwrap_or(0) })
}
