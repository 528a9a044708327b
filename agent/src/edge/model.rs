//! Chooses the model, and implements how it is reached on Workers: over HTTP, or through the `AI` binding.

use std::rc::Rc;

use futures::future::LocalBoxFuture;
use js_sys::{Array, Function, JSON, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReadableStream, WorkerGlobalScope};
use worker::Env;

use super::clock::EdgeClock;
use super::thrown::message_of;
use super::{body, text};
use crate::assistant::Assistant;
use flux_model::{
    AiBinding, AiOutput, ByteStream, HttpResponse, HttpTransport, Model, ModelError, ModelId, ModelLimits, OpenAi,
    WorkersAi, binding_failure,
};
#[cfg(feature = "offline")]
use flux_model::{ChatModel, ChatRequest, ModelEvent};
#[cfg(feature = "offline")]
use flux_tools::context::Facts;
#[cfg(feature = "offline")]
use futures::stream::LocalBoxStream;

/// The default model on Workers AI.
const WORKERS_AI_MODEL: &str = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
/// The default model name for a server of one's own. Most such servers serve one model and ignore the name.
const SERVER_MODEL: &str = "llama3.3";

/// Where the model runs.
enum Provider {
    Server {
        base_url: String,
        model: String,
    },
    WorkersAi {
        binding: JsValue,
        model: String,
    },
    /// No model is connected.
    BuiltIn,
}

/// `MODEL_BASE_URL` names a server. Without it the `AI` binding is used, unless it is missing or `MODEL_PROVIDER` is `offline`.
/// Local development sets that, because the binding does not work there.
fn provider(env: &Env) -> Provider {
    let model = text(env, "MODEL_NAME");
    if let Some(base_url) = text(env, "MODEL_BASE_URL") {
        return Provider::Server { base_url, model: model.unwrap_or_else(|| SERVER_MODEL.to_owned()) };
    }
    let binding = Reflect::get(env, &"AI".into()).ok().filter(|binding| !binding.is_undefined() && !binding.is_null());
    match binding {
        Some(binding) if text(env, "MODEL_PROVIDER").as_deref() != Some("offline") => {
            Provider::WorkersAi { binding, model: model.unwrap_or_else(|| WORKERS_AI_MODEL.to_owned()) }
        }
        _ => Provider::BuiltIn,
    }
}

/// The provider and name of the model.
pub(super) fn id(env: &Env) -> ModelId {
    let (provider, name) = match provider(env) {
        Provider::Server { model, .. } => ("openai", model),
        Provider::WorkersAi { model, .. } => ("workers-ai", model),
        Provider::BuiltIn => return built_in(ModelLimits::default()).id(),
    };
    ModelId { provider: provider.to_owned(), name }
}

/// The model, with retries.
///
/// # Errors
/// A sentence about a setting that cannot be used.
pub(super) fn of(env: &Env) -> Result<Rc<dyn Assistant>, String> {
    Ok(model(env, limits(env)?))
}

/// The model without retries, for callers that retry themselves.
///
/// # Errors
/// A sentence about a setting that cannot be used.
pub(super) fn without_retries(env: &Env) -> Result<Rc<dyn Assistant>, String> {
    Ok(model(env, ModelLimits { retries: 0, ..limits(env)? }))
}

fn limits(env: &Env) -> Result<ModelLimits, String> {
    ModelLimits::from_lookup(|name| text(env, name)).map_err(|error| error.to_string())
}

fn model(env: &Env, limits: ModelLimits) -> Rc<dyn Assistant> {
    match provider(env) {
        Provider::Server { base_url, model } => {
            let endpoint = OpenAi::new(FetchTransport, &base_url, &model, text(env, "MODEL_API_KEY"));
            Rc::new(Model::new(endpoint, EdgeClock, limits))
        }
        Provider::WorkersAi { binding, model } => {
            Rc::new(Model::new(WorkersAi::new(Binding(binding), &model), EdgeClock, limits))
        }
        Provider::BuiltIn => Rc::new(built_in(limits)),
    }
}

/// What answers when no model is connected.
#[cfg(feature = "offline")]
fn built_in(limits: ModelLimits) -> impl Assistant {
    Interpreter { limits }
}

/// The built-in interpreter. It answers in the stream format of a model, so the same parser reads it.
#[cfg(feature = "offline")]
struct Interpreter {
    limits: ModelLimits,
}

#[cfg(feature = "offline")]
impl Assistant for Interpreter {
    fn answer(&self, request: ChatRequest, facts: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        Model::new(flux_offline::Offline::new(facts), EdgeClock, self.limits).stream(request)
    }

    fn uses_tokens(&self) -> bool {
        false
    }

    fn id(&self) -> ModelId {
        flux_offline::model_id()
    }
}

