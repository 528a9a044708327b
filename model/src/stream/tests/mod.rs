//! Laws of the parser: the result does not depend on how bytes are split, and every stream ends with an event or a
//! typed error. Single streams are in the modules: `quirks` of streams, `calls` in pieces, and calls written as text.
//! `any_bytes` and `near_calls` have laws for all other streams.

mod any_bytes;
mod calls;
mod near_calls;
mod quirks;
mod text_calls;

use proptest::prelude::*;

use crate::testing::{lines, parsed, request};
use crate::{ChatRequest, ModelError};

/// Checks that `stream` gives `expected`, whole, in two parts split at every byte, and byte by byte.
fn check_with(request: &ChatRequest, stream: &[u8], expected: &[&str]) {
    let result = |parts: &mut dyn Iterator<Item = &[u8]>| {
        let (events, error) = parsed(request, parts);
        lines(&events, error.as_ref())
    };
    let text = String::from_utf8_lossy(stream);
    let whole = result(&mut [stream].into_iter());
    let shown: Vec<&str> = whole.iter().map(String::as_str).filter(|line| !line.starts_with("args ")).collect();
    assert_eq!(shown, expected, "whole: {text}");
    for at in 0..stream.len() {
        let (left, right) = stream.split_at(at);
        assert_eq!(result(&mut [left, right].into_iter()), whole, "split at {at}: {text}");
    }
    assert_eq!(result(&mut stream.chunks(1)), whole, "byte by byte: {text}");
}

/// [`check_with`] the request of the tests.
fn check(stream: impl AsRef<[u8]>, expected: &[&str]) {
    check_with(&request(), stream.as_ref(), expected);
}

/// A stream of events from JSON objects, ended by `[DONE]`.
fn events(objects: &[&str]) -> String {
    cut(objects) + "data: [DONE]\n\n"
}

/// A stream of events that ends without `[DONE]`.
fn cut(objects: &[&str]) -> String {
    objects.iter().map(|object| format!("data: {object}\n\n")).collect()
}

/// A stream in the format of Workers AI whose text arrives in these pieces.
fn said(pieces: &[&str]) -> String {
    let objects: Vec<String> = pieces.iter().map(|text| serde_json::json!({"response": text}).to_string()).collect();
    events(&objects.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Streams that together reach every state of the parser.
fn corpus() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        said(&["Hello", " wor", "ld 🎉"]),
        said(&["<thi", "nk>hm</th", "ink>\n\nYes"]),
        said(&["{\"name\": \"undo\", ", "\"parameters\": {}}"]),
        said(&["[listPlans(a=\"x\"), ", "undo()]"]),
        said(&["<tool_call>\n{\"name\": \"undo\"}\n</tool_call>"]),
        events(&[
            r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"undo","arguments":""}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"a","function":{"name":"listPlans","arguments":"{\"a\":"}}]}}]}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#,
        ]),
        "\u{FEFF}: ping\r\n\r\ndata:{\"response\":\r\ndata: \"two lines\"}\r\n\r\ndata: nonsense\r\n\r\ndata: [DONE]\r\n\r\n"
            .to_owned(),
        r#"{"result":{"response":"Hi","tool_calls":[]},"success":true}"#.to_owned(),
        "<!DOCTYPE html><html><body>502</body></html>".to_owned(),
        "upstream: gone\n".to_owned(),
        cut(&[r#"{"response":"Hel"}"#, r#"{"error":{"message":"x","code":500}}"#]),
    ]
    .map(String::into_bytes)
    .into();
    all.push(b"data: {\"response\":\"bad \xFF\xF0\x9F byte\"}\n\ndata: [DONE]\n\n".to_vec());
    all
}

#[test]
fn any_split_in_two_gives_the_same() {
    for stream in corpus() {
        let (events, error) = parsed(&request(), [stream.as_slice()]);
        let whole = lines(&events, error.as_ref());
        let expected: Vec<&str> = whole.iter().map(String::as_str).filter(|line| !line.starts_with("args ")).collect();
        check(&stream, &expected);
    }
}

/// Every way in which a stream can end. Any other end would be a bug in the parser.
fn is_expected(error: &ModelError) -> bool {
    match error {
        ModelError::Cut | ModelError::Empty | ModelError::Malformed { .. } => true,
        ModelError::Overloaded | ModelError::RateLimited { .. } => true,
        ModelError::NoSuchModel { .. } | ModelError::Refused { .. } => true,
        ModelError::TimedOut { .. } | ModelError::Unreachable { .. } | ModelError::Unconnected => false,
    }
}

/// Fragments of streams, so that random input gets past the first byte.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "data: ",
        "data:",
        "\n\n",
        "\r\n",
        "\r",
        "[DONE]",
        "{\"response\":\"",
        "\"}",
        "{\"choices\":[{\"delta\":{",
        "\"content\":\"",
        "}}]}",
        "\"tool_calls\":[{",
        "\"index\":0,",
        "\"id\":\"a\",",
        "\"name\":\"undo\",",
        "\"function\":{",
        "\"arguments\":\"{",
        "\\\"",
        "<think>",
        "</think>",
        "<tool_call>",
        "```json\\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        "undo(",
        ")",
        "null",
        ": ping",
        "event: error\n",
        "\u{FEFF}",
        "ø🎉",
        "\"finish_reason\":\"stop\"",
        "data: {\"response\":\"a\"}\n\n",
        "data: {\"tool_calls\":[{\"name\":\"undo\",\"arguments\":{}}]}\n\n",
        "data: {\"response\":\"{\\\"name\\\": \\\"undo\\\"}\"}\n\n",
        "data: {\"finish_reason\":\"length\"}\n\n",
    ])
    .prop_map(|text| text.as_bytes().to_vec());
    prop_oneof![8 => known, 1 => prop::collection::vec(any::<u8>(), 0..6)]
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same(pick in 0..12_usize, cuts in prop::collection::vec(1..40_usize, 1..40)) {
        let stream = corpus().swap_remove(pick);
        let mut parts = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts {
            let (part, after) = rest.split_at(cut.min(rest.len()));
            parts.push(part);
            rest = after;
        }
        parts.push(rest);
        prop_assert_eq!(parsed(&request(), parts), parsed(&request(), [stream.as_slice()]));
    }

    #[test]
    fn any_bytes_end_in_order_or_in_a_typed_error(
        fragments in prop::collection::vec(fragment(), 0..40), at in any::<prop::sample::Index>(),
    ) {
        let bytes = fragments.concat();
        let (events, error) = parsed(&request(), [bytes.as_slice()]);
        prop_assert!(error.iter().all(is_expected));
        let (left, right) = bytes.split_at(at.index(bytes.len() + 1));
        prop_assert_eq!(parsed(&request(), [left, right]), (events, error));
    }
}
