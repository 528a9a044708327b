//! Long plans and the log, a page at a time; what led to events; and how much there is.

use serde_json::{Value, json};

use super::world::{Tab, World, gym};

/// A page's blocks by their handles, and whether it is the last one.
fn page(world: &mut World, tab: &Tab, argument: Value) -> (Vec<String>, bool) {
    let answer = world.call(tab, "getBlocks", argument.clone());
    let result = answer.get("result").unwrap_or_else(|| panic!("{argument}: {answer}"));
    let blocks = result["blocks"].as_array().unwrap();
    let handles = blocks.iter().map(|block| block["handle"].as_str().unwrap().to_owned()).collect();
    (handles, result["complete"].as_bool().unwrap())
}

fn handles(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("B{number}")).collect()
}

#[test]
fn a_long_plan_is_read_forwards_and_backwards_from_any_block() {
    let mut world = World::new();
    let tab = world.connect();
    // Two on each day: the handle decides.
    for day in [3, 3, 4, 4, 5, 5, 6] {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    let at = |day: u8, handle: &str| json!({"start": format!("2026-03-{day:02}T08:00:00Z"), "handle": handle});
    let mut get = |argument| page(&mut world, &tab, argument);
    assert_eq!(get(json!({})), (handles(1..=7), true));
    assert_eq!(get(json!({"limit": 3})), (handles(1..=3), false));
    assert_eq!(get(json!({"limit": 3, "after": at(4, "B3")})), (handles(4..=6), false));
    assert_eq!(get(json!({"limit": 3, "after": at(5, "B5")})), (handles(6..=7), true));
    assert_eq!(get(json!({"limit": 3, "before": at(5, "B6")})), (handles(3..=5), false), "directly before it");
    assert_eq!(get(json!({"limit": 3, "before": at(4, "B4")})), (handles(1..=3), true));
    assert_eq!(get(json!({"limit": 2, "after": at(3, "B2"), "before": at(5, "B6")})), (handles(3..=4), false));
    assert_eq!(get(json!({"after": at(6, "B7")})), (handles([]), true));
    assert_eq!(get(json!({"limit": 7})), (handles(1..=7), true), "as many as there are");
    assert_eq!(get(json!({"from": "2026-03-04T09:00:00Z"})), (handles(5..=7), true), "ends after, not at");
}

fn active_plan(world: &mut World, tab: &Tab) -> Value {
    let plan = world.call(tab, "getTimeline", json!({}))["result"]["timeline"]["activePlan"].clone();
    assert!(plan.is_string(), "{plan}");
    plan
}

#[test]
fn a_timeline_has_the_blocks_of_all_plans_in_use_now_and_in_the_past() {
    let mut world = World::new();
    let tab = world.connect();
    let old = json!({"title": "Old", "startTime": "2026-01-05T08:00"});
    for (plan, minutes) in [("Work", 30), ("Trip", 60)] {
        world.call(&tab, "createPlan", json!({"title": plan}));
        world.call(&tab, "scheduleBlock", gym(3));
        world.call(&tab, "scheduleBlock", json!({"title": "Buy milk", "durationMinutes": minutes}));
        world.call(&tab, "scheduleBlock", old.clone());
    }
    let seq = world.call(&tab, "getTimeline", json!({}))["result"]["seq"].clone();
    let shown = |answer: &Value| -> Vec<String> {
        let blocks = answer["result"]["timeline"]["blocks"].as_array().unwrap();
        blocks.iter().map(|block| block["handle"].as_str().unwrap().to_owned()).collect()
    };
    let now = world.call(&tab, "getTimeline", json!({}));
    let all = handles([2, 5, 3, 6, 1, 4]);
    assert_eq!((shown(&now), now["result"]["complete"].as_bool()), (all.clone(), Some(true)));
    world.call(&tab, "archivePlan", json!({"id": "Work"}));
    let now = world.call(&tab, "getTimeline", json!({}));
    assert_eq!((shown(&now), now["result"]["complete"].as_bool()), (handles([5, 6, 4]), Some(true)));
    let then = world.call(&tab, "getTimelineAt", json!({"seq": seq}));
    assert_eq!((shown(&then), then["result"]["complete"].as_bool()), (all, Some(true)));
}

#[test]
fn a_page_has_what_was_asked_for_of_one_plan_or_of_all_in_use() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "scheduleBlock", gym(3));
    world.call(&tab, "scheduleBlock", json!({"title": "Swim in the Lake", "startTime": "2026-03-02T10:00"}));
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    let first = active_plan(&mut world, &tab);
    for (argument, expected) in [
        (json!({"text": "LAKE swim"}), handles([2])),
        (json!({"text": " "}), handles([2, 1])),
        (json!({"state": "open"}), handles([2])),
        (json!({"state": "done", "text": null}), handles([1])),
    ] {
        assert_eq!(page(&mut world, &tab, argument.clone()), (expected, true), "{argument}");
    }
    world.call(&tab, "createPlan", json!({"title": "Trip"}));
    let trip = active_plan(&mut world, &tab);
    world.call(&tab, "scheduleBlock", gym(2));
    assert_eq!(page(&mut world, &tab, json!({"plan": trip})), (handles([3]), true));
    assert_eq!(page(&mut world, &tab, json!({"plan": first})), (handles([2, 1]), true));
    assert_eq!(page(&mut world, &tab, json!({})), (handles([3, 2, 1]), true), "of all plans in use, by start");
    assert_eq!(page(&mut world, &tab, json!({"limit": 2})), (handles([3, 2]), false));
    world.call(&tab, "archivePlan", json!({"id": "My plan"}));
    assert_eq!(page(&mut world, &tab, json!({})), (handles([3]), true));
    assert_eq!(page(&mut world, &tab, json!({"plan": first})), (handles([2, 1]), true), "also an archived one");
}

