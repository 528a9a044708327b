//! Reminders: the job that lets them come, what connections are sent, and what becomes of one.

use chrono::TimeDelta;
use flux_timeline::ReadHistory;
use serde_json::json;

use super::world::{Tab, World};

const MINUTE: u64 = 60_000;

/// Schedules a block with reminders of its own, or with none, and returns its id.
fn schedule(world: &mut World, tab: &Tab, title: &str, start: &str, before: Option<&[u32]>) -> String {
    let mut argument = json!({"title": title, "startTime": start, "durationMinutes": 30});
    if let Some(before) = before {
        argument["remindMinutesBefore"] = json!(before);
    }
    world.done(tab, "scheduleBlock", argument)["block"]["id"].as_str().unwrap().to_owned()
}

/// When the next reminder comes.
fn due(world: &World) -> Option<String> {
    let jobs = world.agent.store().jobs().unwrap();
    jobs.iter().find(|job| job.kind == "reminders").map(|job| job.due.format("%d %H:%M").to_string())
}

/// The reminders in the last such frame that the tab has got since it was last asked.
fn reminded(tab: &Tab) -> Option<Vec<String>> {
    let frames = tab.received();
    let frame = frames.iter().rfind(|frame| frame["type"] == "flux_reminders")?;
    let titles = frame["reminders"].as_array().unwrap().iter();
    Some(titles.map(|reminder| reminder["block"]["title"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn a_reminder_comes_once_at_its_time_and_stays_until_it_is_dealt_with() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let id = schedule(&mut world, &tab, "Dentist", "2026-03-03T12:00", Some(&[60, 10]));
    assert_eq!(due(&world).as_deref(), Some("03 11:00"));
    assert_eq!(world.alarm().map(|at| at.format("%d %H:%M").to_string()).as_deref(), Some("03 11:00"));
    tab.received();
    world.ring();
    assert_eq!(reminded(&tab), Some(vec!["Dentist".to_owned()]));
    assert_eq!(due(&world).as_deref(), Some("03 11:50"));

    // It is there for who comes later, and after a restart, but does not come again.
    let mut world = world.restarted();
    let tab = world.connect_as(true, None);
    assert_eq!(reminded(&tab), Some(vec!["Dentist".to_owned()]));
    world.ring();
    assert_eq!(reminded(&tab), Some(vec!["Dentist".to_owned()]), "the second one replaces the first");
    assert_eq!(due(&world).as_deref(), Some("04 11:50"), "a day later it is deleted");

    let other = world.connect_as(true, None);
    other.received();
    let answer = world.done(&tab, "dismissReminder", json!({"id": id}));
    assert_eq!(answer["summary"], "The reminder is gone.");
    assert_eq!((reminded(&tab), reminded(&other)), (Some(vec![]), Some(vec![])), "all tabs are told");
    let answer = world.done(&tab, "dismissReminder", json!({"id": id}));
    assert_eq!(answer["summary"], "This reminder is gone already; nothing was changed.");
    let newcomer = world.connect_as(true, None);
    assert_eq!(reminded(&newcomer), None);
    world.ring();
    assert_eq!(due(&world), None);
}

#[test]
fn a_reminder_that_nobody_deals_with_is_gone_a_day_later() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    schedule(&mut world, &tab, "Dentist", "2026-03-03T12:00", Some(&[10]));
    world.ring();
    assert_eq!(reminded(&tab), Some(vec!["Dentist".to_owned()]));
    world.ring();
    assert_eq!((reminded(&tab), due(&world)), (Some(vec![]), None));
}

#[test]
fn a_reminder_that_is_put_off_comes_again() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let id = schedule(&mut world, &tab, "Buy milk", "2026-03-03T18:00", Some(&[0]));
    world.ring();
    world.done(&tab, "snoozeReminder", json!({"id": id, "minutes": 10}));
    assert_eq!(reminded(&tab), Some(vec![]));
    assert_eq!(due(&world).as_deref(), Some("03 18:10"));
    world.ring();
    assert_eq!(reminded(&tab), Some(vec!["Buy milk".to_owned()]));
    for (argument, why) in [
        (json!({"id": id}), "/minutes"),
        (json!({"id": id, "minutes": 0}), "/minutes: expected at least 1"),
        (json!({"id": id, "minutes": 10_081}), "/minutes: expected at most 10080"),
    ] {
        let answer = world.call(&tab, "snoozeReminder", argument).to_string();
        assert!(answer.contains(why), "{answer}");
    }
}

#[test]
fn a_reminder_is_snoozed_by_a_title_or_without_a_name_if_it_is_the_only_one() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let refused = world.call(&tab, "snoozeReminder", json!({"minutes": 10}));
    assert_eq!(refused["error"], "No such reminder waits. Nothing was changed.");
    schedule(&mut world, &tab, "Buy milk", "2026-03-03T18:00", Some(&[0]));
    world.ring();
    let answer = world.done(&tab, "snoozeReminder", json!({"minutes": 10}));
    assert_eq!(answer["summary"], "The reminder of “Buy milk” (B1) comes again Tue 3 Mar, 18:10.");
    // A reminder that is snoozed already does not wait, but can be named.
    assert_eq!(world.call(&tab, "snoozeReminder", json!({"minutes": 5}))["success"], false);
    assert_eq!(world.done(&tab, "snoozeReminder", json!({"id": "milk", "minutes": 5}))["ok"], true);
    assert_eq!(due(&world).as_deref(), Some("03 18:05"));
    schedule(&mut world, &tab, "Call Ana", "2026-03-03T18:06", Some(&[0]));
    world.ring();
    world.ring();
    let last = world.agent.store().last_seq().unwrap();
    let refused = world.call(&tab, "snoozeReminder", json!({"minutes": 10}));
    let why = refused["error"].as_str().unwrap();
    assert!(why.starts_with("Several reminders wait: ") && why.ends_with("Nothing was changed; say which."), "{why}");
    assert_eq!(reminded(&tab).map(|titles| titles.len()), Some(2));
    assert_eq!(world.done(&tab, "snoozeReminder", json!({"id": "B2", "minutes": 60}))["ok"], true);
    assert_eq!(reminded(&tab), Some(vec!["Buy milk".to_owned()]));
    assert_eq!(world.agent.store().last_seq().unwrap(), last, "the log has no snoozes");
}

