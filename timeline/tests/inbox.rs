//! Tasks without a time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use desk::{Desk, at, span};
use flux_timeline::command::{BlockUpdate, NewBlock, OverdueTasks, SettingsUpdate};
use flux_timeline::decide::{Did, Outcome};
use flux_timeline::reference::BlockRef;
use flux_timeline::{Block, BlockQuery, Command, Kind, Span, Zone};

fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// The titles of the blocks that fit.
fn titles(desk: &Desk, query: &BlockQuery) -> Vec<String> {
    desk.blocks(query).iter().map(|block| block.title.to_string()).collect()
}

#[test]
fn a_task_without_a_time_is_in_the_inbox_and_takes_up_no_time() {
    let mut desk = Desk::new();
    let milk = desk.add("Buy milk", |new| (new.minutes, new.due) = (Some(30), date("2026-03-06"))).unwrap();
    desk.add("Report", |new| (new.span, new.minutes) = (span("03-02T11:00", 60), Some(30))).unwrap();
    assert!(milk.is_in_inbox() && !milk.is_overdue(at("12-31T00:00"), Zone::UTC));
    assert_eq!(milk.length(), Some(TimeDelta::minutes(30)));
    assert_eq!(titles(&desk, &BlockQuery::default()), ["Buy milk", "Report"]);
    assert_eq!(titles(&desk, &BlockQuery::inbox(Some(milk.plan))), ["Buy milk"]);
    let timed = BlockQuery { has_time: Some(true), ..BlockQuery::default() };
    assert_eq!(titles(&desk, &timed), ["Report"], "which has a length and no estimate");
    let bounded = [
        BlockQuery { starts_before: Some(DateTime::<Utc>::MAX_UTC), ..BlockQuery::default() },
        BlockQuery { ends_after: Some(at("03-02T10:00")), ..BlockQuery::default() },
        BlockQuery { ends_by: Some(DateTime::<Utc>::MAX_UTC), ..BlockQuery::default() },
    ];
    for query in bounded {
        assert_eq!(titles(&desk, &query), ["Report"]);
    }
    assert_eq!(desk.session.timeline().busy(at("03-01T00:00"), at("03-09T00:00")), [span("03-02T11:00", 60).unwrap()]);
    desk.complete("milk");
    assert_eq!(titles(&desk, &BlockQuery::inbox(Some(milk.plan))), [""; 0]);
}

#[test]
fn it_gets_a_time_and_loses_it_again() {
    let mut desk = Desk::new();
    desk.add("Buy milk", |new| (new.minutes, new.due) = (Some(45), date("2026-03-06"))).unwrap();
    let start = BlockUpdate { start: Some(at("03-02T12:00")), ..BlockUpdate::default() };
    let (did, block) = desk.update("milk", start.clone()).unwrap();
    assert_eq!((did, block.span, block.minutes), (Did::Moved, span("03-02T12:00", 45), None));
    assert_eq!(block.due, date("2026-03-06"), "which stays");
    let (did, block) = desk.update("milk", BlockUpdate { unschedule: true, ..BlockUpdate::default() }).unwrap();
    assert_eq!((did, block.span, block.minutes), (Did::Moved, None, Some(45)));
    let (did, _) = desk.update("milk", BlockUpdate { unschedule: true, ..BlockUpdate::default() }).unwrap();
    assert_eq!(did, Did::Nothing);
    let (did, block) = desk.update("milk", BlockUpdate { length: Some(None), ..BlockUpdate::default() }).unwrap();
    assert_eq!((did, block.minutes), (Did::Updated, None));
    desk.undo();
    for expected in [span("03-02T12:00", 45), None] {
        desk.undo();
        assert_eq!(desk.blocks(&BlockQuery::default())[0].span, expected);
    }
    desk.add("Sweep", |_| {}).unwrap();
    let (_, block) = desk.update("sweep", start).unwrap();
    assert_eq!(block.span, span("03-02T12:00", 60), "an hour without an estimate");
}

