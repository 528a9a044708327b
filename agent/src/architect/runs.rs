//! Runs of the architect, on the side of the object: it starts and ends workflows, handles their requests, and replaces one that
//! falls silent.
//!
//! Workflows are durable on Cloudflare. Still, one can fail to be created, and local development does not restart one that was
//! killed. So a run is driven by the newest workflow that was started for it, which must send a request now and then. When it
//! does not, another one is started, and the old one learns from its next request that it is over. Both may do a step at the
//! same time, which does no harm: adding the tasks is idempotent, and the result of a step is kept once.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use flux_protocol::message::TextPart;
use flux_protocol::trace::span_id;
use flux_protocol::{Message, Part, Role};
use flux_timeline::Moment;
use flux_timeline::decide::added_blocks;
use flux_timeline::describe::counted_work;
use flux_timeline::draft::{blocks_of, draft};
use flux_timeline::place::{LONGEST_TASK, SHORTEST_TASK};
use flux_timeline::{
    Actor, Block, Command, Event, EventKind, Goal, GoalStatus, ReadBlocks, ReadGoals, ReadPlans, ReadRuns, Run, RunId,
    RunStatus, RunStep, TxnId,
};
use flux_tools::report::{Proposed, run_report};
use serde_json::json;

use super::{BROKEN_OFF, Plan, RETRIES, Reply, Request, Spent, Work, stands_for};
use crate::agent::ChatAgent;
use crate::api::action::{self, Author, Done};
use crate::connections::push::To;
use crate::host::{Host, WorkflowId};
use crate::store::{DrivenRun, Sql, Store, StoreError};
use crate::telemetry::{Fault, LogRecord, Name, Span};
use flux_tools::context::GoalContext;

/// The run fails once so many workflows in a row have sent no request at all.
const MAX_SILENT: u64 = 5;

/// The run fails once a step has begun so often, over all workflows: three times as often as one workflow tries.
const MOST_ATTEMPTS: u32 = 3 * (RETRIES + 1);

impl<H: Host> ChatAgent<H> {
    /// Starts and ends workflows as events ask for it. Called after the events are in the log. If the process dies in between,
    /// the watch finds the run without a workflow.
    pub(crate) fn set_in_motion(&self, events: &[Event]) {
        for event in events {
            match &event.kind {
                EventKind::WorkflowStarted { run } => self.launch(run.id),
                EventKind::WorkflowRetried(change) => self.try_again(change.run),
                EventKind::WorkflowCancelled(change) => self.call_off(change.run),
                _ => {}
            }
        }
    }

    /// Starts a run again. Finished steps are kept, except for an answer of the model that led to no tasks and would fail again.
    fn try_again(&self, run: RunId) {
        let forgotten = self.0.store.run_work::<Work>(run).and_then(|work| match work {
            Some(work) if work.is_used_up() => self.0.store.keep_run_work::<Work>(run, None),
            _ => Ok(()),
        });
        if let Err(error) = forgotten {
            self.run_fault("run", run, &error);
        }
        self.launch(run);
    }

    fn launch(&self, run: RunId) {
        let trace = self.0.span.get().map(|span| span.trace());
        let launched = self.0.store.launch_run(run, self.0.host.now(), trace);
        match launched.and_then(|number| Ok((self.workflow(run, number)?, self.run_span(run)?))) {
            Ok((workflow, span)) => self.0.host.launch(workflow, span),
            Err(error) => self.run_fault("run", run, &error),
        }
        if let Err(error) = self.watch_runs() {
            self.fault("runs", &error);
        }
        self.set_alarm();
    }

    fn call_off(&self, run: RunId) {
        let newest = || WorkflowId::newest(&self.0.store, run);
        let called_off = self.0.store.keep_run_work::<Work>(run, None).and_then(|()| newest());
        match called_off {
            Ok(workflow) => self.0.host.call_off(workflow),
            Err(error) => self.run_fault("run", run, &error),
        }
    }

    /// The span of a run, within that in which it was asked for. Its id follows from that of the run, so all its workflows have it.
    fn run_span(&self, run: RunId) -> Result<Span, StoreError> {
        Ok(Span::within(self.0.store.run_trace(run)?, run.uuid(), span_id(run.uuid())))
    }

