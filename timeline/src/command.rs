//! Requests to change the timeline. [`decide`](crate::decide()) checks them against the timeline.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

use crate::block::{Kind, Priority};
use crate::clock::HourFormat;
use crate::days::Days;
use crate::distance::Distance;
use crate::free_time::{Activity, ActivityHours, DayTime, PartOfDay, WorkingHours};
use crate::id::{BlockId, PlanId, RunId, SeriesId, TxnId};
use crate::outline::Outline;
use crate::plan::PlanColor;
use crate::reference::{BlockRef, PlanRef, RunRef};
pub use crate::rejection::GoalRequest;
use crate::reminder::{QuietHours, Reminders};
use crate::run::{LeftOut, RunStep};
use crate::series::Recurrence;
use crate::span::Span;
use crate::text::{Description, GoalText, Tag, Title};
use crate::zone::Zone;

/// A request to change the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Creates the first plan. Does nothing if there is one.
    OpenTimeline {
        /// The id of the plan.
        id: PlanId,
        /// Its title.
        title: Title,
    },
    /// Adds a block to the timeline.
    ScheduleBlock(NewBlock),
    /// Changes a block.
    UpdateBlock {
        /// Which.
        block: BlockRef,
        /// The changes.
        changes: BlockUpdate,
    },
    /// Deletes a block, or more of its series.
    DeleteBlock {
        /// Which.
        block: BlockRef,
        /// How much of its series.
        scope: Scope,
    },
    /// Makes more blocks of all series, so that there are some for [`SERIES_AHEAD`](crate::limits::SERIES_AHEAD). At most
    /// [`OCCURRENCES_AT_ONCE`](crate::limits::OCCURRENCES_AT_ONCE) for each.
    ExtendSeries,
    /// Marks a block as done. Does nothing if it is done.
    CompleteBlock {
        /// Which.
        block: BlockRef,
    },
    /// Marks a block as neither done nor missed. Does nothing if it is open.
    ReopenBlock {
        /// Which.
        block: BlockRef,
    },
    /// Creates a plan and switches to it.
    CreatePlan {
        /// Its id.
        id: PlanId,
        /// Its title.
        title: Title,
    },
    /// Makes another plan the active one. If that plan is archived, this also unarchives it.
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
    /// Gives a plan another color. Does nothing if that is how it is shown.
    RecolorPlan {
        /// Which.
        plan: PlanRef,
        /// The new color.
        color: PlanColor,
    },
    /// Deletes a plan with its blocks.
    DeletePlan {
        /// Which.
        plan: PlanRef,
    },
    /// Archives a plan. Does nothing if it is archived.
    ArchivePlan {
        /// Which.
        plan: PlanRef,
    },
    /// Unarchives a plan. Does nothing if it is in use.
    UnarchivePlan {
        /// Which.
        plan: PlanRef,
    },
    /// Moves all open blocks that start at or after a moment.
    ShiftTimeline {
        /// The plan of the blocks; `None` means all plans in use.
        plan: Option<PlanRef>,
        /// The moment.
        after: DateTime<Utc>,
        /// Only blocks that start before this moment; `None` means all.
        before: Option<DateTime<Utc>>,
        /// How far.
        by: Distance,
    },
    /// Moves overdue tasks, or named tasks without a time, to the next time that is free for them.
    RescheduleOverdue {
        /// Which.
        tasks: OverdueTasks,
        /// The last day on which they can be, in the person's zone; `None` means any.
        until: Option<NaiveDate>,
    },
    /// Gives overdue tasks, or tasks without a time, the starts that were suggested for them. They are named by their ids. A task that has
    /// got a time or was deleted in the meantime, and one whose suggested start has passed, stay as they are.
    PlaceTasks(Vec<(BlockId, DateTime<Utc>)>),
    /// Starts a run of the architect. Does nothing if a run for the same goal is under way or was started a moment ago.
    StartRun(NewRun),
    /// Ends a run without adding tasks. Does nothing if it is cancelled.
    CancelRun {
        /// The run; `None` means the only one.
        run: Option<RunRef>,
    },
    /// Resumes a failed run at the step that failed.
    RetryRun {
        /// The run; `None` means the only one.
        run: Option<RunRef>,
    },
    /// Records that a run begins a step, or begins it again. Does nothing if the run has ended.
    BeginStep {
        /// Which run.
        run: RunId,
        /// Which step.
        step: RunStep,
    },
    /// Gives a run a short name. Does nothing if it has one, or has ended.
    NameRun {
        /// Which run.
        run: RunId,
        /// Its name.
        title: Title,
    },
    /// Records that a step failed and will be tried again. Does nothing if the run has ended.
    NoteTrouble {
        /// Which run.
        run: RunId,
        /// Why, in a sentence.
        error: String,
    },
    /// Records that a run failed. Does nothing if it has ended.
    FailRun {
        /// Which.
        run: RunId,
        /// Why, in a sentence or two that a person understands.
        error: String,
    },
    /// Adds the tasks of a run. Does nothing if the run has ended, for example because it has added them already.
    CommitRun {
        /// Which.
        run: RunId,
        /// The tasks, and what is done regularly.
        outline: Outline,
        /// The tasks that the model named but that were left out before placing.
        left_out: Vec<LeftOut>,
        /// No task starts before this moment, and none in the past.
        not_before: DateTime<Utc>,
    },
    /// Puts the tasks and sessions of a proposed goal on the timeline. Does nothing if it is under way.
    AcceptGoal {
        /// Which; `None` means the only one that is proposed.
        goal: Option<RunRef>,
        /// Only those that start at these moments; `None` means all.
        starts: Option<Vec<DateTime<Utc>>>,
    },
    /// Changes how a goal is planned. One that is under way is planned again from now on, also if nothing is wished.
    ChangeGoal {
        /// Which; `None` means the only one.
        goal: Option<RunRef>,
        /// What is wished.
        wishes: WishesUpdate,
    },
    /// Pauses, resumes, ends or dismisses a goal. Does nothing if it is so already.
    SetGoal {
        /// Which; `None` means the only one that the request fits.
        goal: Option<RunRef>,
        /// What to do.
        request: GoalRequest,
    },
    /// Gives missed sessions of goals new times in their weeks, and notes which goals are behind by a week.
    TendGoals,
    /// Undoes a transaction.
    Undo {
        /// The transaction; `None` means the last one.
        txn: Option<TxnId>,
    },
    /// Applies the transaction again that was undone last.
    Redo,
    /// Restores plans and blocks to an earlier state.
    Restore {
        /// The number of the event after which they were in that state.
        seq: u64,
    },
    /// Changes settings.
    ChangeSettings(SettingsUpdate),
    /// Takes the time zone that a client reports, and the conventions of its locale. Does nothing if a zone is known.
    LearnLocale(Locale),
}

