//! The timeline as a page shows it first, now and at any moment of the past. Its size is bounded by what a page shows, not by
//! what is stored.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::{GoalSummary, ModelInfo, PastSnapshot, Snapshot};
use flux_timeline::draft::{blocks_of, visible_goals};
use flux_timeline::progress::progress;
use flux_timeline::timeline::Content;
use flux_timeline::view::{BlockState, PlanSnapshot, blocks_of_each};
use flux_timeline::{BlockQuery, Goal, GoalStatus, Plan, PlanId, ReadBlocks, ReadHistory, ReadPlans};
use serde::Serialize;

use crate::store::{EventQuery, MessagePage, Sql, Store, StoreError, bytes};

/// Most messages of the conversation that clients are sent at once. They ask for older ones in pages.
pub const MESSAGES: u64 = 200;
/// Largest page of messages, in bytes of JSON.
pub const MESSAGES_BYTES: usize = 500_000;
/// How far back the timeline begins, in days.
pub const DAYS: i64 = 7;
/// Most blocks in it. A page asks for more as they scroll into view.
const BLOCKS: usize = 500;
/// Most overdue tasks among them.
const OVERDUE: usize = 100;
/// The most tasks without a time in it, the newest.
const INBOX: usize = 200;
/// Largest part of it that is blocks, in bytes of JSON. Overdue tasks take at most a quarter of it, and so do tasks without a time.
const BLOCKS_BYTES: usize = 250_000;
/// Largest part of it that is what repeats, in bytes of JSON.
const SERIES_BYTES: usize = 100_000;
/// Largest part of it that is runs of the architect, in bytes of JSON.
const RUNS_BYTES: usize = 100_000;
/// Most goals that are shown.
const GOALS: usize = 30;
/// Most goals among them that have ended.
const ENDED_GOALS: usize = 10;
/// Most differences between then and now that are listed. All are counted.
const DIFFERENCES: u64 = 200;

/// The timeline as a page shows it first.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Blocks of all plans in use: tasks without a time, overdue ones, those of the last days, and future ones.
    pub content: Content,
    /// Whether these are all blocks of these plans.
    pub is_complete: bool,
    /// The start of the blocks in it, except for overdue ones and for tasks without a time. `None` if all blocks with a time are in it.
    pub since: Option<DateTime<Utc>>,
    /// Whether more blocks follow after the last one.
    pub has_more: bool,
}

/// The timeline as a page shows it now.
///
/// # Errors
/// What the engine can fail with.
pub fn now<S: Sql>(store: &Store<S>, now: DateTime<Utc>) -> Result<Shown, StoreError> {
    let in_use = in_use(&store.plans()?);
    let since = now - TimeDelta::days(DAYS);
    // The newest first, so that they stay if all are too large.
    let newest = BlockQuery { limit: INBOX, last: true, ..BlockQuery::inbox(None) };
    let mut inbox = blocks_of_each(store, &in_use, &newest)?;
    inbox.reverse();
    let (_, inbox_size) = keep_within(&mut inbox, BLOCKS_BYTES / 4);
    inbox.reverse();
    let overdue = BlockQuery { ends_by: Some(since), state: BlockState::ToDo, limit: OVERDUE, ..BlockQuery::default() };
    let mut blocks = blocks_of_each(store, &in_use, &overdue)?;
    let (_, overdue_size) = keep_within(&mut blocks, BLOCKS_BYTES / 4);
    let limit = BLOCKS - blocks.len();
    let mut others = store.blocks(&BlockQuery { ends_after: Some(since), limit, ..BlockQuery::default() })?;
    let (is_cut, _) = keep_within(&mut others, BLOCKS_BYTES - inbox_size - overdue_size);
    blocks.extend(others);
    let mut all = 0;
    for plan in &in_use {
        all += store.plan_counts(*plan)?.all();
    }
    let is_complete = (inbox.len() + blocks.len()) as u64 == all;
    let has_all_timed = is_complete || {
        let untimed = store.count_blocks(&BlockQuery { has_time: Some(false), ..BlockQuery::default() })?;
        blocks.len() as u64 == all.saturating_sub(untimed)
    };
    let has_more = is_cut || !has_all_timed && blocks.len() >= BLOCKS;
    let since = (!has_all_timed).then_some(since);
    inbox.extend(blocks);
    let mut content = store.content_with(inbox)?;
    // The newest are needed most. They come last, because ids are in the order of time.
    content.series.reverse();
    keep_within(&mut content.series, SERIES_BYTES);
    content.series.reverse();
    // The newest come first.
    keep_within(&mut content.runs, RUNS_BYTES);
    Ok(Shown { content, is_complete, since, has_more })
}

