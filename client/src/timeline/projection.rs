//! The timeline as this tab knows it: a snapshot, the events after it (in order, each applied once), and on top of them the
//! predicted results of the person's unconfirmed edits. Pure. The domain crate defines what an event does.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::{BlockPage as Page, EventFrame, ModelInfo, Snapshot};
use flux_timeline::{
    Block, BlockId, BlockPlace, BlockQuery, Event, EventId, EventKind, Plan, PlanId, Run, Series, SeriesId, Settings,
    Timeline, Zone,
};

use super::agenda::{Agenda, Wanted};
use super::coverage::{Coverage, Stretch, first_place, last_place, place_at};
use super::prediction::predict;
use super::words::Times;
use crate::calls::{BlockPage, Mutation};

/// How many goals are examined for those to show.
const RUNS: usize = 20;

/// The timeline as this tab knows it.
#[derive(Debug, Default)]
pub struct Projection {
    timeline: Timeline,
    /// What is on top of the log, in the order in which it was put there.
    predicted: Vec<EventKind>,
    /// Which blocks of the plans in use are known.
    coverage: Coverage,
    /// Whether all blocks of the plans in use are known, also those without a time.
    is_whole: bool,
    /// Whether a plan is in use again whose blocks have to be loaded once all events are applied.
    lacks_plan: bool,
    log: Option<EventId>,
    is_loaded: bool,
    model: Option<ModelInfo>,
}

/// How much of a log is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The last event.
    pub seq: u64,
    /// Which log, by its first event.
    pub log: Option<EventId>,
}

/// What to do after events arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// A plan is in use again, and a snapshot has only the blocks of plans in use: ask for it.
    LoadPlan,
    /// A block that an event changes is not held as it was: ask for the events from that one on.
    LoadMissed,
    /// Events are missing: connect again, to be sent them.
    Reconnect,
}

impl Projection {
    /// Starts from a snapshot, unless it is older than the known state of the same log.
    pub fn load(&mut self, snapshot: Snapshot) {
        if self.is_loaded && snapshot.log == self.log && snapshot.seq < self.timeline.seq() {
            return;
        }
        self.log = snapshot.log;
        self.coverage = Coverage::default();
        self.lacks_plan = false;
        self.is_whole = snapshot.complete;
        let last = snapshot.timeline.blocks.last().and_then(BlockPlace::of);
        self.coverage.add(match snapshot.since {
            Some(since) => {
                Stretch { from: place_at(since), until: last.filter(|_| snapshot.has_more).unwrap_or_else(last_place) }
            }
            None => Stretch::all(),
        });
        self.timeline = Timeline::from_content(snapshot.timeline, snapshot.seq);
        self.predicted.clear();
        self.model = Some(snapshot.model);
        self.is_loaded = true;
    }

    /// Adds blocks that were requested.
    pub fn learn(&mut self, asked: &BlockPage, page: Page) {
        let (first, last) = (page.blocks.first().and_then(BlockPlace::of), page.blocks.last().and_then(BlockPlace::of));
        let known = match asked {
            BlockPage::Before(until) => {
                Some(Stretch { from: first.filter(|_| !page.complete).unwrap_or_else(first_place), until: *until })
            }
            BlockPage::After(from) => {
                Some(Stretch { from: *from, until: last.filter(|_| !page.complete).unwrap_or_else(last_place) })
            }
            BlockPage::From(moment) => Some(Stretch {
                from: place_at(*moment),
                until: last.filter(|_| !page.complete).unwrap_or_else(last_place),
            }),
            BlockPage::With(_) => None,
        };
        known.into_iter().for_each(|stretch| self.coverage.add(stretch));
        self.take_back();
        self.timeline.learn(page.blocks);
    }

