//! Turns commands into events. This is the only place that accepts or rejects a change of the timeline.

pub mod block;
mod commit;
mod goal;
mod history;
mod overdue;
mod plan;
mod restore;
mod run;
mod series;
mod settings;
mod shift;

use chrono::{DateTime, Utc};

pub use crate::error::{DecideError, read};
pub use block::plan_or_active;
pub use goal::wished;
pub use overdue::overdue_tasks;
pub use restore::Restored;
pub use run::added_blocks;
pub use shift::shifted_blocks;

use crate::block::{Block, Source};
use crate::command::Command;
use crate::distance::Distance;
use crate::event::EventKind;
use crate::goal::Goal;
use crate::plan::Plan;
use crate::run::{LeftOut, Run};
use crate::series::Series;
use crate::settings::Settings;
use crate::view::{TimelineView, View};

/// The input of a decision beside the timeline.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The present moment, UTC.
    pub now: DateTime<Utc>,
    /// The source of new blocks.
    pub source: Source,
}

/// A decision: the events of one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events to append, in order. Empty if the command changes nothing.
    pub events: Vec<EventKind>,
    /// The result, from which reports are made.
    pub outcome: Outcome,
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A command about one block.
    Block {
        /// What was done.
        did: Did,
        /// The block after the change, or before it was deleted.
        block: Box<Block>,
        /// Other blocks at the same time, by start; at most 10.
        overlaps: Vec<Block>,
    },
    /// A command about a series.
    Series {
        /// What was done.
        did: Did,
        /// The series after the change, or before it was deleted.
        series: Box<Series>,
        /// The block that the command named, or the first one of a new series; after the change, or before it was deleted.
        block: Box<Block>,
        /// The number of blocks that were added, changed or deleted.
        count: u64,
        /// Other blocks at the same time as the block, by start; at most 10.
        overlaps: Vec<Block>,
    },
    /// The service has made more blocks of series.
    Extended,
    /// A command about one plan.
    Plan {
        /// What was done.
        did: Did,
        /// The plan after the change, or before it was deleted.
        plan: Plan,
        /// The active plan after the change.
        active: Option<Plan>,
    },
    /// Blocks were moved together.
    Shifted {
        /// How far.
        by: Distance,
        /// The number of blocks.
        moved: u64,
        /// The first 20 of them after the change.
        first: Vec<Block>,
    },
    /// Overdue tasks got new times.
    Rescheduled {
        /// The tasks that were moved, by their new start.
        blocks: Vec<Block>,
        /// The tasks that found no time, and stay where they were.
        left_out: Vec<LeftOut>,
        /// How many overdue tasks were not tried, because only so many get new times at once.
        more: u64,
    },
    /// A transaction was undone.
    Undone {
        /// Its events in order.
        events: Vec<EventKind>,
    },
    /// A transaction was redone.
    Redone {
        /// Its events in order.
        events: Vec<EventKind>,
    },
    /// Plans and blocks were restored.
    Restored(Restored),
    /// A command about a run of the architect.
    Run {
        /// What was done.
        did: Did,
        /// The run after the change.
        run: Box<Run>,
        /// The blocks that it added, by start.
        blocks: Vec<Block>,
    },
    /// A command about a goal.
    Goal {
        /// What was done.
        did: Did,
        /// The goal after the change, or before it was deleted.
        goal: Box<Goal>,
        /// The blocks that were added, by start.
        blocks: Vec<Block>,
    },
    /// The service has looked after goals.
    Tended,
    /// The settings after the change.
    Settings(Settings),
}

