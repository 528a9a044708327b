//! What an edit will come to, by the domain's own rules, so that it is seen before the service has answered. Pure.

use std::convert::Infallible;

use chrono::{DateTime, Utc};
use flux_timeline::command::BlockUpdate;
use flux_timeline::decide::{Context, block};
use flux_timeline::reference::BlockRef;
use flux_timeline::view::{BlockDifference, BlockQuery, Frame, PlanCounts};
use flux_timeline::{
    Block, BlockId, Event, EventKind, Handle, Plan, PlanId, Run, RunId, Settings, Source, Span, Timeline, TimelineView,
    Title, TxnId,
};
use uuid::Uuid;

use crate::calls::{PlanChange, Wish};

/// The events that a wish will come to. None where it cannot be told, or would be refused: then the service says why.
pub fn predict(timeline: &Timeline, wish: &Wish, now: DateTime<Utc>) -> Vec<EventKind> {
    let (view, context) = (Held(timeline), Context { now, source: Source::User });
    let of = |id: &BlockId| BlockRef::Id(*id);
    let decision = match wish {
        Wish::Complete(id) => block::complete(&view, &of(id), &context),
        Wish::Reopen(id) => block::reopen(&view, &of(id), &context),
        Wish::Delete { id, .. } => block::delete(&view, &of(id), &context),
        Wish::Update(id, changes) if **changes != BlockUpdate::default() => {
            block::update(&view, &of(id), changes, &context)
        }
        Wish::Schedule(new) => block::schedule(&view, new, &context),
        Wish::ChangePlan(plan, PlanChange::Rename(title)) => return renamed(timeline, *plan, title),
        _ => return Vec::new(),
    };
    decision.map(|decision| decision.events).unwrap_or_default()
}

fn renamed(timeline: &Timeline, id: PlanId, title: &str) -> Vec<EventKind> {
    let before = timeline.plans().into_iter().find(|plan| plan.id == id).map(|plan| plan.title);
    match (before, Title::new(title)) {
        (Some(before), Ok(after)) if before != after => vec![EventKind::PlanRenamed { plan: id, before, after }],
        _ => Vec::new(),
    }
}

/// A timeline as a page holds it: without a log and without a past.
struct Held<'a>(&'a Timeline);

type Known<T> = Result<T, Infallible>;

impl TimelineView for Held<'_> {
    type Error = Infallible;

    fn settings(&self) -> Known<Settings> {
        Ok(self.0.settings().clone())
    }

    fn active_plan(&self) -> Known<Option<Plan>> {
        Ok(self.0.active_plan().cloned())
    }

    fn plans(&self) -> Known<Vec<Plan>> {
        Ok(self.0.plans())
    }

    fn plan_counts(&self, plan: PlanId) -> Known<PlanCounts> {
        Ok(self.0.plan_counts(plan))
    }

    fn block(&self, id: BlockId) -> Known<Option<Block>> {
        Ok(self.0.block(id).cloned())
    }

    fn block_by_handle(&self, handle: Handle) -> Known<Option<Block>> {
        Ok(self.0.block_by_handle(handle).cloned())
    }

    fn blocks(&self, query: &BlockQuery) -> Known<Vec<Block>> {
        Ok(self.0.blocks(query).cloned().collect())
    }

    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Known<Vec<Span>> {
        Ok(self.0.busy(from, to))
    }

    fn run(&self, id: RunId) -> Known<Option<Run>> {
        Ok(self.0.run(id).cloned())
    }

    fn runs(&self, limit: usize) -> Known<Vec<Run>> {
        Ok(self.0.runs(limit))
    }

    fn running(&self) -> Known<Vec<Run>> {
        Ok(self.0.running())
    }

    fn stored_blocks(&self) -> Known<u64> {
        Ok(self.0.stored_blocks())
    }

    fn next_handle(&self) -> Known<Handle> {
        Ok(self.0.next_handle())
    }

    fn undoable(&self) -> Known<Option<TxnId>> {
        Ok(None)
    }

    fn redoable(&self) -> Known<Option<TxnId>> {
        Ok(None)
    }

    fn transaction(&self, _: TxnId) -> Known<Vec<Event>> {
        Ok(Vec::new())
    }

    fn undone_by(&self, _: TxnId) -> Known<Option<TxnId>> {
        Ok(None)
    }

    fn last_edit(&self, _: Uuid, _: u64, _: &[&'static str]) -> Known<Option<Event>> {
        Ok(None)
    }

    fn last_seq(&self) -> Known<u64> {
        Ok(self.0.seq())
    }

    fn frame_at(&self, _: u64) -> Known<Frame> {
        Ok(Frame::default())
    }

    fn differences(&self, _: u64) -> Known<Vec<BlockDifference>> {
        Ok(Vec::new())
    }
}
