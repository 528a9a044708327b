//! The architect: a goal becomes tasks, in steps that survive the death of any process.
//!
//! Lives here: the order of the steps, what each one does, and what it says to the person's object. Not here: what makes
//! steps durable ([`Steps`], a Cloudflare Workflow at the edge), the rules of a run (`flux_tools::decide`), and the
//! object's side of the conversation (`chat::runs`).
//!
//! | module | what lives there |
//! | --- | --- |
//! | `message` | what the workflow and the person's object say to each other |
//! | `think` | asking the model, and giving up as soon as the person does |
//! | `check` | the model's words as tasks, mended and within bounds |
//!
//! A step may run any number of times: its process dies after the work and before the result is kept. So each is made to
//! be repeated: what a model has said is kept by the object and not asked for again, and the object adds tasks only once.

mod check;
mod message;
#[cfg(test)]
mod tests;
mod think;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use flux_tools::RunStep;
use flux_tools::place::Task;
use futures::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json::{read_value, value};
use crate::model::{ChatModel, Clock, GoalContext};

pub use message::{Reply, Request, Work};

/// How often the model is asked to mend its answer.
const MENDS: usize = 2;
/// How often a step is tried again.
pub const RETRIES: u32 = 5;

/// Bounds of a run in time. All in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// Pause before a step is tried for the second time; it doubles with each try. 1–10,000, 1,000 by default.
    pub retry_base_ms: u64,
    /// A run that says nothing for so long is started anew: its process died, and nobody else brought it back. Longer
    /// than the longest pause between two tries. 1,000–600,000, 60,000 by default.
    pub silence_ms: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self { retry_base_ms: 1_000, silence_ms: 60_000 }
    }
}

impl RunLimits {
    /// Reads the limits from variables, as `wrangler.toml` sets them. What is missing keeps its default.
    ///
    /// # Errors
    /// A sentence about the first variable that is no number or out of range.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let default = Self::default();
        let number = |name: &str, default: u64, least: u64, most: u64| match lookup(name) {
            None => Ok(default),
            Some(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| format!("{name} is {text:?}; it must be a whole number from {least} to {most}.")),
        };
        Ok(Self {
            retry_base_ms: number("ARCHITECT_RETRY_BASE_MS", default.retry_base_ms, 1, 10_000)?,
            silence_ms: number("ARCHITECT_SILENCE_MS", default.silence_ms, 1_000, 600_000)?,
        })
    }

    /// Between two signs of life while a step waits for the model.
    fn heartbeat(self) -> Duration {
        Duration::from_millis(self.silence_ms / 4)
    }
}

/// What a step does, each time that it is tried.
pub type Body = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<Value, StepError>>>;

/// Why a step did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepError {
    /// It can succeed when it is tried again.
    Again(String),
    /// It cannot.
    Final(String),
}

/// What makes steps durable.
pub trait Steps {
    /// Runs a step, unless it has a result already, and tries it again after a pause that doubles, at most `retries`
    /// times, where it fails with [`StepError::Again`]. The name is the step's identity within the run.
    ///
    /// The error is that of the last try, in words.
    fn step(
        &self,
        name: &'static str,
        retries: u32,
        pause: Duration,
        body: Body,
    ) -> LocalBoxFuture<'static, Result<Value, String>>;
}

/// The object of the person whose goal it is.
pub trait Person {
    /// Tells it something and gives its reply.
    ///
    /// # Errors
    /// Why it cannot be reached, in words. It may have heard nevertheless.
    fn tell(&self, request: Request) -> LocalBoxFuture<'static, Result<Reply, String>>;
}

/// Everything that a run needs of its surroundings. Clones share it.
#[derive(Clone)]
pub struct Architect {
    /// What makes its steps durable.
    pub steps: Rc<dyn Steps>,
    /// Whose goal it is.
    pub person: Rc<dyn Person>,
    /// Who thinks. It should not try again by itself: the step does.
    pub model: Rc<dyn ChatModel>,
    /// Timers.
    pub clock: Rc<dyn Clock>,
    /// Bounds in time.
    pub limits: RunLimits,
    /// What the person is told if this was the last try.
    pub trouble: Rc<RefCell<Option<String>>>,
}

/// What a step gives: a result, or nothing because the run is over (cancelled, or driven by a newer workflow).
type Stepped<T> = Result<Option<T>, StepError>;

