//! Why a command changes nothing. A rejection is not an error: it is an answer for the person and for the model.

use crate::block::Block;
use crate::free_time::HoursError;
use crate::invalid::InvalidValue;
use crate::limits;
use crate::run::RunStatus;
use crate::text::{Goal, Title};

/// Why nothing was changed. `Display` is a sentence that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A title, a description, a tag, a goal, a span or a zone that cannot be.
    #[error(transparent)]
    Value(#[from] InvalidValue),
    /// Too many dependencies of a block.
    #[error(
        "The block would depend on {count} others; at most {} are possible. Nothing was changed.",
        limits::DEPENDENCIES
    )]
    TooManyDependencies {
        /// How many there would be.
        count: usize,
    },
    /// A block that would have to wait for itself.
    #[error("A block cannot depend on itself. Nothing was changed.")]
    DependsOnItself,
    /// The object is full.
    #[error("There are {} blocks already, which is all that fits. Nothing was changed.", limits::BLOCKS)]
    TooManyBlocks,
    /// The object has all plans it can have.
    #[error(
        "There are {} plans already, which is all that fits. Nothing was changed; delete one first.",
        limits::PLANS
    )]
    TooManyPlans,
    /// No such block.
    #[error("There is no block “{reference}”. Nothing was changed; look it up with its title or handle (such as B12).")]
    NoSuchBlock {
        /// As it was given, shortened.
        reference: String,
    },
    /// Several blocks are meant.
    #[error("{} Nothing was changed; say which by its handle.", several(reference, candidates, *more))]
    AmbiguousBlock {
        /// As it was given, shortened.
        reference: String,
        /// The first 10 that fit.
        candidates: Vec<Candidate>,
        /// Whether there are more than these.
        more: bool,
    },
    /// No such plan.
    #[error("There is no plan “{reference}”. Nothing was changed. {}", plans_list(plans))]
    NoSuchPlan {
        /// As it was given, shortened.
        reference: String,
        /// The titles there are; the first 20.
        plans: Vec<Title>,
    },
    /// Several plans are meant.
    #[error("Several plans are called “{reference}”. Nothing was changed; use the id. {}", plans_list(plans))]
    AmbiguousPlan {
        /// As it was given, shortened.
        reference: String,
        /// The titles that fit.
        plans: Vec<Title>,
    },
    /// The only plan in use cannot go.
    #[error("This is the only plan in use, and one must stay. Nothing was changed; create another one first.")]
    LastPlan,
    /// An update that names nothing to change.
    #[error("The update changes nothing: name at least one field.")]
    NothingToUpdate,
    /// A shift that meets no block.
    #[error("There is nothing to move after that time. Nothing was changed.")]
    NothingToShift,
    /// A shift by nothing or by more than a year.
    #[error(
        "A timeline can be moved by 1 to {} minutes, earlier or later. Nothing was changed.",
        limits::SHIFT_MINUTES
    )]
    ShiftOutOfRange,
    /// A deadline that no task can meet.
    #[error("The deadline is over already. Nothing was started; give a later one, or none.")]
    DeadlineOver,
    /// All runs that are possible at a time are under way.
    #[error(
        "{} goals are being worked on already, which is all that is possible at a time: {}. Nothing was started; wait \
         until one is done, or cancel one.",
        limits::RUNS_AT_ONCE,
        goals_list(goals)
    )]
    TooManyRuns {
        /// Their goals.
        goals: Vec<Goal>,
    },
    /// No run fits what is wanted of it.
    #[error("{}", no_run(*wish, reference.as_deref()))]
    NoSuchRun {
        /// What it should be.
        wish: RunWish,
        /// As it was given, shortened; none where it was not said which.
        reference: Option<String>,
    },
    /// Several runs are meant.
    #[error("Several goals could be meant: {}. Nothing was changed; say which.", goals_list(goals))]
    AmbiguousRun {
        /// The first 10 that fit.
        goals: Vec<Goal>,
    },
    /// A run that is over cannot be cancelled.
    #[error("“{goal}” {} Nothing was changed.", over(*status))]
    RunOver {
        /// Its goal.
        goal: Goal,
        /// How it ended.
        status: RunStatus,
    },
    /// Only what failed can be tried again.
    #[error("“{goal}” {} Nothing was started.", not_failed(*status))]
    RunNotFailed {
        /// Its goal.
        goal: Goal,
        /// How it stands.
        status: RunStatus,
    },
    /// A run that failed is not tried again where its goal was named anew since: there would be two sets of tasks.
    #[error("“{goal}” was started anew since, and {} Nothing was started.", anew(*status))]
    GoalStartedAnew {
        /// The goal.
        goal: Goal,
        /// How the other run stands.
        status: RunStatus,
    },
    /// A run that has too many tasks.
    #[error(
        "The goal comes to {count} tasks; at most {} are possible. Nothing was added; split the goal.",
        limits::TASKS_PER_RUN
    )]
    TooManyTasks {
        /// How many there would be.
        count: usize,
    },
    /// Working hours that are none.
    #[error("{0} Nothing was changed.")]
    Hours(HoursError),
    /// A break over the limit.
    #[error("A break can take at most {} minutes. Nothing was changed.", limits::BREAK_MINUTES)]
    BreakTooLong,
    /// Nothing is left to undo.
    #[error("There is nothing to undo.")]
    NothingToUndo,
    /// There is no such transaction, or none that can be undone.
    #[error("There is no such change that could be undone. Nothing was changed.")]
    NoSuchChange,
    /// It was undone before, or something else has taken its place.
    #[error("Nothing of this is left to undo. Nothing was changed.")]
    NothingLeftToUndo,
    /// A later edit is about the same.
    #[error(
        "This cannot be undone by itself, because of what was changed later: {later} ({when}). Nothing was changed; undo \
         the later change first."
    )]
    UndoneByLater {
        /// What came later, in words.
        later: String,
        /// When, in words and in the person's zone.
        when: String,
    },
    /// Nothing is left to redo.
    #[error("There is nothing to redo.")]
    NothingToRedo,
    /// A moment that has not come yet.
    #[error("There is no such moment in the log. Nothing was changed.")]
    NoSuchMoment,
    /// A moment before the first plan.
    #[error("There was no timeline yet at that moment. Nothing was changed; choose a later one.")]
    NothingYet,
    /// A moment from which too much differs.
    #[error(
        "{changes} changes lie between then and now; at most {} can be taken back at a time. Nothing was changed; go back \
         in smaller steps.",
        limits::RESTORED_BLOCKS
    )]
    TooMuchToRestore {
        /// How many.
        changes: usize,
    },
}

