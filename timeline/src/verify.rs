//! Checks events that come from elsewhere, such as those of an imported file.
//!
//! [`decide`](crate::decide()) makes only events that fit the timeline that they follow. An event that it did not make is checked
//! here against the same rules before it is applied. Otherwise one wrong event, such as a block with the last possible handle,
//! would make later commands fail.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::block::{Block, Kind};
use crate::decide::block::fits_its_kind;
use crate::draft::visible_goals;
use crate::event::{Actor, BlockChange, Event, EventKind, GoalChange, RunChange, shifted};
use crate::goal::Goal;
use crate::id::{BlockId, Handle, PlanId, RunId, SeriesId, TxnId};
use crate::limits;
use crate::outline::{Outline, PHASES};
use crate::plan::Plan;
use crate::reminder::{QuietHours, Reminders};
use crate::run::{Run, RunStatus};
use crate::series::{Recurrence, Series};
use crate::settings::Settings;
use crate::view::{ReadBlocks, ReadGoals, ReadHistory, ReadPlans, ReadRuns, TimelineView};

/// An event may be this much earlier than the one before it, because the clock of a machine can be corrected.
const CLOCK_CORRECTION: TimeDelta = TimeDelta::minutes(1);
/// An event may be this much later than the present moment, because the clocks of two machines differ.
const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::days(1);

