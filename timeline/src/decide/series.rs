//! Decisions about what repeats.
//!
//! A change of several blocks of a series is one event of the series and one or two of each block, so undo, time travel and what clients
//! are sent need to know nothing about rules. What is done, missed or over stays as it was. A block that was changed by itself keeps
//! what it was given: its own time, its own title.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike, Utc};

use super::block::{Steps, overlaps, plan_or_active, with_fields};
use super::{Context, Decided, Decision, Did, Outcome, block, read};
use crate::block::Block;
use crate::clock;
use crate::command::{BlockUpdate, NewBlock, Repeat, Scope};
use crate::event::EventKind;
use crate::id::SeriesId;
use crate::limits;
use crate::plan::Plan;
use crate::reference::{BlockRef, Preferred, find_block};
use crate::rejection::Rejection;
use crate::series::{End, Occurrence, Recurrence, Rule, Series};
use crate::span::Span;
use crate::view::{BlockQuery, ReadBlocks, ReadPlans, ReadSeries};

/// Adds a series to the timeline, with its blocks of the next weeks.
pub(super) fn create<V: ReadPlans + ReadBlocks + ReadSeries>(
    view: &V,
    new: &NewBlock,
    repeat: &Repeat,
    context: &Context,
) -> Decided<V> {
    let title = &new.title;
    let span = new.span.ok_or_else(|| Rejection::RepeatWithoutTime { title: title.clone() })?;
    if new.due.or(new.not_before).is_some() || !new.depends_on.is_empty() {
        return Err(Rejection::RepeatWithDays { title: title.clone() }.into());
    }
    let plan = plan_or_active(view, new.plan.as_ref())?.id;
    let zone = read(view.settings())?.zone();
    let start = first_start(&repeat.rule, zone.wall(span.start()))?;
    let series = Series {
        id: repeat.id,
        plan,
        rule: Rule::from(&repeat.rule),
        start,
        zone,
        minutes: u32::try_from(clock::minutes_up(span.length())).unwrap_or(limits::ESTIMATE_MINUTES),
        title: title.clone(),
        kind: new.kind,
        description: new.description.clone(),
        priority: new.priority,
        tags: new.tags.clone(),
        except: Vec::new(),
        through: start,
        made: 0,
        source: context.source,
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
        return block::update(view, reference, changes, context);
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
        (Scope::All, _) => None,
        (Scope::Following(id), _) => Some(id),
        (Scope::One, repeat) => repeat.map(|repeat| repeat.id),
    };
    if (from.is_some() || changes.start.is_some()) && !series.has_start(place.start) {
        return Err(Rejection::OldOfSeries { title: found.title }.into());
    }
    let change = Change { series, found, place, changes: &one, rule: repeat.map(|repeat| &repeat.rule) };
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
    let title = changed.title.clone();
    let span = changed.span.ok_or_else(|| Rejection::RepeatWithoutTime { title: title.clone() })?;
    if changed.due.or(changed.not_before).is_some() || !changed.depends_on.is_empty() {
        return Err(Rejection::RepeatWithDays { title }.into());
    }
    let zone = read(view.settings())?.zone();
    let start = first_start(&repeat.rule, zone.wall(span.start()))?;
    let series = Series {
        id: repeat.id,
        plan: changed.plan,
        rule: Rule::from(&repeat.rule),
        start,
        zone,
        minutes: u32::try_from(clock::minutes_up(span.length())).unwrap_or(limits::ESTIMATE_MINUTES),
        title,
        kind: changed.kind,
        description: changed.description.clone(),
        priority: changed.priority,
        tags: changed.tags.clone(),
        except: Vec::new(),
        through: start + TimeDelta::minutes(1),
        made: 0,
        source: changed.source,
    };
    let (series, blocks) = first_blocks(view, &series, context.now)?;
    let count = blocks.len() as u64 + 1;
    let mut steps = Steps { events: Vec::new(), block: changed };
    let span = if zone.wall(span.start()) == start { span } else { series.span(start)? };
    let place = Occurrence { series: series.id, start };
    let kind = if steps.block.span == Some(span) { EventKind::BlockUpdated } else { EventKind::BlockMoved };
    steps.to(Block { span: Some(span), series: Some(place), ..steps.block.clone() }, kind);
    events.insert(0, EventKind::SeriesCreated { series: series.clone() });
    events.extend(steps.events);
    events.extend(blocks.into_iter().map(|block| EventKind::BlockScheduled { block }));
    done(view, events, Did::Updated, series, steps.block, count)
}

/// A change of several blocks of a series.
struct Change<'a> {
    series: Series,
    /// The block that was named, and its place.
    found: Block,
    place: Occurrence,
    changes: &'a BlockUpdate,
    /// The new rule, if it gets one.
    rule: Option<&'a Recurrence>,
}

