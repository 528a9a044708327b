//! Repairs the types of a call's arguments if the schema leaves only one meaning. No value is invented. What cannot be
//! repaired is left for the check against the schema.

use serde_json::{Map, Number, Value};

use super::schema::{MAX_DEPTH, allows_null, alternatives, named_types, resolved};

/// `value`, with mistakes in types repaired by `schema` (a JSON Schema, which can have references within itself):
///
/// - a string that holds the required number, integer, boolean, array or object: `"30"` becomes 30
/// - `30.0` becomes 30 if an integer is required
/// - one value becomes an array of one if an array of such values is required
/// - `"null"`, or null if it is not allowed, is left out if the property is optional
/// - a string that differs only in case from one of `enum` becomes that one
///
/// ```
/// use flux_model::coerce;
/// use serde_json::json;
///
/// let schema = json!({"properties": {"minutes": {"type": "integer"}}});
/// assert_eq!(coerce(json!({"minutes": "30"}), &schema), json!({"minutes": 30}));
/// ```
pub fn coerce(value: Value, schema: &Value) -> Value {
    repaired(value, schema, schema, 0)
}

fn repaired(value: Value, schema: &Value, root: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return value;
    }
    let schema = resolved(schema, root);
    if let Some(all) = alternatives(schema) {
        return repaired_by_one_of(value, all, root, depth);
    }
    let value = if schema.get("enum").is_some() { repaired_case(value, schema) } else { value };
    let types = match named_types(schema) {
        types if types.is_empty() && schema.get("properties").is_some() => vec!["object"],
        types => types,
    };
    if types.is_empty() || (is_any_of(&value, &types) && !value.is_object() && !value.is_array()) {
        return value;
    }
    match types.into_iter().find_map(|kind| repaired_to(kind, &value, schema, root, depth)) {
        Some(repaired) => repaired,
        None => value,
    }
}

/// Repairs to the first alternative that the value then fits.
fn repaired_by_one_of(value: Value, all: &[Value], root: &Value, depth: usize) -> Value {
    let fits = |value: &Value, one: &Value| {
        let one = resolved(one, root);
        is_any_of(value, &named_types(one)) && is_in_enum(value, one)
    };
    if !value.is_object() && !value.is_array() && all.iter().any(|one| fits(&value, one)) {
        return value;
    }
    all.iter()
        .map(|one| (one, repaired(value.clone(), one, root, depth + 1)))
        .find(|(one, repaired)| fits(repaired, one))
        .map_or(value.clone(), |(_, repaired)| repaired)
}

/// `value` as a `kind`, or `None` if it cannot be one.
fn repaired_to(kind: &str, value: &Value, schema: &Value, root: &Value, depth: usize) -> Option<Value> {
    match kind {
        "integer" => integer(value),
        "number" => number(value),
        "boolean" => boolean(value),
        "array" => array(value, schema, root, depth),
        "object" => object(value, schema, root, depth),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<Value> {
    if let Value::String(text) = value {
        let number = serde_json::from_str(text.trim()).ok()?;
        return if matches!(number, Value::Number(_)) { integer(&number) } else { None };
    }
    if value.is_i64() || value.is_u64() {
        return Some(value.clone());
    }
    // Above 2^53 a float does not identify one integer.
    let whole = value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0)?;
    Some(Value::from(whole as i64))
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str::<Number>(text.trim()).ok().map(Value::Number),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok().map(Value::Bool),
        _ => None,
    }
}

fn array(value: &Value, schema: &Value, root: &Value, depth: usize) -> Option<Value> {
    let items = schema.get("items");
    let within = match value {
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_array),
        _ => None,
    };
    let all = match within.as_ref().unwrap_or(value) {
        Value::Array(all) => all.clone(),
        Value::Null => return None,
        // One value becomes an array of one, if the array can hold it.
        one => {
            let item = resolved(items?, root);
            let one = repaired(one.clone(), item, root, depth + 1);
            return is_any_of(&one, &named_types(item)).then(|| Value::Array(vec![one]));
        }
    };
    let Some(items) = items else { return Some(Value::Array(all)) };
    Some(all.into_iter().map(|one| repaired(one, items, root, depth + 1)).collect())
}

fn object(value: &Value, schema: &Value, root: &Value, depth: usize) -> Option<Value> {
    let within = match value {
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    };
    let fields = within.as_ref().unwrap_or(value).as_object()?;
    let properties = schema.get("properties");
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    // Collecting would compile a sort.
    let mut kept = Map::new();
    for (name, value) in fields {
        let value = match properties.and_then(|all| all.get(name)) {
            None => value.clone(),
            Some(property) if !is_required(name) && stands_for_nothing(value, property, root) => continue,
            Some(property) => repaired(value.clone(), property, root, depth + 1),
        };
        kept.insert(name.clone(), value);
    }
    Some(Value::Object(kept))
}

