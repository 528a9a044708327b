//! Reads the objects of which nearly all streams consist without a [`serde_json::Value`], which takes several times as long:
//! OpenAI's, with one choice whose delta has text or pieces of calls. All others are read by [`Chunk::decode`].

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::chunk::{CallPiece, Chunk};

/// Fields that [`Chunk::decode`] ignores are ignored here. Those that must be null, and any others, mean that it has to look.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object<'a> {
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
    #[serde(default, rename = "object")]
    _object: IgnoredAny,
    #[serde(default, rename = "created")]
    _created: IgnoredAny,
    #[serde(default, rename = "model")]
    _model: IgnoredAny,
    #[serde(default, rename = "system_fingerprint")]
    _system_fingerprint: IgnoredAny,
    #[serde(default, rename = "service_tier")]
    _service_tier: IgnoredAny,
    #[serde(default, rename = "usage")]
    _usage: (),
    #[serde(borrow)]
    choices: (Choice<'a>,),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice<'a> {
    #[serde(default, rename = "index")]
    _index: IgnoredAny,
    #[serde(default, rename = "logprobs")]
    _logprobs: IgnoredAny,
    #[serde(default, rename = "finish_reason")]
    _finish_reason: (),
    #[serde(borrow)]
    delta: Delta<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delta<'a> {
    #[serde(default, rename = "role")]
    _role: IgnoredAny,
    #[serde(default, rename = "refusal")]
    _refusal: (),
    #[serde(default, borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    tool_calls: Vec<Piece<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece<'a> {
    #[serde(default, rename = "type")]
    _kind: IgnoredAny,
    #[serde(default)]
    index: Option<u64>,
    #[serde(default, borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Function<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Function<'a> {
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    arguments: Option<Cow<'a, str>>,
}

/// The chunk in the text of an event, if it is of the usual kind.
pub(super) fn usual(text: &str) -> Option<Chunk> {
    let Object { choices: (Choice { delta: Delta { content, tool_calls, .. }, .. },), .. } =
        serde_json::from_str(text).ok()?;
    Some(Chunk {
        text: content.map(Cow::into_owned).unwrap_or_default(),
        calls: tool_calls.into_iter().map(piece).collect(),
        ..Chunk::default()
    })
}

fn piece(piece: Piece<'_>) -> CallPiece {
    let Piece { index, id, function: Function { name, arguments }, .. } = piece;
    let trimmed = |text: Option<Cow<'_, str>>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    CallPiece { index, id: trimmed(id), name: trimmed(name), arguments: arguments.map(Cow::into_owned), whole: false }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    /// Objects with some of these fields.
    fn fields(
        all: &'static [&'static str],
        value: impl Strategy<Value = Value> + Clone,
    ) -> impl Strategy<Value = Value> {
        prop::sample::subsequence(all, 0..=all.len()).prop_flat_map(move |names| {
            prop::collection::vec(value.clone(), names.len()).prop_map(move |values| {
                Value::Object(names.iter().map(|name| (*name).to_owned()).zip(values).collect::<Map<_, _>>())
            })
        })
    }

    fn any_scalar() -> impl Strategy<Value = Value> + Clone {
        prop_oneof![
            3 => "[ aé\"\\\\]{0,3}".prop_map(Value::from),
            1 => Just(Value::Null),
            1 => (0_u64..3).prop_map(Value::from),
            1 => Just(json!(-1.5)),
        ]
    }

    fn any_object() -> impl Strategy<Value = Value> {
        let function = fields(&["name", "arguments", "parameters"], any_scalar());
        let call = (fields(&["index", "id", "type", "name"], any_scalar()), prop::option::of(function)).prop_map(
            |(mut call, function)| {
                function.into_iter().for_each(|function| call["function"] = function);
                call
            },
        );
        let delta = (
            fields(&["role", "content", "refusal", "reasoning", "function_call"], any_scalar()),
            prop::option::of(prop::collection::vec(call, 0..3)),
        )
            .prop_map(|(mut delta, calls)| {
                calls.into_iter().for_each(|calls| delta["tool_calls"] = calls.into());
                delta
            });
        let choice = (fields(&["index", "logprobs", "finish_reason", "text"], any_scalar()), delta).prop_map(
            |(mut choice, delta)| {
                choice["delta"] = delta;
                choice
            },
        );
        let outer = fields(&["id", "object", "created", "model", "usage", "response", "error", "result"], any_scalar());
        (outer, prop::collection::vec(choice, 0..3)).prop_map(|(mut object, choices)| {
            object["choices"] = choices.into();
            object
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_general_reader_reads(object in any_object()) {
            if let Some(chunk) = usual(&object.to_string()) {
                prop_assert_eq!(Chunk::decode(&object, false), Ok(Some(chunk)));
            }
        }
    }

    #[test]
    fn pieces_of_openais_answers_are_usual() {
        for delta in [
            json!({"role": "assistant", "content": "", "refusal": null}),
            json!({"content": " word"}),
            json!({"role": "assistant", "content": null, "tool_calls": [
                {"index": 0, "id": "call_1", "type": "function", "function": {"name": "undo", "arguments": ""}},
            ]}),
            json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"title\""}}]}),
        ] {
            let object = json!({
                "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "service_tier": "default",
                "system_fingerprint": "fp", "usage": null,
                "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": null}],
            });
            let chunk = usual(&object.to_string());
            assert_eq!(Chunk::decode(&object, false), Ok(chunk.clone()), "{delta}");
            assert!(chunk.is_some(), "{delta}");
        }
        for other in [
            "",
            "[]",
            "{}",
            r#"{"response": "a"}"#,
            r#"{"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}"#,
        ] {
            assert_eq!(usual(other), None, "{other}");
        }
    }
}
