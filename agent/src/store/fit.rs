//! Shortens what is larger than a message may be. A note says so where something is missing.

use flux_protocol::message::{TextPart, ToolPartBody};
use flux_protocol::{MAX_MESSAGE_BYTES, Message, Part};
use serde::Serialize;
use serde_json::{Value, json};

/// Stands at the end of a text that was cut off.
const CUT: &str = "… (The rest was too long to keep.)";
/// Stands in a result of a tool that was shortened.
const SHORTENED: &str = "This result was too long to keep whole.";
/// If all parts are smaller than this, in bytes of JSON, a message is shortened by leaving out its last parts.
const SMALL: usize = 1_024;

/// The message, which has `size` bytes of JSON, with its largest parts shortened to [`MAX_MESSAGE_BYTES`]. `None` if it fits as it
/// is.
pub(super) fn fit(message: &Message, mut size: usize) -> Option<Message> {
    if size <= MAX_MESSAGE_BYTES {
        return None;
    }
    let mut message = message.clone();
    while size > MAX_MESSAGE_BYTES {
        let excess = size - MAX_MESSAGE_BYTES;
        let metadata = message.metadata.as_ref().map_or(0, bytes);
        let sizes = message.parts.iter().map(bytes).enumerate();
        match sizes.max_by_key(|(_, size)| *size) {
            Some((index, part)) if part >= metadata && part > SMALL => {
                let Some(place) = message.parts.get_mut(index) else { break };
                // Not all of it, so that one part does not lose everything for the others.
                cut_part(place, excess.min(part / 2));
                if bytes(place) >= part {
                    empty_part(place);
                }
            }
            _ if metadata > SMALL => message.metadata = None,
            Some(_) => {
                message.parts.truncate(message.parts.len() / 2);
                message.parts.push(Part::Text(TextPart { text: CUT.to_owned(), state: None }));
            }
            None => break,
        }
        size = bytes(&message);
    }
    Some(message)
}

/// Shortens the longest lists and texts of a tool's result until it has at most `target` bytes of JSON, and notes that.
pub fn fit_result(result: &mut Value, target: usize) {
    if bytes(result) > target {
        cut(result, target.saturating_sub(SHORTENED.len() + 10));
        if let Value::Object(fields) = result {
            fields.insert("note".to_owned(), json!(SHORTENED));
        }
    }
}

/// Shortens a part by `excess` bytes of JSON.
fn cut_part(part: &mut Part, excess: usize) {
    match part {
        Part::Text(text) | Part::Reasoning(text) => {
            let target = bytes(&text.text).saturating_sub(excess);
            cut_text(&mut text.text, target);
        }
        Part::Tool(tool) => cut_call(&mut tool.call, excess),
        Part::StepStart => {}
        Part::Other(value) => {
            let target = bytes(value).saturating_sub(excess);
            cut(value, target);
        }
    }
}

/// Leaves only a note of a part that cannot be shortened.
fn empty_part(part: &mut Part) {
    match part {
        Part::Tool(tool) => {
            tool.call.input = None;
            tool.call.output = tool.call.output.as_ref().map(|_| json!({ "note": SHORTENED }));
            tool.call.error_text = tool.call.error_text.as_ref().map(|_| SHORTENED.to_owned());
        }
        _ => *part = Part::Text(TextPart { text: CUT.to_owned(), state: None }),
    }
}

/// Shortens the largest field of a call by `excess` bytes of JSON.
fn cut_call(call: &mut ToolPartBody, excess: usize) {
    let size = |value: &Option<Value>| value.as_ref().map_or(0, bytes);
    let (input, output) = (size(&call.input), size(&call.output));
    let error = call.error_text.as_ref().map_or(0, bytes);
    match (&mut call.input, &mut call.output, &mut call.error_text) {
        (_, Some(result), _) if output >= input.max(error) => fit_result(result, output.saturating_sub(excess)),
        (Some(arguments), ..) if input >= error => cut(arguments, input.saturating_sub(excess)),
        (_, _, Some(text)) => cut_text(text, error.saturating_sub(excess)),
        _ => {}
    }
}

