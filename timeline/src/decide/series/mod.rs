//! Decisions about what repeats.
//!
//! A change of several blocks of a series is one event of the series and one or two of each block, so undo, time travel and what clients
//! are sent need to know nothing about rules. What is done, missed or over stays as it was. A block that was changed by itself keeps
//! what it was given: its own time, its own title.

mod again;
mod change;
mod fitted;

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

pub(super) use again::followed;
pub(super) use fitted::fitted;

use self::change::Change;
use super::block::{Steps, overlaps, plan_or_active, when_new};
use super::{Context, Decided, Decision, Did, Outcome, block, read};
use crate::block::{Block, Kind, Priority, Source};
use crate::clock;
use crate::command::{BlockUpdate, NewBlock, Repeat, Scope};
use crate::days::When;
use crate::event::EventKind;
use crate::id::{PlanId, SeriesId};
use crate::invalid::InvalidValue;
use crate::limits;
use crate::plan::Plan;
use crate::reference::{BlockRef, Preferred, find_block};
use crate::rejection::Rejection;
use crate::series::{End, Occurrence, Recurrence, Rule, Series};
use crate::text::Title;
use crate::view::{BlockQuery, ReadBlocks, ReadPlans, ReadSeries};
use crate::zone::Zone;

/// Adds a series to the timeline, with its blocks of the next weeks.
pub(super) fn create<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    new: &NewBlock,
    repeat: &Repeat,
    context: &Context,
) -> Decided<V> {
    if repeat.after_done {
        return again::create(view, new, repeat, context);
    }
    let has_days = new.due.or(new.not_before).is_some() || !new.depends_on.is_empty();
    let when = time_of_series(when_new(new)?, has_days, &new.title)?;
    let plan = plan_or_active(view, new.plan.as_ref())?.id;
    let series = Series {
        kind: new.kind,
        description: new.description.clone(),
        priority: new.priority,
        tags: new.tags.clone(),
        reminders: new.reminders.clone(),
        ..new_series(view, repeat, (plan, when), new.title.clone(), context.source)?
    };
    let (series, blocks) = first_blocks(view, &series, context.now)?;
    let count = blocks.len() as u64;
    let first = blocks.first().cloned().ok_or(Rejection::NoOccurrence)?;
    let mut events = vec![EventKind::SeriesCreated { series: series.clone() }];
    events.extend(blocks.into_iter().map(|block| EventKind::BlockScheduled { block }));
    done(view, events, Did::Scheduled, series, first, count)
}

/// Changes a block, or more of its series.
pub(super) fn update<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    reference: &BlockRef,
    changes: &BlockUpdate,
    context: &Context,
) -> Decided<V> {
    if changes.scope == Scope::One && changes.repeat.is_none() {
        return followed(view, block::update(view, reference, changes, context)?, context);
    }
    let found = find_block(view, reference, Preferred::Ahead, context.now)?;
    let one = BlockUpdate { scope: Scope::One, repeat: None, ..changes.clone() };
    let (place, repeat) = match (found.series, &changes.repeat) {
        (Some(place), repeat) => (place, repeat.as_ref()),
        (None, Some(repeat)) => return begin(view, &found, repeat, &one, context),
        (None, None) => return block::update(view, &BlockRef::Id(found.id), &one, context),
    };
    let is_single = changes.completed.or(changes.missed).or(changes.working).is_some()
        || changes.worked.is_some()
        || changes.due.is_some()
        || changes.not_before.is_some()
        || changes.unschedule;
    if is_single {
        return Err(Rejection::OneAtATime.into());
    }
    let Some(series) = read(view.series(place.series))? else {
        return match repeat {
            Some(repeat) => begin(view, &found, repeat, &one, context),
            None => Err(Rejection::SeriesOver { title: found.title }.into()),
        };
    };
    let from = match (changes.scope, repeat) {
        // What comes after the block was done is what follows it.
        (_, Some(repeat)) if repeat.after_done => Some(repeat.id),
        (Scope::All, _) => None,
        (Scope::Following(id), _) => Some(id),
        (Scope::One, repeat) => repeat.map(|repeat| repeat.id),
    };
    if (from.is_some() || changes.gives_start()) && !series.has_start(place.start) {
        return Err(Rejection::OldOfSeries { title: found.title }.into());
    }
    let change = Change { series, found, place, changes: &one, repeat };
    change.decide(view, from, context)
}