#[test]
fn the_assistant_snoozes_a_reminder_and_all_tabs_are_told() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    schedule(&mut world, &tab, "Buy milk", "2026-03-03T18:00", Some(&[0]));
    world.ring();
    let other = world.connect_as(true, None);
    assert_eq!(reminded(&other), Some(vec!["Buy milk".to_owned()]));
    world.say(&tab, "r1", "remind me again in 10 minutes");
    world.model_calls("c1", "snoozeReminder", &json!({"minutes": 10}));
    world.model_answers("Later, then.");
    assert_eq!((reminded(&tab), reminded(&other)), (Some(vec![]), Some(vec![])));
    assert_eq!(due(&world).as_deref(), Some("03 18:10"));
    assert_eq!(world.alarm().map(|at| at.format("%d %H:%M").to_string()).as_deref(), Some("03 18:10"));
    // An undo takes back the last change of the timeline, which this is not.
    assert_eq!(world.done(&tab, "undo", json!({}))["summary"], "Undone: scheduled “Buy milk” (B1).");
}

#[test]
fn what_is_done_moved_or_deleted_does_not_remind() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    schedule(&mut world, &tab, "Done", "2026-03-03T09:00", Some(&[10]));
    schedule(&mut world, &tab, "Moved", "2026-03-03T09:00", Some(&[10]));
    schedule(&mut world, &tab, "Deleted", "2026-03-03T09:00", Some(&[10]));
    schedule(&mut world, &tab, "Stays", "2026-03-03T09:00", Some(&[10]));
    world.done(&tab, "completeBlock", json!({"id": "Done"}));
    world.done(&tab, "updateBlock", json!({"id": "Moved", "updates": {"startTime": "2026-03-03T15:00"}}));
    world.done(&tab, "deleteBlock", json!({"id": "Deleted"}));
    world.ring();
    assert_eq!(reminded(&tab), Some(vec!["Stays".to_owned()]));
    assert_eq!(due(&world).as_deref(), Some("03 14:50"));
    // Undoing brings its reminder back.
    world.done(&tab, "undo", json!({}));
    world.done(&tab, "undo", json!({}));
    world.done(&tab, "redo", json!({}));
    assert_eq!(due(&world).as_deref(), Some("03 14:50"));
    // One that has come is gone with its block, in all tabs.
    let other = world.connect_as(true, None);
    other.received();
    world.done(&tab, "completeBlock", json!({"id": "Stays"}));
    assert_eq!(reminded(&other), Some(vec![]));
    let newcomer = world.connect_as(true, None);
    assert_eq!(reminded(&newcomer), None);
}

