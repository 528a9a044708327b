//! Clients that come back, and processes that died.

use serde_json::{Value, json};

use super::world::{World, text};
use flux_model::FinishReason;

/// The chunks of a request as a client puts them together: by `seq`, each once.
fn text_of(frames: &[Value]) -> String {
    let mut seqs = Vec::new();
    let mut said = String::new();
    for frame in frames.iter().filter(|frame| frame["seq"].is_u64()) {
        seqs.push(frame["seq"].as_u64().unwrap());
        let chunk: Value = serde_json::from_str(frame["body"].as_str().unwrap()).unwrap();
        said.push_str(chunk["delta"].as_str().unwrap_or_default());
    }
    let expected: Vec<u64> = (0..seqs.len() as u64).collect();
    assert_eq!(seqs, expected, "each chunk once and in order");
    said
}

#[test]
fn a_client_that_comes_back_in_mid_stream_gets_every_chunk_once_and_in_order() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Tell me a story");
    // Each as a chunk of its own.
    (0..100).for_each(|n| world.model_says([text(&format!("{n} "))]));
    world.disconnect(&tab);
    world.model_says([text("while away ")]);

    let back = world.connect();
    assert_eq!(back.frame_words(), ["stream_resuming", "identity", "state", "chat_messages"]);
    world.model_says([text("before the ack ")]);
    world.send(&back, &json!({"type": "cf_agent_stream_resume_request", "probeId": "p"}));
    world.model_says([text("still before ")]);
    assert_eq!(back.frame_words(), ["stream_resuming"], "no chunk before the acknowledgement");
    world.send(&back, &json!({"type": "cf_agent_stream_resume_ack", "id": "r1"}));
    let mut frames = back.received();
    assert_eq!(frames.pop().unwrap()["replayComplete"], true);
    world.model_says([text("live.")]);
    world.model_ends(FinishReason::Stop);
    frames.extend(back.received());
    let story: String = (0..100).map(|n| format!("{n} ")).collect();
    assert_eq!(text_of(&frames), format!("{story}while away before the ack still before live."));
    assert_eq!(frames.last().unwrap()["done"], true);
}

#[test]
fn a_client_that_acknowledges_after_the_end_gets_the_stream_and_its_end() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Hi");
    let late = world.connect();
    late.frame_words();
    world.model_answers("Hello.");
    assert_eq!(late.frame_words(), ["chat_messages"], "the whole conversation, and no end of a stream it did not see");
    world.send(&late, &json!({"type": "cf_agent_stream_resume_ack", "id": "r1"}));
    let frames = late.received();
    assert_eq!(text_of(&frames), "Hello.");
    assert_eq!(frames.last().unwrap()["done"], true);
    world.say(&tab, "r2", "And?");
    assert_eq!(late.frame_words()[..2], ["chat_messages", "start"]);
}

#[test]
fn nothing_to_resume_is_said_and_an_unknown_stream_has_an_empty_end() {
    let mut world = World::new();
    let tab = world.connect();
    tab.frame_words();
    world.send(&tab, &json!({"type": "cf_agent_stream_resume_request", "probeId": "p7"}));
    let none = json!({"type": "cf_agent_stream_resume_none", "reason": "idle", "probeId": "p7"});
    assert_eq!(tab.received(), [none]);
    world.send(&tab, &json!({"type": "cf_agent_stream_resume_ack", "id": "x"}));
    assert_eq!(tab.frame_words(), ["replay:done:-"]);
}

#[test]
fn a_process_that_dies_in_mid_stream_leaves_what_was_said_and_done() {
    let sql = {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "Schedule workout tomorrow at 8");
        let arguments = json!({"title": "Workout", "startTime": "2026-03-03T08:00"});
        world.model_calls("c1", "scheduleBlock", &arguments);
        world.model_says((0..64).map(|n| text(&format!("{n} "))));
        world.sql.clone()
    };
    let mut world = World::on(sql);
    let messages = serde_json::to_value(world.agent.store().messages(10).unwrap()).unwrap();
    let parts = messages[1]["parts"].as_array().unwrap();
    assert_eq!(parts[1]["state"], "output-available", "a change of the timeline and its result are kept together");
    let said = parts[3]["text"].as_str().unwrap();
    assert!(said.starts_with("0 1 2 3 ") && parts[3]["state"] == "done", "{said}");
    assert_eq!(messages[1]["metadata"]["interrupted"], true);

    let tab = world.connect();
    assert_eq!(tab.frame_words(), ["identity", "state", "chat_messages"]);
    world.send(&tab, &json!({"type": "cf_agent_stream_resume_ack", "id": "r1"}));
    assert_eq!(tab.frame_words().last().unwrap(), "replay:done:aborted");
    world.say(&tab, "r2", "Are you there?");
    world.model_answers("Yes.");
    assert_eq!(tab.frame_words().last().unwrap(), "done:completed");
}

#[test]
fn a_client_that_follows_events_gets_what_it_missed_or_everything() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let snapshot = tab.received()[1].clone();
    let seq = snapshot["seq"].as_u64().unwrap();
    for day in 3..6 {
        world.call(&tab, "scheduleBlock", json!({"title": "Gym", "startTime": format!("2026-03-0{day}T08:00")}));
    }
    let missed = world.connect_as(true, Some(seq)).received()[1].clone();
    assert_eq!(missed["type"], "flux_events");
    let seqs: Vec<u64> =
        missed["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [seq + 1, seq + 2, seq + 3]);

    let up_to_date = world.connect_as(true, Some(seq + 3)).received()[1].clone();
    assert_eq!(up_to_date, json!({"type": "flux_events", "events": []}));
    let from_the_future = world.connect_as(true, Some(seq + 99)).received()[1].clone();
    assert_eq!(from_the_future["type"], "flux_snapshot", "another database, or one that was restored");
    assert_eq!(from_the_future["timeline"]["blocks"].as_array().unwrap().len(), 3);
}