/// Makes a block that stands alone the first one of a series.
fn begin<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    found: &Block,
    repeat: &Repeat,
    changes: &BlockUpdate,
    context: &Context,
) -> Decided<V> {
    let (mut events, changed) = if *changes == BlockUpdate::default() {
        (Vec::new(), found.clone())
    } else {
        let Decision { events, outcome } = block::update(view, &BlockRef::Id(found.id), changes, context)?;
        let Outcome::Block { block, .. } = outcome else { return Err(Rejection::NothingToUpdate.into()) };
        (events, *block)
    };
    if repeat.after_done {
        return again::begin(view, changed, events, repeat, context);
    }
    let has_days = changed.due.or(changed.not_before).is_some() || !changed.depends_on.is_empty();
    let when = time_of_series(changed.when(), has_days, &changed.title)?;
    let mut series = series_of(view, repeat, &changed, when)?;
    // The first block is there already.
    let start = series.start;
    series.through = start + TimeDelta::minutes(1);
    let (series, blocks) = first_blocks(view, &series, context.now)?;
    let count = blocks.len() as u64 + 1;
    let mut steps = Steps { events: Vec::new(), block: changed };
    let when = if wall_start(when, series.zone) == start { when } else { series.when(start)?.unwrap_or(when) };
    let place = Occurrence { series: series.id, start };
    let kind = if steps.block.when() == Some(when) { EventKind::BlockUpdated } else { EventKind::BlockMoved };
    steps.to(Block { series: Some(place), ..steps.block.clone().at(Some(when)) }, kind);
    events.insert(0, EventKind::SeriesCreated { series: series.clone() });
    events.extend(steps.events);
    events.extend(blocks.into_iter().map(|block| EventKind::BlockScheduled { block }));
    done(view, events, Did::Updated, series, steps.block, count)
}

/// When the first block takes place, if something of this time and with or without other days can repeat.
fn time_of_series(when: Option<When>, has_days: bool, title: &Title) -> Result<When, Rejection> {
    match when {
        None => Err(Rejection::RepeatWithoutTime { title: title.clone() }),
        Some(_) if has_days => Err(Rejection::RepeatWithDays { title: title.clone() }),
        Some(when) => Ok(when),
    }
}

/// The minutes of each block that takes as long as this one.
fn minutes_of(when: When) -> Result<u32, Rejection> {
    let length = match when {
        When::Span(span) => span.length(),
        When::Days(days) => TimeDelta::days(days.count()),
    };
    let minutes = u32::try_from(clock::minutes_up(length)).ok();
    Ok(minutes.filter(|minutes| *minutes <= limits::ESTIMATE_MINUTES).ok_or(InvalidValue::BlockTooLong)?)
}

/// A series without blocks, of blocks that are as this one and take place then for the first time.
fn series_of<V: ReadPlans>(view: &V, repeat: &Repeat, block: &Block, when: When) -> Decided<V, Series> {
    Ok(Series {
        kind: block.kind,
        description: block.description.clone(),
        priority: block.priority,
        tags: block.tags.clone(),
        reminders: block.reminders.clone(),
        ..new_series(view, repeat, (block.plan, when), block.title.clone(), block.source)?
    })
}

/// A series without blocks that begins with the first day that its rule has.
fn new_series<V: ReadPlans>(
    view: &V,
    repeat: &Repeat,
    (plan, when): (PlanId, When),
    title: Title,
    source: Source,
) -> Decided<V, Series> {
    let zone = read(view.settings())?.zone();
    let start = first_start(&repeat.rule, wall_start(when, zone))?;
    Ok(Series {
        id: repeat.id,
        plan,
        rule: Rule::from(&repeat.rule),
        start,
        zone,
        minutes: minutes_of(when)?,
        all_day: when.days().is_some(),
        untimed: false,
        after_done: None,
        title,
        kind: Kind::Task,
        description: None,
        priority: Priority::Medium,
        tags: Vec::new(),
        reminders: None,
        except: Vec::new(),
        through: start,
        made: 0,
        source,
    })
}

/// When something begins by the clock in a zone. An all-day block begins at 00:00.
fn wall_start(when: When, zone: Zone) -> NaiveDateTime {
    match when {
        When::Span(span) => zone.wall(span.start()),
        When::Days(days) => days.first().and_time(NaiveTime::MIN),
    }
}

