//! Reads references and types from a JSON Schema. Values are checked against a schema elsewhere, by a library.

use serde_json::{Map, Value, json};

/// How many references are followed in a row, and how deep a value is repaired.
pub(super) const MAX_DEPTH: usize = 32;
/// How deep a schema is expanded. Deeper parts allow anything. The number is low because a schema that refers to itself
/// grows with each level.
const MAX_PLAIN_DEPTH: usize = 6;

/// `schema`, or the part of `root` that its local `$ref` names (`#/$defs/Priority`).
pub(super) fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..MAX_DEPTH {
        let target = schema.get("$ref").and_then(Value::as_str);
        match target.and_then(|target| root.pointer(target.strip_prefix('#')?)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// The alternatives of `anyOf` or `oneOf`.
pub(super) fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
}

/// The types that `schema` itself names.
pub(super) fn named_types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether `schema` allows null.
pub(super) fn allows_null(schema: &Value, root: &Value) -> bool {
    let schema = resolved(schema, root);
    named_types(schema).contains(&"null")
        || schema.get("const") == Some(&Value::Null)
        || alternatives(schema)
            .is_some_and(|all| all.iter().any(|one| named_types(resolved(one, root)).contains(&"null")))
}

/// `schema` for readers that support little of JSON Schema: references are expanded, `X or null` becomes X, and
/// keywords that mean nothing to a model are left out.
pub(super) fn plain(schema: &Value) -> Value {
    plain_within(schema, schema, 0)
}

fn plain_within(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth > MAX_PLAIN_DEPTH {
        return json!({});
    }
    let Some(fields) = resolved(schema, root).as_object() else { return schema.clone() };
    let mut fields = fields.clone();
    // A description beside a reference says more than the description of its target.
    if let Some(description) = schema.get("description") {
        fields.insert("description".to_owned(), description.clone());
    }
    if let Some(only) = only_alternative(&fields, root) {
        fields.remove("anyOf");
        fields.remove("oneOf");
        let inner = plain_within(&only, root, depth + 1);
        for (key, value) in inner.as_object().into_iter().flatten() {
            fields.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    // Collecting would compile a sort.
    let mut plain = Map::new();
    for (key, value) in fields {
        if !is_noise(&key) {
            let value = plain_field(&key, value, root, depth);
            plain.insert(key, value);
        }
    }
    Value::Object(plain)
}

fn plain_field(key: &str, value: Value, root: &Value, depth: usize) -> Value {
    match (key, value) {
        ("type", Value::Array(types)) => types.into_iter().find(|one| one != "null").unwrap_or_else(|| json!("string")),
        ("properties", Value::Object(mut properties)) => {
            for property in properties.values_mut() {
                *property = plain_within(property, root, depth + 1);
            }
            Value::Object(properties)
        }
        ("items", items @ Value::Object(_)) => plain_within(&items, root, depth + 1),
        ("anyOf" | "oneOf" | "allOf", Value::Array(all)) => {
            all.iter().map(|one| plain_within(one, root, depth + 1)).collect()
        }
        ("enum", Value::Array(all)) => all.into_iter().filter(|one| !one.is_null()).collect(),
        (_, value) => value,
    }
}

/// The only alternative that is not null, if there is exactly one.
fn only_alternative(fields: &Map<String, Value>, root: &Value) -> Option<Value> {
    let all = fields.get("anyOf").or_else(|| fields.get("oneOf"))?.as_array()?;
    let mut rest = all.iter().filter(|one| named_types(resolved(one, root)) != ["null"]);
    match (rest.next(), rest.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

fn is_noise(key: &str) -> bool {
    matches!(key, "$schema" | "$defs" | "$ref" | "definitions" | "title" | "format" | "default")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_inlines_references_and_drops_null() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Args",
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "Its title."},
                "count": {"type": ["integer", "null"], "format": "uint32"},
                "priority": {"description": "How urgent.", "anyOf": [{"$ref": "#/$defs/Priority"}, {"type": "null"}]},
                "tags": {"type": "array", "items": {"$ref": "#/$defs/Tag"}},
            },
            "required": ["title"],
            "$defs": {"Priority": {"type": "string", "enum": ["high", "low"]}, "Tag": {"type": "string"}},
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "Its title."},
                "count": {"type": "integer"},
                "priority": {"description": "How urgent.", "type": "string", "enum": ["high", "low"]},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["title"],
        });
        assert_eq!(plain(&schema), expected);
    }

    #[test]
    fn a_reference_to_itself_ends() {
        let schema = json!({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}});
        assert_eq!(plain(&schema), json!({}));
        let tree = json!({"properties": {"next": {"$ref": "#"}}});
        assert!(plain(&tree).is_object());
    }

    #[test]
    fn null_is_allowed_by_type_by_alternative_and_through_a_reference() {
        let root = json!({"$defs": {"N": {"type": ["string", "null"]}}});
        for schema in [
            json!({"type": "null"}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!({"$ref": "#/$defs/N"}),
        ] {
            assert!(allows_null(&schema, &root), "{schema}");
        }
        assert!(!allows_null(&json!({"type": "string"}), &root));
    }
}
