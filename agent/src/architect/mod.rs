//! The architect turns a goal into tasks, in steps that survive the death of any process.
//!
//! This module contains the order of the steps, what each one does, and what it sends to the person's object. It does not
//! contain what makes steps durable ([`Steps`], a Cloudflare Workflow at the edge) or the rules of a run
//! (`flux_timeline::decide`).
//!
//! | module | contents |
//! | --- | --- |
//! | `message` | requests of the workflow to the person's object, and the replies |
//! | `runs` | how the object starts and ends workflows and handles their requests |
//! | `think` | asking the model, and stopping as soon as the person cancels |
//! | `check` | reading the model's answer as tasks, repaired and within bounds |
//! | `words` | whether the model's wording of a report or a title is acceptable |
//!
//! A step can run any number of times, because its process may die after the work is done and before the result is stored. So
//! each step can be repeated: the object stores the model's answers, so they are not asked for again, and adds tasks only once. It counts
//! the tokens of each answer once.

mod check;
mod message;
pub(crate) mod runs;
#[cfg(test)]
mod tests;
mod think;
mod words;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use flux_timeline::RunStep;
use futures::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::assistant::Assistant;
use crate::json::{read_value, value};
use crate::prompt::Prompts;
use crate::setting::{Lookup, number};
use crate::telemetry::{LogRecord, Span};
use flux_model::Clock;
use flux_tools::context::{Facts, GoalContext};

pub use message::{Plan, Reply, Request, Spent, Work};
pub use words::stands_for;

/// The longest pause that a model can ask for. It must fit into the time limit for one attempt at a step.
const LONGEST_REST: Duration = Duration::from_secs(180);
/// How often the model is asked to repair its answer.
const REPAIRS: usize = 2;
/// How long to wait for the model's wording of a report or a title, for both attempts together. Neither is required.
const WORDS_LIMIT: Duration = Duration::from_secs(20);
/// Why a run failed whose object could not be reached. The object gets this reason when it can be reached again.
const UNREACHED: &str = "The timeline could not be reached.";
/// Why a run failed without a known reason: a step took too long, or the engine lost it.
pub const BROKEN_OFF: &str = "The service broke off in the middle.";
/// How often a step is retried.
pub const RETRIES: u32 = 5;

/// Time limits of a run, in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// Pause before the first retry of a step. It doubles with each retry. 1–10,000; the default is 1,000.
    pub retry_base_ms: u64,
    /// A run that is silent for this long is restarted, because its process must have died. Must exceed the longest pause
    /// between two attempts, which is 16 times the first one. 1,000–600,000; the default is 60,000.
    pub silence_ms: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self { retry_base_ms: 1_000, silence_ms: 60_000 }
    }
}

impl RunLimits {
    /// Reads the limits from variables, as set in `wrangler.toml`. Missing ones keep their defaults.
    ///
    /// # Errors
    /// A sentence about the first variable that is not a number or out of range, or about both if a pause could be mistaken
    /// for silence.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        let default = Self::default();
        let limits = Self {
            retry_base_ms: number(lookup, "ARCHITECT_RETRY_BASE_MS", default.retry_base_ms, 1..=10_000)?,
            silence_ms: number(lookup, "ARCHITECT_SILENCE_MS", default.silence_ms, 1_000..=600_000)?,
        };
        let (silence_ms, pause_ms) = (limits.silence_ms, limits.longest_pause_ms());
        if silence_ms <= pause_ms {
            return Err(format!(
                "ARCHITECT_SILENCE_MS is {silence_ms}; it must be more than {pause_ms}, the longest pause between two \
                 attempts with this ARCHITECT_RETRY_BASE_MS."
            ));
        }
        Ok(limits)
    }

    /// The pause before the last attempt.
    fn longest_pause_ms(self) -> u64 {
        self.retry_base_ms << (RETRIES - 1)
    }

    /// The interval between two signs of life while a step waits for the model.
    fn heartbeat(self) -> Duration {
        Duration::from_millis(self.silence_ms / 4)
    }
}

/// The work of a step, run at each attempt.
pub type Body = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<Value, StepError>>>;

/// Why an attempt at a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepError {
    /// A retry may succeed.
    Again(String),
    /// A retry cannot succeed.
    Final(String),
}

/// Runs steps durably.
pub trait Steps {
    /// Runs a step, unless its result is already stored. If it fails with [`StepError::Again`], it is retried after a pause
    /// that doubles each time, at most `retries` times. The name identifies the step within the run.
    ///
    /// The error is that of the last attempt, in words.
    fn step(
        &self,
        name: &'static str,
        retries: u32,
        pause: Duration,
        body: Body,
    ) -> LocalBoxFuture<'static, Result<Value, String>>;
}

