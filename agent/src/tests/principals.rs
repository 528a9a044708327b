//! What connections may do by their principals' scopes.

use flux_timeline::ReadHistory;
use serde_json::json;

use super::world::{World, gym, text};
use flux_identity::Scope;

#[test]
fn a_connection_that_may_not_read_is_closed_for_good_and_sent_nothing() {
    let world = World::new();
    let tab = world.connect_with_scopes(&[Scope::Write, Scope::Chat]);
    assert_eq!((tab.closed(), tab.received().len()), (Some(1008), 0));
    let tab = world.connect_with_scopes(&[Scope::Read]);
    assert_eq!(
        (tab.closed(), tab.frame_words()),
        (None, vec!["identity".into(), "flux_snapshot".into(), "chat_messages".into()])
    );
}

#[test]
fn a_connection_that_may_only_read_can_neither_talk_nor_change_anything() {
    let mut world = World::new();
    let tab = world.connect_with_scopes(&[Scope::Read]);
    tab.received();
    let before = world.agent.store().last_seq().unwrap();

    world.say(&tab, "r1", "Gym on the third");
    let answer = &tab.received()[0];
    let refused = "You may not talk to this assistant. Nothing was changed.";
    assert_eq!(
        (&answer["id"], &answer["done"], &answer["error"], &answer["body"]),
        (&json!("r1"), &json!(true), &json!(true), &json!(refused)),
        "a chat request gets its final frame"
    );
    world.send(&tab, &json!({"type": "cf_agent_chat_clear"}));
    assert_eq!(tab.received()[0], json!({"type": "flux_error", "error": refused}));
    let answer = world.call(&tab, "scheduleBlock", gym(3));
    assert_eq!(answer["error"], "You may not change this timeline. Nothing was changed.");
    assert!(world.call(&tab, "getTimeline", json!({}))["success"].as_bool().unwrap());

    assert!(world.puppet.requests.borrow().is_empty(), "the model was not asked");
    assert!(world.agent.store().messages(10).unwrap().is_empty());
    assert_eq!(world.agent.store().last_seq().unwrap(), before);
}

#[test]
fn the_assistant_changes_nothing_for_a_person_who_may_not() {
    let mut world = World::new();
    let tab = world.connect_with_scopes(&[Scope::Read, Scope::Chat]);
    let before = world.agent.store().last_seq().unwrap();
    world.say(&tab, "r1", "Gym on the third");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_says([text("I may not.")]);
    let messages = world.agent.store().messages(10).unwrap();
    assert_eq!(messages.len(), 1, "the answer is not stored before it ends");
    world.model_ends(flux_model::FinishReason::Stop);
    let answer = &world.agent.store().messages(10).unwrap()[1];
    let call = answer.tools().next().unwrap();
    assert_eq!(call.call.error_text.as_deref(), Some("You may not change this timeline. Nothing was changed."));
    assert_eq!(world.agent.store().last_seq().unwrap(), before);
}
