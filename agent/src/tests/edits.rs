//! Direct edits, and frames that are none.

use serde_json::json;

use super::world::{World, gym};
use flux_identity::{ObjectId, Principal};
use flux_timeline::{Actor, ReadBlocks, ReadHistory, ReadPlans, ReadRuns};

#[test]
fn an_edit_is_told_to_everyone_who_follows_events_before_it_is_answered_and_to_the_others_after_it() {
    let mut world = World::new();
    let (editing, legacy, following) = (world.connect_as(true, None), world.connect(), world.connect_as(true, None));
    for tab in [&editing, &legacy, &following] {
        tab.frame_words();
    }
    world.send(&editing, &json!({"type": "rpc", "id": "1", "method": "scheduleBlock", "args": [gym(3)]}));
    let frames = editing.received();
    assert_eq!(frames[0]["type"], "flux_events");
    assert_eq!(frames[1]["result"]["block"]["handle"], "B1");
    assert_eq!(frames[1]["done"], true);
    assert_eq!(legacy.frame_words(), [""; 0]);
    world.wait();
    let state = &legacy.received()[0]["state"];
    let plan = state["activePlanId"].as_str().unwrap();
    let block = &state["plans"][plan]["stream"][0];
    assert_eq!((&block["title"], &block["duration"], &block["completed"]), (&json!("Gym"), &json!(60), &json!(false)));
    assert_eq!(block["startTime"], "2026-03-03T08:00:00Z");
    assert_eq!(state["events"].as_array().unwrap().last().unwrap()["type"], "BLOCK_SCHEDULED");
    assert_eq!(following.received()[0]["events"][0]["payload"]["block"]["title"], "Gym");
}

#[test]
fn a_call_that_is_repeated_is_carried_out_once() {
    let mut world = World::new();
    let tab = world.connect();
    let id = "0b9f3c1e-5a52-4b7e-9d0e-6a3d1f1c2b3a";
    let first = world.call_as(&tab, id, "scheduleBlock", gym(3));
    let again = world.call_as(&tab, id, "scheduleBlock", gym(3));
    assert_eq!((&first["success"], &again["success"]), (&json!(true), &json!(true)));
    assert_eq!(again["result"]["repeated"], true);
    assert_eq!(world.agent.store().stored_blocks().unwrap(), 1);
}

#[test]
fn calls_that_fail_say_why_and_change_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    let before = world.agent.store().last_seq().unwrap();
    let cases = [
        ("nope", json!({}), "Method nope does not exist"),
        ("scheduleBlock", json!({}), "/title: expected a value"),
        ("deleteBlock", json!({"id": "B9"}), "There is no block “B9”"),
        ("deletePlan", json!({"id": "My plan"}), "This is the only plan"),
        ("setSettings", json!({"timeZone": "Mars"}), "There is no time zone “Mars”"),
        ("setSettings", json!({"colour": "red"}), "There is no setting “colour”"),
        ("setSettings", json!({"breakMinutes": -5}), "/breakMinutes: expected a whole number from 0 on, got -5."),
        (
            "setSettings",
            json!({"weekStart": "Noday"}),
            "/weekStart: expected a day of the week such as Mon or Sun, got \"Noday\".",
        ),
        ("setSettings", json!({"hourFormat": 24}), "/hourFormat: expected 24h or 12h, got 24."),
        ("setSettings", json!({"breakMinutes": 300}), "A break can take at most 240 minutes."),
        ("setSettings", json!({"workingHours": "always"}), "/workingHours: expected {"),
        (
            "setSettings",
            json!({"workingHours": {"days": ["Mon"], "from": "18:00", "to": "09:00"}}),
            "A working day must begin before it ends: 18:00 is not before 09:00.",
        ),
        (
            "setSettings",
            json!({"workingHours": {"days": [], "from": "09:00", "to": "18:00"}}),
            "Working hours need at least one day of the week.",
        ),
        ("getEvents", json!({"after": -1}), "/after: expected a whole number from 0 on"),
    ];
    for (method, argument, expected) in cases {
        let answer = world.call(&tab, method, argument);
        assert_eq!(answer["success"], false, "{method}");
        assert!(answer["error"].as_str().unwrap().contains(expected), "{answer}");
    }
    assert_eq!(world.agent.store().last_seq().unwrap(), before);
}

