//! Quirks of real streams, one test for each. Those of calls are in [`super::calls`].

use super::{check, cut, events, said};
use crate::stream::sse::MAX_EVENT_BYTES;
use crate::testing::{lines, parsed, request};

#[test]
fn native_text_comes_as_string_number_object_null_or_not_at_all() {
    let stream = events(&[
        r#"{"response":"At "}"#,
        r#"{"response":5}"#,
        r#"{"response":null}"#,
        r#"{"p":"abdefgh"}"#,
        r#"{"response":""}"#,
        r#"{"response":{"pm":true}}"#,
        r#"{"response":1.5}"#,
    ]);
    check(stream, &["text At 5{\"pm\":true}1.5", "finished Stop"]);
}

#[test]
fn thoughts_are_kept_apart_from_the_answer() {
    let delta = |field: &str| format!(r#"{{"choices":[{{"delta":{{{field}}}}}]}}"#);
    for name in ["reasoning", "reasoning_content"] {
        let stream = events(&[
            &delta(&format!("\"{name}\":\"Let me\"")),
            &delta(&format!("\"{name}\":\" see\",\"content\":\"Yes\"")),
        ]);
        check(stream, &["thought Let me see", "text Yes", "finished Stop"]);
    }
    let both = events(&[&delta(r#""reasoning":"hm","reasoning_content":"hm","content":"Yes""#)]);
    check(both, &["thought hm", "text Yes", "finished Stop"]);
}

#[test]
fn think_tags_are_found_across_pieces() {
    check(
        said(&["<th", "ink>\nLet me", " see.</t", "hink>\n\nYes", "."]),
        &["thought Let me see.", "text Yes.", "finished Stop"],
    );
    check(
        said(&["Well <think>a</think> b<thin", " air"]),
        &["text Well ", "thought a", "text b<thin air", "finished Stop"],
    );
    check(said(&["<think>\n\n</think>\n\nYes"]), &["text Yes", "finished Stop"]);
    check(said(&["<think>never ", "closed"]), &["thought never closed", "error Empty"]);
    check(said(&["a < b, <", "b> <think"]), &["text a < b, <b> <think", "finished Stop"]);
    check(
        said(&["<think>x</think>", "{\"name\":\"undo\"}"]),
        &["thought x", "start call_0000abcd_1 undo", "call call_0000abcd_1 undo {}", "finished ToolCalls"],
    );
}

#[test]
fn the_reason_is_mapped_wherever_it_stands_and_the_last_wins() {
    let reasons = [
        ("stop", "Stop"),
        ("length", "Length"),
        ("model_length", "Length"),
        ("content_filter", "ContentFilter"),
        ("content-filter", "ContentFilter"),
        ("error", "Error"),
        ("STOP", "Stop"),
        ("because", "Other"),
        // Without a call there is nothing to wait for.
        ("tool_calls", "Stop"),
    ];
    for (stated, mapped) in reasons {
        let finished = format!("finished {mapped}");
        let in_choice = format!(r#"{{"choices":[{{"delta":{{"content":"Hi"}},"finish_reason":"{stated}"}}]}}"#);
        check(cut(&[&in_choice]), &["text Hi", &finished]);
        let at_top = format!(r#"{{"response":"Hi","finish_reason":"{stated}"}}"#);
        check(cut(&[&at_top]), &["text Hi", &finished]);
    }
    for stated in ["tool_calls", "tool-calls", "function_call", "stop"] {
        let stream = cut(&[&format!(
            r#"{{"tool_calls":[{{"id":"a","name":"undo","arguments":{{}}}}],"finish_reason":"{stated}"}}"#
        )]);
        check(stream, &["start a undo", "call a undo {}", "finished ToolCalls"]);
    }
    let several = cut(&[
        r#"{"response":"Hi","finish_reason":"stop"}"#,
        r#"{"response":"","finish_reason":"length"}"#,
        r#"{"response":"","finish_reason":null}"#,
        r#"{"response":"","finish_reason":""}"#,
    ]);
    check(several, &["text Hi", "finished Length"]);
}

#[test]
fn a_stream_that_closes_without_reason_and_done_was_cut() {
    check(cut(&[r#"{"response":"Hel"}"#]), &["text Hel", "error Cut"]);
    check("data: {\"response\":\"Hel\"}\n\ndata: {\"resp", &["text Hel", "skipped {\"resp", "error Cut"]);
    check(cut(&[r#"{"choices":[{"delta":{"role":"assistant"}}]}"#]), &["error Cut"]);
    let open_call = cut(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"undo","arguments":"{\"n\":"}}]}}]}"#,
    ]);
    check(open_call, &["start a undo", "error Cut"]);
    check(events(&[r#"{"response":"Hi"}"#]), &["text Hi", "finished Stop"]);
}

#[test]
fn the_last_usage_counts_also_after_the_last_chunk() {
    let stream = events(&[
        r#"{"choices":[{"delta":{"content":"Hi"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7.0,"total_tokens":18}}"#,
    ]);
    check(stream, &["text Hi", "usage 11 7", "finished Stop"]);
}

#[test]
fn sse_is_read_in_all_its_forms() {
    let hi = ["text Hei på 🎉", "finished Stop"];
    check("data: {\"response\":\"Hei på 🎉\"}\n\ndata: [DONE]\n\n", &hi);
    check("data: {\"response\":\"Hei på 🎉\"}\r\n\r\ndata: [DONE]\r\n\r\n", &hi);
    check("data: {\"response\":\"Hei på 🎉\"}\r\rdata: [DONE]\r\r", &hi);
    check("data:{\"response\":\"Hei på 🎉\"}\n\ndata:[DONE]\n\n", &hi);
    check("\u{FEFF}data: {\"response\":\"Hei på 🎉\"}\n\ndata: [DONE]\n\n", &hi);
    check(": keep-alive\n\ndata: {\"response\":\"Hei på 🎉\"}\n\n:\n\ndata: [DONE]\n\n", &hi);
    check("event: message\nid: 7\nretry: 10\ndata: {\"response\":\ndata: \"Hei på 🎉\"}\n\ndata: [DONE]", &hi);
    check("\n\ndata: {\"response\":\"Hei på 🎉\"}\n\ndata: \n\ndata: [DONE]\n\ndata: {\"response\":\"more\"}\n\n", &hi);
}

#[test]
fn an_event_above_the_cap_is_an_error_and_one_below_is_not() {
    let large = |bytes: usize| said(&[&"x".repeat(bytes)]);
    let (_, error) = parsed(&request(), [large(MAX_EVENT_BYTES - 100).as_bytes()]);
    assert_eq!(error, None);
    let too_large = large(MAX_EVENT_BYTES);
    let in_lines = "data: 12345678\n".repeat(MAX_EVENT_BYTES / 8);
    let endless = "data: ".to_owned() + &"x".repeat(MAX_EVENT_BYTES + 1);
    for stream in [too_large, in_lines, endless] {
        for size in [stream.len(), 65_536] {
            let (events, error) = parsed(&request(), stream.as_bytes().chunks(size));
            let lines = lines(&events, error.as_ref());
            assert_eq!(lines, ["error Malformed { what: \"an event of more than 1 MiB\" }"]);
        }
    }
}

#[test]
fn bytes_that_are_no_utf8_do_not_stop_the_stream() {
    check(b"data: {\"response\":\"a\xFFb\"}\n\ndata: [DONE]\n\n", &["text a\u{FFFD}b", "finished Stop"]);
}

#[test]
fn an_event_that_is_no_json_is_skipped_and_three_in_a_row_are_an_error() {
    let stream = events(&["oops", r#"{"response":"Hi"}"#, "{", "[1]", r#"{"response":"!"}"#, "{"]);
    let expected = ["skipped oops", "text Hi", "skipped {", "skipped [1]", "text !", "skipped {", "finished Stop"];
    check(stream, &expected);
    let three = events(&[r#"{"response":"Hi"}"#, "a", "b", "c", r#"{"response":"!"}"#]);
    check(three, &["text Hi", "skipped a", "skipped b", "skipped c", "error Malformed { what: \"c\" }"]);
}

#[test]
fn a_body_that_is_one_json_object_is_a_stream_of_one() {
    check(
        r#"{"response":"Hi","usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        &["text Hi", "usage 1 2", "finished Stop"],
    );
    check(
        "\u{FEFF} \n{\"result\":{\"response\":\"Hi\"},\"success\":true,\"errors\":[],\"messages\":[]}\n",
        &["text Hi", "finished Stop"],
    );
    check(r#"{"result":"Hi","success":true}"#, &["text Hi", "finished Stop"]);
    let openai = r#"{"choices":[{"message":{"role":"assistant","content":"Hi","tool_calls":[
        {"id":"a","type":"function","function":{"name":"undo","arguments":"{}"}},
        {"id":"b","type":"function","function":{"name":"undo","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#;
    check(
        openai,
        &["text Hi", "start a undo", "call a undo {}", "start b undo", "call b undo {}", "finished ToolCalls"],
    );
    check("{\"response\":\"a\"}\n{\"response\":\"b\"}\n", &["text ab", "finished Stop"]);
    check(r#"{"response":"Hi"#, &["error Cut"]);
    check(r#"{"response"} x"#, &["error Malformed { what: \"{\\\"response\\\"} x\" }"]);
    check(r#"{"response":""}"#, &["error Empty"]);
}

#[test]
fn an_error_in_the_stream_is_typed_and_keeps_what_came() {
    let overloaded = ["text Hel", "error Overloaded"];
    check(cut(&[r#"{"response":"Hel"}"#, r#"{"errors":[{"code":3040,"message":"Capacity"}]}"#]), &overloaded);
    check(cut(&[r#"{"response":"Hel"}"#, r#"{"error":{"message":"m","code":503}}"#]), &overloaded);
    check(cut(&[r#"{"response":"Hel"}"#]) + "event: error\ndata: {\"message\":\"overloaded\"}\n\n", &overloaded);
    let limited = "error RateLimited { retry_after_ms: None }";
    check(cut(&[r#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#]), &[limited]);
    check(r#"{"success":false,"errors":[{"code":3040,"message":"m"}],"result":null}"#, &["error Overloaded"]);
    check(
        r#"{"success":false,"errors":[]}"#,
        &["error Refused { status: 0, message: \"{\\\"errors\\\":[],\\\"success\\\":false}\" }"],
    );
}

#[test]
fn a_page_or_plain_words_are_no_answer() {
    check("\n<!DOCTYPE html>\n<p>502", &["error Malformed { what: \"an HTML page, <!DOCTYPE html> <p>502\" }"]);
    check("upstream connect error: reset\n", &["error Malformed { what: \"upstream connect error reset\" }"]);
    let long = format!("<html>{}", "x".repeat(5000));
    let (_, error) = parsed(&request(), [long.as_bytes()]);
    assert!(format!("{error:?}").contains("an HTML page, <html>xxx"));
}

#[test]
fn the_same_text_twice_is_said_once() {
    let again = events(&[
        r#"{"response":"Hel"}"#,
        r#"{"response":"lo"}"#,
        r#"{"response":"Hello","usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
    ]);
    check(again, &["text Hello", "usage 1 2", "finished Stop"]);
    let message = events(&[
        r#"{"choices":[{"delta":{"content":"Hel"}}]}"#,
        r#"{"choices":[{"delta":{"content":"lo"}}]}"#,
        r#"{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}"#,
    ]);
    check(message, &["text Hello", "finished Stop"]);
    let both_formats = events(&[r#"{"response":"Hi","choices":[{"delta":{"content":"Hi"}}]}"#]);
    check(both_formats, &["text Hi", "finished Stop"]);
    let usage_everywhere = events(&[
        r#"{"response":"20","usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
        r#"{"response":"2","usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        r#"{"response":"202","usage":{"prompt_tokens":1,"completion_tokens":3}}"#,
    ]);
    check(usage_everywhere, &["text 202202", "usage 1 3", "finished Stop"]);
    // Two equal pieces are not a repetition.
    check(said(&["ha", "ha"]), &["text haha", "finished Stop"]);
}

#[test]
fn an_answer_that_says_nothing_is_empty() {
    check("", &["error Empty"]);
    check("data: [DONE]\n\n", &["error Empty"]);
    check(said(&["", " ", "\n"]), &["error Empty"]);
    check(
        events(&[r#"{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}"#]),
        &["error Empty"],
    );
    check(cut(&[r#"{"response":"","finish_reason":"length"}"#]), &["finished Length"]);
    check(cut(&[r#"{"response":"","finish_reason":"content_filter"}"#]), &["finished ContentFilter"]);
    check(cut(&[r#"{"response":"","finish_reason":"error"}"#]), &["error Overloaded"]);
}
