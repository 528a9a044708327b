//! Why a command changes nothing. A rejection is not an error: it is an answer for the person and for the model.

use crate::block::Block;
use crate::free_time::HoursError;
use crate::goal::GoalStatus;
use crate::invalid::InvalidValue;
use crate::limits;
use crate::run::RunStatus;
use crate::series::RecurrenceError;
use crate::text::{GoalText, Title};

/// Why nothing was changed. `Display` is a sentence that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A title, a description, a tag, a goal, a span, a reminder or a zone is not valid.
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
    /// A block that would depend on itself.
    #[error("A block cannot depend on itself. Nothing was changed.")]
    DependsOnItself,
    /// The object is full.
    #[error("There are {} blocks already, which is all that fits. Nothing was changed.", limits::BLOCKS)]
    TooManyBlocks,
    /// The object has the most plans that are possible.
    #[error(
        "There are {} plans already, which is all that fits. Nothing was changed; delete one first.",
        limits::PLANS
    )]
    TooManyPlans,
    /// No such block.
    #[error("There is no block “{reference}”. Nothing was changed; look it up with its title or handle (such as B12).")]
    NoSuchBlock {
        /// The reference as it was given, shortened.
        reference: String,
    },
    /// Several blocks match.
    #[error("{} Nothing was changed; say which by its handle.", several(reference, candidates, *more))]
    AmbiguousBlock {
        /// The reference as it was given, shortened.
        reference: String,
        /// The first 10 that match.
        candidates: Vec<Candidate>,
        /// Whether there are more than these.
        more: bool,
    },
    /// No such plan.
    #[error("There is no plan “{reference}”. Nothing was changed. {}", plans_list(plans))]
    NoSuchPlan {
        /// The reference as it was given, shortened.
        reference: String,
        /// The first 20 titles of plans.
        plans: Vec<Title>,
    },
    /// Several plans match.
    #[error("Several plans are called “{reference}”. Nothing was changed; use the id. {}", plans_list(plans))]
    AmbiguousPlan {
        /// The reference as it was given, shortened.
        reference: String,
        /// The titles that match.
        plans: Vec<Title>,
    },
    /// The only plan in use cannot be deleted or archived.
    #[error("This is the only plan in use, and one must stay. Nothing was changed; create another one first.")]
    LastPlan,
    /// An update that names nothing to change.
    #[error("The update changes nothing: name at least one field.")]
    NothingToUpdate,
    /// An update that makes a block both completed and missed.
    #[error("A block cannot be both done and missed. Nothing was changed; give one of them.")]
    CompletedAndMissed,
    /// An update that completes a task and starts its timer.
    #[error("A task cannot be both done and worked on. Nothing was changed; give one of them.")]
    CompletedAndWorking,
    /// An appointment has no timer.
    #[error(
        "“{title}” is an appointment, which takes place by itself, so no time is counted for it. Nothing was changed; make it \
         a task first."
    )]
    AppointmentTimed {
        /// Its title.
        title: Title,
    },
    /// The timer of a task that is completed cannot be started.
    #[error("“{title}” is done, so its timer was not started. Nothing was changed; reopen it first.")]
    CompletedTimed {
        /// Its title.
        title: Title,
    },
    /// An appointment has a time.
    #[error("“{title}” is an appointment, which has a time. Nothing was changed; say when it is, or make it a task.")]
    AppointmentWithoutTime {
        /// Its title.
        title: Title,
    },
    /// An appointment takes place on its day, so it has no other.
    #[error(
        "“{title}” is an appointment, which takes place on its day, so it is not due and has no first day. Nothing was changed; make it a \
         task first."
    )]
    AppointmentDue {
        /// Its title.
        title: Title,
    },
    /// A task that is due before it can be done.
    #[error("A task cannot be due before the first day on which it can be done. Nothing was changed.")]
    DueBeforeFirstDay,
    /// An end for a task that has no start.
    #[error("“{title}” has no time yet. Nothing was changed; say when it starts.")]
    EndWithoutStart {
        /// Its title.
        title: Title,
    },
    /// An update that gives a block a time and takes it away.
    #[error("A block cannot get a time and lose it. Nothing was changed; give one of them.")]
    TimeGivenAndTaken,
    /// A block that is all day and has a time.
    #[error("A block takes place either at a time or all day. Nothing was changed; give one of them.")]
    TimeAndDays,
    /// A last day for a block that is not all day.
    #[error("“{title}” is not all day. Nothing was changed; give its first day, too.")]
    LastDayAlone {
        /// Its title.
        title: Title,
    },
    /// A length or an end of an all-day block.
    #[error("“{title}” is all day. Nothing was changed; say when it starts, or give other days.")]
    LengthOfDays {
        /// Its title.
        title: Title,
    },
    /// An update that takes away the length of a block with a time.
    #[error(
        "“{title}” has a time, so it has a length. Nothing was changed; give another length, or take its time away."
    )]
    LengthTaken {
        /// Its title.
        title: Title,
    },
    /// An estimate that is not possible.
    #[error("A task takes 1 to {} minutes. Nothing was changed.", limits::ESTIMATE_MINUTES)]
    EstimateOutOfRange,
    /// A task cannot be missed.
    #[error(
        "“{title}” is a task, and only an appointment can be missed. Nothing was changed; move the task to another time, or \
         make it an appointment."
    )]
    TaskMissed {
        /// Its title.
        title: Title,
    },
    /// An appointment that has not begun cannot be missed.
    #[error(
        "“{title}” has not begun yet ({when}). Nothing was changed; move it or delete it if it will not take place."
    )]
    MissedTooEarly {
        /// Its title.
        title: Title,
        /// When it begins, in words and in the person's zone.
        when: String,
    },
    /// A rule that is not valid.
    #[error("{0} Nothing was changed.")]
    Rule(#[from] RecurrenceError),
    /// A rule without an occurrence.
    #[error("No day fits this rule, so it would never take place. Nothing was changed; check its days and its end.")]
    NoOccurrence,
    /// What repeats has a time.
    #[error("“{title}” has no time, so it cannot repeat. Nothing was changed; say when it starts.")]
    RepeatWithoutTime {
        /// Its title.
        title: Title,
    },
    /// What repeats has no other days.
    #[error(
        "“{title}” repeats, so it cannot be due, have a first day, or depend on other blocks. Nothing was changed; leave these out."
    )]
    RepeatWithDays {
        /// Its title.
        title: Title,
    },
    /// Only a task can come again after it was done.
    #[error(
        "“{title}” is an appointment, which takes place by itself, so it cannot come again after it was done. Nothing was changed; make \
         it a task, or let it repeat on days of the calendar."
    )]
    AppointmentAfterDone {
        /// Its title.
        title: Title,
    },
    /// What comes again after it was done is counted from that day.
    #[error(
        "What comes again after it was done does so 1 to {} days, weeks, months or years later, and can end on a day. Nothing was \
         changed; leave out certain days and how many times.",
        limits::AFTER_DONE
    )]
    DaysAfterDone,
    /// A block that is done or was missed cannot begin what comes again.
    #[error("“{title}” is not open. Nothing was changed; name a block of the series that is still to be done.")]
    NotOpen {
        /// Its title.
        title: Title,
    },
    /// A series that begins too far back.
    #[error("What repeats can begin at most a year ago. Nothing was changed; give a later start.")]
    SeriesTooFarBack,
    /// The object has the most series that are possible.
    #[error(
        "There are {} series already, which is all that fits. Nothing was changed; delete one first.",
        limits::SERIES
    )]
    TooManySeries,
    /// A series has the most exceptions that are possible.
    #[error(
        "{} times of “{title}” were deleted one by one, which is all that is possible. Nothing was changed; end the series, or \
         change its rule.",
        limits::EXCEPTIONS
    )]
    TooManyExceptions {
        /// The title of the series.
        title: Title,
    },
    /// A change that is about one block only.
    #[error(
        "Only one block at a time can be done, missed, timed, due or without a time. Nothing was changed; change the others \
         one by one."
    )]
    OneAtATime,
    /// Blocks whose series was deleted.
    #[error("“{title}” no longer repeats. Nothing was changed; change this block alone.")]
    SeriesOver {
        /// The title of the block.
        title: Title,
    },
    /// A block that is from before its series was changed.
    #[error(
        "“{title}” is from before its series was changed. Nothing was changed; name a later block of it, or change this one alone."
    )]
    OldOfSeries {
        /// The title of the block.
        title: Title,
    },
    /// A series whose rule names days cannot be moved to another day as a whole.
    #[error(
        "“{title}” repeats {rule}, so it cannot be moved to another day as a whole. Nothing was changed; give another rule, or move \
         one block."
    )]
    DaysOfRule {
        /// The title of the series.
        title: Title,
        /// Its rule in words.
        rule: String,
    },
    /// A shift without blocks to move.
    #[error("There is nothing to move after that time. Nothing was changed.")]
    NothingToShift,
    /// A shift by zero or by more than a year.
    #[error(
        "A timeline can be moved by 1 to {} minutes, earlier or later. Nothing was changed.",
        limits::SHIFT_MINUTES
    )]
    ShiftOutOfRange,
    /// A shift of more blocks than one change may move.
    #[error(
        "This would move {count} blocks; at most {} can be moved at a time. Nothing was changed; move fewer, by giving an \
         end time or another plan.",
        limits::SHIFT_BLOCKS
    )]
    TooManyToShift {
        /// How many there are.
        count: u64,
    },
    /// No task is overdue.
    #[error("No task is overdue. Nothing was changed.")]
    NothingOverdue,
    /// A block that should get the next free time, and is neither an overdue task nor one without a time.
    #[error(
        "“{title}” is neither an overdue task nor one without a time. Nothing was changed; move it to a time that you name."
    )]
    HasTime {
        /// Its title.
        title: Title,
    },
    /// More tasks than get new times at once.
    #[error(
        "{count} tasks were named; at most {} can get new times at once. Nothing was changed; name fewer.",
        limits::RESCHEDULED_BLOCKS
    )]
    TooManyToReschedule {
        /// How many there are.
        count: usize,
    },
    /// No task has found a time.
    #[error("No task found a time. “{title}”: {why} Nothing was changed.")]
    NoTimeForOverdue {
        /// The title of the first one.
        title: Title,
        /// Why it found none, in a sentence.
        why: String,
    },
    /// A deadline in the past.
    #[error("The deadline is over already. Nothing was started; give a later one, or none.")]
    DeadlineOver,
    /// The most runs that are possible at a time are under way.
    #[error(
        "{} goals are being worked on already, which is all that is possible at a time: {}. Nothing was started; wait \
         until one is done, or cancel one.",
        limits::RUNS_AT_ONCE,
        goals_list(goals)
    )]
    TooManyRuns {
        /// Their goals.
        goals: Vec<GoalText>,
    },
    /// No run fits the request.
    #[error("{}", no_run(*request, reference.as_deref()))]
    NoSuchRun {
        /// The request.
        request: RunRequest,
        /// The reference as it was given, shortened; `None` if there was none.
        reference: Option<String>,
    },
    /// Several runs match.
    #[error("Several goals could be meant: {}. Nothing was changed; say which.", goals_list(goals))]
    AmbiguousRun {
        /// The first 10 that match.
        goals: Vec<GoalText>,
    },
    /// A run that has ended cannot be cancelled.
    #[error("“{goal}” {} Nothing was changed.", over(*status))]
    RunOver {
        /// Its goal.
        goal: GoalText,
        /// How it ended.
        status: RunStatus,
    },
    /// Only a failed run can be retried.
    #[error("“{goal}” {} Nothing was started.", not_failed(*status))]
    RunNotFailed {
        /// Its goal.
        goal: GoalText,
        /// Its status.
        status: RunStatus,
    },
    /// A failed run is not retried if another run for the same goal was started since. There would be two sets of tasks.
    #[error("“{goal}” was started anew since, and {} Nothing was started.", anew(*status))]
    GoalStartedAnew {
        /// The goal.
        goal: GoalText,
        /// The status of the other run.
        status: RunStatus,
    },
    /// No goal fits the request.
    #[error("{} Nothing was changed.", no_goal(*request, reference.as_deref()))]
    NoSuchGoal {
        /// The request.
        request: GoalRequest,
        /// The reference as it was given, shortened; `None` if there was none.
        reference: Option<String>,
    },
    /// A goal cannot do what is requested, because of what it is.
    #[error("“{goal}” {} Nothing was changed.", goal_is(*status))]
    GoalIs {
        /// The goal.
        goal: GoalText,
        /// What has become of it.
        status: GoalStatus,
    },
    /// What was accepted is not what is proposed now.
    #[error(
        "The times for “{goal}” are others than those that were shown, because something was added to the timeline or time has passed. \
         Nothing was changed; look at the proposal again."
    )]
    ProposalChanged {
        /// The goal.
        goal: GoalText,
    },
    /// The plan of a goal is archived, so nobody would see its blocks.
    #[error(
        "“{goal}” is in the plan “{plan}”, which is archived. Nothing was changed; take the plan out of the archive first."
    )]
    GoalInArchive {
        /// The goal.
        goal: GoalText,
        /// The title of its plan.
        plan: Title,
    },
    /// Nothing of a goal remains to be planned, or nothing of it finds a time.
    #[error("{}", nothing_to_plan(goal, why.as_deref()))]
    NothingToPlan {
        /// The goal.
        goal: GoalText,
        /// Why the first part of it found no time; `None` if nothing remains.
        why: Option<String>,
    },
    /// A new deadline, or a last day for tasks, that is over.
    #[error("This deadline is over already. Nothing was changed; give a later one, or none.")]
    DeadlineIsOver,
    /// The most goals that are possible are kept.
    #[error(
        "There are {} goals, which is all that is possible. Nothing was added; remove one that has ended.",
        limits::GOALS
    )]
    TooManyGoals,
    /// A run that has too many tasks.
    #[error(
        "The goal comes to {count} tasks; at most {} are possible. Nothing was added; split the goal.",
        limits::TASKS_PER_RUN
    )]
    TooManyTasks {
        /// How many there would be.
        count: usize,
    },
    /// Working hours that are not valid.
    #[error("{0} Nothing was changed.")]
    Hours(HoursError),
    /// A break over the limit.
    #[error("A break can take at most {} minutes. Nothing was changed.", limits::BREAK_MINUTES)]
    BreakTooLong,
    /// There is nothing to undo.
    #[error("There is nothing to undo.")]
    NothingToUndo,
    /// There is no such transaction, or it cannot be undone.
    #[error("There is no such change that could be undone. Nothing was changed.")]
    NoSuchChange,
    /// The transaction is undone already, or later changes have replaced all of it.
    #[error("Nothing of this is left to undo. Nothing was changed.")]
    NothingLeftToUndo,
    /// A later edit concerns the same item.
    #[error(
        "This cannot be undone by itself, because of what was changed later: {later} ({when}). Nothing was changed; undo \
         the later change first."
    )]
    UndoneByLater {
        /// The later edit in words.
        later: String,
        /// The time of the later edit, in words and in the person's zone.
        when: String,
    },
    /// There is nothing to redo.
    #[error("There is nothing to redo.")]
    NothingToRedo,
    /// A moment in the future.
    #[error("There is no such moment in the log. Nothing was changed.")]
    NoSuchMoment,
    /// A moment before the first plan.
    #[error("There was no timeline yet at that moment. Nothing was changed; choose a later one.")]
    NothingYet,
    /// A moment with too many differences to the present.
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

