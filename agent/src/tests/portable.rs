//! Export, import, and deleting everything.

use flux_protocol::frame::ImportState;
use flux_timeline::{ReadBlocks, ReadHistory};
use serde_json::{Value, json};

use super::world::{Tab, World, gym, word};
use crate::api::{ApiError, Call, Origin};
use crate::architect::Request;
use crate::store::{ImportError, ImportPart, Sql, StoreError};
use flux_identity::{ObjectId, Principal};

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
    world.agent.import(&owner(), ImportPart::whole(file)).map(|answer| answer.json())
}

fn owner() -> Principal {
    Principal::guest(ObjectId::from("u-me"))
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
        ("", "the file ends too early"),
        ("[]", "expected an object"),
        ("{}", "no plan"),
        ("{\"events\":[]}", "it does not begin with"),
        (&later, "it does not begin with"),
        (&swapped, "event 3: it has the number 4"),
        (&untitled, "event 1: "),
        (&file[..file.len() / 2], "event 6: the file ends too early"),
        (&format!("{file}{{}}"), "something follows the end"),
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
    let may = |who: &str| {
        let who = ObjectId::from(who);
        world.agent.admit(Principal::guest(who.clone()), &who).unwrap().is_ok()
    };
    assert!(may("u-owner") && !may("u-other"));

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
    assert!(error.contains("event 12: too many goals under way; at most 3 are possible"), "{error}");
    assert_eq!(everything(&fresh), before);
    import(&fresh, &file(&events[..events.len() - 1])).unwrap();
}

/// A file whose items were changed.
fn changed(file: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut file: Value = serde_json::from_str(file).unwrap();
    change(&mut file);
    // The order of the fields matters, and a map of JSON does not keep it.
    let [events, messages, causes] = ["events", "messages", "causes"].map(|list| file[list].to_string());
    format!(
        "{{\"format\":\"temporal-flux\",\"version\":1,\"events\":{events},\"messages\":{messages},\"causes\":{causes}}}"
    )
}

#[test]
fn each_item_of_a_file_is_checked_as_a_live_one() {
    let (world, _) = person();
    let file = export(&world);
    let events: Vec<Value> = serde_json::from_str::<Value>(&file).unwrap()["events"].as_array().unwrap().clone();
    let of = |kind: &str| events.iter().position(|event| event["type"] == kind).unwrap();
    let (block, settings) = (of("BLOCK_SCHEDULED"), of("SETTINGS_CHANGED"));
    let stranger = "00000000-0000-7000-8000-00000000ffff";
    let cases: Vec<(String, String)> = [
        (
            block,
            "/payload/block/handle",
            json!("B4294967295"),
            "a new block cannot have the handle B4294967295; the next one is B1",
        ),
        (
            block,
            "/payload/block/plan",
            json!(stranger),
            "there is no plan 00000000-0000-7000-8000-00000000ffff at this point",
        ),
        (block, "/payload/block/tags", json!(vec!["a"; 51]), "too many tags on a block; at most 50 are possible"),
        (block, "/payload/block/title", json!("x".repeat(201)), "The title has 201 characters"),
        (block, "/payload/block/span/start", json!("1600-01-01T00:00:00Z"), "A block can take at most 14 days"),
        (block, "/id", events[0]["id"].clone(), "that of an earlier event"),
        (block, "/txn", events[0]["txn"].clone(), "ended before"),
        (block, "/at", json!("2001-01-01T00:00:00Z"), "it is earlier than the event before it"),
        (block, "/at", json!("2126-01-01T00:00:00Z"), "it is in the future"),
        (
            settings,
            "/payload/after/breakMinutes",
            json!(100_000),
            "too many minutes of a break; at most 240 are possible",
        ),
        (settings, "/payload/after/timeZone", json!("Mars"), "Mars"),
    ]
    .into_iter()
    .map(|(index, pointer, value, reason)| {
        let file = changed(&file, |file| {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            file["events"][index].pointer_mut(parent).unwrap()[field] = value;
        });
        (file, format!("event {}: .*{reason}", index + 1))
    })
    .chain([
        (
            changed(&file, |file| file["messages"][1]["message"]["role"] = json!("system")),
            "message 2: its role".to_owned(),
        ),
        (changed(&file, |file| file["messages"][1]["message"]["role"] = json!("pope")), "message 2: ".to_owned()),
        (
            changed(&file, |file| file["messages"][1]["message"]["id"] = file["messages"][0]["message"]["id"].clone()),
            "message 2: its id is that of an earlier message".to_owned(),
        ),
        (
            changed(&file, |file| file["messages"][1]["message"]["parts"][0]["text"] = json!("x".repeat(2 << 20))),
            "message 2: it has more than 2000000 bytes".to_owned(),
        ),
    ])
    .collect();
    let fresh = World::new();
    let before = everything(&fresh);
    for (file, expected) in &cases {
        let error = import(&fresh, file).unwrap_err().to_string();
        let in_order = expected.split(".*").try_fold(error.as_str(), |rest, part| Some(rest.split_once(part)?.1));
        assert!(in_order.is_some() && error.ends_with("Nothing was changed."), "{error}, not {expected}");
        assert_eq!(error.matches("Nothing").count(), 1, "{error}");
        assert_eq!(everything(&fresh), before, "{error}");
    }
    import(&fresh, &changed(&file, |_| ())).unwrap();
    assert_eq!(everything(&fresh), everything(&world));
}

