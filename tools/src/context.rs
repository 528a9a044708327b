//! The facts about a timeline, or about a goal, that an assistant gets before it answers. Language models get them as text
//! in the prompt. The built-in interpreter gets them as data.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use flux_timeline::draft::blocks_of;
use flux_timeline::progress::{Progress, progress};
use flux_timeline::view::{BlockState, PlanCounts, blocks_of_each};
use flux_timeline::{
    Block, BlockQuery, Goal, GoalStatus, HourFormat, Kind, Plan, PlanId, ReadBlocks, ReadGoals, ReadPlans, ReadSeries,
    Series, clock,
};
use serde::{Deserialize, Serialize};

/// The most blocks that a prompt lists.
const LISTED: usize = 60;
/// The most overdue tasks among them. These are the newest ones, so that a neglected timeline does not hide the week
/// ahead.
const OVERDUE: usize = 15;
/// How far a prompt looks ahead, in days.
pub const DAYS: i64 = 7;
/// The most blocks of other plans that a prompt lists.
const ELSEWHERE: usize = 20;
/// The most overdue tasks among them.
const OVERDUE_ELSEWHERE: usize = 8;
/// The most tasks without a time that a prompt lists.
const INBOX: usize = 20;
/// The most goals that a prompt lists.
const GOALS: usize = 10;
/// The most plans that a prompt names.
const PLANS: usize = 30;

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Facts {
    /// A conversation about a timeline.
    Timeline(TimelineContext),
    /// A goal to split into tasks.
    Goal(GoalContext),
    /// A text to rephrase. Without a model it is used as it is.
    Words(String),
}

/// A goal, as a model sees it. All times are wall-clock times in the person's zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoalContext {
    /// The goal in the person's words.
    pub goal: String,
    /// The present moment.
    #[serde(deserialize_with = "clock::wall_time")]
    pub now: NaiveDateTime,
    /// When everything should be done.
    #[serde(default, deserialize_with = "clock::optional_wall_time", skip_serializing_if = "Option::is_none")]
    pub deadline: Option<NaiveDateTime>,
    /// At most this many minutes of tasks a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_week: Option<u32>,
    /// The longest piece of work that can fit into one day, in minutes. Longer tasks are split.
    pub longest_minutes: u32,
}

/// The timeline, as a model sees it. All times are wall-clock times in `zone`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineContext {
    /// The present moment.
    pub now: NaiveDateTime,
    /// IANA name, e.g. `Europe/Oslo`.
    pub zone: String,
    /// The person's clock.
    #[serde(default)]
    pub hour_format: HourFormat,
    /// All plans, those in use before the archived ones; exactly one is active.
    pub plans: Vec<PlanLine>,
    /// At most 60 blocks: overdue tasks first, then those of the next 7 days, each by start.
    pub blocks: Vec<BlockLine>,
    /// At most 20 blocks of the other plans in use: at most 8 overdue tasks first, then those of the next 7 days, each by start. They take
    /// up the same person's time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<BlockLine>,
    /// Whether the other plans have more blocks in the next 7 days than are listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_elsewhere: bool,
    /// At most 20 tasks of the plans in use without a time that are not completed, the newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inbox: Vec<InboxLine>,
    /// How many tasks without a time are not listed. They also count as open tasks that are not.
    #[serde(default, skip_serializing_if = "flux_timeline::json::is_zero")]
    pub more_inbox: u64,
    /// At most 10 goals that have not ended, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalLine>,
    /// How many open tasks are not listed.
    pub later_open: u64,
    /// How many completed blocks are not listed.
    pub done: u64,
    /// How many appointments are not listed, before and after those that are.
    #[serde(default)]
    pub appointments: u64,
}

/// A plan in the context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Its title.
    pub title: String,
    /// Whether it is the active one.
    pub active: bool,
    /// Whether it is archived.
    pub archived: bool,
    /// How many of its blocks are tasks that are not completed.
    pub open_blocks: u64,
    /// How many of its blocks are appointments.
    #[serde(default)]
    pub appointments: u64,
}

/// A goal in the context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalLine {
    /// Its title, or what the person said if it has none.
    pub title: String,
    /// `proposed`, `active` or `paused`.
    pub status: String,
    /// How many sessions and tasks are done.
    pub done: u32,
    /// How many sessions and tasks there are. Nothing is on the timeline of a proposal.
    pub all: u32,
    /// How many sessions were missed and have not been made up for.
    #[serde(default)]
    pub missed: u32,
    /// How much time was spent, in minutes.
    pub minutes: u32,
    /// When the next session or task starts.
    #[serde(default, deserialize_with = "clock::optional_wall_time", skip_serializing_if = "Option::is_none")]
    pub next: Option<NaiveDateTime>,
    /// When the last one ends.
    #[serde(default, deserialize_with = "clock::optional_wall_time", skip_serializing_if = "Option::is_none")]
    pub ends: Option<NaiveDateTime>,
    /// When everything should be done.
    #[serde(default, deserialize_with = "clock::optional_wall_time", skip_serializing_if = "Option::is_none")]
    pub deadline: Option<NaiveDateTime>,
    /// Whether it is behind by a week.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub behind: bool,
}

