//! Laws for texts that are almost calls: no tool is called that was not offered, and no word is lost.

use proptest::prelude::*;

use super::said;
use crate::testing::{parsed, request};
use crate::{ModelEvent, resolve_tool_name};

/// Names as models write them, of tools that were offered and of tools that were not.
fn name() -> impl Strategy<Value = String> {
    let known = vec!["undo", "listPlans", "functions.scheduleBlock", "delete_block", "Undo:0", "tools/undo"];
    prop_oneof![3 => prop::sample::select(known).prop_map(str::to_owned), 1 => unknown_name()]
}

/// Names of no offered tool.
fn unknown_name() -> impl Strategy<Value = String> {
    let unknown =
        vec!["launchRocket", "scheduleBlocks", "undo.all", "undo2", "redo", "print", "os.system", "ündo", "x"];
    prop::sample::select(unknown).prop_map(str::to_owned)
}

/// Arguments as JSON, or almost.
fn arguments() -> impl Strategy<Value = String> {
    let all = vec![
        "{}",
        r#"{"title": "Gym"}"#,
        r#"{"title": "a) [b] {c} </tool_call>", "tags": ["x", 'y',]}"#,
        "{'title': None}",
        r#"{"a": {"b": [1, 2, {"c": "("}]}}"#,
        r#""{\"title\": \"Gym\"}""#,
        "[1]",
        "null",
    ];
    prop::sample::select(all).prop_map(str::to_owned)
}

/// A call in one of the notations, all brackets and tags closed.
fn written(name: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let shape = prop::sample::select(vec![
        r#"{"name": "NAME", "parameters": ARGS}"#,
        r#"{"type": "function", "function": {"name": "NAME", "arguments": ARGS}}"#,
        r#"{"tool_calls": [{"tool": "NAME", "input": ARGS}]}"#,
        r#"[{"name": "NAME", "arguments": ARGS}, {"name": "NAME"}]"#,
        "{'name': 'NAME', parameters: ARGS,}",
        "```json\n{\"name\": \"NAME\", \"arguments\": ARGS}\n```",
        "```\n[{\"name\": \"NAME\"}]\n```",
        r#"<|python_tag|>{"name": "NAME", "parameters": ARGS}"#,
        "<tool_call>\n{\"name\": \"NAME\", \"arguments\": ARGS}\n</tool_call>",
        "<tool_call><function=NAME><parameter=title>Gym</parameter></function></tool_call>",
        "<function=NAME>{\"a\": ARGS}</function>",
        "<function=NAME></function>",
        "[NAME(a=ARGS, b=\"x, y\")]",
        "[NAME(), NAME(a=[1, 2])]",
        "<|python_tag|>NAME.call(a='b')",
    ]);
    (shape, name, arguments())
        .prop_map(|(shape, name, arguments)| shape.replace("NAME", &name).replace("ARGS", &arguments))
}

/// Words that are not part of a call.
fn words() -> impl Strategy<Value = String> {
    "[A-Z][a-z]{1,8}( [a-z]{2,8}){1,4}[.!:]"
}

/// Texts of pieces of calls, in any order.
fn noise() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "'",
        ":",
        ",",
        "=",
        ";",
        " ",
        "\n",
        "\\",
        "undo",
        "launchRocket",
        "\"name\"",
        "\"name\": \"undo\"",
        "\"arguments\": {}",
        "<tool_call>",
        "</tool_call>",
        "<function=",
        "<function=undo>",
        "</function>",
        "<parameter=a>",
        "</parameter>",
        "<|python_tag|>",
        "```",
        "```json",
        "json",
        "undo()",
        "<|eom_id|>",
        "</s>",
        "//",
        "/*",
        "#",
        "1e9",
        "null",
        "None",
        "ø",
        "🎉",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// The text that is shown if a model says `text`, and the names of the calls that result.
fn answer(text: &str) -> (String, Vec<String>) {
    let (events, _) = parsed(&request(), [said(&[text]).as_bytes()]);
    let mut shown = String::new();
    let mut names = Vec::new();
    for event in events {
        match event {
            ModelEvent::Text(text) => shown += &text,
            ModelEvent::CallFinished(call) => names.push(call.name),
            _ => {}
        }
    }
    (shown, names)
}

/// Checks that `text` is either shown as it is or is calls of tools that were offered.
fn check_answer(text: &str) -> Result<(), TestCaseError> {
    let offered: Vec<String> = request().tools.into_iter().map(|tool| tool.name).collect();
    let (shown, names) = answer(text);
    for name in &names {
        prop_assert!(resolve_tool_name(name, &offered).is_some(), "{} of {}", name, text);
    }
    let is_blank = text.trim().is_empty() && names.is_empty() && shown.trim().is_empty();
    prop_assert!(is_blank || shown.is_empty() != names.is_empty(), "{}", text);
    prop_assert!(is_blank || !names.is_empty() || shown == text, "{} became {}", text, shown);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_shown_whole_or_is_calls_of_tools_that_were_offered(text in prop_oneof!["\\PC{0,80}", noise()]) {
        check_answer(&text)?;
    }

    #[test]
    fn a_near_call_is_shown_whole_or_is_calls_of_tools_that_were_offered(
        calls in prop::collection::vec(written(name()), 1..4),
        between in prop::sample::select(vec!["", " ", "\n", ", ", "; "]),
        lost in prop::option::of((any::<prop::sample::Index>(), 1..6_usize)),
        added in prop::option::of((any::<prop::sample::Index>(), noise())),
    ) {
        let mut text: Vec<char> = calls.join(between).chars().collect();
        if let Some((at, many)) = lost {
            let from = at.index(text.len());
            text.drain(from..(from + many).min(text.len()));
        }
        if let Some((at, noise)) = added {
            let at = at.index(text.len() + 1);
            text.splice(at..at, noise.chars());
        }
        check_answer(&text.into_iter().collect::<String>())?;
    }

    #[test]
    fn a_call_of_a_tool_that_was_not_offered_stays_text(
        text in written(unknown_name()), other in prop::option::of(written(name())),
    ) {
        let text = [Some(text), other].into_iter().flatten().collect::<Vec<_>>().join("\n");
        prop_assert_eq!(answer(&text), (text, Vec::new()));
    }

    #[test]
    fn a_sentence_around_a_call_stays_text(
        call in written(name()), before in prop::option::of(words()), after in words(), blank in "[ \n]{1,2}",
    ) {
        let text = [before, Some(call), Some(after)].into_iter().flatten().collect::<Vec<_>>().join(&blank);
        prop_assert_eq!(answer(&text), (text, Vec::new()));
    }
}

#[test]
fn nesting_without_end_in_a_call_is_text_and_no_overflow() {
    for open in ["[", "{\"a\":", "[{\"a\":", "("] {
        let deep = open.repeat(60_000 / open.len());
        for text in [
            format!("{{\"name\": \"undo\", \"arguments\": {deep}"),
            format!("[undo(a={deep}"),
            format!("<tool_call>{{\"name\": {deep}</tool_call>"),
            format!("<|python_tag|>undo(a={deep}"),
        ] {
            assert_eq!(answer(&text), (text, Vec::new()));
        }
    }
}
