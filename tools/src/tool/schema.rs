//! JSON Schemas of the tools' arguments, and the check of a call against them.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::Problem;

/// The most problems that are reported for a call. A model can make thousands of mistakes, and these are enough to correct
/// them.
const MAX_PROBLEMS: usize = 20;
/// The longest name of a field that is reported as part of its place, in bytes.
const MAX_NAME_BYTES: usize = 200;

/// The schemas, by tool. A test checks that they are what schemars derives from the argument structs. Deriving them in the
/// Worker would make it 25 kB larger and each start of an object slower.
static SCHEMAS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schemas.json")).unwrap_or_default());

/// The schema of a tool's arguments.
pub(super) fn named(tool: &str) -> Value {
    SCHEMAS.get(tool).cloned().unwrap_or_default()
}

/// The problems of `value` by `schema`, in the order of the schema, at most [`MAX_PROBLEMS`]. Empty if there are none.
///
/// It understands the keywords that the schemas use, which a test checks. Another test checks that it agrees with the
/// `jsonschema` crate. That crate itself would add 750 kB, gzipped, to the Worker.
pub(super) fn problems(schema: &Value, value: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    check(schema, value, "", &mut found);
    found.truncate(MAX_PROBLEMS);
    found
}

fn check(schema: &Value, value: &Value, pointer: &str, found: &mut Vec<Problem>) {
    if found.len() >= MAX_PROBLEMS {
        return;
    }
    if let Some(name) = schema.get("type").and_then(Value::as_str)
        && !has_type(value, name)
    {
        found.push(Problem::new(pointer, with_article(name), value));
        return;
    }
    if let Some(options) = schema.get("enum").and_then(Value::as_array)
        && !options.contains(value)
    {
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        found.push(Problem::new(pointer, format!("one of {}", options.join(", ")), value));
    }
    match value {
        Value::String(text) => check_bounds(schema, "Length", "characters", text.chars().count(), pointer, found),
        Value::Array(items) => {
            check_bounds(schema, "Items", "items", items.len(), pointer, found);
            if let Some(of_items) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    check(of_items, item, &format!("{pointer}/{index}"), found);
                }
            }
        }
        Value::Number(number) => check_number(schema, number, pointer, found),
        Value::Object(fields) => check_object(schema, fields, pointer, found),
        Value::Null | Value::Bool(_) => {}
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        // 30.0 is an integer in JSON Schema (draft 2020-12, core 4.2.3).
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => true,
    }
}

fn with_article(name: &str) -> String {
    let article = if matches!(name, "array" | "object" | "integer") { "an" } else { "a" };
    format!("{article} {name}")
}

/// Checks `minLength` and `maxLength`, or `minItems` and `maxItems`.
fn check_bounds(schema: &Value, keyword: &str, unit: &str, count: usize, pointer: &str, found: &mut Vec<Problem>) {
    let bound = |name: String| schema.get(&name).and_then(Value::as_u64);
    let count = count as u64;
    if let Some(least) = bound(format!("min{keyword}"))
        && count < least
    {
        found.push(Problem::new(pointer, format!("at least {least} {unit}"), count));
    }
    if let Some(most) = bound(format!("max{keyword}"))
        && count > most
    {
        found.push(Problem::new(pointer, format!("at most {most} {unit}"), count));
    }
}

fn check_number(schema: &Value, number: &serde_json::Number, pointer: &str, found: &mut Vec<Problem>) {
    let Some(value) = number.as_f64() else { return };
    let bound = |name: &str| schema.get(name).and_then(|bound| Some((bound, bound.as_f64()?)));
    if let Some((shown, least)) = bound("minimum")
        && value < least
    {
        found.push(Problem::new(pointer, format!("at least {shown}"), number));
    }
    if let Some((shown, most)) = bound("maximum")
        && value > most
    {
        found.push(Problem::new(pointer, format!("at most {shown}"), number));
    }
}

