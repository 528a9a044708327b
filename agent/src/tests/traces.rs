//! One trace leads from what a client sends to everything in the log that came of it.

use serde_json::{Value, json};

use super::world::{Tab, World, gym, text};
use crate::telemetry::LogRecord;
use flux_model::{ModelEvent, Usage};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PAGE: &str = "00f067aa0ba902b7";

fn header() -> String {
    format!("00-{TRACE}-{PAGE}-01")
}

/// Sends a message with a field `traceparent`.
fn say(world: &mut World, tab: &Tab, id: &str, words: &str, traceparent: &Value) {
    let message = json!({"id": format!("user-{id}"), "role": "user", "parts": [{"type": "text", "text": words}]});
    let body = json!({"messages": [message], "trigger": "submit-message"}).to_string();
    world.send(
        tab,
        &json!({"type": "cf_agent_use_chat_request", "id": id, "init": {"body": body}, "traceparent": traceparent}),
    );
}

/// The lines that belong to a trace. Each is checked to be in this one.
fn of_trace(lines: Vec<Value>) -> Vec<Value> {
    let lines: Vec<Value> = lines.into_iter().filter(|line| line.get("trace").is_some()).collect();
    assert!(lines.iter().all(|line| line["trace"] == TRACE), "{lines:#?}");
    lines
}

/// The name of each span, with those of the spans around it, the outermost first.
fn tree(lines: &[Value]) -> Vec<String> {
    let spans: Vec<&Value> = lines.iter().filter(|line| line.get("name").is_some()).collect();
    let path = |line: &Value| {
        let (mut names, mut parent) = (vec![line["name"].as_str().unwrap()], &line["parent"]);
        while *parent != PAGE {
            let of: Vec<_> = spans.iter().filter(|span| span["span"] == *parent).collect();
            assert_eq!(of.len(), 1, "the parent of {line} in {lines:#?}");
            names.push(of[0]["name"].as_str().unwrap());
            parent = &of[0]["parent"];
        }
        names.reverse();
        names.join(" > ")
    };
    spans.iter().map(|line| path(line)).collect()
}

/// The headers of the requests to the model so far.
fn sent_to_model(world: &World) -> Vec<String> {
    world.puppet.requests.borrow().iter().map(|request| request.traceparent.clone().unwrap()).collect()
}

#[test]
fn the_spans_of_a_turn_are_one_tree_below_that_of_the_client() {
    let mut world = World::new();
    let tab = world.connect();
    say(&mut world, &tab, "r1", "Gym on the third", &json!(header()));
    world.model_says([ModelEvent::Usage(Usage { input_tokens: 100, output_tokens: 10 })]);
    world.pass(2_000);
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_calls("c2", "deleteBlock", &json!({"id": "B99"}));
    world.model_calls("c3", "juggle", &json!({}));
    world.model_answers("Done.");
    let lines = of_trace(world.logged());
    let expected = [
        "invoke_agent > chat puppet",
        "invoke_agent > execute_tool scheduleBlock",
        "invoke_agent > chat puppet",
        "invoke_agent > execute_tool deleteBlock",
        "invoke_agent > chat puppet",
        "invoke_agent > execute_tool",
        "invoke_agent > chat puppet",
        "invoke_agent",
    ];
    assert_eq!(tree(&lines), expected);
    let [chat, call, _, rejected, _, invalid, _, turn] = &lines[..] else { panic!("{lines:#?}") };
    assert!((2_000..2_100).contains(&chat["ms"].as_i64().unwrap()), "{chat}");
    for (line, field, value) in [
        (chat, "log", json!("chat")),
        (chat, "outcome", json!("completed")),
        (chat, "gen_ai.operation.name", json!("chat")),
        (chat, "gen_ai.provider.name", json!("offline")),
        (chat, "gen_ai.request.model", json!("puppet")),
        (chat, "gen_ai.usage.input_tokens", json!(100)),
        (chat, "gen_ai.usage.output_tokens", json!(10)),
        (call, "log", json!("call")),
        (call, "outcome", json!("accepted")),
        (call, "gen_ai.operation.name", json!("execute_tool")),
        (call, "gen_ai.tool.name", json!("scheduleBlock")),
        (rejected, "outcome", json!("rejected")),
        (invalid, "log", json!("invalid-call")),
        (invalid, "gen_ai.tool.name", Value::Null),
        (turn, "log", json!("turn")),
        (turn, "gen_ai.operation.name", json!("invoke_agent")),
        (turn, "gen_ai.usage.input_tokens", turn["usage"]["inputTokens"].clone()),
    ] {
        assert_eq!(line[field], value, "{field} of {line}");
    }
    let chats = lines.iter().filter(|line| line["log"] == "chat");
    let expected: Vec<String> = chats.map(|chat| format!("00-{TRACE}-{}-01", chat["span"].as_str().unwrap())).collect();
    assert_eq!(sent_to_model(&world), expected, "the model's server is told which span asks");
}

#[test]
fn a_request_that_fails_or_is_stopped_is_logged_with_why() {
    let mut world = World::new();
    let tab = world.connect();
    say(&mut world, &tab, "r1", "Hello", &json!(header()));
    world.model_fails(flux_model::ModelError::Overloaded);
    let lines = of_trace(world.logged());
    assert_eq!(tree(&lines), ["invoke_agent > chat puppet", "invoke_agent"]);
    assert_eq!((&lines[0]["outcome"], &lines[0]["error.type"]), (&json!("error"), &json!("model-overloaded")));
    let fault = lines.iter().find(|line| line["log"] == "fault").unwrap();
    assert_eq!(fault["span"], lines.last().unwrap()["span"], "a failure belongs to the turn");

    say(&mut world, &tab, "r2", "Hello", &json!(header()));
    world.model_says([text("I ")]);
    world.send(&tab, &json!({"type": "cf_agent_chat_request_cancel", "id": "r2"}));
    let lines = of_trace(world.logged());
    let outcomes: Vec<&Value> = lines.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["aborted", "aborted"], "{lines:#?}");
}

