//! What is deleted after a while, what is deleted at once with everything, and what remains of it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::world::{World, gym};

/// Deletes everything.
fn delete(world: &mut World, tab: &super::world::Tab) -> Value {
    world.call(tab, "deleteEverything", json!({"confirm": "everything"}))["result"].clone()
}

#[test]
fn an_object_that_nobody_uses_is_opened_only_to_delete_what_is_left() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Schedule gym");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_answers("Done.");
    let store = world.agent.store();
    assert_eq!(store.turn_of_request("r1").unwrap().map(|turn| turn.id.is_empty()), Some(false));
    let first = world.retention().unwrap();

    world.ring();
    let store = world.agent.store();
    assert!(store.chunks("r1").unwrap().is_empty() && store.turn_of_request("r1").unwrap().is_none());
    assert_eq!(store.counts().unwrap().prompts.len(), 1);
    let second = world.retention().unwrap();
    assert!(second - first > TimeDelta::days(360), "{second}");

    world.ring();
    assert!(world.agent.store().counts().unwrap().prompts.is_empty());
    assert_eq!((world.retention(), world.alarm()), (None, None), "nothing is left that expires");
    assert_eq!(world.agent.store().messages(10).unwrap().len(), 2, "the conversation stays");
}

#[test]
fn what_expires_is_deleted_once_a_day_at_most() {
    let mut world = World::new();
    let tab = world.connect();
    let mut deletions = 0;
    let mut due = None;
    for hour in 0..72 {
        world.say(&tab, &format!("r{hour}"), "Hi");
        world.model_answers("Hello.");
        world.pass(3_600_000);
        world.agent.wake().unwrap();
        deletions += u32::from(due.is_some() && world.retention() != due);
        due = world.retention();
    }
    assert!((2..=3).contains(&deletions), "{deletions}");
}

#[test]
fn deleting_everything_deletes_what_the_workflows_of_all_goals_have_stored() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "useArchitect", json!({"goal": "Learn German"}));
    let cancelled = world.launched()[0];
    world.call(&tab, "cancelRun", json!({"id": cancelled.0}));
    world.call(&tab, "useArchitect", json!({"goal": "Learn French"}));
    let running = world.launched()[0];
    // Its workflow is silent, so another one is started.
    world.ring();
    world.ring();
    let again = world.launched();
    assert!(!again.is_empty());
    world.called_off();

    world.fail_to_discard(true);
    let answer = delete(&mut world, &tab);
    assert_eq!(answer["summary"], "Everything was deleted.");
    let remains = answer["remains"].as_array().unwrap();
    assert!(remains.iter().any(|it| it["what"].as_str().unwrap().contains("Backups") && it["until"].is_string()));
    assert_eq!(answer["note"], "Cloudflare's backups can contain it until 1 April 2026.");
    assert_eq!(world.called_off(), [], "the platform is down");

    // The next deletion does not forget what the first could not delete.
    delete(&mut world, &tab);
    world.fail_to_discard(false);
    world.ring();
    world.settle();
    let mut deleted = world.called_off();
    deleted.sort_unstable();
    let mut expected = [vec![cancelled, running], again].concat();
    expected.sort_unstable();
    assert_eq!(deleted, expected);
    assert_eq!((world.agent.store().jobs().unwrap(), world.alarm()), (Vec::new(), None));
}

#[test]
fn workflows_that_cannot_be_deleted_are_left_to_their_lifetime() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "useArchitect", json!({"goal": "Learn German"}));
    world.fail_to_discard(true);
    delete(&mut world, &tab);
    let mut attempts = 1;
    while world.alarm().is_some() {
        world.ring();
        world.settle();
        attempts += 1;
    }
    assert_eq!(attempts, 11, "ten attempts, and the end");
}