/// Deletes a block, or more of its series.
pub(super) fn delete<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    reference: &BlockRef,
    scope: Scope,
    context: &Context,
) -> Decided<V> {
    let found = find_block(view, reference, Preferred::Ahead, context.now)?;
    let series = match found.series {
        Some(place) => read(view.series(place.series))?.map(|series| (place, series)),
        None => None,
    };
    let Some((place, series)) = series else {
        if scope != Scope::One && found.series.is_some() {
            return Err(Rejection::SeriesOver { title: found.title }.into());
        }
        return block::delete(view, &BlockRef::Id(found.id), context);
    };
    if scope == Scope::One && series.after_done.is_some() {
        return again::skip(view, found, series, context);
    }
    let is_known = series.has_start(place.start);
    if matches!(scope, Scope::Following(_)) && !is_known {
        return Err(Rejection::OldOfSeries { title: found.title }.into());
    }
    let (event, blocks) = match scope {
        Scope::One if !is_known => return block::delete(view, &BlockRef::Id(found.id), context),
        Scope::One => {
            let mut after = series.clone();
            if after.except.len() >= limits::EXCEPTIONS {
                return Err(Rejection::TooManyExceptions { title: series.title }.into());
            }
            leave_out(&mut after.except, place.start);
            let event = EventKind::SeriesChanged { before: series, after };
            let Decision { events, outcome } = block::delete(view, &BlockRef::Id(found.id), context)?;
            return Ok(Decision { events: [event].into_iter().chain(events).collect(), outcome });
        }
        Scope::Following(_) if place.start > series.start => {
            let after = cut(&series, place.start)?;
            let blocks = open_blocks(view, &series, place.start, None)?;
            (EventKind::SeriesChanged { before: series.clone(), after }, blocks)
        }
        Scope::Following(_) | Scope::All => {
            let blocks = open_blocks(view, &series, NaiveDateTime::MIN, None)?;
            (EventKind::SeriesDeleted { series: series.clone() }, blocks)
        }
    };
    let zone = read(view.settings())?.zone();
    // An appointment that is over took place. A task that is overdue would still have to be done.
    let is_named = |block: &Block| block.id == found.id && scope != Scope::All;
    let blocks: Vec<Block> =
        blocks.into_iter().filter(|block| !block.is_over(context.now, zone) || is_named(block)).collect();
    let count = blocks.len() as u64;
    let events = [event].into_iter().chain(blocks.into_iter().map(|block| EventKind::BlockDeleted { block })).collect();
    let outcome = Outcome::Series {
        did: Did::Deleted,
        series: Box::new(series),
        block: Box::new(found),
        count,
        overlaps: Vec::new(),
    };
    Ok(Decision { events, outcome })
}

/// Adds a start to exceptions, which are in order.
fn leave_out(except: &mut Vec<NaiveDateTime>, start: NaiveDateTime) {
    let at = except.partition_point(|other| *other < start);
    if except.get(at) != Some(&start) {
        except.insert(at, start);
    }
}

/// Makes more blocks of each series that has few ahead.
pub(super) fn extend_all<V: ReadPlans + ReadBlocks + ReadSeries>(view: &V, context: &Context) -> Decided<V> {
    let mut handle = read(view.next_handle())?;
    let mut room = limits::BLOCKS.saturating_sub(read(view.stored_blocks())?);
    let mut events = Vec::new();
    for series in read(view.all_series())? {
        let is_used = read(view.plan(series.plan))?.is_some_and(|plan| Plan::is_in_use(&plan));
        if !is_used || !series.is_due(context.now) {
            continue;
        }
        // What a plan has missed in the archive is not made up for.
        let since = series.through.max(series.begins_now(context.now));
        let begun = Series { through: since, ..series.clone() };
        // A file can contain a rule that cannot be read; `verify` refuses it, so there is none here.
        let Ok((after, blocks)) = begun.extended(ahead(&series, context.now), handle) else { continue };
        if blocks.len() as u64 > room {
            break;
        }
        room -= blocks.len() as u64;
        handle = blocks.last().map_or(handle, |block| block.handle.next());
        events.push(EventKind::SeriesChanged { before: series, after });
        events.extend(blocks.into_iter().map(|block| EventKind::BlockScheduled { block }));
        if events.len() >= limits::OCCURRENCES_AT_ONCE {
            // The job goes on in another transaction.
            break;
        }
    }
    Ok(Decision { events, outcome: Outcome::Extended })
}

/// The first start that the rule has, not before `start`.
fn first_start(rule: &Recurrence, start: NaiveDateTime) -> Result<NaiveDateTime, Rejection> {
    rule.occurrences(whole_minutes(start)).next().ok_or(Rejection::NoOccurrence)
}

fn whole_minutes(time: NaiveDateTime) -> NaiveDateTime {
    time.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(time)
}

fn out_of_calendar(time: Option<NaiveDateTime>) -> Result<NaiveDateTime, Rejection> {
    time.ok_or_else(|| InvalidValue::DateOutOfRange.into())
}

/// Until when blocks of a series are made: for some weeks, and at least the first one.
fn ahead(series: &Series, now: DateTime<Utc>) -> NaiveDateTime {
    whole_minutes(series.zone.wall(now + limits::SERIES_AHEAD)).max(series.start + TimeDelta::minutes(1))
}

fn days_of_rule(series: &Series) -> Rejection {
    Rejection::DaysOfRule { title: series.title.clone(), rule: series.words() }
}