    /// Reports something about a run.
    pub(crate) fn log_of_run(&self, run: RunId, record: &LogRecord<'_>) {
        self.0.host.log(record, self.run_span(run).ok());
    }

    /// Reports that something failed that has to do with a run.
    pub(crate) fn run_fault(&self, at: Name, run: RunId, fault: impl Into<Fault>) {
        self.log_of_run(run, &LogRecord::RunFault { at, run, fault: fault.into() });
    }

    pub(crate) fn workflow(&self, run: RunId, number: u64) -> Result<WorkflowId, StoreError> {
        Ok(WorkflowId { nonce: self.0.store.nonce()?, run, number })
    }

    pub(crate) fn silence(&self) -> TimeDelta {
        TimeDelta::milliseconds(i64::try_from(self.0.options.run.silence_ms).unwrap_or(i64::MAX))
    }

    /// Starts another workflow for each run whose workflow is silent.
    pub(crate) fn revive(&self) -> Result<(), StoreError> {
        let bound = self.0.host.now() - self.silence();
        for DrivenRun { run, silent, .. } in
            self.0.store.driven_runs()?.into_iter().filter(|driven| driven.last_request_at <= bound)
        {
            if !run.is_running() {
                self.report(run.id, None)?;
            } else if silent >= MAX_SILENT {
                self.fail(run.id, "The service could not begin to work on it. Try again later.".to_owned())?;
            } else if run.state.attempts >= MOST_ATTEMPTS {
                self.fail(run.id, "The service broke off at it again and again. Try again later.".to_owned())?;
            } else {
                self.log_of_run(run.id, &LogRecord::SilentRun { run: run.id });
                self.launch(run.id);
            }
        }
        Ok(())
    }

    /// Handles a request of a workflow. The reply says that the workflow is over when a newer one drives the run, or when
    /// everything has been deleted since.
    ///
    /// # Errors
    /// When the store fails; nothing is kept then, and the workflow tries again.
    pub fn run_request(&self, workflow: &WorkflowId, request: Request) -> Result<Reply, StoreError> {
        let over = Reply { is_over: true, ..Reply::default() };
        let now = self.0.host.now();
        let run = workflow.run;
        if let Request::Count(spent) = &request {
            return self.count_answers(spent).map(|()| Reply::default());
        }
        if workflow.nonce != self.0.store.nonce()? || !self.0.store.record_request(run, workflow.number, now)? {
            return Ok(over);
        }
        let Some(known) = self.0.store.run(run)? else { return Ok(over) };
        if !known.is_running() {
            return match request {
                // The request was handled before, and its reply got lost.
                Request::Commit { .. } if known.state.status == RunStatus::Completed => self.added(&known),
                Request::Report { words } => self.report(run, words).map(|()| over),
                // The run has ended. The report may still be missing.
                _ => self.report(run, None).map(|()| over),
            };
        }
        match request {
            Request::Alive | Request::Count(_) => Ok(Reply::default()),
            Request::Begin(step) => {
                let work: Work = self.0.store.run_work(run)?.unwrap_or_default();
                // The run does not go back to a step that an earlier workflow has finished.
                if !work.has(step) {
                    self.change_run(&Command::BeginStep { run, step }, run)?;
                }
                Ok(Reply { goal: Some(self.goal(&known, now)?), work, ..Reply::default() })
            }
            Request::Trouble { error } => {
                self.change_run(&Command::NoteTrouble { run, error }, run)?;
                Ok(Reply::default())
            }
            Request::Keep(work) => {
                self.0.store.keep_run_work(run, Some(&work))?;
                if let Some(title) = work.title {
                    self.change_run(&Command::NameRun { run, title }, run)?;
                }
                Ok(Reply::default())
            }
            Request::Place(plan) => self.place(&known, plan, now),
            Request::Commit { plan, not_before_ms } => {
                let not_before = not_before_ms.and_then(DateTime::from_timestamp_millis).unwrap_or(now);
                self.commit(&known, plan, not_before)
            }
            // A run that is under way has no report yet.
            Request::Report { .. } => Ok(Reply::default()),
            Request::Fail { error, cause } => {
                self.run_fault("run", run, Fault::of_platform(&cause));
                // A workflow that was restarted may not know the error that the one before it reported.
                let error = error.or(known.state.error).unwrap_or_else(|| BROKEN_OFF.to_owned());
                self.fail(run, error)?;
                Ok(over)
            }
        }
    }