#[test]
fn the_length_of_a_task_without_a_time_is_its_estimate() {
    let mut desk = Desk::new();
    desk.add("Buy milk", |_| {}).unwrap();
    let length = |minutes| BlockUpdate { length: Some(Some(TimeDelta::minutes(minutes))), ..BlockUpdate::default() };
    let (did, block) = desk.update("milk", length(20)).unwrap();
    assert_eq!((did, block.span, block.minutes), (Did::Updated, None, Some(20)));
    assert!(desk.update("milk", length(20_161)).unwrap_err().contains("1 to 20160 minutes. Nothing was changed"));
    assert!(desk.add("Nothing", |new| new.minutes = Some(0)).is_err());
    let end = BlockUpdate { end: Some(at("03-02T12:00")), ..BlockUpdate::default() };
    assert!(desk.update("milk", end).unwrap_err().contains("has no time yet. Nothing was changed"));
}

#[test]
fn an_estimate_is_removed_but_not_the_length_of_a_time() {
    let mut desk = Desk::new();
    desk.add("Buy milk", |new| new.minutes = Some(30)).unwrap();
    let none = BlockUpdate { length: Some(None), ..BlockUpdate::default() };
    let (did, block) = desk.update("milk", none.clone()).unwrap();
    assert_eq!((did, block.length()), (Did::Updated, None));
    assert_eq!(desk.update("milk", none.clone()).unwrap().0, Did::Nothing);
    desk.undo();
    assert_eq!(desk.blocks(&BlockQuery::default())[0].minutes, Some(30));
    let start = BlockUpdate { start: Some(at("03-02T12:00")), ..none.clone() };
    let refused = desk.update("milk", start).unwrap_err();
    assert!(refused.contains("“Buy milk” has a time, so it has a length. Nothing was changed"), "{refused}");
    desk.task("Report", "03-02T11:00", 60);
    assert!(desk.update("report", none.clone()).is_err());
    let (did, block) = desk.update("report", BlockUpdate { unschedule: true, ..none }).unwrap();
    assert_eq!((did, block.span, block.minutes), (Did::Moved, None, None), "without a time and an estimate at once");
}

#[test]
fn an_appointment_has_a_time_and_no_other_days() {
    let mut desk = Desk::new();
    let refused = desk.add("Lunch", |new| new.kind = Kind::Appointment).unwrap_err();
    assert!(refused.contains("is an appointment, which has a time. Nothing was changed"), "{refused}");
    let lunch = |new: &mut NewBlock| (new.kind, new.span) = (Kind::Appointment, span("03-02T11:00", 60));
    let refused = desk.add("Lunch", |new| {
        lunch(new);
        new.due = date("2026-03-06");
    });
    assert!(refused.unwrap_err().contains("is not due"));
    desk.add("Lunch", lunch).unwrap();
    let unschedule = BlockUpdate { unschedule: true, ..BlockUpdate::default() };
    assert!(desk.update("Lunch", unschedule.clone()).is_err());
    // Both at once: it is a task before it loses its time, and has one before it is an appointment.
    let (_, block) = desk.update("Lunch", BlockUpdate { kind: Some(Kind::Task), ..unschedule }).unwrap();
    assert!(block.is_in_inbox());
    desk.update("Lunch", BlockUpdate { due: Some(date("2026-03-06")), ..BlockUpdate::default() }).unwrap();
    let appointment = BlockUpdate { kind: Some(Kind::Appointment), ..BlockUpdate::default() };
    assert!(desk.update("Lunch", appointment.clone()).is_err());
    let start = Some(at("03-02T13:00"));
    let (_, block) = desk.update("Lunch", BlockUpdate { start, ..appointment }).unwrap();
    assert_eq!((block.kind, block.span, block.due), (Kind::Appointment, span("03-02T13:00", 60), None));
}

#[test]
fn a_task_is_not_due_before_its_first_day() {
    let mut desk = Desk::new();
    let (first, due) = (date("2026-03-06"), date("2026-03-05"));
    let refused = desk.add("Buy milk", |new| (new.not_before, new.due) = (first, due)).unwrap_err();
    assert!(refused.contains("Nothing was changed"), "{refused}");
    desk.add("Buy milk", |new| (new.not_before, new.due) = (first, first)).unwrap();
    assert!(desk.update("milk", BlockUpdate { due: Some(due), ..BlockUpdate::default() }).is_err());
    let (_, block) = desk.update("milk", BlockUpdate { not_before: Some(None), ..BlockUpdate::default() }).unwrap();
    assert_eq!((block.not_before, block.due), (None, first));
}

/// The times that the named tasks get, or why none does.
fn placed(desk: &mut Desk, named: &[&str]) -> Result<Vec<String>, String> {
    placed_until(desk, named, None)
}

