//! The architect: a goal becomes tasks, in steps that survive the death of any process.
//!
//! Lives here: the order of the steps, what each one does, and what it says to the person's object. Not here: what makes
//! steps durable ([`Steps`], a Cloudflare Workflow at the edge), the rules of a run (`flux_timeline::decide`), and the
//! object's side of the conversation (`runs`).
//!
//! | module | what lives there |
//! | --- | --- |
//! | `message` | what the workflow and the person's object say to each other |
//! | `think` | asking the model, and giving up as soon as the person does |
//! | `check` | the model's words as tasks, mended and within bounds |
//! | `words` | the model's words as a report, and whether they can stand |
//!
//! A step may run any number of times: its process dies after the work and before the result is kept. So each is made to
//! be repeated: what a model has said is kept by the object and not asked for again, and the object adds tasks only once.

mod check;
mod message;
mod runs;
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

use crate::assistant::Assistant;
use crate::json::{read_value, value};
use crate::prompt::Prompts;
use crate::setting::{Lookup, number};
use flux_model::Clock;
use flux_tools::context::{Facts, GoalContext};

pub use message::{Plan, Reply, Request, Work};
pub use words::stands_for;

/// Longest rest that a model can ask for, which must fit into the time that one try of a step may take.
const LONGEST_REST: Duration = Duration::from_secs(180);
/// How often the model is asked to mend its answer.
const MENDS: usize = 2;
/// How long a report or a title in the model's words is waited for, both tries together: neither is needed.
const WORDS_LIMIT: Duration = Duration::from_secs(20);
/// Why a run fails whose object does not answer, nor later: it hears it when it does.
const UNREACHED: &str = "The timeline could not be reached.";
/// Why a run fails that nobody gave a reason for: a step took too long, or the engine lost it.
pub const BROKEN_OFF: &str = "The service broke off in the middle.";
/// How often a step is tried again.
pub const RETRIES: u32 = 5;

/// Bounds of a run in time. All in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// Pause before a step is tried for the second time; it doubles with each try. 1–10,000, 1,000 by default.
    pub retry_base_ms: u64,
    /// A run that says nothing for so long is started anew: its process died, and nobody else brought it back. Longer
    /// than the longest pause between two tries, the first one 16 times. 1,000–600,000, 60,000 by default.
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
    /// A sentence about the first variable that is no number or out of range, or about both where a run that only pauses
    /// would be taken for dead.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        let default = Self::default();
        let limits = Self {
            retry_base_ms: number(lookup, "ARCHITECT_RETRY_BASE_MS", default.retry_base_ms, 1..=10_000)?,
            silence_ms: number(lookup, "ARCHITECT_SILENCE_MS", default.silence_ms, 1_000..=600_000)?,
        };
        let (silence_ms, pause_ms) = (limits.silence_ms, limits.longest_pause_ms());
        if silence_ms <= pause_ms {
            return Err(format!(
                "ARCHITECT_SILENCE_MS is {silence_ms}; it must be more than {pause_ms}, the longest pause between two tries \
                 that comes of ARCHITECT_RETRY_BASE_MS."
            ));
        }
        Ok(limits)
    }

    /// The pause before the last try.
    fn longest_pause_ms(self) -> u64 {
        self.retry_base_ms << (RETRIES - 1)
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
    pub model: Rc<dyn Assistant>,
    /// Timers.
    pub clock: Rc<dyn Clock>,
    /// Bounds in time.
    pub limits: RunLimits,
    /// What the model is told.
    pub prompts: Prompts,
    /// What the person is told if this was the last try.
    pub trouble: Rc<RefCell<Option<String>>>,
    /// For how long the model asked not to be asked again, when it was asked last.
    pub rest: Rc<Cell<Option<Duration>>>,
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
            Err(cause) => {
                let error = self.trouble.take();
                let fail = move || Request::Fail { error: error.clone(), cause: cause.clone() };
                self.tell("fail", fail).await.map(|_| ())
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
        let Some(plan) = self.step::<Plan, _, _>("check", checking).await? else { return Ok(None) };
        let placing = plan.tasks.clone();
        let Some(reply) = self.tell("place", move || Request::Place { tasks: placing.clone() }).await? else {
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

    /// The model names the tasks: what it said, word for word.
    async fn brainstorm(self) -> Stepped<String> {
        let Some((goal, work)) = self.begin(RunStep::Brainstorm).await? else { return Ok(None) };
        if let Some(draft) = work.said.into_iter().next() {
            return Ok(Some(draft));
        }
        let Some(draft) = self.think(think::request(self.prompts, &goal), Facts::Goal(goal.clone())).await? else {
            return Ok(None);
        };
        let mut work = Work { said: vec![draft.clone()], plan: None, title: None };
        if self.heard(Request::Keep(work.clone())).await?.is_none() {
            return Ok(None);
        }
        // Only now: what was thought must not be lost while a title is waited for.
        let Some(title) = self.unless_over(self.title(&goal.goal)).await else { return Ok(None) };
        if title.is_none() {
            return Ok(Some(draft));
        }
        work.title = title;
        Ok(self.heard(Request::Keep(work)).await?.map(|_| draft))
    }

    /// What the model said becomes tasks; what cannot be used goes back to it, at most [`MENDS`] times however often the
    /// step is tried: each answer is kept as it comes.
    async fn check(self, draft: String) -> Stepped<Plan> {
        let Some((goal, mut work)) = self.begin(RunStep::Check).await? else { return Ok(None) };
        if let Some(plan) = work.plan {
            return Ok(Some(plan));
        }
        loop {
            let said = work.said.last().unwrap_or(&draft);
            let checked = check::tasks(said, goal.longest_minutes);
            if checked.flaws.is_empty() || (work.is_used_up() && checked.is_usable()) {
                work.plan = Some(checked.plan.clone());
                return Ok(self.heard(Request::Keep(work)).await?.map(|_| checked.plan));
            }
            if work.is_used_up() {
                return Err(self.failed(StepError::Final(checked.refusal())).await);
            }
            let request = think::mend(self.prompts, &goal, said, &checked.flaws);
            let Some(mended) = self.think(request, Facts::Goal(goal.clone())).await? else { return Ok(None) };
            work.said.push(mended);
            if self.heard(Request::Keep(work.clone())).await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Tells the object that a step begins. `None` where the run is over.
    async fn begin(&self, step: RunStep) -> Stepped<(GoalContext, Work)> {
        let Some(reply) = self.heard(Request::Begin(step)).await? else { return Ok(None) };
        Ok(reply.goal.map(|goal| (goal, reply.work)))
    }

    /// Tells the object something that it must hear. `None` where the run is over.
    async fn heard(&self, request: Request) -> Stepped<Reply> {
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

    /// Tells the person's object why a step did not succeed, and remembers it for the end.
    async fn failed(&self, error: StepError) -> StepError {
        let (StepError::Again(why) | StepError::Final(why)) = &error;
        *self.trouble.borrow_mut() = Some(why.clone());
        // What is final is told as the run's end. Whether it hears or not: the error itself goes to the workflow.
        if matches!(error, StepError::Again(_)) {
            let _ = self.person.tell(Request::Trouble { error: why.clone() }).await;
        }
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
