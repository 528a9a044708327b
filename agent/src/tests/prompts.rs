//! Which version of the system prompt answers, and how its turns went.

use serde_json::{Value, json};

use super::world::{World, gym, text};
use crate::agent::Options;
use crate::native::Sqlite;
use crate::prompt::{Candidate, Prompt, Prompts};
use flux_model::{ChatRequest, ModelError, ModelEvent, Usage, request_body};

const OTHER: &str = "---\nname: system\nversion: 900\npurpose: A test.\ntemperature: 0.7\nmax_output_tokens: 77\n\
    placeholders: [now]\n---\nIt is {{now}}.\n";

/// A person whose messages are answered by another version in this many of 100 cases.
fn world(percent: u64) -> World {
    let prompt = Prompt::read(OTHER).unwrap();
    let options = Options { candidate: Some(Candidate { prompt, percent }), ..Options::default() };
    World::with(Sqlite::in_memory().unwrap(), options)
}

fn answered_by(world: &World) -> Value {
    let messages = world.agent.store().messages(10).unwrap();
    messages.last().unwrap().metadata.clone().unwrap()["prompt"].take()
}

#[test]
fn the_candidate_answers_its_share_and_the_answer_says_so() {
    for (percent, name) in [(0, Prompts::current().system.to_string()), (100, "system@900".to_owned())] {
        let mut world = world(percent);
        let tab = world.connect();
        world.say(&tab, "r1", "Hello");
        let request = world.puppet.requests.borrow().last().unwrap().clone();
        assert_eq!(request.system.starts_with("It is "), percent == 100);
        assert_eq!((request.max_output_tokens == 77, request.temperature > 0.5), (percent == 100, percent == 100));
        world.model_answers("Hello.");
        assert_eq!(answered_by(&world), name);
    }
}

/// The tools and messages of a request, as a provider gets them.
fn sent(request: &ChatRequest) -> (Value, Vec<Value>) {
    let mut body = request_body("", request);
    let Value::Array(messages) = body["messages"].take() else { panic!("{body}") };
    (body["tools"].take(), messages)
}

#[test]
fn the_prompt_of_a_turn_begins_with_that_of_the_turn_before() {
    let mut world = World::new();
    let tab = world.connect();
    let block = |title: &str| json!({"title": title, "startTime": "2026-03-03T08:00"});
    for turn in 0..4 {
        world.say(&tab, &format!("r{turn}"), &format!("Question {turn}"));
        world.model_calls(&format!("c{turn}"), "scheduleBlock", &block(&format!("By the model {turn}")));
        world.model_answers("Done.");
        // What the person changes in between is in the next context only.
        world.call(&tab, "scheduleBlock", block(&format!("By hand {turn}")));
    }
    let requests = world.puppet.requests.borrow();
    assert_eq!(requests.len(), 8);
    for (earlier, later) in requests.iter().step_by(2).zip(requests.iter().step_by(2).skip(1)) {
        let ((tools, before), (same_tools, after)) = (sent(earlier), sent(later));
        assert_eq!(tools, same_tools);
        let history = before.len() - 1;
        assert_eq!(before[..history], after[..history]);
        assert!(before[history]["content"].as_str().unwrap().starts_with("<context>\nNow it is "));
        let said = after[history]["content"].as_str().unwrap();
        assert!(said.starts_with("Question "), "an older message has no context: {said}");
        assert_ne!(earlier.context, later.context);
        assert!(later.context.contains("By hand") && !later.system.contains("By hand"));
    }
}

#[test]
fn the_prompt_of_a_step_continues_that_of_the_step_before() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Schedule workout on three days");
    for day in 3..6 {
        let arguments = json!({"title": "Workout", "startTime": format!("2026-03-0{day}T08:00")});
        world.model_calls(&format!("c{day}"), "scheduleBlock", &arguments);
    }
    let requests = world.puppet.requests.borrow();
    assert_eq!(requests.len(), 4);
    for (earlier, later) in requests.iter().zip(requests.iter().skip(1)) {
        let ((tools, before), (same_tools, after)) = (sent(earlier), sent(later));
        assert_eq!((tools, &before[..]), (same_tools, &after[..before.len()]));
        assert_eq!(after.len(), before.len() + 2, "the call and its result");
    }
}

#[test]
fn a_long_conversation_begins_with_the_same_message_for_several_turns() {
    let mut world = World::new();
    let tab = world.connect();
    for turn in 0..60 {
        world.say(&tab, &format!("r{turn}"), &format!("Question {turn} {}", "x".repeat(200)));
        world.model_answers(&"y".repeat(400));
    }
    let requests = world.puppet.requests.borrow();
    let firsts: Vec<Value> = requests.iter().map(|request| sent(request).1[1].clone()).skip(1).collect();
    let moves = firsts.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!((2..=12).contains(&moves), "{moves} of {} turns begin differently", firsts.len());
}

