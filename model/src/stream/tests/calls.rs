//! Calls in pieces, as real servers send them.

use super::{check, check_with, events};
use crate::testing::{lines, parsed, request};
use crate::{ModelCall, ModelMessage};

/// A chunk in OpenAI's format with these pieces of calls.
fn pieces(calls: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{calls}]}}}}]}}"#)
}

/// A stream of such chunks with OpenAI's end.
fn calls(chunks: &[&str]) -> String {
    let chunks: Vec<String> = chunks.iter().map(|chunk| pieces(chunk)).collect();
    let mut all: Vec<&str> = chunks.iter().map(String::as_str).collect();
    all.push(r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#);
    events(&all)
}

#[test]
fn native_calls_come_whole_and_several_in_one_chunk() {
    let stream = events(&[
        r#"{"response":"Sure."}"#,
        r#"{"response":"","tool_calls":[{"name":"scheduleBlock","arguments":{"title":"Gym"}},{"name":" undo ","arguments":"{\"n\":1}"},{"id":"x1","name":"listPlans"}]}"#,
        r#"{"response":"","usage":{"prompt_tokens":10,"completion_tokens":5}}"#,
    ]);
    check(
        stream,
        &[
            "text Sure.",
            "start call_0000abcd_1 scheduleBlock",
            "call call_0000abcd_1 scheduleBlock {\"title\":\"Gym\"}",
            "start call_0000abcd_2 undo",
            "call call_0000abcd_2 undo {\"n\":1}",
            "start x1 listPlans",
            "call x1 listPlans ",
            "usage 10 5",
            "finished ToolCalls",
        ],
    );
}

#[test]
fn openai_calls_come_in_pieces_joined_by_index() {
    let stream = calls(&[
        r#"{"index":0,"id":"a","type":"function","function":{"name":"scheduleBlock","arguments":""}}"#,
        r#"{"index":0,"function":{"arguments":"{\"title\""}}"#,
        r#"{"index":0,"function":{"arguments":""}}"#,
        r#"{"index":0,"function":{"arguments":":\"Gym\"}"}}"#,
    ]);
    let (found, error) = parsed(&request(), [stream.as_bytes()]);
    let expected = [
        "start a scheduleBlock",
        "args a {\"title\"",
        "args a :\"Gym\"}",
        "call a scheduleBlock {\"title\":\"Gym\"}",
        "finished ToolCalls",
    ];
    assert_eq!(lines(&found, error.as_ref()), expected);
    check(stream, &["start a scheduleBlock", "call a scheduleBlock {\"title\":\"Gym\"}", "finished ToolCalls"]);
}

#[test]
fn the_next_index_closes_the_call_before_it_once() {
    let stream = calls(&[
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":"{}"}}"#,
        r#"{"index":1,"id":"b","function":{"name":"listPlans","arguments":"{}"}}"#,
    ]);
    check(
        stream,
        &["start a undo", "call a undo {}", "start b listPlans", "call b listPlans {}", "finished ToolCalls"],
    );
}

#[test]
fn a_piece_of_nulls_closes_a_call_once() {
    let null = r#"{"index":0,"id":null,"type":null,"function":{"name":null,"arguments":null}}"#;
    let stream = calls(&[
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":"{}"}}"#,
        null,
        null,
        r#"{"index":1,"id":"b","function":{"name":"undo","arguments":"{}"}}"#,
        r#"{"id":null,"function":{"name":null,"arguments":null}}"#,
    ]);
    check(stream, &["start a undo", "call a undo {}", "start b undo", "call b undo {}", "finished ToolCalls"]);
    check(calls(&[null]), &["error Empty"]);
}

#[test]
fn interleaved_calls_keep_their_arguments_and_finish_in_order() {
    let stream = calls(&[
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":""}},{"index":1,"id":"b","function":{"name":"listPlans","arguments":""}}"#,
        r#"{"index":1,"function":{"arguments":"{\"b\":2}"}}"#,
        r#"{"index":0,"function":{"arguments":"{\"a\":1}"}}"#,
    ]);
    check(
        stream,
        &[
            "start a undo",
            "start b listPlans",
            "call a undo {\"a\":1}",
            "call b listPlans {\"b\":2}",
            "finished ToolCalls",
        ],
    );
}

#[test]
fn calls_without_index_stay_apart() {
    let two = ["start a undo", "call a undo {\"n\":1}", "start b undo", "call b undo {\"n\":2}", "finished ToolCalls"];
    let whole = calls(&[
        r#"{"id":"a","function":{"name":"undo","arguments":"{\"n\":1}"}},{"id":"b","function":{"name":"undo","arguments":"{\"n\":2}"}}"#,
    ]);
    check(whole, &two);
    let in_pieces = calls(&[
        r#"{"id":"a","function":{"name":"undo","arguments":"{\"n\""}}"#,
        r#"{"function":{"arguments":":1}"}}"#,
        r#"{"id":"b","function":{"name":"undo","arguments":"{\"n\""}}"#,
        r#"{"id":"b","function":{"arguments":":2}"}}"#,
    ]);
    check(in_pieces, &two);
    let without_ids = calls(&[
        r#"{"function":{"name":"undo","arguments":"{\"n\":1}"}}"#,
        r#"{"function":{"name":"undo","arguments":"{\"n\":2}"}}"#,
    ]);
    check(
        without_ids,
        &[
            "start call_0000abcd_1 undo",
            "call call_0000abcd_1 undo {\"n\":1}",
            "start call_0000abcd_2 undo",
            "call call_0000abcd_2 undo {\"n\":2}",
            "finished ToolCalls",
        ],
    );
}

#[test]
fn an_id_used_twice_makes_two_calls_with_two_ids() {
    let expected = [
        "start a undo",
        "call a undo {}",
        "start call_0000abcd_1 listPlans",
        "call call_0000abcd_1 listPlans {}",
        "finished ToolCalls",
    ];
    let undo = r#"{"index":0,"id":"a","function":{"name":"undo","arguments":"{}"}}"#;
    let list = r#"{"index":1,"id":"a","function":{"name":"listPlans","arguments":"{}"}}"#;
    check(calls(&[undo, list]), &expected);
    check(calls(&[undo, &list.replace("\"index\":1", "\"index\":0")]), &expected);
    check(calls(&[&undo.replace("\"index\":0,", ""), &list.replace("\"index\":1,", "")]), &expected);
    let twice = calls(&[undo, undo]);
    check(
        twice,
        &[
            "start a undo",
            "call a undo {}",
            "start call_0000abcd_1 undo",
            "call call_0000abcd_1 undo {}",
            "finished ToolCalls",
        ],
    );
}

#[test]
fn id_and_name_repeated_on_every_piece_make_one_call() {
    let stream = calls(&[
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":""}}"#,
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":"{\"n\":"}}"#,
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":"1}"}}"#,
    ]);
    check(stream, &["start a undo", "call a undo {\"n\":1}", "finished ToolCalls"]);
}

