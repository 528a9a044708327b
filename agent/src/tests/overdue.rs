//! New times for overdue tasks: by a call of the model, and each morning.

use serde_json::{Value, json};

use super::world::{Tab, World};
use flux_timeline::ReadHistory;

/// The titles and starts of the blocks, by start.
fn blocks(world: &World) -> Vec<String> {
    let mut blocks = world.agent.store().content().unwrap().blocks;
    blocks.sort_by_key(|block| block.span.unwrap().start());
    blocks.iter().map(|block| format!("{} {}", block.span.unwrap().start().format("%d %H:%M"), block.title)).collect()
}

fn schedule(world: &mut World, tab: &Tab, title: &str, start: &str) {
    world.done(tab, "scheduleBlock", json!({"title": title, "startTime": start, "durationMinutes": 30}));
}

fn morning(world: &World) -> Option<String> {
    let jobs = world.agent.store().jobs().unwrap();
    jobs.iter().find(|job| job.kind == "morning").map(|job| job.due.to_rfc3339())
}

#[test]
fn each_morning_overdue_tasks_get_new_times_if_the_settings_say_so() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    schedule(&mut world, &tab, "Report", "2026-02-27T10:00");
    world.done(&tab, "createPlan", json!({"title": "Home"}));
    schedule(&mut world, &tab, "Curtains", "2026-02-27T19:00");
    assert_eq!(morning(&world), None);

    let settings = world.done(&tab, "setSettings", json!({"rescheduleOverdue": true}));
    assert_eq!(settings["rescheduleOverdue"], true);
    let due = morning(&world).unwrap();
    assert_eq!(world.alarm().map(|at| at.to_rfc3339()), Some(due.clone()));
    assert!(due.ends_with("T04:00:00+00:00"), "five o'clock in Oslo: {due}");
    world.ring();
    let moved = ["03 07:00 Curtains", "03 08:00 Report"];
    assert_eq!(blocks(&world), moved);
    assert!(morning(&world).unwrap() > due);
    let newest = world.agent.store().newest_events(1).unwrap();
    assert_eq!(serde_json::to_value(&newest[0].actor).unwrap(), json!({"by": "system"}));
    let logged = world.all_logged();
    assert!(
        logged.contains(&json!({"log": "events", "type": "BLOCK_MOVED", "by": "system", "number": 2})),
        "{logged:?}"
    );
    assert!(logged.contains(&json!({"log": "job", "kind": "morning", "outcome": "done"})), "{logged:?}");
    assert!(logged.contains(&json!({"log": "socket", "outcome": "opened"})), "{logged:?}");

    world.done(&tab, "undo", json!({}));
    assert_eq!(blocks(&world), ["27 09:00 Report", "27 18:00 Curtains"], "one undo takes all of it back");
    world.done(&tab, "redo", json!({}));
    assert_eq!(blocks(&world), moved);

    world.done(&tab, "setSettings", json!({"rescheduleOverdue": false}));
    assert_eq!(morning(&world), None);
}

#[test]
fn an_all_day_task_is_overdue_after_its_last_day_and_moves_by_whole_days() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "setSettings", json!({"timeZone": "Europe/Oslo", "rescheduleOverdue": true}));
    for (title, kind, first, last) in [
        ("Tax return", "task", "2026-02-27", "2026-02-28"),
        ("Cellar", "task", "2026-03-01", "2026-03-03"),
        ("Fair", "appointment", "2026-02-27", "2026-02-28"),
    ] {
        let block = json!({"title": title, "kind": kind, "firstDay": first, "lastDay": last});
        world.done(&tab, "scheduleBlock", block);
    }
    let days = |world: &World| {
        let blocks = world.agent.store().content().unwrap().blocks.into_iter();
        let mut days: Vec<String> = blocks.map(|block| format!("{:?} {}", block.days.unwrap(), block.title)).collect();
        days.sort();
        days
    };
    let day = |first: &str, last: &str, title: &str| format!("Days {{ first: {first}, last: {last} }} {title}");
    let fair = day("2026-02-27", "2026-02-28", "Fair");
    // On the third, the cellar is not overdue yet.
    world.ring();
    assert_eq!(
        days(&world),
        [fair.clone(), day("2026-03-01", "2026-03-03", "Cellar"), day("2026-03-03", "2026-03-04", "Tax return")]
    );
    world.ring();
    let moved = day("2026-03-04", "2026-03-06", "Cellar");
    assert_eq!(days(&world), [fair, day("2026-03-03", "2026-03-04", "Tax return"), moved]);
}

#[test]
fn a_morning_with_nothing_overdue_changes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "setSettings", json!({"rescheduleOverdue": true}));
    let (last, first) = (world.agent.store().last_seq().unwrap(), morning(&world).unwrap());
    world.ring();
    assert_eq!(world.agent.store().last_seq().unwrap(), last);
    assert!(morning(&world).unwrap() > first);
}

#[test]
fn mornings_follow_the_zone_and_no_other_setting() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "setSettings", json!({"timeZone": "Europe/Oslo", "rescheduleOverdue": true}));
    let oslo = morning(&world).unwrap();
    world.done(&tab, "setSettings", json!({"timeZone": "Asia/Tokyo"}));
    let tokyo = morning(&world).unwrap();
    assert!(oslo.ends_with("T04:00:00+00:00") && tokyo.ends_with("T20:00:00+00:00"), "{oslo}, {tokyo}");
    // A morning that is due is not lost.
    world.pass(2 * 86_400_000);
    world.done(&tab, "setSettings", json!({"hourFormat": "12h"}));
    assert_eq!(morning(&world).unwrap(), tokyo);
}

