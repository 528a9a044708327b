//! Cases that use the bindings of Workflows, for the tests in workerd. Not in a deployed Worker.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::TimeDelta;
use js_sys::{JSON, Promise, Reflect};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::{Date, Env, Method, Response, Result};

use super::thrown::message_of;
use super::workflows::{StepBody, StepConfig, StepFailure, Workflow, WorkflowStep};

/// The binding's name in the suite's configuration.
const BINDING: &str = "WORKFLOW_SUITE";
/// The pause before the first retry of a step, in ms.
const DELAY_MS: u64 = 200;
/// A pause longer than any test, in ms.
const FOR_EVER_MS: u64 = 3_600_000;

/// The Rust side of the suite's Workflow.
#[wasm_bindgen]
pub struct WorkflowCases {}

#[wasm_bindgen]
impl WorkflowCases {
    /// Ignores the Worker's environment.
    #[wasm_bindgen(constructor)]
    pub fn new(_env: JsValue) -> Self {
        Self {}
    }

    /// Runs the case that the event names. The output has the times of the attempts of its step, in ms after the start, the
    /// total duration, and the result.
    pub fn run(&self, event: JsValue, step: JsValue) -> Promise {
        future_to_promise(async move {
            let case = Reflect::get(&Reflect::get(&event, &"payload".into())?, &"case".into())?.as_string();
            let begun = Date::now().as_millis();
            let tries = Rc::new(RefCell::new(Vec::new()));
            let outcome = run_case(&case.unwrap_or_default(), &step.unchecked_into(), begun, &tries).await;
            let (result, error) = match outcome {
                Ok(result) => (Some(result), None),
                Err(thrown) => (None, Some(message_of(&thrown))),
            };
            let took = Date::now().as_millis() - begun;
            Ok(json!({ "tries": *tries.borrow(), "took": took, "result": result, "error": error }).to_string().into())
        })
    }
}

async fn run_case(
    case: &str,
    step: &WorkflowStep,
    begun: u64,
    tries: &Rc<RefCell<Vec<u64>>>,
) -> std::result::Result<String, JsValue> {
    let config = StepConfig { retries: 3, delay_ms: DELAY_MS, timeout_ms: 60_000 };
    let body = |answer: fn(usize) -> std::result::Result<String, StepFailure>| -> StepBody {
        let tries = Rc::clone(tries);
        Rc::new(move || {
            tries.borrow_mut().push(Date::now().as_millis() - begun);
            let answer = answer(tries.borrow().len());
            Box::pin(async move { answer })
        })
    };
    match case {
        "fails" => step.run("fails", config, body(|number| Err(StepFailure::Retry(format!("no {number}"))))).await,
        "gives up" => step.run("gives up", config, body(|_| Err(StepFailure::NonRetryable("never".to_owned())))).await,
        "recovers" => {
            let answer =
                |number| if number < 3 { Err(StepFailure::Retry("not yet".to_owned())) } else { Ok("yes".to_owned()) };
            step.run("recovers", config, body(answer)).await
        }
        "sleeps" => step.sleep("sleeps", DELAY_MS).await.map(|()| "slept".to_owned()),
        _ => step.sleep("waits", FOR_EVER_MS).await.map(|()| "never".to_owned()),
    }
}

/// Starts (`POST`), reads (`GET`), ends (`DELETE`) or deletes (`PUT`) the instance with this id. It runs the case with which the id begins.
pub(super) async fn handle(method: &Method, env: &Env, id: &str) -> Result<Response> {
    let binding: Workflow = Reflect::get(env, &BINDING.into())?.unchecked_into();
    let outcome = async {
        match method {
            Method::Post => {
                let case = id.split('-').next().unwrap_or_default().replace('_', " ");
                binding.create(id, &[("case", case.into())], TimeDelta::days(1)).await.map(|()| String::new())
            }
            Method::Put => binding.delete(&[id.to_owned()]).await.map(|()| String::new()),
            Method::Delete => binding.get(id).await?.terminate().await.map(|()| String::new()),
            _ => {
                let status = binding.get(id).await?.status().await?;
                Ok(JSON::stringify(&status)?.into())
            }
        }
    };
    match outcome.await {
        Ok(text) => Response::ok(text),
        Err(thrown) => Response::error(message_of(&thrown), 409),
    }
}
