//! Cloudflare Workflows for Rust: durable steps with retries, and the binding that starts and ends instances.
//!
//! The `worker` crate 0.8 has none of this. Nothing here knows of Temporal Flux, so that it could become part of it; what is
//! missing for that is the class itself, which a Rust crate cannot export as a subclass of `WorkflowEntrypoint`: a few
//! lines of JavaScript (`agent/architect.mjs`) hand `run(event, step)` on.
//!
//! Values that cross a step are text, most often JSON: they are stored by the engine and read again after a crash, maybe by
//! a newer version of the program.

use std::rc::Rc;

use futures::future::LocalBoxFuture;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen]
extern "C" {
    /// The `step` that `run` is given (<https://developers.cloudflare.com/workflows/build/workers-api/#step>).
    #[derive(Clone)]
    pub(super) type WorkflowStep;

    #[wasm_bindgen(method, catch, js_name = "do")]
    fn do_raw(this: &WorkflowStep, name: &str, config: &Object, body: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "sleep")]
    fn sleep_raw(this: &WorkflowStep, name: &str, duration_ms: f64) -> Result<Promise, JsValue>;

    /// A `[[workflows]]` binding (<https://developers.cloudflare.com/workflows/build/workers-api/#workflow>).
    #[derive(Clone)]
    pub(super) type Workflow;

    #[wasm_bindgen(method, catch, js_name = "create")]
    fn create_raw(this: &Workflow, options: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "get")]
    fn get_raw(this: &Workflow, id: &str) -> Result<Promise, JsValue>;

    /// One run of a workflow.
    pub(super) type WorkflowInstance;

    #[wasm_bindgen(method, catch, js_name = "terminate")]
    fn terminate_raw(this: &WorkflowInstance) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "status")]
    fn status_raw(this: &WorkflowInstance) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "cloudflare:workflows")]
extern "C" {
    /// Thrown by a step's body, it ends the step without another try.
    type NonRetryableError;

    #[wasm_bindgen(constructor)]
    fn new(message: &str) -> NonRetryableError;
}

/// How a step is tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepConfig {
    /// How often, after the first try.
    pub retries: u32,
    /// The pause before the first of them, in ms; it doubles with each.
    pub delay_ms: u64,
    /// How long one try may take, in ms.
    pub timeout_ms: u64,
}

/// Why a step's body did not succeed.
#[derive(Debug, Clone)]
pub(super) enum StepFailure {
    /// It is tried again, as the configuration says.
    Retry(String),
    /// It is not.
    NonRetryable(String),
}

/// What a step does, each time that it is tried.
pub(super) type StepBody = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<String, StepFailure>>>;

impl WorkflowStep {
    /// Runs a step, unless it has a result already, and gives its result.
    ///
    /// # Errors
    /// What the last try threw, or what the engine did.
    pub async fn run(&self, name: &str, config: StepConfig, body: StepBody) -> Result<String, JsValue> {
        let closure = Closure::<dyn Fn() -> Promise>::new(move || {
            let trying = body();
            future_to_promise(async move {
                match trying.await {
                    Ok(result) => Ok(JsValue::from(result)),
                    Err(StepFailure::Retry(why)) => Err(js_sys::Error::new(&why).into()),
                    Err(StepFailure::NonRetryable(why)) => Err(NonRetryableError::new(&why).into()),
                }
            })
        });
        let result = JsFuture::from(self.do_raw(name, &config.to_js()?, closure.as_ref())?).await;
        // The engine calls it until the step is over.
        drop(closure);
        result?.as_string().ok_or_else(|| js_sys::Error::new("the result of the step is not text").into())
    }

    /// Waits so many ms, unless it has waited already. A pause outlives the process.
    ///
    /// # Errors
    /// What the engine throws.
    #[cfg_attr(not(feature = "store-suite"), expect(dead_code, reason = "a run pauses by the retries of its steps"))]
    pub async fn sleep(&self, name: &str, duration_ms: u64) -> Result<(), JsValue> {
        JsFuture::from(self.sleep_raw(name, duration_ms as f64)?).await.map(|_| ())
    }
}

impl StepConfig {
    fn to_js(self) -> Result<Object, JsValue> {
        let retries = object(&[
            ("limit", self.retries.into()),
            ("delay", (self.delay_ms as f64).into()),
            ("backoff", "exponential".into()),
        ])?;
        object(&[("retries", retries.into()), ("timeout", (self.timeout_ms as f64).into())])
    }
}

impl Workflow {
    /// Starts an instance. Its id is unique among all of this workflow: 1–100 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// Where there is an instance of this id, and what the platform throws.
    pub async fn create(&self, id: &str, params: &[(&str, JsValue)]) -> Result<(), JsValue> {
        let options = object(&[("id", id.into()), ("params", object(params)?.into())])?;
        JsFuture::from(self.create_raw(&options)?).await.map(|_| ())
    }

    /// The instance of this id.
    ///
    /// # Errors
    /// Where there is none, and what the platform throws.
    pub async fn get(&self, id: &str) -> Result<WorkflowInstance, JsValue> {
        JsFuture::from(self.get_raw(id)?).await.map(JsCast::unchecked_into)
    }
}

impl WorkflowInstance {
    /// Ends it where it stands.
    ///
    /// # Errors
    /// Where it has ended, and what the platform throws.
    pub async fn terminate(&self) -> Result<(), JsValue> {
        JsFuture::from(self.terminate_raw()?).await.map(|_| ())
    }

    /// How it stands: an object with `status`, `output` and `error`
    /// (<https://developers.cloudflare.com/workflows/build/workers-api/#instancestatus>).
    ///
    /// # Errors
    /// What the platform throws.
    #[cfg_attr(not(feature = "store-suite"), expect(dead_code, reason = "a run's object hears how it stands"))]
    pub async fn status(&self) -> Result<JsValue, JsValue> {
        JsFuture::from(self.status_raw()?).await
    }
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}
