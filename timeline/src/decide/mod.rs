//! From what is wanted to what happens: the only place where a change of a timeline is allowed or refused.

pub mod block;
mod commit;
mod history;
mod plan;
mod restore;
mod run;
mod settings;
mod shift;

use chrono::{DateTime, Utc};

pub use crate::error::{DecideError, read};
pub use block::plan_or_active;
pub use commit::placement;
pub use restore::Restored;
pub use run::added_blocks;
pub use shift::shifted_blocks;

use crate::block::{Block, Source};
use crate::command::Command;
use crate::event::EventKind;
use crate::plan::Plan;
use crate::run::Run;
use crate::settings::Settings;
use crate::view::{TimelineView, View};

/// What a decision depends on beside the timeline.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The present moment, UTC.
    pub now: DateTime<Utc>,
    /// On whose account a new block is.
    pub source: Source,
}

/// What is to happen: one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events to append, in order. Empty where all is already as it is wanted.
    pub events: Vec<EventKind>,
    /// The same, for people.
    pub outcome: Outcome,
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Something about one block.
    Block {
        /// What.
        did: Did,
        /// The block from now on, or as it was where it is deleted.
        block: Box<Block>,
        /// Other blocks at the same time, by start; at most 10.
        overlaps: Vec<Block>,
    },
    /// Something about one plan.
    Plan {
        /// What.
        did: Did,
        /// The plan from now on, or as it was where it is deleted.
        plan: Plan,
        /// The active plan after it.
        active: Option<Plan>,
    },
    /// Blocks were moved together.
    Shifted {
        /// How far, in ms; negative is earlier.
        by_ms: i64,
        /// How many.
        moved: u64,
        /// The first 20 of them as they are now.
        first: Vec<Block>,
    },
    /// A transaction was taken back.
    Undone {
        /// Its events, in their order.
        events: Vec<EventKind>,
    },
    /// A transaction was applied again.
    Redone {
        /// Its events, in their order.
        events: Vec<EventKind>,
    },
    /// Plans and blocks are what they were.
    Restored(Restored),
    /// Something about a run of the architect.
    Run {
        /// What.
        did: Did,
        /// The run from now on.
        run: Box<Run>,
        /// The blocks that it added, by start.
        blocks: Vec<Block>,
    },
    /// Settings are as stated.
    Settings(Settings),
}

/// What was done to a block, plan or run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// A plan was made.
    Created,
    /// A plan became the active one.
    Switched,
    /// An archived plan is in use again, as the active one.
    BroughtBack,
    /// A plan got another title.
    Renamed,
    /// A plan was put away.
    Archived,
    /// A plan is in use again.
    Unarchived,
    /// A block was put on the timeline.
    Scheduled,
    /// A block was changed.
    Updated,
    /// A block was moved, and perhaps changed.
    Moved,
    /// A block was completed.
    Completed,
    /// A block was opened again.
    Reopened,
    /// It was deleted.
    Deleted,
    /// A run was started.
    Started,
    /// A run came a step further, or added its tasks, or failed: its state says which.
    Progressed,
    /// A run was cancelled.
    Cancelled,
    /// A run that had failed goes on.
    Retried,
    /// It was so already.
    Nothing,
}

/// The result of a rule: a decision, or why there is none.
pub type Decided<V, T = Decision> = Result<T, DecideError<<V as View>::Error>>;

/// Decides what a command does to a timeline. Reads, and changes nothing: appending the events is the caller's.
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
        Command::DeletePlan { plan } => plan::delete(view, plan),
        Command::ScheduleBlock(new) => block::schedule(view, new, context),
        Command::UpdateBlock { block, changes } => block::update(view, block, changes, context),
        Command::DeleteBlock { block } => block::delete(view, block, context),
        Command::CompleteBlock { block } => block::complete(view, block, context),
        Command::ReopenBlock { block } => block::reopen(view, block, context),
        Command::ShiftTimeline { plan, after, before, by } => shift::shift(view, plan.as_ref(), (*after, *before), *by),
        Command::StartRun(new) => run::start(view, new, context),
        Command::CancelRun { run } => run::cancel(view, run.as_ref(), context),
        Command::RetryRun { run } => run::retry(view, run.as_ref(), context),
        Command::BeginStep { run, step } => run::begin_step(view, *run, *step, context),
        Command::NameRun { run, title } => run::name(view, *run, title, context),
        Command::NoteTrouble { run, error } => run::note_trouble(view, *run, error, context),
        Command::FailRun { run, error } => run::fail(view, *run, error, context),
        Command::CommitRun { run, tasks, left_out, not_before } => {
            commit::commit(view, *run, tasks, left_out, *not_before, context)
        }
        Command::Undo { txn } => history::undo(view, *txn, context),
        Command::Redo => history::redo(view),
        Command::Restore { seq } => restore::restore(view, *seq),
        Command::ChangeSettings(update) => settings::change(view, update),
    }
}
