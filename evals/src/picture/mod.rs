//! The timeline in a form that can be compared: in the person's wall-clock time, with only what people see.

mod change;
mod details;
mod series;

use flux_agent::store::{Sql, Store, StoreError};
use flux_timeline::{
    Block, BlockQuery, Days, EventKind, Kind, Plan, PlanColor, ReadBlocks, ReadHistory, ReadPlans, ReadRuns,
    ReadSeries, Run, When, Zone, clock,
};
use serde::{Deserialize, Serialize};

use crate::wall_clock::WallClock;

pub use change::{Change, changes};
pub(crate) use details::write_days;
pub use series::{SeriesLine, starts};

/// All plans, blocks, series and goals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// All plans, oldest first.
    pub plans: Vec<PlanLine>,
    /// The blocks of all plans, by start.
    pub blocks: Vec<BlockLine>,
    /// What repeats, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<SeriesLine>,
    /// The goals that the architect was given, oldest first.
    pub goals: Vec<GoalLine>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Its id. Titles need not be unique.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is the active one.
    pub active: bool,
    /// Whether it is archived.
    pub archived: bool,
    /// Its color. Records from before there were colors have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<PlanColor>,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockLine {
    /// Its handle, e.g. B12.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// When it starts; none for what is all day, and for a task without a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<WallClock>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<WallClock>,
    /// Its days, if it is all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    /// Its length in minutes of real time. On a day when the clocks change, this differs from `end - start`. Of a task without a time,
    /// its estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// The last day for a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The first day for a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<String>,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `task` or `appointment`.
    #[serde(default)]
    pub kind: Kind,
    /// Whether it is done.
    pub done: bool,
    /// Whether it is an appointment that was missed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missed: bool,
    /// Whether the timer of the task runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub working: bool,
    /// The minutes that were spent on it until the timer was last paused.
    #[serde(default, skip_serializing_if = "flux_timeline::json::is_zero")]
    pub worked_minutes: u64,
    /// The title of its plan.
    pub plan: String,
    /// The handles of the blocks that it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Its own reminders, in minutes before the start, the largest first; empty if it never reminds. None if the settings apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<u32>>,
    /// The id of its series, if it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
}

impl BlockLine {
    /// Whether it is a task that has no time and no days.
    pub const fn is_untimed(&self) -> bool {
        self.start.is_none() && self.days.is_none()
    }

    /// When it begins by the clock: what is all day begins at 00:00.
    pub fn begins(&self) -> Option<WallClock> {
        self.start.or(self.days.map(|days| WallClock(days.first().into())))
    }
}

/// A goal of the architect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalLine {
    /// Its id.
    pub id: String,
    /// The goal as the person put it.
    pub goal: String,
    /// `running`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// Its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<WallClock>,
    /// Hours per week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_week: Option<f64>,
    /// The title of its plan.
    pub plan: String,
    /// Its tasks as they were added to the timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<BlockLine>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Picture {
    /// The timeline of a store, with times in `zone`.
    ///
    /// # Errors
    /// If the store fails.
    pub fn of<S: Sql>(store: &Store<S>, zone: Zone) -> Result<Self, StoreError> {
        let plans = store.plans()?;
        let active = store.active_plan()?.map(|plan| plan.id);
        let mut blocks = Vec::new();
        for plan in &plans {
            // Blocks of archived plans are only found if the query names the plan.
            let query = BlockQuery { plan: Some(plan.id), limit: usize::MAX >> 1, ..BlockQuery::default() };
            blocks.extend(store.blocks(&query)?);
        }
        blocks.sort_by_key(|block| (block.when().map(When::bounds), block.handle));
        let lens = Lens { zone, plans: &plans, blocks: &blocks };
        let mut runs = store.runs(100)?;
        runs.reverse();
        let goals = runs.iter().map(|run| Ok(lens.goal(run, lens.tasks(store, run)?)));
        Ok(Self {
            plans: plans
                .iter()
                .map(|plan| PlanLine {
                    id: plan.id.to_string(),
                    title: plan.title.to_string(),
                    active: Some(plan.id) == active,
                    archived: !plan.is_in_use(),
                    color: Some(plan.shown_color()),
                })
                .collect(),
            blocks: blocks.iter().map(|block| lens.block(block, &[])).collect(),
            series: store.all_series()?.iter().map(|series| SeriesLine::of(series, lens.plan(series.plan))).collect(),
            goals: goals.collect::<Result<_, StoreError>>()?,
        })
    }

    /// The block with this handle.
    pub fn block(&self, handle: &str) -> Option<&BlockLine> {
        self.blocks.iter().find(|block| block.handle == handle)
    }

    /// The active plan.
    pub fn active(&self) -> Option<&PlanLine> {
        self.plans.iter().find(|plan| plan.active)
    }
}

/// Converts blocks and runs to lines.
struct Lens<'a> {
    zone: Zone,
    plans: &'a [Plan],
    blocks: &'a [Block],
}

impl Lens<'_> {
    fn plan(&self, id: flux_timeline::PlanId) -> String {
        self.plans.iter().find(|plan| plan.id == id).map(|plan| plan.title.to_string()).unwrap_or_default()
    }

    /// A block. Its dependencies are looked up among the current blocks and `others`.
    fn block(&self, block: &Block, others: &[Block]) -> BlockLine {
        let handle = |id| {
            let named = self.blocks.iter().chain(others).find(|block| block.id == id);
            named.map(|block| block.handle.to_string())
        };
        BlockLine {
            handle: block.handle.to_string(),
            title: block.title.to_string(),
            start: block.span.map(|span| WallClock(self.zone.wall(span.start()))),
            end: block.span.map(|span| WallClock(self.zone.wall(span.end()))),
            days: block.days,
            minutes: block.length().map(|length| length.num_minutes()),
            due: block.due.map(clock::iso_date),
            earliest: block.not_before.map(clock::iso_date),
            priority: block.priority.as_str().to_owned(),
            tags: block.tags.iter().map(ToString::to_string).collect(),
            description: block.description.as_ref().map(ToString::to_string),
            kind: block.kind,
            done: block.completed_at.is_some(),
            missed: block.missed_at.is_some(),
            working: block.worked.is_running(),
            worked_minutes: block.worked.minutes(),
            plan: self.plan(block.plan),
            after: block.depends_on.iter().filter_map(|id| handle(*id)).collect(),
            reminders: block.reminders.as_ref().map(|reminders| reminders.minutes().to_vec()),
            series: block.series.map(|place| place.series.to_string()),
        }
    }

    fn goal(&self, run: &Run, tasks: Vec<BlockLine>) -> GoalLine {
        GoalLine {
            id: run.id.to_string(),
            goal: run.goal.to_string(),
            status: run.state.status.as_str().to_owned(),
            deadline: run.deadline.map(|deadline| WallClock(self.zone.wall(deadline))),
            hours_per_week: run.minutes_per_week.map(|minutes| f64::from(minutes) / 60.0),
            plan: self.plan(run.plan),
            tasks,
            error: run.state.error.clone(),
        }
    }

    /// The blocks that a run added, as they were then.
    fn tasks<S: Sql>(&self, store: &Store<S>, run: &Run) -> Result<Vec<BlockLine>, StoreError> {
        let events = store.transaction(run.id.txn())?;
        let blocks: Vec<Block> = events
            .into_iter()
            .filter_map(|event| match event.kind {
                EventKind::BlockScheduled { block } => Some(block),
                _ => None,
            })
            .collect();
        Ok(blocks.iter().map(|block| self.block(block, &blocks)).collect())
    }
}
