//! Undo and redo of whole transactions.
//!
//! Both are events that carry their changes, so a client that follows the log needs nothing else to apply them. The last
//! transaction can always be undone. An earlier one can be undone only if no later edit in effect concerns the same item.
//! Otherwise the timeline would reach a state that never existed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Context, Decided, Decision, Outcome, goal, read, series};
use crate::block::Block;
use crate::days::When;
use crate::event::{Event, EventKind, SpanChange, shifted};
use crate::id::{BlockId, PlanId, TxnId};
use crate::limits;
use crate::moment::Moment;
use crate::plan::Plan;
use crate::rejection::Rejection;
use crate::series::Series;
use crate::view::{ReadBlocks, ReadGoals, ReadHistory, ReadPlans, ReadSeries};

/// The events that change a block.
const BLOCK_EDITS: &[&str] = &[
    "BLOCK_SCHEDULED",
    "BLOCK_UPDATED",
    "BLOCK_MOVED",
    "BLOCK_COMPLETED",
    "BLOCK_MISSED",
    "BLOCK_REOPENED",
    "BLOCK_DELETED",
    "TIMELINE_SHIFTED",
];
/// The events that bring a deleted plan back.
const RETURN: &[&str] = &["PLAN_CREATED"];
/// The events that change a plan's title.
const TITLE_EDITS: &[&str] = &["PLAN_RENAMED", "PLAN_DELETED"];
/// The events that change a plan's color.
const COLOR_EDITS: &[&str] = &["PLAN_RECOLORED", "PLAN_DELETED"];
/// The events that change a series beside its exceptions.
const SERIES_EDITS: &[&str] = &["SERIES_CHANGED", "SERIES_DELETED"];
/// The events after which a series has no exceptions to change.
const SERIES_ENDS: &[&str] = &["SERIES_DELETED"];
/// The events that change a goal.
const GOAL_EDITS: &[&str] = &["GOAL_CREATED", "GOAL_CHANGED", "GOAL_DELETED"];
/// The events that archive or unarchive a plan.
const ARCHIVE_EDITS: &[&str] = &["PLAN_ARCHIVED", "PLAN_UNARCHIVED", "PLAN_DELETED"];

pub(super) fn undo<V: ReadPlans + ReadBlocks + ReadSeries + ReadGoals + ReadHistory>(
    view: &V,
    wanted: Option<TxnId>,
    context: &Context,
) -> Decided<V> {
    let last = read(view.undoable())?;
    let txn = match wanted {
        Some(txn) => txn,
        None => last.ok_or(Rejection::NothingToUndo)?,
    };
    let done = undoable_events(view, txn)?;
    if done.is_empty() {
        return Err(Rejection::NoSuchChange.into());
    }
    if read(view.undone_by(txn))?.is_some() {
        return Err(Rejection::NothingLeftToUndo.into());
    }
    let is_last = last == Some(txn);
    if !is_last {
        Later::new(view, &done)?.check(&done, context)?;
    }
    let changes = goal::fitted(view, series::fitted(view, inverses(view, &done, is_last)?)?)?;
    if changes.is_empty() {
        return Err(Rejection::NothingLeftToUndo.into());
    }
    let events = changes.into_iter().map(|change| EventKind::Undone { txn, change: Box::new(change) }).collect();
    Ok(Decision { events, outcome: Outcome::Undone { events: kinds(done) } })
}

pub(super) fn redo<V: ReadPlans + ReadBlocks + ReadSeries + ReadGoals + ReadHistory>(view: &V) -> Decided<V> {
    let Some(txn) = read(view.redoable())? else { return Err(Rejection::NothingToRedo.into()) };
    let done = undoable_events(view, txn)?;
    let Some(undo) = read(view.undone_by(txn))? else { return Err(Rejection::NothingToRedo.into()) };
    // Redo reverts what undo did, which may differ from the original change: the person may have switched plans in between.
    let undone = read(view.transaction(undo))?;
    let changes = undone.iter().rev().filter_map(|event| match &event.kind {
        EventKind::Undone { txn: of, change } if *of == txn => change.inverse(),
        _ => None,
    });
    let events = goal::fitted(view, series::fitted(view, changes.collect())?)?
        .into_iter()
        .map(|change| EventKind::Redone { txn, change: Box::new(change) })
        .collect();
    Ok(Decision { events, outcome: Outcome::Redone { events: kinds(done) } })
}

