//! Moves all blocks after a moment.

use chrono::{DateTime, TimeDelta, Utc};

use super::block::plan_or_active;
use super::{Decided, Decision, Outcome, read};
use crate::event::EventKind;
use crate::id::PlanId;
use crate::limits;
use crate::reference::PlanRef;
use crate::rejection::Rejection;
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadPlans};

/// Most blocks that an outcome lists.
const SHOWN: usize = 20;

/// The blocks that a shift moves.
pub fn shifted_blocks(plan: PlanId, after: DateTime<Utc>, before: Option<DateTime<Utc>>) -> BlockQuery {
    BlockQuery {
        plan: Some(plan),
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
    by: TimeDelta,
) -> Decided<V> {
    let longest = TimeDelta::minutes(limits::SHIFT_MINUTES);
    if by.is_zero() || by > longest || by < -longest {
        return Err(Rejection::ShiftOutOfRange.into());
    }
    let plan = plan_or_active(view, plan)?.id;
    let mut blocks = read(view.blocks(&shifted_blocks(plan, after, before)))?;
    if blocks.is_empty() {
        return Err(Rejection::NothingToShift.into());
    }
    for block in &mut blocks {
        block.span = block.span.shifted(by)?;
    }
    let by_ms = by.num_milliseconds();
    let events = blocks
        .chunks(limits::IDS_PER_EVENT)
        .map(|part| EventKind::TimelineShifted { plan, by_ms, blocks: part.iter().map(|block| block.id).collect() })
        .collect();
    let moved = blocks.len() as u64;
    blocks.truncate(SHOWN);
    Ok(Decision { events, outcome: Outcome::Shifted { by_ms, moved, first: blocks } })
}