impl Change<'_> {
    /// `split` is the id of the new series if the change is about the block and those after it.
    fn decide<V: ReadPlans + ReadBlocks + ReadSeries>(
        self,
        view: &V,
        split: Option<SeriesId>,
        context: &Context,
    ) -> Decided<V> {
        let now = split.is_none().then_some(context.now);
        // From the first block on is all of it.
        let split = split.filter(|_| self.place.start > self.series.start);
        let from = if split.is_some() { self.place.start } else { self.series.start };
        let (head, old) = match split {
            Some(id) => {
                let tail = tail(&self.series, id, from)?;
                (Some(cut(&self.series, from)?), tail)
            }
            None => (None, self.series.clone()),
        };
        let mut after = self.changed(&old)?;
        let by = after.start - old.start;
        if let Some(rule) = self.rule {
            // Days that the rule leaves out are those of the block that was named.
            let rule = rule.completed((self.place.start + by).date());
            after.start = first_start(&rule, after.start)?;
            after.rule = Rule::from(&rule);
            after.through = after.through.max(after.start + TimeDelta::minutes(1));
        }
        let mut events = Vec::new();
        if let Some(head) = head {
            events.push(EventKind::SeriesChanged { before: self.series.clone(), after: head });
            room_for_series(view)?;
        }
        let blocks = open_blocks(view, &self.series, from, now)?;
        let mut count = 0;
        let mut named = self.found.clone();
        let mut changed = Vec::new();
        // The starts of a new rule. A block keeps its day if there is one.
        let begun = now.map(|now| after.begins_now(now));
        let first = begun.map_or(after.start, |begun| begun.max(after.start));
        let mut starts = self.new_starts(view, &mut after, by, (first, now))?;
        for block in blocks {
            let Some(place) = block.series else { continue };
            let wanted = place.start + by;
            // A block that should have taken place earlier, and was moved ahead since, stays.
            if self.rule.is_some() && begun.is_some_and(|begun| wanted < begun) {
                continue;
            }
            count += 1;
            let start = match self.rule {
                None => wanted,
                Some(_) => match starts.iter().position(|start| start.date() == wanted.date()) {
                    Some(at) => starts.remove(at),
                    None => {
                        changed.push(EventKind::BlockDeleted { block });
                        continue;
                    }
                },
            };
            let steps = self.moved(block, &old, &after, start, context.now)?;
            if steps.block.id == named.id {
                named = steps.block.clone();
            }
            changed.extend(steps.events);
        }
        let made = after.blocks(starts, read(view.next_handle())?);
        count += room_for_blocks(view, &made)?;
        events.push(match split {
            Some(_) => EventKind::SeriesCreated { series: after.clone() },
            None => EventKind::SeriesChanged { before: self.series.clone(), after: after.clone() },
        });
        events.extend(changed);
        events.extend(made.into_iter().map(|block| EventKind::BlockScheduled { block }));
        if matches!(events.as_slice(), [EventKind::SeriesChanged { before, after }] if before == after) {
            return done(view, Vec::new(), Did::Nothing, after, named, 0);
        }
        let did = if by.is_zero() && self.rule.is_none() { Did::Updated } else { Did::Moved };
        // The view still has the blocks of a series that was split under its old id.
        let mut decision = done(view, events, did, after, named, count)?;
        if let Outcome::Series { overlaps, .. } = &mut decision.outcome {
            overlaps.retain(|other| other.series.is_none_or(|place| place.series != self.series.id));
        }
        Ok(decision)
    }

    /// The series with its new fields, and moved as far as the block that was named.
    fn changed(&self, old: &Series) -> Result<Series, Rejection> {
        let BlockUpdate { title, description, kind, priority, tags, start, end, length, .. } = self.changes;
        let mut series = old.clone();
        if let Some(title) = title {
            series.title = title.clone();
        }
        if let Some(description) = description {
            series.description = description.clone();
        }
        series.kind = kind.unwrap_or(series.kind);
        series.priority = priority.unwrap_or(series.priority);
        if let Some(tags) = tags {
            series.tags = tags.clone();
        }
        let begins = start.or(self.found.span.map(Span::start));
        let until = |end: DateTime<Utc>| Some(end - begins?);
        if let Some(length) = end.and_then(until).or(*length) {
            let minutes = u32::try_from(clock::minutes_up(length)).ok();
            let minutes = minutes.filter(|minutes| (1..=limits::ESTIMATE_MINUTES).contains(minutes));
            series.minutes = minutes.ok_or(Rejection::EstimateOutOfRange)?;
        }
        let by = start.map_or(TimeDelta::zero(), |start| whole_minutes(old.zone.wall(start)) - self.place.start);
        if by.is_zero() {
            return Ok(series);
        }
        if by.abs() > TimeDelta::minutes(limits::SHIFT_MINUTES) {
            return Err(Rejection::ShiftOutOfRange);
        }
        if self.rule.is_none() {
            let rule = old.rule.read().map_err(Rejection::from)?;
            let moved = rule.moved(old.start, by).ok_or_else(|| days_of_rule(old))?;
            series.rule = Rule::from(&moved);
        }
        series.start = out_of_calendar(series.start.checked_add_signed(by))?;
        series.through = out_of_calendar(series.through.checked_add_signed(by))?;
        for start in &mut series.except {
            *start = out_of_calendar(start.checked_add_signed(by))?;
        }
        Ok(series)
    }

    /// The starts of a new rule, without those of the days on which a block is done or over already. None without a new rule.
    fn new_starts<V: ReadBlocks>(
        &self,
        view: &V,
        after: &mut Series,
        by: TimeDelta,
        (from, now): (NaiveDateTime, Option<DateTime<Utc>>),
    ) -> Decided<V, Vec<NaiveDateTime>> {
        if self.rule.is_none() {
            return Ok(Vec::new());
        }
        let most = limits::OCCURRENCES_AT_ONCE;
        let mut starts = after.starts(from, after.through, most).map_err(Rejection::from)?;
        if let Some(last) = starts.last().filter(|_| starts.len() == most) {
            after.through = *last + TimeDelta::minutes(1);
        }
        let settled = read(view.blocks(&blocks_of(&self.series)))?;
        let settled = settled.iter().filter(|block| !block.is_open() || now.is_some_and(|now| block.has_ended(now)));
        for place in settled.filter_map(|block| block.series) {
            starts.retain(|start| start.date() != (place.start + by).date());
        }
        Ok(starts)
    }

    /// A block at its new start. What it was given by itself stays, unless it is the block that was named.
    fn moved(
        &self,
        block: Block,
        old: &Series,
        after: &Series,
        start: NaiveDateTime,
        now: DateTime<Utc>,
    ) -> Result<Steps, Rejection> {
        let is_named = block.id == self.found.id;
        let is_in_place = block.series.is_some_and(|place| old.span(place.start).ok() == block.span);
        let mut to = Block { series: Some(Occurrence { series: after.id, start }), ..block.clone() };
        let is_moved = after.start != old.start || after.minutes != old.minutes || self.rule.is_some();
        if is_moved && (is_in_place || is_named && self.changes.start.is_some()) {
            (to.span, to.minutes) = (Some(after.span(start)?), None);
        } else if let (true, Some(span)) = (is_named && after.minutes != old.minutes, to.span) {
            to.span = Some(Span::starting(span.start(), after.length())?);
        }
        let given = self.changes;
        let is_as_planned = |same: bool| is_named || same;
        let fields = BlockUpdate {
            title: given.title.clone().filter(|_| is_as_planned(block.title == old.title)),
            description: given.description.clone().filter(|_| is_as_planned(block.description == old.description)),
            kind: given.kind.filter(|_| is_as_planned(block.kind == old.kind)),
            priority: given.priority.filter(|_| is_as_planned(block.priority == old.priority)),
            tags: given.tags.clone().filter(|_| is_as_planned(block.tags == old.tags)),
            ..BlockUpdate::default()
        };
        let has_moved = to.span != block.span;
        let mut steps = Steps { events: Vec::new(), block };
        if has_moved {
            steps.to(to.clone(), EventKind::BlockMoved);
        }
        steps.to(with_fields(&to, &fields, now)?, EventKind::BlockUpdated);
        Ok(steps)
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
    let is_known = series.has_start(place.start);
    if matches!(scope, Scope::Following(_)) && !is_known {
        return Err(Rejection::OldOfSeries { title: found.title }.into());
    }
    let is_all = scope == Scope::All || place.start <= series.start;
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
        Scope::Following(_) if !is_all => {
            let after = cut(&series, place.start)?;
            let blocks = open_blocks(view, &series, place.start, None)?;
            (EventKind::SeriesChanged { before: series.clone(), after }, blocks)
        }
        Scope::Following(_) | Scope::All => {
            let all = read(view.blocks(&blocks_of(&series)))?;
            (EventKind::SeriesDeleted { series: series.clone() }, all.into_iter().filter(Block::is_open).collect())
        }
    };
    // An appointment that is over took place. A task that is overdue would still have to be done.
    let is_named = |block: &Block| block.id == found.id && scope != Scope::All;
    let blocks: Vec<Block> =
        blocks.into_iter().filter(|block| !block.is_over(context.now) || is_named(block)).collect();
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
    time.ok_or_else(|| crate::invalid::InvalidValue::DateOutOfRange.into())
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

