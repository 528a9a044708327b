//! Events that are checked before they are applied.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::block::Worked;
use flux_timeline::event::BlockChange;
use flux_timeline::{Actor, Event, EventKind, Handle, Misfit, RunId, Session, TxnId, VerifyError, verify};
use flux_timeline::{Kind, limits};
use proptest::prelude::*;
use uuid::Uuid;

use super::request::*;
use super::world::*;

/// Checks an event against the timeline that the events before it made.
fn check(session: &Session, event: &Event, now: DateTime<Utc>) -> Result<(), Misfit> {
    match verify(session, session.log().last(), event, now) {
        Ok(()) => Ok(()),
        Err(VerifyError::Misfit(misfit)) => Err(misfit),
        Err(VerifyError::View(never)) => match never {},
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_commands_lead_to_is_accepted(requests in prop::collection::vec(request(), 0..60)) {
        let world = World::after(&requests);
        let mut session = Session::default();
        for event in world.session.log() {
            prop_assert_eq!(check(&session, event, world.now()), Ok(()), "{:?}", event);
            session.push(event.clone());
        }
    }

    /// An event that is left out, repeated or moved makes what follows it wrong at once or soon, or changes nothing that
    /// anybody can see. It never leads to a timeline that rejects later commands without a reason.
    #[test]
    fn what_is_accepted_can_be_gone_on_with(
        requests in prop::collection::vec(request(), 1..40), left_out: u8, next in prop::collection::vec(request(), 1..10)
    ) {
        let world = World::after(&requests);
        let left_out = usize::from(left_out) % world.session.log().len();
        let mut session = Session::default();
        for (index, event) in world.session.log().iter().enumerate() {
            if index == left_out {
                continue;
            }
            let event = Event { seq: session.log().len() as u64 + 1, ..event.clone() };
            if check(&session, &event, world.now()).is_ok() {
                session.push(event);
            }
        }
        if session.timeline().active_plan().is_none() {
            return Ok(());
        }
        let mut world = World { session, ticks: world.ticks, days: world.days };
        for request in &next {
            if let Some(command) = command(&mut world, request) {
                let before = world.session.clone();
                world.run(&command);
                let mut session = before;
                for event in &world.session.log()[session.log().len()..] {
                    prop_assert_eq!(check(&session, event, world.now()), Ok(()), "{:?}", event);
                    session.push(event.clone());
                }
            }
        }
    }
}

/// A timeline with a block, and the event that renames it.
fn renamed() -> (World, Event) {
    let mut world = World::new();
    let request = Request::Schedule { title: 0, kind: Kind::Task, minutes: 60, length: 60 };
    let schedule = command(&mut world, &request).unwrap();
    assert!(world.run(&schedule) > 0);
    let scheduled = world.session.log().last().unwrap().clone();
    let EventKind::BlockScheduled { block } = &scheduled.kind else { panic!("{scheduled:?}") };
    let mut after = block.clone();
    after.title = flux_timeline::Title::new("Another").unwrap();
    let kind = EventKind::BlockUpdated(BlockChange { before: block.clone(), after });
    let event = Event { seq: scheduled.seq + 1, txn: TxnId::new(Uuid::max()), kind, ..scheduled.clone() };
    (world, event)
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let (world, event) = renamed();
    let now = world.now();
    let session = &world.session;
    assert_eq!(check(session, &event, now), Ok(()));
    let EventKind::BlockUpdated(change) = &event.kind else { panic!("{event:?}") };
    let (before, after) = (&change.before, &change.after);
    let with = |kind: EventKind| Event { kind, ..event.clone() };
    let updated = |change: BlockChange| with(EventKind::BlockUpdated(change));
    let scheduled = |handle: u32| {
        let id = flux_timeline::BlockId::new(Uuid::max());
        with(EventKind::BlockScheduled {
            block: flux_timeline::Block { id, handle: Handle::new(handle), ..before.clone() },
        })
    };
    let other = before.id;
    let cases = [
        (Event { seq: event.seq + 1, ..event.clone() }, "it has the number"),
        (Event { at: event.at - TimeDelta::days(1), ..event.clone() }, "earlier"),
        (Event { at: now + TimeDelta::days(2), ..event.clone() }, "future"),
        (Event { txn: session.log()[0].txn, ..event.clone() }, "ended before"),
        (Event { actor: Actor::Workflow { run: RunId::new(Uuid::max()) }, ..event.clone() }, "no goal"),
        (updated(BlockChange { before: after.clone(), after: before.clone() }), "was not what it says"),
        (
            updated(BlockChange {
                after: flux_timeline::Block { handle: Handle::new(9), ..after.clone() },
                before: before.clone(),
            }),
            "handle",
        ),
        (
            updated(BlockChange {
                after: flux_timeline::Block { depends_on: vec![other], ..after.clone() },
                before: before.clone(),
            }),
            "depends on itself",
        ),
        (
            updated(BlockChange {
                after: flux_timeline::Block {
                    depends_on: vec![flux_timeline::BlockId::new(Uuid::max()); 51],
                    ..after.clone()
                },
                before: before.clone(),
            }),
            "at most 50",
        ),
        (
            updated(BlockChange {
                after: flux_timeline::Block {
                    worked: Worked { ms: limits::WORKED.num_milliseconds().unsigned_abs() + 1, since: None },
                    ..after.clone()
                },
                before: before.clone(),
            }),
            "time spent",
        ),
        (
            updated(BlockChange {
                after: flux_timeline::Block {
                    kind: Kind::Appointment,
                    worked: Worked { ms: 0, since: Some(now) },
                    ..after.clone()
                },
                before: before.clone(),
            }),
            "time spent",
        ),
        (scheduled(u32::MAX), "the next one is B2"),
        (scheduled(3), "the next one is B2"),
        (scheduled(1), "the next one is B2"),
        (scheduled(0), "the next one is B2"),
        (with(EventKind::BlockScheduled { block: before.clone() }), "already"),
        (with(EventKind::PlanSwitched { before: Some(before.plan), after: None }), "active plan"),
        (with(EventKind::PlanSwitched { before: None, after: Some(before.plan) }), "active plan"),
        (
            with(EventKind::PlanSwitched {
                before: Some(before.plan),
                after: Some(flux_timeline::PlanId::new(Uuid::max())),
            }),
            "no plan",
        ),
        (with(EventKind::PlanDeleted { plan: session.timeline().active_plan().unwrap().clone() }), "active plan"),
        (with(EventKind::PlanArchived { plan: before.plan, at: now }), "active plan"),
        (with(EventKind::PlanUnarchived { plan: before.plan, at: now }), "was not what it says"),
        (with(EventKind::PlanCreated { plan: session.timeline().active_plan().unwrap().clone() }), "already"),
        (
            with(EventKind::TimelineShifted { plan: before.plan, by_ms: None, blocks: vec![other], spans: Vec::new() }),
            "one time for each",
        ),
        (
            with(EventKind::TimelineShifted {
                plan: before.plan,
                by_ms: Some(1),
                blocks: vec![other, other],
                spans: Vec::new(),
            }),
            "one time for each",
        ),
        (
            with(EventKind::TimelineShifted {
                plan: before.plan,
                by_ms: Some(1),
                blocks: vec![flux_timeline::BlockId::new(Uuid::max())],
                spans: Vec::new(),
            }),
            "no block",
        ),
        (
            with(EventKind::Undone {
                txn: TxnId::new(Uuid::max()),
                change: Box::new(EventKind::BlockDeleted { block: before.clone() }),
            }),
            "undone or redone",
        ),
        (
            with(EventKind::Redone {
                txn: session.log()[2].txn,
                change: Box::new(EventKind::BlockDeleted { block: before.clone() }),
            }),
            "undone or redone",
        ),
    ];
    for (event, expected) in cases {
        let reason = check(session, &event, now).expect_err(expected).to_string();
        assert!(reason.contains(expected), "{reason} instead of {expected}");
    }
}
