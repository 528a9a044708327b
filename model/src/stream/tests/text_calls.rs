//! Calls that are written as text are recognised, and all other text is shown immediately.

use super::{check, events, said};
use crate::testing::{parsed, request};
use crate::{Assembler, Chunk, ModelEvent};

/// Texts that are one call of `scheduleBlock` with the title `Gym`, and the arguments as they are written.
fn one_call() -> Vec<(String, &'static str)> {
    let plain = r#"{"title":"Gym"}"#;
    let call = r#"{"name": "scheduleBlock", "parameters": {"title": "Gym"}}"#;
    [
        (call, plain),
        (r#"{"name": "scheduleBlock", "arguments": {"title": "Gym"}}"#, plain),
        (r#"{"type": "function", "name": "scheduleBlock", "parameters": {"title": "Gym"}}"#, plain),
        (r#"{"type": "function", "function": {"name": "scheduleBlock", "arguments": {"title": "Gym"}}}"#, plain),
        (r#"{"name": "scheduleBlock", "arguments": "{\"title\":\"Gym\"}"}"#, plain),
        (r#"{"function": "scheduleBlock", "parameters": {"title": "Gym"}}"#, plain),
        (r#"[{"name": "scheduleBlock", "parameters": {"title": "Gym"}}]"#, plain),
        (r#"{"tool_calls": [{"name": "scheduleBlock", "parameters": {"title": "Gym"}}]}"#, plain),
        (r#"{'name': 'scheduleBlock', 'parameters': {'title': 'Gym',}}"#, plain),
        (r#"{"name": "scheduleBlock", "parameters": {"title": "Gym"}"#, plain),
        ("<tool_call>\n{\"name\": \"scheduleBlock\", \"arguments\": {\"title\": \"Gym\"}}\n</tool_call>", plain),
        ("<tool_call>{\"name\": \"scheduleBlock\", \"arguments\": {\"title\": \"Gym\"}}", plain),
        ("<function=scheduleBlock>{\"title\":\"Gym\"}</function>", plain),
        ("<function=scheduleBlock>{\"title\":\"Gym\"}", plain),
        (
            "<tool_call>\n<function=scheduleBlock>\n<parameter=title>\nGym\n</parameter>\n</function>\n</tool_call>",
            plain,
        ),
        (r#"[scheduleBlock(title="Gym")]"#, plain),
        (r#"[functions.scheduleBlock(title='Gym')]"#, plain),
        (r#"<|python_tag|>scheduleBlock(title="Gym")"#, plain),
        (r#"<|python_tag|>scheduleBlock.call(title="Gym")"#, plain),
    ]
    .map(|(text, arguments)| (text.to_owned(), arguments))
    .into_iter()
    .chain(
        [
            format!("\n  {call}  \n"),
            format!("```json\n{call}\n```"),
            format!("```\n{call}\n```\n"),
            format!("<|python_tag|>{call}"),
            format!("{call}<|eom_id|>"),
            format!("{call};"),
        ]
        .map(|text| (text, plain)),
    )
    .collect()
}

/// The name as written in `text`. The turn resolves it.
fn name_in(text: &str) -> &'static str {
    if text.contains("functions.") { "functions.scheduleBlock" } else { "scheduleBlock" }
}

#[test]
fn a_text_that_is_a_call_is_a_call_and_not_shown() {
    for (text, arguments) in one_call() {
        let name = name_in(&text);
        let started = format!("start call_0000abcd_1 {name}");
        let finished = format!("call call_0000abcd_1 {name} {arguments}");
        check(said(&[&text]), &[&started, &finished, "finished ToolCalls"]);
        let pieces: Vec<String> = text.chars().map(String::from).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let (found, error) = parsed(&request(), [said(&pieces).as_bytes()]);
        assert!(error.is_none() && !found.iter().any(|event| matches!(event, ModelEvent::Text(_))), "{text}");
    }
}

#[test]
fn several_calls_in_one_text_are_several_calls() {
    let expected = [
        "start call_0000abcd_1 undo",
        "call call_0000abcd_1 undo {}",
        "start call_0000abcd_2 listPlans",
        "call call_0000abcd_2 listPlans {\"a\":[1,\"x\"],\"b\":true}",
        "finished ToolCalls",
    ];
    let list = r#"{"name": "listPlans", "parameters": {"a": [1, "x"], "b": true}}"#;
    for text in [
        format!(r#"{{"name": "undo"}}; {list}"#),
        format!("{{\"name\": \"undo\"}}\n{list}"),
        format!(r#"[{{"name": "undo", "arguments": {{}}}}, {list}]"#),
        format!("<tool_call>{{\"name\": \"undo\"}}</tool_call>\n<tool_call>{list}</tool_call>"),
        "<function=undo></function><function=listPlans>{\"a\":[1,\"x\"],\"b\":true}</function>".to_owned(),
        "[undo(), listPlans(a=[1, 'x'], b=True)]".to_owned(),
    ] {
        check(said(&[&text]), &expected);
    }
}

#[test]
fn a_text_that_is_anything_else_stays_a_text() {
    for text in [
        "To do that, send {\"name\": \"undo\"}.",
        "{\"name\": \"undo\"} undoes the last change.",
        "{\"name\": \"launchRocket\", \"parameters\": {}}",
        "{\"name\": \"undo\", \"colour\": \"red\"}",
        "{\"name\": \"undo\", \"parameters\": [1]}",
        "{\"answer\": 42}",
        "{}",
        "[]",
        "[Note] undo(x) is a tool",
        "[undo] is a tool",
        "[undo](https://example.org)",
        "[undo(\"x\")]",
        "[launchRocket(when=\"now\")]",
        "[1, 2, 3]",
        "```json\n{\"answer\": 42}\n```",
        "```rust\nfn undo() {}\n```",
        "`undo` undoes",
        "<b>undo</b>",
        "<tool_call>no call</tool_call>",
        "<function=undo>no arguments</function>",
        "<|python_tag|>print(1)",
        "name: undo",
        "{",
        "[",
        "``",
        "{\"name\": \"undo\", \"parameters\": {}} [{\"name\": ",
    ] {
        check(said(&[text]), &[&format!("text {text}"), "finished Stop"]);
    }
}

/// The first piece that the assembler shows of `text` if it arrives character by character.
fn first_shown(text: &str) -> String {
    let mut assembler = Assembler::new(&request(), 1);
    for c in text.chars() {
        for event in assembler.push(Chunk { text: c.to_string(), ..Chunk::default() }) {
            if let ModelEvent::Text(shown) = event {
                return shown;
            }
        }
    }
    String::new()
}

#[test]
fn text_is_held_back_only_while_it_may_become_a_call() {
    let cases = [
        ("Hello", "H"),
        ("  Hello", "  H"),
        ("{\"answer\": 1}", "{\"an"),
        ("{ok}", "{o"),
        ("[Note] hi", "[N"),
        ("[un]", "[un]"),
        ("[1, 2]", "[1"),
        ("```rust\n", "```r"),
        ("```json\n[1]", "```json\n[1"),
        ("<b>bold", "<b"),
        ("<tool belt>", "<tool "),
        ("`x`", "`x"),
    ];
    for (text, shown) in cases {
        assert_eq!(first_shown(text), shown, "{text}");
    }
    assert_eq!(first_shown("{\"name\": \"undo\""), "");
    // Much longer than any call.
    let endless = format!("{{\"name\": \"undo\", \"parameters\": {{\"x\": \"{}", "x".repeat(70_000));
    assert!(first_shown(&endless).len() > 65_000);
}

#[test]
fn without_tools_no_text_is_held_back() {
    let mut request = request();
    request.tools.clear();
    let mut assembler = Assembler::new(&request, 1);
    let shown = assembler.push(Chunk { text: "{\"name\": \"undo\"".to_owned(), ..Chunk::default() });
    assert_eq!(shown, [ModelEvent::Text("{\"name\": \"undo\"".to_owned())]);
}

#[test]
fn a_call_that_comes_as_such_and_as_text_is_made_once() {
    let stream = events(&[
        r#"{"response":"{\"name\": \"undo\", \"parameters\": {}}"}"#,
        r#"{"response":"","tool_calls":[{"name":"undo","arguments":{}}]}"#,
    ]);
    check(stream, &["start call_0000abcd_1 undo", "call call_0000abcd_1 undo {}", "finished ToolCalls"]);
}
