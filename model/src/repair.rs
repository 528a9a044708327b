//! Reads the arguments of a call, as models write them, into a JSON object. Which fields it may have is not known here;
//! [`super::coerce`] repairs their types.

use jsonrepair_rs::{RepairOptions, jsonrepair_with_options};
use serde_json::{Map, Value};

/// The longest text that is repaired, in bytes. Valid JSON can be longer. The repair looks back and ahead at quotes and
/// comments, so for a text that consists of these its time grows with the square of the length.
const MAX_REPAIRED_BYTES: usize = 32 * 1024;
/// How often a JSON string within a JSON string is unwrapped.
const MAX_UNWRAPPED: usize = 3;

/// Arguments that are not a JSON object and cannot be repaired into one. `Display` is written for the model, which is
/// asked to correct them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// Not JSON, even if the usual mistakes are forgiven.
    #[error("the arguments are not valid JSON: {reason}")]
    NotJson {
        /// Where and why.
        reason: String,
    },
    /// JSON, but not an object.
    #[error("the arguments must be one JSON object, not {found}")]
    NotAnObject {
        /// `an array`, `a string` …
        found: &'static str,
    },
}

/// Reads the arguments of a call. If they are not valid JSON, the usual mistakes of models are forgiven (trailing
/// commas, single quotes, bare keys, comments, a cut-off end, Python's `True` and `None`, text around the object, a
/// JSON string in a JSON string). An empty text means no arguments.
///
/// If the text is cut off, it is closed at its end, so the last value can be incomplete. [`is_cut_off`] says whether
/// that is so.
///
/// ```
/// use flux_model::repair_arguments;
///
/// let repaired = repair_arguments("{title: 'Gym', tags: ['a', 'b',]}")?;
/// assert_eq!(repaired, serde_json::json!({"title": "Gym", "tags": ["a", "b"]}));
/// # Ok::<(), flux_model::RepairError>(())
/// ```
///
/// # Errors
///
/// [`RepairError`] says what is wrong in words that a model can act on.
pub fn repair_arguments(raw: &str) -> Result<Value, RepairError> {
    let mut text = raw.trim().to_owned();
    for _ in 0..=MAX_UNWRAPPED {
        match parsed(&text)? {
            Value::Object(fields) => return Ok(Value::Object(fields)),
            Value::Null => return Ok(Value::Object(Map::new())),
            Value::String(inner) => text = inner.trim().to_owned(),
            other => return Err(RepairError::NotAnObject { found: kind_of(&other) }),
        }
    }
    Err(RepairError::NotAnObject { found: "a string" })
}

/// Whether JSON text stops in the middle: in a string, or before its brackets are closed.
pub fn is_cut_off(raw: &str) -> bool {
    let mut nesting = Nesting::default();
    nesting.feed(raw);
    nesting.is_open()
}

/// The JSON from the first `bracket` in `text` to where that is closed, and whether it stops in the middle.
pub fn json_within(text: &str, bracket: char) -> Option<(&str, bool)> {
    let from = text.get(text.find(bracket)?..)?;
    let mut nesting = Nesting::default();
    for (at, c) in from.char_indices() {
        nesting.feed(c.encode_utf8(&mut [0; 4]));
        if nesting.is_closed() {
            return Some((from.get(..at + c.len_utf8())?, false));
        }
    }
    Some((from, true))
}

fn parsed(text: &str) -> Result<Value, RepairError> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    match repaired(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => Ok(value),
        // Words around the object ("Here are the arguments: {…}") read as one bare string or as nothing.
        outcome => object_within(text).map_or(outcome, Ok),
    }
}

/// `text` as JSON, with mistakes forgiven.
pub(super) fn repaired(text: &str) -> Result<Value, RepairError> {
    let options = RepairOptions::new().with_max_input_bytes(MAX_REPAIRED_BYTES);
    let repaired = jsonrepair_with_options(text, options).map_err(|error| not_json(&error))?;
    serde_json::from_str(&repaired).map_err(|error| not_json(&error))
}

fn object_within(text: &str) -> Option<Value> {
    let from_brace = text.get(text.find('{')?..)?;
    let to_brace = from_brace.rfind('}').and_then(|end| from_brace.get(..=end));
    let object = |slice: &str| repaired(slice).ok().filter(Value::is_object);
    // A brace with nothing after it means nothing.
    let says_something = |value: &Value| value.as_object().is_some_and(|fields| !fields.is_empty());
    to_brace.and_then(object).or_else(|| object(from_brace).filter(says_something))
}

fn not_json(reason: &dyn std::fmt::Display) -> RepairError {
    RepairError::NotJson { reason: reason.to_string() }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Which brackets and strings of a JSON text are open, updated piece by piece.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: usize,
    /// The quote that closes the current string, if the text is inside one.
    quote: Option<char>,
    escaped: bool,
    begun: bool,
}

