//! Changes of more than one block of a series.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::{
    again, ahead, blocks_of, cut, days_of_rule, done, first_start, minutes_of, open_blocks, out_of_calendar,
    room_for_blocks, room_for_series, tail, wall_start, whole_minutes,
};
use crate::block::{Block, Occurrence};
use crate::command::{BlockUpdate, Repeat};
use crate::days::When;
use crate::decide::block::{Steps, days_of, estimated, with_fields};
use crate::decide::{Context, Decided, Did, read};
use crate::event::EventKind;
use crate::id::SeriesId;
use crate::limits;
use crate::rejection::Rejection;
use crate::series::{Rule, Series};
use crate::span::Span;
use crate::view::{ReadBlocks, ReadPlans, ReadSeries};

/// A change of several blocks of a series.
pub(super) struct Change<'a> {
    pub series: Series,
    /// The block that was named, and its place.
    pub found: Block,
    pub place: Occurrence,
    pub changes: &'a BlockUpdate,
    /// How it repeats from now on, if that changes.
    pub repeat: Option<&'a Repeat>,
}

impl Change<'_> {
    /// `split` is the id of the new series if the change is about the block and those after it.
    pub fn decide<V: ReadPlans + ReadBlocks + ReadSeries>(
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
        if let Some(repeat) = self.repeat {
            self.begin(repeat, &mut after, by, context.now)?;
        }
        if after.after_done.is_some() {
            again::fits(&after)?;
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
            if self.repeat.is_some() && begun.is_some_and(|begun| wanted < begun) {
                continue;
            }
            count += 1;
            let start = match self.repeat {
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
        let did =
            if by.is_zero() && self.repeat.is_none_or(|repeat| repeat.after_done) { Did::Updated } else { Did::Moved };
        done(view, events, did, after, named, count)
    }

    /// Lets the series repeat otherwise from its start on, which was moved as far as `by`.
    fn begin(&self, repeat: &Repeat, after: &mut Series, by: TimeDelta, now: DateTime<Utc>) -> Result<(), Rejection> {
        let title = || self.found.title.clone();
        let rule = if repeat.after_done {
            if !self.found.is_open() {
                return Err(Rejection::NotOpen { title: title() });
            }
            repeat.rule.clone()
        } else {
            if after.untimed {
                return Err(Rejection::RepeatWithoutTime { title: title() });
            }
            // Days that the rule leaves out are those of the block that was named.
            repeat.rule.completed((self.place.start + by).date())
        };
        after.start = first_start(&rule, after.start)?;
        after.rule = Rule::from(&rule);
        after.through = after.through.max(after.start + TimeDelta::minutes(1));
        if after.after_done.is_some() && !repeat.after_done {
            after.through = after.through.max(ahead(after, now));
        }
        after.after_done = repeat.after_done.then_some(self.found.id);
        Ok(())
    }

    /// The series with its new fields, and moved as far as the block that was named.
    fn changed(&self, old: &Series) -> Result<Series, Rejection> {
        let BlockUpdate { title, description, kind, priority, tags, reminders, .. } = self.changes;
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
        if let Some(reminders) = reminders {
            series.reminders = reminders.clone();
        }
        let start = self.retimed(&mut series)?;
        let by = start.map_or(TimeDelta::zero(), |start| start - self.place.start);
        if by.is_zero() {
            return Ok(series);
        }
        if by.abs() > TimeDelta::minutes(limits::SHIFT_MINUTES) {
            return Err(Rejection::ShiftOutOfRange);
        }
        if self.repeat.is_none() && old.after_done.is_none() {
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

    /// Gives the series another length, and makes its blocks all day or no longer so. Returns the new start of the block that was named, by
    /// the clock.
    fn retimed(&self, series: &mut Series) -> Result<Option<NaiveDateTime>, Rejection> {
        let BlockUpdate { start, end, length, .. } = self.changes;
        let is_timed = start.or(*end).is_some() || length.is_some();
        if let Some(days) = days_of(&self.found, self.changes)?.map(When::Days) {
            if is_timed {
                return Err(Rejection::TimeAndDays);
            }
            (series.all_day, series.untimed) = (true, false);
            series.minutes = minutes_of(days)?;
            return Ok(Some(wall_start(days, series.zone)));
        }
        let unestimated = estimated(limits::UNESTIMATED)?;
        if series.all_day && is_timed {
            if start.is_none() {
                return Err(Rejection::LengthOfDays { title: self.found.title.clone() });
            }
            series.all_day = false;
            series.minutes = unestimated;
        }
        if series.untimed && start.is_some() {
            series.minutes = series.estimate().unwrap_or(unestimated);
            series.untimed = false;
        }
        let begins = start.or(self.found.span.map(Span::start));
        if end.is_some() && begins.is_none() {
            return Err(Rejection::EndWithoutStart { title: self.found.title.clone() });
        }
        let until = |end: DateTime<Utc>| Some(end - begins?);
        let length = match (end.and_then(until), *length) {
            (None, Some(None)) if series.untimed => {
                series.minutes = 0;
                None
            }
            (None, Some(None)) => return Err(Rejection::LengthTaken { title: series.title.clone() }),
            (until, length) => until.or(length.flatten()),
        };
        if let Some(length) = length {
            series.minutes = estimated(length)?;
        }
        Ok(start.map(|start| whole_minutes(series.zone.wall(start))))
    }

    /// The starts of a new rule, without those of the days on which a block is done or over already. None without a new rule.
    fn new_starts<V: ReadPlans + ReadBlocks>(
        &self,
        view: &V,
        after: &mut Series,
        by: TimeDelta,
        (from, now): (NaiveDateTime, Option<DateTime<Utc>>),
    ) -> Decided<V, Vec<NaiveDateTime>> {
        if self.repeat.is_none() {
            return Ok(Vec::new());
        }
        let most = limits::OCCURRENCES_AT_ONCE;
        let mut starts = after.starts(from, after.through, most).map_err(Rejection::from)?;
        if let Some(last) = starts.last().filter(|_| starts.len() == most) {
            after.through = *last + TimeDelta::minutes(1);
        }
        if self.series.after_done.is_some() {
            // What is done was done on days of its own.
            return Ok(starts);
        }
        let zone = read(view.settings())?.zone();
        let settled = read(view.blocks(&blocks_of(&self.series)))?;
        let has_ended = |block: &Block| now.is_some_and(|now| block.has_ended(now, zone));
        let settled = settled.iter().filter(|block| !block.is_open() || has_ended(block));
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
        let is_in_place =
            block.series.is_some_and(|place| old.when(place.start).is_ok_and(|when| when == block.when()));
        let is_timed = self.changes.gives_start();
        let mut to = Block { series: Some(Occurrence { series: after.id, start }), ..block.clone() };
        let timing = |series: &Series| (series.start, series.minutes, series.all_day, series.untimed);
        let is_moved = timing(after) != timing(old) || self.repeat.is_some();
        if is_moved && (is_in_place || is_named && is_timed) {
            let estimate = if old.minutes == after.minutes { to.minutes } else { after.estimate() };
            to = Block { minutes: estimate, ..to }.at(after.when(start)?);
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
            reminders: given.reminders.clone().filter(|_| is_as_planned(block.reminders == old.reminders)),
            ..BlockUpdate::default()
        };
        let has_moved = to.when() != block.when();
        let mut steps = Steps { events: Vec::new(), block };
        if has_moved {
            steps.to(to.clone(), EventKind::BlockMoved);
        }
        steps.to(with_fields(&to, &fields, now)?, EventKind::BlockUpdated);
        Ok(steps)
    }
}