    /// Counts the tokens of answers, for the person's day and for the budget of the deployment. A request can arrive twice, but each answer
    /// is counted once.
    fn count_answers(&self, spent: &[Spent]) -> Result<(), StoreError> {
        let now = self.0.host.now();
        let tokens = self.0.store.sql_transaction(|store| {
            let mut tokens = 0;
            for Spent { answer, usage } in spent {
                if store.count_answer(*answer, *usage, now)? {
                    tokens += usage.total();
                }
            }
            Ok::<_, StoreError>(tokens)
        })?;
        self.0.host.spent(tokens);
        Ok(())
    }

    fn goal(&self, run: &Run, now: DateTime<Utc>) -> Result<GoalContext, StoreError> {
        let settings = self.0.store.settings()?;
        let wall = |instant| settings.zone().wall(instant);
        // What is too long for the person's hours is split when it is placed: which hours it has depends on the activity.
        let longest_minutes = run.minutes_per_week.unwrap_or(LONGEST_TASK).clamp(SHORTEST_TASK, LONGEST_TASK);
        Ok(GoalContext {
            goal: run.goal.to_string(),
            now: wall(now),
            deadline: run.deadline.map(wall),
            minutes_per_week: run.minutes_per_week,
            longest_minutes,
        })
    }

    /// Checks whether the tasks find time. Their places are computed again when they are added.
    fn place(&self, run: &Run, plan: Plan, now: DateTime<Utc>) -> Result<Reply, StoreError> {
        self.change_run(&Command::BeginStep { run: run.id, step: RunStep::Place }, run.id)?;
        let goal = Goal::proposed(run, plan.outline().0, now);
        let (placed, unplaced) = draft(&self.0.store, &goal, now)?.counts();
        self.log_of_run(run.id, &LogRecord::Placed { run: run.id, placed, unplaced });
        Ok(Reply { not_before_ms: Some(now.timestamp_millis()), ..Reply::default() })
    }

    fn commit(&self, run: &Run, plan: Plan, not_before: DateTime<Utc>) -> Result<Reply, StoreError> {
        let id = run.id;
        self.change_run(&Command::BeginStep { run: id, step: RunStep::Commit }, id)?;
        let (outline, left_out) = plan.outline();
        let report = self.change_run(&Command::CommitRun { run: id, outline, left_out, not_before }, id)?;
        if let Some(error) = report {
            self.fail(id, error)?;
        }
        match self.0.store.run(id)? {
            Some(run) if run.state.status == RunStatus::Completed => self.added(&run),
            _ => {
                self.report(id, None)?;
                Ok(Reply { is_over: true, ..Reply::default() })
            }
        }
    }

    /// Replies that the tasks were proposed or added, with the report, which the model may put into better words.
    fn added(&self, run: &Run) -> Result<Reply, StoreError> {
        let (blocks, proposed) = work_of(&self.0.store, run.id, self.0.host.now())?;
        let report = self.what_came_of(run, &blocks, proposed)?;
        Ok(Reply { report, ..Reply::default() })
    }

    /// The report of a run and of the blocks that it has proposed or added, in the service's own words.
    fn what_came_of(&self, run: &Run, blocks: &[Block], proposed: Option<Proposed>) -> Result<String, StoreError> {
        let store = &self.0.store;
        let plan = blocks.first().map(|block| block.plan);
        let plan = store.plans()?.into_iter().find(|known| Some(known.id) == plan);
        let moment = Moment::new(self.0.host.now(), &store.settings()?);
        Ok(run_report(&moment, run, blocks, plan.as_ref(), proposed))
    }

    fn fail(&self, run: RunId, error: String) -> Result<(), StoreError> {
        self.change_run(&Command::FailRun { run, error }, run)?;
        self.report(run, None)
    }

