//! The architect, driven to the end of a goal: its steps one after another in this process, and the person's object asked
//! directly.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use flux_agent::agent::ChatAgent;
use flux_agent::architect::{Architect, Body, Person, Reply, Request, RunLimits, StepError, Steps};
use flux_agent::host::WorkflowId;
use futures::future::LocalBoxFuture;
use serde_json::Value;

use super::{EvalClock, EvalHost, World};

impl World {
    /// Drives every workflow that was started. How each ended is on the timeline.
    pub(super) async fn reach_goals(&self) {
        for workflow in self.host.launched() {
            let person = Object { agent: self.agent.clone(), workflow };
            let architect = Architect {
                steps: Rc::new(Direct { retries: Rc::clone(&self.goal_retries) }),
                person: Rc::new(person),
                model: Rc::new(self.goals.clone()),
                clock: Rc::new(EvalClock),
                prompts: self.prompts,
                limits: RunLimits::default(),
                trouble: Rc::default(),
                rest: Rc::default(),
            };
            // Where not even the failure could be told, the goal is still running, which the checks see.
            let _ = architect.run().await;
        }
    }
}

/// Steps that are tried again as a Workflow tries them, and kept nowhere: the process lives as long as the case.
struct Direct {
    /// Counts the tries after the first one of each step.
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
