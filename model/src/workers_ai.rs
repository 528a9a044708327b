//! Workers AI: the input of `AI.run(model, input)`, and the endpoint that runs it. The call itself is made by an
//! [`AiBinding`].

use std::rc::Rc;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use futures::stream;
use serde_json::{Value, json};

use super::endpoint::{ByteStream, Endpoint};
use super::schema::plain;
use super::tool_texts::ToolTexts;
use super::{ChatRequest, ModelError, ModelId, ToolSpec, messages};

/// The `AI` binding of a Worker.
pub trait AiBinding {
    /// Runs `model` on `input`, which is JSON. Dropping the future, or the stream that it returned, stops the run.
    ///
    /// # Errors
    ///
    /// What the binding threw, translated by [`super::binding_failure`].
    fn run(&self, model: &str, input: String) -> LocalBoxFuture<'static, Result<AiOutput, ModelError>>;
}

/// What a run returns. A stream is requested, but some models send the whole answer at once.
pub enum AiOutput {
    /// Server-sent events.
    Stream(ByteStream),
    /// The whole answer: an object, or a plain string.
    Json(Value),
}

/// A model of Workers AI.
pub struct WorkersAi<B> {
    binding: Rc<B>,
    model: String,
    tools: ToolTexts,
}

impl<B: AiBinding> WorkersAi<B> {
    /// The model named `model`, e.g. `@cf/meta/llama-3.3-70b-instruct-fp8-fast`.
    pub fn new(binding: B, model: &str) -> Self {
        Self { binding: Rc::new(binding), model: model.to_owned(), tools: ToolTexts::new(tool) }
    }
}

impl<B: AiBinding + 'static> Endpoint for WorkersAi<B> {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        let run = self.binding.run(&self.model, self.tools.request(&fields(request), &request.tools));
        Box::pin(async move {
            Ok(match run.await? {
                AiOutput::Stream(bytes) => bytes,
                AiOutput::Json(answer) => whole(answer),
            })
        })
    }

    fn answers_whole(&self, request: &ChatRequest) -> bool {
        is_whole(request)
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "workers-ai".to_owned(), name: self.model.clone() }
    }
}

/// The input of `AI.run` for a chat model.
///
/// Calls and results of earlier steps have the shape that Cloudflare's own `workers-ai-provider` 4.0 sends: an
/// assistant message with `content` (a string, never null) and OpenAI's `tool_calls`, then one message of role `tool`
/// per result with `tool_call_id` and `name`.
pub fn run_input(request: &ChatRequest) -> Value {
    let mut input = fields(request);
    if let Some(fields) = input.as_object_mut()
        && !request.tools.is_empty()
    {
        fields.insert("tools".to_owned(), request.tools.iter().map(tool).collect());
    }
    input
}

/// All fields of an input but its tools.
fn fields(request: &ChatRequest) -> Value {
    let mut input = json!({
        "messages": messages::messages(request),
        "stream": !is_whole(request),
        "max_tokens": request.max_output_tokens,
        "temperature": messages::temperature(request),
    });
    if let Some(fields) = input.as_object_mut()
        && let Some(schema) = &request.response_schema
    {
        let format = json!({"type": "json_schema", "json_schema": plain(schema)});
        fields.insert("response_format".to_owned(), format);
    }
    input
}

/// JSON mode does not stream (<https://developers.cloudflare.com/workers-ai/features/json-mode/>).
fn is_whole(request: &ChatRequest) -> bool {
    request.response_schema.is_some()
}

