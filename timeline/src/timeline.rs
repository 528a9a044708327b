//! The projection of the log in memory. The client shows one, the harness and the tests run on one; the store keeps the
//! same thing as SQL rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::event::{Event, EventKind};
use crate::id::{BlockId, Handle, PlanId, RunId, TxnId};
use crate::plan::Plan;
use crate::run::Run;
use crate::settings::Settings;
use crate::span::Span;
use crate::view::{BlockQuery, BlockState, PlanCounts};

/// A timeline as the events so far have made it.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    settings: Settings,
    plans: BTreeMap<PlanId, Plan>,
    active: Option<PlanId>,
    blocks: BTreeMap<BlockId, Block>,
    by_start: BTreeSet<(DateTime<Utc>, Handle, BlockId)>,
    by_handle: BTreeMap<Handle, BlockId>,
    runs: BTreeMap<RunId, Run>,
    next_handle: Option<Handle>,
    /// The handles of blocks that are shown and not in the log yet.
    foreseen: BTreeSet<Handle>,
    history: History,
    seq: u64,
}

/// What undo and redo take next: both are stacks of transactions.
#[derive(Debug, Clone, Default)]
struct History {
    /// Those that stand.
    done: Vec<TxnId>,
    /// Those that redo can apply: until something else is changed.
    undone: Vec<TxnId>,
    /// Those that do not stand, whether or not redo can apply them, and what took each back.
    taken_back: BTreeMap<TxnId, TxnId>,
}

impl History {
    fn follow(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Undone { txn, .. } if self.taken_back.insert(*txn, event.txn).is_none() => {
                self.done.retain(|done| done != txn);
                self.undone.push(*txn);
            }
            EventKind::Redone { txn, .. } if self.taken_back.remove(txn).is_some() => {
                self.undone.retain(|undone| undone != txn);
                self.done.push(*txn);
            }
            _ if event.is_undoable() => {
                self.undone.clear();
                if self.done.last() != Some(&event.txn) {
                    self.done.push(event.txn);
                }
            }
            _ => {}
        }
    }
}

/// What a timeline holds, as data: for the wire, and to compare two timelines.
///
/// Counters are not content: handles go on counting after an undo, so that none is given twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The person's settings.
    pub settings: Settings,
    /// All plans, oldest first.
    pub plans: Vec<Plan>,
    /// The active one.
    pub active_plan: Option<PlanId>,
    /// Blocks by start, then by handle.
    pub blocks: Vec<Block>,
    /// Runs of the architect, newest first.
    #[serde(default)]
    pub runs: Vec<Run>,
}

impl Timeline {
    /// A timeline that starts from what a server sent, which can be a part of the whole, and continues with the events
    /// after `seq`.
    pub fn from_content(content: Content, seq: u64) -> Self {
        let mut timeline = Self { settings: content.settings, active: content.active_plan, seq, ..Self::default() };
        // One by one: to collect a map is to sort a list first, by code of its own for each.
        for plan in content.plans {
            timeline.plans.insert(plan.id, plan);
        }
        for run in content.runs {
            timeline.runs.insert(run.id, run);
        }
        for block in content.blocks {
            timeline.put(block);
        }
        timeline
    }

    /// Everything it holds, in a stated order.
    pub fn content(&self) -> Content {
        Content {
            settings: self.settings.clone(),
            plans: self.plans(),
            active_plan: self.active,
            blocks: self.by_start.iter().filter_map(|(_, _, id)| self.blocks.get(id)).cloned().collect(),
            runs: self.runs(usize::MAX),
        }
    }