#[test]
fn what_is_stored_can_be_read_by_calls() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "setSettings", json!({"timeZone": "Europe/Oslo"}));
    world.call(&tab, "scheduleBlock", gym(3));
    let hours = json!({"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "09:00", "to": "18:00"});
    let settings = json!({"timeZone": "Europe/Oslo", "workingHours": hours, "breakMinutes": 5,
                          "weekStart": "Mon", "hourFormat": "24h"});
    assert_eq!(world.call(&tab, "getSettings", json!(null))["result"], settings);
    let changed = json!({"workingHours": {"days": ["Sat"], "from": "10:00", "to": "12:30"}, "breakMinutes": 0,
                         "weekStart": "Sun", "hourFormat": "12h"});
    let settings = &world.call(&tab, "setSettings", changed)["result"];
    assert_eq!((&settings["workingHours"]["to"], &settings["breakMinutes"]), (&json!("12:30"), &json!(0)));
    assert_eq!((&settings["weekStart"], &settings["hourFormat"]), (&json!("Sun"), &json!("12h")));
    assert_eq!(settings["timeZone"], "Europe/Oslo", "what is not named stays");
    let timeline = &world.call(&tab, "getTimeline", json!({}))["result"];
    assert_eq!(timeline["timeline"]["blocks"][0]["span"]["start"], "2026-03-03T07:00:00Z");
    assert_eq!(timeline["complete"], true);
    let events = &world.call(&tab, "getEvents", json!({"after": 2, "limit": 1}))["result"];
    assert_eq!((&events["events"][0]["seq"], &events["last"]), (&json!(3), &json!(5)));
    assert_eq!(events["events"][0]["actor"], json!({"by": "user"}));
    assert_eq!(world.call(&tab, "getMessages", json!({}))["result"], json!([]));
    assert_eq!(world.call(&tab, "undo", json!({}))["result"]["summary"], "Undone: scheduled “Gym” (B1).");
    assert_eq!(world.call(&tab, "redo", json!({}))["result"]["summary"], "Done again: scheduled “Gym” (B1).");
}

#[test]
fn all_that_a_turn_changed_is_undone_at_once_unless_someone_else_edited_in_between() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Gym on three days");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_calls("c2", "scheduleBlock", &gym(4));
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    world.model_calls("c3", "scheduleBlock", &gym(5));
    world.model_answers("Done.");
    let undone =
        |world: &mut World| world.call(&tab, "undo", json!({}))["result"]["summary"].as_str().map(str::to_owned);
    assert_eq!(undone(&mut world).unwrap(), "Undone: scheduled “Gym” (B3).");
    assert_eq!(undone(&mut world).unwrap(), "Undone: completed “Gym” (B1).");
    assert_eq!(undone(&mut world).unwrap(), "Undone: scheduled “Gym” (B1), scheduled “Gym” (B2).");
    assert_eq!(undone(&mut world), None);
}

#[test]
fn frames_that_are_none_are_answered_and_change_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    tab.frame_words();
    let large = json!({"type": "rpc", "id": "1", "method": "x".repeat(5_000_000), "args": []}).to_string();
    for (frame, answer) in [
        ("", "flux_error"),
        ("{", "flux_error"),
        ("null", "flux_error"),
        ("[]", "flux_error"),
        ("{\"type\":\"nope\"}", "flux_error"),
        ("{\"type\":\"rpc\",\"method\":\"undo\",\"args\":[]}", "flux_error"),
        ("{\"type\":\"rpc\",\"id\":\"1\"}", "rpc"),
        ("{\"type\":\"rpc\",\"id\":\"1\",\"method\":\"undo\",\"args\":[\"\\ud800\"]}", "rpc"),
        ("{\"type\":\"cf_agent_use_chat_request\",\"id\":\"1\"}", "error"),
        (&large, "rpc"),
    ] {
        world.agent.receive(&tab, frame);
        assert_eq!(tab.frame_words(), [answer], "{}", &frame[..frame.len().min(80)]);
    }
    world.agent.receive_binary(&tab);
    assert_eq!(tab.frame_words(), ["flux_error"]);
    world.send(&tab, &json!({"type": "cf_agent_state", "state": {"plans": {}}}));
    assert_eq!(tab.frame_words(), ["state_error", "state"]);
    assert_eq!(world.agent.store().last_seq().unwrap(), 2);
}

