//! What is wanted. A command is not yet checked against a timeline: [`decide`](crate::decide()) does that.

use chrono::{DateTime, TimeDelta, Utc, Weekday};

use crate::block::Priority;
use crate::clock::HourFormat;
use crate::free_time::WorkingHours;
use crate::id::{BlockId, PlanId, RunId, TxnId};
use crate::place::Task;
use crate::reference::{BlockRef, PlanRef, RunRef};
use crate::run::{LeftOut, RunStep};
use crate::span::Span;
use crate::text::{Description, Goal, Tag, Title};
use crate::zone::Zone;

/// A wish to change a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Makes the first plan. Does nothing where there is one.
    OpenTimeline {
        /// The id of the plan.
        id: PlanId,
        /// Its title.
        title: Title,
    },
    /// Puts a block on the timeline.
    ScheduleBlock(NewBlock),
    /// Changes a block.
    UpdateBlock {
        /// Which.
        block: BlockRef,
        /// What about it.
        changes: BlockUpdate,
    },
    /// Deletes a block.
    DeleteBlock {
        /// Which.
        block: BlockRef,
    },
    /// Marks a block as done. Does nothing where it is.
    CompleteBlock {
        /// Which.
        block: BlockRef,
    },
    /// Marks a block as not done. Does nothing where it is not.
    ReopenBlock {
        /// Which.
        block: BlockRef,
    },
    /// Makes a plan and switches to it.
    CreatePlan {
        /// Its id.
        id: PlanId,
        /// Its title.
        title: Title,
    },
    /// Makes another plan the active one, and takes it into use again where it is archived.
    SwitchPlan {
        /// Which.
        plan: PlanRef,
    },
    /// Gives a plan another title.
    RenamePlan {
        /// Which.
        plan: PlanRef,
        /// The new title.
        title: Title,
    },
    /// Deletes a plan with its blocks.
    DeletePlan {
        /// Which.
        plan: PlanRef,
    },
    /// Puts a plan away. Does nothing where it is archived.
    ArchivePlan {
        /// Which.
        plan: PlanRef,
    },
    /// Takes an archived plan into use again. Does nothing where it is in use.
    UnarchivePlan {
        /// Which.
        plan: PlanRef,
    },
    /// Moves all open blocks that start at or after a moment.
    ShiftTimeline {
        /// Of which plan; none is the active one.
        plan: Option<PlanRef>,
        /// The moment.
        after: DateTime<Utc>,
        /// Only blocks that start before this one; none is all.
        before: Option<DateTime<Utc>>,
        /// How far; negative is earlier.
        by: TimeDelta,
    },
    /// Starts a run of the architect. Does nothing where the same goal is being worked on, or was started just now.
    StartRun(NewRun),
    /// Ends a run, which then adds nothing. Does nothing where it is cancelled already.
    CancelRun {
        /// Which; none is the only one.
        run: Option<RunRef>,
    },
    /// Goes on with a run that failed, from where it failed.
    RetryRun {
        /// Which; none is the only one.
        run: Option<RunRef>,
    },
    /// A run begins a step, perhaps not for the first time. Does nothing where the run is over.
    BeginStep {
        /// Which run.
        run: RunId,
        /// Which step.
        step: RunStep,
    },
    /// A run gets a short name. Does nothing where it has one, or is over.
    NameRun {
        /// Which run.
        run: RunId,
        /// Its name.
        title: Title,
    },
    /// A run did not get through its step, and will try again. Does nothing where the run is over.
    NoteTrouble {
        /// Which run.
        run: RunId,
        /// Why, in a sentence.
        error: String,
    },
    /// A run gives up. Does nothing where it is over.
    FailRun {
        /// Which.
        run: RunId,
        /// Why, in a sentence or two that a person understands.
        error: String,
    },
    /// A run adds its tasks. Does nothing where it is over, also because it added them before.
    CommitRun {
        /// Which.
        run: RunId,
        /// The tasks, each with the id of its block.
        tasks: Vec<(BlockId, Task)>,
        /// What was named and is not among them.
        left_out: Vec<LeftOut>,
        /// No task starts before this; nor before the present, if one would have begun by now.
        not_before: DateTime<Utc>,
    },
    /// Takes a transaction back.
    Undo {
        /// Which; none is the last one.
        txn: Option<TxnId>,
    },
    /// Applies again what was undone last.
    Redo,
    /// Makes plans and blocks what they were.
    Restore {
        /// After which event; not more than the last.
        seq: u64,
    },
    /// Changes settings.
    ChangeSettings(SettingsUpdate),
}

/// A run of the architect that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// The id that it gets.
    pub id: RunId,
    /// What the person wants to reach.
    pub goal: Goal,
    /// The plan that gets the tasks; none is the active one.
    pub plan: Option<PlanRef>,
    /// When everything should be done.
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes of tasks a week.
    pub minutes_per_week: Option<u32>,
}

/// A block that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// The id that it gets.
    pub id: BlockId,
    /// Its plan; none is the active one.
    pub plan: Option<PlanRef>,
    /// Its title.
    pub title: Title,
    /// More about it.
    pub description: Option<Description>,
    /// When.
    pub span: Span,
    /// How much it matters.
    pub priority: Priority,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// What comes first.
    pub depends_on: Vec<BlockRef>,
}

/// What is to change about a block; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockUpdate {
    /// A new title.
    pub title: Option<Title>,
    /// A new description; `Some(None)` removes it.
    pub description: Option<Option<Description>>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// New tags, all of them.
    pub tags: Option<Vec<Tag>>,
    /// A new start. Alone it moves the block, which keeps its length.
    pub start: Option<DateTime<Utc>>,
    /// A new end.
    pub end: Option<DateTime<Utc>>,
    /// A new length, counted from the start. Not together with `end`.
    pub length: Option<TimeDelta>,
    /// Done or open.
    pub completed: Option<bool>,
}

/// What is to change about the settings; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsUpdate {
    /// A new zone.
    pub time_zone: Option<Zone>,
    /// New working hours.
    pub working_hours: Option<WorkingHours>,
    /// A new shortest break, in minutes.
    pub break_minutes: Option<u32>,
    /// Another day on which weeks begin.
    pub week_start: Option<Weekday>,
    /// Another way to tell times of day.
    pub hour_format: Option<HourFormat>,
}
