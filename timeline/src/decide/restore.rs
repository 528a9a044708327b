//! Restores an earlier state of the timeline. The log is not rewritten: new events lead to that state, in one transaction that
//! can be undone.

use super::goal::changed;
use super::series::room_after;
use super::{Decided, Decision, Outcome, read};
use crate::event::{BlockChange, EventKind};
use crate::goal::Goal;
use crate::limits;
use crate::plan::Plan;
use crate::rejection::Rejection;
use crate::series::Series;
use crate::view::{BlockDifference, ReadBlocks, ReadGoals, ReadHistory, ReadPlans, ReadSeries};

/// The changes of a restoration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Restored {
    /// The event after which the timeline was in this state.
    pub seq: u64,
    /// The number of blocks that were brought back.
    pub back: u64,
    /// The number of blocks that were removed.
    pub gone: u64,
    /// The number of blocks that were changed.
    pub changed: u64,
    /// The number of changes of plans.
    pub plans: u64,
    /// The number of series that were changed, brought back or removed.
    pub series: u64,
    /// The number of goals that were changed, brought back or removed.
    pub goals: u64,
}

pub(super) fn restore<V: ReadPlans + ReadBlocks + ReadSeries + ReadGoals + ReadHistory>(
    view: &V,
    seq: u64,
) -> Decided<V> {
    if seq > read(view.last_seq())? {
        return Err(Rejection::NoSuchMoment.into());
    }
    let then = read(view.plans_at(seq))?;
    let Some(active_then) = then.active_plan.filter(|id| then.plans.iter().any(|plan| plan.id == *id)) else {
        return Err(Rejection::NothingYet.into());
    };
    let now = read(view.plans())?;
    let active_now = read(view.active_plan())?.map(|plan| plan.id);
    let mut events = Vec::new();
    for plan in &then.plans {
        match now.iter().find(|now| now.id == plan.id) {
            None => events.push(EventKind::PlanCreated { plan: plan.clone() }),
            Some(now) => as_it_was(plan, now, &mut events),
        }
    }
    let mut done = Restored { seq, plans: events.len() as u64, ..Restored::default() };
    let series = series_as_they_were(&read(view.series_at(seq))?, &read(view.all_series())?, &then.plans);
    room_after(view, &series)?;
    done.series = series.len() as u64;
    events.extend(series);
    let goals = goals_as_they_were(&read(view.goals_at(seq))?, &read(view.goals())?, &then.plans);
    super::goal::room_after(view, &goals)?;
    done.goals = goals.len() as u64;
    events.extend(goals);
    // Blocks of plans that will not exist stay hidden.
    let differences = read(view.differences(seq))?;
    let blocks = differences.into_iter().filter(|block| then.plans.iter().any(|plan| plan.id == block.plan()));
    for difference in blocks {
        let (count, event) = match difference {
            BlockDifference::Removed(block) => (&mut done.back, EventKind::BlockScheduled { block }),
            BlockDifference::Added(block) => (&mut done.gone, EventKind::BlockDeleted { block }),
            BlockDifference::Changed { then, now } => (&mut done.changed, back(now, then)),
        };
        *count += 1;
        events.push(event);
    }
    if events.len() > limits::RESTORED_BLOCKS {
        return Err(Rejection::TooMuchToRestore { changes: events.len() }.into());
    }
    if read(view.stored_blocks())?.saturating_add(done.back) > limits::BLOCKS {
        return Err(Rejection::TooManyBlocks.into());
    }
    if active_now != Some(active_then) {
        done.plans += 1;
        events.push(EventKind::PlanSwitched { before: active_now, after: Some(active_then) });
    }
    // Last, so that the active plan is in use after every event.
    for plan in &then.plans {
        let archived_now = now.iter().find(|now| now.id == plan.id).map(|now| now.archived_at);
        if let (Some(at), Some(before)) = (plan.archived_at, archived_now)
            && before != Some(at)
        {
            done.plans += 1;
            events.push(EventKind::PlanArchived { plan: plan.id, at });
        }
    }
    for plan in now {
        if !then.plans.iter().any(|old| old.id == plan.id) {
            done.plans += 1;
            events.push(EventKind::PlanDeleted { plan });
        }
    }
    Ok(Decision { events, outcome: Outcome::Restored(done) })
}

/// The events that restore the title and the color of a plan, and that unarchive it if it was in use or was archived at another time.
fn as_it_was(then: &Plan, now: &Plan, events: &mut Vec<EventKind>) {
    if then.title != now.title {
        let (before, after) = (now.title.clone(), then.title.clone());
        events.push(EventKind::PlanRenamed { plan: then.id, before, after });
    }
    if then.color != now.color {
        events.push(EventKind::PlanRecolored { plan: then.id, before: now.color, after: then.color });
    }
    if let Some(at) = now.archived_at.filter(|at| then.archived_at != Some(*at)) {
        events.push(EventKind::PlanUnarchived { plan: then.id, at });
    }
}

/// The events that restore what repeats in these plans.
fn series_as_they_were(then: &[Series], now: &[Series], plans: &[Plan]) -> Vec<EventKind> {
    let is_shown = |series: &&Series| plans.iter().any(|plan| plan.id == series.plan);
    let is_new = |series: &&Series| then.iter().all(|then| then.id != series.id);
    // First, so that there are never more than are possible.
    let gone = now.iter().filter(is_new).filter(|series| is_shown(series));
    let mut events: Vec<EventKind> = gone.map(|series| EventKind::SeriesDeleted { series: series.clone() }).collect();
    for after in then.iter().filter(is_shown) {
        match now.iter().find(|now| now.id == after.id) {
            None => events.push(EventKind::SeriesCreated { series: after.clone() }),
            Some(before) if before != after => {
                events.push(EventKind::SeriesChanged { before: before.clone(), after: after.clone() });
            }
            Some(_) => {}
        }
    }
    events
}

/// The events that restore the goals of these plans.
fn goals_as_they_were(then: &[Goal], now: &[Goal], plans: &[Plan]) -> Vec<EventKind> {
    let is_shown = |goal: &&Goal| plans.iter().any(|plan| plan.id == goal.plan);
    let is_new = |goal: &&Goal| then.iter().all(|then| then.id != goal.id);
    let gone = now.iter().filter(is_new).filter(is_shown);
    let mut events: Vec<EventKind> = gone.map(|goal| EventKind::GoalDeleted { goal: goal.clone() }).collect();
    for after in then.iter().filter(is_shown) {
        match now.iter().find(|now| now.id == after.id) {
            None => events.push(EventKind::GoalCreated { goal: after.clone() }),
            Some(before) if before.state != after.state => events.push(changed(before, &after.state)),
            Some(_) => {}
        }
    }
    events
}

/// The event that restores a block. Each of these events carries the whole block, so one is enough. Its name is that of the
/// most important change.
fn back(before: crate::block::Block, after: crate::block::Block) -> EventKind {
    let kind = match (before.when() == after.when(), before.status() == after.status()) {
        (false, _) => EventKind::BlockMoved,
        (true, false) => EventKind::settled,
        (true, true) => EventKind::BlockUpdated,
    };
    kind(BlockChange { before, after })
}
