//! The cost of a turn is sent with its answer, however it ended.

use serde_json::{Value, json};

use super::tab::Tab;
use super::world::{World, gym, text};
use crate::agent::Options;
use crate::native::Sqlite;
use crate::turn::TurnLimits;
use flux_model::{FinishReason, ModelError, ModelEvent, Usage};

/// The metadata of the last answer, which contains its cost. The test's clock makes the ids, so times are differences.
fn metadata_of_last(world: &World) -> Value {
    let messages = world.agent.store().messages(10).unwrap();
    messages.last().unwrap().metadata.clone().unwrap()
}

fn counts(metadata: &Value) -> Value {
    let usage = &metadata["usage"];
    json!([usage["inputTokens"], usage["outputTokens"], metadata["steps"], metadata["retries"], metadata["skipped"]])
}

fn ms(metadata: &Value, field: &str) -> i64 {
    metadata[field].as_i64().unwrap_or_else(|| panic!("{field} in {metadata}"))
}

fn usage(input_tokens: u64, output_tokens: u64) -> ModelEvent {
    ModelEvent::Usage(Usage { input_tokens, output_tokens })
}

fn retried() -> ModelEvent {
    ModelEvent::Retried { attempt: 2, after_ms: 500, reason: ModelError::RateLimited { retry_after_ms: None } }
}

#[test]
fn an_answer_tells_its_tokens_steps_retries_and_times() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Gym on the third");
    world.pass(10_000);
    world.model_says([retried(), ModelEvent::Skipped { what: "?".into() }, usage(1, 1), usage(100, 10)]);
    world.model_says([ModelEvent::Reasoning("Hm.".into())]);
    world.pass(20_000);
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.pass(40_000);
    world.model_says([usage(200, 20)]);
    world.model_answers("Done.");
    let cost = metadata_of_last(&world);
    assert_eq!(counts(&cost), json!([300, 30, 2, 1, 1]), "of one step the last count, of the steps their sum");
    assert!((30_000..31_000).contains(&ms(&cost, "firstMs")), "the call came first, after the thought: {cost}");
    assert!((70_000..71_000).contains(&ms(&cost, "totalMs")), "{cost}");
    assert_eq!(cost["model"]["provider"], json!("offline"), "what was known stays");
}

#[test]
fn a_turn_that_failed_or_was_stopped_tells_what_it_has_cost_until_then() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Hello");
    world.pass(5_000);
    world.model_says([usage(100, 0), retried(), retried()]);
    world.model_fails(ModelError::RateLimited { retry_after_ms: None });
    let failed = metadata_of_last(&world);
    assert_eq!(counts(&failed), json!([100, 0, 1, 2, 0]));
    assert_eq!(failed["firstMs"], Value::Null);
    assert!((5_000..6_000).contains(&ms(&failed, "totalMs")), "{failed}");
    assert!(failed["error"].is_string());

    world.say(&tab, "r2", "Hello?");
    world.model_says([text("I "), usage(50, 2)]);
    world.pass(7_000);
    world.send(&tab, &json!({"type": "cf_agent_chat_request_cancel", "id": "r2"}));
    let stopped = metadata_of_last(&world);
    assert_eq!(counts(&stopped), json!([50, 2, 1, 0, 0]));
    assert!(ms(&stopped, "firstMs") < 1_000 && (7_000..8_000).contains(&ms(&stopped, "totalMs")), "{stopped}");
    assert_eq!(stopped["stopped"], true);
    world.say(&tab, "r3", "Hello!");
    world.model_ends(FinishReason::Stop);
    let ended = metadata_of_last(&world);
    assert_eq!((&ended["steps"], &ended["retries"]), (&json!(1), &json!(0)), "each turn is counted by itself");
    let prompt = Usage::estimated(world.prompt_bytes(), 0);
    assert_eq!((&ended["usage"]["inputTokens"], &ended["estimated"]), (&json!(prompt.input_tokens), &json!(true)));
    assert_eq!([&failed["estimated"], &stopped["estimated"]], [false, false], "reported");
}

#[test]
fn an_answer_whose_tokens_are_not_reported_costs_an_estimate_however_it_ends() {
    let words = "word ".repeat(60);
    let cancel = json!({"type": "cf_agent_chat_request_cancel", "id": "r1"});
    let clear = json!({"type": "cf_agent_chat_clear"});
    let options = Options { turn: TurnLimits { answer_bytes: 300, ..TurnLimits::default() }, ..Options::default() };
    type End<'a> = &'a dyn Fn(&mut World, &Tab);
    let ends: [(&str, End); 5] = [
        ("answered", &|world, _| world.model_ends(FinishReason::Stop)),
        ("failed", &|world, _| world.model_fails(ModelError::Cut)),
        ("stopped", &|world, tab| world.send(tab, &cancel)),
        ("cleared", &|world, tab| world.send(tab, &clear)),
        ("cut off", &|world, _| world.model_says([text("123")])),
    ];
    for (how, end) in ends {
        let mut world = World::with(Sqlite::in_memory().unwrap(), options);
        let tab = world.connect();
        world.say(&tab, "r1", "Tell me a story");
        world.model_says([text(&words)]);
        end(&mut world, &tab);
        let used = world.agent.store().tokens_used(world.now()).unwrap();
        let shown = words.len() + if how == "cut off" { 3 } else { 0 };
        let expected = Usage::estimated(world.prompt_bytes(), shown);
        assert_eq!((used, world.spent()), (expected.total(), expected.total()), "{how}");
        assert!(expected.input_tokens > 1_000, "with the tools");
        if how != "cleared" {
            let told = metadata_of_last(&world);
            let tokens = [&told["usage"]["inputTokens"], &told["usage"]["outputTokens"], &told["estimated"]];
            assert_eq!(json!(tokens), json!([expected.input_tokens, expected.output_tokens, true]), "{how}");
        }
    }
}

#[test]
fn an_answer_whose_process_died_costs_an_estimate_once() {
    let sql = {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "Tell me a story");
        world.model_says([text(&"word ".repeat(60))]);
        world.sql.clone()
    };
    let world = World::on(sql.clone());
    let used = world.agent.store().tokens_used(world.now()).unwrap();
    assert_eq!(world.spent(), used);
    // Without what the prompt stated about the timeline.
    assert!((1_000..10_000).contains(&(used - 100)), "{used}");
    let again = World::on(sql);
    assert_eq!((again.agent.store().tokens_used(again.now()), again.spent()), (Ok(used), 0));
}