fn check_object(schema: &Value, fields: &Map<String, Value>, pointer: &str, found: &mut Vec<Problem>) {
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            found.push(Problem::new(format!("{pointer}/{name}"), "a value (it is required)", "nothing"));
        }
    }
    if let Some(least) = schema.get("minProperties").and_then(Value::as_u64)
        && (fields.len() as u64) < least
    {
        found.push(Problem::new(pointer, format!("at least {least} field"), fields.len()));
    }
    let empty = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    for (name, value) in fields {
        let place = || format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        match known.get(name) {
            Some(of_field) => check(of_field, value, &place(), found),
            None if closed && found.len() < MAX_PROBLEMS => {
                let names: Vec<&str> = known.keys().map(String::as_str).collect();
                let expected = match names.as_slice() {
                    [] => "no arguments at all".to_owned(),
                    names => format!("only the fields {}", names.join(", ")),
                };
                found.push(match name.len() {
                    ..=MAX_NAME_BYTES => Problem::new(place(), expected, value),
                    _ => Problem::new(pointer, expected, name),
                });
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use schemars::JsonSchema;
    use schemars::Schema;
    use schemars::generate::SchemaSettings;
    use schemars::transform::{RecursiveTransform, Transform};
    use serde_json::json;

    use super::*;
    use crate::tool::*;

    /// The schema of a type as models see it: one object without `$ref`, which many models do not follow, and without
    /// keywords that only code generators need.
    fn of<T: JsonSchema>() -> Value {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        schema.remove("title");
        schema.remove("description");
        RecursiveTransform(plain).transform(&mut schema);
        schema.into()
    }

    /// Removes number formats (`uint32`), which repeat the bounds, and `null` as an alternative, because models would send
    /// it instead of leaving an optional argument out. Enums become plain lists of strings.
    fn plain(schema: &mut Schema) {
        schema.remove("format");
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(options)) = schema.remove("anyOf") {
            let options = options.into_iter().filter(|option| option.get("type").is_none_or(|name| name != "null"));
            for (key, value) in options.filter_map(|option| option.as_object().cloned()).flatten() {
                // What the field says of itself counts, and not what its type says.
                if schema.get(&key).is_none() {
                    schema.insert(key, value);
                }
            }
        }
        if let Some(Value::Array(options)) = schema.remove("oneOf") {
            let names: Vec<Value> = options.iter().filter_map(|option| option.get("const")).cloned().collect();
            schema.insert("type".to_owned(), "string".into());
            schema.insert("enum".to_owned(), names.into());
        }
    }

    /// Run with `UPDATE_SCHEMAS=1` after changing an argument struct.
    #[test]
    fn the_schemas_are_those_of_the_argument_structs() {
        macro_rules! derived {
            ($($tool:ident),* $(,)?) => { json!({ $(($tool::NAME): of::<$tool>()),* }) };
        }
        let derived = derived!(
            ScheduleBlock,
            UpdateBlock,
            DeleteBlock,
            CompleteBlock,
            UncompleteBlock,
            FindBlocks,
            FindFreeTime,
            ShiftTimeline,
            RescheduleOverdue,
            SnoozeReminder,
            CreatePlan,
            SwitchPlan,
            RenamePlan,
            ColorPlan,
            ListPlans,
            ArchivePlan,
            UnarchivePlan,
            DeletePlan,
            Undo,
            Redo,
            UseArchitect,
            UpdateGoal,
            ListRuns,
            CancelRun,
            RetryRun,
        );
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tool/schemas.json");
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(file, format!("{}\n", serde_json::to_string_pretty(&derived).unwrap())).unwrap();
        }
        let committed: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(committed, derived);
        let tools: Vec<&str> = definitions().iter().map(|tool| tool.name).collect();
        assert_eq!(tools.len(), derived.as_object().unwrap().len());
    }

    /// The keywords that [`check`] understands, and those that only describe.
    const KNOWN: [&str; 15] = [
        "type",
        "enum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "items",
        "minimum",
        "maximum",
        "required",
        "minProperties",
        "properties",
        "additionalProperties",
        "description",
        "default",
    ];

    fn keywords(schema: &Value, into: &mut BTreeSet<String>) {
        let Value::Object(fields) = schema else { return };
        for (name, value) in fields {
            into.insert(name.clone());
            match (name.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    properties.values().for_each(|property| keywords(property, into));
                }
                ("items", items) => keywords(items, into),
                _ => {}
            }
        }
    }

    #[test]
    fn the_schemas_use_only_keywords_that_the_check_understands() {
        for tool in definitions() {
            let mut used = BTreeSet::new();
            keywords(&tool.schema, &mut used);
            let unknown: Vec<_> = used.iter().filter(|name| !KNOWN.contains(&name.as_str())).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", tool.name);
        }
    }

    #[test]
    fn problems_name_the_place_what_was_expected_and_what_came() {
        let schema = &definitions().iter().find(|tool| tool.name == "scheduleBlock").unwrap().schema;
        let cases = [
            (json!({"startTime": "2026-11-24T08:00"}), "/title: expected a value (it is required), got nothing"),
            (json!({"title": 7, "startTime": "2026-11-24T08:00"}), "/title: expected a string, got 7"),
            (
                json!({"title": "x", "startTime": "2026-11-24T08:00", "priority": "urgent"}),
                "/priority: expected one of \"high\", \"medium\", \"low\", got \"urgent\"",
            ),
            (
                json!({"title": "x", "startTime": "2026-11-24T08:00", "durationMinutes": 0}),
                "/durationMinutes: expected at least 1, got 0",
            ),
            (
                json!({"title": "x", "startTime": "2026-11-24T08:00", "tags": ["a", 1]}),
                "/tags/1: expected a string, got 1",
            ),
            (json!("x"), "the arguments: expected an object, got \"x\""),
        ];
        for (arguments, expected) in cases {
            let found: Vec<String> = problems(schema, &arguments).iter().map(ToString::to_string).collect();
            assert_eq!(found, [expected], "{arguments}");
        }
    }

    /// An argument with any value, sometimes a valid one.
    fn argument() -> impl Strategy<Value = (String, Value)> {
        let names = prop::sample::select(vec![
            "id",
            "title",
            "startTime",
            "endTime",
            "durationMinutes",
            "description",
            "priority",
            "tags",
            "plan",
            "dependsOn",
            "updates",
            "text",
            "from",
            "to",
            "state",
            "limit",
            "after",
            "byDays",
            "byMinutes",
            "completed",
            "x/~y",
        ]);
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            (-3i64..30_000).prop_map(Value::from),
            (-600_000i64..600_000).prop_map(Value::from),
            prop::sample::select(vec![1.0, 1.5, -0.0, 1e300]).prop_map(Value::from),
            prop::sample::select(vec!["high", "open", "done", "any", "", "B12", "2026-11-24T08:00"])
                .prop_map(Value::from),
            (0usize..300).prop_map(|length| Value::from("ü".repeat(length))),
        ];
        let value = leaf.prop_recursive(2, 60, 55, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..55).prop_map(Value::from),
                prop::collection::vec((names_of_updates(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        });
        (names.prop_map(str::to_owned), value)
    }

    fn names_of_updates() -> impl Strategy<Value = String> {
        prop::sample::select(vec!["title", "priority", "startTime", "tags", "completed", "durationMinutes", "z"])
            .prop_map(str::to_owned)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

        #[test]
        fn the_check_agrees_with_the_jsonschema_crate(
            tool in prop::sample::select(definitions().iter().collect::<Vec<_>>()),
            fields in prop::collection::vec(argument(), 0..5),
        ) {
            let arguments = Value::Object(fields.into_iter().collect());
            let reference = jsonschema::validator_for(&tool.schema).unwrap();
            let mut expected: Vec<String> =
                reference.iter_errors(&arguments).map(|error| error.instance_path().to_string()).collect();
            let found = problems(&tool.schema, &arguments);
            prop_assert_eq!(found.is_empty(), expected.is_empty(), "{}: {:?} / {:?}", arguments, found, expected);
            // Ours names the field itself where the crate names the object that lacks or has it.
            let parent = |pointer: &str| pointer.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned());
            for problem in &found {
                expected.retain(|pointer| *pointer != problem.pointer && *pointer != parent(&problem.pointer));
            }
            prop_assert!(expected.is_empty() || found.len() == MAX_PROBLEMS, "not found: {:?}", expected);
        }
    }
}
