//! Laws of repair for any arguments and names: nothing panics or grows without bound, and valid input does not change.

use flux_tools::tool::{ToolCall, definitions, known_names};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{RepairError, coerce, is_cut_off, json_within, repair_arguments, resolve_tool_name};

/// The most bytes of repaired JSON for each byte of the text: `{` after `{` becomes an object and a comma each.
const MOST_BYTES_FOR_ONE: usize = 8;

fn any_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Other numbers are read with an error in the last digit.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        "\\PC{0,12}".prop_map(Value::from),
        r#"[{}\[\]"',:\\/*#`a1 \n]{0,12}"#.prop_map(Value::from),
        prop::sample::select(vec!["30", "true", "[\"a\"]", "HIGH", "{\"title\":\"x\"}", "2026-11-24T08:00", "B12"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 6, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from), any_object(inner),]
    })
    .boxed()
}

fn any_object(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    let known =
        vec!["id", "title", "updates", "tags", "durationMinutes", "startTime", "priority", "completed", "limit"];
    let name = prop_oneof![3 => prop::sample::select(known).prop_map(str::to_owned), 1 => "\\PC{0,8}"];
    prop::collection::btree_map(name, value, 0..6).prop_map(|fields| fields.into_iter().collect()).boxed()
}

/// JSON with a part lost, repeated, or replaced by random text.
fn broken_json() -> impl Strategy<Value = String> {
    let at = any::<prop::sample::Index>;
    let noise = r#"[{}\[\]"'“”,:;\\/*#`()a1.\- \n]{0,6}"#;
    let damage = (at(), 0..8_usize, noise, 0..3_usize);
    (any_object(any_value()), prop::collection::vec(damage, 1..4)).prop_map(|(value, all)| {
        let mut text: Vec<char> = value.to_string().chars().collect();
        for (at, many, noise, times) in all {
            let from = at.index(text.len() + 1);
            let part: Vec<char> = text.drain(from..(from + many).min(text.len())).collect();
            text.splice(from..from, part.repeat(times).into_iter().chain(noise.chars()));
        }
        text.into_iter().collect()
    })
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

proptest! {
    #[test]
    fn a_valid_object_is_unchanged_also_as_text_in_text(value in any_object(any_value()), times in 0..4_usize) {
        let text = (0..times).fold(value.to_string(), |text, _| Value::from(text).to_string());
        prop_assert!(!is_cut_off(&value.to_string()));
        prop_assert_eq!(repair_arguments(&text), Ok(value));
    }

    #[test]
    fn a_valid_list_is_found_in_any_sentence(value in prop::collection::vec(any_value(), 0..4), words in "[a-z ]{0,20}") {
        let list = Value::from(value).to_string();
        let said = format!("{words}{list}{words}");
        prop_assert_eq!(json_within(&said, '['), Some((list.as_str(), false)));
        let refused = matches!(repair_arguments(&list), Err(RepairError::NotAnObject { found: "an array" }));
        prop_assert!(refused);
    }

    #[test]
    fn broken_json_is_an_object_of_bounded_size_or_an_error(text in broken_json()) {
        if let Ok(value) = repair_arguments(&text) {
            prop_assert!(value.is_object() && depth(&value) <= 128);
            let repaired = value.to_string();
            prop_assert!(repaired.len() <= MOST_BYTES_FOR_ONE * text.len() + 2, "{} became {}", text, repaired);
        }
    }

    #[test]
    fn what_a_tool_takes_is_not_changed_and_what_is_mended_stays(
        tool in prop::sample::select(definitions().iter().collect::<Vec<_>>()), value in any_object(any_value()),
    ) {
        let value = known_names(&tool.schema, value);
        let repaired = coerce(value.clone(), &tool.schema);
        prop_assert_eq!(coerce(repaired.clone(), &tool.schema), repaired.clone());
        if let Ok(call) = ToolCall::parse(tool.name, &value) {
            prop_assert_eq!(ToolCall::parse(tool.name, &repaired), Ok(call));
        }
    }

    #[test]
    fn a_name_means_a_tool_that_was_offered_or_none(
        said in prop_oneof!["\\PC{0,20}", "[ ._:/\"'`()-]{0,3}(undo|redo|Undo|un_do|x)[ ._:/\"'`()0-9-]{0,3}"],
        offered in prop::sample::subsequence(vec!["undo", "redo", "listPlans", "list_plans", "Undo", ""], 0..6),
    ) {
        match resolve_tool_name(&said, &offered) {
            Some(name) => prop_assert!(offered.contains(&name)),
            None => prop_assert!(!offered.contains(&said.trim()), "{} is offered", said),
        }
    }
}

#[test]
fn nesting_without_end_is_an_error_and_no_overflow() {
    for open in ["[", "{", "{\"a\":", "[{\"a\":", "(", "\"[", "{'a':[", "f("] {
        // A text that is too long to repair, and one of the longest length that is repaired.
        for bytes in [1_000_000, 32_000] {
            let deep = open.repeat(bytes / open.len());
            for raw in [deep.clone(), format!("{{\"a\":{deep}"), format!("Here you are: {{\"a\": {deep}}}")] {
                if let Ok(value) = repair_arguments(&raw) {
                    assert!(depth(&value) <= 128, "{open}");
                }
            }
            assert!(is_cut_off(&deep) || open.ends_with('('), "{open}");
        }
    }
}

#[test]
fn a_value_as_deep_as_can_be_read_is_mended_and_checked_without_overflow() {
    let deep = format!("{}1{}", "{\"a\":".repeat(127), "}".repeat(127));
    let value = repair_arguments(&deep).unwrap();
    assert_eq!(depth(&value), 127);
    let tree =
        json!({"$defs": {"T": {"type": "object", "properties": {"a": {"$ref": "#/$defs/T"}}}}, "$ref": "#/$defs/T"});
    assert_eq!(coerce(value.clone(), &tree), value);
    for tool in definitions() {
        assert!(ToolCall::parse(tool.name, &coerce(value.clone(), &tool.schema)).is_err());
    }
}