/// The changes that undo a list of events.
///
/// The active plan is the person's last choice. So undoing an earlier transaction reverts a switch only if that switch was the
/// last choice. Undoing the last transaction always reverts it, unless the plan is deleted or archived, and always produces an
/// event, because undo would otherwise not get past it. Events that take plans out of use come last, so that the active plan is
/// in use after every event.
fn inverses<V: ReadPlans + ReadBlocks + ReadGoals>(
    view: &V,
    done: &[Event],
    is_last: bool,
) -> Decided<V, Vec<EventKind>> {
    let active = read(view.active_plan())?.map(|plan| plan.id);
    let mut plans = Plans { all: read(view.plans())?, removals: Vec::new() };
    let mut wanted = active;
    let mut blocks = Blocks { view, changed: BTreeMap::new() };
    let mut changes = Vec::new();
    for change in done.iter().rev().filter_map(|event| event.kind.inverse()) {
        match change {
            EventKind::PlanSwitched { before, after } => {
                if is_last || before == wanted {
                    wanted = after;
                }
            }
            EventKind::PlanDeleted { plan } => plans.delete(plan),
            EventKind::PlanCreated { plan } => {
                plans.all.push(plan.clone());
                changes.push(EventKind::PlanCreated { plan });
            }
            EventKind::PlanArchived { plan, at } => plans.archive(plan, at),
            EventKind::PlanUnarchived { plan, .. } => changes.extend(plans.unarchive(plan)),
            EventKind::GoalChanged(change) => {
                let plan = read(view.goal(change.goal))?.map(|goal| goal.plan);
                if plans.all.iter().any(|known| Some(known.id) == plan) {
                    changes.push(EventKind::GoalChanged(change));
                }
            }
            change => {
                // Blocks of a deleted plan cannot be reached.
                if plans.has_plan_of(&change) && blocks.change(&change)? {
                    changes.push(change);
                }
            }
        }
    }
    if plans.all.len() > limits::PLANS {
        return Err(Rejection::TooManyPlans.into());
    }
    if is_last && plans.oldest().is_none() {
        changes.extend(plans.keep_in_use());
    }
    let oldest = plans.oldest().ok_or(Rejection::LastPlan)?;
    if !plans.all.iter().any(|plan| Some(plan.id) == wanted && plan.is_in_use()) {
        wanted = Some(oldest);
    }
    if wanted != active || (is_last && changes.is_empty() && plans.removals.is_empty()) {
        changes.push(EventKind::PlanSwitched { before: active, after: wanted });
    }
    changes.append(&mut plans.removals);
    Ok(changes)
}

/// The blocks after the undo.
struct Blocks<'a, V> {
    view: &'a V,
    /// Those that it has changed so far.
    changed: BTreeMap<BlockId, Changed>,
}

/// A block after the undo.
enum Changed {
    /// One that it changes by itself; `None` if it deletes it.
    Alone(Option<Box<Block>>),
    /// One that it moves together with others: when it takes place.
    Moved(Option<When>),
}

impl<V: ReadBlocks> Blocks<'_, V> {
    /// Makes a change. Returns whether the block that it changes is as the change says. It always is, unless a file was imported in which an
    /// event is missing: then the block stays as it is. What moves blocks together is not checked, which would read thousands.
    fn change(&mut self, kind: &EventKind) -> Decided<V, bool> {
        let (id, before, after) = match kind {
            EventKind::BlockScheduled { block } => (block.id, None, Some(block)),
            EventKind::BlockDeleted { block } => (block.id, Some(block), None),
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockMissed(change)
            | EventKind::BlockReopened(change) => (change.before.id, Some(&change.before), Some(&change.after)),
            EventKind::TimelineShifted { by_ms, blocks, spans, .. } => {
                for (place, id) in blocks.iter().enumerate() {
                    self.shift(*id, |when| shifted(spans, *by_ms, place, when), spans.get(place))?;
                }
                return Ok(true);
            }
            _ => return Ok(true),
        };
        let now = match self.changed.get(&id) {
            Some(Changed::Alone(block)) => block.as_deref().cloned(),
            Some(Changed::Moved(when)) => read(self.view.stored_block(id))?.map(|block| block.at(*when)),
            None => read(self.view.stored_block(id))?,
        };
        let fits = now.as_ref() == before;
        if fits {
            self.changed.insert(id, Changed::Alone(after.cloned().map(Box::new)));
        }
        Ok(fits)
    }

    /// Moves a block. Events of earlier versions do not say where it was.
    fn shift(
        &mut self,
        id: BlockId,
        to: impl Fn(Option<When>) -> Option<When>,
        known: Option<&SpanChange>,
    ) -> Decided<V, ()> {
        match self.changed.get_mut(&id) {
            Some(Changed::Alone(Some(block))) => **block = block.as_ref().clone().at(to(block.when())),
            Some(Changed::Alone(None)) => {}
            Some(Changed::Moved(when)) => *when = to(*when),
            None => {
                let before = match known {
                    Some(change) => Some(Some(change.before)),
                    None => read(self.view.stored_block(id))?.map(|block| block.when()),
                };
                if let Some(before) = before {
                    self.changed.insert(id, Changed::Moved(to(before)));
                }
            }
        }
        Ok(())
    }
}

