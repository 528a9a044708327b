//! Running the architect to the end of a goal: its steps run one after another in this process, and the person's object is called
//! directly.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use flux_agent::agent::ChatAgent;
use flux_agent::architect::{Architect, Body, Person, Reply, Request, RunLimits, StepError, Steps};
use flux_agent::host::{Host as _, WorkflowId};
use futures::future::LocalBoxFuture;
use serde_json::Value;

use super::{EvalHost, World};
use crate::clock::EvalClock;

impl World {
    /// Runs every workflow that was started. The result of each is on the timeline.
    pub(super) async fn reach_goals(&self) {
        for workflow in self.host.launched() {
            let person = Object { agent: self.agent.clone(), workflow };
            let host = self.host.clone();
            let architect = Architect {
                steps: Rc::new(Direct { retries: Rc::clone(&self.goal_retries) }),
                person: Rc::new(person),
                model: Rc::new(self.goals.clone()),
                clock: Rc::new(EvalClock),
                prompts: self.prompts,
                limits: RunLimits::default(),
                trouble: Rc::default(),
                rest: Rc::default(),
                new_id: Rc::new(move || host.uuid()),
                spent: Rc::default(),
                // Cases look at what the agent does, and not at how long it takes.
                log: Rc::new(|_, _| {}),
                span: None,
            };
            // If even the failure could not be reported, the goal is still running, and the checks see that.
            let _ = architect.run().await;
        }
    }
}

/// Steps that are retried like those of a Workflow. Their results are not stored, because the process outlives the case.
struct Direct {
    /// Counts the retries of all steps.
    retries: Rc<Cell<u32>>,
}

impl Steps for Direct {
    fn step(
        &self,
        _: &'static str,
        retries: u32,
        pause: Duration,
        body: Body,
    ) -> LocalBoxFuture<'static, Result<Value, String>> {
        let counted = Rc::clone(&self.retries);
        Box::pin(async move {
            let mut tries = 0;
            loop {
                match body().await {
                    Ok(result) => return Ok(result),
                    Err(StepError::Again(_)) if tries < retries => {
                        tokio::time::sleep(pause * (1 << tries)).await;
                        tries += 1;
                        counted.set(counted.get() + 1);
                    }
                    Err(StepError::Again(error) | StepError::Final(error)) => return Err(error),
                }
            }
        })
    }
}

/// The person's object.
struct Object {
    agent: ChatAgent<EvalHost>,
    workflow: WorkflowId,
}

impl Person for Object {
    fn tell(&self, request: Request) -> LocalBoxFuture<'static, Result<Reply, String>> {
        let reply = self.agent.run_request(&self.workflow, request).map_err(|error| error.to_string());
        Box::pin(async move { reply })
    }
}