/// Makes the first blocks of a series, and checks that there is room for it and them.
fn first_blocks<V: ReadBlocks + ReadSeries>(
    view: &V,
    series: &Series,
    now: DateTime<Utc>,
) -> Decided<V, (Series, Vec<Block>)> {
    room_for_series(view)?;
    if series.start < series.zone.wall(now - limits::SERIES_BACK) {
        return Err(Rejection::SeriesTooFarBack.into());
    }
    let (series, blocks) = series.extended(ahead(series, now), read(view.next_handle())?).map_err(Rejection::from)?;
    room_for_blocks(view, &blocks)?;
    Ok((series, blocks))
}

fn room_for_series<V: ReadSeries>(view: &V) -> Decided<V, ()> {
    if read(view.all_series())?.len() >= limits::SERIES {
        return Err(Rejection::TooManySeries.into());
    }
    Ok(())
}

/// Checks that there are no more series after these changes than are possible.
pub(super) fn room_after<V: ReadSeries>(view: &V, changes: &[EventKind]) -> Decided<V, ()> {
    let created = changes.iter().filter(|change| matches!(change, EventKind::SeriesCreated { .. })).count();
    let deleted = changes.iter().filter(|change| matches!(change, EventKind::SeriesDeleted { .. })).count();
    if created > 0 && read(view.all_series())?.len() + created > limits::SERIES + deleted {
        return Err(Rejection::TooManySeries.into());
    }
    Ok(())
}

/// The number of these new blocks, if there is room for them.
fn room_for_blocks<V: ReadBlocks>(view: &V, blocks: &[Block]) -> Decided<V, u64> {
    let count = blocks.len() as u64;
    if count > 0 && read(view.stored_blocks())? + count > limits::BLOCKS {
        return Err(Rejection::TooManyBlocks.into());
    }
    Ok(count)
}

fn blocks_of(series: &Series) -> BlockQuery {
    BlockQuery { plan: Some(series.plan), series: Some(series.id), ..BlockQuery::default() }
}

/// The open blocks of a series that its rule starts at or after `from`, without those that are over at `now`. The newest block of what comes
/// again after it was done is one of them, because it is still to be done.
fn open_blocks<V: ReadPlans + ReadBlocks>(
    view: &V,
    series: &Series,
    from: NaiveDateTime,
    now: Option<DateTime<Utc>>,
) -> Decided<V, Vec<Block>> {
    let zone = read(view.settings())?.zone();
    let mut blocks = read(view.blocks(&blocks_of(series)))?;
    blocks.retain(|block| {
        let is_from = block.series.is_some_and(|place| place.start >= from);
        let is_newest = series.after_done == Some(block.id);
        is_from && block.is_open() && (is_newest || now.is_none_or(|now| !block.has_ended(now, zone)))
    });
    Ok(blocks)
}

/// The part of a series before a start.
fn cut(series: &Series, at: NaiveDateTime) -> Result<Series, Rejection> {
    let mut rule = series.rule.read()?;
    let last = at - TimeDelta::minutes(1);
    rule.end = match rule.end {
        End::Until(until) => End::Until(until.min(last)),
        End::Never | End::After(_) => End::Until(last),
    };
    let mut head = Series { rule: Rule::from(&rule), through: series.through.min(at), ..series.clone() };
    head.except.retain(|start| *start < at);
    Ok(head)
}

/// The part of a series from one of its starts on, as a series of its own.
fn tail(series: &Series, id: SeriesId, at: NaiveDateTime) -> Result<Series, Rejection> {
    let mut rule = series.rule.read()?;
    if let End::After(count) = rule.end {
        let before = rule.occurrences(series.start).take_while(|start| *start < at).count();
        rule.end = End::After(count.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX)).max(1));
    }
    let mut tail =
        Series { id, rule: Rule::from(&rule), start: at, through: series.through.max(at), made: 0, ..series.clone() };
    tail.except.retain(|start| *start >= at);
    Ok(tail)
}

fn done<V: ReadBlocks>(
    view: &V,
    events: Vec<EventKind>,
    did: Did,
    series: Series,
    block: Block,
    count: u64,
) -> Decided<V> {
    let mut overlaps = if events.is_empty() { Vec::new() } else { overlaps(view, &block)? };
    // The blocks of the changed series themselves are at other times, or have been moved away.
    let is_changed = |place: Occurrence| {
        events.iter().any(|event| match event {
            EventKind::SeriesCreated { series } | EventKind::SeriesChanged { after: series, .. } => {
                series.id == place.series
            }
            _ => false,
        })
    };
    overlaps.retain(|other| !other.series.is_some_and(is_changed));
    let outcome = Outcome::Series { did, series: Box::new(series), block: Box::new(block), count, overlaps };
    Ok(Decision { events, outcome })
}
