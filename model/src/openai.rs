//! OpenAI-compatible servers: the request to `POST {base}/chat/completions`, and the endpoint that sends it through an
//! [`HttpTransport`].

use std::rc::Rc;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};

use super::endpoint::{ByteStream, Endpoint};
use super::failure::{http_failure, malformed};
use super::schema::plain;
use super::tool_texts::ToolTexts;
use super::{ChatRequest, ModelError, ModelId, ToolSpec, messages};

/// How much of the body of an error is read, in bytes.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// Sends one HTTP request. The Worker implements it with `fetch`, evals with a native client.
pub trait HttpTransport {
    /// Posts `body` to `url` and resolves when the head of the response has arrived. Dropping the future, or the body
    /// of the response, aborts the request. The caller handles timeouts.
    ///
    /// # Errors
    ///
    /// [`ModelError::Unreachable`] if there is no response. A response with a status other than 2xx is not an error
    /// here.
    fn post(
        &self,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    ) -> LocalBoxFuture<'static, Result<HttpResponse, ModelError>>;
}

/// The head of a response, and its body as it arrives.
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// Value of `Retry-After`, unless the status is 2xx.
    pub retry_after: Option<String>,
    /// Value of `Content-Type`.
    pub content_type: Option<String>,
    /// The body, after content decoding.
    pub body: ByteStream,
}

/// A model on an OpenAI-compatible server. There is no `Debug` implementation, so that the key cannot get into a log.
pub struct OpenAi<T> {
    transport: Rc<T>,
    url: String,
    model: String,
    api_key: Option<String>,
    tools: ToolTexts,
}

impl<T: HttpTransport> OpenAi<T> {
    /// A model named `model` at `base_url`, e.g. `http://localhost:11434/v1`; a base that already ends in
    /// `/chat/completions` is used as it is. Without `api_key` no `Authorization` header is sent.
    pub fn new(transport: T, base_url: &str, model: &str, api_key: Option<String>) -> Self {
        let base = base_url.trim().trim_end_matches('/');
        let url = match base.ends_with("/chat/completions") {
            true => base.to_owned(),
            false => format!("{base}/chat/completions"),
        };
        let api_key = api_key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        Self { transport: Rc::new(transport), url, model: model.to_owned(), api_key, tools: ToolTexts::new(tool) }
    }

    fn headers(&self, request: &ChatRequest) -> Vec<(String, String)> {
        let mut headers = vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("Accept".to_owned(), "text/event-stream, application/json".to_owned()),
        ];
        if let Some(key) = &self.api_key {
            headers.push(("Authorization".to_owned(), format!("Bearer {key}")));
        }
        if let Some(trace) = &request.traceparent {
            headers.push(("traceparent".to_owned(), trace.clone()));
        }
        headers
    }
}

impl<T: HttpTransport + 'static> Endpoint for OpenAi<T> {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        let body = self.tools.request(&fields(&self.model, request), &request.tools);
        let transport = Rc::clone(&self.transport);
        let (url, headers) = (self.url.clone(), self.headers(request));
        Box::pin(async move { answer_of(transport.post(url, headers, body).await?).await })
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "openai".to_owned(), name: self.model.clone() }
    }
}

/// The body of a request to `/chat/completions`.
///
/// `tools` is left out if there are none, because OpenAI refuses an empty list. `max_tokens` is used instead of the
/// newer `max_completion_tokens`, which most compatible servers do not know.
pub fn request_body(model: &str, request: &ChatRequest) -> Value {
    let mut body = fields(model, request);
    if let Some(fields) = body.as_object_mut()
        && !request.tools.is_empty()
    {
        fields.insert("tools".to_owned(), request.tools.iter().map(tool).collect());
    }
    body
}

fn tool(tool: &ToolSpec) -> Value {
    json!({"type": "function", "function": tool})
}

/// All fields of a request but its tools.
fn fields(model: &str, request: &ChatRequest) -> Value {
    let mut body = json!({
        "model": model,
        "messages": messages::messages(request),
        "stream": true,
        "stream_options": {"include_usage": true},
        "max_tokens": request.max_output_tokens,
        "temperature": messages::temperature(request),
    });
    if let Some(fields) = body.as_object_mut()
        && let Some(schema) = &request.response_schema
    {
        let schema = json!({"name": "answer", "schema": plain(schema)});
        fields.insert("response_format".to_owned(), json!({"type": "json_schema", "json_schema": schema}));
    }
    body
}

async fn answer_of(mut response: HttpResponse) -> Result<ByteStream, ModelError> {
    if !(200..300).contains(&response.status) {
        let body = head_of(&mut response.body).await;
        return Err(http_failure(response.status, response.retry_after.as_deref(), &body));
    }
    let content_type = response.content_type.unwrap_or_default().to_ascii_lowercase();
    if content_type.starts_with("text/html") {
        let body = head_of(&mut response.body).await;
        return Err(malformed(&format!("an HTML page, {}", String::from_utf8_lossy(&body))));
    }
    Ok(response.body)
}