/// The open blocks of a series that its rule starts at or after `from`, without those that are over at `now`.
fn open_blocks<V: ReadBlocks>(
    view: &V,
    series: &Series,
    from: NaiveDateTime,
    now: Option<DateTime<Utc>>,
) -> Decided<V, Vec<Block>> {
    let mut blocks = read(view.blocks(&blocks_of(series)))?;
    blocks.retain(|block| {
        let is_from = block.series.is_some_and(|place| place.start >= from);
        is_from && block.is_open() && now.is_none_or(|now| !block.has_ended(now))
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
    let overlaps = if events.is_empty() { Vec::new() } else { overlaps(view, &block)? };
    // The blocks of the series itself are at other times, or have been moved away.
    let overlaps =
        overlaps.into_iter().filter(|other| other.series.is_none_or(|place| place.series != series.id)).collect();
    let outcome = Outcome::Series { did, series: Box::new(series), block: Box::new(block), count, overlaps };
    Ok(Decision { events, outcome })
}

/// Changes that an undo or a redo makes, so that they fit the series as they are: since the transaction, the service may have made more
/// blocks. They are taken back, too, if the change is about more than one block; the service makes others by the rule that is then in
/// effect.
pub(super) fn fitted<V: ReadBlocks + ReadSeries>(view: &V, changes: Vec<EventKind>) -> Decided<V, Vec<EventKind>> {
    let created = changes.iter().filter(|change| matches!(change, EventKind::SeriesCreated { .. })).count();
    if created > 0 {
        let deleted = changes.iter().filter(|change| matches!(change, EventKind::SeriesDeleted { .. })).count();
        if read(view.all_series())?.len() + created > limits::SERIES + deleted {
            return Err(Rejection::TooManySeries.into());
        }
    }
    let mut fitted = Fitted { view, known: Vec::new(), made_since: Vec::new() };
    let mut fits = Vec::with_capacity(changes.len());
    for change in changes {
        fits.extend(fitted.fit(change)?);
    }
    let Fitted { mut made_since, .. } = fitted;
    made_since.extend(fits);
    Ok(made_since)
}

struct Fitted<'a, V> {
    view: &'a V,
    /// The series after the changes so far; `None` is one that is gone.
    known: Vec<(SeriesId, Option<Series>)>,
    /// The deletions of blocks that were made since the transaction.
    made_since: Vec<EventKind>,
}

impl<V: ReadBlocks + ReadSeries> Fitted<'_, V> {
    /// `None` if it changes nothing, because a file was imported in which an event is missing.
    fn fit(&mut self, change: EventKind) -> Decided<V, Option<EventKind>> {
        let id = match &change {
            EventKind::SeriesCreated { series } | EventKind::SeriesDeleted { series } => series.id,
            EventKind::SeriesChanged { after, .. } => after.id,
            _ => return Ok(Some(change)),
        };
        let now = match self.known.iter().rfind(|(known, _)| *known == id) {
            Some((_, series)) => series.clone(),
            None => read(self.view.series(id))?,
        };
        let (after, change) = match (change, now) {
            (EventKind::SeriesCreated { series }, None) => (Some(series.clone()), EventKind::SeriesCreated { series }),
            (EventKind::SeriesDeleted { series }, Some(now)) => {
                self.take_back(&series, &now)?;
                (None, EventKind::SeriesDeleted { series: now })
            }
            (EventKind::SeriesChanged { before, after }, Some(now)) => {
                let after = if before.differs_in_exceptions(&after) {
                    let mut except = now.except.clone();
                    except.retain(|start| after.except.contains(start) || !before.except.contains(start));
                    for start in after.except.iter().filter(|start| !before.except.contains(start)) {
                        leave_out(&mut except, *start);
                    }
                    Series { except, ..now.clone() }
                } else {
                    self.take_back(&before, &now)?;
                    after
                };
                (Some(after.clone()), EventKind::SeriesChanged { before: now, after })
            }
            _ => return Ok(None),
        };
        self.known.push((id, after));
        Ok(Some(change))
    }

    /// Takes back the blocks that were made between two states of a series.
    fn take_back(&mut self, then: &Series, now: &Series) -> Decided<V, ()> {
        if now.made == then.made {
            return Ok(());
        }
        let since = read(self.view.blocks(&blocks_of(now)))?.into_iter();
        let since = since.filter(|block| block.series.is_some_and(|place| place.start >= then.through));
        self.made_since.extend(since.map(|block| EventKind::BlockDeleted { block }));
        Ok(())
    }
}