/// How much of a series a change is about. For a block that stands alone, there is no difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The block alone.
    #[default]
    One,
    /// The block and those after it, which become a series of their own if they are changed.
    Following(SeriesId),
    /// All that are not over.
    All,
}

/// How a block repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The id of the series, if it is a new one.
    pub id: SeriesId,
    /// The rule.
    pub rule: Recurrence,
    /// Whether one interval of the rule is counted from the day on which the task was done. The rule then says nothing else, apart from an
    /// end by date.
    pub after_done: bool,
}

/// Which overdue tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverdueTasks {
    /// Those of all plans in use.
    All,
    /// Those of all plans in use without the sessions of goals, which are made up for in their own weeks only.
    AllButSessions,
    /// Those of one plan.
    OfPlan(PlanRef),
    /// These, and each must be overdue or without a time.
    Named(Vec<BlockRef>),
}

/// A request for a run of the architect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// The id of the new item.
    pub id: RunId,
    /// The goal.
    pub goal: GoalText,
    /// The plan for the tasks; `None` is the active one.
    pub plan: Option<PlanRef>,
    /// When everything should be done.
    pub deadline: Option<DateTime<Utc>>,
    /// At most this many minutes of tasks a week.
    pub minutes_per_week: Option<u32>,
}

/// Changes of the wishes for a goal. A field that is `None` keeps its value, and `Some(None)` removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WishesUpdate {
    /// When everything should be done.
    pub deadline: Option<Option<DateTime<Utc>>>,
    /// At most this many minutes a week.
    pub minutes_per_week: Option<Option<u32>>,
    /// How long a session should be, in minutes.
    pub session_minutes: Option<Option<u32>>,
    /// When the person has time for it.
    pub hours: HoursUpdate,
}

/// Changes of the hours for a goal. A field that is `None` keeps its value, and an empty list means the same as for its kind of activity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoursUpdate {
    /// The parts of the day.
    pub parts: Option<Vec<PartOfDay>>,
    /// Two times of day, instead of parts.
    pub between: Option<(DayTime, DayTime)>,
    /// The days of the week.
    pub days: Option<Vec<Weekday>>,
}

/// A request for a new block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// The id of the new item.
    pub id: BlockId,
    /// Its plan; `None` is the active one.
    pub plan: Option<PlanRef>,
    /// Its title.
    pub title: Title,
    /// Whether it is a task or an appointment.
    pub kind: Kind,
    /// Its description.
    pub description: Option<Description>,
    /// When; `None` for a task that has no time yet, and for an all-day block.
    pub span: Option<Span>,
    /// The days of an all-day block. Not together with `span`.
    pub days: Option<Days>,
    /// How long a task without a time will take, in minutes. Ignored with a time or days.
    pub minutes: Option<u32>,
    /// The last day on which a task can be done.
    pub due: Option<NaiveDate>,
    /// The first day on which a task can be done.
    pub not_before: Option<NaiveDate>,
    /// Its priority.
    pub priority: Priority,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The blocks that must be done before it.
    pub depends_on: Vec<BlockRef>,
    /// Its own reminders; `None` leaves them to the settings.
    pub reminders: Option<Reminders>,
    /// How it repeats. The blocks of a series have ids of their own.
    pub repeat: Option<Repeat>,
}

