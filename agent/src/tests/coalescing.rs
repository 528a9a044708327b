//! Tokens that arrive together are stored and sent together. In a long answer, they are one chunk.

use serde_json::{Value, json};

use super::world::{Tab, World, gym, text};
use flux_model::{FinishReason, ModelEvent};

/// The numbers and bodies of the chunks among frames.
fn chunks(frames: &[Value]) -> Vec<(u64, String)> {
    let chunks = frames.iter().filter(|frame| frame["seq"].is_u64());
    chunks.map(|frame| (frame["seq"].as_u64().unwrap(), frame["body"].as_str().unwrap().to_owned())).collect()
}

/// Streams as many tokens as are chunks of their own, and returns what was sent since the tab last received something.
fn begin(world: &mut World, tab: &Tab, token: &ModelEvent) -> Vec<Value> {
    world.model_says(std::iter::repeat_n(token.clone(), 64));
    tab.received()
}

#[test]
fn the_first_tokens_are_chunks_of_their_own_in_one_row() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Tell me a story");
    tab.received();
    world.statements.take();
    world.model_says(["Once", " upon"].map(text));
    assert_eq!(tab.frame_words(), ["text-start", "text-delta=Once", "text-delta= upon"]);
    assert_eq!(rows_of_chunks(&world), 1);
}

fn rows_of_chunks(world: &World) -> usize {
    world.statements.take().iter().filter(|statement| statement.starts_with("INSERT INTO chunks")).count()
}

#[test]
fn several_tokens_in_one_read_are_one_chunk_and_one_row() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Tell me a story");
    begin(&mut world, &tab, &text("x"));
    world.statements.take();
    world.model_says([" once", " upon", " a", " time"].map(text));
    assert_eq!(tab.frame_words(), ["text-delta= once upon a time"]);
    assert_eq!(rows_of_chunks(&world), 1);
    // What comes later is sent at once, and not joined to what was sent.
    world.model_says([text(" there")]);
    assert_eq!(tab.frame_words(), ["text-delta= there"]);
    world.model_says([text(" was")]);
    assert_eq!(tab.frame_words(), ["text-delta= was"]);
    assert_eq!(rows_of_chunks(&world), 2);
}

#[test]
fn texts_of_different_kinds_are_not_joined() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Hello");
    let thought = |words: &str| ModelEvent::Reasoning(words.into());
    begin(&mut world, &tab, &text("x"));
    world.model_says([thought("H"), thought("m."), text("Hel"), text("lo."), thought("So."), text(" Bye.")]);
    let expected = [
        "text-end",
        "reasoning-start",
        "reasoning-delta=Hm.",
        "reasoning-end",
        "text-start",
        "text-delta=Hello.",
        "text-end",
        "reasoning-start",
        "reasoning-delta=So.",
        "reasoning-end",
        "text-start",
        "text-delta= Bye.",
    ];
    assert_eq!(tab.frame_words(), expected);
}

#[test]
fn pieces_of_arguments_are_sent_with_what_follows() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Gym on the third");
    world.model_says([ModelEvent::CallStarted { id: "c1".into(), name: "scheduleBlock".into() }]);
    assert_eq!(tab.frame_words().last().unwrap(), "tool-input-start");
    let arguments = gym(3).to_string();
    let (one, two) = arguments.split_at(9);
    for delta in [one, two] {
        world.model_says([ModelEvent::CallArguments { id: "c1".into(), delta: delta.to_owned() }]);
    }
    assert!(tab.frame_words().is_empty(), "nobody is shown half of the arguments");
    world.model_calls("c2", "scheduleBlock", &gym(4));
    let frames = tab.received();
    let pieces: Vec<Value> = chunks(&frames).iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(pieces[0], json!({"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": arguments}));
}

#[test]
fn a_replay_has_the_chunks_that_were_sent_and_no_others() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    tab.received();
    world.say(&tab, "r1", "Tell me a story");
    let mut sent = chunks(&begin(&mut world, &tab, &text("x")));
    world.model_says([text(" once"), text(" upon")]);
    world.model_says([text(" a"), text(" time.")]);
    sent.extend(chunks(&tab.received()));
    assert_eq!(sent.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), (0..69).collect::<Vec<_>>());
    let stored: Vec<String> = world.agent.store().chunks("r1").unwrap();
    assert_eq!(stored, sent.iter().map(|(_, body)| body.clone()).collect::<Vec<_>>());

    let back = world.connect_as(true, None);
    back.received();
    world.send(&back, &json!({"type": "cf_agent_stream_resume_ack", "id": "r1"}));
    assert_eq!(chunks(&back.received()), sent);
    world.model_says([text(" The"), text(" end.")]);
    world.model_ends(FinishReason::Stop);
    let rest = chunks(&back.received());
    assert_eq!(rest, chunks(&tab.received()));
    assert_eq!(rest.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [69, 70, 71, 72]);
    // Neither does a process that dies lose any of them.
    let stored = world.agent.store().chunks("r1").unwrap();
    assert_eq!(stored, sent.iter().chain(&rest).map(|(_, body)| body.clone()).collect::<Vec<_>>());
}

#[test]
fn what_was_shown_is_kept_when_the_process_dies() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.say(&tab, "r1", "Tell me a story");
    world.model_says([text("Once"), text(" upon")]);
    world.model_says([text(" a time")]);
    let world = World::on(world.sql.clone());
    let messages = world.agent.store().messages(1).unwrap();
    assert_eq!(messages[0].text(), "Once upon a time");
}
