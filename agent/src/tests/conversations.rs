//! The frames that each client receives while a request is answered.

use serde_json::{Value, json};

use super::world::{World, text};
use flux_model::{FinishReason, ModelError, ModelMessage};
use flux_timeline::ReadBlocks;

fn words_of(message: &ModelMessage) -> String {
    match message {
        ModelMessage::User { text } | ModelMessage::Assistant { text, .. } => text.clone(),
        ModelMessage::Tool { content, .. } => content.clone(),
    }
}

fn workout() -> Value {
    json!({"title": "Workout", "startTime": "2026-03-03T08:00"})
}

#[test]
fn a_turn_with_a_tool_is_told_to_both_tabs_in_order() {
    let mut world = World::new();
    let (asking, watching, following) = (world.connect(), world.connect(), world.connect_as(true, None));
    assert_eq!(asking.frame_words(), ["identity", "state", "chat_messages"]);
    assert_eq!(following.frame_words(), ["identity", "flux_snapshot", "chat_messages"]);
    watching.frame_words();

    world.say(&asking, "r1", "Schedule workout tomorrow at 8am");
    world.model_calls("c1", "scheduleBlock", &workout());
    world.model_says([text("Do")]);
    world.model_says([text("ne.")]);
    world.model_ends(FinishReason::Stop);

    let chunks = [
        "start",
        "start-step",
        "tool-input-start",
        "tool-input-delta",
        "tool-input-available",
        "tool-output-available",
        "message-metadata",
        "finish-step",
        "start-step",
        "text-start",
        "text-delta=Do",
        "text-delta=ne.",
        "text-end",
        "finish-step",
        "finish",
    ];
    let frames = asking.frame_words();
    assert_eq!(frames[..chunks.len()], chunks);
    assert_eq!(frames[chunks.len()..], ["done:completed"]);

    let frames = watching.frame_words();
    assert_eq!(frames[0], "chat_messages");
    assert_eq!(frames[1..=chunks.len()], chunks);
    assert_eq!(frames[chunks.len() + 1..], ["chat_messages", "done:completed"]);
    assert!(following.frame_words().contains(&"flux_events".to_owned()));
    world.wait();
    assert_eq!((asking.frame_words(), watching.frame_words()), (vec!["state".to_owned()], vec!["state".to_owned()]));

    let messages = serde_json::to_value(world.agent.store().messages(10).unwrap()).unwrap();
    assert_eq!(messages[1]["parts"][1]["output"]["summary"], "Scheduled “Workout” (B1) for Tue 3 Mar, 08:00–09:00.");
    assert_eq!(messages[1]["parts"][3], json!({"type": "text", "text": "Done.", "state": "done"}));
}

#[test]
fn the_model_is_told_what_came_of_its_calls_and_what_the_timeline_is() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Schedule workout tomorrow at 8am");
    world.model_calls("c1", "functions.schedule_block", &workout());
    let requests = world.puppet.requests.borrow().clone();
    assert!(requests[0].context.contains("No blocks of the active plan in the next 7 days."));
    assert_eq!(requests[1].context, requests[0].context, "what has changed is in the result");
    let [ModelMessage::User { .. }, ModelMessage::Assistant { calls, .. }, ModelMessage::Tool { call_id, content, .. }] =
        requests[1].messages.as_slice()
    else {
        panic!("{:?}", requests[1].messages)
    };
    assert_eq!((calls[0].name.as_str(), call_id.as_str()), ("scheduleBlock", "c1"));
    assert!(content.contains("\"ok\":true") && content.contains("\"handle\":\"B1\""), "{content}");
    world.model_answers("Done.");
    world.say(&tab, "r2", "And tomorrow?");
    assert!(world.puppet.requests.borrow()[2].context.contains("B1 | Tue 2026-03-03 08:00–09:00 | Workout"));
}