    /// Applies one event. Nothing else changes a timeline.
    ///
    /// Never panics: an event about something that is not here (a client holds only a part) changes nothing or puts
    /// the thing here, whichever the event can tell.
    pub fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        self.change(&event.kind);
        self.history.follow(event);
    }

    /// Shows a change that is not in the log yet, as a client does while an edit of the person is on its way. Its
    /// [inverse](EventKind::inverse) takes it back, and with it the handle of a new block: one that comes to the log before
    /// the edit has it. What undo takes next is not touched.
    pub fn preview(&mut self, kind: &EventKind) {
        match kind {
            EventKind::BlockScheduled { block } if block.handle >= self.next_handle() => {
                self.foreseen.insert(block.handle);
            }
            EventKind::BlockDeleted { block } => {
                self.foreseen.remove(&block.handle);
            }
            _ => {}
        }
        let counted = self.next_handle;
        self.change(kind);
        // Only the log counts.
        self.next_handle = counted;
    }

    /// Takes blocks in that were there all along: a client that holds a part of the timeline was sent another part.
    pub fn learn(&mut self, blocks: impl IntoIterator<Item = Block>) {
        blocks.into_iter().for_each(|block| self.put(block));
    }

    fn change(&mut self, kind: &EventKind) {
        match kind {
            EventKind::PlanCreated { plan } => {
                self.plans.insert(plan.id, plan.clone());
            }
            EventKind::PlanRenamed { plan, after, .. } => {
                if let Some(plan) = self.plans.get_mut(plan) {
                    plan.title = after.clone();
                }
            }
            EventKind::PlanSwitched { after, .. } => self.active = *after,
            EventKind::PlanDeleted { plan } => {
                self.plans.remove(&plan.id);
            }
            EventKind::PlanArchived { plan, at } => self.archive(*plan, Some(*at)),
            EventKind::PlanUnarchived { plan, .. } => self.archive(*plan, None),
            EventKind::BlockScheduled { block } => self.put(block.clone()),
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockReopened(change) => self.put(change.after.clone()),
            EventKind::BlockDeleted { block } => {
                self.take(block.id);
            }
            EventKind::TimelineShifted { by_ms, blocks, .. } => self.shift(blocks, TimeDelta::milliseconds(*by_ms)),
            EventKind::WorkflowStarted { run } => {
                self.runs.insert(run.id, run.clone());
            }
            EventKind::WorkflowProgressed(change)
            | EventKind::WorkflowCompleted(change)
            | EventKind::WorkflowFailed(change)
            | EventKind::WorkflowCancelled(change)
            | EventKind::WorkflowRetried(change) => {
                if let Some(run) = self.runs.get_mut(&change.run) {
                    run.state = change.state.clone();
                }
            }
            EventKind::Undone { change, .. } | EventKind::Redone { change, .. } => self.change(change),
            EventKind::SettingsChanged { after, .. } => self.settings = after.clone(),
        }
    }

    fn archive(&mut self, plan: PlanId, at: Option<DateTime<Utc>>) {
        if let Some(plan) = self.plans.get_mut(&plan) {
            plan.archived_at = at;
        }
    }

    fn put(&mut self, block: Block) {
        self.take(block.id);
        self.next_handle = self.next_handle.max(Some(block.handle.next()));
        self.by_start.insert((block.span.start(), block.handle, block.id));
        self.by_handle.insert(block.handle, block.id);
        self.blocks.insert(block.id, block);
    }

    fn take(&mut self, id: BlockId) -> Option<Block> {
        let block = self.blocks.remove(&id)?;
        self.by_start.remove(&(block.span.start(), block.handle, id));
        self.by_handle.remove(&block.handle);
        Some(block)
    }

    fn shift(&mut self, ids: &[BlockId], by: TimeDelta) {
        for id in ids {
            let Some(mut block) = self.take(*id) else { continue };
            if let Ok(span) = block.span.shifted(by) {
                block.span = span;
            }
            self.put(block);
        }
    }
}

impl Timeline {
    /// The number of the last event applied; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The person's settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The active plan.
    pub fn active_plan(&self) -> Option<&Plan> {
        self.plans.get(&self.active?)
    }

    /// All plans, oldest first.
    pub fn plans(&self) -> Vec<Plan> {
        let mut plans: Vec<Plan> = self.plans.values().cloned().collect();
        plans.sort_unstable_by_key(|plan| (plan.created_at, plan.id));
        plans
    }

    /// How many blocks of a plan are open and done.
    pub fn plan_counts(&self, plan: PlanId) -> PlanCounts {
        let mut counts = PlanCounts::default();
        for block in self.blocks.values().filter(|block| block.plan == plan) {
            if block.is_open() { counts.open += 1 } else { counts.done += 1 }
        }
        counts
    }