/// A block in the context.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BlockLine {
    /// `B12`.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// Whether it is a task or an appointment.
    #[serde(default)]
    pub kind: Kind,
    /// Wall-clock start.
    pub start: NaiveDateTime,
    /// Wall-clock end.
    pub end: NaiveDateTime,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Its tags, without `#`.
    pub tags: Vec<String>,
    /// Whether it is completed.
    pub completed: bool,
    /// Whether it is an appointment that was missed.
    #[serde(default)]
    pub missed: bool,
    /// Whether the timer of the task runs.
    #[serde(default)]
    pub working: bool,
    /// How it repeats, in words, if it is one of a series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<String>,
    /// Whether it is all day. It starts when its first day does, and ends when its last one does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_day: bool,
    /// Whether it is a task without a time. Its start and end then mean nothing. The context lists none: they are in the inbox.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untimed: bool,
    /// The title of its plan, if that is not the active one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

impl BlockLine {
    /// Whether it is neither completed nor missed.
    pub const fn is_open(&self) -> bool {
        !self.completed && !self.missed
    }

    /// Whether it is a task whose time has passed and which is not completed.
    pub fn is_overdue(&self, now: NaiveDateTime) -> bool {
        self.kind.is_task() && !self.completed && !self.untimed && self.end <= now
    }

    /// Whether it is open and not an appointment that is over.
    pub fn is_ahead(&self, now: NaiveDateTime) -> bool {
        self.is_open() && (self.kind.is_task() || self.end > now)
    }
}

/// A task without a time in the context. The days are calendar dates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxLine {
    /// `B12`.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// How long it will take, in minutes, if somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// The first day for it.
    #[serde(default, deserialize_with = "clock::optional_date", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<NaiveDate>,
    /// The last day for it.
    #[serde(default, deserialize_with = "clock::optional_date", skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Its tags, without `#`.
    pub tags: Vec<String>,
    /// Whether its timer runs.
    #[serde(default)]
    pub working: bool,
    /// The title of its plan, if that is not the active one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

/// The facts about a timeline: those of the active plan first, then those of the other plans in use.
///
/// # Errors
/// The errors of the view.
pub fn timeline<V: ReadPlans + ReadBlocks + ReadSeries + ReadGoals>(
    view: &V,
    now: DateTime<Utc>,
) -> Result<TimelineContext, V::Error> {
    let settings = view.settings()?;
    let zone = settings.zone();
    let active = view.active_plan()?.map(|plan| plan.id);
    let (in_use, archived): (Vec<_>, Vec<_>) = view.plans()?.into_iter().partition(Plan::is_in_use);
    let mut plans = Vec::new();
    let mut unlisted = PlanCounts::default();
    for plan in in_use.iter().chain(&archived) {
        let counts = view.plan_counts(plan.id)?;
        if plan.is_in_use() {
            unlisted.open += counts.open;
            unlisted.done += counts.done;
            unlisted.appointments += counts.appointments;
        }
        if plans.len() < PLANS {
            plans.push(PlanLine {
                title: plan.title.to_string(),
                active: Some(plan.id) == active,
                archived: !plan.is_in_use(),
                open_blocks: counts.open,
                appointments: counts.appointments,
            });
        }
    }
    let today = zone.day_start(zone.wall(now).date());
    let mut blocks = view.blocks(&BlockQuery { plan: active, ..overdue(today, OVERDUE) })?;
    blocks.extend(view.blocks(&BlockQuery { plan: active, ..week(today, LISTED - blocks.len()) })?);
    let ids: Vec<PlanId> = in_use.iter().map(|plan| plan.id).collect();
    let others: Vec<PlanId> = ids.iter().copied().filter(|id| Some(*id) != active).collect();
    let (elsewhere, more_elsewhere) = elsewhere(view, &others, today)?;
    let inbox = blocks_of_each(view, &ids, &BlockQuery { limit: INBOX, last: true, ..BlockQuery::inbox(None) })?;
    let mut waiting = inbox.len() as u64;
    if inbox.len() == INBOX {
        waiting = 0;
        for plan in &ids {
            waiting += view.count_blocks(&BlockQuery::inbox(Some(*plan)))?;
        }
    }
    for block in blocks.iter().chain(&elsewhere).chain(&inbox) {
        let count = unlisted.of(block);
        *count = count.saturating_sub(1);
    }
    // The active plan is not named.
    let plan_of = |block: &Block| {
        let other = in_use.iter().find(|plan| plan.id == block.plan && Some(plan.id) != active);
        other.map(|plan| plan.title.to_string())
    };
    let repeats = blocks.iter().chain(&elsewhere).any(|block| block.series.is_some());
    let series = if repeats { view.all_series()? } else { Vec::new() };
    let rule_of = |block: &Block| {
        let place = block.series?;
        series.iter().find(|series| series.id == place.series).map(Series::words)
    };
    let line = |block: &Block, (start, end): (DateTime<Utc>, DateTime<Utc>)| BlockLine {
        handle: block.handle.to_string(),
        title: block.title.to_string(),
        kind: block.kind,
        start: zone.wall(start),
        end: zone.wall(end),
        priority: block.priority.as_str().to_owned(),
        tags: block.tags.iter().map(ToString::to_string).collect(),
        completed: block.completed_at.is_some(),
        missed: block.missed_at.is_some(),
        working: block.worked.is_running(),
        repeats: rule_of(block),
        all_day: block.days.is_some(),
        untimed: false,
        plan: plan_of(block),
    };
    let lines = |blocks: &[Block]| blocks.iter().filter_map(|block| Some(line(block, block.in_zone(zone)?))).collect();
    Ok(TimelineContext {
        now: zone.wall(now),
        zone: zone.name().to_owned(),
        hour_format: settings.hour_format,
        plans,
        blocks: lines(&blocks),
        elsewhere: lines(&elsewhere),
        more_elsewhere,
        inbox: inbox.iter().map(|block| InboxLine { plan: plan_of(block), ..inbox_line(block) }).collect(),
        more_inbox: waiting - inbox.len() as u64,
        goals: goals(view, &in_use, now)?,
        later_open: unlisted.open,
        done: unlisted.done,
        appointments: unlisted.appointments,
    })
}