/// A block that a reference could mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The block.
    pub block: Block,
    /// When it starts, in words and in the person's zone.
    pub when: String,
}

/// What is wanted of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunWish {
    /// That it ends.
    Cancel,
    /// That it is tried again.
    Retry,
}

fn goals_list(goals: &[Goal]) -> String {
    let list: Vec<String> = goals.iter().map(|goal| format!("“{goal}”")).collect();
    list.join(", ")
}

fn no_run(wish: RunWish, reference: Option<&str>) -> String {
    let (doing, done) = match wish {
        RunWish::Cancel => ("is being worked on", "changed"),
        RunWish::Retry => ("has failed", "started"),
    };
    match reference {
        Some(reference) => format!("There is no goal “{reference}” that {doing}. Nothing was {done}."),
        None => format!("No goal {doing}. Nothing was {done}."),
    }
}

fn over(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Completed => "is planned already; its tasks are on the timeline, and undo takes them back.",
        RunStatus::Failed => "could not be planned and has ended already.",
        RunStatus::Running | RunStatus::Cancelled => "has ended already.",
    }
}

fn not_failed(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "is being worked on.",
        RunStatus::Completed => "is planned already; its tasks are on the timeline.",
        RunStatus::Cancelled | RunStatus::Failed => "was cancelled; name the goal again to begin anew.",
    }
}

fn anew(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "is being worked on.",
        RunStatus::Completed | RunStatus::Failed | RunStatus::Cancelled => {
            "is planned: its tasks are on the timeline. Undo them first to have it planned again."
        }
    }
}

fn several(reference: &str, candidates: &[Candidate], more: bool) -> String {
    let list: Vec<String> =
        candidates.iter().map(|c| format!("{} “{}” ({})", c.block.handle, c.block.title, c.when)).collect();
    let more = if more { " and more" } else { "" };
    format!("Several blocks fit “{reference}”: {}{more}.", list.join(", "))
}

fn plans_list(plans: &[Title]) -> String {
    let list: Vec<String> = plans.iter().map(|title| format!("“{title}”")).collect();
    format!("Plans: {}.", list.join(", "))
}
