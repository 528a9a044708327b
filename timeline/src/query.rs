//! Questions that change nothing: which blocks fit, when there is free time, which plans there are.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use crate::block::Block;
use crate::decide::{DecideError, read};
use crate::plan::Plan;
use crate::reference::{PlanRef, find_plan};
use crate::run::Run;
use crate::span::to_millis;
use crate::view::{BlockQuery, BlockState, PlanCounts, ReadBlocks, ReadPlans, ReadRuns, TitleMatch};
use crate::zone::Zone;

/// Most blocks that are counted for `total`; beyond it the answer says "or more".
pub const COUNTED: usize = 1_000;
/// Most runs that are listed.
pub const RUNS: usize = 20;
/// Between these hours of a day free time is looked for, where nothing else is asked: people are asleep otherwise.
pub const WAKING_HOURS: (u32, u32) = (8, 22);
/// Free time is offered from full five minutes on.
const SLOT_GRID_MINUTES: i64 = 5;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Which plans there are.
    Plans,
    /// Which blocks fit.
    Blocks(FindBlocks),
    /// When there is time.
    FreeTime(FindFreeTime),
    /// Which runs of the architect there are.
    Runs,
}

/// Which blocks are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindBlocks {
    /// Words of the title, in any order.
    pub text: Option<String>,
    /// Only what ends after this.
    pub from: Option<DateTime<Utc>>,
    /// Only what starts before this.
    pub to: Option<DateTime<Utc>>,
    /// Open, done or both.
    pub state: BlockState,
    /// Only of this plan; none is the active one.
    pub plan: Option<PlanRef>,
    /// At most this many, 1–100.
    pub limit: usize,
}

/// What free time is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindFreeTime {
    /// Not before this.
    pub from: DateTime<Utc>,
    /// Not after this; at most 62 days after `from` are looked at.
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
    /// The blocks, and how many fit in all (counted up to [`COUNTED`]).
    Blocks {
        /// By start.
        blocks: Vec<Block>,
        /// How many fit.
        total: usize,
    },
    /// Runs of the architect, newest first; at most [`RUNS`].
    Runs(Vec<Run>),
    /// Gaps of at least the asked length, by start.
    Slots(Vec<Slot>),
}

/// A stretch of free time. Not a [`Span`](crate::Span): it can be of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// From.
    pub start: DateTime<Utc>,
    /// To.
    pub end: DateTime<Utc>,
}

/// Answers a question.
///
/// # Errors
/// A rejection where a plan is not found, and what the view can fail with.
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
        Query::FreeTime(find) => {
            let zone = read(view.settings())?.time_zone;
            let to = find.to.min(find.from + TimeDelta::days(62));
            let busy =
                read(view.blocks(&BlockQuery { state: BlockState::Open, ..BlockQuery::overlapping(find.from, to) }))?;
            Ok(Answer::Slots(free_slots(&FindFreeTime { to, ..find.clone() }, &busy, zone)))
        }
    }
}

fn find_blocks<V: ReadPlans + ReadBlocks>(view: &V, find: &FindBlocks) -> Result<Answer, DecideError<V::Error>> {
    let plan = match &find.plan {
        Some(reference) => Some(find_plan(view, reference)?),
        None => read(view.active_plan())?,
    };
    let words = find.text.as_deref().map(TitleMatch::words).unwrap_or_default();
    let mut blocks = read(view.blocks(&BlockQuery {
        plan: plan.map(|plan| plan.id),
        title: (!words.is_empty()).then_some(TitleMatch::Contains(words)),
        ends_after: find.from,
        starts_before: find.to,
        state: find.state,
        limit: COUNTED,
        ..BlockQuery::default()
    }))?;
    let total = blocks.len();
    blocks.truncate(find.limit);
    Ok(Answer::Blocks { blocks, total })
}

/// The gaps between `busy` blocks (by start) within the waking hours of each day in `zone`.
fn free_slots(find: &FindFreeTime, busy: &[Block], zone: Zone) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut date = zone.wall(find.from).date();
    let last = zone.wall(find.to).date();
    while date <= last && slots.len() < find.limit {
        let (first_hour, last_hour) = WAKING_HOURS;
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).map(|time| zone.instant(date.and_time(time)));
        let (Some(open), Some(close)) = (at(first_hour), at(last_hour)) else { break };
        let day = Slot { start: on_grid(find.from.max(open)), end: find.to.min(close) };
        slots.extend(gaps(day, busy).filter(|slot| slot.end - slot.start >= find.length));
        let Some(next) = date.checked_add_days(Days::new(1)) else { break };
        date = next;
    }
    slots.truncate(find.limit);
    slots
}

fn gaps(day: Slot, busy: &[Block]) -> impl Iterator<Item = Slot> {
    let mut free_from = day.start;
    let mut found = Vec::new();
    for span in busy.iter().map(|block| block.span) {
        if span.end() <= day.start || span.start() >= day.end {
            continue;
        }
        found.push(Slot { start: free_from, end: span.start() });
        free_from = free_from.max(on_grid(span.end()));
    }
    found.push(Slot { start: free_from, end: day.end });
    found.into_iter().filter(|slot| slot.end > slot.start)
}

/// The next full five minutes.
fn on_grid(instant: DateTime<Utc>) -> DateTime<Utc> {
    let grid = SLOT_GRID_MINUTES * 60_000;
    let over = instant.timestamp_millis().rem_euclid(grid);
    let on = if over == 0 { instant } else { instant + TimeDelta::milliseconds(grid - over) };
    to_millis(on)
}
