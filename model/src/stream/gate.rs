//! Holds text back while it can still turn out to be a tool call, and passes all other text on immediately.

use super::call_text::recognised;
use super::text_call::TextCall;
use crate::tool_name::normal_form;

/// The most text that is needed for a decision, in bytes. If it is still unclear then, the text is an answer.
const MAX_HEAD_BYTES: usize = 256;
/// The most text that is held back, in bytes. No call is as long.
const MAX_HELD_BYTES: usize = 64 * 1024;
/// Markers that only calls begin with, in lower case.
const MARKERS: [&str; 3] = ["<|python_tag|>", "<tool_call>", "<function="];
/// The keys that the object of a call can begin with.
const KEYS: [&str; 9] =
    ["name", "type", "function", "parameters", "arguments", "id", "tool_calls", "tool_name", "tool"];

/// What the text is, as far as its beginning shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Unclear,
    Answer,
    MaybeCall,
}

/// The result for text that was held back.
#[derive(Debug, PartialEq)]
pub(super) enum Released {
    /// An answer to show.
    Text(String),
    /// Only calls of known tools.
    Calls(Vec<TextCall>),
}

/// Decides about the text of one answer.
#[derive(Debug)]
pub(super) struct CallGate {
    tools: Vec<String>,
    held: String,
    verdict: Verdict,
}

impl CallGate {
    /// Without tools, only leading whitespace is held back.
    pub(super) fn new(tools: Vec<String>) -> Self {
        Self { tools, held: String::new(), verdict: Verdict::Unclear }
    }

    /// Takes the next piece of text and returns what can be shown, possibly nothing.
    pub(super) fn push(&mut self, text: &str) -> String {
        if self.verdict == Verdict::Answer {
            return text.to_owned();
        }
        self.held.push_str(text);
        if self.verdict == Verdict::Unclear {
            self.verdict = assess(&self.held, &self.tools);
        }
        if self.held.len() > MAX_HELD_BYTES {
            self.verdict = Verdict::Answer;
        }
        if self.verdict == Verdict::Answer { std::mem::take(&mut self.held) } else { String::new() }
    }

    /// Decides about the text that was held back. Whitespace alone is not an answer.
    pub(super) fn finish(&mut self) -> Option<Released> {
        let held = std::mem::take(&mut self.held);
        if held.trim().is_empty() {
            return None;
        }
        Some(match recognised(&held, &self.tools) {
            Some(calls) => Released::Calls(calls),
            None => Released::Text(held),
        })
    }
}

/// How many bytes at the end of `text` can be the start of `tag`.
pub(super) fn held_for(text: &str, tag: &str) -> usize {
    (1..tag.len()).rev().find(|len| tag.get(..*len).is_some_and(|begin| text.ends_with(begin))).unwrap_or(0)
}

fn assess(held: &str, tools: &[String]) -> Verdict {
    let text = held.trim_start();
    if text.is_empty() {
        return if held.len() > MAX_HEAD_BYTES { Verdict::Answer } else { Verdict::Unclear };
    }
    let head: String = text.chars().take(MAX_HEAD_BYTES).collect::<String>().to_ascii_lowercase();
    let verdict = assess_head(&head, tools);
    if verdict == Verdict::Unclear && text.len() > MAX_HEAD_BYTES { Verdict::Answer } else { verdict }
}

fn assess_head(head: &str, tools: &[String]) -> Verdict {
    if tools.is_empty() {
        return Verdict::Answer;
    }
    if MARKERS.iter().any(|marker| head.starts_with(marker)) {
        return Verdict::MaybeCall;
    }
    if MARKERS.iter().any(|marker| marker.starts_with(head)) || "```".starts_with(head) {
        return Verdict::Unclear;
    }
    if let Some(fenced) = head.strip_prefix("```") {
        let body = match fenced.strip_prefix("json") {
            Some(body) => body,
            None if "json".starts_with(fenced) => return Verdict::Unclear,
            None => fenced,
        };
        return assess_json(body.trim_start(), tools);
    }
    if head.starts_with(['{', '[']) { assess_json(head, tools) } else { Verdict::Answer }
}

fn assess_json(text: &str, tools: &[String]) -> Verdict {
    match (text.strip_prefix('{'), text.strip_prefix('[').map(str::trim_start)) {
        (Some(object), _) => assess_object(object),
        (_, Some(list)) if list.starts_with('{') => assess_json(list, tools),
        (_, Some(list)) => assess_python(list, tools),
        _ if text.is_empty() => Verdict::Unclear,
        _ => Verdict::Answer,
    }
}

/// An object can be a call if its first key is a key of a call.
fn assess_object(inside: &str) -> Verdict {
    let key = inside.trim_start().trim_start_matches(['"', '\'', '\\']);
    let end = key.find(|c: char| !c.is_alphanumeric() && c != '_');
    match end.and_then(|end| key.get(..end)) {
        Some(whole) if KEYS.contains(&whole) => Verdict::MaybeCall,
        Some(_) => Verdict::Answer,
        None if KEYS.iter().any(|name| name.starts_with(key)) => Verdict::Unclear,
        None => Verdict::Answer,
    }
}

/// A list can be Python calls if it begins with the name of a tool and a parenthesis.
fn assess_python(inside: &str, tools: &[String]) -> Verdict {
    let end = inside.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'));
    let is_tool = |name: &str| {
        let name = normal_form(name);
        tools.iter().any(|tool| normal_form(tool) == name)
    };
    match end.and_then(|end| inside.split_at_checked(end)) {
        Some((name, rest)) if rest.starts_with('(') && is_tool(name) => Verdict::MaybeCall,
        Some(_) => Verdict::Answer,
        None => {
            let begun = normal_form(inside);
            let may_be_tool = tools.iter().any(|tool| normal_form(tool).starts_with(&begun));
            let may_be_namespace = "functions.".starts_with(inside) || inside.is_empty();
            if may_be_tool || may_be_namespace { Verdict::Unclear } else { Verdict::Answer }
        }
    }
}