/// The same up to a last day.
fn placed_until(desk: &mut Desk, named: &[&str], until: Option<NaiveDate>) -> Result<Vec<String>, String> {
    let tasks = OverdueTasks::Named(named.iter().map(|text| BlockRef::from(*text)).collect());
    let outcome = desk.run(&Command::RescheduleOverdue { tasks, until })?.1;
    let Outcome::Rescheduled { blocks, left_out, .. } = outcome else { panic!("{named:?}") };
    let when = |block: &Block| format!("{} {}", block.span.unwrap().start().format("%a %H:%M"), block.title);
    let left_out = left_out.into_iter().map(|task| format!("{}: {}", task.title, task.why));
    Ok(blocks.iter().map(when).chain(left_out).collect())
}

#[test]
fn named_tasks_of_the_inbox_get_the_next_free_times_as_one_change() {
    let mut desk = Desk::new();
    desk.task("Workshop", "03-02T10:00", 360);
    desk.task("Report", "02-27T15:00", 60);
    desk.add("Buy milk", |new| new.minutes = Some(30)).unwrap();
    desk.add("Taxes", |new| (new.minutes, new.not_before) = (Some(120), date("2026-03-05"))).unwrap();
    let before = desk.session.timeline().content().blocks;
    assert_eq!(
        placed(&mut desk, &["taxes", "milk", "report"]),
        Ok(["Mon 16:05 Buy milk", "Mon 16:40 Report", "Thu 09:00 Taxes"].map(str::to_owned).to_vec())
    );
    assert!(desk.blocks(&BlockQuery::default()).iter().all(|block| block.minutes.is_none()));
    desk.undo();
    assert_eq!(desk.session.timeline().content().blocks, before);
    let overdue = desk.reschedule(&[]).unwrap().0;
    assert_eq!(overdue.len(), 1, "those without a time are moved only when they are named");
}

#[test]
fn a_task_is_placed_by_the_day_on_which_it_is_due() {
    let mut desk = Desk::new();
    desk.task("Workshop", "03-02T10:00", 470);
    desk.add("Buy milk", |new| (new.minutes, new.due) = (Some(60), date("2026-03-02"))).unwrap();
    let refused = placed(&mut desk, &["milk"]).unwrap_err();
    assert!(refused.contains("no room for it by Mon 2 Mar, when it is due. Nothing was changed"), "{refused}");
    desk.update("milk", BlockUpdate { due: Some(date("2026-03-03")), ..BlockUpdate::default() }).unwrap();
    assert_eq!(placed(&mut desk, &["milk"]), Ok(vec!["Tue 09:00 Buy milk".to_owned()]));
    desk.add("Late", |new| new.due = date("2026-02-20")).unwrap();
    assert_eq!(placed(&mut desk, &["late"]), Ok(vec!["Tue 10:05 Late".to_owned()]), "as soon as possible");
}

#[test]
fn what_does_not_fit_by_the_last_day_stays_without_a_time() {
    let mut desk = Desk::new();
    desk.task("Workshop", "03-02T10:00", 360);
    desk.add("Buy milk", |new| new.minutes = Some(60)).unwrap();
    desk.add("Read", |new| new.minutes = Some(90)).unwrap();
    desk.add("Taxes", |new| new.not_before = date("2026-03-04")).unwrap();
    desk.add("Bake", |new| (new.minutes, new.due) = (Some(90), date("2026-03-02"))).unwrap();
    let all = ["milk", "read", "taxes", "bake"];
    assert_eq!(
        placed_until(&mut desk, &all, date("2026-03-02")),
        Ok([
            "Mon 16:05 Buy milk",
            "Read: There is no room for it by Mon 2 Mar.",
            "Taxes: It cannot be done before Wed 4 Mar.",
            "Bake: There is no room for it by Mon 2 Mar, when it is due.",
        ]
        .map(str::to_owned)
        .to_vec())
    );
    let refused = placed_until(&mut desk, &["read"], date("2026-03-02")).unwrap_err();
    assert!(refused.contains("no room for it by Mon 2 Mar. Nothing was changed"), "{refused}");
    assert_eq!(placed_until(&mut desk, &["read"], date("2026-03-03")), Ok(vec!["Tue 09:00 Read".to_owned()]));
    let refused = placed_until(&mut desk, &["taxes"], date("2026-03-01")).unwrap_err();
    assert_eq!(refused, "This deadline is over already. Nothing was changed; give a later one, or none.");
    assert_eq!(placed_until(&mut desk, &["taxes"], date("2026-03-04")), Ok(vec!["Wed 09:00 Taxes".to_owned()]));
}

