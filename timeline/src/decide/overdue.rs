//! Gives overdue tasks a new time.

use chrono::{DateTime, TimeDelta, Utc};

use super::block::plan_or_active;
use super::{Context, Decided, Decision, Outcome, read};
use crate::block::Block;
use crate::command::OverdueTasks;
use crate::event::{BlockChange, EventKind};
use crate::free_time::WorkingHours;
use crate::id::PlanId;
use crate::limits;
use crate::place::{Horizon, Task, Why, order, place};
use crate::reference::{BlockRef, Preferred, find_block};
use crate::rejection::Rejection;
use crate::run::LeftOut;
use crate::settings::Settings;
use crate::span::Span;
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadPlans};

/// The overdue tasks of a plan, or of all plans in use.
pub fn overdue_tasks(plan: Option<PlanId>, now: DateTime<Utc>) -> BlockQuery {
    BlockQuery { plan, ends_by: Some(now), state: BlockState::ToDo, ..BlockQuery::default() }
}

/// Moves overdue tasks to the first time that is free for them.
///
/// Tasks are placed one after the other by the rules of [`place`](crate::place), each in the hours that suit it (see
/// [`hours_of`]). A task that finds no time stays where it is.
pub(super) fn reschedule<V: ReadPlans + ReadBlocks>(view: &V, which: &OverdueTasks, context: &Context) -> Decided<V> {
    let plan = match which {
        OverdueTasks::OfPlan(plan) => Some(plan_or_active(view, plan.as_ref())?.id),
        OverdueTasks::All | OverdueTasks::Named(_) => None,
    };
    let (blocks, more) = if let OverdueTasks::Named(references) = which {
        (named(view, references, context.now)?, 0)
    } else {
        let query = overdue_tasks(plan, context.now);
        let blocks = read(view.blocks(&BlockQuery { limit: limits::RESCHEDULED_BLOCKS, ..query.clone() }))?;
        let more = read(view.count_blocks(&query))?.saturating_sub(blocks.len() as u64);
        (blocks, more)
    };
    if blocks.is_empty() {
        return Err(Rejection::NothingOverdue.into());
    }
    let outcomes = places(view, &blocks, context.now)?;

    let mut moved: Vec<BlockChange> = Vec::with_capacity(blocks.len());
    let mut left_out = Vec::new();
    for (before, outcome) in blocks.into_iter().zip(outcomes) {
        match outcome {
            Ok(span) => {
                let at = moved.partition_point(|change| change.after.span.start() <= span.start());
                moved.insert(at, BlockChange { after: Block { span, ..before.clone() }, before });
            }
            Err(why) => left_out.push(LeftOut { title: before.title, why: why.to_string() }),
        }
    }
    if let (true, Some(first)) = (moved.is_empty(), left_out.first()) {
        return Err(Rejection::NoTimeForOverdue { title: first.title.clone(), why: first.why.clone() }.into());
    }
    let blocks = moved.iter().map(|change| change.after.clone()).collect();
    let events = moved.into_iter().map(EventKind::BlockMoved).collect();
    Ok(Decision { events, outcome: Outcome::Rescheduled { blocks, left_out, more } })
}

/// The tasks that are meant, each once.
fn named<V: ReadPlans + ReadBlocks>(view: &V, references: &[BlockRef], now: DateTime<Utc>) -> Decided<V, Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::with_capacity(references.len());
    for reference in references {
        let block = find_block(view, reference, Preferred::Overdue, now)?;
        if !block.is_overdue(now) {
            return Err(Rejection::NotOverdue { title: block.title }.into());
        }
        if blocks.iter().all(|known| known.id != block.id) {
            blocks.push(block);
        }
    }
    if blocks.len() > limits::RESCHEDULED_BLOCKS {
        return Err(Rejection::TooManyToReschedule { count: blocks.len() }.into());
    }
    Ok(blocks)
}