/// The plans after the undo.
struct Plans {
    all: Vec<Plan>,
    /// The events that take plans out of use. They come after all others.
    removals: Vec<EventKind>,
}

impl Plans {
    fn delete(&mut self, plan: Plan) {
        self.all.retain(|other| other.id != plan.id);
        self.removals.push(EventKind::PlanDeleted { plan });
    }

    /// Whether the plan exists that a change of a block or a series is about.
    fn has_plan_of(&self, change: &EventKind) -> bool {
        let plan = match change {
            EventKind::BlockScheduled { block } | EventKind::BlockDeleted { block } => block.plan,
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockMissed(change)
            | EventKind::BlockReopened(change) => change.after.plan,
            EventKind::TimelineShifted { plan, .. } => *plan,
            EventKind::SeriesCreated { series }
            | EventKind::SeriesDeleted { series }
            | EventKind::SeriesChanged { after: series, .. } => series.plan,
            EventKind::GoalCreated { goal } | EventKind::GoalDeleted { goal } => goal.plan,
            _ => return true,
        };
        self.all.iter().any(|known| known.id == plan)
    }

    fn archive(&mut self, id: PlanId, at: DateTime<Utc>) {
        let plan = self.all.iter_mut().find(|plan| plan.id == id && plan.is_in_use());
        if let Some(plan) = plan {
            plan.archived_at = Some(at);
            self.removals.push(EventKind::PlanArchived { plan: id, at });
        }
    }

    /// The event that is needed: `None` for a plan that is in use, or that was only archived in between.
    fn unarchive(&mut self, id: PlanId) -> Option<EventKind> {
        let at = self.all.iter_mut().find(|plan| plan.id == id)?.archived_at.take()?;
        let removal = EventKind::PlanArchived { plan: id, at };
        let before = self.removals.len();
        self.removals.retain(|other| *other != removal);
        (self.removals.len() == before).then_some(EventKind::PlanUnarchived { plan: id, at })
    }

    /// Keeps one plan in use by not archiving any. If that is not enough, because an earlier transaction that created a plan was
    /// undone before, this unarchives the oldest plan and returns the event.
    fn keep_in_use(&mut self) -> Option<EventKind> {
        self.removals.retain(|removal| match removal {
            EventKind::PlanArchived { plan: id, .. } => {
                if let Some(plan) = self.all.iter_mut().find(|plan| plan.id == *id) {
                    plan.archived_at = None;
                }
                false
            }
            _ => true,
        });
        match self.oldest() {
            Some(_) => None,
            None => self.unarchive(oldest_of(self.all.iter())?),
        }
    }

    /// The oldest plan in use.
    fn oldest(&self) -> Option<PlanId> {
        oldest_of(self.all.iter().filter(|plan| plan.is_in_use()))
    }
}

fn oldest_of<'a>(plans: impl Iterator<Item = &'a Plan>) -> Option<PlanId> {
    plans.min_by_key(|plan| (plan.created_at, plan.id)).map(|plan| plan.id)
}

fn undoable_events<V: ReadHistory>(view: &V, txn: TxnId) -> Decided<V, Vec<Event>> {
    let mut events = read(view.transaction(txn))?;
    events.retain(Event::is_undoable);
    Ok(events)
}

fn kinds(events: Vec<Event>) -> Vec<EventKind> {
    events.into_iter().map(|event| event.kind).collect()
}

