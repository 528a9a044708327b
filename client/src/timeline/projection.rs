//! The timeline as this tab knows it: a snapshot and the events after it, in order and each once. Pure; the rules of what
//! an event does are the domain's.

use chrono::{DateTime, Utc};
use flux_protocol::frame::{ModelInfo, Snapshot};
use flux_tools::{BlockQuery, Event, EventKind, Plan, PlanId, Timeline, TxnId, Zone};

use super::agenda::Agenda;

/// The timeline as this tab knows it.
#[derive(Debug, Default)]
pub struct Projection {
    timeline: Timeline,
    is_loaded: bool,
    is_complete: bool,
    model: Option<ModelInfo>,
}

/// What is to be done after events came in.
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
    /// Begins from a snapshot, unless it is older than what is known.
    pub fn load(&mut self, snapshot: Snapshot) {
        if self.is_loaded && snapshot.seq < self.timeline.seq() {
            return;
        }
        self.timeline = Timeline::from_content(snapshot.timeline, snapshot.seq);
        self.is_complete = snapshot.complete;
        self.model = Some(snapshot.model);
        self.is_loaded = true;
    }

    /// Applies events. What is known already is skipped.
    pub fn apply(&mut self, events: &[Event]) -> Next {
        let active = self.timeline.active_plan().map(|plan| plan.id);
        for event in events {
            let next = self.timeline.seq() + 1;
            if event.seq > next || !self.is_loaded {
                return Next::Reconnect;
            }
            if event.seq == next {
                self.timeline.apply(event);
            }
        }
        let now_active = self.timeline.active_plan().map(|plan| plan.id);
        let is_new = now_active.is_some_and(|plan| events.iter().any(|event| creates(&event.kind, plan)));
        if is_new {
            self.is_complete = true;
        }
        if active == now_active || is_new { Next::Nothing } else { Next::LoadPlan }
    }

    /// The last event that it has, to be sent only those after it.
    pub fn last_seq(&self) -> Option<u64> {
        self.is_loaded.then(|| self.timeline.seq())
    }

    /// Whether the service has told what there is.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Whether it has all blocks of the active plan.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Which model answers.
    pub fn model(&self) -> Option<&ModelInfo> {
        self.model.as_ref()
    }

    /// The person's zone.
    pub fn zone(&self) -> Zone {
        self.timeline.settings().time_zone
    }

    /// The plan that is shown.
    pub fn active_plan(&self) -> Option<&Plan> {
        self.timeline.active_plan()
    }

    /// All plans, oldest first.
    pub fn plans(&self) -> Vec<Plan> {
        self.timeline.plans()
    }

    /// The title of a plan by its id.
    pub fn plan_title(&self, id: &str) -> Option<String> {
        self.timeline.plans().into_iter().find(|plan| plan.id.to_string() == id).map(|plan| plan.title.to_string())
    }

    /// Whether undo would take back this transaction and not a later one.
    pub fn is_last_change(&self, txn: TxnId) -> bool {
        self.timeline.undoable() == Some(txn)
    }

    /// The blocks of the active plan at a moment.
    pub fn agenda(&self, now: DateTime<Utc>) -> Agenda {
        let plan: Option<PlanId> = self.timeline.active_plan().map(|plan| plan.id);
        let query = BlockQuery { plan, ..BlockQuery::default() };
        Agenda::new(self.timeline.blocks(&query), now, self.zone())
    }
}

/// Whether the event makes this plan for the first time: then there is nothing in it that is not known here.
fn creates(kind: &EventKind, plan: PlanId) -> bool {
    matches!(kind, EventKind::PlanCreated { plan: created } if created.id == plan)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use flux_tools::timeline::Content;
    use flux_tools::{Actor, EventId, Title};
    use uuid::Uuid;

    use super::*;

    fn plan(number: u128) -> Plan {
        Plan {
            id: PlanId::new(Uuid::from_u128(number)),
            title: Title::new(&format!("Plan {number}")).unwrap(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn snapshot(seq: u64, active: u128) -> Snapshot {
        Snapshot {
            seq,
            timeline: Content {
                plans: vec![plan(1), plan(2)],
                active_plan: Some(plan(active).id),
                ..Content::default()
            },
            complete: true,
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
        assert_eq!(projection.last_seq(), Some(7));
    }

    #[test]
    fn a_gap_changes_nothing_and_asks_for_what_is_missing() {
        let mut projection = loaded(5);
        assert_eq!(projection.apply(&[renamed(7, "X")]), Next::Reconnect);
        assert_eq!(projection.last_seq(), Some(5));
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
        assert_eq!(projection.last_seq(), Some(6));
        assert_eq!(projection.active_plan().map(|plan| plan.id), Some(plan(1).id));
    }

    #[test]
    fn undo_of_a_toast_is_offered_only_while_it_would_undo_that_change() {
        let mut projection = loaded(5);
        let first = renamed(6, "A");
        projection.apply(std::slice::from_ref(&first));
        assert!(projection.is_last_change(first.txn));
        projection.apply(&[renamed(7, "B")]);
        assert!(!projection.is_last_change(first.txn));
    }
}
