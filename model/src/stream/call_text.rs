//! Recognises tool calls that a model wrote as text, because its server did not parse them or it was trained to another
//! format.
//!
//! The whole text must consist of calls of known tools. A text that only mentions a call stays a text.

use serde_json::{Deserializer, Value};

use super::call_python::python_calls;
use super::text_call::TextCall;
use crate::repair::repaired;
use crate::resolve_tool_name;

/// Tokens that end a message in the formats of Llama and ChatML and sometimes get into the text.
const END_TOKENS: [&str; 4] = ["<|eom_id|>", "<|eot_id|>", "<|im_end|>", "</s>"];

/// The calls that `text` consists of, or `None` if it is anything else.
pub(super) fn recognised(text: &str, tools: &[String]) -> Option<Vec<TextCall>> {
    let calls = calls_in(without_end_tokens(text))?;
    let known = |call: &TextCall| resolve_tool_name(&call.name, tools).is_some();
    (!calls.is_empty() && calls.iter().all(known)).then_some(calls)
}

fn without_end_tokens(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(shorter) = END_TOKENS.iter().find_map(|token| text.strip_suffix(token)) {
        text = shorter.trim_end();
    }
    text
}

fn calls_in(text: &str) -> Option<Vec<TextCall>> {
    if let Some(rest) = text.strip_prefix("<|python_tag|>") {
        let rest = rest.trim();
        return json_calls(rest).or_else(|| python_calls(unbracketed(rest).unwrap_or(rest)));
    }
    if text.starts_with("<tool_call>") {
        return tagged(text, "<tool_call>", "</tool_call>", |inside| {
            if inside.starts_with("<function=") { function_tags(inside) } else { json_calls(inside) }
        });
    }
    if text.starts_with("<function=") {
        return function_tags(text);
    }
    if let Some(fenced) = text.strip_prefix("```") {
        let body = fenced.strip_prefix("json").or_else(|| fenced.strip_prefix("JSON")).unwrap_or(fenced);
        let body = body.trim();
        return json_calls(body.strip_suffix("```").unwrap_or(body).trim());
    }
    json_calls(text).or_else(|| python_calls(unbracketed(text)?))
}

/// The blocks between `open` and `close` that `text` consists of. The last one can lack its end.
fn tagged(text: &str, open: &str, close: &str, read: impl Fn(&str) -> Option<Vec<TextCall>>) -> Option<Vec<TextCall>> {
    let mut calls = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let inside = rest.strip_prefix(open)?;
        let (block, after) = inside.split_once(close).unwrap_or((inside, ""));
        calls.extend(read(block.trim())?);
        rest = after.trim_start();
    }
    Some(calls)
}

/// `<function=name>{…}</function>`, as Llama writes it, or with `<parameter=key>` tags inside, as Qwen does.
fn function_tags(text: &str) -> Option<Vec<TextCall>> {
    tagged(text, "<function=", "</function>", |inside| {
        let (name, body) = inside.split_once('>')?;
        let body = body.trim();
        let arguments = match body.starts_with("<parameter=") {
            true => parameter_tags(body)?,
            false if body.is_empty() => "{}".to_owned(),
            false if body.starts_with('{') => body.to_owned(),
            false => return None,
        };
        Some(vec![TextCall { name: unquoted(name), arguments }])
    })
}

fn parameter_tags(body: &str) -> Option<String> {
    let mut fields = serde_json::Map::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (key, inside) = rest.strip_prefix("<parameter=")?.split_once('>')?;
        let (value, after) = inside.split_once("</parameter>").unwrap_or((inside, ""));
        fields.insert(unquoted(key), Value::from(value.trim()));
        rest = after.trim_start();
    }
    Some(Value::Object(fields).to_string())
}

/// One or more calls as JSON: an object, a list of objects, or several in a row.
fn json_calls(text: &str) -> Option<Vec<TextCall>> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let values = match strict_values(text) {
        Some(values) => values,
        None => vec![repaired(text).ok()?],
    };
    let mut calls = Vec::new();
    for value in values {
        let list = match value {
            Value::Array(list) => list,
            Value::Object(fields) => match fields.get("tool_calls") {
                Some(Value::Array(list)) if fields.len() == 1 => list.clone(),
                _ => vec![Value::Object(fields)],
            },
            _ => return None,
        };
        for value in &list {
            calls.push(json_call(value)?);
        }
    }
    Some(calls)
}

/// The JSON values that `text` consists of. Between them can be whitespace and the separators that models write.
fn strict_values(text: &str) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        values.push(stream.next()?.ok()?);
        let end = stream.byte_offset();
        rest = rest.get(end..)?.trim_start_matches([';', ',', ' ', '\n', '\r', '\t']);
    }
    Some(values)
}

/// `{"name", "parameters" | "arguments"}`, or the same within `"function"`. Other keys than those that servers add are
/// not allowed.
fn json_call(value: &Value) -> Option<TextCall> {
    let fields = value.as_object()?;
    if let Some(function @ Value::Object(_)) = fields.get("function") {
        return json_call(function);
    }
    let is_name = |key: &str| matches!(key, "name" | "function" | "tool_name" | "tool");
    let is_arguments = |key: &str| matches!(key, "parameters" | "arguments" | "args" | "input");
    let is_by_the_way = |key: &str| matches!(key, "type" | "id" | "index");
    if !fields.keys().all(|key| is_name(key) || is_arguments(key) || is_by_the_way(key)) {
        return None;
    }
    let (_, name) = fields.iter().find(|(key, _)| is_name(key))?;
    let arguments = match fields.iter().find(|(key, _)| is_arguments(key)).map(|(_, value)| value) {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(object @ Value::Object(_)) => object.to_string(),
        Some(_) => return None,
    };
    Some(TextCall { name: name.as_str()?.trim().to_owned(), arguments })
}

fn unbracketed(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

fn unquoted(name: &str) -> String {
    name.trim().trim_matches(['"', '\'']).trim().to_owned()
}