/// The export of a person who has renamed a block so often that it takes a job to import.
fn long_file(changes: u32) -> String {
    let world = World::new();
    super::rebuild::rename_often(&world, changes);
    export(&world)
}

#[test]
fn a_long_file_arrives_in_parts_and_is_checked_by_a_job() {
    let file = long_file(2_500);
    let mut fresh = World::new();
    let tab = fresh.connect_as(true, None);
    let mut rest = file.as_str();
    for number in 0.. {
        // Parts end anywhere.
        let (text, after) = rest.split_at(rest.floor_char_boundary(100_003));
        rest = after;
        let part = ImportPart { number, text: text.to_owned(), is_last: rest.is_empty() };
        let progress = fresh.agent.import(&owner(), part).unwrap().json();
        if rest.is_empty() {
            assert_eq!(progress["state"], "checking");
            break;
        }
        assert_eq!((&progress["state"], &progress["events"]), (&json!("receiving"), &json!(0)));
    }
    tab.received();
    let progress = |world: &mut World| world.agent.store().import_progress().unwrap().unwrap();
    let (first, blocks) = (progress(&mut fresh), fresh.agent.store().stored_blocks().unwrap());
    assert!(first.checked > 0 && first.checked < first.bytes, "{first:?}");
    assert_eq!((first.bytes, blocks), (file.len() as u64, 0), "nothing is seen of it yet");
    // It goes on where the process died.
    let mut fresh = World::on(fresh.sql);
    let tab = fresh.connect_as(true, None);
    tab.received();
    for _ in 0..10 {
        if progress(&mut fresh).state == ImportState::Done {
            break;
        }
        fresh.ring();
    }
    let last = progress(&mut fresh);
    assert_eq!((last.state, last.checked, last.events), (ImportState::Done, last.bytes, 2_503));
    assert!(tab.frame_words().contains(&"flux_snapshot".to_owned()));
    assert_eq!(fresh.call(&tab, "getTimeline", json!({}))["result"]["timeline"]["blocks"][0]["title"], "Gym 2500");
    assert_eq!(fresh.call(&tab, "undo", json!({}))["result"]["ok"], true);
    assert_eq!(fresh.call(&tab, "scheduleBlock", gym(5))["result"]["ok"], true);
}

#[test]
fn an_import_ends_without_a_change_if_something_was_added_meanwhile_or_it_is_given_up() {
    let file = long_file(2_500);
    let mut fresh = World::new();
    let tab = fresh.connect_as(true, None);
    let part = |number, is_last| ImportPart { number, text: file.clone(), is_last };
    let state = |world: &World| world.agent.store().import_progress().unwrap().map(|progress| progress.state);

    let out_of_order = fresh.agent.import(&owner(), part(1, false)).unwrap_err();
    assert_eq!((out_of_order.status(), out_of_order.to_string().contains("part 0 is the next one")), (409, true));
    fresh.agent.import(&owner(), part(0, false)).unwrap();
    assert!(matches!(fresh.agent.import(&owner(), part(2, true)), Err(ApiError::Import(ImportError::Part { .. }))));
    // Nobody sends the rest.
    fresh.ring();
    assert_eq!((state(&fresh), fresh.alarm()), (None, None));

    fresh.agent.import(&owner(), part(0, true)).unwrap();
    fresh.agent.call(&owner(), Call::CancelImport, Origin::Direct { key: None }).unwrap();
    fresh.ring();
    assert_eq!((state(&fresh), fresh.alarm()), (None, None));

    fresh.agent.import(&owner(), part(0, true)).unwrap();
    fresh.call(&tab, "scheduleBlock", gym(3));
    let before = everything(&fresh);
    while state(&fresh) == Some(ImportState::Checking) {
        fresh.ring();
    }
    let problem = fresh.agent.store().import_progress().unwrap().unwrap().problem.unwrap();
    assert!(problem.contains("There is something here already"), "{problem}");
    assert_eq!(everything(&fresh), before);
}

#[test]
fn a_failure_of_the_engine_is_not_a_fault_of_the_file() {
    let file = export(&person().0);
    let fresh = World::new();
    let store = fresh.agent.store();
    let (begin, end) = file.split_at(100);
    store.receive_import(&ImportPart { is_last: false, ..ImportPart::whole(begin) }).unwrap();
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON g1_blocks BEGIN SELECT RAISE(ABORT, 'full'); END";
    fresh.sql.query(fault, &[]).unwrap();
    store.receive_import(&ImportPart { number: 1, ..ImportPart::whole(end) }).unwrap();
    let now = fresh.now();
    assert!(matches!(store.import_slice(now, 1_000), Err(StoreError::Sql(_))), "{:?}", store.import_progress());
    fresh.sql.query("DROP TRIGGER fault", &[]).unwrap();
    assert_eq!(store.import_slice(now, 1_000).unwrap().unwrap().state, ImportState::Done);
}
