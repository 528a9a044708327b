//! What a person may use: a call or a message that exceeds a limit is answered with the time to wait, and changes nothing.

use chrono::TimeDelta;
use flux_identity::{ObjectId, Principal, Subject};
use flux_model::{FinishReason, ModelEvent, Usage};
use flux_protocol::account::Provider;
use flux_timeline::{ReadBlocks, ReadHistory, RunStep};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tab::Tab;
use super::world::{World, gym, text};
use crate::agent::Options;
use crate::architect::{Request, Spent};
use crate::limits::{Limits, ProviderLimits, Rate, Refused};
use crate::native::Sqlite;

fn for_guests(guest: Limits) -> Options {
    Options { limits: ProviderLimits { guest, ..ProviderLimits::default() }, ..Options::default() }
}

fn world(limits: Limits) -> World {
    World::with(Sqlite::in_memory().unwrap(), for_guests(limits))
}

/// The final frame of the last request.
fn end(frames: &[Value]) -> &Value {
    frames.iter().rfind(|frame| frame["done"] == true).unwrap()
}

/// The final frame of the last request, if it has ended.
fn end_of(tab: &Tab) -> Option<Value> {
    tab.received().into_iter().rfind(|frame| frame["done"] == true)
}

#[test]
fn guests_may_get_less_than_others() {
    let mut world = world(Limits { changes: Rate::per_minute(1, 1), ..Limits::default() });
    let subject = Subject::new(Provider::Passkey, "me");
    let member = Principal { subject, limited: true, ..Principal::guest(ObjectId::from("u-me")) };
    let (guest, member) = (world.connect_limited(), world.connect_by(member));
    let mut may = |tab: &Tab, day| world.call(tab, "scheduleBlock", gym(day))["success"] == true;
    assert_eq!([may(&guest, 3), may(&guest, 4)], [true, false]);
    assert!((5..15).all(|day| may(&member, day)));
}

#[test]
fn changes_are_limited_and_questions_are_not() {
    let mut world = world(Limits { changes: Rate::per_minute(1, 2), ..Limits::default() });
    let (tab, free) = (world.connect_limited(), world.connect());
    for day in [3, 4] {
        assert_eq!(world.call(&tab, "scheduleBlock", gym(day))["success"], true);
    }
    let before = world.agent.store().last_seq().unwrap();
    let refused = world.call(&tab, "scheduleBlock", gym(5));
    assert_eq!(
        (&refused["success"], &refused["error"], &refused["retryAfter"]),
        (&json!(false), &json!("That was too much at once. Nothing was changed; try again in 60 seconds."), &json!(60))
    );
    assert_eq!(world.agent.store().last_seq().unwrap(), before);
    assert_eq!(world.call(&tab, "getTimeline", json!({}))["success"], true, "reading goes on");
    assert_eq!(world.call(&free, "scheduleBlock", gym(5))["success"], true, "a connection without limits");
    world.pass(60_000);
    assert_eq!(world.call(&tab, "scheduleBlock", gym(6))["success"], true, "after the time to wait");
}

#[test]
fn messages_are_limited() {
    let mut world = world(Limits { turns: Rate::per_minute(1, 1), ..Limits::default() });
    let tab = world.connect_limited();
    world.say(&tab, "r1", "Hello");
    world.model_answers("Hello.");
    tab.received();
    world.say(&tab, "r2", "Hello again");
    let frames = tab.received();
    let refused = end(&frames);
    assert_eq!((&refused["id"], &refused["error"]), (&json!("r2"), &json!(true)));
    assert!(refused["retry_after_ms"].as_u64().is_some_and(|ms| (1..=60_000).contains(&ms)), "{refused}");
    assert!(refused["body"].as_str().unwrap().contains("Your message was not sent; try again in"), "{refused}");
    assert_eq!(world.agent.store().messages(10).unwrap().len(), 2, "nothing of it was kept");
    world.pass(60_000);
    world.say(&tab, "r3", "Hello again");
    world.model_answers("Hello again.");
    assert_eq!(end(&tab.received())["outcome"], "completed");
}

#[test]
fn goals_count_like_messages() {
    let mut world = world(Limits { turns: Rate::per_minute(1, 1), ..Limits::default() });
    let tab = world.connect_limited();
    assert_eq!(world.call(&tab, "useArchitect", json!({"goal": "Learn German"}))["success"], true);
    let refused = world.call(&tab, "useArchitect", json!({"goal": "Learn French"}));
    assert!(refused["error"].as_str().unwrap().contains("The goal was not started; try again in"), "{refused}");
    assert!(refused["retryAfter"].as_u64().is_some_and(|seconds| (1..=60).contains(&seconds)), "{refused}");
    assert_eq!(world.agent.store().last_seq().unwrap(), 3, "nothing of it was kept");
    world.pass(60_000);
    assert_eq!(world.call(&tab, "useArchitect", json!({"goal": "Learn French"}))["success"], true);
}

