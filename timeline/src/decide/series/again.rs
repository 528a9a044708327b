//! Decisions about tasks that come again some time after they were done.
//!
//! One block of such a series is the newest. When it is done, or is deleted alone, which counts as done, another one follows in the same
//! transaction. An older block that is reopened is open beside it, and nothing follows when that is done again.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{blocks_of, done, first_start, room_for_blocks, room_for_series, series_of};
use crate::block::Block;
use crate::command::{NewBlock, Repeat};
use crate::days::When;
use crate::decide::block::{new_block, overlaps};
use crate::decide::{Context, Decided, Decision, Did, Outcome, read};
use crate::event::{BlockChange, EventKind};
use crate::id::BlockId;
use crate::limits;
use crate::rejection::Rejection;
use crate::series::{Occurrence, Series};
use crate::span::Span;
use crate::view::{ReadBlocks, ReadPlans, ReadSeries};
use crate::zone::Zone;

/// Adds a task that comes again after it was done.
pub(super) fn create<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    new: &NewBlock,
    repeat: &Repeat,
    context: &Context,
) -> Decided<V> {
    let block = new_block(view, new, context)?;
    let id = BlockId::made_by(repeat.id.uuid(), block.handle);
    let (series, block) = begun(view, Block { id, ..block }, repeat, context.now)?;
    let events =
        vec![EventKind::SeriesCreated { series: series.clone() }, EventKind::BlockScheduled { block: block.clone() }];
    done(view, events, Did::Scheduled, series, block, 1)
}

/// Lets a block that stands alone come again after it was done. `events` have changed it before.
pub(super) fn begin<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    before: Block,
    mut events: Vec<EventKind>,
    repeat: &Repeat,
    context: &Context,
) -> Decided<V> {
    let (series, after) = begun(view, before.clone(), repeat, context.now)?;
    events.insert(0, EventKind::SeriesCreated { series: series.clone() });
    events.push(EventKind::BlockUpdated(BlockChange { before, after: after.clone() }));
    let zone = read(view.settings())?.zone();
    let next = match after.completed_at {
        Some(at) => next(view, &series, zone.wall(at).date())?,
        None => None,
    };
    let newest = next.as_ref().map_or(&series, |(series, _)| series).clone();
    add(&mut events, series, next);
    done(view, events, Did::Updated, newest, after, 1)
}

/// The series that begins with a block, and the block as one of it.
fn begun<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    block: Block,
    repeat: &Repeat,
    now: DateTime<Utc>,
) -> Decided<V, (Series, Block)> {
    let has_days = block.when().is_some() && block.due.or(block.not_before).is_some();
    if has_days || !block.depends_on.is_empty() {
        return Err(Rejection::RepeatWithDays { title: block.title }.into());
    }
    room_for_series(view)?;
    let zone = read(view.settings())?.zone();
    // What has no time begins with its day.
    let length = block.length().unwrap_or(limits::UNESTIMATED);
    let first = |day: NaiveDate| Span::starting(zone.instant(day.and_time(NaiveTime::MIN)), length);
    let when = match block.when() {
        Some(when) => when,
        None => When::Span(first(day_of(&block, now, zone)).map_err(Rejection::from)?),
    };
    let mut series = series_of(view, repeat, &block, when)?;
    series.untimed = block.when().is_none();
    series.minutes = if series.untimed { block.minutes.unwrap_or(0) } else { series.minutes };
    series.after_done = Some(block.id);
    series.through = series.start + TimeDelta::minutes(1);
    fits(&series)?;
    let place = Occurrence { series: series.id, start: series.start };
    Ok((series, Block { series: Some(place), ..block }))
}

/// Checks that a series is possible whose blocks come after the one before was done.
pub(super) fn fits(series: &Series) -> Result<(), Rejection> {
    if !series.kind.is_task() {
        return Err(Rejection::AppointmentAfterDone { title: series.title.clone() });
    }
    let rule = series.rule.read()?;
    if !rule.is_distance() {
        return Err(Rejection::DaysAfterDone);
    }
    first_start(&rule, series.start).map(drop)
}

/// The day of a block: that of its time, its first day, or else today.
fn day_of(block: &Block, now: DateTime<Utc>, zone: Zone) -> NaiveDate {
    let start = block.in_zone(zone).map(|(start, _)| zone.wall(start).date());
    start.or(block.not_before).unwrap_or_else(|| zone.wall(now).date())
}