/// The object of the person who has the goal.
pub trait Person {
    /// Sends a request and returns the reply.
    ///
    /// # Errors
    /// Why the object could not be reached, in words. It may have received the request anyway.
    fn tell(&self, request: Request) -> LocalBoxFuture<'static, Result<Reply, String>>;
}

/// Writes a record to the service's log, as part of a span.
pub type Log = Rc<dyn Fn(&LogRecord<'_>, Option<Span>)>;

/// Everything a run needs from its environment. Clones share it.
#[derive(Clone)]
pub struct Architect {
    /// Runs its steps durably.
    pub steps: Rc<dyn Steps>,
    /// The object of the person who has the goal.
    pub person: Rc<dyn Person>,
    /// The model. It should not retry by itself, because the step does.
    pub model: Rc<dyn Assistant>,
    /// Timers.
    pub clock: Rc<dyn Clock>,
    /// Time limits.
    pub limits: RunLimits,
    /// The prompts for the model.
    pub prompts: Prompts,
    /// The reason that the person gets if this was the last attempt.
    pub trouble: Rc<RefCell<Option<String>>>,
    /// How long the model asked us to wait, at the last request.
    pub rest: Rc<Cell<Option<Duration>>>,
    /// Makes a new UUID.
    pub new_id: Rc<dyn Fn() -> Uuid>,
    /// The tokens that the object has not confirmed to have counted.
    pub spent: Rc<RefCell<Vec<Spent>>>,
    /// Writes to the service's log.
    pub log: Log,
    /// The span of the run, and within a step that of the step. `None` if a version that knew no spans has started the run.
    pub span: Option<Span>,
}

/// The result of a step, or `None` if the run is over (cancelled, or driven by a newer workflow).
type Stepped<T> = Result<Option<T>, StepError>;

impl Architect {
    /// Runs all steps. At the end the tasks are on the timeline, or the person knows why not.
    ///
    /// # Errors
    /// If the failure could not be reported either. The object will restart the run.
    pub async fn run(self) -> Result<(), String> {
        let planned = self.plan().await;
        self.report_spent().await;
        match planned {
            Ok(_) => Ok(()),
            Err(cause) => {
                let error = self.trouble.take();
                let fail = move || Request::Fail { error: error.clone(), cause: cause.clone() };
                self.tell("fail", fail).await.map(|_| ())
            }
        }
    }

    /// The steps. `None` if the run was over before the last one.
    async fn plan(&self) -> Result<Option<()>, String> {
        let Some(draft) = self.step("brainstorm", |run| async move { run.brainstorm().await }).await? else {
            return Ok(None);
        };
        let checking = move |run: Self| {
            let draft: String = draft.clone();
            async move { run.check(draft).await }
        };
        let Some(plan) = self.step::<Plan, _, _>("check", checking).await? else { return Ok(None) };
        let placing = plan.clone();
        let Some(reply) = self.tell("place", move || Request::Place(placing.clone())).await? else {
            return Ok(None);
        };
        let not_before_ms = reply.not_before_ms;
        let commit = move || Request::Commit { plan: plan.clone(), not_before_ms };
        let Some(Reply { report, .. }) = self.tell("commit", commit).await? else { return Ok(None) };
        let wording = move |run: Self| {
            let report = report.clone();
            async move { Ok(run.words(run.prompts.report, report).await) }
        };
        let words: Option<String> = self.step("words", wording).await?;
        let report = move || Request::Report { words: words.clone() };
        self.tell("report", report).await.map(|reply| reply.map(|_| ()))
    }

    /// Asks the model for tasks and returns its answer, word for word.
    async fn brainstorm(self) -> Stepped<String> {
        let Some((goal, work)) = self.begin(RunStep::Brainstorm).await? else { return Ok(None) };
        if let Some(draft) = work.said.into_iter().next() {
            return Ok(Some(draft));
        }
        let Some(draft) = self.think(think::request(self.prompts, &goal), Facts::Goal(goal.clone())).await? else {
            return Ok(None);
        };
        let mut work = Work { said: vec![draft.clone()], plan: None, title: None };
        if self.send(Request::Keep(work.clone())).await?.is_none() {
            return Ok(None);
        }
        // Only now, because the answer must not be lost while waiting for a title.
        let Some(title) = self.unless_over(self.title(&goal.goal)).await else { return Ok(None) };
        if title.is_none() {
            return Ok(Some(draft));
        }
        work.title = title;
        Ok(self.send(Request::Keep(work)).await?.map(|_| draft))
    }

    /// Reads the model's answer as tasks. Unusable answers go back to the model, at most [`REPAIRS`] times in total: each answer
    /// is stored as it arrives, so retries of the step do not add to that.
    async fn check(self, draft: String) -> Stepped<Plan> {
        let Some((goal, mut work)) = self.begin(RunStep::Check).await? else { return Ok(None) };
        if let Some(plan) = work.plan {
            return Ok(Some(plan));
        }
        loop {
            let said = work.said.last().unwrap_or(&draft);
            let checked = check::outline(said, goal.longest_minutes);
            if checked.flaws.is_empty() || (work.is_used_up() && checked.is_usable()) {
                work.plan = Some(checked.plan.clone());
                return Ok(self.send(Request::Keep(work)).await?.map(|_| checked.plan));
            }
            if work.is_used_up() {
                return Err(self.failed(StepError::Final(checked.refusal())).await);
            }
            let request = think::repair(self.prompts, &goal, said, &checked.flaws);
            let Some(repaired) = self.think(request, Facts::Goal(goal.clone())).await? else { return Ok(None) };
            work.said.push(repaired);
            if self.send(Request::Keep(work.clone())).await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Tells the object that a step begins. `None` if the run is over.
    async fn begin(&self, step: RunStep) -> Stepped<(GoalContext, Work)> {
        let Some(reply) = self.send(Request::Begin(step)).await? else { return Ok(None) };
        Ok(reply.goal.map(|goal| (goal, reply.work)))
    }

    /// Sends a request to the object; the step fails if the object cannot be reached. `None` if the run is over.
    async fn send(&self, request: Request) -> Stepped<Reply> {
        match self.person.tell(request).await {
            Ok(reply) => {
                self.trouble.take();
                Ok((!reply.is_over).then_some(reply))
            }
            Err(error) => {
                *self.trouble.borrow_mut() = Some(UNREACHED.to_owned());
                Err(StepError::Again(error))
            }
        }
    }

    /// Tells the object why an attempt failed, and remembers the reason for the end of the run.
    async fn failed(&self, error: StepError) -> StepError {
        let (StepError::Again(why) | StepError::Final(why)) = &error;
        *self.trouble.borrow_mut() = Some(why.clone());
        // A final error is reported when the run ends. A lost request does not matter: the workflow gets the error as well.
        if matches!(error, StepError::Again(_)) {
            let _ = self.person.tell(Request::Trouble { error: why.clone() }).await;
        }
        error
    }

    /// A step that only sends a request to the object.
    async fn tell(&self, name: &'static str, request: impl Fn() -> Request + 'static) -> Result<Option<Reply>, String> {
        self.step(name, move |run| {
            let request = request();
            async move { run.send(request).await }
        })
        .await
    }

    /// A new span within this one. The random numbers of the clock have 52 bits, so its id is made of two.
    fn new_span(&self) -> Option<Span> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number from 0 to 2³² - 1")]
        let random = || u64::from((self.clock.random() * f64::from(u32::MAX)) as u32);
        self.span.map(|span| span.child(random() << 32 | random()))
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(self.clock.now().as_millis()).unwrap_or_default()
    }

    /// The same run within a new span, for an attempt at a step.
    fn attempt(&self) -> Self {
        Self { span: self.new_span(), ..self.clone() }
    }

    /// Logs how an attempt at a step ends. Not generic, so that it is in the program once and not for each step.
    fn logged(
        self,
        step: &'static str,
        work: LocalBoxFuture<'static, Result<Value, StepError>>,
    ) -> LocalBoxFuture<'static, Result<Value, StepError>> {
        Box::pin(async move {
            let began_ms = self.now_ms();
            let result = work.await;
            let outcome = match &result {
                Ok(_) => "completed",
                Err(StepError::Again(_)) => "retry",
                Err(StepError::Final(_)) => "error",
            };
            let ms = (self.now_ms() - began_ms).max(0);
            (self.log)(&LogRecord::Step { step, outcome, ms }, self.span);
            result
        })
    }

    /// A durable step with a typed result.
    async fn step<T, F, Fut>(&self, name: &'static str, body: F) -> Result<Option<T>, String>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(Self) -> Fut + 'static,
        Fut: Future<Output = Stepped<T>> + 'static,
    {
        let run = self.clone();
        let body: Body = Rc::new(move || {
            let attempt = run.attempt();
            let work = body(attempt.clone());
            attempt.logged(name, Box::pin(async move { work.await.map(|result| value(&result)) }))
        });
        let pause = Duration::from_millis(self.limits.retry_base_ms);
        let result = self.steps.step(name, RETRIES, pause, body).await?;
        read_value(result).map_err(|error| format!("The result of the step “{name}” cannot be read: {error}"))
    }
}
