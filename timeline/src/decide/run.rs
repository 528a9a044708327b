//! Decisions about runs of the architect, except adding the tasks.

use chrono::{DateTime, TimeDelta, Utc};

use super::block::plan_or_active;
use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::block::Block;
use crate::command::NewRun;
use crate::draft::blocks_of;
use crate::event::{Event, EventKind, RunChange};
use crate::goal::GoalStatus;
use crate::id::RunId;
use crate::limits;
use crate::reference::{RunRef, find_run};
use crate::rejection::{Rejection, RunRequest};
use crate::run::{Run, RunState, RunStatus, RunStep};
use crate::span::to_millis;
use crate::text::{GoalText, Title};
use crate::view::{ReadBlocks, ReadGoals, ReadHistory, ReadRuns, TimelineView};

/// The number of runs in which the same goal is searched.
const RECENT: usize = 100;

pub(super) fn start<V: TimelineView>(view: &V, new: &NewRun, context: &Context) -> Decided<V> {
    let now = to_millis(context.now);
    let just_now = context.now - TimeDelta::seconds(limits::SAME_GOAL_SECONDS);
    if let Some(same) = same_goal(view, &new.goal, just_now)? {
        return done(Vec::new(), Did::Nothing, same);
    }
    if new.deadline.is_some_and(|deadline| deadline <= now) {
        return Err(Rejection::DeadlineOver.into());
    }
    has_room(view)?;
    let run = Run {
        id: new.id,
        goal: new.goal.clone(),
        plan: plan_or_active(view, new.plan.as_ref())?.id,
        deadline: new.deadline.map(to_millis),
        minutes_per_week: new.minutes_per_week,
        started_at: now,
        state: RunState {
            status: RunStatus::Running,
            step: RunStep::Brainstorm,
            percent: 0,
            tries: 1,
            attempts: 0,
            message: "Starting.".to_owned(),
            title: None,
            error: None,
            left_out: Vec::new(),
            notes: Vec::new(),
            changed_at: None,
        },
    };
    done(vec![EventKind::WorkflowStarted { run: run.clone() }], Did::Started, run)
}