/// What was done to a block, plan, run or goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// A plan was created.
    Created,
    /// A plan became the active one.
    Switched,
    /// A plan was unarchived and became the active one.
    BroughtBack,
    /// A plan got another title.
    Renamed,
    /// A plan got another color.
    Recolored,
    /// A plan was archived.
    Archived,
    /// A plan was unarchived.
    Unarchived,
    /// A block was added.
    Scheduled,
    /// A block was changed.
    Updated,
    /// A block was moved, and may have other changes.
    Moved,
    /// A block was completed.
    Completed,
    /// An appointment was marked as missed.
    Missed,
    /// A block was reopened.
    Reopened,
    /// The timer of a task was started.
    TimerStarted,
    /// The timer of a task was paused.
    TimerPaused,
    /// The time that was spent on a task was corrected.
    TimeCorrected,
    /// It was deleted.
    Deleted,
    /// A block was deleted, and another one follows as if it had been done.
    Skipped,
    /// A run was started.
    Started,
    /// A run began a step, added its tasks, or failed, as its state says.
    Progressed,
    /// A run was cancelled.
    Cancelled,
    /// A failed run was resumed.
    Retried,
    /// The proposal of a goal was accepted.
    Accepted,
    /// A goal was planned again from now on.
    Replanned,
    /// A goal was paused.
    Paused,
    /// A goal was resumed.
    Resumed,
    /// A goal was ended.
    Ended,
    /// Nothing had to be changed.
    Nothing,
}

/// The result of a rule: a decision, or why there is none.
pub type Decided<V, T = Decision> = Result<T, DecideError<<V as View>::Error>>;

/// Decides what a command changes. It only reads; the caller appends the events.
///
/// # Errors
/// [`DecideError::Rejected`] with the reason for the person, or [`DecideError::View`].
pub fn decide<V: TimelineView>(view: &V, command: &Command, context: &Context) -> Decided<V> {
    match command {
        Command::OpenTimeline { id, title } => plan::open(view, *id, title, context),
        Command::CreatePlan { id, title } => plan::create(view, *id, title, context),
        Command::SwitchPlan { plan } => plan::switch(view, plan),
        Command::ArchivePlan { plan } => plan::archive(view, plan, context),
        Command::UnarchivePlan { plan } => plan::unarchive(view, plan),
        Command::RenamePlan { plan, title } => plan::rename(view, plan, title),
        Command::RecolorPlan { plan, color } => plan::recolor(view, plan, *color),
        Command::DeletePlan { plan } => plan::delete(view, plan),
        Command::ScheduleBlock(new) => match &new.repeat {
            Some(repeat) => series::create(view, new, repeat, context),
            None => block::schedule(view, new, context),
        },
        Command::UpdateBlock { block, changes } => series::update(view, block, changes, context),
        Command::DeleteBlock { block, scope } => series::delete(view, block, *scope, context),
        Command::ExtendSeries => series::extend_all(view, context),
        Command::CompleteBlock { block } => series::followed(view, block::complete(view, block, context)?, context),
        Command::ReopenBlock { block } => series::followed(view, block::reopen(view, block, context)?, context),
        Command::ShiftTimeline { plan, after, before, by } => shift::shift(view, plan.as_ref(), (*after, *before), *by),
        Command::RescheduleOverdue { tasks, until } => overdue::reschedule(view, tasks, *until, context),
        Command::PlaceTasks(starts) => overdue::place_tasks(view, starts, context),
        Command::StartRun(new) => run::start(view, new, context),
        Command::CancelRun { run } => run::cancel(view, run.as_ref(), context),
        Command::RetryRun { run } => run::retry(view, run.as_ref(), context),
        Command::BeginStep { run, step } => run::begin_step(view, *run, *step, context),
        Command::NameRun { run, title } => run::name(view, *run, title, context),
        Command::NoteTrouble { run, error } => run::note_trouble(view, *run, error, context),
        Command::FailRun { run, error } => run::fail(view, *run, error, context),
        Command::CommitRun { run, outline, left_out, not_before } => {
            commit::commit(view, *run, outline, left_out, *not_before, context)
        }
        Command::AcceptGoal { goal, starts } => goal::accept(view, goal.as_ref(), starts.as_deref(), context),
        Command::ChangeGoal { goal, wishes } => goal::change(view, goal.as_ref(), wishes, context),
        Command::SetGoal { goal, request } => goal::set(view, goal.as_ref(), *request, context),
        Command::TendGoals => goal::tend(view, context),
        Command::Undo { txn } => history::undo(view, *txn, context),
        Command::Redo => history::redo(view),
        Command::Restore { seq } => restore::restore(view, *seq),
        Command::ChangeSettings(update) => settings::change(view, update),
        Command::LearnLocale(locale) => settings::learn(view, *locale),
    }
}
