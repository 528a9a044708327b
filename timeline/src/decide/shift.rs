//! Moves all blocks after a moment.

use chrono::{DateTime, TimeDelta, Utc};

use super::block::plan_or_active;
use super::{Decided, Decision, Outcome, read};
use crate::distance::Distance;
use crate::event::{EventKind, SpanChange};
use crate::id::PlanId;
use crate::limits;
use crate::reference::PlanRef;
use crate::rejection::Rejection;
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadPlans};

/// Most blocks that an outcome lists.
const SHOWN: usize = 20;

/// The blocks that a shift moves. All-day blocks move by days only.
pub fn shifted_blocks(plan: PlanId, after: DateTime<Utc>, before: Option<DateTime<Utc>>, by: Distance) -> BlockQuery {
    BlockQuery {
        plan: Some(plan),
        all_day: (by.days == 0).then_some(false),
        starts_from: Some(after),
        starts_before: before,
        state: BlockState::Open,
        ..BlockQuery::default()
    }
}

pub(super) fn shift<V: ReadPlans + ReadBlocks>(
    view: &V,
    plan: Option<&PlanRef>,
    (after, before): (DateTime<Utc>, Option<DateTime<Utc>>),
    by: Distance,
) -> Decided<V> {
    let longest = TimeDelta::minutes(limits::SHIFT_MINUTES);
    if by.is_zero() || by.nominal().is_none_or(|by| by.abs() > longest) {
        return Err(Rejection::ShiftOutOfRange.into());
    }
    let plan = plan_or_active(view, plan)?.id;
    let query = shifted_blocks(plan, after, before, by);
    let count = read(view.count_blocks(&query))?;
    if count > limits::SHIFT_BLOCKS {
        return Err(Rejection::TooManyToShift { count }.into());
    }
    let mut blocks = read(view.blocks(&query))?;
    if blocks.is_empty() {
        return Err(Rejection::NothingToShift.into());
    }
    let zone = read(view.settings())?.zone();
    let mut events = Vec::new();
    for part in blocks.chunks_mut(limits::IDS_PER_EVENT) {
        let mut spans = Vec::new();
        for block in part.iter_mut() {
            // Blocks without a time are not after any moment.
            let Some(before) = block.when() else { continue };
            let after = by.moved_in(before, zone)?;
            *block = block.clone().at(Some(after));
            spans.push(SpanChange { before, after });
        }
        let blocks = part.iter().map(|block| block.id).collect();
        events.push(EventKind::TimelineShifted { plan, by_ms: None, blocks, spans });
    }
    let moved = blocks.len() as u64;
    blocks.truncate(SHOWN);
    Ok(Decision { events, outcome: Outcome::Shifted { by, moved, first: blocks } })
}
