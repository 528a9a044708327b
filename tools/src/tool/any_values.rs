//! Laws of the check of a call, for any value: it never panics, it reports few and short problems with the right places,
//! and it accepts exactly the values that the schema accepts.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Definition, ToolCall, ToolError, definitions, known_names};

/// The most problems that are reported.
const MOST_PROBLEMS: usize = 20;
/// The longest problem, in bytes: a place, what was expected, and 120 characters of what was found.
const LONGEST_PROBLEM: usize = 2_000;

fn tool() -> impl Strategy<Value = &'static Definition> {
    prop::sample::select(definitions().iter().collect::<Vec<_>>())
}

/// Any JSON, sometimes under names that tools know.
fn any_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        (0..5_000_usize).prop_map(|length| Value::from("ø".repeat(length))),
    ];
    let known =
        prop::sample::select(vec!["id", "title", "updates", "tags", "plan", "limit", "Title", "start_time", "a/~b"]);
    let name = prop_oneof![
        4 => known.prop_map(str::to_owned),
        2 => "\\PC{0,8}",
        1 => (150..400_usize).prop_map(|length| "~".repeat(length)),
    ];
    let nested = leaf.prop_recursive(4, 60, 30, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..60).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..30)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    nested.boxed()
}

/// A value that mostly fits `schema`. Some exceed a bound, and a whole number may be a float.
fn near(schema: &Value) -> BoxedStrategy<Value> {
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        return prop::sample::select(options.clone()).boxed();
    }
    let bound = |name: &str, otherwise: u64| schema.get(name).and_then(Value::as_u64).unwrap_or(otherwise) as usize;
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => {
            let (least, most) = (bound("minLength", 0), bound("maxLength", 30));
            let edge = prop::sample::select(vec![least.saturating_sub(1), least, most, most + 1]);
            prop_oneof![4 => Just(10), 1 => edge].prop_map(|length: usize| Value::from("å".repeat(length))).boxed()
        }
        Some("integer" | "number") => {
            let bound =
                |name: &str, otherwise: i64| schema.get(name).and_then(Value::as_f64).map_or(otherwise, |n| n as i64);
            let (least, most) = (bound("minimum", -9), bound("maximum", 9));
            let edge = prop::sample::select(vec![least.saturating_sub(1), least, most, most.saturating_add(1)]);
            let whole = prop_oneof![3 => least..=most, 1 => edge].boxed();
            prop_oneof![
                3 => whole.clone().prop_map(Value::from),
                1 => whole.clone().prop_map(|number| Value::from(number as f64)),
                1 => whole.prop_map(|number| Value::from(number as f64 + 0.5)),
            ]
            .boxed()
        }
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("array") => {
            let items = schema.get("items").map_or_else(any_value, near);
            prop::collection::vec(items, 0..=bound("maxItems", 3).min(4)).prop_map(Value::from).boxed()
        }
        Some("object") => near_object(schema),
        _ => any_value(),
    }
}

fn near_object(schema: &Value) -> BoxedStrategy<Value> {
    let required = schema.get("required").cloned().unwrap_or(json!([]));
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut object = Just(Map::new()).boxed();
    for (name, property) in properties {
        let is_required = required.as_array().is_some_and(|all| all.iter().any(|one| *one == name));
        let value = prop_oneof![30 => near(&property), 1 => any_value()];
        let value = prop::option::weighted(if is_required { 0.97 } else { 0.4 }, value);
        object = (object, value)
            .prop_map(move |(mut fields, value)| {
                fields.extend(value.map(|value| (name.clone(), value)));
                fields
            })
            .boxed();
    }
    object.prop_map(Value::Object).boxed()
}

/// A tool, and arguments that nearly fit its schema or are anything.
fn arguments() -> impl Strategy<Value = (&'static Definition, Value)> {
    tool().prop_flat_map(|tool| (Just(tool), prop_oneof![3 => near(&tool.schema), 1 => any_value()]))
}

/// Whether `pointer` is a place in `value`, or the place of a missing field.
fn is_place(pointer: &str, value: &Value) -> bool {
    let lacks = |(parent, _): (&str, &str)| value.pointer(parent).is_some_and(Value::is_object);
    value.pointer(pointer).is_some() || pointer.rsplit_once('/').is_some_and(lacks)
}

/// All values in `value` that are not objects with fields, without their names, sorted.
fn leaves(value: &Value) -> Vec<String> {
    let mut all = match value {
        Value::Object(fields) if !fields.is_empty() => fields.values().flat_map(leaves).collect(),
        other => vec![other.to_string()],
    };
    all.sort_unstable();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn a_call_is_read_exactly_if_its_schema_takes_it((tool, arguments) in arguments()) {
        let reference = jsonschema::validator_for(&tool.schema).unwrap();
        let fits = reference.is_valid(&known_names(&tool.schema, arguments.clone()));
        let call = ToolCall::parse(tool.name, &arguments);
        prop_assert_eq!(call.is_ok(), fits, "{}: {:?}", arguments, call);
    }

    #[test]
    fn problems_are_few_and_short_and_in_their_place((tool, arguments) in arguments()) {
        let Err(error) = ToolCall::parse(tool.name, &arguments) else { return Ok(()) };
        let ToolError::Arguments { problems, .. } = &error else { panic!("{error}") };
        prop_assert!((1..=MOST_PROBLEMS).contains(&problems.len()));
        let named = known_names(&tool.schema, arguments);
        for problem in problems {
            prop_assert!(is_place(&problem.pointer, &named), "{}", problem);
            prop_assert!(problem.to_string().len() <= LONGEST_PROBLEM, "{}", problem);
        }
    }

    #[test]
    fn names_are_corrected_without_losing_a_value((tool, arguments) in arguments()) {
        let named = known_names(&tool.schema, arguments.clone());
        prop_assert_eq!(leaves(&named), leaves(&arguments));
    }
}

#[test]
fn only_a_few_of_thousands_of_mistakes_are_reported() {
    let tags = json!({"id": "B1", "updates": {"tags": vec![7; 100_000]}});
    let unknown: Map<String, Value> = (0..10_000).map(|at| (format!("field {at}"), json!("x".repeat(300)))).collect();
    let long_name = json!({"id": "B1", "updates": {"x".repeat(1_000_000): 1}});
    for arguments in [tags, Value::Object(unknown), long_name] {
        let error = ToolCall::parse("updateBlock", &arguments).unwrap_err();
        assert!(error.to_string().len() < MOST_PROBLEMS * 600, "{error}");
    }
}

#[test]
fn deep_nesting_is_a_problem_and_does_not_overflow() {
    // As deep as text can be read.
    let deep: Value = serde_json::from_str(&format!("{}{}", "[".repeat(127), "]".repeat(127))).unwrap();
    for tool in definitions() {
        let nested = json!({"id": deep, "updates": deep, "title": {"a": deep}});
        assert!(ToolCall::parse(tool.name, &nested).is_err());
        assert!(ToolCall::parse(tool.name, &deep).is_err());
    }
}
