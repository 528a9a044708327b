//! The timeline as a page shows it at first: now, and at any moment of the past. Bounded by what is shown, not by what is
//! stored.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::PastSnapshot;
use flux_timeline::timeline::Content;
use flux_timeline::view::{BlockState, PlanSnapshot};
use flux_timeline::{BlockQuery, PlanId, ReadBlocks, ReadHistory, ReadPlans};

use crate::store::{EventQuery, Sql, Store, StoreError};

/// How far back it begins, in days.
pub const DAYS: i64 = 7;
/// Most blocks in it. Others are asked for as they scroll into view.
const BLOCKS: usize = 500;
/// Most overdue blocks among them.
const OVERDUE: usize = 100;
/// Differences between then and now that are named; all are counted.
const DIFFERENCES: u64 = 200;

/// What a page shows at first.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What is overdue, the last days, and what is to come of the active plan.
    pub content: Content,
    /// Whether that is all of the plan.
    pub is_complete: bool,
    /// From when on blocks are in it, beside those that are overdue.
    pub since: DateTime<Utc>,
    /// Whether blocks follow after the last one.
    pub has_more: bool,
}

/// What a page shows at first.
///
/// # Errors
/// What the engine can fail with.
pub fn now<S: Sql>(store: &Store<S>, now: DateTime<Utc>) -> Result<Shown, StoreError> {
    let plan = store.active_plan()?.map(|plan| plan.id);
    let of_plan = BlockQuery { plan, ..BlockQuery::default() };
    let since = now - TimeDelta::days(DAYS);
    let overdue = BlockQuery { ends_by: Some(since), state: BlockState::Open, limit: OVERDUE, ..of_plan.clone() };
    let mut blocks = store.blocks(&overdue)?;
    let limit = BLOCKS - blocks.len();
    blocks.extend(store.blocks(&BlockQuery { ends_after: Some(since), limit, ..of_plan })?);
    let counts = plan.map(|plan| store.plan_counts(plan)).transpose()?.unwrap_or_default();
    let is_complete = blocks.len() as u64 == counts.open + counts.done;
    let has_more = !is_complete && blocks.len() >= BLOCKS;
    Ok(Shown { content: store.content_with(blocks)?, is_complete, since, has_more })
}

/// What [`now`] would have given right after an event, or what there was `from` another moment on, and how it differs from the
/// present. An event that is not there yet is the last one.
///
/// # Errors
/// What the engine can fail with.
pub fn at<S: Sql>(store: &Store<S>, seq: u64, from: Option<DateTime<Utc>>) -> Result<PastSnapshot, StoreError> {
    let seq = seq.min(store.last_seq()?);
    let event = EventQuery { after: seq.checked_sub(1), limit: 1, ..EventQuery::default() };
    let at = store.events(&event)?.first().filter(|event| event.seq == seq).map(|event| event.at);
    let PlanSnapshot { settings, plans, active_plan } = store.plans_at(seq)?;
    let begin = from.unwrap_or_else(|| at.unwrap_or_default() - TimeDelta::days(DAYS));
    let shown = active_plan.map(|plan| store.shown_at(seq, plan, begin, (OVERDUE, BLOCKS))).transpose()?;
    let (blocks, count) = shown.unwrap_or_default();
    let complete = blocks.len() as u64 == count;
    let mut seen: Vec<PlanId> = plans.iter().chain(&store.plans()?).map(|plan| plan.id).collect();
    seen.sort_unstable();
    seen.dedup();
    let differences = store.differences_in(seq, &seen, DIFFERENCES)?;
    let timeline = Content { settings, plans, active_plan, blocks, runs: Vec::new() };
    Ok(PastSnapshot { seq, at, timeline, complete, differences })
}
