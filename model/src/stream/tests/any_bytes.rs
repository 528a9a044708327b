//! Laws of the parser for invalid streams: valid ones that are cut, spliced, repeated or have flipped bits, and random
//! bytes.

use proptest::prelude::*;

use super::{corpus, cut, events, fragment, is_expected, said};
use crate::stream::MAX_ANSWER_BYTES;
use crate::stream::body::Body;
use crate::stream::sse::MAX_EVENT_BYTES;
use crate::testing::{lines, parsed, request};
use crate::{ModelError, ModelEvent};

/// The most bytes of events for each byte of a stream: a piece of a call repeats its id of up to 128 bytes, and a byte
/// that is not UTF-8 becomes three, twice in a call.
const MOST_BYTES_FOR_ONE: usize = 10;

/// [`corpus`], and the formats that it lacks.
fn streams() -> Vec<Vec<u8>> {
    let more = [
        cut(&[
            r#"{"choices":[{"delta":{"function_call":{"name":"undo","arguments":"{\"a\""}}}]}"#,
            r#"{"choices":[{"delta":{"function_call":{"arguments":":1}"}},"finish_reason":"function_call"}]}"#,
        ]),
        events(&[
            r#"{"choices":[{"delta":{"reasoning":"hm","content":[{"type":"text","text":"a"}]}}],"usage":{"prompt_tokens":1}}"#,
            r#"{"choices":[{"message":{"content":"a","tool_calls":[{"id":"x","function":{"name":"undo","arguments":"{}"}}]}}]}"#,
        ]),
        events(&[
            r#"{"response":"","tool_calls":[{"name":"undo","arguments":{}},{"name":"listPlans","arguments":"{\"n\":1e9}"}]}"#,
            r#"{"tool_calls":[{"id":null,"type":"function","function":{"name":null,"arguments":null}}],"usage":{"prompt_tokens":1e300}}"#,
        ]),
        "{\"response\":\"a\"}\n{\"response\":\"b\",\"finish_reason\":\"stop\"}\n".to_owned(),
        r#"[{"response":{"deep":[[[[1.5]]]]}},{"tool_calls":[{"name":"undo","arguments":{"a":[{}]}}]}]"#.to_owned(),
        "event: error\ndata: {\"message\":\"Capacity\",\"code\":3040}\n\n".to_owned(),
        said(&["<tool_call><function=undo>", "<parameter=a>1</parameter></function></tool_call>"]),
        said(&["```json\n[{\"name\": \"undo\", \"arguments\": \"{}\"}", "]\n```<|eom_id|>"]),
    ];
    corpus().into_iter().chain(more.map(String::into_bytes)).collect()
}