#[test]
fn a_name_that_comes_late_or_never_still_makes_one_call() {
    let late = calls(&[
        r#"{"index":0,"id":"a","function":{"arguments":"{"}}"#,
        r#"{"index":0,"function":{"name":"undo","arguments":"}"}}"#,
    ]);
    check(late, &["start a undo", "call a undo {}", "finished ToolCalls"]);
    let never = calls(&[r#"{"index":0,"id":"a","function":{"arguments":"{}"}}"#]);
    check(never, &["start a ", "call a  {}", "finished ToolCalls"]);
}

#[test]
fn an_id_of_an_earlier_turn_is_not_given_out_again() {
    let call = |id: &str| ModelCall { id: id.to_owned(), name: "undo".to_owned(), arguments: "{}".to_owned() };
    let mut request = request();
    request
        .messages
        .push(ModelMessage::Assistant { text: String::new(), calls: vec![call("a"), call("call_0000abcd_1")] });
    request.messages.push(ModelMessage::Tool { call_id: "b".into(), name: "undo".into(), content: "{}".into() });
    let stream = calls(&[
        r#"{"index":0,"id":"a","function":{"name":"undo","arguments":"{}"}}"#,
        r#"{"index":1,"id":"b","function":{"name":"undo","arguments":"{}"}}"#,
    ]);
    check_with(
        &request,
        stream.as_bytes(),
        &[
            "start call_0000abcd_2 undo",
            "call call_0000abcd_2 undo {}",
            "start call_0000abcd_3 undo",
            "call call_0000abcd_3 undo {}",
            "finished ToolCalls",
        ],
    );
}

#[test]
fn an_id_that_cannot_be_stored_is_replaced() {
    for id in ["", "  ", "two words", &"x".repeat(129), "a\\u0000"] {
        let stream = calls(&[&format!(r#"{{"index":0,"id":"{id}","function":{{"name":"undo","arguments":"{{}}"}}}}"#)]);
        check(stream, &["start call_0000abcd_1 undo", "call call_0000abcd_1 undo {}", "finished ToolCalls"]);
    }
}

#[test]
fn a_model_caught_in_a_loop_of_calls_is_cut_short() {
    let stream = events(&[&format!(r#"{{"tool_calls":[{}]}}"#, [r#"{"name":"undo","arguments":{}}"#; 1000].join(","))]);
    let (events, error) = parsed(&request(), [stream.as_bytes()]);
    assert_eq!(
        (lines(&events, error.as_ref()).iter().filter(|line| line.starts_with("call ")).count(), error),
        (128, None)
    );
}

#[test]
fn the_form_before_tool_calls_is_read() {
    let stream = events(&[
        r#"{"choices":[{"delta":{"function_call":{"name":"undo","arguments":""}}}]}"#,
        r#"{"choices":[{"delta":{"function_call":{"arguments":"{\"n\""}}}]}"#,
        r#"{"choices":[{"delta":{"function_call":{"arguments":":1}"}}}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"function_call"}]}"#,
    ]);
    check(stream, &["start call_0000abcd_1 undo", "call call_0000abcd_1 undo {\"n\":1}", "finished ToolCalls"]);
}
