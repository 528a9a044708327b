//! Adapts the names and numbers in the arguments of a call to their schema. [`super::schema`] checks the result.

use serde_json::{Map, Value};

use flux_timeline::json;

/// Above 2^53 a float cannot represent every integer.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// The arguments with the names of the schema, if theirs differ only in case and underscores. This includes the fields
/// of nested objects.
pub fn known_names(schema: &Value, arguments: Value) -> Value {
    let Some(known) = schema.get("properties").and_then(Value::as_object) else { return arguments };
    let Value::Object(fields) = arguments else { return arguments };
    let missing: Vec<&String> = known.keys().filter(|name| !fields.contains_key(*name)).collect();
    let mut named = Map::new();
    for (name, value) in fields {
        let meant = if known.contains_key(&name) {
            None
        } else {
            // If two names mean the same, the second stays as it is, so that its value is not silently lost.
            let plain = plain(&name);
            missing.iter().find(|known| self::plain(known) == plain && !named.contains_key(known.as_str()))
        };
        let name = meant.map_or(name, |meant| (*meant).clone());
        let value = match known.get(&name) {
            Some(schema) => known_names(schema, value),
            None => value,
        };
        named.insert(name, value);
    }
    Value::Object(named)
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// `value` with its whole floats as integers. The schema accepts a whole float as an integer, but the argument structs do
/// not.
pub(super) fn with_whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= MAX_WHOLE => {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(with_whole_numbers).collect(),
        Value::Object(fields) => {
            json::object(fields.into_iter().map(|(name, value)| (name, with_whole_numbers(value))))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tool::{ToolCall, definitions};

    fn named(arguments: Value) -> Value {
        let tool = definitions().iter().find(|tool| tool.name == "scheduleBlock").unwrap();
        known_names(&tool.schema, arguments)
    }

    #[test]
    fn a_name_in_another_case_is_the_one_of_the_schema() {
        assert_eq!(named(json!({"start_time": 1, "TITLE": 2})), json!({"startTime": 1, "title": 2}));
        assert_eq!(named(json!({"title": 1, "TITLE": 2})), json!({"title": 1, "TITLE": 2}));
    }

    #[test]
    fn names_within_an_object_are_brought_to_those_of_the_schema_too() {
        let tool = definitions().iter().find(|tool| tool.name == "updateBlock").unwrap();
        let named = known_names(&tool.schema, json!({"ID": "B1", "updates": {"duration_minutes": 90}}));
        assert_eq!(named, json!({"id": "B1", "updates": {"durationMinutes": 90}}));
    }

    #[test]
    fn of_two_names_for_the_same_neither_value_is_lost() {
        assert_eq!(named(json!({"TITLE": 1, "Title": 2})), json!({"title": 1, "Title": 2}));
    }

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        let written = |minutes: Value| {
            let arguments = json!({"title": "Gym", "startTime": "2026-11-24T08:00", "durationMinutes": minutes});
            ToolCall::parse("scheduleBlock", &arguments)
        };
        assert!(written(json!(30)).is_ok());
        assert_eq!(written(json!(30.0)), written(json!(30)));
        assert!(written(json!(30.5)).is_err());
        assert_eq!(with_whole_numbers(json!([1.5, 1e300, -2.0, "3.0"])), json!([1.5, 1e300, -2, "3.0"]));
    }
}