    /// The block with this id, unless its plan is deleted.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(&id).filter(|block| self.plans.contains_key(&block.plan))
    }

    /// The block with this handle, unless its plan is deleted.
    pub fn block_by_handle(&self, handle: Handle) -> Option<&Block> {
        self.block(*self.by_handle.get(&handle)?)
    }

    /// Blocks that fit, by start and then by handle, at most `query.limit`: the first ones, or the last.
    pub fn blocks<'a>(&'a self, query: &'a BlockQuery) -> impl Iterator<Item = &'a Block> {
        let from = query.earliest_start().unwrap_or(DateTime::<Utc>::MIN_UTC);
        let first = (from, Handle::new(0), BlockId::new(uuid::Uuid::nil()));
        let fitting = self
            .by_start
            .range(first..)
            .take_while(|(start, _, _)| {
                query.starts_before.is_none_or(|bound| *start < bound)
                    && query.before.is_none_or(|place| *start <= place.start())
            })
            .filter_map(|(_, _, id)| self.block(*id))
            .filter(|block| query.matches(block) && (query.plan.is_some() || self.is_in_use(block.plan)));
        let left_out = if query.last { fitting.clone().count().saturating_sub(query.limit) } else { 0 };
        fitting.skip(left_out).take(query.limit)
    }

    fn is_in_use(&self, plan: PlanId) -> bool {
        self.plans.get(&plan).is_some_and(Plan::is_in_use)
    }

    /// When the open blocks of plans in use lie that share a moment with `from..to`, in no stated order.
    pub fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Span> {
        let query = BlockQuery { state: BlockState::Open, ..BlockQuery::overlapping(from, to) };
        self.blocks(&query).map(|block| block.span).collect()
    }

    /// The run with this id.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.get(&id)
    }

    /// Runs of the architect, newest first, at most `limit`.
    pub fn runs(&self, limit: usize) -> Vec<Run> {
        let mut runs: Vec<Run> = self.runs.values().cloned().collect();
        runs.sort_unstable_by_key(|run| Reverse((run.started_at, run.id)));
        runs.truncate(limit);
        runs
    }

    /// Runs that are under way, newest first.
    pub fn running(&self) -> Vec<Run> {
        let mut runs = self.runs(usize::MAX);
        runs.retain(Run::is_running);
        runs
    }

    /// How many blocks it holds, those of deleted plans included.
    pub fn stored_blocks(&self) -> u64 {
        self.blocks.len() as u64
    }

    /// The handle that the next block gets.
    pub fn next_handle(&self) -> Handle {
        let counted = self.next_handle.unwrap_or(Handle::FIRST);
        self.foreseen.last().map_or(counted, |last| last.next().max(counted))
    }

    /// The transaction that undo takes back next.
    pub fn undoable(&self) -> Option<TxnId> {
        self.history.done.last().copied()
    }

    /// The transaction that took this one back; none where it stands.
    pub fn undone_by(&self, txn: TxnId) -> Option<TxnId> {
        self.history.taken_back.get(&txn).copied()
    }

    /// The transaction that redo applies next.
    pub fn redoable(&self) -> Option<TxnId> {
        self.history.undone.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::block::{Priority, Source};
    use crate::text::Title;

    fn block(number: u32) -> Block {
        let start = DateTime::UNIX_EPOCH + TimeDelta::hours(number.into());
        Block {
            id: BlockId::new(Uuid::from_u128(number.into())),
            handle: Handle::new(number),
            plan: PlanId::new(Uuid::nil()),
            title: Title::new("Workout").unwrap(),
            description: None,
            span: Span::starting(start, TimeDelta::hours(1)).unwrap(),
            priority: Priority::Medium,
            tags: Vec::new(),
            completed_at: None,
            depends_on: Vec::new(),
            source: Source::User,
        }
    }

    fn scheduled(number: u32) -> EventKind {
        EventKind::BlockScheduled { block: block(number) }
    }

    #[test]
    fn a_new_block_that_is_only_foreseen_leaves_its_handle_to_what_comes_first() {
        let mut timeline = Timeline::default();
        timeline.learn([block(1), block(2)]);
        let foreseen = [scheduled(3), scheduled(4)];
        for kind in &foreseen {
            timeline.preview(kind);
        }
        assert_eq!(timeline.next_handle(), Handle::new(5), "each that is foreseen has its own");
        for kind in foreseen.iter().rev() {
            timeline.preview(&kind.inverse().unwrap());
        }
        assert_eq!(timeline.next_handle(), Handle::new(3));
        timeline.learn([block(3)]);
        assert_eq!(timeline.next_handle(), Handle::new(4));
    }

    #[test]
    fn a_deletion_that_is_only_foreseen_gives_no_handle_free() {
        let mut timeline = Timeline::default();
        timeline.learn([block(1), block(2)]);
        let deleted = EventKind::BlockDeleted { block: block(2) };
        timeline.preview(&deleted);
        assert_eq!(timeline.next_handle(), Handle::new(3));
        timeline.preview(&deleted.inverse().unwrap());
        assert_eq!(timeline.next_handle(), Handle::new(3));
        timeline.preview(&scheduled(3));
        assert_eq!(timeline.next_handle(), Handle::new(4), "what came back was not foreseen");
    }
}
