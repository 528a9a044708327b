//! What a connection is sent has a bound, whatever is stored.

use flux_protocol::{MAX_MESSAGE_BYTES, Message};
use flux_timeline::Actor;
use serde_json::{Value, json};

use super::world::{Tab, World, gym, text};
use flux_model::{FinishReason, ModelEvent};

/// The most that a greeting may have, in bytes.
const GREETING: usize = 1_000_000;

/// A conversation with 220 messages of about 230 kB.
fn large() -> World {
    let world = World::new();
    for number in 0..220 {
        let role = if number % 2 == 0 { "user" } else { "assistant" };
        let text = format!("{number} {}", "“word” ".repeat(21_000));
        let part = json!({"type": "text", "text": text});
        put(&world, &json!({"id": format!("m{number}"), "role": role, "parts": [part]}));
    }
    world
}

fn put(world: &World, message: &Value) {
    let message: Message = serde_json::from_value(message.clone()).unwrap();
    world.agent.store().put_message(&message, chrono::DateTime::UNIX_EPOCH).unwrap();
}

fn bytes(frames: &[Value]) -> usize {
    frames.iter().map(|frame| frame.to_string().len()).sum()
}

fn ids(messages: &Value) -> Vec<String> {
    messages.as_array().unwrap().iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect()
}

/// The conversation in the last frame that has it.
fn conversation(tab: &Tab) -> Value {
    let frames = tab.received();
    let frame = frames.into_iter().rfind(|frame| frame["type"] == "cf_agent_chat_messages").unwrap();
    assert!(frame.to_string().len() <= GREETING / 2 + 1_000, "{} bytes", frame.to_string().len());
    frame
}

fn words(id: &str, text: &str) -> Value {
    json!({"id": id, "role": "user", "parts": [{"type": "text", "text": text}]})
}

#[test]
fn a_greeting_has_the_newest_messages_that_fit_and_pages_have_the_others() {
    let mut world = large();
    for tab in [world.connect(), world.connect_as(true, None), world.connect_as(true, Some(1))] {
        let frames = tab.received();
        assert!(bytes(&frames) <= GREETING, "{} bytes", bytes(&frames));
        let frame = frames.last().unwrap();
        assert_eq!((&frame["connect"], &frame["hasEarlier"]), (&json!(true), &json!(true)));
        assert_eq!(ids(&frame["messages"]), ["m218", "m219"]);
    }
    let tab = world.connect();
    let mut all = ids(&world.call(&tab, "getMessages", json!({}))["result"]);
    assert_eq!(all, ["m218", "m219"]);
    loop {
        let page = world.call(&tab, "getMessages", json!({"before": all[0], "limit": 50}));
        assert!(page.to_string().len() <= GREETING / 2 + 1_000);
        let page = ids(&page["result"]);
        if page.is_empty() {
            break;
        }
        all.splice(0..0, page);
    }
    assert_eq!(all, (0..220).map(|number| format!("m{number}")).collect::<Vec<_>>());
    let unknown = world.call(&tab, "getMessages", json!({"before": "gone"}));
    assert!(unknown["error"].as_str().unwrap().contains("no message with this id"), "{unknown}");
}

#[test]
fn a_client_that_knows_only_the_newest_page_deletes_nothing_before_it() {
    let mut world = large();
    let (tab, watching) = (world.connect(), world.connect());
    let page = conversation(&tab)["messages"].clone();

    // A new message after what it knows.
    let mut list = page.as_array().unwrap().clone();
    list.push(words("u1", "hello"));
    world.request(&tab, "r1", &json!({"messages": list, "trigger": "submit-message"}));
    world.model_answers("Hi.");
    assert_eq!(world.agent.store().messages(300).unwrap().len(), 222);
    let newest = conversation(&watching);
    assert_eq!(newest["hasEarlier"], true);
    assert_eq!(newest["messages"].as_array().unwrap().last().unwrap()["parts"][1]["text"], "Hi.");

    // Another answer: the list ends with a message that is known.
    world.request(&tab, "r2", &json!({"messages": list, "trigger": "regenerate-message"}));
    world.model_answers("Hello.");
    let stored = world.agent.store().messages(300).unwrap();
    assert_eq!((stored.len(), stored[0].id.as_str()), (222, "m0"));
    assert_eq!(stored[221].text(), "Hello.");
}

