//! Undo of any change, looks at the past, and the log in pages.

use serde_json::{Value, json};

use super::world::{Tab, World, gym};

fn titles(timeline: &Value) -> Vec<&str> {
    timeline["timeline"]["blocks"].as_array().unwrap().iter().map(|block| block["title"].as_str().unwrap()).collect()
}

/// The events so far, newest first.
fn log(world: &mut World, tab: &Tab, filter: Value) -> Vec<Value> {
    let answer = world.call(tab, "getEvents", filter);
    answer["result"]["events"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

fn done(answer: &Value) -> &str {
    answer["result"]["summary"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_change_in_the_middle_is_undone_by_itself_unless_a_later_one_is_about_the_same() {
    let mut world = World::new();
    let tab = world.connect();
    for day in [3, 4] {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    let scheduled = log(&mut world, &tab, json!({"type": "BLOCK_SCHEDULED"}));
    let [first, second] = scheduled.as_slice() else { panic!("{scheduled:?}") };

    let refused = world.call(&tab, "undo", json!({"txn": first["txn"]}));
    let error = refused["error"].as_str().unwrap();
    assert!(error.starts_with("This cannot be undone by itself"), "{error}");
    assert!(error.contains("completed “Gym” (B1) (Mon 2 Mar, "), "{error}");
    assert_eq!(done(&world.call(&tab, "undo", json!({"txn": second["txn"]}))), "Undone: scheduled “Gym” (B2).");
    assert_eq!(titles(&world.call(&tab, "getTimeline", json!({}))["result"]), ["Gym"]);
    let again = world.call(&tab, "undo", json!({"txn": second["txn"]}));
    assert_eq!(again["error"], "Nothing of this is left to undo. Nothing was changed.");
    assert_eq!(done(&world.call(&tab, "redo", json!({}))), "Done again: scheduled “Gym” (B2).");

    let unknown = world.call(&tab, "undo", json!({"txn": "00000000-0000-7000-8000-000000000000"}));
    assert_eq!(unknown["error"], "There is no such change that could be undone. Nothing was changed.");
    let no_id = world.call(&tab, "undo", json!({"txn": "B1"}));
    assert_eq!(no_id["error"], "/txn: expected a UUID, got \"B1\". Nothing was changed.");
}

#[test]
fn of_the_past_a_day_can_be_looked_at() {
    let mut world = World::new();
    let tab = world.connect();
    for day in [3, 4, 5] {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    let seq = world.call(&tab, "getTimeline", json!({}))["result"]["seq"].clone();
    world.call(&tab, "deleteBlock", json!({"id": "B3"}));
    let past = world.call(&tab, "getTimelineAt", json!({"seq": seq, "from": "2026-03-05T00:00:00Z"}))["result"].clone();
    let handles: Vec<_> = past["timeline"]["blocks"].as_array().unwrap().iter().map(|block| &block["handle"]).collect();
    assert_eq!(
        (handles, &past["complete"]),
        (vec![&json!("B2"), &json!("B3")], &json!(false)),
        "B2 is overdue by then"
    );
    assert_eq!(past["differences"]["removed"], 1);
}

#[test]
fn the_past_can_be_looked_at_and_brought_back() {
    let mut world = World::new();
    let tab = world.connect();
    for day in [3, 4, 5] {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    let then = world.call(&tab, "getTimeline", json!({}))["result"].clone();
    world.call(&tab, "deleteBlock", json!({"id": "B1"}));
    world.call(&tab, "updateBlock", json!({"id": "B2", "updates": {"title": "Swim"}}));
    world.call(&tab, "scheduleBlock", gym(6));
    world.call(&tab, "createPlan", json!({"title": "Trip"}));

    let past = world.call(&tab, "getTimelineAt", json!({"seq": then["seq"]}))["result"].clone();
    assert!(past["seq"].is_u64(), "{past}");
    assert_eq!((&past["timeline"], &past["complete"]), (&then["timeline"], &json!(true)));
    let differences = &past["differences"];
    assert_eq!([&differences["added"], &differences["removed"], &differences["changed"]], [&json!(1); 3]);
    let pairs: Vec<_> = differences["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (pair["then"]["title"].as_str(), pair["now"]["title"].as_str()))
        .collect();
    assert_eq!(pairs, [(Some("Gym"), None), (Some("Gym"), Some("Swim")), (None, Some("Gym"))]);

    let by_time = &world.call(&tab, "getTimelineAt", json!({"at": past["at"]}))["result"];
    assert!(by_time["seq"].as_u64() >= past["seq"].as_u64(), "{by_time}");
    let before_all = &world.call(&tab, "getTimelineAt", json!({"seq": 0}))["result"];
    assert_eq!((&before_all["timeline"]["plans"], &before_all["differences"]["added"]), (&json!([]), &json!(3)));
    for nothing in [json!({}), json!({"seq": 1, "at": past["at"]}), json!({"seq": "1"}), json!({"at": "yesterday"})] {
        assert_eq!(world.call(&tab, "getTimelineAt", nothing.clone())["success"], false, "{nothing}");
    }

    let restored = world.call(&tab, "restoreTimeline", json!({"seq": then["seq"]}));
    let expected = "The timeline is as it was after change 5: 1 block brought back, 1 block removed, 1 block as they \
                    were, plans as they were.";
    assert_eq!(done(&restored), expected);
    let now = world.call(&tab, "getTimeline", json!({}))["result"].clone();
    assert_eq!(now["timeline"], then["timeline"]);
    assert!(done(&world.call(&tab, "restoreTimeline", json!({"seq": then["seq"]}))).contains("already"));
    assert_eq!(world.call(&tab, "undo", json!({}))["success"], true);
    let plans = &world.call(&tab, "getTimeline", json!({}))["result"]["timeline"]["plans"];
    assert_eq!(plans.as_array().unwrap().len(), 2, "one undo takes the restoration back");

    for (seq, error) in [(0, "There was no timeline yet"), (10_000, "There is no such moment")] {
        let refused = world.call(&tab, "restoreTimeline", json!({"seq": seq}));
        assert!(refused["error"].as_str().unwrap().starts_with(error), "{refused}");
    }
}

#[test]
fn the_log_is_read_in_pages_and_by_what_is_looked_for() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Gym on two days");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_calls("c2", "scheduleBlock", &gym(4));
    world.model_answers("Done.");
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    world.call(&tab, "renamePlan", json!({"id": "My plan", "title": "Sport"}));

    let newest = log(&mut world, &tab, json!({"newestFirst": true, "limit": 2}));
    let seqs = |events: &[Value]| events.iter().map(|event| event["seq"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(seqs(&newest), [6, 5]);
    let page = log(&mut world, &tab, json!({"newestFirst": true, "limit": 2, "before": 5}));
    assert_eq!(seqs(&page), [4, 3]);
    assert_eq!(page[0]["actor"], json!({"by": "assistant", "turn": "r1", "toolCall": "c2"}));

    let by = |filter: Value, world: &mut World| seqs(&log(world, &tab, filter));
    assert_eq!(by(json!({"actor": "assistant"}), &mut world), [3, 4]);
    assert_eq!(by(json!({"actor": "system"}), &mut world), [1, 2]);
    assert_eq!(by(json!({"type": "PLAN_RENAMED"}), &mut world), [6]);
    assert_eq!(by(json!({"txn": page[0]["txn"]}), &mut world), [3, 4]);
    let block = page[1]["payload"]["block"].clone();
    assert_eq!(by(json!({"about": block["id"]}), &mut world), [3, 5]);
    assert_eq!(by(json!({"about": block["plan"], "after": 3}), &mut world), [4, 5, 6]);
    assert_eq!(by(json!({"until": newest[0]["at"], "from": newest[0]["at"]}), &mut world), Vec::<u64>::new());
    let refused = world.call(&tab, "getEvents", json!({"colour": "red"}));
    assert!(refused["error"].as_str().unwrap().starts_with("/colour: expected one of the fields"), "{refused}");
}
