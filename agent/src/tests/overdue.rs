//! New times for overdue tasks: by a call of the model, and each morning.

use serde_json::{Value, json};

use super::world::{Tab, World};
use flux_timeline::{ReadHistory, ReadPlans};

/// The titles and starts of the blocks, by start.
fn blocks(world: &World) -> Vec<String> {
    let mut blocks = world.agent.store().content().unwrap().blocks;
    blocks.sort_by_key(|block| block.span.start());
    blocks.iter().map(|block| format!("{} {}", block.span.start().format("%d %H:%M"), block.title)).collect()
}

fn call(world: &mut World, tab: &Tab, method: &str, argument: Value) -> Value {
    let answer = world.call(tab, method, argument);
    assert_eq!(answer["success"], true, "{answer}");
    answer["result"].clone()
}

fn schedule(world: &mut World, tab: &Tab, title: &str, start: &str) {
    call(world, tab, "scheduleBlock", json!({"title": title, "startTime": start, "durationMinutes": 30}));
}

fn morning(world: &World) -> Option<String> {
    let jobs = world.agent.store().jobs().unwrap();
    jobs.iter().find(|job| job.kind == "morning").map(|job| job.due.to_rfc3339())
}

#[test]
fn each_morning_overdue_tasks_get_new_times_if_the_settings_say_so() {
    let mut world = World::new();
    let tab = world.connect();
    let today = world.now().format("%Y-%m-%d").to_string();
    call(&mut world, &tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    schedule(&mut world, &tab, "Report", "2026-02-27T10:00");
    call(&mut world, &tab, "createPlan", json!({"title": "Home"}));
    schedule(&mut world, &tab, "Curtains", "2026-02-27T19:00");
    assert_eq!(morning(&world), None);

    let settings = call(&mut world, &tab, "setSettings", json!({"rescheduleOverdue": true}));
    assert_eq!(settings["rescheduleOverdue"], true);
    let due = morning(&world).unwrap();
    assert_eq!(world.alarm().map(|at| at.to_rfc3339()), Some(due.clone()), "{today}");
    assert!(due.ends_with("T04:00:00+00:00"), "five o'clock in Oslo: {due}");
    world.ring();
    assert_eq!(blocks(&world), ["03 07:00 Curtains", "03 08:00 Report"]);
    let next = morning(&world).unwrap();
    assert!(next > due, "{next}");

    // A morning on which nothing is overdue.
    let last = world.agent.store().last_seq().unwrap();
    let before = world.agent.store().newest_events(1).unwrap();
    assert_eq!(serde_json::to_value(&before[0].actor).unwrap(), json!({"by": "system"}));
    assert_eq!(call(&mut world, &tab, "undo", json!({}))["ok"], true, "one undo takes all of it back");
    assert_eq!(blocks(&world), ["27 09:00 Report", "27 18:00 Curtains"]);
    call(&mut world, &tab, "redo", json!({}));
    assert!(world.agent.store().last_seq().unwrap() > last);

    call(&mut world, &tab, "setSettings", json!({"rescheduleOverdue": false}));
    assert_eq!(morning(&world), None);
    assert!(world.agent.store().settings().unwrap().time_zone.is_some());
}

#[test]
fn a_morning_with_nothing_overdue_changes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    call(&mut world, &tab, "setSettings", json!({"rescheduleOverdue": true}));
    let (last, first) = (world.agent.store().last_seq().unwrap(), morning(&world));
    world.ring();
    assert_eq!(world.agent.store().last_seq().unwrap(), last);
    assert!(morning(&world) > first);
}

#[test]
fn many_overdue_tasks_are_moved_only_with_consent() {
    let mut world = World::new();
    let tab = world.connect();
    for number in 0..21 {
        schedule(&mut world, &tab, &format!("Task {number}"), "2026-02-27T10:00");
    }
    world.say(&tab, "r1", "Find new times for what is overdue");
    world.model_calls("c1", "rescheduleOverdue", &json!({}));
    let stored = world.agent.store().messages(10).unwrap();
    let text = serde_json::to_string(&stored).unwrap();
    assert!(text.contains("Move 21 overdue tasks to new times?"), "{text}");
    assert!(blocks(&world).iter().all(|block| block.starts_with("27")));
    world.send(
        &tab,
        &json!({"type": "cf_agent_tool_approval", "toolCallId": "c1", "approved": true, "autoContinue": true}),
    );
    world.wait();
    assert!(blocks(&world).iter().all(|block| !block.starts_with("27")));
}
