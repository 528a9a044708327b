//! The Workflow that drives a run of the architect: it runs [`crate::architect`] with durable steps, and sends requests to the
//! person's object.

use std::rc::Rc;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use js_sys::{Promise, Reflect};
use serde_json::Value;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

use super::ask::ask;
use super::clock::EdgeClock;
use super::log::write_in;
use super::text;
use super::thrown::message_of;
use super::workflows::{DELETED_AT_ONCE, StepBody, StepConfig, StepFailure, Workflow, WorkflowStep};
use super::{metrics, model};
use crate::architect::{Architect, Body, Person, Reply, Request, RunLimits, StepError, Steps};
use crate::host::WorkflowId;
use crate::lifetime;
use crate::prompt::Prompts;
use crate::telemetry::{Fault, LogRecord, Span};
use flux_protocol::Trace;
use flux_protocol::trace::TRACEPARENT;

/// The binding's name in wrangler.toml.
const BINDING: &str = "ARCHITECT";
/// Longest duration of one attempt of a step, in ms. A model may stream for a while, and a busy one may ask for a pause before
/// it answers.
const STEP_MS: u64 = 10 * 60 * 1_000;

/// The parameters with which a workflow is created.
#[derive(Debug, Clone)]
struct Params {
    /// The object's id, in hex.
    object: String,
    /// The workflow's name, which is its id in the object.
    workflow: String,
    /// The span of the run. A version that knew none has given none.
    span: Option<Span>,
}

impl Params {
    fn of(payload: &JsValue) -> Option<Self> {
        let text = |name: &str| Reflect::get(payload, &name.into()).ok()?.as_string();
        let span = text(TRACEPARENT).and_then(|trace| Trace::read(&trace)).map(Span::of);
        Some(Self { object: text("object")?, workflow: text("workflow")?, span })
    }
}

/// The Rust side of the class `Architect` in `agent/architect.mjs`.
#[wasm_bindgen]
pub struct ArchitectRun {
    env: Env,
}

#[wasm_bindgen]
impl ArchitectRun {
    /// Takes the Worker's environment.
    #[wasm_bindgen(constructor)]
    pub fn new(env: JsValue) -> Self {
        let env = env.unchecked_into();
        metrics::prepare(&env);
        Self { env }
    }

    /// Drives the run that the event names to its end. The promise fails only when the failure could not be reported to the
    /// person's object.
    ///
    /// It takes `&self` because worker-build wraps exported classes in proxies. JavaScript's garbage collection would free an
    /// object a second time if a method had consumed it.
    pub fn run(&self, event: JsValue, step: JsValue) -> Promise {
        let env = self.env.clone();
        future_to_promise(async move {
            let payload = Reflect::get(&event, &"payload".into())?;
            let params = Params::of(&payload).ok_or_else(|| failure("its parameters are missing", None))?;
            let span = params.span;
            let architect = architect(env, params, step.unchecked_into()).map_err(|error| failure(&error, span))?;
            architect.run().await.map_err(|error| failure(&error, span))?;
            Ok(JsValue::UNDEFINED)
        })
    }
}

fn architect(env: Env, params: Params, step: WorkflowStep) -> Result<Architect, String> {
    Ok(Architect {
        steps: Rc::new(DurableSteps(step)),
        model: model::without_retries(&env)?,
        clock: Rc::new(EdgeClock),
        limits: RunLimits::from_lookup(&|name| text(&env, name))?,
        prompts: Prompts::current(),
        log: Rc::new(write_in),
        span: params.span,
        person: Rc::new(ObjectPerson { env, params }),
        trouble: Rc::default(),
        rest: Rc::default(),
        new_id: Rc::new(Uuid::new_v4),
        spent: Rc::default(),
    })
}

fn failure(message: &str, span: Option<Span>) -> JsValue {
    write_in(&LogRecord::Fault { at: "architect", fault: Fault::of_platform(message) }, span);
    js_sys::Error::new(message).into()
}