/// A request concerning a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunRequest {
    /// To cancel it.
    Cancel,
    /// To retry it.
    Retry,
}

/// A request concerning a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoalRequest {
    /// To put a proposal on the timeline.
    Accept,
    /// To plan it otherwise.
    Change,
    /// To take its open blocks off the timeline, until it is resumed.
    Pause,
    /// To plan what remains of a paused or ended goal.
    Resume,
    /// To take its open blocks off the timeline for good. A proposal is dismissed.
    End,
    /// To dismiss a proposal, or to remove an ended goal from the list.
    Dismiss,
}

fn goals_list(goals: &[GoalText]) -> String {
    let list: Vec<String> = goals.iter().map(|goal| format!("“{goal}”")).collect();
    list.join(", ")
}

fn no_run(request: RunRequest, reference: Option<&str>) -> String {
    let (doing, done) = match request {
        RunRequest::Cancel => ("is being worked on", "changed"),
        RunRequest::Retry => ("has failed", "started"),
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
            "is planned: its tasks are proposed or on the timeline. End that goal first to have it planned again."
        }
    }
}

fn no_goal(request: GoalRequest, reference: Option<&str>) -> String {
    let wanted = match request {
        GoalRequest::Accept => "waits to be accepted",
        GoalRequest::Change => "is proposed or under way",
        GoalRequest::Pause => "is under way",
        GoalRequest::Resume => "is paused or has ended",
        GoalRequest::End => "is proposed, under way or paused",
        GoalRequest::Dismiss => "is proposed or has ended",
    };
    match reference {
        Some(reference) => format!("There is no goal “{reference}” that {wanted}."),
        None => format!("No goal {wanted}."),
    }
}

fn goal_is(status: GoalStatus) -> &'static str {
    match status {
        GoalStatus::Proposed => "is only proposed; accept it first.",
        GoalStatus::Active => "is under way; end it first.",
        GoalStatus::Paused => "is paused; resume it first.",
        GoalStatus::Ended => "has ended; resume it first.",
    }
}

fn nothing_to_plan(goal: &GoalText, why: Option<&str>) -> String {
    match why {
        Some(why) => format!(
            "Nothing of “{goal}” found a time. {why} Nothing was changed; choose other hours, more hours a week or a later deadline."
        ),
        None => format!("Nothing of “{goal}” remains to be planned. Nothing was changed."),
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
