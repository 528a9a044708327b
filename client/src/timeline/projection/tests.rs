//! What a tab makes of snapshots, blocks and events.

use std::collections::BTreeMap;

use flux_timeline::TxnId;
use flux_timeline::event::BlockChange;
use flux_timeline::timeline::Content;
use flux_timeline::{Actor, EventId, Title};
use uuid::Uuid;

use super::*;
use crate::timeline::testing;

fn plan(number: u128) -> Plan {
    Plan {
        id: PlanId::new(Uuid::from_u128(number)),
        title: Title::new(&format!("Plan {number}")).unwrap(),
        created_at: DateTime::UNIX_EPOCH,
        archived_at: None,
        color: None,
    }
}

fn snapshot(seq: u64, active: u128) -> Snapshot {
    Snapshot {
        seq,
        log: None,
        timeline: Content { plans: vec![plan(1), plan(2)], active_plan: Some(plan(active).id), ..Content::default() },
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

/// Applies whole events.
fn apply(projection: &mut Projection, events: &[Event]) -> Next {
    projection.apply(EventFrame::whole(events.to_vec())).1
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
    assert_eq!(apply(&mut projection, &[renamed(6, "A"), renamed(7, "B")]), Next::Nothing);
    assert_eq!(apply(&mut projection, &[renamed(6, "A")]), Next::Nothing);
    assert_eq!(titles(&projection)[&plan(1).id], "B");
    assert_eq!(projection.known().map(|known| known.seq), Some(7));
}

#[test]
fn a_gap_changes_nothing_and_asks_for_what_is_missing() {
    let mut projection = loaded(5);
    assert_eq!(apply(&mut projection, &[renamed(7, "X")]), Next::Reconnect);
    assert_eq!(projection.known().map(|known| known.seq), Some(5));
    assert_eq!(titles(&projection)[&plan(1).id], "Plan 1");
    assert_eq!(apply(&mut Projection::default(), &[renamed(1, "X")]), Next::Reconnect);
}

#[test]
fn a_plan_that_is_in_use_again_is_loaded_unless_it_is_new() {
    let mut projection = loaded(5);
    let switch = |to| EventKind::PlanSwitched { before: Some(plan(1).id), after: Some(to) };
    apply(
        &mut projection,
        &[event(6, EventKind::BlockScheduled { block: Block { plan: plan(2).id, ..block(8, "Review") } })],
    );
    assert_eq!(apply(&mut projection, &[event(7, switch(plan(2).id))]), Next::Nothing, "its blocks are known");
    let events = [event(8, EventKind::PlanCreated { plan: plan(3) }), event(9, switch(plan(3).id))];
    assert_eq!(apply(&mut projection, &events), Next::Nothing, "it has no blocks");
    let at = DateTime::UNIX_EPOCH;
    assert_eq!(apply(&mut projection, &[event(10, EventKind::PlanArchived { plan: plan(1).id, at })]), Next::Nothing);
    assert_eq!(
        apply(&mut projection, &[event(11, EventKind::PlanUnarchived { plan: plan(1).id, at })]),
        Next::LoadPlan
    );
    let deleted = EventKind::PlanDeleted { plan: plan(3) };
    assert_eq!(apply(&mut projection, &[event(12, deleted.clone())]), Next::Nothing);
    let later = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
    let back = EventKind::Undone { txn: events[0].txn, change: Box::new(deleted.inverse().unwrap()) };
    assert_eq!(apply(&mut projection, &[Event { at: later, ..event(13, back) }]), Next::LoadPlan);
}

#[test]
fn blocks_of_all_plans_in_use_are_shown_but_for_hidden_plans() {
    let mut projection = loaded(5);
    let (gym, review) = (block(7, "Gym"), Block { plan: plan(2).id, ..block(8, "Review") });
    for (seq, block) in [(6, &gym), (7, &review)] {
        apply(&mut projection, &[event(seq, EventKind::BlockScheduled { block: block.clone() })]);
    }
    let wanted = |hidden: Vec<PlanId>| Wanted {
        now: "2026-03-03T07:00:00Z".parse().unwrap(),
        zone: Zone::UTC,
        stretch: Some(Stretch::all()),
        filter: crate::timeline::filter::Filter::default(),
        hidden,
        with_earlier: false,
        with_inbox: false,
        proposed: Vec::new(),
    };
    assert_eq!(projection.agenda(&wanted(Vec::new())).open_today, 2);
    assert_eq!(projection.agenda(&wanted(vec![plan(2).id])).open_today, 1);
    let mark = projection.plan_mark(plan(2).id).unwrap();
    assert_eq!((mark.title.as_str(), mark.color), ("Plan 2", "orange"));
    let at = DateTime::UNIX_EPOCH;
    apply(&mut projection, &[event(8, EventKind::PlanArchived { plan: plan(1).id, at })]);
    assert_eq!(projection.agenda(&wanted(Vec::new())).open_today, 1, "an archived plan takes up no time");
    assert_eq!(projection.plan_mark(plan(2).id), None, "there is no other plan to tell it from");
}

#[test]
fn a_snapshot_that_is_older_than_what_is_known_is_ignored() {
    let mut projection = loaded(5);
    apply(&mut projection, &[renamed(6, "A")]);
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

fn block(number: u32, title: &str) -> Block {
    let block = testing::block(number, "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z", true);
    Block { plan: plan(1).id, title: Title::new(title).unwrap(), ..block }
}

fn retitled(seq: u64, before: &Block, title: &str) -> Event {
    let after = Block { title: Title::new(title).unwrap(), ..before.clone() };
    event(seq, EventKind::BlockUpdated(BlockChange { before: before.clone(), after }))
}

#[test]
fn a_change_of_a_block_that_is_held_is_applied_below_the_predictions() {
    let mut projection = loaded(5);
    let gym = block(7, "Gym");
    apply(&mut projection, &[event(6, EventKind::BlockScheduled { block: gym.clone() })]);
    let done = Mutation::Complete(gym.id);
    projection.predict([&done].into_iter(), DateTime::UNIX_EPOCH);
    assert!(!projection.block(gym.id).unwrap().is_open());
    let change = retitled(7, &gym, "Swim");
    let frame = EventFrame::new(std::slice::from_ref(&change));
    assert_eq!(projection.apply(frame), (vec![change], Next::Nothing));
    assert_eq!(projection.block(gym.id), Some(&block(7, "Swim")));
}

#[test]
fn a_change_of_a_block_that_is_not_held_as_it_was_is_asked_for() {
    let (gym, other) = (block(7, "Gym"), block(7, "What the service does not have"));
    for held in [None, Some(other)] {
        let mut projection = loaded(5);
        projection.timeline.learn(held.clone());
        let events = [renamed(6, "A"), retitled(7, &gym, "Swim"), renamed(8, "B")];
        let frame = || EventFrame::new(&events);
        assert_eq!(projection.apply(frame()), (events[..1].to_vec(), Next::LoadMissed));
        assert_eq!(projection.block(gym.id), held.as_ref(), "no block is made up");
        assert_eq!(projection.known().map(|known| known.seq), Some(6));
        // Further events wait for the answer, which is whole.
        assert_eq!(projection.apply(EventFrame::new(&[renamed(9, "C")])).1, Next::Reconnect);
        assert_eq!(projection.apply(EventFrame::whole(events.to_vec())), (events[1..].to_vec(), Next::Nothing));
        assert_eq!(projection.block(gym.id), Some(&block(7, "Swim")));
        assert_eq!(titles(&projection)[&plan(1).id], "B");
    }
}

#[test]
fn a_plan_is_loaded_after_what_was_asked_for() {
    let mut projection = loaded(5);
    let at = DateTime::UNIX_EPOCH;
    apply(&mut projection, &[event(6, EventKind::PlanArchived { plan: plan(2).id, at })]);
    let back = event(7, EventKind::PlanUnarchived { plan: plan(2).id, at });
    let events = [back, retitled(8, &block(7, "Gym"), "Swim")];
    assert_eq!(projection.apply(EventFrame::new(&events)).1, Next::LoadMissed);
    assert_eq!(projection.apply(EventFrame::whole(events.to_vec())).1, Next::LoadPlan);
    assert_eq!(apply(&mut projection, &[renamed(9, "A")]), Next::Nothing, "asked for once");
}
