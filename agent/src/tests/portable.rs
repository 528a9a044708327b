//! Export, import, and deleting everything.

use flux_timeline::ReadHistory;
use serde_json::{Value, json};

use super::world::{Tab, World, gym, word};
use crate::api::{ApiError, Call, Origin};
use crate::architect::Request;
use crate::identity::Principal;
use crate::store::ImportError;

/// A person with a bit of everything.
fn person() -> (World, Tab) {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    world.say(&tab, "r1", "Gym on the third");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_answers("It is “there”.\n");
    world.call(&tab, "scheduleBlock", gym(4));
    world.call(&tab, "undo", json!({}));
    world.call(&tab, "createPlan", json!({"title": "Trip"}));
    world.call(&tab, "useArchitect", json!({"goal": "Learn German"}));
    (world, tab)
}

fn export(world: &World) -> String {
    world.agent.export(&owner()).unwrap().collect::<Result<String, _>>().unwrap()
}

fn import(world: &World, file: &str) -> Result<Value, ApiError> {
    let call = Call::Import(file.to_owned());
    world.agent.call(&owner(), call, Origin::Direct { key: None }).map(|answer| answer.json())
}

fn owner() -> Principal {
    Principal::owner("u-me", "u-me")
}

/// All that there is: log, timeline, conversation.
fn everything(world: &World) -> (Value, Value, Value) {
    let store = world.agent.store();
    let value = |text: String| serde_json::from_str(&text).unwrap();
    (
        value(serde_json::to_string(&store.events_after(0, 1_000).unwrap()).unwrap()),
        value(serde_json::to_string(&store.content().unwrap()).unwrap()),
        value(serde_json::to_string(&store.messages(100).unwrap()).unwrap()),
    )
}

#[test]
fn a_file_has_what_led_to_changes_as_it_was_said_then() {
    let (mut world, tab) = person();
    let mut question = serde_json::to_value(&world.agent.store().messages(2).unwrap()[0]).unwrap();
    question["parts"] = json!([{"type": "text", "text": "Gym on the fourth"}]);
    world.request(&tab, "r2", &json!({"messages": [question], "trigger": "submit-message"}));
    world.model_answers("It is there already.");
    let fresh = World::new();
    import(&fresh, &export(&world)).unwrap();
    let causes = fresh.agent.store().causes(&["r1", "r2"]).unwrap();
    assert_eq!((&*causes["r1"].words, &*causes["r2"].words), ("Gym on the third", "Gym on the fourth"));
}

#[test]
fn a_file_gives_a_fresh_object_the_same_log_timeline_and_conversation() {
    let (world, _) = person();
    let file = export(&world);
    let read: Value = serde_json::from_str(&file).unwrap();
    assert_eq!((&read["format"], &read["version"]), (&json!("temporal-flux"), &json!(1)));
    assert_eq!(read["events"].as_array().unwrap().len() as u64, world.agent.store().last_seq().unwrap());

    let mut fresh = World::new();
    let (tab, follower) = (fresh.connect_as(true, None), fresh.connect());
    tab.received();
    follower.received();
    let imported = import(&fresh, &file).unwrap();
    let frames = tab.received();
    assert_eq!(frames.iter().map(word).collect::<Vec<_>>(), ["flux_snapshot", "chat_clear", "chat_messages"]);
    assert_eq!(frames[0]["seq"], imported["events"]);
    assert_eq!(follower.frame_words(), ["state", "chat_clear", "chat_messages"]);
    assert_eq!(
        (&imported["events"], &imported["messages"]),
        (&json!(world.agent.store().last_seq().unwrap()), &json!(2))
    );
    assert_eq!(everything(&fresh), everything(&world));
    assert_eq!(fresh.agent.store().undoable().unwrap(), world.agent.store().undoable().unwrap());
    let causes = |world: &World| world.agent.store().causes(&["r1"]).unwrap();
    assert_eq!(causes(&fresh), causes(&world));
    assert_eq!(causes(&fresh)["r1"].words, "Gym on the third");
    // It goes on from there, and another export is the same file but for its date.
    assert_eq!(
        fresh.call(&tab, "undo", json!({}))["result"]["summary"],
        "Undone: created the plan “Trip”, switched plans."
    );
    // A run that was under way is watched, so that it comes to its end here.
    assert!(fresh.alarm().is_some());
}