/// The new time of each block, or why it has none. The breaks and the length of the search are those of [`Horizon::new`] and of the
/// settings.
fn places<V: ReadPlans + ReadBlocks>(
    view: &V,
    blocks: &[Block],
    now: DateTime<Utc>,
) -> Decided<V, Vec<Result<Span, Why>>> {
    let settings = read(view.settings())?;
    let horizon = Horizon { break_minutes: settings.break_minutes, ..Horizon::new(settings.zone(), now) };
    let pause = TimeDelta::minutes(horizon.break_minutes.into());
    // One more day at the end, because the horizon is counted in days of the person's zone.
    let mut busy = read(view.busy(now - pause, now + TimeDelta::days(i64::from(horizon.days) + 2)))?;
    // What is moved leaves its time.
    busy.retain(|span| blocks.iter().all(|block| block.span != *span));

    let tasks: Vec<Task> = blocks.iter().map(|block| task(block, blocks)).collect();
    // `order` leaves out the tasks of a circle and those that wait for one.
    let mut outcomes: Vec<Result<Span, Why>> = vec![Err(Why::Circle); blocks.len()];
    for index in order(&tasks) {
        let (Some(block), Some(task)) = (blocks.get(index), tasks.get(index)) else { continue };
        let waits_for = |on: &&usize| outcomes.get(**on).is_some_and(Result::is_err);
        let outcome = match task.depends_on.iter().find(waits_for) {
            Some(&on) => Err(Why::DependsOnUnplaced { on }),
            None => {
                let before =
                    task.depends_on.iter().filter_map(|on| outcomes.get(*on)?.as_ref().ok()).map(|span| span.end());
                let not_before = before.chain(end_of_others(view, block, blocks)?).fold(now, DateTime::max);
                let horizon = Horizon { hours: hours_of(block, &settings), not_before, ..horizon.clone() };
                let alone = Task { depends_on: Vec::new(), ..task.clone() };
                let placement = place(&[alone], &busy, &horizon);
                let start = placement.placed.first().map(|placed| placed.span.start());
                let why = placement.unplaced.first().map_or(Why::Circle, |unplaced| unplaced.why);
                // Its own length, of which a task has only the minutes.
                start.and_then(|start| Span::starting(start, block.span.length()).ok()).ok_or(why)
            }
        };
        busy.extend(outcome.as_ref().ok().copied());
        if let Some(slot) = outcomes.get_mut(index) {
            *slot = outcome;
        }
    }
    Ok(outcomes)
}

/// The block as something to place. It depends on those of `blocks` that come first.
fn task(block: &Block, blocks: &[Block]) -> Task {
    let index = |id| blocks.iter().position(|other| other.id == id);
    let length = block.span.length();
    let minutes = length.num_minutes() + i64::from(length > TimeDelta::minutes(length.num_minutes()));
    Task {
        title: block.title.clone(),
        description: None,
        minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
        priority: block.priority,
        depends_on: block.depends_on.iter().filter_map(|id| index(*id)).collect(),
    }
}

/// When the other open blocks end that come before this one.
fn end_of_others<V: ReadBlocks>(view: &V, block: &Block, blocks: &[Block]) -> Decided<V, Vec<DateTime<Utc>>> {
    let mut ends = Vec::new();
    for id in block.depends_on.iter().filter(|id| blocks.iter().all(|known| known.id != **id)) {
        ends.extend(read(view.block(*id))?.filter(Block::is_open).map(|other| other.span.end()));
    }
    Ok(ends)
}

/// The hours in which a task is placed again: the working hours if it lay within them, and otherwise all in which the person is
/// awake. What was planned for an evening or a weekend is not work.
fn hours_of(block: &Block, settings: &Settings) -> WorkingHours {
    let (hours, zone) = (settings.working_hours, settings.zone());
    let day = hours.on(zone.wall(block.span.start()).date(), zone);
    let is_work = day.is_some_and(|day| day.start <= block.span.start() && block.span.end() <= day.end);
    if is_work { hours } else { hours.awake() }
}