#[test]
fn a_message_is_answered_by_the_same_version_however_often() {
    let mut versions = Vec::new();
    for number in 0..12 {
        let mut world = world(50);
        let tab = world.connect();
        let id = format!("r{number}");
        world.call(&tab, "createPlan", json!({"title": "Old"}));
        world.say(&tab, &id, "Delete the old plan");
        world.model_answers("Which?");
        let first = answered_by(&world);

        let mut messages = world.agent.store().messages(10).unwrap();
        messages.pop();
        world.request(&tab, &format!("{id}-again"), &json!({"messages": messages, "trigger": "regenerate-message"}));
        world.model_calls("c1", "deletePlan", &json!({"id": "Old"}));
        assert_eq!(answered_by(&world), first, "asked for another answer");

        let approval =
            json!({"type": "cf_agent_tool_approval", "toolCallId": "c1", "approved": true, "autoContinue": true});
        world.send(&tab, &approval);
        world.wait();
        world.model_answers("Done.");
        assert_eq!(answered_by(&world), first, "the person said yes");
        versions.push(first);
    }
    assert!(versions.contains(&json!("system@900")) && versions.iter().any(|version| version != "system@900"));
}

/// What `getCounts` tells of the current version, or the version of the test.
fn counts(world: &mut World) -> Vec<Value> {
    let tab = world.connect();
    let mut counts = world.call(&tab, "getCounts", json!({}))["result"]["prompts"].take();
    counts.as_array_mut().unwrap().iter_mut().map(Value::take).collect()
}

#[test]
fn turns_are_counted_by_the_version_that_answered_however_they_end() {
    let mut world = world(100);
    assert_eq!(counts(&mut world), [] as [Value; 0]);
    let tab = world.connect();
    world.say(&tab, "r1", "Gym on the third and the fourth");
    world.model_says([ModelEvent::Retried { attempt: 2, after_ms: 5, reason: ModelError::Overloaded }]);
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_calls("c2", "scheduleBlock", &json!({}));
    world.model_calls("c3", "completeBlock", &json!({"id": "B77"}));
    world.model_says([ModelEvent::Usage(Usage { input_tokens: 100, output_tokens: 10 })]);
    world.pass(2_000);
    world.model_answers("One of them.");

    world.say(&tab, "r2", "Hello?");
    world.model_fails(ModelError::Overloaded);
    world.say(&tab, "r3", "Hello?");
    world.model_says([text("I ")]);
    world.send(&tab, &json!({"type": "cf_agent_chat_request_cancel", "id": "r3"}));
    world.say(&tab, "r4", "Hello?");
    world.send(&tab, &json!({"type": "cf_agent_chat_clear"}));

    let mut counted = counts(&mut world);
    assert!((2_000..3_000).contains(&counted[0]["totalMs"].take().as_u64().unwrap()));
    // Those of most steps are estimated.
    assert!(counted[0]["inputTokens"].take().as_u64().unwrap() > 100);
    assert!(counted[0]["outputTokens"].take().as_u64().unwrap() > 10);
    let expected = json!({
        "prompt": "system@900", "turns": 4, "completed": 1, "failed": 1, "stopped": 2,
        "calls": 3, "invalidCalls": 1, "rejectedCalls": 1, "retries": 1, "undone": 0,
        "inputTokens": null, "outputTokens": null, "totalMs": null,
    });
    assert_eq!(counted, [expected]);
}

#[test]
fn a_turn_that_was_undone_counts_as_such_until_it_is_redone() {
    let mut world = world(100);
    let tab = world.connect();
    world.say(&tab, "r1", "Gym on the third and the fourth");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_calls("c2", "scheduleBlock", &gym(4));
    world.model_answers("Done.");
    let undone = |world: &mut World| counts(world)[0]["undone"].as_u64().unwrap();
    world.call(&tab, "scheduleBlock", gym(5));
    world.logged();
    world.call(&tab, "undo", json!({}));
    assert_eq!((undone(&mut world), world.logged()), (0, vec![]), "that was the person's own");
    world.call(&tab, "undo", json!({}));
    assert_eq!(undone(&mut world), 1, "one transaction, whatever was in it");
    assert_eq!(world.logged(), [json!({"log": "undone", "prompt": "system@900"})]);
    world.call(&tab, "redo", json!({}));
    assert_eq!(undone(&mut world), 0);
}

#[test]
fn what_is_logged_of_a_turn_has_the_same_fields_however_it_ends_and_nothing_that_was_said() {
    let mut world = world(0);
    let tab = world.connect();
    world.say(&tab, "r1", "My secret");
    world.model_answers("Well kept.");
    world.say(&tab, "r2", "My secret");
    world.model_fails(ModelError::Overloaded);
    world.say(&tab, "r3", "My secret");
    let sql = world.sql.clone();
    let mut lines = [world.logged(), World::on(sql.clone()).logged()].concat();
    let is_fault = |line: &Value| line["log"] == "fault" && line["at"] == "turn" && line["fault"] == "model-overloaded";
    assert!(lines.iter().any(is_fault), "{lines:?}");
    lines.retain(|line| line["log"] == "turn");
    let outcomes: Vec<&Value> = lines.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["completed", "error", "error"]);
    for line in &lines {
        let fields: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            [
                "calls",
                "estimated",
                "firstMs",
                "gen_ai.operation.name",
                "gen_ai.request.model",
                "gen_ai.usage.input_tokens",
                "gen_ai.usage.output_tokens",
                "invalidCalls",
                "log",
                "model",
                "name",
                "outcome",
                "prompt",
                "rejectedCalls",
                "retries",
                "skipped",
                "span",
                "steps",
                "totalMs",
                "trace",
                "usage",
            ]
        );
        assert_eq!((&line["log"], &line["prompt"]), (&json!("turn"), &json!(Prompts::current().system.to_string())));
        assert!(!line.to_string().contains("secret"));
    }
    assert_eq!(counts(&mut World::on(sql))[0]["failed"], 2, "also the one whose process died, and once");
}