#[test]
fn the_settings_remind_of_all_blocks_without_reminders_of_their_own() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    schedule(&mut world, &tab, "Gym", "2026-03-03T12:00", None);
    schedule(&mut world, &tab, "Never", "2026-03-03T11:00", Some(&[]));
    assert_eq!(due(&world), None);
    let settings = world.done(&tab, "setSettings", json!({"remindMinutes": 15}));
    assert_eq!(settings["remindMinutes"], 15);
    assert_eq!(due(&world).as_deref(), Some("03 11:45"));
    schedule(&mut world, &tab, "Call", "2026-03-03T10:00", None);
    assert_eq!(due(&world).as_deref(), Some("03 09:45"));
    assert_eq!(world.alarm().map(|at| at.format("%H:%M").to_string()).as_deref(), Some("09:45"));
    world.done(&tab, "createPlan", json!({"title": "Home"}));
    world.done(&tab, "archivePlan", json!({"id": "My plan"}));
    world.ring();
    assert_eq!(reminded(&tab), Some(vec![]), "a plan in the archive does not remind");
    assert_eq!(due(&world), None);
    world.done(&tab, "unarchivePlan", json!({"id": "My plan"}));
    assert_eq!(due(&world).as_deref(), Some("03 11:45"), "what was due meanwhile is not made up for");
    world.done(&tab, "shiftTimeline", json!({"after": "2026-03-03T00:00", "byMinutes": 60, "plan": "My plan"}));
    assert_eq!(due(&world).as_deref(), Some("03 10:45"), "the call is at eleven now");
    world.done(&tab, "setSettings", json!({"remindMinutes": null}));
    assert_eq!(due(&world), None);
}

#[test]
fn reminders_wait_for_the_end_of_quiet_hours() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.done(&tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    schedule(&mut world, &tab, "Flight", "2026-03-04T12:00", Some(&[720]));
    assert_eq!(due(&world).as_deref(), Some("03 23:00"));
    let settings = world.done(&tab, "setSettings", json!({"quietHours": {"from": "22:00", "to": "07:00"}}));
    assert_eq!(settings["quietHours"], json!({"from": "22:00", "to": "07:00"}));
    assert_eq!(due(&world).as_deref(), Some("04 06:00"));
    for (quiet, why) in [
        (json!({"from": "07:00", "to": "07:00"}), "Quiet hours must end at another time than they begin."),
        (json!({"from": "25:00", "to": "07:00"}), "not a time of day"),
        (json!("at night"), "from"),
    ] {
        let answer = world.call(&tab, "setSettings", json!({"quietHours": quiet})).to_string();
        assert!(answer.contains(why), "{answer}");
    }
    world.done(&tab, "setSettings", json!({"quietHours": null}));
    assert_eq!(due(&world).as_deref(), Some("03 23:00"));
}

#[test]
fn what_is_all_day_reminds_at_nine_of_its_first_day_wherever_the_person_is() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.done(&tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    let trip = json!({"title": "Trip", "kind": "appointment", "firstDay": "2026-03-05", "lastDay": "2026-03-07",
        "remindMinutesBefore": [1440, 0]});
    world.done(&tab, "scheduleBlock", trip);
    assert_eq!(due(&world).as_deref(), Some("04 08:00"), "nine o'clock in Oslo");
    for (zone, at) in [("America/New_York", "04 14:00"), ("Asia/Tokyo", "04 00:00"), ("Europe/Oslo", "04 08:00")] {
        world.done(&tab, "setSettings", json!({"timeZone": zone}));
        assert_eq!(due(&world).as_deref(), Some(at), "{zone}");
    }
    world.done(&tab, "setSettings", json!({"quietHours": {"from": "22:00", "to": "10:30"}}));
    assert_eq!(due(&world).as_deref(), Some("04 09:30"), "the end of the quiet hours");
    world.done(&tab, "setSettings", json!({"quietHours": null}));
    world.ring();
    assert_eq!((reminded(&tab), due(&world).as_deref()), (Some(vec!["Trip".to_owned()]), Some("05 08:00")));
    world.done(&tab, "updateBlock", json!({"id": "Trip", "updates": {"firstDay": "2026-03-10"}}));
    world.ring();
    assert_eq!((reminded(&tab), due(&world).as_deref()), (Some(vec![]), Some("09 08:00")), "with its days");
    world.done(&tab, "updateBlock", json!({"id": "Trip", "updates": {"startTime": "2026-03-10T18:00"}}));
    world.ring();
    assert_eq!((reminded(&tab), due(&world).as_deref()), (Some(vec![]), Some("09 17:00")), "with its time");
}