#[test]
fn the_last_day_is_one_of_the_persons_zone() {
    let mut desk = Desk::new();
    let zone = Zone::new("Pacific/Auckland").ok();
    desk.run(&Command::ChangeSettings(SettingsUpdate { time_zone: zone, ..SettingsUpdate::default() })).unwrap();
    // Half past nine on Tuesday.
    desk.now = at("03-02T20:30");
    desk.add("Buy milk", |new| new.minutes = Some(60)).unwrap();
    assert!(placed_until(&mut desk, &["milk"], date("2026-03-02")).unwrap_err().contains("over already"));
    assert_eq!(placed_until(&mut desk, &["milk"], date("2026-03-03")), Ok(vec!["Mon 20:30 Buy milk".to_owned()]));
}

#[test]
fn what_can_begin_only_in_a_year_keeps_clear_of_what_is_planned_then() {
    let mut desk = Desk::new();
    desk.add("Check-up", |new| new.not_before = date("2027-02-15")).unwrap();
    desk.add("Fair", |new| {
        new.kind = Kind::Appointment;
        new.span = Span::starting("2027-02-15T09:00:00Z".parse().unwrap(), TimeDelta::hours(3)).ok();
    })
    .unwrap();
    assert_eq!(placed(&mut desk, &["check-up"]), Ok(vec!["Mon 12:05 Check-up".to_owned()]));
    desk.add("Later", |new| new.not_before = date("2027-06-01")).unwrap();
    assert!(placed(&mut desk, &["later"]).unwrap_err().contains("too far ahead"));
}

#[test]
fn what_needs_no_time_any_more_is_left_out_if_it_was_chosen_by_its_id() {
    let mut desk = Desk::new();
    let ids = ["Bread", "Eggs"].map(|title| BlockRef::Id(desk.add(title, |_| {}).unwrap().id));
    let place = Command::RescheduleOverdue { tasks: OverdueTasks::Named(ids.to_vec()), until: None };
    desk.complete("bread");
    assert_eq!(desk.run(&place).unwrap().0.len(), 1);
    assert!(desk.run(&place).unwrap_err().contains("neither an overdue task nor one without a time"));
}

#[test]
fn suggested_times_are_taken_as_one_change_unless_they_have_passed() {
    let mut desk = Desk::new();
    let [milk, taxes, bread] = ["Milk", "Taxes", "Bread"].map(|title| desk.add(title, |_| {}).unwrap().id);
    desk.update("taxes", BlockUpdate { length: Some(Some(TimeDelta::hours(2))), ..BlockUpdate::default() }).unwrap();
    let before = desk.session.timeline().content().blocks;
    let starts = vec![(taxes, at("03-04T09:00")), (milk, at("03-03T10:00")), (bread, at("03-01T10:00"))];
    let (events, outcome) = desk.run(&Command::PlaceTasks(starts)).unwrap();
    assert_eq!(events.len(), 2);
    let Outcome::Rescheduled { blocks, left_out, more: 0 } = outcome else { panic!("{outcome:?}") };
    let spans: Vec<_> = blocks.iter().map(|block| block.span).collect();
    assert_eq!(spans, [span("03-03T10:00", 60), span("03-04T09:00", 120)], "each as long as it takes");
    assert_eq!(left_out.len(), 1);
    assert_eq!((left_out[0].title.as_str(), left_out[0].why.contains("has passed")), ("Bread", true));
    desk.undo();
    assert_eq!(desk.session.timeline().content().blocks, before);

    // What has a time by now keeps it.
    desk.run(&Command::PlaceTasks(vec![(milk, at("03-03T10:00"))])).unwrap();
    let refused = desk.run(&Command::PlaceTasks(vec![(milk, at("03-05T10:00"))])).unwrap_err();
    assert!(refused.contains("Nothing was changed"), "{refused}");
    assert!(desk.run(&Command::PlaceTasks(Vec::new())).is_err());
    let late = desk.run(&Command::PlaceTasks(vec![(bread, at("03-01T10:00"))])).unwrap_err();
    assert!(late.contains("has passed") && late.contains("Nothing was changed"), "{late}");
}