#[test]
fn each_word_of_a_search_is_somewhere_in_a_block_and_a_search_that_was_cut_says_so() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "scheduleBlock", gym(3));
    let updates = json!({"priority": "high", "tags": ["Sport", "ÜBUNG"], "description": "Bring\n the blue Shoes"});
    world.call(&tab, "updateBlock", json!({"id": "B1", "updates": updates}));
    for day in 4..=7 {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    world.call(&tab, "updateBlock", json!({"id": "B2", "updates": {"title": "Buy blue shoes"}}));
    world.call(&tab, "completeBlock", json!({"id": "B2"}));
    for (argument, expected, complete) in [
        (json!({"text": "shoes BLUE"}), handles([1, 2]), true),
        (json!({"text": "gym #sport the blue"}), handles([1]), true),
        (json!({"text": "übung"}), handles([1]), true),
        (json!({"text": "blue b2"}), handles([2]), true),
        (json!({"text": "blue sports"}), handles([]), true),
        (json!({"text": "blue", "state": "open"}), handles([1]), true),
        (json!({"text": "shoes", "priority": "medium"}), handles([2]), true),
        (json!({"priority": "high"}), handles([1]), true),
        (json!({"priority": "medium", "state": "open", "limit": 2}), handles([3, 4]), false),
        (json!({"text": "gym", "limit": 3}), handles([1, 3, 4]), false),
        (json!({"text": "gym", "limit": 4}), handles([1, 3, 4, 5]), true),
    ] {
        assert_eq!(page(&mut world, &tab, argument.clone()), (expected, complete), "{argument}");
    }
    let updates = json!({"tags": [], "description": ""});
    world.call(&tab, "updateBlock", json!({"id": "B1", "updates": updates}));
    assert_eq!(page(&mut world, &tab, json!({"text": "blue"})), (handles([2]), true), "what it says now");
}

#[test]
fn a_page_that_cannot_be_asked_for_names_the_field() {
    let mut world = World::new();
    let tab = world.connect();
    for (argument, expected) in [
        (json!({"limit": 0}), "/limit: expected a whole number from 1 to 1000, got 0."),
        (json!({"limit": 1001}), "/limit: expected a whole number from 1 to 1000, got 1001."),
        (json!({"state": "any"}), "/state: expected open, todo or done, got \"any\"."),
        (json!({"priority": "urgent"}), "/priority: expected high, medium or low, got \"urgent\"."),
        (json!({"text": "x".repeat(201)}), "/text: expected a string of at most 200 characters, got \"xxx"),
        (json!({"before": "B1"}), "/before: expected a place such as {\"start\": "),
        (json!({"after": {"start": "2026-03-02T10:00:00Z"}}), "/after: expected a place such as {\"start\": "),
        (json!({"until": "2026-03-02T10:00:00Z"}), "/until: expected one of the fields plan, before, after, "),
        (json!({"plan": "My plan"}), "/plan: expected a UUID"),
        (json!({"plan": "00000000-0000-7000-8000-000000000000"}), "There is no plan “00000000"),
        (json!([]), "/: expected an object, got []."),
    ] {
        let answer = world.call(&tab, "getBlocks", argument.clone());
        let error = answer["error"].as_str().unwrap_or_else(|| panic!("{argument}: {answer}"));
        assert!(error.starts_with(expected), "{argument}: {error}");
    }
}

