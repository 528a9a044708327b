//! The timeline as this tab knows it: a snapshot, the events after it (in order, each applied once), and on top of them the
//! predicted results of the person's unconfirmed edits. Pure. The domain crate defines what an event does.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::{BlockPage as Page, ModelInfo, Snapshot};
use flux_timeline::{
    Block, BlockId, BlockQuery, Event, EventId, EventKind, Plan, PlanId, Run, Settings, Timeline, Zone,
};

use super::agenda::{Agenda, Wanted};
use super::coverage::{Coverage, Stretch, first_place, last_place, place_at, place_of};
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
    /// Which blocks of the active plan are known.
    coverage: Coverage,
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
    /// Another plan is active, and a snapshot has only the blocks of one: ask for it.
    LoadPlan,
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
        let last = snapshot.timeline.blocks.last().map(place_of);
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
        if self.active_plan().is_none_or(|active| active.id != page.plan) {
            return;
        }
        let (first, last) = (page.blocks.first().map(place_of), page.blocks.last().map(place_of));
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

    /// Applies events and skips those already known. This removes the predictions: see [`Projection::predict`].
    pub fn apply(&mut self, events: &[Event]) -> Next {
        self.take_back();
        let active = self.timeline.active_plan().map(|plan| plan.id);
        let mut is_cut = false;
        for event in events {
            let next = self.timeline.seq() + 1;
            if event.seq > next || !self.is_loaded {
                return Next::Reconnect;
            }
            if event.seq == next {
                is_cut |= self.moves_unknown(&event.kind);
                self.timeline.apply(event);
            }
        }
        let now_active = self.timeline.active_plan().map(|plan| plan.id);
        let is_new = now_active.is_some_and(|plan| events.iter().any(|event| creates(event, plan)));
        if is_new {
            self.coverage.add(Stretch::all());
        }
        if (active == now_active && !is_cut) || is_new { Next::Nothing } else { Next::LoadPlan }
    }

    /// Whether a shift moves blocks that are not held: it names them only, and may bring them to where all is known.
    fn moves_unknown(&self, kind: &EventKind) -> bool {
        match kind {
            EventKind::TimelineShifted { plan, blocks, .. } => {
                let is_shown = self.active_plan().is_some_and(|active| active.id == *plan);
                is_shown && !self.coverage.is_complete() && blocks.iter().any(|id| self.timeline.block(*id).is_none())
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

    /// Which blocks of the active plan are known.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
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

    /// The plan that is shown.
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

    /// The agenda of the active plan.
    pub fn agenda(&self, wanted: &Wanted) -> Agenda {
        let query = self.of_active_plan();
        Agenda::new(self.timeline.blocks(&query), wanted)
    }

    /// The known blocks of the active plan that share a moment with a stretch of time, by start.
    pub fn blocks_between(&self, (from, until): (DateTime<Utc>, DateTime<Utc>)) -> Vec<Block> {
        let query = BlockQuery { ends_after: Some(from), starts_before: Some(until), ..self.of_active_plan() };
        self.timeline.blocks(&query).cloned().collect()
    }

    fn of_active_plan(&self) -> BlockQuery {
        BlockQuery { plan: self.active_plan().map(|plan| plan.id), ..BlockQuery::default() }
    }
}

/// Whether the event creates this plan, as opposed to restoring it. A new plan has no blocks that are unknown here.
fn creates(event: &Event, plan: PlanId) -> bool {
    let is_new = |created: &Plan| created.id == plan && event.at - created.created_at < TimeDelta::seconds(1);
    matches!(&event.kind, EventKind::PlanCreated { plan } if is_new(plan))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use flux_timeline::TxnId;
    use flux_timeline::timeline::Content;
    use flux_timeline::{Actor, EventId, Title};
    use uuid::Uuid;

    use super::*;

    fn plan(number: u128) -> Plan {
        Plan {
            id: PlanId::new(Uuid::from_u128(number)),
            title: Title::new(&format!("Plan {number}")).unwrap(),
            created_at: DateTime::UNIX_EPOCH,
            archived_at: None,
        }
    }

    fn snapshot(seq: u64, active: u128) -> Snapshot {
        Snapshot {
            seq,
            log: None,
            timeline: Content {
                plans: vec![plan(1), plan(2)],
                active_plan: Some(plan(active).id),
                ..Content::default()
            },
            complete: true,
            since: None,
            has_more: false,
            model: ModelInfo { provider: "offline".into(), name: "rules".into() },
        }
    }

    fn event(seq: u64, kind: EventKind) -> Event {
        let id = Uuid::from_u128(seq.into());
        Event {
            seq,
            id: EventId::new(id),
            at: DateTime::UNIX_EPOCH,
            actor: Actor::User,
            txn: TxnId::new(id),
            kind,
            reason: None,
        }
    }

    fn renamed(seq: u64, title: &str) -> Event {
        let title = Title::new(title).unwrap();
        event(seq, EventKind::PlanRenamed { plan: plan(1).id, before: plan(1).title, after: title })
    }

    fn loaded(seq: u64) -> Projection {
        let mut projection = Projection::default();
        projection.load(snapshot(seq, 1));
        projection
    }

    fn titles(projection: &Projection) -> BTreeMap<PlanId, String> {
        projection.plans().into_iter().map(|plan| (plan.id, plan.title.to_string())).collect()
    }

    #[test]
    fn events_are_applied_once_and_in_order() {
        let mut projection = loaded(5);
        assert_eq!(projection.apply(&[renamed(6, "A"), renamed(7, "B")]), Next::Nothing);
        assert_eq!(projection.apply(&[renamed(6, "A")]), Next::Nothing);
        assert_eq!(titles(&projection)[&plan(1).id], "B");
        assert_eq!(projection.known().map(|known| known.seq), Some(7));
    }

    #[test]
    fn a_gap_changes_nothing_and_asks_for_what_is_missing() {
        let mut projection = loaded(5);
        assert_eq!(projection.apply(&[renamed(7, "X")]), Next::Reconnect);
        assert_eq!(projection.known().map(|known| known.seq), Some(5));
        assert_eq!(titles(&projection)[&plan(1).id], "Plan 1");
        assert_eq!(Projection::default().apply(&[renamed(1, "X")]), Next::Reconnect);
    }

    #[test]
    fn another_active_plan_is_loaded_unless_it_is_new_and_empty() {
        let mut projection = loaded(5);
        let switch = |to| EventKind::PlanSwitched { before: Some(plan(1).id), after: Some(to) };
        assert_eq!(projection.apply(&[event(6, switch(plan(2).id))]), Next::LoadPlan);
        let events = [event(7, EventKind::PlanCreated { plan: plan(3) }), event(8, switch(plan(3).id))];
        assert_eq!(projection.apply(&events), Next::Nothing);
        let undone = EventKind::Undone { txn: events[0].txn, change: Box::new(switch(plan(1).id)) };
        assert_eq!(projection.apply(&[event(9, undone)]), Next::LoadPlan);
    }

    #[test]
    fn a_snapshot_that_is_older_than_what_is_known_is_ignored() {
        let mut projection = loaded(5);
        projection.apply(&[renamed(6, "A")]);
        projection.load(snapshot(5, 2));
        assert_eq!(projection.known().map(|known| known.seq), Some(6));
        assert_eq!(projection.active_plan().map(|plan| plan.id), Some(plan(1).id));
    }

    #[test]
    fn a_snapshot_of_another_log_is_used_however_short_the_log_is() {
        let mut projection = loaded(5);
        let log = EventId::new(Uuid::from_u128(9));
        projection.load(Snapshot { log: Some(log), ..snapshot(2, 2) });
        assert_eq!(projection.known(), Some(Known { seq: 2, log: Some(log) }));
        assert_eq!(projection.active_plan().map(|plan| plan.id), Some(plan(2).id));
    }
}
