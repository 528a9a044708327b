//! The timeline as it is compared: in the person's wall-clock time, with what people see of it and nothing else.

use flux_agent::store::{Sql, Store, StoreError};
use flux_timeline::{Block, BlockQuery, EventKind, Plan, ReadBlocks, ReadHistory, ReadPlans, ReadRuns, Run, Zone};
use serde::{Deserialize, Serialize};

use crate::case::WallClock;

/// All plans, blocks and goals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// All plans, oldest first.
    pub plans: Vec<PlanLine>,
    /// The blocks of all plans, by start.
    pub blocks: Vec<BlockLine>,
    /// The goals that the architect was given, oldest first.
    pub goals: Vec<GoalLine>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// What tells it from others of the same title.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is the active one.
    pub active: bool,
    /// Whether it is archived.
    pub archived: bool,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockLine {
    /// B12.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub start: WallClock,
    /// When it ends.
    pub end: WallClock,
    /// How long it is, in minutes of real time: not the difference of the two on a day when the clocks change.
    pub minutes: i64,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is done.
    pub done: bool,
    /// The title of its plan.
    pub plan: String,
    /// The handles of those that must be done before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// A goal of the architect's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalLine {
    /// What tells it from others.
    pub id: String,
    /// Its words.
    pub goal: String,
    /// `running`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<WallClock>,
    /// How many hours a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_week: Option<f64>,
    /// The title of its plan.
    pub plan: String,
    /// Its tasks, once they are on the timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<BlockLine>,
    /// What went wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Picture {
    /// The timeline of a store, with times in `zone`.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn of<S: Sql>(store: &Store<S>, zone: Zone) -> Result<Self, StoreError> {
        let plans = store.plans()?;
        let active = store.active_plan()?.map(|plan| plan.id);
        let mut blocks = Vec::new();
        for plan in &plans {
            // Those of archived plans are only found when they are named.
            let query = BlockQuery { plan: Some(plan.id), limit: usize::MAX >> 1, ..BlockQuery::default() };
            blocks.extend(store.blocks(&query)?);
        }
        blocks.sort_by_key(|block| (block.span.start(), block.handle));
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
                })
                .collect(),
            blocks: blocks.iter().map(|block| lens.block(block, &[])).collect(),
            goals: goals.collect::<Result<_, StoreError>>()?,
        })
    }

    /// The block with this handle.
    pub fn block(&self, handle: &str) -> Option<&BlockLine> {
        self.blocks.iter().find(|block| block.handle == handle)
    }

    /// The plan that is active.
    pub fn active(&self) -> Option<&PlanLine> {
        self.plans.iter().find(|plan| plan.active)
    }
}

/// How rows of the store become lines.
struct Lens<'a> {
    zone: Zone,
    plans: &'a [Plan],
    blocks: &'a [Block],
}

impl Lens<'_> {
    fn plan(&self, id: flux_timeline::PlanId) -> String {
        self.plans.iter().find(|plan| plan.id == id).map(|plan| plan.title.to_string()).unwrap_or_default()
    }

    /// A block that is there, or that was there once among `others`.
    fn block(&self, block: &Block, others: &[Block]) -> BlockLine {
        let handle = |id| {
            let named = self.blocks.iter().chain(others).find(|block| block.id == id);
            named.map(|block| block.handle.to_string())
        };
        BlockLine {
            handle: block.handle.to_string(),
            title: block.title.to_string(),
            start: WallClock(self.zone.wall(block.span.start())),
            end: WallClock(self.zone.wall(block.span.end())),
            minutes: block.span.length().num_minutes(),
            priority: block.priority.as_str().to_owned(),
            tags: block.tags.iter().map(ToString::to_string).collect(),
            description: block.description.as_ref().map(ToString::to_string),
            done: !block.is_open(),
            plan: self.plan(block.plan),
            after: block.depends_on.iter().filter_map(|id| handle(*id)).collect(),
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

    /// The blocks that a run has added, as they were then.
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