#[test]
fn a_timeline_that_nobody_uses_is_not_opened_each_morning() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "setSettings", json!({"rescheduleOverdue": true}));
    world.pass(31 * 86_400_000);
    world.ring();
    assert_eq!(morning(&world), None);
    assert!(
        world.restarted().agent.store().jobs().unwrap().iter().any(|job| job.kind == "morning"),
        "until it is opened"
    );
}

#[test]
fn mornings_end_with_the_settings_that_asked_for_them() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "setSettings", json!({"rescheduleOverdue": true}));
    world.done(&tab, "deleteEverything", json!({"confirm": "everything"}));
    assert_eq!(morning(&world), None);
}

/// The model calls the tool, the person is asked, and says yes.
fn moves_with_consent(world: &mut World, tab: &Tab, arguments: &Value) {
    world.say(tab, "r1", "Find new times for what is overdue");
    world.model_calls("c1", "rescheduleOverdue", arguments);
    let stored = serde_json::to_string(&world.agent.store().messages(10).unwrap()).unwrap();
    assert!(
        ["Move 21 tasks to new times?", "Move 21 overdue tasks to new times?"].iter().any(|text| stored.contains(text)),
        "{stored}"
    );
    assert!(blocks(world).iter().all(|block| block.starts_with("27")));
    world.send(
        tab,
        &json!({"type": "cf_agent_tool_approval", "toolCallId": "c1", "approved": true, "autoContinue": true}),
    );
    world.wait();
    assert!(blocks(world).iter().all(|block| !block.starts_with("27")));
}

fn with_21_overdue_tasks() -> (World, Tab) {
    let mut world = World::new();
    let tab = world.connect();
    for number in 0..21 {
        schedule(&mut world, &tab, &format!("Task {number}"), "2026-02-27T10:00");
    }
    (world, tab)
}

#[test]
fn many_overdue_tasks_are_moved_only_with_consent() {
    let (mut world, tab) = with_21_overdue_tasks();
    moves_with_consent(&mut world, &tab, &json!({}));
}

#[test]
fn many_named_tasks_are_moved_only_with_consent() {
    let (mut world, tab) = with_21_overdue_tasks();
    let handles: Vec<String> = (1..=21).map(|number| format!("B{number}")).collect();
    moves_with_consent(&mut world, &tab, &json!({ "blocks": handles }));
}

#[test]
fn times_are_suggested_without_a_change_and_taken_one_by_one_or_together() {
    let mut world = World::new();
    let tab = world.connect();
    for title in ["Milk", "Bread", "Eggs"] {
        world.done(&tab, "scheduleBlock", json!({"title": title, "durationMinutes": 30}));
    }
    let before = world.agent.store().last_seq().unwrap();
    let suggested = world.done(&tab, "suggestTimes", json!({"blocks": ["B1", "B2", "B3"]}));
    assert_eq!(world.agent.store().last_seq().unwrap(), before, "nothing is changed");
    let times = suggested["times"].as_array().unwrap();
    assert_eq!((times.len(), &suggested["leftOut"], &suggested["more"]), (3, &json!([]), &json!(0)));
    let first = json!({"id": times[0]["id"], "start": times[0]["start"]});
    world.done(&tab, "placeTasks", json!({"times": [first]}));
    let others: Vec<Value> = times[1..].iter().map(|time| json!({"id": time["id"], "start": time["start"]})).collect();
    let done = world.done(&tab, "placeTasks", json!({"times": others}));
    assert!(done["summary"].as_str().unwrap().starts_with("Moved 2 tasks to new times"), "{done}");
    assert!(world.agent.store().content().unwrap().blocks.iter().all(|block| block.span.is_some()));
    world.done(&tab, "undo", json!({}));
    let blocks = world.agent.store().content().unwrap().blocks;
    assert_eq!(blocks.iter().filter(|block| block.span.is_none()).count(), 2, "one undo for all");

    for (argument, problem) in [
        (json!({"times": "all"}), "/times: expected a list"),
        (json!({"times": [{"id": "B1", "start": "2026-03-03T08:00:00Z"}]}), "/times/id: expected a UUID"),
        (json!({"times": [{"id": times[1]["id"]}]}), "/times: expected tasks such as"),
        (json!({"times": [{"id": times[1]["id"], "start": "soon"}]}), "/times/start: expected a moment"),
        (json!({"times": []}), "Nothing was changed"),
        (json!({"blocks": []}), "expected one of the fields times"),
    ] {
        let answer = world.call(&tab, "placeTasks", argument);
        let said = answer.to_string();
        assert!(said.contains(problem), "{said}");
    }
    for (until, problem) in [
        ("2026-03-01", "This deadline is over already"),
        ("soon", "/until: expected a calendar date such as 2026-11-27"),
    ] {
        let answer = world.call(&tab, "suggestTimes", json!({"blocks": [times[1]["id"]], "until": until}));
        assert!(answer.to_string().contains(problem), "{answer}");
    }
    let suggested = world.done(&tab, "suggestTimes", json!({"blocks": [times[1]["id"]], "until": "2026-03-06"}));
    assert_eq!(suggested["times"].as_array().map(Vec::len), Some(1));
    let answer = world.call(&tab, "suggestTimes", json!({"blocks": ["B99"]}));
    assert!(answer.to_string().contains("There is no block “B99”"), "{answer}");
}