/// Steps of a Workflow.
struct DurableSteps(WorkflowStep);

impl Steps for DurableSteps {
    fn step(
        &self,
        name: &'static str,
        retries: u32,
        pause: Duration,
        body: Body,
    ) -> LocalBoxFuture<'static, Result<Value, String>> {
        let step = self.0.clone();
        let delay_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let config = StepConfig { retries, delay_ms, timeout_ms: STEP_MS };
        let body: StepBody = Rc::new(move || {
            let trying = body();
            Box::pin(async move {
                trying.await.map(|result| result.to_string()).map_err(|error| match error {
                    StepError::Again(why) => StepFailure::Retry(why),
                    StepError::Final(why) => StepFailure::NonRetryable(why),
                })
            })
        });
        Box::pin(async move {
            let result = step.run(name, config, body).await.map_err(|thrown| message_of(&thrown))?;
            serde_json::from_str(&result).map_err(|error| error.to_string())
        })
    }
}

/// The person's object, reached by requests that only the service itself can send.
struct ObjectPerson {
    env: Env,
    params: Params,
}

impl Person for ObjectPerson {
    fn tell(&self, request: Request) -> LocalBoxFuture<'static, Result<Reply, String>> {
        let (env, params) = (self.env.clone(), self.params.clone());
        Box::pin(async move { tell(&env, &params, &request).await.map_err(|error| error.to_string()) })
    }
}

async fn tell(env: &Env, params: &Params, request: &Request) -> worker::Result<Reply> {
    let object = env.durable_object("Chat")?.id_from_string(&params.object)?.get_stub()?;
    ask(&object, &format!("runs/{}", params.workflow), None, request).await
}

/// Starts and ends the workflows of an object's runs.
#[derive(Clone)]
pub(super) struct Workflows {
    binding: Option<Workflow>,
    object: String,
}

impl Workflows {
    /// The workflows of the object with this id, in hex.
    pub fn new(env: &Env, object: String) -> Self {
        let binding = Reflect::get(env, &BINDING.into()).ok();
        let binding = binding.filter(|binding| !binding.is_undefined() && !binding.is_null());
        Self { binding: binding.map(JsCast::unchecked_into), object }
    }

    /// Starts a workflow for a run, whose span is `trace`, and ends the one before it.
    pub async fn launch(self, workflow: WorkflowId, trace: Trace) -> Result<(), String> {
        let binding = self.binding.clone().ok_or("the binding ARCHITECT is missing in wrangler.toml")?;
        let name = workflow.to_string();
        let params = [
            ("object", self.object.clone().into()),
            ("workflow", name.clone().into()),
            (TRACEPARENT, trace.to_string().into()),
        ];
        binding.create(&name, &params, lifetime::WORKFLOW).await.map_err(|thrown| message_of(&thrown))?;
        if let Some(before) = workflow.before() {
            // Usually it has ended or was lost. Then there is nothing to end.
            let _ = self.call_off(before).await;
        }
        Ok(())
    }

    /// Ends workflows and deletes what they have stored.
    pub async fn discard(self, workflows: Vec<WorkflowId>) -> Result<(), String> {
        let binding = self.binding.ok_or("the binding ARCHITECT is missing in wrangler.toml")?;
        for some in workflows.chunks(DELETED_AT_ONCE) {
            let names: Vec<String> = some.iter().map(WorkflowId::to_string).collect();
            binding.delete(&names).await.map_err(|thrown| message_of(&thrown))?;
        }
        Ok(())
    }

    /// Ends a workflow.
    pub async fn call_off(self, workflow: WorkflowId) -> Result<(), String> {
        let binding = self.binding.ok_or("the binding ARCHITECT is missing in wrangler.toml")?;
        let ended = async { binding.get(&workflow.to_string()).await?.terminate().await };
        ended.await.map_err(|thrown| message_of(&thrown))
    }
}
