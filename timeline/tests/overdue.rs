//! Overdue tasks get new times.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::{DateTime, TimeDelta, Utc};
use desk::{Desk, at};
use flux_timeline::command::OverdueTasks;
use flux_timeline::decide::Outcome;
use flux_timeline::reference::{BlockRef, PlanRef};
use flux_timeline::{BlockId, Command, EventKind, Kind, PlanId, Priority, ReadBlocks, Title, Zone};
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    at("03-02T10:00")
}

#[test]
fn all_overdue_tasks_move_to_free_times_in_one_transaction() {
    let mut desk = Desk::new();
    desk.task("Report", "02-27T15:00", 120);
    desk.block("Taxes", "02-26T10:00", 60, |new| new.priority = Priority::High);
    desk.block("Lunch", "02-27T12:00", 60, |new| new.kind = Kind::Appointment);
    let done = desk.task("Letter", "02-27T10:00", 30);
    desk.run(&Command::CompleteBlock { block: BlockRef::Id(done) }).unwrap();
    desk.task("Meeting", "03-02T11:30", 60);
    let before = desk.session.timeline().content();
    let (events, outcome) = desk.reschedule(&[]).unwrap();
    assert_eq!(desk.ahead(), ["Mon 10:00 Taxes", "Mon 11:30 Meeting", "Mon 12:35 Report"]);
    assert!(events.iter().all(|event| matches!(event, EventKind::BlockMoved(_))) && events.len() == 2);
    let Outcome::Rescheduled { blocks, left_out, more: 0 } = outcome else { panic!("{outcome:?}") };
    assert_eq!(blocks.iter().map(|block| block.title.to_string()).collect::<Vec<_>>(), ["Taxes", "Report"]);
    assert_eq!(left_out, []);
    desk.run(&Command::Undo { txn: None }).unwrap();
    assert_eq!(desk.session.timeline().content().blocks, before.blocks);
}

/// On Friday evening and at the weekend nobody works, but what was planned for then is not work.
#[test]
fn what_was_outside_the_working_hours_is_placed_whenever_the_person_is_awake() {
    let mut desk = Desk::new();
    desk.task("Work", "02-27T16:30", 90);
    desk.task("Run", "03-01T10:00", 60);
    // The rest of the day is taken up to 18:00.
    desk.task("Workshop", "03-02T10:00", 480);
    desk.reschedule(&[]).unwrap();
    assert_eq!(desk.ahead(), ["Mon 10:00 Workshop", "Mon 18:05 Run", "Tue 09:00 Work"]);
}

#[test]
fn a_task_stays_behind_what_must_be_done_before_it() {
    let mut desk = Desk::new();
    let draft = desk.task("Draft", "02-25T10:00", 60);
    let review = desk.task("Review", "03-03T14:00", 60);
    desk.block("Print", "02-26T10:00", 30, |new| {
        new.priority = Priority::High;
        new.depends_on = vec![BlockRef::Id(draft)];
    });
    desk.block("Send", "02-26T11:00", 30, |new| new.depends_on = vec![BlockRef::Id(review)]);
    desk.reschedule(&[]).unwrap();
    assert_eq!(desk.ahead(), ["Mon 10:00 Draft", "Mon 11:05 Print", "Tue 14:00 Review", "Tue 15:05 Send"]);
}

/// Nothing is placed behind what waits for it, and nothing before what it waits for.
#[test]
fn a_task_stays_before_what_waits_for_it() {
    let mut desk = Desk::new();
    let draft = desk.task("Draft", "02-25T10:00", 60);
    desk.task("Meeting", "03-02T10:00", 60);
    desk.block("Print", "03-02T14:00", 30, |new| new.depends_on = vec![BlockRef::Id(draft)]);
    desk.reschedule(&[]).unwrap();
    assert_eq!(desk.ahead(), ["Mon 10:00 Meeting", "Mon 11:05 Draft", "Mon 14:00 Print"]);

    let mut desk = Desk::new();
    let draft = desk.task("Draft", "02-25T10:00", 60);
    desk.block("Print", "03-02T10:30", 30, |new| new.depends_on = vec![BlockRef::Id(draft)]);
    let why = "No task found a time. “Draft”: There is no room for it before “Print”, which depends on it. Nothing was changed.";
    assert_eq!(desk.reschedule(&[]).unwrap_err(), why);

    let mut desk = Desk::new();
    let draft = desk.task("Draft", "02-25T10:00", 60);
    desk.block("Print", "02-26T10:30", 30, |new| new.depends_on = vec![BlockRef::Id(draft)]);
    let why = "No task found a time. “Print”: It depends on “Draft”, which is overdue, too. Nothing was changed.";
    assert_eq!(desk.reschedule(&["Print"]).unwrap_err(), why);
    desk.reschedule(&["Print", "Draft"]).unwrap();
    assert_eq!(desk.ahead(), ["Mon 10:00 Draft", "Mon 11:05 Print"]);
}

#[test]
fn only_the_named_tasks_move_and_only_if_they_are_overdue() {
    let mut desk = Desk::new();
    desk.task("Report", "02-27T15:00", 120);
    desk.task("Call the bank", "02-27T10:00", 30);
    desk.task("Call the bank", "03-04T10:00", 30);
    desk.block("Lunch", "02-27T12:00", 60, |new| new.kind = Kind::Appointment);
    desk.reschedule(&["Call the bank", "bank"]).unwrap();
    assert_eq!(desk.ahead(), ["Mon 10:00 Call the bank", "Wed 10:00 Call the bank"]);
    for (named, why) in [
        (
            "B3",
            "“Call the bank” is neither an overdue task nor one without a time. Nothing was changed; move it to a time that you name.",
        ),
        (
            "Lunch",
            "“Lunch” is neither an overdue task nor one without a time. Nothing was changed; move it to a time that you name.",
        ),
        (
            "Report2",
            "There is no block “Report2”. Nothing was changed; look it up with its title or handle (such as B12).",
        ),
    ] {
        assert_eq!(desk.reschedule(&["Report", named]).unwrap_err(), why);
    }
    desk.reschedule(&["B1"]).unwrap();
    assert_eq!(desk.reschedule(&[]).unwrap_err(), "No task is overdue. Nothing was changed.");
}