#[test]
fn the_first_identity_owns_the_object() {
    let world = World::new();
    let [me, you] = ["u-me", "u-you"].map(ObjectId::from);
    let may = |world: &World, who: &ObjectId| world.agent.admit(Principal::guest(who.clone()), &me).unwrap().is_ok();
    assert!(may(&world, &me) && !may(&world, &you));
    assert!(may(&World::on(world.sql.clone()), &me));
}

#[test]
fn the_zone_of_a_client_is_taken_over_until_one_is_set() {
    let mut world = World::new();
    let tab = world.connect();
    let question = json!([{"id": "u", "role": "user", "parts": [{"type": "text", "text": "hi"}]}]);
    for (id, zone, expected) in
        [("r1", "Mars", "UTC"), ("r2", "Asia/Tokyo", "Asia/Tokyo"), ("r3", "Europe/Oslo", "Asia/Tokyo")]
    {
        world.request(&tab, id, &json!({"messages": question, "timeZone": zone}));
        assert_eq!(world.agent.store().settings().unwrap().zone().name(), expected);
        world.model_answers("hello");
    }
    let learned = world.agent.store().newest_events(1).unwrap().remove(0);
    assert_eq!((learned.kind.name(), learned.actor), ("SETTINGS_CHANGED", Actor::System), "not an act of the person");
}

#[test]
fn utc_stays_if_the_person_has_chosen_it() {
    let mut world = World::new();
    let tab = world.connect();
    assert_eq!(world.call(&tab, "getSettings", json!({}))["result"]["timeZone"], json!(null));
    world.call(&tab, "setSettings", json!({"timeZone": "UTC"}));
    world.call(&tab, "reportTimeZone", json!({"timeZone": "Asia/Tokyo"}));
    let question = json!([{"id": "u", "role": "user", "parts": [{"type": "text", "text": "hi"}]}]);
    world.request(&tab, "r1", &json!({"messages": question, "timeZone": "Asia/Tokyo"}));
    assert_eq!(world.call(&tab, "getSettings", json!({}))["result"]["timeZone"], "UTC");

    let mut other = World::new();
    let tab = other.connect();
    let settings = other.call(&tab, "reportTimeZone", json!({"timeZone": "Asia/Tokyo"}))["result"].clone();
    assert_eq!(settings["timeZone"], "Asia/Tokyo");
    assert_eq!((&settings["hourFormat"], &settings["weekStart"]), (&json!("24h"), &json!("Mon")));

    let mut american = World::new();
    let tab = american.connect();
    let locale = json!({"timeZone": "America/Chicago", "hourFormat": "12h", "weekStart": "Sun"});
    let settings = american.call(&tab, "reportTimeZone", locale)["result"].clone();
    assert_eq!((&settings["hourFormat"], &settings["weekStart"]), (&json!("12h"), &json!("Sun")));
    let elsewhere = json!({"timeZone": "Europe/Oslo", "hourFormat": "24h", "weekStart": "Mon"});
    let settings = american.call(&tab, "reportTimeZone", elsewhere)["result"].clone();
    assert_eq!(settings["hourFormat"], "12h", "what is known stays");

    let error = other.call(&tab, "reportTimeZone", json!({}))["error"].clone();
    assert_eq!(error, "/timeZone: expected a string, got null. Nothing was changed.");
}

#[test]
fn a_call_does_not_take_the_id_of_a_goal_whose_tasks_would_count_as_added() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "useArchitect", json!({"goal": "Learn German"}));
    let run = world.agent.store().running().unwrap().remove(0).id;
    let answer = world.call_as(&tab, &run.to_string(), "scheduleBlock", gym(3));
    assert_eq!(
        answer["error"],
        "The id of this call is that of a goal. Nothing was changed; give each call an id of its own."
    );
    assert_eq!(world.agent.store().content().unwrap().blocks, []);
    assert_eq!(world.agent.store().transaction(run.txn()).unwrap(), []);
}
