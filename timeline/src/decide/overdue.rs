//! Finds times for overdue tasks and for tasks without one, and gives them those times.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Context, DecideError, Decided, Decision, Outcome, read};
use crate::block::Block;
use crate::clock;
use crate::command::OverdueTasks;
use crate::days::{Days, When};
use crate::event::{BlockChange, EventKind};
use crate::free_time::WorkingHours;
use crate::id::BlockId;
use crate::limits;
use crate::place::{HORIZON_DAYS, Horizon, Task, Why, order, place};
use crate::plan::Plan;
use crate::reference::{BlockRef, Preferred, find_block, find_plan};
use crate::rejection::Rejection;
use crate::run::LeftOut;
use crate::settings::Settings;
use crate::span::Span;
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadPlans};

/// Most open tasks that are read to find those that wait for an overdue one.
const AHEAD: usize = 1_000;
/// So many days are looked at first. Most tasks find a time in them, without a look at all that is planned for a year.
const NEAR_DAYS: u32 = 30;

/// The overdue tasks that are meant, by start or as they were named, at most [`limits::RESCHEDULED_BLOCKS`]; and how many there are
/// beyond that.
///
/// # Errors
/// A rejection if a named block is not known, or is neither overdue nor without a time, or if the plan is not known, and the errors
/// of the view.
pub fn overdue_tasks<V: ReadPlans + ReadBlocks>(
    view: &V,
    which: &OverdueTasks,
    now: DateTime<Utc>,
) -> Decided<V, (Vec<Block>, u64)> {
    let plan = match which {
        OverdueTasks::Named(references) => return Ok((named(view, references, now)?, 0)),
        OverdueTasks::OfPlan(plan) => Some(find_plan(view, plan)?.id),
        OverdueTasks::All | OverdueTasks::AllButSessions => None,
    };
    let query = BlockQuery { plan, ends_by: Some(now), state: BlockState::ToDo, ..BlockQuery::default() };
    let mut blocks = read(view.blocks(&BlockQuery { limit: limits::RESCHEDULED_BLOCKS, ..query.clone() }))?;
    if *which == OverdueTasks::AllButSessions {
        // Nobody is told how many more there are.
        blocks.retain(|block| !block.is_session());
        return Ok((blocks, 0));
    }
    let more = read(view.count_blocks(&query))?.saturating_sub(blocks.len() as u64);
    Ok((blocks, more))
}

/// The tasks that are named, each once. A page names tasks by their ids, and one of them may have got a time or been deleted in the
/// meantime. Such a task is left out. If no other task is named, the call is rejected.
fn named<V: ReadPlans + ReadBlocks>(view: &V, references: &[BlockRef], now: DateTime<Utc>) -> Decided<V, Vec<Block>> {
    let zone = read(view.settings())?.zone();
    let mut blocks: Vec<Block> = Vec::with_capacity(references.len());
    let mut missed = None;
    for reference in references {
        let found = find_block(view, reference, Preferred::Unplaced, now).and_then(|block| {
            if block.is_unplaced(now, zone) { Ok(block) } else { Err(Rejection::HasTime { title: block.title }.into()) }
        });
        match found {
            Ok(block) if blocks.iter().all(|known| known.id != block.id) => blocks.push(block),
            Ok(_) => {}
            Err(DecideError::Rejected(why)) if matches!(reference, BlockRef::Id(_)) => {
                missed.get_or_insert(why);
            }
            Err(error) => return Err(error),
        }
    }
    match missed {
        Some(why) if blocks.is_empty() => Err(why.into()),
        _ if blocks.len() > limits::RESCHEDULED_BLOCKS => {
            Err(Rejection::TooManyToReschedule { count: blocks.len() }.into())
        }
        _ => Ok(blocks),
    }
}

/// Moves overdue tasks, and named tasks without a time, to the first time that is free for them.
///
/// Tasks are placed one after the other by the rules of [`place`](crate::place), each in the hours that suit it (see
/// [`Search::hours_of`]), from its first day on and after what must be done before it, and before what waits for it, the end of the
/// day on which it is due, and the end of the day `until`. A task that finds no time stays where it is. An all-day task gets as many days
/// from today on, or from the first day on which it can be done.
pub(super) fn reschedule<V: ReadPlans + ReadBlocks>(
    view: &V,
    which: &OverdueTasks,
    until: Option<NaiveDate>,
    context: &Context,
) -> Decided<V> {
    let (blocks, more) = overdue_tasks(view, which, context.now)?;
    if blocks.is_empty() {
        return Err(Rejection::NothingOverdue.into());
    }
    let search = Search { until, ..Search::new(view, &blocks, context.now)? };
    if until.is_some_and(|until| until < search.day_of(context.now)) {
        return Err(Rejection::DeadlineIsOver.into());
    }
    let outcomes = search.places()?;
    moved(blocks, outcomes, more)
}