fn in_use(plans: &[Plan]) -> Vec<PlanId> {
    plans.iter().filter(|plan| plan.is_in_use()).map(|plan| plan.id).collect()
}

/// Keeps the first items that have at most `limit` bytes of JSON together. Returns whether others were left out, and the size.
fn keep_within<T: Serialize>(list: &mut Vec<T>, limit: usize) -> (bool, usize) {
    let (mut size, mut kept) = (0, 0);
    for item in list.iter() {
        let with = size + bytes(item);
        if with > limit {
            break;
        }
        (size, kept) = (with, kept + 1);
    }
    let is_cut = kept < list.len();
    list.truncate(kept);
    (is_cut, size)
}

/// The newest messages of the conversation that have at most `size` bytes of JSON together.
///
/// # Errors
/// What the engine can fail with.
pub fn newest_messages<S: Sql>(store: &Store<S>, size: usize) -> Result<MessagePage, StoreError> {
    Ok(store.message_page(None, MESSAGES, size.min(MESSAGES_BYTES))?.unwrap_or_default())
}

/// [`now`] with everything else that a page needs to follow events.
///
/// # Errors
/// What the engine can fail with.
pub fn snapshot<S: Sql>(store: &Store<S>, now: DateTime<Utc>, model: ModelInfo) -> Result<Snapshot, StoreError> {
    let shown = self::now(store, now)?;
    Ok(Snapshot {
        seq: store.last_seq()?,
        log: store.log()?,
        timeline: shown.content,
        complete: shown.is_complete,
        since: shown.since,
        has_more: shown.has_more,
        model,
    })
}

/// The goals of plans that are not deleted, and how far they have come: the newest first, and of those that have ended the last ones.
///
/// # Errors
/// What the engine can fail with.
pub fn goals<S: Sql>(store: &Store<S>, now: DateTime<Utc>) -> Result<Vec<GoalSummary>, StoreError> {
    let mut goals = visible_goals(store)?;
    // Ids are in the order of time.
    goals.reverse();
    let mut ended = 0;
    goals.retain(|goal| {
        ended += usize::from(goal.state.status == GoalStatus::Ended);
        goal.state.status != GoalStatus::Ended || ended <= ENDED_GOALS
    });
    goals.truncate(GOALS);
    let summary = |goal: Goal| {
        let progress = progress(&goal, &blocks_of(store, &goal)?, now);
        Ok(GoalSummary::new(goal, progress))
    };
    goals.into_iter().map(summary).collect()
}

/// The timeline as it was right after an event, and how it differs from the present. Its blocks begin at `from`, or as in
/// [`now`]. A number after the last event means the last event.
///
/// # Errors
/// What the engine can fail with.
pub fn at<S: Sql>(store: &Store<S>, seq: u64, from: Option<DateTime<Utc>>) -> Result<PastSnapshot, StoreError> {
    let seq = seq.min(store.last_seq()?);
    let event = EventQuery { after: seq.checked_sub(1), limit: 1, ..EventQuery::default() };
    let at = store.events(&event)?.first().filter(|event| event.seq == seq).map(|event| event.at);
    let PlanSnapshot { settings, plans, active_plan } = store.plans_at(seq)?;
    let begin = from.unwrap_or_else(|| at.unwrap_or_default() - TimeDelta::days(DAYS));
    let (blocks, count) = store.shown_at(seq, &in_use(&plans), begin, (INBOX, OVERDUE, BLOCKS))?;
    let complete = blocks.iter().filter(|block| block.when().is_some()).count() as u64 == count;
    let mut seen: Vec<PlanId> = plans.iter().chain(&store.plans()?).map(|plan| plan.id).collect();
    seen.sort_unstable();
    seen.dedup();
    let differences = store.differences_in(seq, &seen, DIFFERENCES)?;
    let timeline = Content { settings, plans, active_plan, blocks, ..Content::default() };
    Ok(PastSnapshot { seq, at, timeline, complete, differences })
}