    /// Applies events up to the first that it cannot make whole, and returns them whole. Skips those already known. This removes the
    /// predictions: see [`Projection::predict`].
    pub fn apply(&mut self, frame: EventFrame) -> (Vec<Event>, Next) {
        self.take_back();
        let (before, active) = (self.in_use(), self.active_plan().map(|plan| plan.id));
        let mut applied = Vec::new();
        let stopped = self.apply_each(frame, &mut applied);
        let is_new = |plan: PlanId| applied.iter().any(|event| creates(event, plan));
        self.lacks_plan |= self.in_use().into_iter().any(|plan| !before.contains(&plan) && !is_new(plan));
        // A service of an earlier version has sent only the blocks of the plan that was active.
        let now_active = self.active_plan().map(|plan| plan.id).filter(|plan| Some(*plan) != active && !is_new(*plan));
        self.lacks_plan |= now_active.is_some_and(|plan| {
            let of_plan = BlockQuery { plan: Some(plan), limit: 1, ..BlockQuery::default() };
            self.timeline.blocks(&of_plan).next().is_none()
        });
        let next = match stopped {
            Some(next) => next,
            None if std::mem::take(&mut self.lacks_plan) => Next::LoadPlan,
            None => Next::Nothing,
        };
        (applied, next)
    }

    /// `None` if all events are applied, or what to do to get the others.
    fn apply_each(&mut self, mut frame: EventFrame, applied: &mut Vec<Event>) -> Option<Next> {
        for event in std::mem::take(&mut frame.events) {
            let next = self.timeline.seq() + 1;
            if event.seq > next || !self.is_loaded {
                return Some(Next::Reconnect);
            }
            if event.seq < next {
                continue;
            }
            let Some(event) = frame.restore(event, |id| self.timeline.stored_block(id)) else {
                return Some(Next::LoadMissed);
            };
            self.lacks_plan |= self.moves_unknown(&event.kind);
            self.timeline.apply(&event);
            applied.push(event);
        }
        None
    }

    /// Whether a shift moves blocks that are not held: it names them only, and may bring them to where all is known.
    fn moves_unknown(&self, kind: &EventKind) -> bool {
        match kind {
            EventKind::TimelineShifted { plan, blocks, .. } => {
                self.is_in_use(*plan)
                    && !self.coverage.is_complete()
                    && blocks.iter().any(|id| self.timeline.block(*id).is_none())
            }
            EventKind::Undone { change, .. } | EventKind::Redone { change, .. } => self.moves_unknown(change),
            _ => false,
        }
    }

