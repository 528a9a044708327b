//! The projection of the log in memory, which the client shows and tests use. The store keeps the same data as SQL rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::days::When;
use crate::event::{Event, EventKind, shifted};
use crate::goal::Goal;
use crate::id::{BlockId, Handle, PlanId, RunId, SeriesId, TxnId};
use crate::plan::Plan;
use crate::run::Run;
use crate::series::Series;
use crate::settings::Settings;
use crate::span::Span;
use crate::view::{BlockQuery, BlockState, PlanCounts};

/// The timeline that results from the events so far.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    settings: Settings,
    plans: BTreeMap<PlanId, Plan>,
    active: Option<PlanId>,
    blocks: BTreeMap<BlockId, Block>,
    /// By the start of their [bounds](When::bounds).
    by_start: BTreeSet<(Option<DateTime<Utc>>, Handle, BlockId)>,
    /// The greatest distance between the bounds of a block so far.
    longest: TimeDelta,
    by_handle: BTreeMap<Handle, BlockId>,
    /// By id.
    series: Vec<Series>,
    /// By id.
    goals: Vec<Goal>,
    runs: BTreeMap<RunId, Run>,
    next_handle: Option<Handle>,
    /// The handles of blocks that are shown but not yet in the log.
    foreseen: BTreeSet<Handle>,
    history: History,
    seq: u64,
}

/// The stacks of transactions for undo and redo.
#[derive(Debug, Clone, Default)]
struct History {
    /// The transactions that are in effect.
    done: Vec<TxnId>,
    /// The transactions that redo can apply. A new change empties this stack.
    undone: Vec<TxnId>,
    /// The undone transactions, whether or not redo can apply them, and the transaction that undid each.
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

/// The content of a timeline as data, for the wire and to compare timelines.
///
/// Counters are not content: after an undo, handles continue where they were, so that none is given twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The person's settings.
    pub settings: Settings,
    /// All plans, oldest first.
    pub plans: Vec<Plan>,
    /// The active one.
    pub active_plan: Option<PlanId>,
    /// Blocks by the start of their [bounds](When::bounds), then by handle. Those without a time come first.
    pub blocks: Vec<Block>,
    /// What repeats, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// The goals that were proposed, by id. A client is not sent them with the rest: it gets them with their progress.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<Goal>,
    /// Runs of the architect, newest first.
    #[serde(default)]
    pub runs: Vec<Run>,
}

impl Timeline {
    /// A timeline that starts with the content that a server sent, which may be a part of the whole, and continues with the events
    /// after `seq`.
    pub fn from_content(content: Content, seq: u64) -> Self {
        let Content { settings, active_plan: active, series, goals, .. } = content;
        let mut timeline = Self { settings, active, series, goals, seq, ..Self::default() };
        // One by one, because collecting a map generates sorting code for each iterator type.
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

    /// All content in a fixed order.
    pub fn content(&self) -> Content {
        Content {
            settings: self.settings.clone(),
            plans: self.plans(),
            active_plan: self.active,
            blocks: self.by_start.iter().filter_map(|(_, _, id)| self.blocks.get(id)).cloned().collect(),
            series: self.series.clone(),
            goals: self.goals.clone(),
            runs: self.runs(usize::MAX),
        }
    }

    /// Applies one event. Nothing else changes the timeline.
    ///
    /// Never panics. A client holds only a part of the timeline, so an event may be about an item that is missing. It then changes
    /// nothing, or adds the item if the event carries it whole.
    pub fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        self.change(&event.kind);
        self.history.follow(event);
    }

    /// Shows a change that is not yet in the log, as the client does while an edit is being sent. Its
    /// [inverse](EventKind::inverse) removes it again, together with the handle of a new block, because another block may get that
    /// handle in the log first. The stacks of undo and redo do not change.
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

    /// Adds blocks of another part of the timeline, which a client receives when it loads more.
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
            EventKind::PlanRecolored { plan, after, .. } => {
                if let Some(plan) = self.plans.get_mut(plan) {
                    plan.color = *after;
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
            | EventKind::BlockMissed(change)
            | EventKind::BlockReopened(change) => self.put(change.after.clone()),
            EventKind::BlockDeleted { block } => {
                self.take(block.id);
            }
            EventKind::TimelineShifted { by_ms, blocks, spans, .. } => {
                for (place, id) in blocks.iter().enumerate() {
                    let Some(block) = self.take(*id) else { continue };
                    let when = shifted(spans, *by_ms, place, block.when());
                    self.put(block.at(when));
                }
            }
            EventKind::SeriesCreated { series } => {
                self.end_series(series.id);
                let place = self.series.partition_point(|other| other.id < series.id);
                self.series.insert(place, series.clone());
            }
            EventKind::SeriesChanged { after, .. } => {
                if let Some(series) = self.series.iter_mut().find(|series| series.id == after.id) {
                    series.clone_from(after);
                }
            }
            EventKind::SeriesDeleted { series } => self.end_series(series.id),
            EventKind::GoalCreated { goal } => {
                self.goals.retain(|other| other.id != goal.id);
                let place = self.goals.partition_point(|other| other.id < goal.id);
                self.goals.insert(place, goal.clone());
            }
            EventKind::GoalChanged(change) => {
                if let Some(goal) = self.goals.iter_mut().find(|goal| goal.id == change.goal) {
                    goal.state.clone_from(&change.after);
                }
            }
            EventKind::GoalDeleted { goal } => self.goals.retain(|other| other.id != goal.id),
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
            EventKind::SettingsChanged { before, after } => self.settings = self.settings.changed(before, after),
        }
    }

