//! Cloudflare Workflows for Rust: durable steps with retries, and the binding that starts and ends instances.
//!
//! The `worker` crate 0.8 has none of this. This module does not know Temporal Flux, so it could become part of that crate. A Rust
//! crate cannot export a subclass of `WorkflowEntrypoint`, so a few lines of JavaScript (`agent/architect.mjs`) define the class
//! and pass `run(event, step)` on.
//!
//! The results of steps are text, usually JSON. The engine stores them, and a newer version of the program may read them after
//! a crash.

use std::rc::Rc;

use chrono::TimeDelta;
use futures::future::LocalBoxFuture;
use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Most instances that one call deletes
/// (<https://developers.cloudflare.com/changelog/post/2026-09-17-instance-delete/>).
pub(super) const DELETED_AT_ONCE: usize = 100;
/// The code of the error for an instance that does not exist, `workflows.api.error.instance.not_found`.
const NOT_FOUND: f64 = 10_400.0;

#[wasm_bindgen]
extern "C" {
    /// The `step` argument of `run` (<https://developers.cloudflare.com/workflows/build/workers-api/#step>).
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

    #[wasm_bindgen(method, catch, js_name = "deleteBatch")]
    fn delete_raw(this: &Workflow, ids: &Array) -> Result<Promise, JsValue>;

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
    /// An error that ends the step without another attempt when its body throws it.
    type NonRetryableError;

    #[wasm_bindgen(constructor)]
    fn new(message: &str) -> NonRetryableError;
}

/// How a step is retried.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepConfig {
    /// Most attempts after the first.
    pub retries: u32,
    /// The pause before the first retry, in ms. It doubles with each.
    pub delay_ms: u64,
    /// Longest duration of one attempt, in ms.
    pub timeout_ms: u64,
}

/// Why the body of a step failed.
#[derive(Debug, Clone)]
pub(super) enum StepFailure {
    /// The step is retried as configured.
    Retry(String),
    /// The step is not retried.
    NonRetryable(String),
}

/// The body of a step, called for each attempt.
pub(super) type StepBody = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<String, StepFailure>>>;

impl WorkflowStep {
    /// Runs a step, unless it already has a result, and returns its result.
    ///
    /// # Errors
    /// What the last attempt or the engine threw.
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
        // The engine may call it until the step ends.
        drop(closure);
        result?.as_string().ok_or_else(|| js_sys::Error::new("the result of the step is not text").into())
    }

    /// Waits, unless it has waited already. A pause outlives the process.
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
    /// Starts an instance. Its id is unique among the instances of this workflow: 1–100 letters, digits, `-` and `_`. What it
    /// stores is kept for `lifetime` after it has ended.
    ///
    /// # Errors
    /// When there is an instance with this id, and what the platform throws.
    pub async fn create(&self, id: &str, params: &[(&str, JsValue)], lifetime: TimeDelta) -> Result<(), JsValue> {
        let lifetime = JsValue::from(lifetime.num_milliseconds() as f64);
        let retention = object(&[("successRetention", lifetime.clone()), ("errorRetention", lifetime)])?;
        let options =
            object(&[("id", id.into()), ("params", object(params)?.into()), ("retention", retention.into())])?;
        JsFuture::from(self.create_raw(&options)?).await.map(|_| ())
    }

    /// Ends instances, at most [`DELETED_AT_ONCE`], and deletes what they have stored. Those that do not exist are ignored.
    ///
    /// # Errors
    /// When one cannot be deleted, and what the platform throws.
    pub async fn delete(&self, ids: &[String]) -> Result<(), JsValue> {
        let list = ids.iter().map(JsValue::from).collect();
        let result = JsFuture::from(self.delete_raw(&list)?).await?;
        let errors = Array::from(&Reflect::get(&result, &"errors".into())?);
        for error in errors.iter() {
            if Reflect::get(&error, &"code".into())?.as_f64() != Some(NOT_FOUND) {
                return Err(Reflect::get(&error, &"message".into())?);
            }
        }
        Ok(())
    }

    /// The instance with this id.
    ///
    /// # Errors
    /// When there is none, and what the platform throws.
    pub async fn get(&self, id: &str) -> Result<WorkflowInstance, JsValue> {
        JsFuture::from(self.get_raw(id)?).await.map(JsCast::unchecked_into)
    }
}

impl WorkflowInstance {
    /// Ends it at once.
    ///
    /// # Errors
    /// When it has ended, and what the platform throws.
    pub async fn terminate(&self) -> Result<(), JsValue> {
        JsFuture::from(self.terminate_raw()?).await.map(|_| ())
    }

    /// Its status: an object with `status`, `output` and `error`
    /// (<https://developers.cloudflare.com/workflows/build/workers-api/#instancestatus>).
    ///
    /// # Errors
    /// What the platform throws.
    #[cfg_attr(
        not(feature = "store-suite"),
        expect(dead_code, reason = "a workflow reports its status to the object itself")
    )]
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