#[test]
fn a_task_that_finds_no_time_stays_and_the_outcome_says_why() {
    let mut desk = Desk::new();
    desk.task("Move house", "02-27T09:00", 1_200);
    let why = "It takes 20 h, which is longer than a day. Split it.";
    assert_eq!(
        desk.reschedule(&[]).unwrap_err(),
        format!("No task found a time. “Move house”: {why} Nothing was changed.")
    );
    let house = desk.session.timeline().content().blocks[0].id;
    desk.block("Unpack", "02-28T10:00", 60, |new| new.depends_on = vec![BlockRef::Id(house)]);
    desk.task("Report", "02-27T15:00", 120);
    let (_, outcome) = desk.reschedule(&[]).unwrap();
    let Outcome::Rescheduled { blocks, left_out, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(blocks.len(), 1);
    let reasons: Vec<String> = left_out.iter().map(|left| format!("{}: {}", left.title, left.why)).collect();
    assert_eq!(reasons, [format!("Move house: {why}"), "Unpack: It depends on a task that found no place.".to_owned()]);
}

fn reschedule(tasks: OverdueTasks) -> Command {
    Command::RescheduleOverdue { tasks, until: None }
}

#[test]
fn all_plans_in_use_or_only_one() {
    let mut desk = Desk::new();
    desk.task("Report", "02-27T15:00", 60);
    let id = PlanId::new(desk.id());
    desk.run(&Command::CreatePlan { id, title: Title::new("Garden").unwrap() }).unwrap();
    desk.task("Rake", "02-27T15:00", 60);
    let id = PlanId::new(desk.id());
    desk.run(&Command::CreatePlan { id, title: Title::new("Old").unwrap() }).unwrap();
    desk.task("Forget", "02-27T15:00", 60);
    desk.run(&Command::ArchivePlan { plan: PlanRef::Id(id) }).unwrap();
    let (events, _) = desk.run(&reschedule(OverdueTasks::OfPlan(PlanRef::from("Garden")))).unwrap();
    assert_eq!((events.len(), desk.ahead()), (1, vec!["Mon 10:00 Rake".to_owned()]));
    desk.run(&Command::Undo { txn: None }).unwrap();
    let (events, _) = desk.run(&reschedule(OverdueTasks::All)).unwrap();
    assert_eq!((events.len(), desk.ahead()), (2, vec!["Mon 10:00 Report".to_owned(), "Mon 11:05 Rake".to_owned()]));
}

#[test]
fn so_many_at_once_are_moved_in_parts() {
    let mut desk = Desk::new();
    for number in 0..203 {
        desk.task(&format!("Task {number}"), "02-27T15:00", 5);
    }
    let (events, outcome) = desk.reschedule(&[]).unwrap();
    assert!(matches!(outcome, Outcome::Rescheduled { more: 3, .. }), "{outcome:?}");
    assert_eq!(events.len(), 200);
    assert_eq!(desk.reschedule(&[]).unwrap().0.len(), 3);
}

proptest! {
    #[test]
    fn new_times_are_free_ahead_and_as_long_as_before(
        blocks in prop::collection::vec((-5_000i64..5_000, 1i64..900, any::<bool>(), prop::option::of(0usize..10)), 1..25)
    ) {
        let mut desk = Desk::new();
        let mut ids: Vec<BlockId> = Vec::new();
        for (start, minutes, is_task, before) in blocks {
            let start = (now() + TimeDelta::minutes(start)).format("%m-%dT%H:%M").to_string();
            let depends_on: Vec<BlockRef> = before.and_then(|index| ids.get(index)).map(|id| BlockRef::Id(*id)).into_iter().collect();
            ids.push(desk.block("Something", &start, minutes, |new| {
                new.depends_on = depends_on;
                new.kind = if is_task { Kind::Task } else { Kind::Appointment };
            }));
        }
        let before = desk.session.timeline().content().blocks;
        let Ok((events, _)) = desk.reschedule(&[]) else { return Ok(()) };
        for event in &events {
            let EventKind::BlockMoved(change) = event else { return Err(TestCaseError::fail(format!("{event:?}"))) };
            let (old, new) = (&change.before, &change.after);
            prop_assert!(old.is_overdue(now(), Zone::UTC) && new.span.unwrap().start() >= now());
            prop_assert_eq!(old.span.unwrap().length(), new.span.unwrap().length());
            let others = desk.session.busy(new.span.unwrap().start(), new.span.unwrap().end()).unwrap();
            prop_assert_eq!(others, [new.span.unwrap()], "nothing else is there");
            for id in &new.depends_on {
                let first = desk.session.block(*id).unwrap().unwrap();
                prop_assert!(!first.is_open() || first.span.unwrap().end() <= new.span.unwrap().start());
            }
            for waits in desk.session.timeline().content().blocks.iter().filter(|block| block.depends_on.contains(&new.id)) {
                let is_ahead = waits.is_to_do() && waits.span.unwrap().start() >= now();
                prop_assert!(!is_ahead || new.span.unwrap().end() <= waits.span.unwrap().start());
            }
        }
        desk.run(&Command::Undo { txn: None }).unwrap();
        prop_assert_eq!(desk.session.timeline().content().blocks, before);
    }
}