    fn archive(&mut self, plan: PlanId, at: Option<DateTime<Utc>>) {
        if let Some(plan) = self.plans.get_mut(&plan) {
            plan.archived_at = at;
        }
    }

    fn end_series(&mut self, id: SeriesId) {
        self.series.retain(|series| series.id != id);
    }

    fn put(&mut self, block: Block) {
        self.take(block.id);
        self.next_handle = self.next_handle.max(Some(block.handle.next()));
        let bounds = block.when().map(When::bounds);
        self.longest = bounds.map_or(self.longest, |(start, end)| self.longest.max(end - start));
        self.by_start.insert((bounds.map(|(start, _)| start), block.handle, block.id));
        self.by_handle.insert(block.handle, block.id);
        self.blocks.insert(block.id, block);
    }

    fn take(&mut self, id: BlockId) -> Option<Block> {
        let block = self.blocks.remove(&id)?;
        self.by_start.remove(&(block.when().map(|when| when.bounds().0), block.handle, id));
        self.by_handle.remove(&block.handle);
        Some(block)
    }
}

impl Timeline {
    /// The number of the last applied event; 0 before the first.
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

    /// The plans that are not archived, in any order.
    pub fn plans_in_use(&self) -> impl Iterator<Item = &Plan> {
        self.plans.values().filter(|plan| plan.is_in_use())
    }

    /// The plan with this id.
    pub fn plan(&self, id: PlanId) -> Option<&Plan> {
        self.plans.get(&id)
    }

    /// Counts the blocks of a plan.
    pub fn plan_counts(&self, plan: PlanId) -> PlanCounts {
        let mut counts = PlanCounts::default();
        for block in self.blocks.values().filter(|block| block.plan == plan) {
            *counts.of(block) += 1;
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

    /// The first or the last `query.limit` blocks that match, by the start of their [bounds](When::bounds) and then by handle.
    pub fn blocks<'a>(&'a self, query: &'a BlockQuery) -> impl Iterator<Item = &'a Block> {
        let first = (query.earliest_start(self.longest), Handle::new(0), BlockId::new(uuid::Uuid::nil()));
        let zone = self.settings.zone();
        let fitting = self
            .by_start
            .range(first..)
            .take_while(|(start, _, _)| {
                query.starts_before.is_none_or(|bound| *start < Some(bound))
                    && query.before.is_none_or(|place| *start <= Some(place.start()))
            })
            .filter_map(|(_, _, id)| self.block(*id))
            .filter(move |block| query.matches(block, zone) && (query.plan.is_some() || self.is_in_use(block.plan)));
        let left_out = if query.last { fitting.clone().count().saturating_sub(query.limit) } else { 0 };
        fitting.skip(left_out).take(query.limit)
    }

    fn is_in_use(&self, plan: PlanId) -> bool {
        self.plans.get(&plan).is_some_and(Plan::is_in_use)
    }

    /// The spans of all open blocks that overlap `from..to` and belong to plans in use, in any order. All-day blocks take up no time.
    pub fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Span> {
        let query = BlockQuery { state: BlockState::Open, all_day: Some(false), ..BlockQuery::overlapping(from, to) };
        self.blocks(&query).filter_map(|block| block.span).collect()
    }

    /// The goals that were proposed, by id, including those of deleted plans.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// What repeats, by id, including the series of deleted plans.
    pub fn series(&self) -> &[Series] {
        &self.series
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

    /// Runs that have not ended, newest first.
    pub fn running(&self) -> Vec<Run> {
        let mut runs = self.runs(usize::MAX);
        runs.retain(Run::is_running);
        runs
    }

    /// The block with this id, even if its plan is deleted.
    pub fn stored_block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(&id)
    }

    /// Whether a block has this handle, including blocks of deleted plans.
    pub fn is_handle_used(&self, handle: Handle) -> bool {
        self.by_handle.contains_key(&handle)
    }

    /// Counts all blocks, including those of deleted plans.
    pub fn stored_blocks(&self) -> u64 {
        self.blocks.len() as u64
    }

    /// The handle for the next new block.
    pub fn next_handle(&self) -> Handle {
        let counted = self.next_handle.unwrap_or(Handle::FIRST);
        self.foreseen.last().map_or(counted, |last| last.next().max(counted))
    }

    /// The transaction that the next undo reverts.
    pub fn undoable(&self) -> Option<TxnId> {
        self.history.done.last().copied()
    }

    /// Whether this transaction can be undone, later edits apart.
    pub fn is_in_effect(&self, txn: TxnId) -> bool {
        self.history.done.contains(&txn)
    }

    /// The transaction that undid this one, if it is undone.
    pub fn undone_by(&self, txn: TxnId) -> Option<TxnId> {
        self.history.taken_back.get(&txn).copied()
    }

    /// The transaction that the next redo applies again.
    pub fn redoable(&self) -> Option<TxnId> {
        self.history.undone.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::block::Source;
    use crate::text::Title;

    fn block(number: u32) -> Block {
        let start = DateTime::UNIX_EPOCH + TimeDelta::hours(number.into());
        let (id, plan) = (BlockId::new(Uuid::from_u128(number.into())), PlanId::new(Uuid::nil()));
        let title = Title::new("Workout").unwrap();
        Block {
            span: Some(Span::starting(start, TimeDelta::hours(1)).unwrap()),
            ..Block::new(id, Handle::new(number), plan, title, Source::User)
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