/// The block that follows one that was done on this day, with its series, if there is room for it and the series does not end before.
fn next<V: ReadPlans + ReadBlocks>(view: &V, series: &Series, day: NaiveDate) -> Decided<V, Option<(Series, Block)>> {
    let next = series.next(day, read(view.settings())?.zone(), read(view.next_handle())?);
    if let Some((_, block)) = &next {
        room_for_blocks(view, std::slice::from_ref(block))?;
    }
    Ok(next)
}

/// Adds the block that follows to the events, and the series with it.
fn add(events: &mut Vec<EventKind>, before: Series, next: Option<(Series, Block)>) {
    if let Some((after, block)) = next {
        events.push(EventKind::SeriesChanged { before, after });
        events.push(EventKind::BlockScheduled { block });
    }
}

/// Adds what follows a block that was done, and takes it back if the block was reopened.
pub(in crate::decide) fn followed<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    decision: Decision,
    context: &Context,
) -> Decided<V> {
    let Decision { mut events, outcome } = decision;
    let (did, block) = match &outcome {
        Outcome::Block { did, block, .. } => (*did, block.clone()),
        _ => return Ok(Decision { events, outcome }),
    };
    let settled = events.iter().find_map(|event| match event {
        EventKind::BlockCompleted(_) => Some(true),
        EventKind::BlockReopened(_) => Some(false),
        _ => None,
    });
    let Some(place) = block.series.filter(|_| settled.is_some() || !block.kind.is_task()) else {
        return Ok(Decision { events, outcome });
    };
    let Some(series) = read(view.series(place.series))?.filter(|series| series.after_done.is_some()) else {
        return Ok(Decision { events, outcome });
    };
    if !block.kind.is_task() {
        return Err(Rejection::AppointmentAfterDone { title: block.title }.into());
    }
    let is_newest = series.after_done == Some(block.id);
    let (after, others) = match settled {
        Some(true) if is_newest => {
            let zone = read(view.settings())?.zone();
            let Some((after, next)) = next(view, &series, zone.wall(context.now).date())? else {
                return Ok(Decision { events, outcome });
            };
            let others = overlaps(view, &next)?;
            add(&mut events, series, Some((after.clone(), next)));
            (after, others)
        }
        Some(false) if !is_newest => {
            let Some(next) = untouched(view, &series, &block)? else {
                return Ok(Decision { events, outcome });
            };
            let through = place.start + TimeDelta::minutes(1);
            let after = Series { start: place.start, through, after_done: Some(block.id), ..series.clone() };
            events.push(EventKind::BlockDeleted { block: next });
            events.push(EventKind::SeriesChanged { before: series, after: after.clone() });
            (after, Vec::new())
        }
        _ => return Ok(Decision { events, outcome }),
    };
    let outcome = Outcome::Series { did, series: Box::new(after), block, count: 1, overlaps: others };
    Ok(Decision { events, outcome })
}

/// The newest block of a series, if it follows this one and nobody has changed it.
fn untouched<V: ReadBlocks>(view: &V, series: &Series, done: &Block) -> Decided<V, Option<Block>> {
    let blocks = read(view.blocks(&blocks_of(series)))?;
    let mut later = blocks.into_iter().filter(|block| block.handle > done.handle && block.id != done.id);
    let (Some(next), None) = (later.next(), later.next()) else { return Ok(None) };
    let made = series.clone().blocks(vec![series.start], next.handle).pop();
    Ok(made.filter(|made| *made == next))
}

/// Deletes a block alone. If it is the newest, another one follows as if it had been done on its day, or today if that has passed.
pub(super) fn skip<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    found: Block,
    series: Series,
    context: &Context,
) -> Decided<V> {
    let mut events = vec![EventKind::BlockDeleted { block: found.clone() }];
    if series.after_done != Some(found.id) || !found.is_open() {
        let outcome = Outcome::Block { did: Did::Deleted, block: Box::new(found), overlaps: Vec::new() };
        return Ok(Decision { events, outcome });
    }
    let zone = read(view.settings())?.zone();
    let day = day_of(&found, context.now, zone).max(zone.wall(context.now).date());
    let next = next(view, &series, day)?;
    let (did, after, others) = match &next {
        Some((after, next)) => (Did::Skipped, after.clone(), overlaps(view, next)?),
        None => {
            events.insert(0, EventKind::SeriesDeleted { series: series.clone() });
            (Did::Deleted, series.clone(), Vec::new())
        }
    };
    add(&mut events, series, next);
    let outcome = Outcome::Series { did, series: Box::new(after), block: Box::new(found), count: 1, overlaps: others };
    Ok(Decision { events, outcome })
}