#[test]
fn a_call_that_does_not_fit_goes_back_to_the_model_and_the_third_ends_the_turn() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Schedule workout");
    world.model_calls("c1", "scheduleBlock", &json!({"startTime": "2026-03-03T08:00"}));
    let ModelMessage::Tool { content, .. } = world.puppet.requests.borrow()[1].messages[2].clone() else { panic!() };
    assert!(content.contains("/title: expected a value (it is required), got nothing"), "{content}");
    world.model_calls("c2", "teleport", &json!({}));
    let ModelMessage::Tool { content, .. } = world.puppet.requests.borrow()[2].messages[4].clone() else { panic!() };
    assert!(content.contains("There is no tool “teleport”"), "{content}");
    tab.frame_words();
    world.model_calls("c3", "teleport", &json!({}));
    assert_eq!(tab.frame_words().last().unwrap(), "error");
    assert_eq!(world.puppet.requests.borrow().len(), 3);
}

#[test]
fn after_eight_steps_the_model_must_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "List my plans for ever");
    for step in 1..=8 {
        let offered = world.puppet.requests.borrow().last().unwrap().tools.len();
        assert_eq!(offered == 0, step == 8);
        world.model_calls(&format!("c{step}"), "listPlans", &json!({}));
    }
    assert_eq!(world.puppet.requests.borrow().len(), 8);
    assert_eq!(tab.frame_words().last().unwrap(), "done:completed");
}

#[test]
fn a_call_in_the_step_without_tools_is_not_carried_out_and_told() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Schedule workout for ever");
    for step in 1..=8 {
        let workout = json!({"title": "Workout", "startTime": "2026-03-03T08:00"});
        world.model_calls(&format!("c{step}"), "scheduleBlock", &workout);
    }
    assert_eq!(tab.frame_words().last().unwrap(), "done:completed");
    assert_eq!(world.agent.store().content().unwrap().blocks.len(), 7);
    let messages = serde_json::to_value(world.agent.store().messages(10).unwrap()).unwrap();
    let last = messages[1]["parts"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["state"], "output-error");
    assert!(last["errorText"].as_str().unwrap().starts_with("Not done: after 8 steps an answer was due."), "{last}");
}

#[test]
fn requests_are_answered_one_at_a_time_in_their_order() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "first");
    world.say(&tab, "r2", "second");
    assert_eq!(world.puppet.requests.borrow().len(), 1);
    world.model_answers("one");
    assert_eq!(world.puppet.requests.borrow().len(), 2);
    let texts: Vec<String> = world.puppet.requests.borrow()[1].messages.iter().map(words_of).collect();
    assert_eq!(texts, ["first", "one", "second"], "the model sees each answer after its question");
    world.model_answers("two");
    let done: Vec<Value> = tab.received().into_iter().filter(|frame| frame["done"] == true).collect();
    let ids: Vec<&Value> = done.iter().map(|frame| &frame["id"]).collect();
    assert_eq!(ids, ["r1", "r2"]);
    assert_eq!(done[0]["messageIds"], json!(["user-r1"]));
}

#[test]
fn cancelling_keeps_what_was_said_and_stops_the_model() {
    let mut world = World::new();
    let (asking, watching) = (world.connect(), world.connect());
    world.say(&asking, "r1", "Tell me a story");
    world.model_says([text("Once upon")]);
    watching.frame_words();
    asking.frame_words();
    world.send(&watching, &json!({"type": "cf_agent_chat_request_cancel", "id": "r1"}));
    assert!(!world.model_is_heard());
    assert_eq!(watching.frame_words(), ["message-metadata", "abort", "done:aborted"]);
    assert_eq!(asking.frame_words(), ["message-metadata", "abort", "chat_messages", "done:aborted"]);
    let messages = serde_json::to_value(world.agent.store().messages(10).unwrap()).unwrap();
    assert_eq!(messages[1]["parts"][1], json!({"type": "text", "text": "Once upon", "state": "done"}));
    assert_eq!(messages[1]["metadata"]["stopped"], true);
}

#[test]
fn a_request_that_waits_can_be_cancelled() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "first");
    world.say(&tab, "r2", "second");
    tab.frame_words();
    world.send(&tab, &json!({"type": "cf_agent_chat_request_cancel", "id": "r2"}));
    world.send(&tab, &json!({"type": "cf_agent_chat_request_cancel", "id": "nobody's"}));
    assert_eq!(tab.frame_words(), ["done:aborted"]);
    world.model_answers("one");
    assert_eq!(world.puppet.requests.borrow().len(), 1);
}