#[test]
fn a_reminder_that_comes_late_is_left_out_if_it_is_of_no_use() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    schedule(&mut world, &tab, "Report", "2026-03-03T09:00", Some(&[10]));
    let meeting = json!({"title": "Meeting", "kind": "appointment", "startTime": "2026-03-03T09:00",
        "durationMinutes": 30, "remindMinutesBefore": [10]});
    world.done(&tab, "scheduleBlock", meeting);
    schedule(&mut world, &tab, "Next week", "2026-03-10T09:00", Some(&[10]));
    world.pass(25 * 60 * MINUTE);
    let world = world.restarted();
    let tab = world.connect_as(true, None);
    assert_eq!(reminded(&tab), Some(vec!["Report".to_owned()]), "the meeting is over, but the report is to be written");
    assert_eq!(due(&world).as_deref(), Some("04 08:50"));
    world.ring();
    assert_eq!(due(&world).as_deref(), Some("10 08:50"));
}

#[test]
fn a_reminder_whose_time_has_passed_is_not_promised() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let soon = (world.now() + TimeDelta::minutes(5)).to_rfc3339();
    let argument = json!({"title": "Call", "startTime": soon, "remindMinutesBefore": [10]});
    let done = world.done(&tab, "scheduleBlock", argument);
    assert!(done["summary"].as_str().unwrap().ends_with("The time of its reminder has passed already."), "{done}");
    assert_eq!(due(&world), None);
}

#[test]
fn a_job_that_fails_loses_no_reminder() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    schedule(&mut world, &tab, "Dentist", "2026-03-03T12:00", Some(&[10]));
    world.pass(26 * 60 * MINUTE);
    tab.received();
    // The first statement reads the jobs, and the second begins the transaction.
    world.statements.asked();
    world.statements.fail_at(4);
    world.ring_if_set();
    assert_eq!((world.statements.is_to_fail(), reminded(&tab)), (false, None));
    assert!(world.all_logged().contains(&json!({"log": "job", "kind": "reminders", "outcome": "failed"})));
    // Neither does a change that looks for the next reminder of all.
    world.done(&tab, "setSettings", json!({"remindMinutes": 5}));
    world.ring();
    assert_eq!(reminded(&tab), Some(vec!["Dentist".to_owned()]));
    assert_eq!(world.agent.store().reminders(world.now(), false).unwrap().len(), 1);
}

#[test]
fn reminders_that_cannot_be_change_nothing() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let before = world.agent.store().last_seq().unwrap();
    for (minutes, why) in [
        (
            json!([10_081]),
            "A reminder can come up to a week before (10080 minutes), not 10081 minutes. Nothing was changed.",
        ),
        (json!([1, 2, 3, 4, 5, 6]), "/remindMinutesBefore"),
        (json!([-5]), "/remindMinutesBefore/0"),
        (json!("soon"), "/remindMinutesBefore"),
    ] {
        let argument = json!({"title": "Gym", "startTime": "2026-03-03T18:00", "remindMinutesBefore": minutes});
        let answer = world.call(&tab, "scheduleBlock", argument).to_string();
        assert!(answer.contains(why), "{answer}");
    }
    assert_eq!(world.agent.store().last_seq().unwrap(), before);
}

#[test]
fn blocks_of_a_series_have_its_reminders() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let gym =
        json!({"title": "Gym", "startTime": "2026-03-03T18:00", "repeat": "every week", "remindMinutesBefore": [30]});
    let done = world.done(&tab, "scheduleBlock", gym);
    assert_eq!(
        done["summary"],
        "Scheduled “Gym” (B1) every Tuesday, first Tue 3 Mar, 18:00–19:00. It reminds you 30 min before."
    );
    world.ring();
    world.ring();
    assert_eq!(due(&world).as_deref(), Some("10 17:30"));
    world.done(&tab, "updateBlock", json!({"id": "B3", "updates": {"remindMinutesBefore": []}, "scope": "all"}));
    let blocks = world.agent.store().content().unwrap().blocks;
    assert!(blocks.iter().skip(1).all(|block| block.reminders.as_ref().is_some_and(|own| own.minutes().is_empty())));
    world.ring();
    assert_eq!(due(&world), None);
}