/// The timeline since a transaction that is not the last.
struct Later<'a, V> {
    view: &'a V,
    /// The transaction's last event.
    seq: u64,
    /// The plans after it is undone.
    plans: Vec<PlanId>,
}

impl<'a, V: ReadPlans + ReadHistory> Later<'a, V> {
    fn new(view: &'a V, done: &[Event]) -> Decided<V, Self> {
        let mut plans: Vec<PlanId> = read(view.plans())?.into_iter().map(|plan| plan.id).collect();
        plans.extend(done.iter().filter_map(|event| match &event.kind {
            EventKind::PlanDeleted { plan } => Some(plan.id),
            _ => None,
        }));
        Ok(Self { view, seq: done.last().map_or(0, |event| event.seq), plans })
    }

    /// Rejects the undo if a later edit in effect concerns the same item.
    fn check(&self, done: &[Event], context: &Context) -> Decided<V, ()> {
        for event in done {
            if let Some(later) = self.edit_after(&event.kind)? {
                let when = Moment::new(context.now, &read(self.view.settings())?).at(later.at);
                return Err(Rejection::UndoneByLater { later: later.kind.describe(), when }.into());
            }
        }
        Ok(())
    }

    fn edit_after(&self, kind: &EventKind) -> Decided<V, Option<Event>> {
        match kind {
            // With the plan, its blocks, its title, its color and its archiving would be lost.
            EventKind::PlanCreated { plan } => {
                for edits in [BLOCK_EDITS, TITLE_EDITS, COLOR_EDITS, ARCHIVE_EDITS] {
                    if let Some(later) = self.edit(plan.id.uuid(), edits)? {
                        return Ok(Some(later));
                    }
                }
                Ok(None)
            }
            EventKind::SeriesChanged { before, after } if before.differs_in_exceptions(after) => {
                self.edit_of_series(after, &[SERIES_ENDS])
            }
            // All of its blocks would change, also those that were made later.
            EventKind::SeriesCreated { series } | EventKind::SeriesChanged { after: series, .. } => {
                self.edit_of_series(series, &[SERIES_EDITS, BLOCK_EDITS])
            }
            EventKind::SeriesDeleted { series } => self.edit_of_series(series, &[SERIES_EDITS]),
            EventKind::GoalCreated { goal } | EventKind::GoalDeleted { goal } => self.edit(goal.id.uuid(), GOAL_EDITS),
            EventKind::GoalChanged(change) => self.edit(change.goal.uuid(), GOAL_EDITS),
            EventKind::PlanDeleted { plan } => self.edit(plan.id.uuid(), RETURN),
            EventKind::PlanRenamed { plan, .. } => self.edit(plan.uuid(), TITLE_EDITS),
            EventKind::PlanRecolored { plan, .. } => self.edit(plan.uuid(), COLOR_EDITS),
            EventKind::PlanArchived { plan, .. } | EventKind::PlanUnarchived { plan, .. } => {
                self.edit(plan.uuid(), ARCHIVE_EDITS)
            }
            EventKind::BlockScheduled { block } | EventKind::BlockDeleted { block } => {
                self.edit_of_block(block.id, block.plan)
            }
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockMissed(change)
            | EventKind::BlockReopened(change) => self.edit_of_block(change.after.id, change.after.plan),
            EventKind::TimelineShifted { plan, blocks, .. } => {
                for block in blocks {
                    if let Some(later) = self.edit_of_block(*block, *plan)? {
                        return Ok(Some(later));
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn edit_of_block(&self, block: BlockId, plan: PlanId) -> Decided<V, Option<Event>> {
        if !self.plans.contains(&plan) {
            return self.edit(plan.uuid(), TITLE_EDITS);
        }
        self.edit(block.uuid(), BLOCK_EDITS)
    }

    fn edit_of_series(&self, series: &Series, edits: &[&[&'static str]]) -> Decided<V, Option<Event>> {
        if !self.plans.contains(&series.plan) {
            return self.edit(series.plan.uuid(), TITLE_EDITS);
        }
        for edits in edits {
            if let Some(later) = self.edit(series.id.uuid(), edits)? {
                return Ok(Some(later));
            }
        }
        Ok(None)
    }

    fn edit(&self, subject: Uuid, kinds: &[&'static str]) -> Decided<V, Option<Event>> {
        read(self.view.last_edit(subject, self.seq, kinds))
    }
}