    /// Shows what these mutations will come to, and nothing else that has not happened.
    pub fn predict<'a>(&mut self, mutations: impl Iterator<Item = &'a Mutation>, now: DateTime<Utc>) {
        self.take_back();
        for mutation in mutations {
            for kind in predict(&self.timeline, mutation, now) {
                self.timeline.preview(&kind);
                self.predicted.push(kind);
            }
        }
    }

    /// Whether something is shown that has not happened yet.
    pub fn is_predicted(&self) -> bool {
        !self.predicted.is_empty()
    }

    fn take_back(&mut self) {
        while let Some(kind) = self.predicted.pop() {
            if let Some(inverse) = kind.inverse() {
                self.timeline.preview(&inverse);
            }
        }
    }

    /// The known part of the log, so that the service sends only what follows.
    pub fn known(&self) -> Option<Known> {
        self.is_loaded.then(|| Known { seq: self.timeline.seq(), log: self.log })
    }

    /// Whether a snapshot has arrived.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Which blocks of the plans in use are known.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Whether all blocks of the plans in use are known.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Which model answers.
    pub fn model(&self) -> Option<&ModelInfo> {
        self.model.as_ref()
    }

    /// Whether the person's zone is known.
    pub fn is_zone_known(&self) -> bool {
        self.timeline.settings().time_zone.is_some()
    }

    /// The person's zone, or UTC if none is known.
    pub fn zone(&self) -> Zone {
        self.timeline.settings().zone()
    }

    /// How times are shown to the person.
    pub fn times(&self) -> Times {
        Times::new(self.timeline.settings())
    }

    /// The person's settings.
    pub fn settings(&self) -> Settings {
        self.timeline.settings().clone()
    }

    /// The goals of the architect, newest first.
    pub fn runs(&self) -> Vec<Run> {
        self.timeline.runs(RUNS)
    }

    /// The run of this id, as a report names it.
    pub fn run(&self, id: &str) -> Option<Run> {
        self.timeline.run(id.parse().ok()?).cloned()
    }

    /// The plan to which new blocks go.
    pub fn active_plan(&self) -> Option<&Plan> {
        self.timeline.active_plan()
    }

    /// All plans, oldest first.
    pub fn plans(&self) -> Vec<Plan> {
        self.timeline.plans()
    }

    /// A block.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.timeline.block(id)
    }

    /// How the blocks of a series repeat, in words. `None` if it was deleted.
    pub fn repeats(&self, id: SeriesId) -> Option<String> {
        self.series(id).map(Series::words)
    }

    /// Whether the blocks of a series come again some time after the one before was done.
    pub fn is_after_done(&self, id: SeriesId) -> bool {
        self.series(id).is_some_and(|series| series.after_done.is_some())
    }

    fn series(&self, id: SeriesId) -> Option<&Series> {
        self.timeline.series().iter().find(|series| series.id == id)
    }

    /// Whether a plan is neither deleted nor archived.
    pub fn is_in_use(&self, plan: PlanId) -> bool {
        self.timeline.plan(plan).is_some_and(Plan::is_in_use)
    }

    /// The plans that are not archived, oldest first.
    pub fn plans_in_use(&self) -> Vec<Plan> {
        let mut plans = self.plans();
        plans.retain(Plan::is_in_use);
        plans
    }

    /// The ids of the plans that are not archived.
    fn in_use(&self) -> Vec<PlanId> {
        self.timeline.plans_in_use().map(|plan| plan.id).collect()
    }

    /// The plan of a block and its color, where there are several plans to tell apart.
    pub fn plan_mark(&self, plan: PlanId) -> Option<PlanMark> {
        let plan = self.timeline.plan(plan).filter(|_| self.timeline.plans_in_use().nth(1).is_some())?;
        Some(PlanMark { title: plan.title.to_string(), color: plan.shown_color().as_str() })
    }

    /// Whether a plan in use has a known block.
    pub fn has_blocks(&self) -> bool {
        self.timeline.blocks(&BlockQuery::default()).next().is_some()
    }

    /// How many known tasks of the plans in use, apart from the hidden ones, have no time.
    pub fn waiting(&self, hidden: &[PlanId]) -> usize {
        self.timeline.blocks(&BlockQuery::inbox(None)).filter(|block| !hidden.contains(&block.plan)).count()
    }

    /// The agenda of the plans in use.
    pub fn agenda(&self, wanted: &Wanted) -> Agenda {
        Agenda::new(self.timeline.blocks(&BlockQuery::default()), wanted)
    }

    /// The known blocks of the plans in use that share a moment with a stretch of time, by start.
    pub fn blocks_between(&self, (from, until): (DateTime<Utc>, DateTime<Utc>)) -> Vec<Block> {
        self.timeline.blocks(&BlockQuery::overlapping(from, until)).cloned().collect()
    }
}

/// What tells a plan from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMark {
    /// Its title.
    pub title: String,
    /// The name of its color.
    pub color: &'static str,
}

/// Whether the event creates this plan, as opposed to restoring it. A new plan has no blocks that are unknown here.
fn creates(event: &Event, plan: PlanId) -> bool {
    let is_new = |created: &Plan| created.id == plan && event.at - created.created_at < TimeDelta::seconds(1);
    matches!(&event.kind, EventKind::PlanCreated { plan } if is_new(plan))
}

#[cfg(test)]
mod tests;
