//! Decisions about single blocks. They do not read the log, so a client can predict them.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::block::{Block, Kind, Worked};
use crate::clock;
use crate::command::{BlockUpdate, NewBlock};
use crate::days::{Days, When};
use crate::event::{BlockChange, EventKind, TimerChange};
use crate::id::BlockId;
use crate::limits;
use crate::moment::Moment;
use crate::plan::Plan;
use crate::reference::{BlockRef, PlanRef, Preferred, find_block, find_plan};
use crate::rejection::Rejection;
use crate::settings::Settings;
use crate::span::{Span, to_millis};
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadPlans};
use crate::zone::Zone;

/// Most overlaps that an outcome lists.
const OVERLAPS: usize = 10;

/// Adds a block to the timeline.
///
/// # Errors
/// The errors of [`decide`](super::decide()).
pub fn schedule<V: ReadPlans + ReadBlocks>(view: &V, new: &NewBlock, context: &Context) -> Decided<V> {
    let block = new_block(view, new, context)?;
    let overlaps = overlaps(view, &block)?;
    let events = vec![EventKind::BlockScheduled { block: block.clone() }];
    done(events, Did::Scheduled, block, overlaps)
}

/// The block that is asked for, if there is room for it and it is possible.
pub(super) fn new_block<V: ReadPlans + ReadBlocks>(view: &V, new: &NewBlock, context: &Context) -> Decided<V, Block> {
    if read(view.stored_blocks())? >= limits::BLOCKS {
        return Err(Rejection::TooManyBlocks.into());
    }
    let when = when_new(new)?;
    let estimate = new.minutes.map(|minutes| TimeDelta::minutes(minutes.into()));
    let handle = read(view.next_handle())?;
    let plan = plan_or_active(view, new.plan.as_ref())?.id;
    let block = Block {
        kind: new.kind,
        description: new.description.clone(),
        span: new.span,
        days: new.days,
        minutes: estimate.filter(|_| when.is_none()).map(estimated).transpose()?,
        due: new.due,
        not_before: new.not_before,
        priority: new.priority,
        tags: new.tags.clone(),
        depends_on: dependencies(view, new, context.now)?,
        reminders: new.reminders.clone(),
        ..Block::new(new.id, handle, plan, new.title.clone(), context.source)
    };
    fits_its_kind(&block)?;
    Ok(block)
}

/// When a new block takes place, if it says one thing only.
pub(super) fn when_new(new: &NewBlock) -> Result<Option<When>, Rejection> {
    match (new.span, new.days) {
        (Some(_), Some(_)) => Err(Rejection::TimeAndDays),
        (span, days) => Ok(span.map(When::Span).or(days.map(When::Days))),
    }
}

/// The plan that `plan` refers to, or the active one.
///
/// # Errors
/// [`DecideError::Rejected`](super::DecideError::Rejected) if there is no such plan, and the errors of the view.
pub fn plan_or_active<V: ReadPlans>(view: &V, plan: Option<&PlanRef>) -> Decided<V, Plan> {
    match plan {
        Some(reference) => find_plan(view, reference),
        None => read(view.active_plan())?
            .ok_or_else(|| Rejection::NoSuchPlan { reference: "active".to_owned(), plans: Vec::new() }.into()),
    }
}

