//! Clients that follow the whole state get it a moment after a change, once for all changes until then.

use serde_json::{Value, json};

use super::world::{World, gym};
use crate::store::Sql;

/// The titles of the blocks of the active plan.
fn titles(state: &Value) -> Vec<String> {
    let plan = &state["plans"][state["activePlanId"].as_str().unwrap()];
    plan["stream"].as_array().unwrap().iter().map(|block| block["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn many_edits_are_answered_at_once_and_sent_as_one_state() {
    let mut world = World::new();
    let (editing, other) = (world.connect(), world.connect());
    world.call(&editing, "scheduleBlock", gym(3));
    world.wait();
    editing.received();
    other.received();
    for edit in 0..100 {
        let updates = json!({"id": "B1", "updates": {"title": format!("Gym {edit}")}});
        world.send(&editing, &json!({"type": "rpc", "id": "1", "method": "updateBlock", "args": [updates]}));
        assert_eq!(editing.frame_words(), ["rpc"], "an answer does not wait for the state");
    }
    world.wait();
    for tab in [&editing, &other] {
        let frames = tab.received();
        assert_eq!(frames.len(), 1);
        assert_eq!(titles(&frames[0]["state"]), ["Gym 99"]);
    }
    world.wait();
    assert_eq!(editing.frame_words(), [""; 0], "nothing has changed since");
    let updates = json!({"id": "B1", "updates": {"title": "Sport"}});
    world.call(&editing, "updateBlock", updates);
    world.wait();
    assert_eq!(titles(&other.received()[0]["state"]), ["Sport"]);
}

#[test]
fn an_edit_costs_the_same_whoever_follows_the_state() {
    let edit = |follows_events: bool| {
        let mut world = World::new();
        let (editing, other) = (world.connect_as(true, None), world.connect_as(follows_events, None));
        world.statements.take();
        world.call(&editing, "scheduleBlock", gym(3));
        let statements = world.statements.take();
        world.wait();
        let later = world.statements.take().len();
        world.disconnect(&other);
        (statements, later)
    };
    let ((with, later), (without, never)) = (edit(false), edit(true));
    assert_eq!(with, without);
    assert!(later > 0);
    assert_eq!(never, 0, "without a follower, no state is built");
}

#[test]
fn a_follower_that_has_left_costs_nothing_and_one_that_came_gets_the_state() {
    let mut world = World::new();
    let (editing, leaving) = (world.connect_as(true, None), world.connect());
    world.call(&editing, "scheduleBlock", gym(3));
    world.disconnect(&leaving);
    world.statements.take();
    world.wait();
    assert_eq!(world.statements.take(), [""; 0]);
    let coming = world.connect();
    assert_eq!(titles(&coming.received()[1]["state"]), ["Gym"]);
}

#[test]
fn a_follower_whose_state_cannot_be_read_is_told_to_reconnect() {
    let mut world = World::new();
    let (following, events) = (world.connect(), world.connect_as(true, None));
    world.call(&events, "scheduleBlock", gym(3));
    world.sql.query("UPDATE blocks SET json = '{}'", &[]).unwrap();
    world.wait();
    assert_eq!((following.closed(), events.closed()), (Some(1011), None));
}

#[test]
fn a_state_has_a_greatest_size_and_says_how_many_blocks_there_are() {
    let mut world = World::new();
    let tab = world.connect();
    let long = "ü\"".repeat(2_000);
    for number in 0..120 {
        let start = format!("2026-03-{:02}T{:02}:00", 3 + number / 20, number % 20);
        let title = format!("{number:03} {}", "ü".repeat(196));
        world.call(
            &tab,
            "scheduleBlock",
            json!({"title": title, "startTime": start, "durationMinutes": 30, "description": long}),
        );
    }
    world.call(&tab, "createPlan", json!({"title": "Other"}));
    world.call(&tab, "scheduleBlock", json!({"title": "First", "startTime": "2026-03-03T08:00"}));
    tab.received();
    world.wait();
    let frame = tab.received().pop().unwrap();
    let bytes = frame.to_string().len();
    assert!(bytes <= 512_000, "{bytes}");
    let state = &frame["state"];
    let plans: Vec<&Value> = state["plans"].as_object().unwrap().values().collect();
    let plan = |count: u64| plans.iter().find(|plan| plan["blockCount"] == count).unwrap();
    assert_eq!(plan(1)["stream"].as_array().unwrap().len(), 1, "the active plan comes first");
    let shown = plan(120)["stream"].as_array().unwrap();
    assert!((1..120).contains(&shown.len()), "{}", shown.len());
    let numbers: Vec<&str> = shown.iter().map(|block| &block["title"].as_str().unwrap()[..3]).collect();
    assert_eq!(numbers, (0..shown.len()).map(|number| format!("{number:03}")).collect::<Vec<_>>());
    let events = state["events"].as_array().unwrap();
    assert!(events.len() < 50 && events.last().unwrap()["payload"]["block"]["title"] == "First", "{}", events.len());
}