/// Why an event does not fit. `Display` completes a sentence that begins with "event 17: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The number is not the next one.
    #[error("it has the number {0}")]
    Number(u64),
    /// It is earlier than the event before it.
    #[error("it is earlier than the event before it")]
    Earlier,
    /// It is in the future.
    #[error("it is in the future")]
    Future,
    /// The events of its transaction are not together.
    #[error("its transaction {0} ended before")]
    Transaction(TxnId),
    /// What it changes or names does not exist.
    #[error("there is no {what} {id} at this point")]
    Missing {
        /// A word for it: plan, block or goal.
        what: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// What it adds exists.
    #[error("there is a {what} {id} already")]
    Exists {
        /// A word for it: plan, block or goal.
        what: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// What it says about the time before it is not so.
    #[error("before it, the {0} was not what it says")]
    Before(&'static str),
    /// It changes the id, handle or plan of a block, which never change.
    #[error("it changes the id, the handle or the plan of the block {0}")]
    Identity(Handle),
    /// The handle is in use, or is beyond the next one.
    #[error("a new block cannot have the handle {handle}; the next one is {next}")]
    Handle {
        /// The handle of the event.
        handle: Handle,
        /// The next one.
        next: Handle,
    },
    /// A limit of the domain is exceeded.
    #[error("too many {what}; at most {most} are possible")]
    Limit {
        /// A word for what is counted.
        what: &'static str,
        /// The limit.
        most: u64,
    },
    /// The active plan must exist and be in use.
    #[error("after it, the active plan would not be in use")]
    ActivePlan,
    /// A block depends on itself.
    #[error("the block {0} depends on itself")]
    DependsOnItself(Handle),
    /// A task or a completed block is marked as missed.
    #[error("the block {0} cannot be missed")]
    Missed(Handle),
    /// The timer of an appointment or of a completed block runs, or more time was spent than is possible.
    #[error("the block {0} cannot have this time spent on it")]
    Timed(Handle),
    /// A block has both a time and days; or an appointment has neither or is due; or a task has an estimate beside a time, or one that is not
    /// possible, or is due before its first day.
    #[error("the block {0} cannot have this time, this estimate or these days")]
    Planned(Handle),
    /// A block or the settings have reminders, or the settings quiet hours, that are not possible.
    #[error("these reminders are not possible")]
    Reminders,
    /// A series has a rule that cannot be read, or more exceptions than are possible; or it changes its plan.
    #[error("the series {0} cannot have this rule, this length or this plan")]
    Series(SeriesId),
    /// The outline of a goal refers to tasks that it does not have, has too many, or a wish is not possible.
    #[error("the goal {0} cannot have these parts or be planned in this way")]
    Goal(RunId),
    /// A run of the architect does not change in this way.
    #[error("the goal {0} cannot change in this way at this point")]
    Run(RunId),
    /// What is undone is not in effect, or what is redone is.
    #[error("the transaction {0} cannot be undone or redone at this point")]
    History(TxnId),
    /// Events of this kind are not undone.
    #[error("a change of this kind cannot be undone")]
    NotUndoable,
    /// A shift names no blocks, a block twice, or not one time for each block.
    #[error("it does not give one time for each of its blocks")]
    Shift,
}

/// Why an event is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError<E> {
    /// It does not fit.
    #[error(transparent)]
    Misfit(Misfit),
    /// The timeline could not be read.
    #[error("The timeline could not be read: {0}")]
    View(E),
}

impl<E> From<Misfit> for VerifyError<E> {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

type Verified<E, T = ()> = Result<T, VerifyError<E>>;

fn read<T, E>(result: Result<T, E>) -> Verified<E, T> {
    result.map_err(VerifyError::View)
}

fn require<E>(fits: bool, otherwise: impl FnOnce() -> Misfit) -> Verified<E> {
    if fits { Ok(()) } else { Err(otherwise().into()) }
}

/// Checks whether an event fits the timeline that it follows. `previous` is the event before it.
///
/// Does not check that the id of the event is new, because no view can be asked for it.
///
/// # Errors
/// [`VerifyError::Misfit`] with the reason, or [`VerifyError::View`].
pub fn verify<V: TimelineView>(
    view: &V,
    previous: Option<&Event>,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<(), VerifyError<V::Error>> {
    let last = previous.map_or(0, |previous| previous.seq);
    require(event.seq == last + 1, || Misfit::Number(event.seq))?;
    require(previous.is_none_or(|previous| event.at >= previous.at - CLOCK_CORRECTION), || Misfit::Earlier)?;
    require(event.at <= now + CLOCK_DIFFERENCE, || Misfit::Future)?;
    if previous.is_none_or(|previous| previous.txn != event.txn) {
        // A run that is tried again adds its tasks in the transaction in which it failed to.
        let fits = !read(view.has_transaction(event.txn))? || read(view.run(RunId::new(event.txn.uuid())))?.is_some();
        require(fits, || Misfit::Transaction(event.txn))?;
    }
    if let Actor::Workflow { run } = event.actor {
        known_run(view, run)?;
    }
    match &event.kind {
        EventKind::Undone { txn, change } => {
            require(change.inverse().is_some() && change.is_undoable(), || Misfit::NotUndoable)?;
            undone(view, *txn, event)?;
            verify_change(view, change)
        }
        EventKind::Redone { txn, change } => {
            require(change.inverse().is_some() && change.is_undoable(), || Misfit::NotUndoable)?;
            redone(view, *txn, previous, event)?;
            verify_change(view, change)
        }
        kind => verify_change(view, kind),
    }
}

/// The first event of an undo finds its transaction in effect, and the others find it undone by themselves.
fn undone<V: ReadHistory>(view: &V, txn: TxnId, event: &Event) -> Verified<V::Error> {
    let fits = match read(view.undone_by(txn))? {
        Some(by) => by == event.txn,
        None => read(view.is_in_effect(txn))?,
    };
    require(fits, || Misfit::History(txn))
}

/// The first event of a redo finds its transaction undone, and the others find it redone by themselves.
fn redone<V: ReadHistory>(view: &V, txn: TxnId, previous: Option<&Event>, event: &Event) -> Verified<V::Error> {
    let goes_on = previous.is_some_and(|previous| {
        previous.txn == event.txn && matches!(&previous.kind, EventKind::Redone { txn: before, .. } if *before == txn)
    });
    let fits = goes_on || read(view.undone_by(txn))?.is_some();
    require(fits, || Misfit::History(txn))
}

fn verify_change<V: TimelineView>(view: &V, kind: &EventKind) -> Verified<V::Error> {
    match kind {
        EventKind::PlanCreated { plan } => new_plan(view, plan),
        EventKind::PlanRenamed { plan, before, .. } => {
            let plan = known_plan(view, *plan)?;
            require(plan.title == *before, || Misfit::Before("title of the plan"))
        }
        EventKind::PlanRecolored { plan, before, .. } => {
            require(known_plan(view, *plan)?.color == *before, || Misfit::Before("color of the plan"))
        }
        EventKind::PlanSwitched { before, after } => switched(view, *before, *after),
        EventKind::PlanDeleted { plan } => {
            require(known_plan(view, plan.id)? == *plan, || Misfit::Before("plan"))?;
            not_active(view, plan.id)
        }
        EventKind::PlanArchived { plan, .. } => {
            require(known_plan(view, *plan)?.is_in_use(), || Misfit::Before("plan"))?;
            not_active(view, *plan)
        }
        EventKind::PlanUnarchived { plan, at } => {
            require(known_plan(view, *plan)?.archived_at == Some(*at), || Misfit::Before("plan"))
        }
        EventKind::BlockScheduled { block } => new_block(view, block),
        EventKind::BlockUpdated(change)
        | EventKind::BlockMoved(change)
        | EventKind::BlockCompleted(change)
        | EventKind::BlockMissed(change)
        | EventKind::BlockReopened(change) => changed_block(view, change),
        EventKind::BlockDeleted { block } => {
            require(known_block(view, block.id)? == *block, || Misfit::Before("block"))
        }
        EventKind::TimelineShifted { plan, by_ms, blocks, spans } => {
            require(blocks.len() <= limits::IDS_PER_EVENT, || limit("blocks in one event", limits::IDS_PER_EVENT))?;
            let is_complete = spans.len() == blocks.len() || (spans.is_empty() && by_ms.is_some());
            let mut ids = blocks.clone();
            ids.sort_unstable();
            ids.dedup();
            require(is_complete && !blocks.is_empty() && ids.len() == blocks.len(), || Misfit::Shift)?;
            for (place, id) in blocks.iter().enumerate() {
                let block = known_block(view, *id)?;
                let before = spans.get(place).map_or(block.when(), |change| Some(change.before));
                require(block.plan == *plan && block.when() == before, || Misfit::Before("block"))?;
                require(shifted(spans, *by_ms, place, before) != before, || Misfit::Shift)?;
            }
            Ok(())
        }
        EventKind::SeriesCreated { series } => {
            let exists = || Misfit::Exists { what: "series", id: series.id.uuid() };
            require(read(view.series(series.id))?.is_none(), exists)?;
            known_plan(view, series.plan)?;
            require(read(view.all_series())?.len() < limits::SERIES, || limit("series", limits::SERIES))?;
            possible_series(series)
        }
        EventKind::SeriesChanged { before, after } => {
            require(read(view.series(before.id))?.as_ref() == Some(before), || Misfit::Before("series"))?;
            require((after.id, after.plan) == (before.id, before.plan), || Misfit::Series(before.id))?;
            possible_series(after)
        }
        EventKind::SeriesDeleted { series } => {
            require(read(view.series(series.id))?.as_ref() == Some(series), || Misfit::Before("series"))
        }
        EventKind::GoalCreated { goal } => new_goal(view, goal),
        EventKind::GoalChanged(GoalChange { goal, before, after }) => {
            let known = read(view.goal(*goal))?.ok_or(Misfit::Missing { what: "goal", id: goal.uuid() })?;
            require(known.state == *before, || Misfit::Before("goal"))?;
            require(is_possible_goal(&Goal { state: after.clone(), ..known }), || Misfit::Goal(*goal))
        }
        EventKind::GoalDeleted { goal } => {
            require(read(view.goal(goal.id))?.as_ref() == Some(goal), || Misfit::Before("goal"))
        }
        EventKind::WorkflowStarted { run } => new_run(view, run),
        EventKind::WorkflowProgressed(change) => changed_run(view, change, RunStatus::Running, RunStatus::Running),
        EventKind::WorkflowCompleted(change) => changed_run(view, change, RunStatus::Running, RunStatus::Completed),
        EventKind::WorkflowFailed(change) => changed_run(view, change, RunStatus::Running, RunStatus::Failed),
        EventKind::WorkflowCancelled(change) => changed_run(view, change, RunStatus::Running, RunStatus::Cancelled),
        EventKind::WorkflowRetried(change) => {
            room_for_run(view)?;
            changed_run(view, change, RunStatus::Failed, RunStatus::Running)
        }
        EventKind::SettingsChanged { before, after } => changed_settings(view, before, after),
        EventKind::Undone { .. } | EventKind::Redone { .. } => Err(Misfit::NotUndoable.into()),
    }
}

fn known_plan<V: ReadPlans>(view: &V, id: PlanId) -> Verified<V::Error, Plan> {
    read(view.plan(id))?.ok_or_else(|| Misfit::Missing { what: "plan", id: id.uuid() }.into())
}

fn new_plan<V: ReadPlans>(view: &V, plan: &Plan) -> Verified<V::Error> {
    require(read(view.plan(plan.id))?.is_none(), || Misfit::Exists { what: "plan", id: plan.id.uuid() })?;
    require(read(view.plans())?.len() < limits::PLANS, || limit("plans", limits::PLANS))
}

fn switched<V: ReadPlans>(view: &V, before: Option<PlanId>, after: Option<PlanId>) -> Verified<V::Error> {
    let active = read(view.active_plan())?.map(|plan| plan.id);
    require(active == before, || Misfit::Before("active plan"))?;
    let after = known_plan(view, after.ok_or(Misfit::ActivePlan)?)?;
    require(after.is_in_use(), || Misfit::ActivePlan)
}

fn not_active<V: ReadPlans>(view: &V, id: PlanId) -> Verified<V::Error> {
    let active = read(view.active_plan())?;
    require(active.is_none_or(|active| active.id != id), || Misfit::ActivePlan)
}

fn known_block<V: ReadBlocks>(view: &V, id: BlockId) -> Verified<V::Error, Block> {
    read(view.block(id))?.ok_or_else(|| Misfit::Missing { what: "block", id: id.uuid() }.into())
}

fn new_block<V: ReadPlans + ReadBlocks>(view: &V, block: &Block) -> Verified<V::Error> {
    let exists = || Misfit::Exists { what: "block", id: block.id.uuid() };
    require(read(view.stored_block(block.id))?.is_none(), exists)?;
    known_plan(view, block.plan)?;
    let (handle, next) = (block.handle, read(view.next_handle())?);
    // A block that is brought back has the handle that it had.
    let is_free = handle == next || (handle < next && !read(view.is_handle_used(handle))?);
    require(is_free && handle >= Handle::FIRST, || Misfit::Handle { handle, next })?;
    require(read(view.stored_blocks())? < limits::BLOCKS, || Misfit::Limit { what: "blocks", most: limits::BLOCKS })?;
    within_limits(block)
}

fn changed_block<V: ReadBlocks>(view: &V, change: &BlockChange) -> Verified<V::Error> {
    let BlockChange { before, after } = change;
    require(known_block(view, before.id)? == *before, || Misfit::Before("block"))?;
    let is_same = (after.id, after.handle, after.plan) == (before.id, before.handle, before.plan);
    require(is_same, || Misfit::Identity(before.handle))?;
    within_limits(after)
}

fn within_limits<E>(block: &Block) -> Verified<E> {
    require(block.tags.len() <= limits::TAGS, || limit("tags on a block", limits::TAGS))?;
    let dependencies = block.depends_on.len();
    require(dependencies <= limits::DEPENDENCIES, || limit("dependencies of a block", limits::DEPENDENCIES))?;
    require(!block.depends_on.contains(&block.id), || Misfit::DependsOnItself(block.handle))?;
    let can_be_missed = block.kind == Kind::Appointment && block.completed_at.is_none();
    require(block.missed_at.is_none() || can_be_missed, || Misfit::Missed(block.handle))?;
    let most = limits::WORKED.num_milliseconds().unsigned_abs();
    let can_be_timed = block.worked.ms <= most && (block.is_to_do() || !block.worked.is_running());
    require(can_be_timed, || Misfit::Timed(block.handle))?;
    let is_estimated = block.minutes.is_none_or(|minutes| (1..=limits::ESTIMATE_MINUTES).contains(&minutes));
    let at_most_one = block.span.is_none() || block.days.is_none();
    let is_free = block.minutes.is_none() || block.when().is_none();
    let is_planned = fits_its_kind(block).is_ok() && is_estimated && at_most_one && is_free;
    require(is_planned, || Misfit::Planned(block.handle))?;
    require(are_possible(block.reminders.as_ref()), || Misfit::Reminders)
}

fn are_possible(reminders: Option<&Reminders>) -> bool {
    reminders.is_none_or(Reminders::is_valid)
}

fn possible_series<E>(series: &Series) -> Verified<E> {
    let is_counted = series.after_done.is_some();
    let can_be_counted = |rule: &Recurrence| series.kind.is_task() && rule.is_distance();
    let is_possible = series.rule.read().is_ok_and(|rule| !is_counted || can_be_counted(&rule))
        && (is_counted || !series.untimed)
        && (u32::from(!series.untimed)..=limits::ESTIMATE_MINUTES).contains(&series.minutes)
        && (!series.all_day || !series.untimed && series.minutes.is_multiple_of(24 * 60))
        && series.when(series.start).is_ok()
        && series.except.len() <= limits::EXCEPTIONS
        && series.tags.len() <= limits::TAGS
        && are_possible(series.reminders.as_ref());
    require(is_possible, || Misfit::Series(series.id))
}

fn new_goal<V: ReadPlans + ReadGoals>(view: &V, goal: &Goal) -> Verified<V::Error> {
    require(read(view.goal(goal.id))?.is_none(), || Misfit::Exists { what: "goal", id: goal.id.uuid() })?;
    known_plan(view, goal.plan)?;
    require(read(visible_goals(view))?.len() < limits::GOALS, || limit("goals", limits::GOALS))?;
    require(is_possible_goal(goal), || Misfit::Goal(goal.id))
}

/// Whether the outline of a goal has only parts that exist, and its lengths are possible.
fn is_possible_goal(goal: &Goal) -> bool {
    let Outline { tasks, phases, .. } = &goal.outline;
    let lengths = [goal.state.wishes.minutes_per_week, goal.state.wishes.session_minutes];
    tasks.len() <= limits::TASKS_PER_RUN
        && phases.len() <= PHASES
        && tasks.iter().flat_map(|task| &task.depends_on).all(|on| *on < tasks.len())
        && lengths.into_iter().flatten().all(|minutes| (1..=limits::WEEK_MINUTES).contains(&minutes))
}

fn known_run<V: ReadRuns>(view: &V, id: RunId) -> Verified<V::Error, Run> {
    read(view.run(id))?.ok_or_else(|| Misfit::Missing { what: "goal", id: id.uuid() }.into())
}

fn new_run<V: ReadPlans + ReadRuns>(view: &V, run: &Run) -> Verified<V::Error> {
    require(read(view.run(run.id))?.is_none(), || Misfit::Exists { what: "goal", id: run.id.uuid() })?;
    known_plan(view, run.plan)?;
    require(run.is_running() && run.state.percent <= 100, || Misfit::Run(run.id))?;
    room_for_run(view)
}

fn room_for_run<V: ReadRuns>(view: &V) -> Verified<V::Error> {
    let running = read(view.running())?.len();
    require(running < limits::RUNS_AT_ONCE, || limit("goals under way", limits::RUNS_AT_ONCE))
}

fn changed_run<V: ReadRuns>(view: &V, change: &RunChange, from: RunStatus, to: RunStatus) -> Verified<V::Error> {
    let run = known_run(view, change.run)?;
    let fits = run.state.status == from && change.state.status == to && change.state.percent <= 100;
    require(fits, || Misfit::Run(run.id))
}

fn changed_settings<V: ReadPlans>(view: &V, before: &Settings, after: &Settings) -> Verified<V::Error> {
    // Events of earlier versions have UTC where no zone was known.
    let now = Settings { time_zone: before.time_zone, ..read(view.settings())? };
    require(now == *before, || Misfit::Before("settings"))?;
    let most = u64::from(limits::BREAK_MINUTES);
    require(after.break_minutes <= limits::BREAK_MINUTES, || Misfit::Limit { what: "minutes of a break", most })?;
    let is_quiet_possible = after.quiet_hours.is_none_or(|quiet| QuietHours::new(quiet.from, quiet.to).is_ok());
    let is_possible =
        after.remind_minutes.is_none_or(|minutes| Reminders::new(&[minutes]).is_ok()) && is_quiet_possible;
    require(is_possible, || Misfit::Reminders)
}

fn limit(what: &'static str, most: usize) -> Misfit {
    Misfit::Limit { what, most: most as u64 }
}