#[test]
fn a_continuation_keeps_the_trace_also_after_the_process_died() {
    let (sql, mut lines) = {
        let mut world = World::new();
        let tab = world.connect();
        world.call(&tab, "createPlan", json!({"title": "Old"}));
        say(&mut world, &tab, "r1", "Delete the old plan", &json!(header()));
        world.model_calls("c1", "deletePlan", &json!({"id": "Old"}));
        let yes = json!({"type": "cf_agent_tool_approval", "toolCallId": "c1", "approved": true, "autoContinue": true});
        world.send(&tab, &yes);
        (world.sql.clone(), world.logged())
    };
    let mut world = World::on(sql);
    world.wait();
    world.model_answers("It is gone.");
    lines.extend(world.logged());
    let lines = of_trace(lines);
    let expected = [
        "invoke_agent > chat puppet",
        "invoke_agent > execute_tool deletePlan",
        "invoke_agent",
        "invoke_agent > invoke_agent > execute_tool deletePlan",
        "invoke_agent > invoke_agent > chat puppet",
        "invoke_agent > invoke_agent",
    ];
    assert_eq!(tree(&lines), expected);
    let calls: Vec<&Value> = lines.iter().filter(|line| line["log"] == "call").map(|line| &line["outcome"]).collect();
    assert_eq!(calls, ["asked", "accepted"]);
    assert!(sent_to_model(&world)[0].contains(TRACE));
}

#[test]
fn a_turn_that_was_interrupted_ends_in_its_trace() {
    let sql = {
        let mut world = World::new();
        let tab = world.connect();
        say(&mut world, &tab, "r1", "Tell me a story", &json!(header()));
        world.model_says([text("Once")]);
        world.sql.clone()
    };
    let lines = of_trace(World::on(sql).logged());
    assert_eq!(tree(&lines), ["invoke_agent"]);
    assert_eq!(lines[0]["outcome"], "error");
}

#[test]
fn a_run_belongs_to_the_call_that_started_it() {
    let mut world = World::new();
    let tab = world.connect();
    say(&mut world, &tab, "r1", "I want to learn German", &json!(header()));
    world.model_calls("c1", "useArchitect", &json!({"goal": "Learn German"}));
    world.model_answers("It is under way.");
    let call = of_trace(world.logged()).into_iter().find(|line| line["log"] == "call").unwrap();
    let ids = |world: &World| LogRecord::Skipped.json(world.launched_in());
    let first = ids(&world);
    assert_eq!((&first["trace"], &first["parent"]), (&call["trace"], &call["span"]));
    // Its workflow is silent, and another one is started.
    world.launched();
    while world.launched().is_empty() {
        world.ring();
    }
    assert_eq!(ids(&world), first);
    let silent = world.logged().into_iter().find(|line| line["log"] == "silent-run").unwrap();
    assert_eq!((&silent["trace"], &silent["span"]), (&first["trace"], &first["span"]));

    let rpc = json!({"type": "rpc", "id": "1", "method": "useArchitect", "args": [{"goal": "Learn to swim"}],
        "traceparent": header()});
    world.send(&tab, &rpc);
    let other = ids(&world);
    assert_eq!((&other["trace"], &other["parent"]), (&json!(TRACE), &json!(PAGE)), "by a call of the page");
    assert_ne!(other["span"], first["span"]);
}

#[test]
fn without_a_usable_trace_each_turn_is_one_of_its_own_and_nothing_else_changes() {
    let upper = header().to_uppercase();
    let hostile = [
        Value::Null,
        json!(7),
        json!(true),
        json!([header()]),
        json!({"traceparent": header()}),
        json!("Kanarienvogel"),
        json!(format!("{}\n{{\"log\":\"turn\"}}", header())),
        json!(format!("{} ", header())),
        json!(upper),
        json!("9".repeat(1 << 20)),
    ];
    for traceparent in hostile {
        let mut world = World::new();
        let tab = world.connect();
        say(&mut world, &tab, "r1", "Hello", &traceparent);
        world.model_answers("Hi.");
        let frame = json!({"type": "rpc", "id": "c", "method": "getSettings", "args": [], "traceparent": traceparent});
        world.send(&tab, &frame);
        assert!(tab.received().iter().any(|frame| frame["type"] == "rpc" && frame["success"] == true));
        let lines = world.logged();
        let [chat, turn] = &lines[..] else { panic!("{lines:#?}") };
        assert_eq!((&chat["trace"], &chat["parent"]), (&turn["trace"], &turn["span"]));
        assert_eq!((turn["trace"].as_str().unwrap().len(), turn.get("parent")), (32, None));
        assert_ne!(turn["trace"], TRACE);
        let message = world.agent.store().messages(10).unwrap()[1].id.replace('-', "");
        assert_eq!(turn["trace"], json!(message), "it is the id of the answer");
        let log = format!("{lines:?}");
        assert!(log.len() < 2_000 && !log.contains("Kanarienvogel") && !log.contains(TRACE), "{log}");
        assert!(sent_to_model(&world)[0].starts_with(&format!("00-{message}-")));
    }
}
