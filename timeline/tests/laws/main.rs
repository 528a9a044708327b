//! Laws that hold for any sequence of commands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod request;
mod verify;
mod world;

use chrono::{DateTime, Utc};
use flux_timeline::command::Command;
use flux_timeline::event::EventKind;
use flux_timeline::timeline::Content;
use flux_timeline::{Actor, Event, Span, Timeline, TxnId};
use proptest::prelude::*;

use request::*;
use world::*;

/// First the plan that was created in between is undone, then the last plan, so that only an archived one would be left.
#[test]
fn everything_can_be_undone_also_where_only_archived_plans_would_be_left() {
    let mut world = World::new();
    let first = json(&world.undoable_content());
    for request in
        [Request::CreatePlan { title: 0 }, Request::ArchivePlan { number: 2 }, Request::CreatePlan { title: 0 }]
    {
        let command = command(&mut world, &request).unwrap();
        assert!(world.run(&command) > 0);
    }
    let is_made = |event: &&Event| matches!(event.kind, EventKind::PlanCreated { .. });
    let in_between = world.session.log().iter().filter(is_made).nth(1).unwrap().txn;
    assert!(world.run(&Command::Undo { txn: Some(in_between) }) > 0);
    while world.run(&UNDO) > 0 {}
    assert_eq!(json(&world.undoable_content()), first);
    assert!(world.run(&Command::Redo) > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replaying_the_log_gives_the_projection_byte_for_byte(requests in prop::collection::vec(request(), 0..60)) {
        let world = World::after(&requests);
        let mut replayed = Timeline::default();
        for (index, event) in world.session.log().iter().enumerate() {
            prop_assert_eq!(event.seq, index as u64 + 1);
            let read: Event = serde_json::from_str(&json(event)).unwrap();
            prop_assert_eq!(&read, event);
            replayed.apply(&read);
        }
        prop_assert_eq!(json(&replayed.content()), json(&world.content()));
        prop_assert_eq!(replayed.undoable(), world.session.timeline().undoable());
        prop_assert_eq!(replayed.redoable(), world.session.timeline().redoable());
    }

    /// What becomes of the blocks of a goal is decided with the goal, so such a block can be done or gone without another one.
    #[test]
    fn of_what_comes_again_after_it_was_done_the_newest_is_open(requests in prop::collection::vec(request(), 0..60)) {
        let world = World::after(&requests);
        let timeline = world.session.timeline();
        for series in timeline.series() {
            let Some(newest) = series.after_done.and_then(|id| timeline.stored_block(id)) else { continue };
            prop_assert!(newest.is_to_do(), "{:?}", newest);
            let place = newest.series.unwrap();
            prop_assert_eq!((place.series, place.start), (series.id, series.start));
        }
    }

    #[test]
    fn undo_takes_back_exactly_the_last_transaction_and_redo_brings_it_back(
        requests in prop::collection::vec(request(), 1..40), last in request()
    ) {
        let mut world = World::after(&requests);
        // Making more blocks of a series is not undone by itself.
        if matches!(last, Request::Undo | Request::UndoOne { .. } | Request::Redo | Request::Zone(_) | Request::Extend { .. } | Request::TendGoals { .. }) {
            return Ok(());
        }
        let before = world.undoable_content();
        let Some(command) = command(&mut world, &last) else { return Ok(()) };
        if world.run(&command) == 0 {
            return Ok(());
        }
        let after = world.undoable_content();
        if json(&after) == json(&before) {
            // Only the state of a run changed.
            return Ok(());
        }
        prop_assert!(world.run(&UNDO) > 0);
        prop_assert_eq!(json(&world.undoable_content()), json(&before));
        prop_assert!(world.run(&Command::Redo) > 0);
        prop_assert_eq!(json(&world.undoable_content()), json(&after));
    }

    /// The calls of one answer are one transaction.
    #[test]
    fn undo_takes_back_several_changes_of_one_transaction_and_redo_brings_them_back(
        requests in prop::collection::vec(request(), 1..30), together in prop::collection::vec(request(), 2..10)
    ) {
        let mut world = World::after(&requests);
        let before = world.undoable_content();
        let txn = TxnId::new(world.id());
        let mut events = 0;
        for request in &together {
            // These have transactions of their own.
            let is_other = matches!(
                request,
                Request::Undo
                    | Request::UndoOne { .. }
                    | Request::Redo
                    | Request::Restore { .. }
                    | Request::Zone(_)
                    | Request::Extend { .. }
                    | Request::CommitRun { .. }
                    | Request::TendGoals { .. }
            );
            if let Some(command) = command(&mut world, request).filter(|_| !is_other) {
                events += world.run_in(txn, &command, &Actor::User);
            }
        }
        if events == 0 || world.session.timeline().undoable() != Some(txn) {
            return Ok(());
        }
        let after = world.undoable_content();
        world.run(&UNDO);
        prop_assert_eq!(json(&world.undoable_content()), json(&before));
        world.run(&Command::Redo);
        prop_assert_eq!(json(&world.undoable_content()), json(&after));
    }

    #[test]
    fn undoing_everything_gives_the_first_timeline_and_redoing_everything_the_last(
        requests in prop::collection::vec(request(), 1..40)
    ) {
        let mut world = World::new();
        let first = world.undoable_content();
        for request in requests.iter().filter(|request| !matches!(request, Request::Zone(_))) {
            if let Some(command) = command(&mut world, request) {
                world.run(&command);
            }
        }
        while world.run(&Command::Redo) > 0 {}
        let last = world.undoable_content();
        while world.run(&UNDO) > 0 {}
        prop_assert_eq!(json(&world.undoable_content()), json(&first));
        while world.run(&Command::Redo) > 0 {}
        prop_assert_eq!(json(&world.undoable_content()), json(&last));
    }

    #[test]
    fn what_is_undone_is_as_if_it_had_never_been(
        mut requests in prop::collection::vec(request(), 1..40), event: u8
    ) {
        // What the service has added to a series goes with it: `tests/series.rs`. What it notes of a goal is the whole state of the goal.
        requests.retain(|request| !matches!(request, Request::Extend { .. } | Request::TendGoals { .. }));
        let mut world = World::after(&requests);
        let Some(txn) = world.event(event).map(|event| event.txn) else { return Ok(()) };
        let before = world.seen();
        if world.run(&Command::Undo { txn: Some(txn) }) == 0 {
            return Ok(());
        }
        let stands = |event: &&Event| {
            !matches!(event.kind, EventKind::Undone { .. } | EventKind::Redone { .. })
                // The proposal of a run stays when what was accepted with it is undone.
                && (world.session.timeline().undone_by(event.txn).is_none() || !event.is_undoable())
        };
        let mut without = Timeline::default();
        world.session.log().iter().filter(stands).for_each(|event| without.apply(event));
        // Which plan is active is the person's last choice, and stays. A later event of a series carries all exceptions, also the one
        // that is taken back.
        let blind = |mut content: Content| {
            content.series.iter_mut().for_each(|series| series.except.clear());
            seen(Content { active_plan: None, ..content })
        };
        prop_assert_eq!(blind(world.content()), blind(without.content()));
        prop_assert!(world.content().plans.iter().any(|plan| Some(plan.id) == world.content().active_plan));
        prop_assert!(world.run(&Command::Redo) > 0);
        prop_assert_eq!(world.seen(), before);
    }

    #[test]
    fn the_active_plan_is_in_use_after_every_event(requests in prop::collection::vec(request(), 0..60)) {
        let world = World::after(&requests);
        let mut timeline = Timeline::default();
        for (index, event) in world.session.log().iter().enumerate() {
            timeline.apply(event);
            // Before the second event, the first plan is not the active one yet.
            prop_assert!(index == 0 || timeline.active_plan().is_some_and(flux_timeline::Plan::is_in_use));
        }
    }

    #[test]
    fn archived_plans_take_up_no_time(requests in prop::collection::vec(request(), 0..60)) {
        let world = World::after(&requests);
        let content = world.content();
        let in_use = |block: &&flux_timeline::Block| {
            content.plans.iter().any(|plan| plan.id == block.plan && plan.is_in_use())
        };
        let (from, to) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        let expected: Vec<Span> =
            content.blocks.iter().filter(in_use).filter(|block| block.is_open()).filter_map(|block| block.span).collect();
        prop_assert_eq!(world.session.timeline().busy(from, to), expected);
    }

    #[test]
    fn any_moment_can_be_restored_and_the_restoration_undone(
        requests in prop::collection::vec(request(), 1..40), event: u8
    ) {
        let mut world = World::after(&requests);
        // The first event creates the first plan and the second makes it active. Before that there is no timeline.
        let seq = world.event(event).map_or(2, |event| event.seq.max(2));
        let (then, before) = (seen(world.session.content_at(seq)), world.seen());
        let events = world.run(&Command::Restore { seq });
        prop_assert_eq!(world.seen(), then.clone());
        prop_assert_eq!(events == 0, then == before);
        if events > 0 {
            prop_assert!(world.run(&UNDO) > 0);
            prop_assert_eq!(world.seen(), before);
        }
    }

    #[test]
    fn handles_are_never_given_twice(requests in prop::collection::vec(request(), 0..80)) {
        let world = World::after(&requests);
        let mut given: Vec<_> = world.session.log().iter().filter_map(|event| match &event.kind {
            EventKind::BlockScheduled { block } => Some((block.handle, block.id)),
            _ => None,
        }).collect();
        // A block that is brought back is the same block.
        given.sort();
        given.dedup();
        prop_assert!(given.windows(2).all(|pair| matches!(pair, [one, other] if one.0 != other.0)));
    }

    #[test]
    fn an_event_followed_by_its_inverse_changes_nothing(requests in prop::collection::vec(request(), 0..40)) {
        let world = World::after(&requests);
        let mut timeline = Timeline::default();
        for event in world.session.log() {
            let before = timeline.content();
            timeline.apply(event);
            if let Some(inverse) = event.kind.inverse() {
                let after = timeline.content();
                timeline.apply(&Event { kind: inverse, ..event.clone() });
                prop_assert_eq!(json(&timeline.content()), json(&before));
                timeline.apply(event);
                prop_assert_eq!(json(&timeline.content()), json(&after));
            }
        }
    }

    #[test]
    fn a_part_of_a_timeline_takes_any_event_without_panic(
        requests in prop::collection::vec(request(), 0..40), skipped in 0usize..40
    ) {
        let world = World::after(&requests);
        let mut part = Timeline::default();
        for event in world.session.log().iter().skip(skipped) {
            part.apply(event);
        }
        prop_assert_eq!(part.seq(), if skipped < world.session.log().len() { world.session.log().len() as u64 } else { 0 });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_adds_its_tasks_at_most_once_and_never_after_its_end(requests in prop::collection::vec(request(), 0..80)) {
        let mut world = World::new();
        for request in &requests {
            if let Some(command) = command(&mut world, request) {
                world.run(&command);
            }
            prop_assert!(world.session.timeline().running().len() <= flux_timeline::limits::RUNS_AT_ONCE);
        }
        let mut over = std::collections::BTreeSet::new();
        for event in world.session.log() {
            match &event.kind {
                EventKind::BlockScheduled { .. } if matches!(event.actor, Actor::Workflow { .. }) => {
                    prop_assert!(!over.contains(&event.txn), "added after the end");
                }
                EventKind::WorkflowCompleted(change) | EventKind::WorkflowCancelled(change) => {
                    prop_assert!(over.insert(change.run.txn()), "two ends");
                }
                _ => {}
            }
        }
    }
}