/// Shortens a value to about `target` bytes of JSON: texts at their end, lists by their last items, and objects by what is
/// largest in them. Something always becomes smaller, unless nothing in it is a text or a list.
fn cut(value: &mut Value, target: usize) {
    match value {
        Value::String(text) => cut_text(text, target),
        Value::Array(items) => {
            let mut size: usize = items.iter().map(|item| bytes(item) + 1).sum();
            while size > target
                && let Some(item) = items.pop()
            {
                size = size.saturating_sub(bytes(&item) + 1);
            }
        }
        Value::Object(_) => {
            let mut size = bytes(value);
            while let Value::Object(fields) = value
                && size > target
            {
                let largest = fields.values_mut().map(|field| (bytes(field), field)).max_by_key(|(size, _)| *size);
                let Some((of_field, field)) = largest else { return };
                cut(field, of_field.saturating_sub(size - target));
                let smaller = bytes(value);
                if smaller >= size {
                    return;
                }
                size = smaller;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Cuts off the end of a text, so that it has about `target` bytes of JSON with the note, but never more than before.
fn cut_text(text: &mut String, target: usize) {
    let was = text.strip_suffix(CUT).unwrap_or(text);
    let whole = bytes(&was).max(1);
    let share = was.len().saturating_mul(target.saturating_sub(CUT.len() + 2)) / whole;
    let mut end = share.min(was.len().saturating_sub(1));
    while !was.is_char_boundary(end) {
        end -= 1;
    }
    let cut = format!("{}{CUT}", was.get(..end).unwrap_or_default());
    *text = if cut.len() < text.len() { cut } else { String::new() };
}

/// The size of a value as JSON, in bytes. Counting without the text would need all of the code that writes JSON once more.
pub(crate) fn bytes<T: Serialize>(value: &T) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

#[cfg(test)]
mod tests {
    use flux_protocol::{Role, ToolPart, ToolState};

    use super::*;

    fn fitted(message: &Message) -> Option<Message> {
        fit(message, bytes(message))
    }

    fn text(text: String) -> Part {
        Part::Text(TextPart { text, state: None })
    }

    fn tool(output: Value) -> Part {
        Part::Tool(ToolPart {
            tool_name: "findBlocks".to_owned(),
            call: ToolPartBody {
                tool_call_id: "c1".to_owned(),
                state: ToolState::OutputAvailable,
                input: Some(json!({})),
                output: Some(output),
                error_text: None,
                approval: None,
            },
        })
    }

    fn answer(parts: Vec<Part>) -> Message {
        Message { parts, ..Message::new("a1", Role::Assistant) }
    }

    #[test]
    fn a_message_that_fits_stays_as_it_is() {
        assert_eq!(fitted(&answer(vec![text("x".repeat(MAX_MESSAGE_BYTES - 200))])), None);
    }

    #[test]
    fn whatever_is_too_large_is_shortened_with_a_note() {
        let blocks: Vec<Value> =
            (0..5_000).map(|n| json!({"title": format!("Block {n}"), "description": "ü".repeat(50)})).collect();
        let found = json!({"ok": true, "summary": "Found 5,000 blocks.", "blocks": blocks});
        for (parts, kept) in [
            (vec![text("said ".repeat(100_000))], "said said "),
            (vec![text("\u{1}\"\n😀".repeat(100_000)), text("end".to_owned())], "end"),
            (vec![text("first".to_owned()), tool(found.clone())], "Found 5,000 blocks."),
            (vec![tool(found.clone()), tool(found), text("said ".repeat(60_000))], "Found 5,000 blocks."),
            (vec![tool(json!("x".repeat(400_000)))], "xxx"),
            (vec![text("tiny".to_owned()); 20_000], "tiny"),
        ] {
            let message = answer(parts);
            let short = fitted(&message).unwrap();
            let json = serde_json::to_string(&short).unwrap();
            assert!(json.len() <= MAX_MESSAGE_BYTES, "{} bytes", json.len());
            assert!(json.len() > MAX_MESSAGE_BYTES / 4, "more was cut than needed: {} bytes", json.len());
            assert!(json.contains(kept) && (json.contains(CUT) || json.contains(SHORTENED)), "{kept}");
        }
    }

    #[test]
    fn metadata_and_many_small_things_are_bounded_too() {
        let message =
            Message { metadata: Some(json!({"note": "x".repeat(300_000)})), ..answer(vec![text("hi".to_owned())]) };
        assert_eq!(fitted(&message), Some(answer(vec![text("hi".to_owned())])));
        let numbers: serde_json::Map<String, Value> = (0..50_000).map(|n| (format!("f{n}"), json!(n))).collect();
        assert!(bytes(&fitted(&answer(vec![tool(Value::Object(numbers))])).unwrap()) <= MAX_MESSAGE_BYTES);
    }
}