fn dependencies<V: ReadPlans + ReadBlocks>(view: &V, new: &NewBlock, now: DateTime<Utc>) -> Decided<V, Vec<BlockId>> {
    if new.depends_on.len() > limits::DEPENDENCIES {
        return Err(Rejection::TooManyDependencies { count: new.depends_on.len() }.into());
    }
    let mut ids = Vec::new();
    for reference in &new.depends_on {
        let id = find_block(view, reference, Preferred::Ahead, now)?.id;
        if id == new.id {
            return Err(Rejection::DependsOnItself.into());
        }
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Other open blocks at the same time, in all plans, because a person can do one thing at a time. What is all day takes up no time.
pub(super) fn overlaps<V: ReadBlocks>(view: &V, block: &Block) -> Decided<V, Vec<Block>> {
    let Some(span) = block.span else { return Ok(Vec::new()) };
    read(view.blocks(&BlockQuery {
        state: BlockState::Open,
        all_day: Some(false),
        except: Some(block.id),
        limit: OVERLAPS,
        ..BlockQuery::overlapping(span.start(), span.end())
    }))
}

/// Changes a block with one event for each kind of change.
///
/// # Errors
/// The errors of [`decide`](super::decide()).
pub fn update<V: ReadPlans + ReadBlocks>(
    view: &V,
    reference: &BlockRef,
    changes: &BlockUpdate,
    context: &Context,
) -> Decided<V> {
    if *changes == (BlockUpdate { scope: changes.scope, ..BlockUpdate::default() }) {
        return Err(Rejection::NothingToUpdate.into());
    }
    if changes.completed == Some(true) && changes.missed == Some(true) {
        return Err(Rejection::CompletedAndMissed.into());
    }
    if changes.completed == Some(true) && changes.working == Some(true) {
        return Err(Rejection::CompletedAndWorking.into());
    }
    let preferred = match (changes.completed, changes.missed) {
        (Some(true), _) => Preferred::Open,
        (Some(false), _) | (_, Some(_)) => Preferred::Behind,
        (None, None) if changes.working == Some(false) => Preferred::Running,
        (None, None) => Preferred::Ahead,
    };
    let before = find_block(view, reference, preferred, context.now)?;
    let settings = read(view.settings())?;
    let mut steps = Steps { events: Vec::new(), block: before.clone() };

    // An appointment becomes a task before it loses its time, and a task gets one before it becomes an appointment.
    if changes.unschedule {
        steps.to(with_fields(&steps.block, changes, context.now)?, EventKind::BlockUpdated);
    }
    let moved = moved(&steps.block, changes, context.now, settings.zone())?;
    let is_moved = moved.when() != before.when();
    steps.to(moved, EventKind::BlockMoved);
    steps.to(with_fields(&steps.block, changes, context.now)?, EventKind::BlockUpdated);

    let settled = settled(&steps.block, changes, context.now, &settings)?;
    steps.to(settled, EventKind::settled);

    let worked = Block { worked: worked(&steps.block, changes, context.now)?, ..steps.block.clone() };
    steps.to(worked, EventKind::BlockUpdated);

    let Steps { events, block } = steps;
    let overlaps = if is_moved { overlaps(view, &block)? } else { Vec::new() };
    let did = if is_moved { Did::Moved } else { did(&events) };
    done(events, did, block, overlaps)
}

/// The block after it was completed, missed or reopened, if it is.
fn settled(block: &Block, changes: &BlockUpdate, now: DateTime<Utc>, settings: &Settings) -> Result<Block, Rejection> {
    let mut block = block.clone();
    match changes.completed {
        Some(true) => {
            block.completed_at = block.completed_at.or(Some(to_millis(now)));
            block.missed_at = None;
            block.worked = block.worked.paused(now);
        }
        Some(false) => (block.completed_at, block.missed_at) = (None, None),
        None => {}
    }
    match changes.missed {
        Some(true) if block.kind == Kind::Task => return Err(Rejection::TaskMissed { title: block.title }),
        Some(true) if block.has_to_begin(now, settings.zone()) => {
            let when = Moment::new(now, settings).start_of(&block);
            return Err(Rejection::MissedTooEarly { title: block.title, when });
        }
        Some(true) => {
            block.missed_at = block.missed_at.or(Some(to_millis(now)));
            block.completed_at = None;
        }
        Some(false) => block.missed_at = None,
        None => {}
    }
    Ok(block)
}

/// The time that was spent on a block after the change.
fn worked(block: &Block, changes: &BlockUpdate, now: DateTime<Utc>) -> Result<Worked, Rejection> {
    if block.kind == Kind::Appointment && (changes.working == Some(true) || changes.worked.is_some()) {
        return Err(Rejection::AppointmentTimed { title: block.title.clone() });
    }
    if block.completed_at.is_some() && changes.working == Some(true) {
        return Err(Rejection::CompletedTimed { title: block.title.clone() });
    }
    let mut worked = block.worked;
    if let Some(total) = changes.worked {
        let ms = total.clamp(TimeDelta::zero(), limits::WORKED).num_milliseconds().unsigned_abs();
        worked = Worked { ms, since: worked.since.map(|_| to_millis(now)) };
    }
    Ok(match changes.working {
        Some(true) => worked.started(now),
        Some(false) => worked.paused(now),
        None => worked,
    })
}

/// A block while several events change it.
pub(super) struct Steps {
    pub events: Vec<EventKind>,
    pub block: Block,
}

impl Steps {
    pub fn to(&mut self, after: Block, kind: impl Fn(BlockChange) -> EventKind) {
        if after == self.block {
            return;
        }
        let before = std::mem::replace(&mut self.block, after.clone());
        self.events.push(kind(BlockChange { before, after }));
    }
}

/// The block with its new time or days. A task that gets them has no estimate, and one that loses its time is estimated to take as long.
fn moved(block: &Block, changes: &BlockUpdate, now: DateTime<Utc>, zone: Zone) -> Result<Block, Rejection> {
    let gets_time = changes.start.is_some() || changes.end.is_some();
    let days = days_of(block, changes)?;
    if changes.unschedule {
        if gets_time || days.is_some() {
            return Err(Rejection::TimeGivenAndTaken);
        }
        let length = block.span.map(|span| estimated(span.length())).transpose()?;
        return Ok(Block { minutes: length.or(block.minutes), ..block.clone().at(None) });
    }
    if days.is_some() && (gets_time || changes.length.is_some()) {
        return Err(Rejection::TimeAndDays);
    }
    let when = match (days, changes.start.or(block.span.map(Span::start))) {
        (Some(days), _) => When::Days(days),
        (None, Some(start)) => {
            let length = match changes.length {
                Some(None) if changes.end.is_none() => {
                    return Err(Rejection::LengthTaken { title: block.title.clone() });
                }
                given => given.flatten().or(block.length()).unwrap_or(limits::UNESTIMATED),
            };
            When::Span(changes.end.map_or_else(|| Span::starting(start, length), |end| Span::new(start, end))?)
        }
        (None, None) if block.days.is_some() && (gets_time || changes.length.is_some()) => {
            return Err(Rejection::LengthOfDays { title: block.title.clone() });
        }
        (None, None) if gets_time => return Err(Rejection::EndWithoutStart { title: block.title.clone() }),
        (None, None) => return Ok(block.clone()),
    };
    let mut moved = block.clone().at(Some(when));
    // What lies ahead again can still take place.
    if block.when() != Some(when) && moved.has_to_begin(now, zone) {
        moved.missed_at = None;
    }
    Ok(moved)
}

/// The days that a change gives a block, if it gives any.
pub(super) fn days_of(block: &Block, changes: &BlockUpdate) -> Result<Option<Days>, Rejection> {
    let days = match (changes.first_day, changes.last_day, block.days) {
        (None, None, _) => return Ok(None),
        (Some(first), Some(last), _) => Days::new(first, last),
        (Some(first), None, before) => Days::starting(first, before.map_or(1, Days::count)),
        (None, Some(last), Some(before)) => Days::new(before.first(), last),
        (None, Some(_), None) => return Err(Rejection::LastDayAlone { title: block.title.clone() }),
    };
    Ok(days.map(Some)?)
}

/// An estimate in whole minutes, rounded up.
pub(super) fn estimated(length: TimeDelta) -> Result<u32, Rejection> {
    let minutes = u32::try_from(clock::minutes_up(length))
        .ok()
        .filter(|minutes| (1..=limits::ESTIMATE_MINUTES).contains(minutes));
    minutes.ok_or(Rejection::EstimateOutOfRange)
}

/// Checks that an appointment has a time or days and is not due, and that a task is not due before it can be done.
pub(crate) fn fits_its_kind(block: &Block) -> Result<(), Rejection> {
    if block.kind == Kind::Appointment {
        if block.when().is_none() {
            return Err(Rejection::AppointmentWithoutTime { title: block.title.clone() });
        }
        if block.due.or(block.not_before).is_some() {
            return Err(Rejection::AppointmentDue { title: block.title.clone() });
        }
    }
    match (block.not_before, block.due) {
        (Some(first), Some(last)) if last < first => Err(Rejection::DueBeforeFirstDay),
        _ => Ok(()),
    }
}

/// The block with its new fields, apart from its time and status.
pub(super) fn with_fields(block: &Block, changes: &BlockUpdate, now: DateTime<Utc>) -> Result<Block, Rejection> {
    let mut block = block.clone();
    if let Some(title) = &changes.title {
        block.title = title.clone();
    }
    if let Some(description) = &changes.description {
        block.description = description.clone();
    }
    if let Some(kind) = changes.kind {
        block.kind = kind;
        block.missed_at = block.missed_at.filter(|_| !kind.is_task());
        if !kind.is_task() {
            block.worked = block.worked.paused(now);
            (block.due, block.not_before) = (None, None);
        }
    }
    if let Some(length) = changes.length.filter(|_| block.when().is_none()) {
        block.minutes = length.map(estimated).transpose()?;
    }
    if let Some(due) = changes.due {
        block.due = due;
    }
    if let Some(day) = changes.not_before {
        block.not_before = day;
    }
    if let Some(priority) = changes.priority {
        block.priority = priority;
    }
    if let Some(tags) = &changes.tags {
        block.tags = tags.clone();
    }
    if let Some(reminders) = &changes.reminders {
        block.reminders = reminders.clone();
    }
    fits_its_kind(&block)?;
    Ok(block)
}

fn did(events: &[EventKind]) -> Did {
    match events {
        [] => Did::Nothing,
        [EventKind::BlockCompleted(_)] => Did::Completed,
        [EventKind::BlockMissed(_)] => Did::Missed,
        [EventKind::BlockReopened(_)] => Did::Reopened,
        [EventKind::BlockUpdated(change)] => match change.timer() {
            Some(TimerChange::Started) => Did::TimerStarted,
            Some(TimerChange::Paused) => Did::TimerPaused,
            Some(TimerChange::Corrected) => Did::TimeCorrected,
            None => Did::Updated,
        },
        _ => Did::Updated,
    }
}

/// Deletes a block.
///
/// # Errors
/// The errors of [`decide`](super::decide()).
pub fn delete<V: ReadPlans + ReadBlocks>(view: &V, reference: &BlockRef, context: &Context) -> Decided<V> {
    let block = find_block(view, reference, Preferred::Ahead, context.now)?;
    let events = vec![EventKind::BlockDeleted { block: block.clone() }];
    done(events, Did::Deleted, block, Vec::new())
}

/// Marks a block as done.
///
/// # Errors
/// The errors of [`decide`](super::decide()).
pub fn complete<V: ReadPlans + ReadBlocks>(view: &V, reference: &BlockRef, context: &Context) -> Decided<V> {
    toggle(view, reference, true, context)
}

/// Marks a block as not done.
///
/// # Errors
/// The errors of [`decide`](super::decide()).
pub fn reopen<V: ReadPlans + ReadBlocks>(view: &V, reference: &BlockRef, context: &Context) -> Decided<V> {
    toggle(view, reference, false, context)
}

fn toggle<V: ReadPlans + ReadBlocks>(view: &V, reference: &BlockRef, completed: bool, context: &Context) -> Decided<V> {
    update(view, reference, &BlockUpdate { completed: Some(completed), ..BlockUpdate::default() }, context)
}

fn done<E>(
    events: Vec<EventKind>,
    did: Did,
    block: Block,
    overlaps: Vec<Block>,
) -> Result<Decision, super::DecideError<E>> {
    Ok(Decision { events, outcome: Outcome::Block { did, block: Box::new(block), overlaps } })
}
