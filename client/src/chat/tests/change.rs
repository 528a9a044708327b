//! Changing the user's last message.

use super::*;

/// "Gym at 8" was sent and answered, and is now changed to "Gym at 9".
fn changed() -> (Conversation, ClientFrame) {
    let mut conversation = connected(vec![message("u0", "user", "Hi"), message("a0", "assistant", "Hello")]);
    conversation.submit(NewIds { request: "r1".into(), message: "u1".into() }, "Gym at 8", now(), None);
    for response in answer() {
        conversation.respond(&response, "p");
    }
    conversation.respond(&end(), "p");
    let frame = conversation.change("r2".into(), "u1", "Gym at 9", now(), None).unwrap();
    (conversation, frame)
}

#[test]
fn a_changed_message_keeps_its_id_and_later_messages_are_removed() {
    let (mut conversation, frame) = changed();
    assert_eq!(texts(&conversation), ["u0: Hi", "a0: Hello", "u1: Gym at 9"]);
    assert!(conversation.is_busy() && conversation.is_waiting());
    let ClientFrame::CfAgentUseChatRequest { id, init, .. } = frame else { panic!("not a request") };
    let body: Value = serde_json::from_str(&init.body).unwrap();
    assert_eq!((id.as_str(), &body["trigger"]), ("r2", &json!("submit-message")));
    // Only ids that the service knows. From these it detects that the conversation was truncated.
    let sent: Vec<&Value> = body["messages"].as_array().unwrap().iter().map(|message| &message["id"]).collect();
    assert_eq!(sent, ["u0", "a0", "u1"]);
    assert_eq!(body["messages"][2]["parts"][0]["text"], "Gym at 9");
    conversation.respond(&end_of("r2"), "p");
    assert_eq!(conversation.failure().as_deref(), Some("No answer came. Your message is kept."));
}

#[test]
fn only_the_last_message_can_be_changed_and_only_while_no_answer_is_on_its_way() {
    let (mut conversation, _) = changed();
    assert_eq!(conversation.changeable(), None);
    assert_eq!(conversation.change("r3".into(), "u1", "Gym at 10", now(), None), None);
    conversation.respond(&end_of("r2"), "p");
    assert_eq!(conversation.changeable().unwrap().id, "u1");
    assert_eq!(conversation.change("r3".into(), "u0", "Ho", now(), None), None);
    assert_eq!(texts(&conversation), ["u0: Hi", "a0: Hello", "u1: Gym at 9"]);
    assert_eq!(Conversation::default().changeable(), None);
}

#[test]
fn a_change_that_never_arrived_is_sent_again_and_replaces_the_old_text() {
    let old = || vec![message("u1", "user", "Gym at 8"), message("a1", "assistant", "Done.")];
    let (mut conversation, frame) = changed();
    // A list caused by another tab arrives before the service has the change.
    assert!(conversation.replace(old(), false, false).is_empty());
    assert_eq!(texts(&conversation), ["u1: Gym at 9"]);
    conversation.disconnected();
    conversation.connected("p1");
    assert_eq!(conversation.replace(old(), false, true), [frame]);
    assert_eq!(texts(&conversation), ["u1: Gym at 9"]);
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert!(conversation.is_busy());
}