/// The first bytes of a body that is not an answer. If the body fails, the bytes up to there.
async fn head_of(body: &mut ByteStream) -> Vec<u8> {
    let mut head = Vec::new();
    while let Some(Ok(bytes)) = body.next().await {
        let bytes: Bytes = bytes;
        let room = MAX_ERROR_BODY_BYTES.saturating_sub(head.len());
        head.extend(bytes.iter().take(room));
        if head.len() >= MAX_ERROR_BODY_BYTES {
            break;
        }
    }
    head
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::{FutureExt, stream};

    use super::*;
    use crate::testing::request;
    use crate::{ModelCall, ModelMessage};

    /// What was posted: url, headers, body.
    type Posted = (String, Vec<(String, String)>, String);

    /// Answers with this head and body, and keeps what was posted.
    struct Canned {
        status: u16,
        retry_after: Option<&'static str>,
        content_type: &'static str,
        body: &'static str,
        posted: Rc<RefCell<Vec<Posted>>>,
    }

    impl HttpTransport for Canned {
        fn post(
            &self,
            url: String,
            headers: Vec<(String, String)>,
            body: String,
        ) -> LocalBoxFuture<'static, Result<HttpResponse, ModelError>> {
            self.posted.borrow_mut().push((url, headers, body));
            let response = HttpResponse {
                status: self.status,
                retry_after: self.retry_after.map(str::to_owned),
                content_type: Some(self.content_type.to_owned()),
                body: stream::iter([Ok(Bytes::from(self.body))]).boxed_local(),
            };
            Box::pin(async move { Ok(response) })
        }
    }

    fn answer(
        status: u16,
        retry_after: Option<&'static str>,
        content_type: &'static str,
        body: &'static str,
    ) -> Option<ModelError> {
        let canned = Canned { status, retry_after, content_type, body, posted: Rc::default() };
        let endpoint = OpenAi::new(canned, "http://localhost:11434/v1", "llama", None);
        endpoint.open(&request()).now_or_never().expect("an answer at once").err()
    }

    #[test]
    fn the_body_asks_for_a_stream_with_usage_and_tools() {
        let mut request = request();
        request.tools.truncate(1);
        let call = |arguments: &str| ModelCall { id: "a".into(), name: "undo".into(), arguments: arguments.into() };
        request.messages = vec![
            ModelMessage::User { text: "Plan".into() },
            ModelMessage::Assistant { text: String::new(), calls: vec![call("{'n': 1,}"), call(""), call("not json")] },
            ModelMessage::Tool { call_id: "a".into(), name: "undo".into(), content: "{\"ok\":true}".into() },
            ModelMessage::Assistant { text: String::new(), calls: Vec::new() },
            ModelMessage::Assistant { text: "Done.".into(), calls: Vec::new() },
        ];
        let sent = |arguments: &str| json!({"id": "a", "type": "function", "function": {"name": "undo", "arguments": arguments}});
        let expected = json!({
            "model": "llama",
            "messages": [
                {"role": "system", "content": "You plan."},
                {"role": "user", "content": "Plan"},
                {"role": "assistant", "content": "", "tool_calls": [sent("{\"n\":1}"), sent("{}"), sent("{}")]},
                {"role": "tool", "tool_call_id": "a", "name": "undo", "content": "{\"ok\":true}"},
                {"role": "assistant", "content": "Done."},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "max_tokens": 1024,
            "temperature": 0.3,
            "tools": [{"type": "function", "function": {
                "name": "scheduleBlock",
                "description": "Does scheduleBlock.",
                "parameters": {"type": "object", "properties": {"title": {"type": "string"}}},
            }}],
        });
        assert_eq!(request_body("llama", &request), expected);
    }

    #[test]
    fn an_empty_list_of_tools_is_left_out_and_a_strange_temperature_mended() {
        let mut request = request();
        request.tools.clear();
        request.temperature = f32::NAN;
        let body = request_body("llama", &request);
        assert_eq!((body.get("tools"), body.get("temperature")), (None, Some(&json!(0.0))));
    }

    #[test]
    fn the_request_goes_to_chat_completions_with_the_key_and_the_trace_if_there_are_any() {
        for (base, key, authorised) in [
            ("http://localhost:11434/v1/", None, None),
            ("http://localhost:11434/v1", Some("  "), None),
            (" http://localhost:11434/v1/chat/completions", Some(" sk-1 "), Some("Bearer sk-1")),
        ] {
            let posted = Rc::default();
            let canned =
                Canned { status: 200, retry_after: None, content_type: "", body: "", posted: Rc::clone(&posted) };
            let endpoint = OpenAi::new(canned, base, "llama", key.map(str::to_owned));
            let trace = key.map(|_| "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
            let request = ChatRequest { traceparent: trace.clone(), ..request() };
            assert!(endpoint.open(&request).now_or_never().expect("an answer at once").is_ok());
            let (url, headers, _) = posted.borrow_mut().pop().expect("a request");
            assert_eq!(url, "http://localhost:11434/v1/chat/completions");
            let sent = headers.iter().find(|(name, _)| name == "Authorization").map(|(_, value)| value.as_str());
            assert_eq!(sent, authorised);
            let sent = headers.iter().find(|(name, _)| name == "traceparent").map(|(_, value)| value.clone());
            assert_eq!(sent, trace, "the server is told to which trace the request belongs");
        }
    }

    #[test]
    fn http_429_with_retry_after_is_a_rate_limit_and_a_page_is_no_answer() {
        let limited = ModelError::RateLimited { retry_after_ms: Some(7000) };
        assert_eq!(answer(429, Some("7"), "application/json", "{}"), Some(limited));
        assert_eq!(answer(502, None, "text/html", "<html>"), Some(ModelError::Overloaded));
        let unknown = ModelError::NoSuchModel { message: "no such model".to_owned() };
        assert_eq!(answer(404, None, "application/json", r#"{"error":"no such model"}"#), Some(unknown));
        let refused = ModelError::Refused { status: 404, message: "no such page".to_owned() };
        assert_eq!(answer(404, None, "application/json", r#"{"error":"no such page"}"#), Some(refused));
        let page = Some(ModelError::Malformed { what: "an HTML page, <p>sign in</p>".to_owned() });
        assert_eq!(answer(200, None, "text/HTML; charset=utf-8", "<p>sign\nin</p>"), page);
        assert_eq!(answer(200, None, "text/event-stream", ""), None);
    }
}
