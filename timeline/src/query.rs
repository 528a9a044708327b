//! Questions that change nothing: which blocks match, when there is free time, which plans and runs there are.

use chrono::{DateTime, TimeDelta, Utc};

use crate::block::Block;
use crate::error::{DecideError, read};
use crate::free_time::{self, Search, Slot, WorkingHours};
use crate::plan::Plan;
use crate::reference::{PlanRef, find_plan};
use crate::run::Run;
use crate::view::{BlockQuery, BlockState, PlanCounts, ReadBlocks, ReadPlans, ReadRuns, TitleMatch};

/// The most blocks that are counted for `total`. If there are as many, the answer says "or more".
pub const COUNTED: usize = 1_000;
/// The most runs that are listed.
pub const RUNS: usize = 20;
/// The longest range that is searched for free time.
const LONGEST_SEARCH: TimeDelta = TimeDelta::days(62);

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Which plans there are.
    Plans,
    /// Which blocks match.
    Blocks(FindBlocks),
    /// When there is time.
    FreeTime(FindFreeTime),
    /// Which runs of the architect there are.
    Runs,
}

/// Which blocks to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindBlocks {
    /// Words of the title, in any order.
    pub text: Option<String>,
    /// Only blocks that end after this.
    pub from: Option<DateTime<Utc>>,
    /// Only blocks that start before this.
    pub to: Option<DateTime<Utc>>,
    /// Only blocks with a time, or only those without.
    pub has_time: Option<bool>,
    /// Open, done or both.
    pub state: BlockState,
    /// Only blocks of this plan; `None` means all plans in use.
    pub plan: Option<PlanRef>,
    /// At most this many, 1–100.
    pub limit: usize,
}

/// Which free time to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindFreeTime {
    /// Not before this.
    pub from: DateTime<Utc>,
    /// Not after this. The search ends 62 days after `from` at the latest.
    pub to: DateTime<Utc>,
    /// At least this long.
    pub length: TimeDelta,
    /// At most this many.
    pub limit: usize,
}

/// The answer to a [`Query`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The plans, oldest first; the flag marks the active one.
    Plans(Vec<(Plan, bool, PlanCounts)>),
    /// The blocks that match, and how many there are in all, counted up to [`COUNTED`].
    Blocks {
        /// The blocks, by start.
        blocks: Vec<Block>,
        /// How many match.
        total: usize,
        /// The plans of those that do not belong to the active one.
        others: Vec<Plan>,
    },
    /// Runs of the architect, newest first; at most [`RUNS`].
    Runs(Vec<Run>),
    /// Free time.
    Slots {
        /// Stretches of at least the asked length, by start.
        slots: Vec<Slot>,
        /// The hours of each day in which they were looked for.
        hours: WorkingHours,
    },
}

/// Answers a question.
///
/// # Errors
/// A rejection if a plan is not found, and the errors of the view.
pub fn answer<V: ReadPlans + ReadBlocks + ReadRuns>(view: &V, query: &Query) -> Result<Answer, DecideError<V::Error>> {
    match query {
        Query::Plans => {
            let active = read(view.active_plan())?.map(|plan| plan.id);
            let mut plans = Vec::new();
            for plan in read(view.plans())? {
                let counts = read(view.plan_counts(plan.id))?;
                let is_active = Some(plan.id) == active;
                plans.push((plan, is_active, counts));
            }
            Ok(Answer::Plans(plans))
        }
        Query::Blocks(find) => find_blocks(view, find),
        Query::Runs => Ok(Answer::Runs(read(view.runs(RUNS))?)),
        Query::FreeTime(find) => find_free_time(view, find),
    }
}

fn find_blocks<V: ReadPlans + ReadBlocks>(view: &V, find: &FindBlocks) -> Result<Answer, DecideError<V::Error>> {
    let plan = find.plan.as_ref().map(|reference| find_plan(view, reference)).transpose()?;
    let words = find.text.as_deref().map(TitleMatch::words).unwrap_or_default();
    let mut blocks = read(view.blocks(&BlockQuery {
        plan: plan.map(|plan| plan.id),
        title: (!words.is_empty()).then_some(TitleMatch::Contains(words)),
        ends_after: find.from,
        starts_before: find.to,
        has_time: find.has_time,
        state: find.state,
        limit: COUNTED,
        ..BlockQuery::default()
    }))?;
    let total = blocks.len();
    blocks.truncate(find.limit);
    let active = read(view.active_plan())?.map(|plan| plan.id);
    let mut others = read(view.plans())?;
    others.retain(|plan| Some(plan.id) != active && blocks.iter().any(|block| block.plan == plan.id));
    Ok(Answer::Blocks { blocks, total, others })
}

fn find_free_time<V: ReadPlans + ReadBlocks>(view: &V, find: &FindFreeTime) -> Result<Answer, DecideError<V::Error>> {
    let settings = read(view.settings())?;
    let hours = settings.working_hours.awake();
    let to = find.to.min(find.from + LONGEST_SEARCH);
    // A block that ends shortly before the range, or starts shortly after it, has its break within it.
    let pause = TimeDelta::minutes(settings.break_minutes.into());
    let busy = read(view.busy(find.from - pause, to + pause))?;
    let search = Search {
        zone: settings.zone(),
        hours,
        break_minutes: settings.break_minutes,
        from: find.from,
        until: Some(to),
        days: u32::MAX,
        shortest: find.length,
    };
    Ok(Answer::Slots { slots: free_time::slots(&busy, &search).take(find.limit).collect(), hours })
}