/// A tool in the form that the input schema of Workers AI requires: every parameter has one `type` and a `description`
/// (`required: [type, description]` in the schema of `llama-3.3-70b-instruct-fp8-fast`), without references. Calls are
/// still checked against the tool's full schema.
fn tool(tool: &ToolSpec) -> Value {
    let mut parameters = plain(&tool.parameters);
    if let Some(schema) = parameters.as_object_mut() {
        schema.entry("type").or_insert_with(|| json!("object"));
        let properties = schema.entry("properties").or_insert_with(|| json!({}));
        for (name, property) in properties.as_object_mut().into_iter().flatten() {
            let Some(property) = property.as_object_mut() else { continue };
            property.entry("type").or_insert_with(|| json!("string"));
            property.entry("description").or_insert_with(|| json!(name));
        }
    }
    json!({
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    })
}

/// A whole answer as a stream with one element.
fn whole(answer: Value) -> ByteStream {
    let answer = if answer.is_object() || answer.is_array() { answer } else { json!({"response": answer}) };
    stream::iter([Ok(Bytes::from(answer.to_string()))]).boxed_local()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::testing::request;
    use crate::{ModelCall, ModelMessage};

    #[test]
    fn the_input_has_what_the_schema_of_the_model_requires() {
        let mut request = request();
        request.messages.push(ModelMessage::Assistant {
            text: String::new(),
            calls: vec![ModelCall { id: "a".into(), name: "undo".into(), arguments: "{}".into() }],
        });
        request.messages.push(ModelMessage::Tool { call_id: "a".into(), name: "undo".into(), content: "ok".into() });
        request.tools.truncate(1);
        request.tools[0].parameters = json!({
            "properties": {"title": {}, "note": {"type": ["string", "null"], "description": "A note."}},
            "required": ["title"],
        })
        .into();
        let expected = json!({
            "messages": [
                {"role": "system", "content": "You plan."},
                {"role": "user", "content": "Plan my day"},
                {"role": "assistant", "content": "", "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "undo", "arguments": "{}"}},
                ]},
                {"role": "tool", "tool_call_id": "a", "name": "undo", "content": "ok"},
            ],
            "stream": true,
            "max_tokens": 1024,
            "temperature": 0.3,
            "tools": [{"type": "function", "function": {
                "name": "scheduleBlock",
                "description": "Does scheduleBlock.",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string", "description": "title"},
                        "note": {"type": "string", "description": "A note."},
                    },
                    "required": ["title"],
                },
            }}],
        });
        assert_eq!(run_input(&request), expected);
        request.tools.clear();
        assert_eq!(run_input(&request).get("tools"), None);
    }

    #[test]
    fn an_answer_that_is_held_to_a_schema_is_asked_for_whole_and_awaited_as_such() {
        let endpoint = WorkersAi::new(Canned(json!("Hi")), "@cf/some/model");
        let held = ChatRequest { response_schema: Some(json!({"type": "object"})), ..request() };
        for (request, is_whole) in [(request(), false), (held, true)] {
            assert_eq!(run_input(&request)["stream"], !is_whole);
            assert_eq!(endpoint.answers_whole(&request), is_whole);
        }
    }

    /// Returns this answer at once.
    struct Canned(Value);

    impl AiBinding for Canned {
        fn run(&self, model: &str, _: String) -> LocalBoxFuture<'static, Result<AiOutput, ModelError>> {
            assert_eq!(model, "@cf/some/model");
            let answer = self.0.clone();
            Box::pin(async move { Ok(AiOutput::Json(answer)) })
        }
    }

    #[test]
    fn an_answer_that_comes_whole_is_a_stream_of_one() {
        for (answer, sent) in [
            (json!({"response": "Hi"}), r#"{"response":"Hi"}"#),
            (json!("Hi"), r#"{"response":"Hi"}"#),
            (json!(null), r#"{"response":null}"#),
        ] {
            let endpoint = WorkersAi::new(Canned(answer), "@cf/some/model");
            assert_eq!(endpoint.id().provider, "workers-ai");
            let mut body = endpoint.open(&request()).now_or_never().expect("an answer at once").expect("a body");
            let bytes = body.next().now_or_never().flatten();
            assert_eq!(bytes, Some(Ok(Bytes::from(sent))));
        }
    }
}