impl Architect {
    /// Brings the run to its end: its tasks are on the timeline, or the person is told why not.
    ///
    /// # Errors
    /// Where not even that could be told. The object will start the run anew.
    pub async fn run(self) -> Result<(), String> {
        match self.plan().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = self.trouble.take().unwrap_or(error);
                self.tell("fail", move || Request::Fail { error: error.clone() }).await.map(|_| ())
            }
        }
    }

    /// The steps. `None` where the run is over before its end.
    async fn plan(&self) -> Result<Option<()>, String> {
        let Some(draft) = self.step("brainstorm", |run| async move { run.brainstorm().await }).await? else {
            return Ok(None);
        };
        let checking = move |run: Self| {
            let draft: String = draft.clone();
            async move { run.check(draft).await }
        };
        let Some(tasks) = self.step::<Vec<Task>, _, _>("check", checking).await? else { return Ok(None) };
        let placing = tasks.clone();
        let Some(reply) = self.tell("place", move || Request::Place { tasks: placing.clone() }).await? else {
            return Ok(None);
        };
        let not_before_ms = reply.not_before_ms;
        let commit = move || Request::Commit { tasks: tasks.clone(), not_before_ms };
        if self.tell("commit", commit).await?.is_none() {
            return Ok(None);
        }
        self.tell("report", || Request::Report).await.map(|reply| reply.map(|_| ()))
    }

    /// The model names the tasks: what it said, word for word.
    async fn brainstorm(self) -> Stepped<String> {
        let Some((goal, work)) = self.begin(RunStep::Brainstorm).await? else { return Ok(None) };
        if let Some(draft) = work.draft {
            return Ok(Some(draft));
        }
        let Some(draft) = self.think(think::request(&goal)).await? else { return Ok(None) };
        let work = Work { draft: Some(draft.clone()), tasks: None };
        Ok(self.heard(Request::Keep(work)).await?.map(|_| draft))
    }

    /// What the model said becomes tasks; what cannot be used goes back to it, at most [`MENDS`] times.
    async fn check(self, draft: String) -> Stepped<Vec<Task>> {
        let Some((goal, work)) = self.begin(RunStep::Check).await? else { return Ok(None) };
        if let Some(tasks) = work.tasks {
            return Ok(Some(tasks));
        }
        let mut said = draft.clone();
        for mends in 0..=MENDS {
            let checked = check::tasks(&said, goal.longest_minutes);
            let is_last = mends == MENDS;
            if checked.problems.is_empty() || (is_last && checked.is_usable()) {
                let work = Work { draft: Some(draft), tasks: Some(checked.tasks.clone()) };
                return Ok(self.heard(Request::Keep(work)).await?.map(|_| checked.tasks));
            }
            if is_last {
                // A retry by the person should not meet the same words again.
                self.heard(Request::Keep(Work::default())).await?;
                return Err(self.failed(StepError::Final(checked.refusal())).await);
            }
            let request = think::mend(&goal, &said, &checked.problems);
            let Some(mended) = self.think(request).await? else { return Ok(None) };
            said = mended;
        }
        Ok(None)
    }

    /// Tells the object that a step begins. `None` where the run is over.
    async fn begin(&self, step: RunStep) -> Stepped<(GoalContext, Work)> {
        self.trouble.take();
        let Some(reply) = self.heard(Request::Begin(step)).await? else { return Ok(None) };
        Ok(reply.goal.map(|goal| (goal, reply.work)))
    }

    /// Tells the object something that it must hear. `None` where the run is over.
    async fn heard(&self, request: Request) -> Stepped<Reply> {
        match self.person.tell(request).await {
            Ok(reply) => Ok((!reply.is_over).then_some(reply)),
            Err(error) => Err(StepError::Again(error)),
        }
    }

    /// Tells the person's object why a step did not succeed, and remembers it for the end.
    async fn failed(&self, error: StepError) -> StepError {
        let (StepError::Again(why) | StepError::Final(why)) = &error;
        *self.trouble.borrow_mut() = Some(why.clone());
        // Whether it hears or not: the error itself goes to the workflow.
        let _ = self.person.tell(Request::Trouble { error: why.clone() }).await;
        error
    }

    /// A step that does nothing but tell the object something.
    async fn tell(&self, name: &'static str, request: impl Fn() -> Request + 'static) -> Result<Option<Reply>, String> {
        self.step(name, move |run| {
            let request = request();
            async move { run.heard(request).await }
        })
        .await
    }

    /// A durable step, with its result as a type.
    async fn step<T, F, Fut>(&self, name: &'static str, body: F) -> Result<Option<T>, String>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(Self) -> Fut + 'static,
        Fut: Future<Output = Stepped<T>> + 'static,
    {
        let run = self.clone();
        let body: Body = Rc::new(move || {
            let trying = body(run.clone());
            Box::pin(async move { trying.await.map(|result| value(&result)) })
        });
        let pause = Duration::from_millis(self.limits.retry_base_ms);
        let result = self.steps.step(name, RETRIES, pause, body).await?;
        read_value(result).map_err(|error| format!("The result of the step “{name}” cannot be read: {error}"))
    }
}