impl NewBlock {
    /// A task without a time, in the active plan.
    pub const fn new(id: BlockId, title: Title) -> Self {
        Self {
            id,
            plan: None,
            title,
            kind: Kind::Task,
            description: None,
            span: None,
            days: None,
            minutes: None,
            due: None,
            not_before: None,
            priority: Priority::Medium,
            tags: Vec::new(),
            depends_on: Vec::new(),
            reminders: None,
            repeat: None,
        }
    }
}

/// Changes of a block. A field that is `None` keeps its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockUpdate {
    /// A new title.
    pub title: Option<Title>,
    /// A new description; `Some(None)` removes it.
    pub description: Option<Option<Description>>,
    /// Another kind. A missed appointment that becomes a task is open.
    pub kind: Option<Kind>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// New tags, all of them.
    pub tags: Option<Vec<Tag>>,
    /// A new start. Without an end or a length, the block keeps its length. A task without a time gets its estimate, or else
    /// [`UNESTIMATED`](crate::limits::UNESTIMATED), and so does an all-day block, which is then no longer all day.
    pub start: Option<DateTime<Utc>>,
    /// A new end.
    pub end: Option<DateTime<Utc>>,
    /// A new length, from the start. Ignored together with `end`. It is the new estimate of a task that has and gets no time;
    /// `Some(None)` removes the estimate.
    pub length: Option<Option<TimeDelta>>,
    /// A new first day, which makes it an all-day block. Alone it moves the block, which keeps its number of days; one that was not all day
    /// gets one day. Not together with a start, an end or a length.
    pub first_day: Option<NaiveDate>,
    /// A new last day. Alone it is for a block that is all day already.
    pub last_day: Option<NaiveDate>,
    /// Whether to take away the time of a task, so that it is in the inbox again. Its length becomes its estimate.
    pub unschedule: bool,
    /// The last day on which a task can be done; `Some(None)` removes it.
    pub due: Option<Option<NaiveDate>>,
    /// The first day on which a task can be done; `Some(None)` removes it.
    pub not_before: Option<Option<NaiveDate>>,
    /// Whether it is completed. A missed appointment that is completed or reopened is no longer missed.
    pub completed: Option<bool>,
    /// Whether it is an appointment that was missed.
    pub missed: Option<bool>,
    /// Whether the timer of the task runs. It is paused when the task is completed or becomes an appointment.
    pub working: Option<bool>,
    /// The time that was spent on it until now. A timer that runs goes on from there.
    pub worked: Option<TimeDelta>,
    /// Its own reminders; `Some(None)` leaves them to the settings again.
    pub reminders: Option<Option<Reminders>>,
    /// A rule by which it repeats from now on. For a block of a series, the scope says how much of it gets the rule; if that is
    /// one block, those after it do, too.
    pub repeat: Option<Repeat>,
    /// How much of its series the changes are about.
    pub scope: Scope,
}

impl BlockUpdate {
    /// Whether it gives a start or days.
    pub const fn gives_start(&self) -> bool {
        self.start.is_some() || self.first_day.is_some() || self.last_day.is_some()
    }
}

/// Where a person is, as their client reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    /// The zone.
    pub zone: Zone,
    /// How times of day are written there; `None` if the client does not say.
    pub hour_format: Option<HourFormat>,
    /// The first day of the week there.
    pub week_start: Option<Weekday>,
}

impl From<Zone> for Locale {
    fn from(zone: Zone) -> Self {
        Self { zone, hour_format: None, week_start: None }
    }
}

/// Changes of the settings. A field that is `None` keeps its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsUpdate {
    /// A new zone.
    pub time_zone: Option<Zone>,
    /// New working hours.
    pub working_hours: Option<WorkingHours>,
    /// A new shortest break, in minutes.
    pub break_minutes: Option<u32>,
    /// Another first day of the week.
    pub week_start: Option<Weekday>,
    /// Another format for times of day.
    pub hour_format: Option<HourFormat>,
    /// Whether overdue tasks get new times each morning.
    pub reschedule_overdue: Option<bool>,
    /// How many minutes before its start a block reminds by itself; `Some(None)` if it does not.
    pub remind_minutes: Option<Option<u32>>,
    /// New quiet hours; `Some(None)` removes them.
    pub quiet_hours: Option<Option<QuietHours>>,
    /// Whether what is planned for a goal is accepted without asking.
    pub accept_goals: Option<bool>,
    /// When the person has time for a kind of activity; `None` means the usual hours again.
    pub activity_hours: Vec<(Activity, Option<ActivityHours>)>,
}