/// The causes of all events, as a page returns them.
fn causes(world: &mut World, tab: &Tab) -> Value {
    world.call(tab, "getEvents", json!({}))["result"]["causes"].clone()
}

#[test]
fn events_by_the_assistant_tell_which_words_of_the_person_led_to_them() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "  Gym on the third, please  ");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_answers("Done.");
    world.say(&tab, "r2", &"x".repeat(300));
    world.model_calls("c2", "scheduleBlock", &gym(4));
    world.model_answers("Done.");
    world.say(&tab, "r3", "Thanks");
    world.model_answers("Any time.");
    let answers: Vec<String> =
        world.agent.store().messages(10).unwrap().into_iter().map(|message| message.id).collect();
    let expected = json!({
        "r1": {"question": "user-r1", "answer": answers[1], "words": "Gym on the third, please"},
        "r2": {"question": "user-r2", "answer": answers[3], "words": "x".repeat(200)},
    });
    assert_eq!(causes(&mut world, &tab), expected);
    let by_user = &world.call(&tab, "getEvents", json!({"actor": "user"}))["result"];
    assert_eq!(by_user["causes"], json!({}), "only those of the page");

    // The conversation is cut short before the second question: what it led to stays in the log.
    let first = &world.agent.store().messages(10).unwrap()[..1];
    world.request(&tab, "r4", &json!({"messages": first, "trigger": "regenerate-message"}));
    world.model_answers("It is there already.");
    assert_eq!(causes(&mut world, &tab).as_object().unwrap().keys().collect::<Vec<_>>(), ["r1"]);
    world.send(&tab, &json!({"type": "cf_agent_chat_clear"}));
    assert_eq!(causes(&mut world, &tab), json!({}));
}

#[test]
fn what_was_said_in_other_words_since_is_told_as_it_was_said_then() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Gym on the third");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_answers("Done.");
    let mut question = serde_json::to_value(&world.agent.store().messages(2).unwrap()[0]).unwrap();
    question["parts"] = json!([{"type": "text", "text": "Gym on the fourth"}]);
    world.request(&tab, "r2", &json!({"messages": [question], "trigger": "submit-message"}));
    world.model_calls("c2", "scheduleBlock", &gym(4));
    world.model_answers("Done.");
    let causes = causes(&mut world, &tab);
    let words = ["r1", "r2"].map(|request| causes[request]["words"].as_str());
    assert_eq!(words, [Some("Gym on the third"), Some("Gym on the fourth")]);
}

#[test]
fn an_answer_that_waited_for_consent_is_one_change() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "createPlan", json!({"title": "Old"}));
    world.say(&tab, "r1", "Gym on the third, and delete the old plan");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_calls("c2", "deletePlan", &json!({"id": "Old"}));
    let approval =
        json!({"type": "cf_agent_tool_approval", "toolCallId": "c2", "approved": true, "autoContinue": true});
    world.send(&tab, &approval);
    world.wait();
    world.model_calls("c3", "scheduleBlock", &gym(4));
    world.model_answers("Done.");
    assert_eq!(world.agent.store().content().unwrap().blocks.len(), 2);
    world.call(&tab, "undo", json!({}));
    let content = world.agent.store().content().unwrap();
    assert_eq!(
        (content.blocks.len(), content.plans.iter().filter(|plan| plan.title.as_str() == "Old").count()),
        (0, 1)
    );

    // What the next message leads to is another one.
    world.call(&tab, "redo", json!({}));
    world.say(&tab, "r2", "Gym on the fifth");
    world.model_calls("c4", "scheduleBlock", &gym(5));
    world.model_answers("Done.");
    world.call(&tab, "undo", json!({}));
    assert_eq!(world.agent.store().content().unwrap().blocks.len(), 2);
}