/// Damage to a stream. Positions are fractions of its length.
#[derive(Debug, Clone)]
enum Damage {
    /// It ends here.
    Cut(prop::sample::Index),
    /// Up to this many bytes are lost.
    Lose(prop::sample::Index, usize),
    /// A bit is flipped.
    Flip(prop::sample::Index, u8),
    /// Something else is inserted.
    Insert(prop::sample::Index, Vec<u8>),
    /// The rest is replaced by the rest of another stream.
    Splice(prop::sample::Index, Vec<u8>, prop::sample::Index),
    /// A part is repeated.
    Repeat(prop::sample::Index, usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let nesting = (prop::sample::select(vec!["[", "{\"a\":", "[{\"a\":"]), 1..300_usize)
        .prop_map(|(open, times)| open.repeat(times).into_bytes());
    prop_oneof![
        2 => at().prop_map(Damage::Cut),
        2 => (at(), 1..20_usize).prop_map(|(at, many)| Damage::Lose(at, many)),
        4 => (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        3 => (at(), fragment()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => (at(), nesting).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        2 => (at(), prop::sample::select(streams()), at()).prop_map(|(at, other, from)| Damage::Splice(at, other, from)),
        2 => (at(), 1..60_usize, 1..30_usize).prop_map(|(at, many, times)| Damage::Repeat(at, many, times)),
    ]
}

fn damaged(mut stream: Vec<u8>, damage: &Damage) -> Vec<u8> {
    let place = |at: &prop::sample::Index| at.index(stream.len() + 1);
    match damage {
        Damage::Cut(at) => stream.truncate(place(at)),
        Damage::Lose(at, many) => {
            let from = place(at);
            stream.drain(from..(from + many).min(stream.len()));
        }
        Damage::Flip(at, bit) => {
            let at = place(at);
            stream.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
        }
        Damage::Insert(at, bytes) => {
            let at = place(at);
            stream.splice(at..at, bytes.iter().copied());
        }
        Damage::Splice(at, other, from) => {
            stream.truncate(place(at));
            stream.extend(&other[from.index(other.len())..]);
        }
        Damage::Repeat(at, many, times) => {
            let from = place(at);
            let part = stream[from..(from + many).min(stream.len())].repeat(*times);
            stream.splice(from..from, part);
        }
    }
    stream
}

/// A damaged stream, or random bytes.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let broken = (prop::sample::select(streams()), prop::collection::vec(damage(), 0..5))
        .prop_map(|(stream, all)| all.iter().fold(stream, damaged));
    prop_oneof![8 => broken, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

/// The size of an event, in bytes.
fn size(event: &ModelEvent) -> usize {
    match event {
        ModelEvent::Text(text) | ModelEvent::Reasoning(text) | ModelEvent::Skipped { what: text } => text.len(),
        ModelEvent::CallStarted { id, name } => id.len() + name.len(),
        ModelEvent::CallArguments { id, delta } => id.len() + delta.len(),
        ModelEvent::CallFinished(call) => call.id.len() + call.name.len() + call.arguments.len(),
        ModelEvent::Usage(_) | ModelEvent::Retried { .. } | ModelEvent::Finished(_) => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_stream_gives_the_same_in_any_pieces_and_ends_once(
        bytes in bytes(), sizes in prop::collection::vec(1..50_usize, 1..8),
    ) {
        // The parser run checks the order of events, their ids and their end.
        let (events, error) = parsed(&request(), [bytes.as_slice()]);
        prop_assert!(error.iter().all(is_expected), "{:?}", error);
        let mut rest = bytes.as_slice();
        let pieces = sizes.iter().cycle().map_while(|size| {
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        });
        prop_assert_eq!(parsed(&request(), pieces), (events, error));
    }

    #[test]
    fn what_is_given_out_is_bounded_by_what_came(bytes in bytes()) {
        let (events, _) = parsed(&request(), bytes.chunks(1));
        prop_assert!(events.len() <= bytes.len() + 2, "{} events of {} bytes", events.len(), bytes.len());
        let given: usize = events.iter().map(size).sum();
        prop_assert!(given <= MOST_BYTES_FOR_ONE * bytes.len(), "{} bytes of {}", given, bytes.len());
    }

    #[test]
    fn after_the_end_nothing_counts(stream in prop::sample::select(over()), after in bytes()) {
        let whole = parsed(&request(), [stream.as_slice()]);
        prop_assert_eq!(parsed(&request(), [[stream, after].concat().as_slice()]), whole);
    }
}

/// The streams of [`streams`] that state their end.
fn over() -> Vec<Vec<u8>> {
    streams().into_iter().filter(|stream| stream.ends_with(b"data: [DONE]\n\n")).collect()
}

#[test]
fn an_event_above_the_cap_after_the_end_is_ignored() {
    let stream = said(&["Hi"]) + "data: " + &"x".repeat(2 * MAX_EVENT_BYTES);
    for size in [stream.len(), 65_536] {
        let (events, error) = parsed(&request(), stream.as_bytes().chunks(size));
        assert_eq!(lines(&events, error.as_ref()), ["text Hi", "finished Stop"]);
    }
}

#[test]
fn an_answer_above_the_cap_gives_what_came_before_it_in_any_pieces() {
    let comment = format!(":{}\n", "x".repeat(MAX_EVENT_BYTES / 2));
    let stream = cut(&[r#"{"response":"Hi"}"#]) + &comment.repeat(2 * MAX_ANSWER_BYTES / MAX_EVENT_BYTES + 1);
    for size in [stream.len(), 1_000_000, 65_536] {
        let (events, error) = parsed(&request(), stream.as_bytes().chunks(size));
        let lines = lines(&events, error.as_ref());
        assert_eq!(lines, ["text Hi", "error Malformed { what: \"an answer of more than 16 MiB\" }"]);
    }
}

#[test]
fn no_more_is_kept_than_one_event_and_nothing_of_one_above_the_cap() {
    let size = 65_536;
    // And the start of another line.
    let event = MAX_EVENT_BYTES + 64;
    let cases = [
        ("", "\n \r\n\t", 1),
        ("\u{FEFF}", " ", 4),
        ("", "data: x", event),
        ("", "data: xxxxxxxxxxxxxxxx\n", event),
        ("", ": ping", event),
        ("", ": ping\n\n", size),
        ("event: ", "e", event),
        ("", "{\"response\":\"a\"}\n", event),
        ("[", "0,", event),
        ("<", "p>", size),
    ];
    for (begin, again, most) in cases {
        let stream = begin.to_owned() + &again.repeat(4 * MAX_EVENT_BYTES / again.len());
        let mut body = Body::default();
        let mut frames = Vec::new();
        for piece in stream.as_bytes().chunks(size) {
            let outcome = body.push(piece, &mut frames);
            assert!(body.kept() <= most, "{begin}{again}: {} bytes", body.kept());
            if let Err(error) = outcome {
                assert_eq!(body.kept(), 0, "{begin}{again}");
                assert!(matches!(error, ModelError::Malformed { .. }));
                break;
            }
        }
        assert!(frames.is_empty(), "{begin}{again}");
    }
}

#[test]
fn blanks_before_a_body_are_no_part_of_it() {
    let expected = ["text Hi", "finished Stop"];
    for body in [said(&["Hi"]), r#"{"response":"Hi"}"#.to_owned()] {
        super::check(format!("\n\r\n \t\n\n{body}"), &expected);
        super::check(format!("\u{FEFF}\n\n{body}"), &expected);
    }
}

#[test]
fn more_tokens_than_can_be_are_not_counted() {
    let stream =
        events(&[r#"{"response":"Hi","usage":{"prompt_tokens":1e300,"completion_tokens":18446744073709551615}}"#]);
    super::check(stream, &["text Hi", "usage 4294967295 4294967295", "finished Stop"]);
}

#[test]
fn nesting_without_end_is_no_overflow() {
    let deep = ["[", "{\"a\":", "[{\"a\":"].map(|open| open.repeat(900_000 / open.len()));
    for deep in &deep {
        let (events, error) = parsed(&request(), [format!("data: {deep}\n\ndata: [DONE]\n\n").as_bytes()]);
        assert!(error.is_none() || error == Some(ModelError::Empty), "{error:?}");
        assert!(!events.iter().any(|event| matches!(event, ModelEvent::Text(_))));
        let (_, error) = parsed(&request(), [deep.as_bytes()]);
        assert!(error.as_ref().is_some_and(is_expected), "{error:?}");
    }
}