/// The goals of these plans that have not ended.
fn goals<V: ReadPlans + ReadBlocks + ReadGoals>(
    view: &V,
    in_use: &[Plan],
    now: DateTime<Utc>,
) -> Result<Vec<GoalLine>, V::Error> {
    let mut goals = view.goals()?;
    goals.retain(|goal| goal.state.status != GoalStatus::Ended && in_use.iter().any(|plan| plan.id == goal.plan));
    // Ids are in the order of time.
    goals.reverse();
    goals.truncate(GOALS);
    let zone = view.settings()?.zone();
    let line = |goal: Goal| {
        let Progress { sessions, sessions_done, sessions_missed, tasks, tasks_done, minutes_done, next, ends, .. } =
            progress(&goal, &blocks_of(view, &goal)?, now);
        Ok(GoalLine {
            title: goal.name().to_owned(),
            status: goal.state.status.as_str().to_owned(),
            done: sessions_done + tasks_done,
            all: sessions + tasks,
            missed: sessions_missed,
            minutes: minutes_done,
            next: next.map(|next| zone.wall(next.span.start())),
            ends: ends.map(|end| zone.wall(end)),
            deadline: goal.state.wishes.deadline.map(|deadline| zone.wall(deadline)),
            behind: goal.state.behind_since.is_some(),
        })
    };
    goals.into_iter().map(line).collect()
}

/// The blocks of the plans other than the active one that are listed: overdue tasks, then those of the next days. Whether there are more in
/// the next days.
fn elsewhere<V: ReadBlocks>(view: &V, others: &[PlanId], today: DateTime<Utc>) -> Result<(Vec<Block>, bool), V::Error> {
    let mut listed = blocks_of_each(view, others, &overdue(today, OVERDUE_ELSEWHERE))?;
    let room = ELSEWHERE - listed.len();
    let of_week = blocks_of_each(view, others, &week(today, room + 1))?;
    let has_more = of_week.len() > room;
    listed.extend(of_week.into_iter().take(room));
    Ok((listed, has_more))
}

/// The first `limit` blocks of the next days.
fn week(today: DateTime<Utc>, limit: usize) -> BlockQuery {
    let until = today + TimeDelta::days(DAYS);
    BlockQuery { ends_after: Some(today), starts_before: Some(until), limit, ..BlockQuery::default() }
}

/// The newest open tasks that ended before today.
fn overdue(today: DateTime<Utc>, limit: usize) -> BlockQuery {
    BlockQuery {
        ends_by: Some(today),
        state: BlockState::ToDo,
        starts_from: Some(today - TimeDelta::days(90)),
        limit,
        last: true,
        ..BlockQuery::default()
    }
}

fn inbox_line(block: &Block) -> InboxLine {
    InboxLine {
        handle: block.handle.to_string(),
        title: block.title.to_string(),
        minutes: block.minutes,
        not_before: block.not_before,
        due: block.due,
        priority: block.priority.as_str().to_owned(),
        tags: block.tags.iter().map(ToString::to_string).collect(),
        working: block.worked.is_running(),
        plan: None,
    }
}