/// The run with this goal that is under way, or that was started after `after` and still has tasks on the timeline.
fn same_goal<V: ReadBlocks + ReadGoals + ReadRuns + ReadHistory>(
    view: &V,
    goal: &GoalText,
    after: DateTime<Utc>,
) -> Decided<V, Option<Run>> {
    let key = goal.key();
    let mut runs = read(view.running())?;
    runs.extend(read(view.runs(RECENT))?);
    for run in runs.into_iter().filter(|run| run.goal.key() == key) {
        let counts = match run.state.status {
            RunStatus::Running => true,
            RunStatus::Completed => run.started_at > after && is_alive(view, run.id)?,
            RunStatus::Failed | RunStatus::Cancelled => false,
        };
        if counts {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// Whether the goal of a run is proposed or under way, and at least one block that it added is neither undone nor deleted.
fn is_alive<V: ReadBlocks + ReadGoals + ReadHistory>(view: &V, run: RunId) -> Decided<V, bool> {
    if let Some(goal) = read(view.goal(run))? {
        let is_on_timeline = || Ok(!read(blocks_of(view, &goal))?.is_empty());
        return match goal.state.status {
            GoalStatus::Proposed | GoalStatus::Paused => Ok(true),
            GoalStatus::Active => is_on_timeline(),
            GoalStatus::Ended => Ok(false),
        };
    }
    // It was dismissed, or is of an earlier version, which had no proposals.
    for block in read(added_blocks(view, run))? {
        if read(view.block(block.id))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_room<V: ReadRuns>(view: &V) -> Decided<V, ()> {
    let running = read(view.running())?;
    if running.len() < limits::RUNS_AT_ONCE {
        return Ok(());
    }
    Err(Rejection::TooManyRuns { goals: running.into_iter().map(|run| run.goal).collect() }.into())
}

pub(super) fn cancel<V: ReadRuns>(view: &V, reference: Option<&RunRef>, context: &Context) -> Decided<V> {
    let run = find_run(view, reference, RunRequest::Cancel)?;
    match run.state.status {
        RunStatus::Running => {
            let after = RunState {
                status: RunStatus::Cancelled,
                message: "Cancelled. No tasks were added.".to_owned(),
                error: None,
                ..run.state.clone()
            };
            change(run, after, Did::Cancelled, EventKind::WorkflowCancelled, context)
        }
        RunStatus::Cancelled => done(Vec::new(), Did::Nothing, run),
        status @ (RunStatus::Completed | RunStatus::Failed) => {
            Err(Rejection::RunOver { goal: run.goal, status }.into())
        }
    }
}

pub(super) fn retry<V: ReadBlocks + ReadGoals + ReadRuns + ReadHistory>(
    view: &V,
    reference: Option<&RunRef>,
    context: &Context,
) -> Decided<V> {
    let run = find_run(view, reference, RunRequest::Retry)?;
    if run.state.status != RunStatus::Failed {
        return Err(Rejection::RunNotFailed { goal: run.goal, status: run.state.status }.into());
    }
    if let Some(other) = same_goal(view, &run.goal, run.started_at)? {
        return Err(Rejection::GoalStartedAnew { goal: run.goal, status: other.state.status }.into());
    }
    has_room(view)?;
    let after = RunState {
        status: RunStatus::Running,
        tries: run.state.tries.saturating_add(1),
        attempts: 0,
        message: "Trying again.".to_owned(),
        error: None,
        left_out: Vec::new(),
        ..run.state.clone()
    };
    change(run, after, Did::Retried, EventKind::WorkflowRetried, context)
}

pub(super) fn begin_step<V: ReadRuns>(view: &V, id: RunId, step: RunStep, context: &Context) -> Decided<V> {
    progress(view, id, context, |before| {
        let again = before.step == step && before.attempts > 0;
        let attempts = if again { before.attempts.saturating_add(1) } else { 1 };
        RunState {
            step,
            percent: step.percent(),
            attempts,
            message: if again { format!("{} Attempt {attempts}.", step.doing()) } else { step.doing().to_owned() },
            error: before.error.filter(|_| again),
            ..before
        }
    })
}

pub(super) fn name<V: ReadRuns>(view: &V, id: RunId, title: &Title, context: &Context) -> Decided<V> {
    let run = known(view, id)?;
    if run.state.title.is_some() {
        return done(Vec::new(), Did::Nothing, run);
    }
    progress(view, id, context, |before| RunState { title: Some(title.clone()), ..before })
}

pub(super) fn note_trouble<V: ReadRuns>(view: &V, id: RunId, error: &str, context: &Context) -> Decided<V> {
    progress(view, id, context, |before| RunState {
        message: format!("{} It did not work yet and is tried again.", before.step.doing()),
        error: Some(error.to_owned()),
        ..before
    })
}

fn progress<V: ReadRuns>(
    view: &V,
    id: RunId,
    context: &Context,
    after: impl FnOnce(RunState) -> RunState,
) -> Decided<V> {
    let run = known(view, id)?;
    if !run.is_running() {
        return done(Vec::new(), Did::Nothing, run);
    }
    let after = after(run.state.clone());
    change(run, after, Did::Progressed, EventKind::WorkflowProgressed, context)
}

pub(super) fn fail<V: ReadRuns>(view: &V, id: RunId, error: &str, context: &Context) -> Decided<V> {
    let run = known(view, id)?;
    if !run.is_running() {
        return done(Vec::new(), Did::Nothing, run);
    }
    let after = failed(run.state.clone(), error, context);
    change(run, after, Did::Progressed, EventKind::WorkflowFailed, context)
}

/// The state of a failed run.
pub(super) fn failed(before: RunState, error: &str, context: &Context) -> RunState {
    RunState {
        status: RunStatus::Failed,
        message: "It could not be planned. Nothing was added.".to_owned(),
        error: Some(error.to_owned()),
        changed_at: Some(to_millis(context.now)),
        ..before
    }
}

/// Returns the blocks that a run added, as they were when it added them. The list is empty if the run added none.
///
/// # Errors
/// If the view cannot be read.
pub fn added_blocks<V: ReadHistory>(view: &V, id: RunId) -> Result<Vec<Block>, V::Error> {
    let block = |event: Event| match event.kind {
        EventKind::BlockScheduled { block } => Some(block),
        _ => None,
    };
    Ok(view.transaction(id.txn())?.into_iter().filter_map(block).collect())
}

/// Returns the run with this id.
pub(super) fn known<V: ReadRuns>(view: &V, id: RunId) -> Decided<V, Run> {
    let missing = Rejection::NoSuchRun { request: RunRequest::Cancel, reference: Some(id.to_string()) };
    read(view.run(id))?.ok_or_else(|| missing.into())
}

fn change<E>(
    mut run: Run,
    state: RunState,
    did: Did,
    kind: impl Fn(RunChange) -> EventKind,
    context: &Context,
) -> Result<Decision, super::DecideError<E>> {
    let state = RunState { changed_at: Some(to_millis(context.now)), ..state };
    run.state = state.clone();
    done(vec![kind(RunChange { run: run.id, state })], did, run)
}

fn done<E>(events: Vec<EventKind>, did: Did, run: Run) -> Result<Decision, super::DecideError<E>> {
    Ok(Decision { events, outcome: Outcome::Run { did, run: Box::new(run), blocks: Vec::<Block>::new() } })
}