#[test]
fn what_a_continuation_does_goes_back_to_the_question_that_it_goes_on_with() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "createPlan", json!({"title": "Old"}));
    world.say(&tab, "r1", "Delete the old plan");
    world.model_calls("c1", "deletePlan", &json!({"id": "Old"}));
    let approval =
        json!({"type": "cf_agent_tool_approval", "toolCallId": "c1", "approved": true, "autoContinue": true});
    world.send(&tab, &approval);
    world.wait();
    world.model_answers("Gone.");
    let events = world.call(&tab, "getEvents", json!({"type": "PLAN_DELETED"}))["result"].clone();
    let turn = events["events"][0]["actor"]["turn"].as_str().unwrap();
    assert_ne!(turn, "r1");
    assert_eq!(
        (&events["causes"][turn]["question"], &events["causes"][turn]["words"]),
        (&json!("user-r1"), &json!("Delete the old plan"))
    );
}

#[test]
fn events_of_runs_tell_their_goal_and_events_of_a_plan_are_found_with_its_blocks() {
    let mut world = World::new();
    let tab = world.connect();
    world.call(&tab, "createPlan", json!({"title": "Trip"}));
    world.call(&tab, "scheduleBlock", gym(3));
    let trip = active_plan(&mut world, &tab);
    world.call(&tab, "useArchitect", json!({"goal": "Learn German"}));
    world.call(&tab, "switchPlan", json!({"id": "My plan"}));
    world.call(&tab, "scheduleBlock", gym(4));
    world.call(&tab, "cancelRun", json!({}));
    world.call(&tab, "renamePlan", json!({"id": "Trip", "title": "Journey"}));
    let mut types = |filter: Value| {
        let page = world.call(&tab, "getEvents", filter)["result"].clone();
        let types: Vec<String> =
            page["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
        (types, page["goals"].as_object().unwrap().values().cloned().collect::<Vec<_>>())
    };
    let about_trip = ["PLAN_CREATED", "PLAN_SWITCHED", "BLOCK_SCHEDULED", "WORKFLOW_STARTED", "PLAN_RENAMED"];
    assert_eq!(types(json!({"plan": trip})), (about_trip.map(str::to_owned).to_vec(), vec![json!("Learn German")]));
    assert_eq!(types(json!({"type": "WORKFLOW_CANCELLED"})).1, [json!("Learn German")]);
    assert_eq!(types(json!({"type": "PLAN_RENAMED"})).1, Vec::<Value>::new());
    let (first, _) = types(json!({"plan": trip, "type": "BLOCK_SCHEDULED"}));
    assert_eq!(first.len(), 1);
}

#[test]
fn it_is_told_how_much_there_is() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Gym");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_answers("Done.");
    world.call(&tab, "scheduleBlock", gym(4));
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    for title in ["Away", "Gone"] {
        world.call(&tab, "createPlan", json!({"title": title}));
        world.call(&tab, "scheduleBlock", gym(5));
    }
    world.call(&tab, "deletePlan", json!({"id": "Gone"}));
    world.call(&tab, "archivePlan", json!({"id": "Away"}));
    let counts = world.call(&tab, "getCounts", json!({}))["result"].clone();
    let expected = json!({
        "events": world.agent.store().events_after(0, 100).unwrap().len(),
        "byType": {"PLAN_CREATED": 3, "PLAN_SWITCHED": 5, "BLOCK_SCHEDULED": 4, "BLOCK_COMPLETED": 1,
                   "PLAN_DELETED": 1, "PLAN_ARCHIVED": 1},
        "byActor": {"system": 2, "assistant": 1, "user": 12},
        "blocks": {"open": 2, "done": 1, "appointments": 0},
        "plans": 1,
        "archivedPlans": 1,
        "messages": 2,
        "prompts": counts["prompts"],
    });
    assert_eq!(counts, expected);
    let refused = world.call(&tab, "getCounts", json!({"plan": 1}));
    assert_eq!(refused["error"], "/plan: expected no fields at all, got 1. Nothing was changed.");
}