#[test]
fn clearing_ends_everything_and_keeps_nothing() {
    let mut world = World::new();
    let (clearing, other) = (world.connect(), world.connect());
    world.say(&other, "r1", "first");
    world.say(&other, "r2", "second");
    world.model_says([text("Once upon")]);
    clearing.frame_words();
    other.frame_words();
    world.send(&clearing, &json!({"type": "cf_agent_chat_clear"}));
    assert_eq!(other.frame_words(), ["done:skipped", "done:aborted", "chat_clear"]);
    assert_eq!(clearing.frame_words(), ["done:aborted"]);
    assert!(!world.model_is_heard());
    assert_eq!(world.agent.store().messages(10).unwrap(), []);
    world.say(&clearing, "r3", "again");
    world.model_answers("yes");
    assert_eq!(world.agent.store().messages(10).unwrap().len(), 2);
}

#[test]
fn an_error_of_the_model_reaches_everyone_and_is_told_again_to_who_comes_later() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "hello");
    world.model_fails(ModelError::Overloaded);
    let frames = tab.received();
    let last = frames.last().unwrap();
    assert_eq!((&last["error"], &last["done"]), (&json!(true), &json!(true)));
    assert_eq!(last["body"], "The model is over capacity. Nothing was lost; try again in a moment.");

    let later = world.connect();
    later.frame_words();
    world.send(&later, &json!({"type": "cf_agent_stream_resume_request", "probeId": "p"}));
    assert_eq!(later.frame_words(), ["stream_resuming"]);
    world.send(&later, &json!({"type": "cf_agent_stream_resume_ack", "id": "r1"}));
    assert_eq!(later.frame_words().last().unwrap(), "replay:error");

    world.say(&tab, "r2", "hello again");
    world.model_answers("Hello.");
    world.send(&later, &json!({"type": "cf_agent_stream_resume_request", "probeId": "q"}));
    assert_eq!(later.frame_words().last().unwrap(), "stream_resume_none");
}

#[test]
fn a_request_that_cannot_be_read_is_answered_with_an_error_and_changes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    tab.frame_words();
    let empty = json!([{"id": "u", "role": "user", "parts": [{"type": "text", "text": "  "}]}]);
    let long = json!([{"id": "u", "role": "user", "parts": [{"type": "text", "text": "x".repeat(40_000)}]}]);
    let nameless = json!([{"id": "", "role": "user", "parts": [{"type": "text", "text": "x"}]}]);
    for body in [
        json!(null),
        json!({}),
        json!({"messages": []}),
        json!({"messages": empty}),
        json!({"messages": long}),
        json!({"messages": nameless}),
    ] {
        world.request(&tab, "r1", &body);
        assert_eq!(tab.frame_words(), ["error"], "{body}");
    }
    assert_eq!(world.agent.store().messages(10).unwrap(), []);
    assert!(world.puppet.requests.borrow().is_empty());
}

#[test]
fn asking_for_another_answer_drops_the_old_one() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "hello");
    world.model_answers("Hm.");
    let question = &world.agent.store().messages(10).unwrap()[..1];
    let body = json!({"messages": question, "trigger": "regenerate-message"});
    world.request(&tab, "r2", &body);
    world.model_answers("Hello!");
    let texts: Vec<String> =
        world.agent.store().messages(10).unwrap().iter().map(flux_protocol::Message::text).collect();
    assert_eq!(texts, ["hello", "Hello!"]);
}

#[test]
fn a_tab_that_is_behind_neither_wipes_nor_shortens_the_conversation() {
    let mut world = World::new();
    let (ahead, behind) = (world.connect(), world.connect());
    world.say(&ahead, "r1", "one");
    world.model_answers("The whole answer.");
    let mut answer = world.agent.store().messages(10).unwrap()[1].clone();
    answer.parts.clear();
    let fresh = json!({"id": "u9", "role": "user", "parts": [{"type": "text", "text": "two"}]});
    world.request(&behind, "r2", &json!({"messages": [answer, fresh]}));
    world.model_answers("Yes.");
    let texts: Vec<String> =
        world.agent.store().messages(10).unwrap().iter().map(flux_protocol::Message::text).collect();
    assert_eq!(texts, ["one", "The whole answer.", "two", "Yes."]);
}