impl Nesting {
    pub(super) fn feed(&mut self, text: &str) {
        for c in text.chars() {
            self.begun |= !c.is_whitespace();
            match (self.quote, c) {
                (Some(_), _) if self.escaped => self.escaped = false,
                (Some(_), '\\') => self.escaped = true,
                (Some(quote), c) if c == quote => self.quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => self.quote = Some(c),
                (None, '{' | '[') => self.depth += 1,
                (None, '}' | ']') => self.depth = self.depth.saturating_sub(1),
                (None, _) => {}
            }
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.depth > 0 || self.quote.is_some()
    }

    /// Whether a value was begun and closed.
    pub(super) fn is_closed(&self) -> bool {
        self.begun && !self.is_open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// Every kind of broken arguments that `repair_arguments` repairs, and what they mean.
    fn broken() -> Vec<(&'static str, Value)> {
        let gym = json!({"title": "Gym", "tags": ["a", "b"]});
        vec![
            (r#"{"title":"Gym","tags":["a","b"]}"#, gym.clone()),
            (r#"{"title":"Gym","tags":["a","b",],}"#, gym.clone()),
            (r#"{'title':'Gym','tags':['a','b']}"#, gym.clone()),
            (r#"{title:"Gym",tags:["a","b"]}"#, gym.clone()),
            ("{\"title\":\"Gym\", // the title\n\"tags\":[\"a\",/* one */\"b\"]}", gym.clone()),
            ("{\"title\":\"Gym\", # the title\n\"tags\":[\"a\",\"b\"]}", gym.clone()),
            (r#"{"title":"Gym","tags":["a","b"]"#, gym.clone()),
            (r#"{"title":"Gym","tags":["a","b"#, gym.clone()),
            (r#"{"title":"Gym","tags":["a","b"]}}"#, gym.clone()),
            ("```json\n{\"title\":\"Gym\",\"tags\":[\"a\",\"b\"]}\n```", gym.clone()),
            (r#"Here you are: {"title":"Gym","tags":["a","b"]} - done"#, gym.clone()),
            (r#"{“title”:“Gym”,"tags":["a","b"]}"#, gym.clone()),
            (r#""{\"title\":\"Gym\",\"tags\":[\"a\",\"b\"]}""#, gym.clone()),
            (r#""\"{\\\"title\\\":\\\"Gym\\\",\\\"tags\\\":[\\\"a\\\",\\\"b\\\"]}\"""#, gym.clone()),
            (r#"{\"title\":\"Gym\",\"tags\":[\"a\",\"b\"]}"#, gym),
            (r#"{"done":True,"note":None,"open":False}"#, json!({"done": true, "note": null, "open": false})),
            (r#"{"title":"Say "hi" to Ann"}"#, json!({"title": "Say \"hi\" to Ann"})),
            (r#"{'title':'Ann\'s day'}"#, json!({"title": "Ann's day"})),
            ("{\"text\":\"two\nlines\"}", json!({"text": "two\nlines"})),
            (r#"{"title":"Bøker 🎉",}"#, json!({"title": "Bøker 🎉"})),
            ("", json!({})),
            ("  null ", json!({})),
            ("{}", json!({})),
        ]
    }

    #[test]
    fn broken_arguments_are_repaired() {
        for (raw, meant) in broken() {
            assert_eq!(repair_arguments(raw), Ok(meant), "{raw}");
        }
    }

    #[test]
    fn a_cut_off_end_is_closed_and_can_be_detected() {
        let whole = r#"{"title":"Gym","tags":["a","b"],"at":{"day":1}}"#;
        for end in 1..whole.len() {
            let raw = &whole[..end];
            assert!(is_cut_off(raw), "{raw}");
            let value = repair_arguments(raw).unwrap_or_else(|error| panic!("{raw}: {error}"));
            assert!(value.is_object(), "{raw}");
        }
        assert!(!is_cut_off(whole) && !is_cut_off(r#"{"a":"}\"{["}"#) && !is_cut_off(""));
    }

    #[test]
    fn what_is_no_object_is_an_error_for_the_model() {
        let found = |found| Err(RepairError::NotAnObject { found });
        assert_eq!(repair_arguments("[1]"), found("an array"));
        assert_eq!(repair_arguments("3"), found("a number"));
        assert_eq!(repair_arguments("true"), found("a boolean"));
        for raw in ["just words", "\"words\"", "}{", "((((", &"{\"a\":".repeat(500)] {
            let error = repair_arguments(raw).unwrap_err().to_string();
            assert!(error.starts_with("the arguments "), "{error}");
        }
    }

    #[test]
    fn valid_json_is_taken_as_it_is() {
        let long = json!({"text": "x".repeat(2 * MAX_REPAIRED_BYTES), "n": 1e300, "s": "{'a':1,}"});
        assert_eq!(repair_arguments(&long.to_string()), Ok(long));
        let too_long = format!("{{a:'{}'}}", "x".repeat(MAX_REPAIRED_BYTES));
        assert!(matches!(repair_arguments(&too_long), Err(RepairError::NotJson { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_an_object_or_an_error(raw in "\\PC{0,200}") {
            if let Ok(value) = repair_arguments(&raw) {
                prop_assert!(value.is_object());
            }
        }

        #[test]
        fn json_like_noise_never_panics(raw in r#"[\[\]{}"',:\\/*#`truenlasfb0-9.\- \n]{0,200}"#) {
            let _ = repair_arguments(&raw);
        }

        #[test]
        fn valid_objects_are_unchanged(key in "[a-z]{1,8}", text in "\\PC{0,40}", number in any::<i64>()) {
            let value = json!({key: text, "n": number});
            prop_assert_eq!(repair_arguments(&value.to_string()), Ok(value));
        }
    }
}