#[test]
fn the_tokens_of_a_day_are_limited_and_the_person_is_told_in_time() {
    let mut world = world(Limits { tokens_per_day: 1_000, ..Limits::default() });
    let tab = world.connect_limited();
    let turn = |world: &mut World, id: &str, output_tokens| {
        world.say(&tab, id, "Hello");
        world.model_says([text("Hello."), ModelEvent::Usage(Usage { input_tokens: 300, output_tokens })]);
        world.model_ends(FinishReason::Stop);
        let answer = world.agent.store().messages(100).unwrap().pop().unwrap();
        tab.received();
        answer.metadata.unwrap()["notice"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(turn(&mut world, "r1", 200), "");
    assert_eq!(
        turn(&mut world, "r2", 10),
        "80 % of today's 1000 tokens of the model are used; 190 are left. New ones come in 15 hours, at midnight UTC."
    );
    assert_eq!(
        turn(&mut world, "r3", 10),
        "Today's 1000 tokens of the model are used. It answers again in 15 hours, at midnight UTC."
    );
    world.say(&tab, "r4", "Hello");
    let frames = tab.received();
    let refused = end(&frames);
    assert_eq!((&refused["id"], &refused["error"]), (&json!("r4"), &json!(true)));
    let body = refused["body"].as_str().unwrap();
    assert!(body.contains("today's 1000 tokens") && body.contains("your timeline works as before"), "{body}");
    assert_eq!(world.call(&tab, "scheduleBlock", gym(3))["success"], true, "it does");

    // Deleting everything does not lift the limit, and neither does a new process.
    assert_eq!(world.call(&tab, "deleteEverything", json!({"confirm": "everything"}))["success"], true);
    world.say(&tab, "r5", "Hello");
    assert_eq!(end(&tab.received())["error"], true);
    let passed = world.now();
    let options = for_guests(Limits { tokens_per_day: 1_000, ..Limits::default() });
    let mut world = World::with(world.sql.clone(), options);
    assert_eq!(world.now().date_naive(), passed.date_naive(), "the same day");
    let tab = world.connect_limited();
    world.say(&tab, "r5b", "Hello");
    assert_eq!(end(&tab.received())["error"], true);
    world.pass(15 * 3_600_000);
    world.say(&tab, "r6", "Hello");
    world.model_answers("Hello.");
    assert_eq!(end(&tab.received())["outcome"], "completed", "a new day");
}

#[test]
fn answers_that_are_stopped_use_up_the_tokens_of_a_day() {
    let mut world = world(Limits { tokens_per_day: 10_000, ..Limits::default() });
    let tab = world.connect_limited();
    let mut stopped = 0;
    loop {
        let id = format!("r{stopped}");
        world.say(&tab, &id, "Hello");
        if end_of(&tab).is_some() {
            break;
        }
        world.send(&tab, &json!({"type": "cf_agent_chat_request_cancel", "id": id}));
        tab.received();
        stopped += 1;
        assert!(stopped < 10, "for ever");
    }
    assert!(stopped > 1, "the first ones are allowed");
}

#[test]
fn goals_and_messages_use_the_same_tokens_and_a_goal_that_is_under_way_goes_on() {
    let limits = Limits { tokens_per_day: 1_000, ..Limits::default() };
    let mut world = world(limits);
    let tab = world.connect_limited();
    assert_eq!(world.call(&tab, "useArchitect", json!({"goal": "Learn German"}))["success"], true);
    let workflow = world.launched()[0];
    let usage = Usage { input_tokens: 900, output_tokens: 100 };
    let spent = Spent { answer: Uuid::from_u128(1), usage };
    world.agent.hear_for_test(workflow, Request::Count(vec![spent]));
    world.say(&tab, "r1", "Hello");
    let body = end_of(&tab).unwrap()["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("You have used today's 1000 tokens of the model. Your message was not sent;"), "{body}");
    for (tool, argument) in [("useArchitect", json!({"goal": "Learn French"})), ("retryRun", json!({}))] {
        let refused = world.call(&tab, tool, argument);
        let error = refused["error"].as_str().unwrap();
        assert!(
            error.starts_with("You have used today's 1000 tokens of the model. The goal was not started;"),
            "{error}"
        );
    }
    let reply = world.agent.hear_for_test(workflow, Request::Begin(RunStep::Brainstorm));
    assert!(!reply.is_over && reply.goal.is_some());
    // Deleting everything does not make its tokens count again, nor those that arrive later not at all.
    assert_eq!(world.call(&tab, "deleteEverything", json!({"confirm": "everything"}))["success"], true);
    let late = Spent { answer: Uuid::from_u128(2), usage };
    world.agent.hear_for_test(workflow, Request::Count(vec![spent, late]));
    assert_eq!((world.agent.store().tokens_used(world.now()), world.spent()), (Ok(2_000), 2_000));
}

#[test]
fn a_call_that_is_repeated_counts_once_and_its_key_is_looked_up_once() {
    let mut world = world(Limits { changes: Rate::per_minute(1, 2), ..Limits::default() });
    let tab = world.connect_limited();
    let key = |number: u128| Uuid::from_u128(0x0190_a5b6_0000_7000_8000_0000_0000_0000 + number).to_string();
    for _ in 0..5 {
        world.statements.take();
        assert_eq!(world.call_as(&tab, &key(1), "scheduleBlock", gym(3))["success"], true);
        let statements = world.statements.take();
        let lookups = statements
            .iter()
            .filter(|sql| sql.contains("EXISTS (SELECT 1 FROM [runs]") || sql.contains("EXISTS (SELECT 1 FROM runs"));
        assert_eq!(lookups.count(), 1, "{statements:#?}");
    }
    assert_eq!(world.call_as(&tab, &key(2), "scheduleBlock", gym(4))["success"], true);
    assert_eq!(world.call_as(&tab, &key(3), "scheduleBlock", gym(5))["success"], false, "too many");
    assert_eq!(world.call_as(&tab, &key(2), "scheduleBlock", gym(4))["success"], true, "it was carried out");
    assert_eq!(world.agent.store().stored_blocks().unwrap(), 2);
}

#[test]
fn when_the_budget_is_used_nobody_asks_the_model_and_everything_else_works() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Hello");
    world.model_says([text("Hello."), ModelEvent::Usage(Usage { input_tokens: 300, output_tokens: 20 })]);
    world.model_ends(FinishReason::Stop);
    assert_eq!(world.spent(), 320);
    tab.received();
    world.logged();

    world.use_budget(true);
    world.say(&tab, "r2", "Hello again");
    let frames = tab.received();
    let refused = end(&frames);
    assert_eq!((&refused["id"], &refused["error"]), (&json!("r2"), &json!(true)));
    assert_eq!(
        refused["body"],
        "The tokens of the model that everybody here shares are used for today. Your message was not sent; your timeline works as \
         before. The model answers again in 15 hours, at midnight UTC."
    );
    assert!(refused["retry_after_ms"].as_u64().is_some_and(|ms| ms > 14 * 3_600_000), "{refused}");
    assert_eq!(world.agent.store().messages(10).unwrap().len(), 2, "nothing of it was kept");
    let refused = world.call(&tab, "useArchitect", json!({"goal": "Learn German"}));
    assert!(refused["error"].as_str().unwrap().contains("The goal was not started; your timeline works"), "{refused}");
    assert_eq!(
        world.logged(),
        [json!({"log": "limited", "limit": "budget"}), json!({"log": "limited", "limit": "budget"})]
    );
    assert_eq!(world.call(&tab, "scheduleBlock", gym(3))["success"], true);

    world.use_budget(false);
    world.say(&tab, "r3", "Hello again");
    world.model_answers("Hello again.");
    assert_eq!(end(&tab.received())["outcome"], "completed");
}

#[test]
fn a_goal_that_was_started_is_answered_again_when_the_budget_is_used() {
    let mut world = World::new();
    let tab = world.connect();
    let key = "0190a5b6-0000-7000-8000-000000000001";
    let first = world.call_as(&tab, key, "useArchitect", json!({"goal": "Learn German"}));
    world.use_budget(true);
    assert_eq!(world.call_as(&tab, key, "useArchitect", json!({"goal": "Learn German"}))["success"], first["success"]);
}

#[test]
fn a_flood_of_frames_is_refused_unread_and_then_closed() {
    let world = world(Limits { frames: Rate::per_minute(60, 5), ..Limits::default() });
    let tab = world.connect_limited();
    let principal = &tab.info.principal;
    assert!((0..5).all(|_| world.agent.take_frame(principal, 100).is_ok()));
    assert_eq!(world.agent.take_frame(principal, 100), Err(Refused::Say(TimeDelta::seconds(1))));
    let refused: Vec<_> = (0..1_000).map(|_| world.agent.take_frame(principal, 100)).collect();
    assert!(refused.contains(&Err(Refused::Close)));
    let free = world.connect();
    assert!((0..1_000).all(|_| world.agent.take_frame(&free.info.principal, 100).is_ok()));
}

#[test]
fn connections_are_limited() {
    let world = world(Limits { sockets: 2, ..Limits::default() });
    let tab = world.connect_limited();
    assert!(world.agent.has_room_for(&tab.info.principal));
    let other = world.connect_limited();
    assert!(!world.agent.has_room_for(&tab.info.principal));
    world.disconnect(&other);
    assert!(world.agent.has_room_for(&tab.info.principal));
}