/// Gives tasks the starts that were suggested for them, each as long as it takes. A start that was suggested is taken even if something
/// else has been planned then in the meantime: the person has seen it. An all-day task begins on the day of its start.
pub(super) fn place_tasks<V: ReadPlans + ReadBlocks>(
    view: &V,
    starts: &[(BlockId, DateTime<Utc>)],
    context: &Context,
) -> Decided<V> {
    let references: Vec<BlockRef> = starts.iter().map(|(id, _)| BlockRef::Id(*id)).collect();
    let blocks = named(view, &references, context.now)?;
    if blocks.is_empty() {
        return Err(Rejection::NothingOverdue.into());
    }
    let zone = read(view.settings())?.zone();
    let today = zone.wall(context.now).date();
    let place = |block: &Block| {
        let start = starts.iter().find(|(id, _)| *id == block.id).map(|(_, start)| *start);
        let is_ahead = |start: &DateTime<Utc>| match block.days {
            Some(_) => zone.wall(*start).date() >= today,
            None => *start >= context.now,
        };
        let start = start.filter(is_ahead);
        let start =
            start.ok_or_else(|| "The time that was suggested for it has passed. Ask for another.".to_owned())?;
        let when = match block.days {
            Some(days) => Days::starting(zone.wall(start).date(), days.count()).map(When::Days),
            None => Span::starting(start, length(block)).map(When::Span),
        };
        when.map_err(|invalid| invalid.to_string())
    };
    let outcomes = blocks.iter().map(place).collect();
    moved(blocks, outcomes, 0)
}

/// The decision to move each block to the time that was found for it.
fn moved<E>(blocks: Vec<Block>, outcomes: Vec<Result<When, String>>, more: u64) -> Result<Decision, DecideError<E>> {
    let mut moved: Vec<BlockChange> = Vec::with_capacity(blocks.len());
    let mut left_out = Vec::new();
    for (before, outcome) in blocks.into_iter().zip(outcomes) {
        match outcome {
            Ok(when) => {
                let start = |block: &Block| block.when().map(|when| when.bounds());
                let after = before.clone().at(Some(when));
                let at = moved.partition_point(|change| start(&change.after) <= start(&after));
                moved.insert(at, BlockChange { after, before });
            }
            Err(why) => left_out.push(LeftOut { title: before.title, why }),
        }
    }
    if let (true, Some(LeftOut { title, why })) = (moved.is_empty(), left_out.first()) {
        return Err(Rejection::NoTimeForOverdue { title: title.clone(), why: why.clone() }.into());
    }
    let blocks = moved.iter().map(|change| change.after.clone()).collect();
    let events = moved.into_iter().map(EventKind::BlockMoved).collect();
    Ok(Decision { events, outcome: Outcome::Rescheduled { blocks, left_out, more } })
}

/// The search for new times.
struct Search<'a, V> {
    view: &'a V,
    /// The tasks that want one.
    blocks: &'a [Block],
    settings: Settings,
    now: DateTime<Utc>,
    /// The last day on which they can be.
    until: Option<NaiveDate>,
    /// What takes up time, in the whole horizon.
    busy: Vec<Span>,
    /// The tasks ahead that wait for one of `blocks`, by start.
    waiting: Vec<Block>,
}

impl<'a, V: ReadPlans + ReadBlocks> Search<'a, V> {
    fn new(view: &'a V, blocks: &'a [Block], now: DateTime<Utc>) -> Decided<V, Self> {
        let settings = read(view.settings())?;
        let pause = TimeDelta::minutes(settings.break_minutes.into());
        // One more day at the end, because the horizon is counted in days of the person's zone. It begins on the first day of a task.
        let horizon = TimeDelta::days(i64::from(HORIZON_DAYS) + 2);
        let has_first_day = blocks.iter().any(|block| block.not_before.is_some());
        let until = now + horizon + if has_first_day { horizon } else { TimeDelta::zero() };
        let mut busy = read(view.busy(now - pause, until))?;
        // What is moved leaves its time.
        busy.retain(|span| blocks.iter().all(|block| block.span != Some(*span)));
        let ahead =
            BlockQuery { starts_from: Some(now), state: BlockState::ToDo, limit: AHEAD, ..BlockQuery::default() };
        let mut waiting = read(view.blocks(&ahead))?;
        waiting.retain(|other| blocks.iter().any(|block| other.depends_on.contains(&block.id)));
        Ok(Self { view, blocks, settings, now, until: None, busy, waiting })
    }