/// What answers when no model is connected.
#[cfg(not(feature = "offline"))]
fn built_in(_: ModelLimits) -> impl Assistant {
    flux_model::Unconnected
}

/// HTTP through the `fetch` of the Workers runtime.
struct FetchTransport;

impl HttpTransport for FetchTransport {
    fn post(
        &self,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    ) -> LocalBoxFuture<'static, Result<HttpResponse, ModelError>> {
        Box::pin(async move {
            let controller = AbortController::new().map_err(|thrown| unreachable(&thrown))?;
            let signal = controller.signal();
            let mut abort = AbortOnDrop(Some(controller));
            let response = fetch(&url, headers, &body, &signal).await.map_err(|thrown| unreachable(&thrown))?;
            let header = |name| response.headers().get(name).ok().flatten();
            let body: ByteStream = match response.body() {
                // From here on, dropping the body ends the request.
                Some(stream) => body::read(&stream),
                None => Box::pin(futures::stream::empty()),
            };
            abort.disarm();
            Ok(HttpResponse {
                status: response.status(),
                // Each look at a header takes the runtime longer than a token.
                retry_after: if response.ok() { None } else { header("retry-after") },
                content_type: header("content-type"),
                body,
            })
        })
    }
}

/// The runtime's `fetch`. The one of the `worker` crate adds code for all of Cloudflare's options, which is a hundredth of the
/// Worker.
async fn fetch(
    url: &str,
    headers: Vec<(String, String)>,
    body: &str,
    signal: &AbortSignal,
) -> Result<web_sys::Response, JsValue> {
    let sent = web_sys::Headers::new()?;
    for (name, value) in headers {
        sent.set(&name, &value)?;
    }
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&sent);
    init.set_body(&JsValue::from_str(body));
    init.set_signal(Some(signal));
    let global: WorkerGlobalScope = js_sys::global().unchecked_into();
    JsFuture::from(global.fetch_with_str_and_init(url, &init)).await.map(JsCast::unchecked_into)
}

fn unreachable(thrown: &JsValue) -> ModelError {
    ModelError::Unreachable { message: message_of(thrown) }
}

/// Aborts a request when it is dropped before its head has arrived. Dropping the future of a `fetch` does not, so the provider would
/// go on generating.
struct AbortOnDrop(Option<AbortController>);

impl AbortOnDrop {
    fn disarm(&mut self) {
        self.0 = None;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// The `AI` binding, or a Worker that replaces it: `run(model, input)`.
///
/// The `Ai` of the `worker` crate accepts only the class of Cloudflare's binding, and returns no stream.
struct Binding(JsValue);

impl AiBinding for Binding {
    fn run(&self, model: &str, input: String) -> LocalBoxFuture<'static, Result<AiOutput, ModelError>> {
        let binding = self.0.clone();
        let model = model.to_owned();
        Box::pin(async move {
            let failure = |thrown: JsValue| binding_failure(&message_of(&thrown));
            let mut output = Output(Some(run(&binding, &model, &input).map_err(failure)?));
            let output = output.wait().await.map_err(failure)?;
            match output.dyn_into::<ReadableStream>() {
                Ok(stream) => Ok(AiOutput::Stream(body::read(&stream))),
                Err(value) => json_of(&value).map(AiOutput::Json),
            }
        })
    }
}

fn run(binding: &JsValue, model: &str, input: &str) -> Result<Promise, JsValue> {
    let input = JSON::parse(input)?;
    // A Worker that replaces the binding has a proxy as its method: `instanceof` does not see a function, and its `call` is one
    // more method of the other Worker. `Reflect.apply` calls the method itself.
    let run: Function = Reflect::get(binding, &"run".into())?.unchecked_into();
    let promise: Promise = Reflect::apply(&run, binding, &Array::of2(&model.into(), &input))?.unchecked_into();
    Ok(Promise::resolve(&promise))
}

/// The answer that the binding will give. If it is dropped, the stream is cancelled as soon as it comes, so that the model stops.
struct Output(Option<Promise>);

impl Output {
    async fn wait(&mut self) -> Result<JsValue, JsValue> {
        let Some(promise) = self.0.clone() else { return Ok(JsValue::UNDEFINED) };
        let output = JsFuture::from(promise).await;
        self.0 = None;
        output
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let Some(promise) = self.0.take() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            let output = JsFuture::from(promise).await;
            if let Some(stream) = output.ok().and_then(|output| output.dyn_into::<ReadableStream>().ok()) {
                let _ = JsFuture::from(stream.cancel()).await;
            }
        });
    }
}

fn json_of(value: &JsValue) -> Result<Value, ModelError> {
    let text = JSON::stringify(value).map(String::from).unwrap_or_default();
    serde_json::from_str(&text).map_err(|_| ModelError::Malformed { what: text.chars().take(200).collect() })
}