    /// Carries out a command on the account of a run. Returns why it was rejected, if it was.
    fn change_run(&self, command: &Command, run: RunId) -> Result<Option<String>, StoreError> {
        let host = &self.0.host;
        let txn = match command {
            Command::CommitRun { run, .. } => run.txn(),
            _ => TxnId::new(host.uuid()),
        };
        let author = Author { actor: Actor::Workflow { run }, txn };
        let Done { report, events } = action::command(&self.0.store, command, &author, host.now(), &|| host.uuid())?;
        self.publish(&events);
        Ok(report.error)
    }

    /// Reports the result of a run in the conversation, once for each time that it was started. The model's words are used when
    /// they contain everything that the report must say.
    fn report(&self, id: RunId, words: Option<String>) -> Result<(), StoreError> {
        let store = &self.0.store;
        let now = self.0.host.now();
        let Some(run) = store.run(id)? else { return Ok(()) };
        let message_id = format!("{id}-{}", run.state.tries);
        let is_new = store.message(&message_id)?.is_none();
        store.sql_transaction(|store| {
            if is_new && matches!(run.state.status, RunStatus::Completed | RunStatus::Failed) {
                let (blocks, proposed) = work_of(store, id, now)?;
                let zone = store.settings()?.zone();
                let mut text = self.what_came_of(&run, &blocks, proposed)?;
                let mut metadata = json!({ "at": now, "run": id });
                let first = blocks.first().and_then(|block| block.span).map(|span| zone.wall(span.start()).day());
                // What the words must say: the first day, how many there are, and everything about the sessions.
                let facts = [first.map_or_else(String::new, |day| day.to_string()), counted_work(&blocks)];
                let facts = facts.into_iter().chain(run.state.notes.iter().cloned()).collect::<Vec<_>>().join(" ");
                let titles: Vec<&str> = run.state.left_out.iter().map(|left| left.title.as_str()).collect();
                if let Some(words) = words.filter(|words| stands_for(words, &text, &titles, &facts)) {
                    text = words;
                    metadata["prompt"] = self.0.options.prompts.report.to_string().into();
                }
                self.run_ended(&run, blocks.len(), metadata["prompt"].is_string());
                store.put_message(&news_message(message_id, text, metadata), now)?;
            }
            if run.state.status != RunStatus::Failed {
                store.keep_run_work::<Work>(id, None)?;
            }
            store.put_retention_job(now)?;
            store.end_run(id)
        })?;
        if is_new { self.send_news() } else { Ok(()) }
    }

    /// Sends the conversation to everyone. While an answer is being written, that waits until its end: a list without the answer
    /// would remove its beginning from the screen.
    pub(crate) fn send_news(&self) -> Result<(), StoreError> {
        if let Some(live) = self.0.live.borrow_mut().as_mut() {
            live.has_news = true;
            return Ok(());
        }
        self.send_conversation(To::All, None)
    }
}

/// The blocks that a run has proposed or added, and whether they are only proposed.
fn work_of<S: Sql>(
    store: &Store<S>,
    id: RunId,
    now: DateTime<Utc>,
) -> Result<(Vec<Block>, Option<Proposed>), StoreError> {
    let added = added_blocks(store, id)?;
    let Some(goal) = store.goal(id)?.filter(|_| added.is_empty()) else { return Ok((added, None)) };
    if goal.state.status != GoalStatus::Proposed {
        // The person has accepted it already.
        return Ok((blocks_of(store, &goal)?, None));
    }
    let draft = draft(store, &goal, now)?;
    let activity = goal.outline.activity;
    let chosen = goal.state.wishes.chosen_hours(activity, &store.settings()?);
    let proposed = Proposed { assumed: chosen.is_none().then(|| activity.usual_hours()) };
    Ok((draft.blocks(store.next_handle()?), Some(proposed)))
}

/// A message of the service itself.
pub(crate) fn news_message(id: String, text: String, metadata: serde_json::Value) -> Message {
    Message {
        parts: vec![Part::Text(TextPart { text, state: None })],
        metadata: Some(metadata),
        ..Message::new(id, Role::Assistant)
    }
}
