//! Moves all blocks after a moment.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Decided, Decision, Outcome, read};
use crate::distance::Distance;
use crate::event::{EventKind, SpanChange};
use crate::id::PlanId;
use crate::limits;
use crate::reference::{PlanRef, find_plan};
use crate::rejection::Rejection;
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadPlans};

/// Most blocks that an outcome lists.
const SHOWN: usize = 20;

/// The blocks that a shift moves: those of a plan, or of all plans in use. All-day blocks move by days only.
pub fn shifted_blocks(
    plan: Option<PlanId>,
    after: DateTime<Utc>,
    before: Option<DateTime<Utc>>,
    by: Distance,
) -> BlockQuery {
    BlockQuery {
        plan,
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
    let plan = plan.map(|plan| find_plan(view, plan)).transpose()?.map(|plan| plan.id);
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
    let mut events: Vec<EventKind> = Vec::new();
    for block in &mut blocks {
        // Blocks without a time are not after any moment.
        let Some(before) = block.when() else { continue };
        let span = SpanChange { before, after: by.moved_in(before, zone)? };
        *block = block.clone().at(Some(span.after));
        // The blocks of an event are of one plan.
        let same_plan = events.iter_mut().find_map(|event| match event {
            EventKind::TimelineShifted { plan, blocks, spans, .. }
                if *plan == block.plan && blocks.len() < limits::IDS_PER_EVENT =>
            {
                Some((blocks, spans))
            }
            _ => None,
        });
        match same_plan {
            Some((blocks, spans)) => {
                blocks.push(block.id);
                spans.push(span);
            }
            None => events.push(EventKind::TimelineShifted {
                plan: block.plan,
                by_ms: None,
                blocks: vec![block.id],
                spans: vec![span],
            }),
        }
    }
    let moved = blocks.len() as u64;
    blocks.truncate(SHOWN);
    Ok(Decision { events, outcome: Outcome::Shifted { by, moved, first: blocks } })
}