#[test]
fn who_has_only_set_something_can_bring_a_file() {
    let (world, _) = person();
    let mut fresh = World::new();
    let tab = fresh.connect_as(true, None);
    fresh.call(&tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    import(&fresh, &export(&world)).unwrap();
    assert_eq!(everything(&fresh), everything(&world));
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing() {
    let (world, _) = person();
    let file = export(&world);
    let fresh = World::new();
    let before = everything(&fresh);
    let swapped = file.replacen("\"seq\":3,", "\"seq\":4,", 1);
    let later = file.replacen("\"version\":1", "\"version\":2", 1);
    let untitled = file.replacen("\"title\":\"My plan\"", "\"title\":\"\"", 1);
    let files = [
        ("", "EOF"),
        ("[]", "expected an object"),
        ("{}", "no plan"),
        ("{\"events\":[]}", "it does not begin with"),
        (&later, "it does not begin with"),
        (&swapped, "event 3 has the number 4"),
        (&untitled, "event 1: "),
        (&file[..file.len() / 2], "EOF"),
    ];
    for (file, expected) in files {
        let error = import(&fresh, file).unwrap_err().to_string();
        assert!(error.contains(expected) && error.ends_with("Nothing was changed."), "{error}");
        assert_eq!(everything(&fresh), before, "{error}");
    }
    assert!(matches!(import(&world, &file), Err(ApiError::Import(ImportError::NotEmpty))));
}

#[test]
fn everything_is_deleted_for_every_tab_once_it_is_meant() {
    let (mut world, tab) = person();
    let second = world.connect_as(true, None);
    let before = everything(&world);
    let slip = world.call(&tab, "deleteEverything", json!({}));
    assert_eq!(slip["error"], "Nothing was deleted: call it with {\"confirm\": \"everything\"}.");
    world.say(&tab, "r2", "And?");
    let busy = world.call(&tab, "deleteEverything", json!({"confirm": "everything"}));
    assert!(busy["error"].as_str().unwrap().contains("an answer is being written"), "{busy}");
    world.model_answers("Yes.");
    let log = world.agent.store().log().unwrap();
    second.received();

    let done = world.call(&tab, "deleteEverything", json!({"confirm": "everything"}));
    assert_eq!(done["result"]["summary"], "Everything was deleted.");
    let (events, content, messages) = everything(&world);
    assert_eq!((events.as_array().unwrap().len(), &messages), (2, &json!([])));
    assert_eq!((&content["blocks"], &content["runs"]), (&json!([]), &json!([])));
    assert_ne!((events, content, messages), before);
    assert!(world.agent.store().causes(&["r1", "r2"]).unwrap().is_empty());
    assert_eq!(world.called_off().len(), 1, "the goal's workflow is ended");
    assert_eq!(second.frame_words(), ["flux_snapshot", "chat_clear", "chat_messages"]);
    assert!(
        world.agent.admit("owner", "o").unwrap().is_some()
            != world.agent.admit("somebody else", "o").unwrap().is_some()
    );

    // Who was away and knows more of the old log than there is of the new one is not fed events that do not fit.
    for day in 1..10 {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    let back = |log| world.connect_knowing(true, Some(5), log).frame_words();
    assert!(back(log).contains(&"flux_snapshot".to_owned()));
    assert!(back(world.agent.store().log().unwrap()).contains(&"flux_events".to_owned()));
}

#[test]
fn a_goal_under_way_is_worked_on_by_the_workflows_of_each_object_that_has_it() {
    let (mut world, tab) = person();
    let file = export(&world);
    let first = world.launched()[0];
    let old = world.agent.workflow(first.0, first.1).unwrap();

    let fresh = World::new();
    import(&fresh, &file).unwrap();
    fresh.ring();
    assert_eq!(fresh.launched(), [first], "it begins anew");
    let new = fresh.agent.workflow(first.0, first.1).unwrap();
    assert_ne!(new.to_string(), old.to_string(), "one does not end the other");
    assert!(fresh.agent.run_request(&old, Request::Alive).unwrap().is_over);
    assert!(!fresh.agent.run_request(&new, Request::Alive).unwrap().is_over);
    assert!(!world.agent.run_request(&old, Request::Alive).unwrap().is_over);

    world.call(&tab, "deleteEverything", json!({"confirm": "everything"}));
    assert_eq!(world.called_off(), [first]);
    import(&world, &file).unwrap();
    world.ring();
    assert_eq!(world.launched(), [first]);
    let again = world.agent.workflow(first.0, first.1).unwrap();
    assert_ne!(again.to_string(), old.to_string(), "the name is taken for ever");
    assert!(world.agent.run_request(&old, Request::Alive).unwrap().is_over, "what is left of it says nothing here");
    assert!(!world.agent.run_request(&again, Request::Alive).unwrap().is_over);
}

#[test]
fn a_file_with_more_goals_under_way_than_are_possible_is_refused() {
    let (world, _) = person();
    let read: Value = serde_json::from_str(&export(&world)).unwrap();
    let mut events = read["events"].as_array().unwrap().clone();
    let file = |events: &[Value]| format!(r#"{{"format":"temporal-flux","version":1,"events":{}}}"#, json!(events));
    for number in 1..=3 {
        let mut started = events.iter().find(|event| event["type"] == "WORKFLOW_STARTED").unwrap().clone();
        let id = uuid::Uuid::from_u128(1_000_000 + number).to_string();
        started["seq"] = json!(events.len() + 1);
        (started["id"], started["txn"], started["payload"]["run"]["id"]) = (json!(id), json!(id), json!(id));
        events.push(started);
    }
    let fresh = World::new();
    let before = everything(&fresh);
    let error = import(&fresh, &file(&events)).unwrap_err().to_string();
    assert!(error.contains("more than 3 goals are under way in it"), "{error}");
    assert_eq!(everything(&fresh), before);
    import(&fresh, &file(&events[..events.len() - 1])).unwrap();
}
