//! Messages that wait until they can be sent.

use super::*;

/// Two messages that were written without a connection.
fn written(mut conversation: Conversation) -> Conversation {
    conversation.disconnected();
    conversation.wait("u1".into(), "Gym at 8", now());
    conversation.wait("u2".into(), "And a run at 9", now());
    conversation
}

/// The id of the request in which the next message is sent by itself, if it can be.
fn sent(conversation: &mut Conversation, request: &str) -> Option<String> {
    let can_send = conversation.can_send_next(false);
    let frame = can_send.then(|| conversation.send_next(request.into(), now(), None)).flatten();
    frame.map(|frame| match frame {
        ClientFrame::CfAgentUseChatRequest { id, .. } => id,
        other => panic!("{other:?}"),
    })
}

fn waiting(conversation: &Conversation) -> Vec<&str> {
    conversation.waiting().iter().map(|message| message.id.as_str()).collect()
}

#[test]
fn messages_are_sent_in_order_once_the_service_has_sent_the_conversation_and_says_what_streams() {
    let mut conversation = written(connected(Vec::new()));
    assert!(!conversation.is_busy(), "nothing is on its way");
    conversation.connected("p1");
    assert_eq!(sent(&mut conversation, "r1"), None, "another tab may have cleared the conversation");
    conversation.replace(vec![message("u0", "user", "Hi"), message("a0", "assistant", "Hello")], false, true);
    assert_eq!(sent(&mut conversation, "r1"), None, "something may be streaming");
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert_eq!(sent(&mut conversation, "r1").as_deref(), Some("r1"));
    assert_eq!(texts(&conversation), ["u0: Hi", "a0: Hello", "u1: Gym at 8"]);
    assert_eq!(sent(&mut conversation, "r2"), None, "an answer is on its way");
    assert_eq!(waiting(&conversation), ["u2"]);
    for response in answer() {
        conversation.respond(&response, "p");
    }
    conversation.respond(&end(), "p");
    assert_eq!(sent(&mut conversation, "r2").as_deref(), Some("r2"));
    conversation.respond(&end_of("r2"), "p");
    assert_eq!((waiting(&conversation).len(), sent(&mut conversation, "r3")), (0, None));
    assert_eq!(texts(&conversation).last().unwrap(), "u2: And a run at 9");
}

#[test]
fn a_message_follows_a_request_of_another_tab_that_was_not_streaming_yet() {
    let mut conversation = written(connected(Vec::new()));
    conversation.connected("p1");
    conversation.replace(Vec::new(), false, true);
    conversation.pending();
    assert_eq!(sent(&mut conversation, "r2"), None);
    for response in answer() {
        conversation.respond(&response, "p");
    }
    conversation.respond(&end(), "p");
    assert_eq!(sent(&mut conversation, "r2").as_deref(), Some("r2"));
}

#[test]
fn a_message_waits_for_the_answer_to_a_question_unless_the_user_sends_another_one() {
    let asking = json!({"id": "a0", "role": "assistant", "parts": [{
        "type": "tool-deletePlan", "toolCallId": "c1", "state": "approval-requested", "input": {}, "approval": {"id": "p"},
    }]});
    let mut conversation = written(connected(vec![serde_json::from_value(asking).unwrap()]));
    conversation.connected("p1");
    conversation.replace(conversation.messages().iter().map(|message| Message::clone(message)).collect(), false, true);
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert_eq!(sent(&mut conversation, "r1"), None);
    assert!(conversation.can_send_next(true));
}

#[test]
fn a_message_is_taken_back_and_does_not_follow_the_page_to_another_conversation() {
    let mut conversation = written(connected(Vec::new()));
    assert_eq!(conversation.take_back(Some("u1")), ["Gym at 8"]);
    assert_eq!(waiting(&conversation), ["u2"]);
    assert_eq!(conversation.take_back(None), ["And a run at 9"]);
    let mut conversation = written(connected(Vec::new()));
    conversation.connected("p1");
    conversation.leave();
    conversation.replace(Vec::new(), false, true);
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert_eq!(sent(&mut conversation, "r1"), None, "another conversation is at the other end");
}