#[test]
fn a_message_that_is_too_large_is_refused_with_a_reason() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    let mut large = words("u1", "hello");
    large["metadata"] = json!({"note": "x".repeat(MAX_MESSAGE_BYTES)});
    tab.received();
    other.received();
    world.request(&tab, "r1", &json!({"messages": [large, words("u2", "hi")], "trigger": "submit-message"}));
    let frames = tab.received();
    assert_eq!(frames[0]["body"], "A message is larger than 256 kB. Nothing was changed; send it in smaller parts.");
    assert_eq!((&frames[0]["error"], &frames[0]["done"], frames.len()), (&json!(true), &json!(true), 1));
    world.send(&tab, &json!({"type": "cf_agent_chat_messages", "messages": [large]}));
    assert_eq!(tab.frame_words(), ["flux_error"]);
    assert_eq!(world.agent.store().messages(10).unwrap(), []);
    assert!(other.received().is_empty());
}

#[test]
fn an_answer_that_does_not_end_is_cut_off_with_a_note() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Tell me everything");
    for _ in 0..200 {
        world.model_says([text(&"blah ".repeat(1_000))]);
        if !world.model_is_heard() {
            break;
        }
    }
    assert!(!world.model_is_heard(), "the model is still listened to");
    assert_eq!(tab.frame_words().last().unwrap(), "done:completed");
    let stored = world.agent.store().messages(10).unwrap();
    let answer = stored[1].text();
    assert!(answer.len() > 128 << 10 && answer.len() < 130 << 10, "{} bytes", answer.len());
    assert!(answer.ends_with("\n\n(The answer was too long and was cut off here. What was done before is kept.)"));
}

#[test]
fn a_call_whose_arguments_do_not_end_is_not_carried_out() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Schedule it");
    let (id, name) = ("c1".to_owned(), "scheduleBlock".to_owned());
    let delta = format!(r#"{{"title": "{}"#, "x".repeat(200_000));
    world.model_says([ModelEvent::CallStarted { id: id.clone(), name }, ModelEvent::CallArguments { id, delta }]);
    assert!(!world.model_is_heard(), "the model is still listened to");
    let stored = serde_json::to_value(world.agent.store().messages(10).unwrap()).unwrap();
    let call = &stored[1]["parts"][1];
    assert_eq!(call["state"], "output-error", "{call}");
    assert!(call["errorText"].as_str().unwrap().starts_with("The answer was too long"), "{call}");
    assert_eq!(tab.frame_words().last().unwrap(), "done:completed");
}

#[test]
fn a_large_result_is_shortened_with_a_note() {
    let mut world = World::new();
    let tab = world.connect();
    for day in 1..28 {
        let mut block = gym(day);
        block["description"] = json!("“long” ".repeat(570));
        assert_eq!(world.call(&tab, "scheduleBlock", block)["success"], true);
    }
    world.say(&tab, "r1", "What is there?");
    world.model_calls("c1", "findBlocks", &json!({"limit": 50}));
    world.model_says([text("A lot.")]);
    world.model_ends(FinishReason::Stop);
    let stored = serde_json::to_value(world.agent.store().messages(10).unwrap()).unwrap();
    let result = &stored[1]["parts"][1]["output"];
    assert_eq!((&result["ok"], &result["note"]), (&json!(true), &json!("This result was too long to keep whole.")));
    assert!(result.to_string().len() <= 32 << 10, "{} bytes", result.to_string().len());
    assert!(result["summary"].is_string() && result["blocks"].as_array().unwrap().len() > 2, "{result}");
}

#[test]
fn a_timeline_of_large_blocks_leaves_room_for_the_conversation() {
    let mut world = large();
    let tab = world.connect_as(true, None);
    for number in 0..60 {
        let mut block = gym(number / 3 + 3);
        block["description"] = json!("😀".repeat(4_000));
        assert_eq!(world.call(&tab, "scheduleBlock", block)["success"], true);
    }
    let later = world.connect_as(true, None);
    let frames = later.received();
    assert!(bytes(&frames) <= GREETING, "{} bytes", bytes(&frames));
    let snapshot = frames.iter().find(|frame| frame["type"] == "flux_snapshot").unwrap();
    assert_eq!((&snapshot["complete"], &snapshot["hasMore"]), (&json!(false), &json!(true)));
    assert!(snapshot["timeline"]["blocks"].as_array().unwrap().len() > 5);
    assert_eq!(ids(&frames.last().unwrap()["messages"]), ["m218", "m219"]);

    // Few events can be many bytes, too.
    let behind = world.connect_as(true, Some(2)).received();
    assert!(bytes(&behind) <= GREETING, "{} bytes", bytes(&behind));
    let near = world.agent.store().newest_events(3).unwrap();
    assert!(near.iter().all(|event| event.actor == Actor::User));
    let near = world.connect_as(true, Some(near[0].seq)).frame_words();
    assert_eq!(near, ["identity", "flux_events", "chat_messages"]);
}