    /// The person's day at a moment.
    fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        self.settings.zone().wall(moment).date()
    }

    /// A day in words, such as `Fri 6 Mar`.
    fn words(&self, day: NaiveDate) -> String {
        clock::day(day, self.day_of(self.now))
    }

    /// The end of the person's day.
    fn end_of(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        day.succ_opt().map(|next| self.settings.zone().day_start(next))
    }

    /// The new time of each block, or why it has none.
    fn places(mut self) -> Decided<V, Vec<Result<When, String>>> {
        let tasks: Vec<Task> = self.blocks.iter().map(|block| self.task(block)).collect();
        // `order` leaves out the tasks of a circle and those that wait for one.
        let mut outcomes: Vec<Result<When, String>> = vec![Err(Why::Circle.to_string()); self.blocks.len()];
        for index in order(&tasks) {
            let (Some(block), Some(task)) = (self.blocks.get(index), tasks.get(index)) else { continue };
            let is_unplaced = |on: &&usize| outcomes.get(**on).is_some_and(Result::is_err);
            let outcome = match task.depends_on.iter().find(is_unplaced) {
                Some(&on) => Err(Why::DependsOnUnplaced { on }.to_string()),
                None => match self.end_of_others(block)? {
                    Err(why) => Err(why),
                    Ok(end) => {
                        let before = task.depends_on.iter().filter_map(|on| outcomes.get(*on)?.as_ref().ok());
                        let zone = self.settings.zone();
                        let not_before = before.map(|when| when.in_zone(zone).1).fold(end, DateTime::max);
                        match block.days {
                            Some(days) => self.place_days(block, days, not_before).map(When::Days),
                            None => self.place(block, task, not_before).map(When::Span),
                        }
                    }
                },
            };
            self.busy.extend(outcome.as_ref().ok().and_then(|when| when.span()));
            if let Some(slot) = outcomes.get_mut(index) {
                *slot = outcome;
            }
        }
        Ok(outcomes)
    }

    /// The block as something to place. It depends on those of `blocks` that come first.
    fn task(&self, block: &Block) -> Task {
        let index = |id| self.blocks.iter().position(|other| other.id == id);
        let minutes = clock::minutes_up(length(block));
        Task {
            title: block.title.clone(),
            description: None,
            minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
            priority: block.priority,
            depends_on: block.depends_on.iter().filter_map(|id| index(*id)).collect(),
            after_sessions: false,
        }
    }

    /// When the other open blocks end that come before this one; at least now. Or why it has to wait for one of them.
    fn end_of_others(&self, block: &Block) -> Decided<V, Result<DateTime<Utc>, String>> {
        let mut end = self.now;
        for id in block.depends_on.iter().filter(|id| self.blocks.iter().all(|known| known.id != **id)) {
            let Some(other) = read(self.view.block(*id))?.filter(Block::is_open) else { continue };
            if !read(self.view.plan(other.plan))?.is_some_and(|plan| Plan::is_in_use(&plan)) {
                continue;
            }
            if other.is_overdue(self.now, self.settings.zone()) {
                return Ok(Err(format!("It depends on “{}”, which is overdue, too.", other.title)));
            }
            // One that has no time yet holds nothing up.
            end = other.in_zone(self.settings.zone()).map_or(end, |(_, other)| end.max(other));
        }
        Ok(Ok(end))
    }

    /// The first days on which an all-day task can be done, as many as it had.
    fn place_days(&self, block: &Block, days: Days, not_before: DateTime<Utc>) -> Result<Days, String> {
        let zone = self.settings.zone();
        let today = self.day_of(self.now);
        let day = self.day_of(not_before);
        // A day on which something else has to be done first has begun.
        let is_free = not_before <= self.now || zone.day_start(day) == not_before;
        let free = if is_free { Some(day) } else { day.succ_opt() };
        let first = free.into_iter().chain(block.not_before).max().unwrap_or(day);
        let placed = Days::starting(first, days.count()).map_err(|invalid| invalid.to_string())?;
        if let Some(due) = block.due.filter(|due| *due >= today && *due < placed.last()) {
            return Err(self.not_when_due(due));
        }
        if let Some(until) = self.until.filter(|until| *until < placed.last()) {
            return Err(self.not_by(until));
        }
        let begins = |other: &&Block| other.in_zone(zone).is_some_and(|(start, _)| start < placed.in_zone(zone).1);
        match self.waiting_for(block).filter(begins) {
            Some(other) => Err(no_room_before(other)),
            None => Ok(placed),
        }
    }

    fn not_when_due(&self, due: NaiveDate) -> String {
        format!("There is no room for it by {}, when it is due.", self.words(due))
    }

    fn not_by(&self, until: NaiveDate) -> String {
        format!("There is no room for it by {}.", self.words(until))
    }

    /// The first task ahead that waits for a block.
    fn waiting_for(&self, block: &Block) -> Option<&Block> {
        self.waiting.iter().find(|other| other.depends_on.contains(&block.id))
    }

    fn place(&self, block: &Block, task: &Task, not_before: DateTime<Utc>) -> Result<Span, String> {
        let (zone, hours) = (self.settings.zone(), self.hours_of(block));
        let first = block.not_before.map(|first| zone.day_start(first));
        if first.is_some_and(|first| first > self.now + TimeDelta::days(HORIZON_DAYS.into())) {
            return Err(format!(
                "It begins more than {HORIZON_DAYS} days from now, which is too far ahead to find a time."
            ));
        }
        let not_before = first.map_or(not_before, |first| not_before.max(first));
        let last = self.until.and_then(|until| self.end_of(until));
        if let Some(day) = block.not_before.filter(|_| last.is_some() && first >= last) {
            return Err(format!("It cannot be done before {}.", self.words(day)));
        }
        let waiting = self.waiting_for(block);
        // What should have been done by now is done as soon as possible.
        let due = block.due.and_then(|due| self.end_of(due)).filter(|due| *due > self.now);
        let begins = waiting.and_then(|other| other.in_zone(zone)).map(|(start, _)| start);
        let deadline = begins.into_iter().chain(due).chain(last).min();
        let alone = [Task { depends_on: Vec::new(), ..task.clone() }];
        let mut why = Why::Circle;
        for days in [NEAR_DAYS, HORIZON_DAYS] {
            let horizon = Horizon {
                hours,
                break_minutes: self.settings.break_minutes,
                deadline,
                days,
                ..Horizon::new(zone, not_before)
            };
            let until = not_before + TimeDelta::days(i64::from(days) + 2);
            let busy: Vec<Span> = self.busy.iter().filter(|span| span.start() < until).copied().collect();
            let placement = place(&alone, &busy, &horizon);
            if let Some(placed) = placement.placed.first() {
                // Its own length, of which a task has only the minutes.
                return Span::starting(placed.span.start(), length(block)).map_err(|invalid| invalid.to_string());
            }
            why = placement.unplaced.first().map_or(why, |unplaced| unplaced.why);
        }
        Err(match (why, waiting) {
            (Why::NoRoomBeforeDeadline, _) if due.is_some() && due == deadline => {
                block.due.map(|due| self.not_when_due(due)).unwrap_or_default()
            }
            (Why::NoRoomBeforeDeadline, _) if last.is_some() && last == deadline => {
                self.until.map(|until| self.not_by(until)).unwrap_or_default()
            }
            (Why::NoRoomBeforeDeadline, Some(other)) => no_room_before(other),
            (Why::LongerThanDay { minutes, .. }, _) if hours != self.settings.working_hours => {
                format!(
                    "It takes {}, which is longer than a day. Split it.",
                    clock::length(TimeDelta::minutes(minutes.into()))
                )
            }
            _ => why.to_string(),
        })
    }

    /// The hours in which a task is placed: the working hours if it lay within them or had no time, and otherwise all in which the
    /// person is awake. What was planned for an evening or a weekend is not work.
    fn hours_of(&self, block: &Block) -> WorkingHours {
        let (hours, zone) = (self.settings.working_hours, self.settings.zone());
        let is_work = block.span.is_none_or(|span| {
            let day = hours.on(zone.wall(span.start()).date(), zone);
            day.is_some_and(|day| day.start <= span.start() && span.end() <= day.end)
        });
        if is_work { hours } else { hours.awake() }
    }
}

fn no_room_before(other: &Block) -> String {
    format!("There is no room for it before “{}”, which depends on it.", other.title)
}

/// How long a task takes, with an hour for one that nobody has estimated.
fn length(block: &Block) -> TimeDelta {
    block.length().unwrap_or(limits::UNESTIMATED)
}