#[test]
fn what_is_stored_of_a_list_is_not_read_again_and_what_is_not_is_checked() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Hello");
    world.model_answers("Hi.");
    let answer = world.agent.store().messages(1).unwrap().remove(0).id;
    let stored = |world: &World| serde_json::to_string(&world.agent.store().messages(10).unwrap()).unwrap();
    let before = stored(&world);
    tab.received();

    // The same message in another order, an answer that is none, and an id with an escape.
    let list = format!(
        r#"[{{"parts":[{{"text":"Hello","type":"text"}}],"role":"user","id":"user-\u0072\u0031"}},
            {{"id":"{answer}","role":"assistant","parts":"of another kind"}},
            {{"id":"u2","role":"user","parts":"#
    );
    let request = |world: &mut World, id: &str, list: &str| {
        let init =
            json!({"method": "POST", "body": format!(r#"{{ "messages" : {list}, "trigger":"submit-message" }}"#)});
        world.send(&tab, &json!({"type": "cf_agent_use_chat_request", "id": id, "init": init}));
    };
    for (parts, what) in [("7}]", "cannot be read"), ("[]}]", "is empty"), ("[]", "cannot be read")] {
        request(&mut world, "r2", &format!("{list}{parts}"));
        let frames = tab.received();
        assert!(frames[0]["body"].as_str().unwrap().contains(what), "{parts}: {frames:?}");
        assert_eq!(stored(&world), before);
    }
    let init = json!({"method": "POST", "body": "{}"});
    world.send(&tab, &json!({"type": "cf_agent_use_chat_request", "id": "r2", "init": init}));
    assert!(tab.received()[0]["body"].as_str().unwrap().contains("cannot be read"));
    // A message before the last one that cannot be read.
    let rest = r#"7},{"id":"u3","role":"user","parts":[{"type":"text","text":"So?"}]}]"#;
    request(&mut world, "r2", &format!("{list}{rest}"));
    assert!(tab.received()[0]["body"].as_str().unwrap().contains("cannot be read"));
    assert_eq!(stored(&world), before);

    request(&mut world, "r2", &format!(r#"{list}[{{"type":"text","text":"And?"}}]}}]"#));
    let messages = world.agent.store().messages(10).unwrap();
    assert_eq!(messages.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(), ["user-r1", &answer, "u2"]);
    assert_eq!(serde_json::to_string(&messages[..2]).unwrap(), before);
}

#[test]
fn all_steps_of_a_turn_continue_the_same_conversation() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Gym on the third");
    world.statements.take();
    world.model_calls("c1", "scheduleBlock", &workout());
    world.model_calls("c2", "scheduleBlock", &json!({"title": "Run", "startTime": "2026-03-04T08:00"}));
    world.model_answers("Done.");
    let requests = world.puppet.requests.borrow();
    let lengths: Vec<usize> = requests.iter().map(|request| request.messages.len()).collect();
    assert_eq!(lengths, [1, 3, 5]);
    assert!(requests.windows(2).all(|pair| pair[1].messages.starts_with(&pair[0].messages)));
    let read = world.statements.take().iter().filter(|statement| statement.contains("[messages] o")).count();
    assert_eq!(read, 0, "the conversation was read when the turn began");
}

#[test]
fn a_call_whose_arguments_had_to_be_repaired_is_carried_out_and_logged() {
    let repaired = |length: Value| {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "Gym");
        let arguments = json!({"title": "Gym", "startTime": "2026-03-05T08:00", "durationMinutes": length});
        world.model_calls("c1", "scheduleBlock", &arguments);
        world.model_answers("Done.");
        assert_eq!(world.agent.store().stored_blocks().unwrap(), 1);
        world.logged().iter().any(|line| line["log"] == "repaired-call" && line["tool"] == "scheduleBlock")
    };
    assert!(repaired(json!("30")), "a text in place of a number");
    assert!(!repaired(json!(30)));
}