/// Whether the value of an optional property was written only because the model thought that it had to write one.
fn stands_for_nothing(value: &Value, schema: &Value, root: &Value) -> bool {
    match value {
        Value::Null => !allows_null(schema, root),
        Value::String(text) => matches!(text.trim(), "null" | "None" | "undefined"),
        _ => false,
    }
}

fn repaired_case(value: Value, schema: &Value) -> Value {
    let Some(text) = value.as_str() else { return value };
    if is_in_enum(&value, schema) {
        return value;
    }
    let choices = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let mut alike =
        choices.filter(|choice| choice.as_str().is_some_and(|choice| choice.eq_ignore_ascii_case(text.trim())));
    match (alike.next(), alike.next()) {
        (Some(only), None) => only.clone(),
        _ => value,
    }
}

fn is_in_enum(value: &Value, schema: &Value) -> bool {
    match (schema.get("enum").and_then(Value::as_array), schema.get("const")) {
        (Some(choices), _) => choices.contains(value),
        (None, Some(only)) => only == value,
        (None, None) => true,
    }
}

/// Whether `value` has one of `types`. Any type is right if none is named.
fn is_any_of(value: &Value, types: &[&str]) -> bool {
    types.is_empty()
        || types.iter().any(|kind| match *kind {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "note": {"type": ["string", "null"]},
                "minutes": {"type": "integer", "minimum": 1},
                "maybe_minutes": {"type": ["integer", "null"]},
                "share": {"type": "number"},
                "done": {"type": "boolean"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "hours": {"type": "array", "items": {"type": "integer"}},
                "priority": {"$ref": "#/$defs/Priority"},
                "maybe_priority": {"anyOf": [{"$ref": "#/$defs/Priority"}, {"type": "null"}]},
                "range": {"type": "object", "properties": {"days": {"type": "integer"}}},
            },
            "required": ["title"],
            "$defs": {"Priority": {"type": "string", "enum": ["high", "medium", "low"]}},
        })
    }

    #[test]
    fn mistakes_in_types_are_repaired_by_the_schema() {
        let cases = [
            (json!({"minutes": "30"}), json!({"minutes": 30})),
            (json!({"minutes": " 30 "}), json!({"minutes": 30})),
            (json!({"minutes": "30.0"}), json!({"minutes": 30})),
            (json!({"minutes": 30.0}), json!({"minutes": 30})),
            (json!({"maybe_minutes": "30"}), json!({"maybe_minutes": 30})),
            (json!({"share": "0.5"}), json!({"share": 0.5})),
            (json!({"done": "true"}), json!({"done": true})),
            (json!({"done": "False"}), json!({"done": false})),
            (json!({"tags": "work"}), json!({"tags": ["work"]})),
            (json!({"tags": "[\"a\",\"b\"]"}), json!({"tags": ["a", "b"]})),
            (json!({"hours": ["1", 2, 3.0]}), json!({"hours": [1, 2, 3]})),
            (json!({"hours": "4"}), json!({"hours": [4]})),
            (json!({"priority": "High"}), json!({"priority": "high"})),
            (json!({"maybe_priority": "LOW"}), json!({"maybe_priority": "low"})),
            (json!({"range": "{\"days\":\"2\"}"}), json!({"range": {"days": 2}})),
        ];
        for (written, meant) in cases {
            assert_eq!(coerce(written.clone(), &schema()), meant, "{written}");
        }
    }

    #[test]
    fn null_for_something_optional_is_left_out() {
        for nothing in ["null", " null ", "None"] {
            let written = json!({"note": nothing, "minutes": nothing, "tags": nothing, "maybe_priority": nothing});
            assert_eq!(coerce(written, &schema()), json!({}));
        }
        assert_eq!(coerce(json!({"minutes": null}), &schema()), json!({}));
        assert_eq!(coerce(json!({"note": null}), &schema()), json!({"note": null}));
        assert_eq!(coerce(json!({"title": "null"}), &schema()), json!({"title": "null"}));
    }

    #[test]
    fn nothing_is_invented() {
        for written in [
            json!({"minutes": "30 minutes"}),
            json!({"minutes": "thirty"}),
            json!({"minutes": 30.5}),
            json!({"minutes": "30.5"}),
            json!({"minutes": true}),
            json!({"minutes": ""}),
            json!({"share": "NaN"}),
            json!({"done": "yes"}),
            json!({"done": 1}),
            json!({"hours": "soon"}),
            json!({"title": 7}),
            json!({"priority": "urgent"}),
            json!({"range": "tomorrow"}),
            json!({"unknown": "30"}),
            json!(["title"]),
        ] {
            assert_eq!(coerce(written.clone(), &schema()), written);
        }
    }

    proptest! {
        #[test]
        fn repairing_twice_changes_nothing_more(
            minutes in "\\PC{0,6}", tags in "\\PC{0,12}", share in any::<f64>(), note in "\\PC{0,6}",
        ) {
            let written = json!({"minutes": minutes, "tags": tags, "hours": share, "share": share, "note": note});
            let once = coerce(written, &schema());
            prop_assert_eq!(coerce(once.clone(), &schema()), once);
        }
    }
}
