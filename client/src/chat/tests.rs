use chrono::{DateTime, Utc};
use flux_protocol::frame::{ChatResponse, NoResume};
use flux_protocol::{ClientFrame, Message, Role, ToolState};
use serde_json::{Value, json};

use super::conversation::{Conversation, NewIds};

mod approval;
mod change;
mod waiting;

fn chunk(seq: u64, body: &Value) -> ChatResponse {
    ChatResponse { id: "r1".into(), body: body.to_string(), seq: Some(seq), ..ChatResponse::default() }
}

/// The chunks of an answer that calls a tool and says "Done."
fn answer() -> Vec<ChatResponse> {
    [
        json!({"type": "start", "messageId": "a1", "messageMetadata": {"model": {"provider": "offline", "name": "x"}}}),
        json!({"type": "start-step"}),
        json!({"type": "tool-input-start", "toolCallId": "c1", "toolName": "scheduleBlock"}),
        json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "scheduleBlock", "input": {}}),
        json!({"type": "tool-output-available", "toolCallId": "c1", "output": {"ok": true}}),
        json!({"type": "text-start", "id": "t1"}),
        json!({"type": "text-delta", "id": "t1", "delta": "Do"}),
        json!({"type": "text-delta", "id": "t1", "delta": "ne."}),
        json!({"type": "text-end", "id": "t1"}),
        json!({"type": "finish", "finishReason": "stop"}),
    ]
    .iter()
    .zip(0..)
    .map(|(body, seq)| chunk(seq, body))
    .collect()
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn end() -> ChatResponse {
    end_of("r1")
}

fn end_of(request: &str) -> ChatResponse {
    ChatResponse { id: request.into(), done: true, ..ChatResponse::default() }
}

fn replayed(response: &ChatResponse) -> ChatResponse {
    ChatResponse { replay: true, ..response.clone() }
}

fn message(id: &str, role: &str, text: &str) -> Message {
    serde_json::from_value(json!({"id": id, "role": role, "parts": [{"type": "text", "text": text}]})).unwrap()
}

fn whole_answer() -> Message {
    let mut conversation = asked();
    answer().iter().for_each(|response| {
        conversation.respond(response, "p");
    });
    Message::clone(conversation.messages().last().unwrap())
}

/// A conversation in which "Gym at 8" was asked.
fn asked() -> Conversation {
    let mut conversation = connected(Vec::new());
    conversation.submit(NewIds { request: "r1".into(), message: "u1".into() }, "Gym at 8", now(), None);
    conversation
}

fn connected(messages: Vec<Message>) -> Conversation {
    let mut conversation = Conversation::default();
    conversation.connected("p0");
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p0"));
    conversation.replace(messages, false, true);
    conversation
}

fn texts(conversation: &Conversation) -> Vec<String> {
    conversation.messages().iter().map(|message| format!("{}: {}", message.id, message.text())).collect()
}

#[test]
fn a_turn_is_shown_while_it_streams_and_ends_with_its_last_frame() {
    let mut conversation = asked();
    assert!(conversation.is_busy() && conversation.is_waiting());
    for response in answer() {
        assert_eq!(conversation.respond(&response, "p"), None);
    }
    assert!(conversation.is_busy() && !conversation.is_waiting());
    assert_eq!(conversation.streaming(), Some("a1"));
    conversation.respond(&end(), "p");
    assert!(!conversation.is_busy());
    assert_eq!(conversation.failure(), None);
    assert_eq!(texts(&conversation), ["u1: Gym at 8", "a1: Done."]);
    assert_eq!(conversation.messages()[1].tools().next().unwrap().call.state, ToolState::OutputAvailable);
}

#[test]
fn a_request_follows_the_protocol() {
    let mut conversation = connected(vec![message("u0", "user", "Hi"), message("a0", "assistant", "Hello")]);
    let ids = NewIds { request: "x7Qd_2Lk".into(), message: "u1".into() };
    let ClientFrame::CfAgentUseChatRequest { id, init, .. } =
        conversation.submit(ids, "Gym", now(), Some("Europe/Oslo".into()))
    else {
        panic!("not a request");
    };
    assert_eq!((id.as_str(), init.method.as_str()), ("x7Qd_2Lk", "POST"));
    let body: Value = serde_json::from_str(&init.body).unwrap();
    assert_eq!(body["trigger"], "submit-message");
    assert_eq!(body["timeZone"], "Europe/Oslo");
    assert_eq!(body["messages"][2]["metadata"], json!({"at": "1970-01-01T00:00:00Z"}));
    let ids: Vec<&str> = body["messages"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["u0", "a0", "u1"]);
}

#[test]
fn a_message_that_is_sent_before_the_others_have_arrived_follows_them() {
    let mut conversation = Conversation::default();
    conversation.connected("p0");
    conversation.submit(NewIds { request: "r1".into(), message: "u1".into() }, "Gym at 8", now(), None);
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p0"));
    let earlier = vec![message("u0", "user", "Hi"), message("a0", "assistant", "Hello")];
    let lost = conversation.replace(earlier, true, true);
    assert_eq!(lost, [], "it was sent on this socket");
    for response in answer() {
        conversation.respond(&response, "p");
    }
    conversation.respond(&end(), "p");
    assert_eq!(texts(&conversation), ["u0: Hi", "a0: Hello", "u1: Gym at 8", "a1: Done."]);
    assert!(conversation.has_earlier() && !conversation.is_busy());
}

#[test]
fn only_the_newest_messages_of_a_long_conversation_are_sent() {
    let old: Vec<Message> =
        (0..200).map(|number| message(&format!("m{number}"), "user", &"\"long\" ".repeat(400))).collect();
    let mut conversation = connected(old);
    let frame = conversation.submit(NewIds { request: "r1".into(), message: "u1".into() }, "now", now(), None);
    let text = serde_json::to_string(&frame).unwrap();
    assert!(text.len() < flux_protocol::MAX_FRAME_BYTES, "{}", text.len());
    assert!(text.contains("now") && text.contains("m199") && !text.contains("m100\\"));
}

#[test]
fn a_chunk_that_arrives_twice_is_applied_once() {
    let mut conversation = asked();
    for response in answer() {
        conversation.respond(&response, "p");
        conversation.respond(&response, "p");
    }
    assert_eq!(*conversation.messages()[1], whole_answer());
}

#[test]
fn a_replay_after_a_reconnect_rebuilds_the_message_wherever_the_socket_was_lost() {
    let chunks = answer();
    for lost_after in 0..chunks.len() {
        let mut conversation = asked();
        chunks[..lost_after].iter().for_each(|response| {
            conversation.respond(response, "p");
        });
        conversation.disconnected();
        // Like the server: first the offer, then the conversation without the streaming answer, then the reply to the
        // probe, which is not acknowledged again.
        conversation.connected("p1");
        assert!(conversation.resuming("r1".into()).is_some());
        assert!(conversation.replace(vec![message("u1", "user", "Gym at 8")], false, true).is_empty());
        assert_eq!(conversation.resuming("r1".into()), None);
        let replay_until = (lost_after + 2).min(chunks.len());
        for response in &chunks[..replay_until] {
            conversation.respond(&replayed(response), "p");
        }
        let complete = ChatResponse { done: false, replay: true, replay_complete: true, ..end() };
        conversation.respond(&complete, "p");
        for response in &chunks[replay_until..] {
            conversation.respond(response, "p");
        }
        conversation.respond(&end(), "p");
        assert_eq!(texts(&conversation), ["u1: Gym at 8", "a1: Done."], "lost after {lost_after}");
        assert_eq!(*conversation.messages()[1], whole_answer());
        assert!(!conversation.is_busy());
    }
}

#[test]
fn an_answer_that_ended_while_disconnected_is_taken_from_the_list() {
    let mut conversation = asked();
    answer()[..7].iter().for_each(|response| {
        conversation.respond(response, "p");
    });
    conversation.disconnected();
    conversation.connected("p1");
    let lost = conversation.replace(vec![message("u1", "user", "Gym at 8"), whole_answer()], false, true);
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert!(lost.is_empty());
    assert_eq!(texts(&conversation), ["u1: Gym at 8", "a1: Done."]);
    assert!(!conversation.is_busy());
    assert_eq!(conversation.failure(), None);
}

#[test]
fn a_request_that_never_arrived_is_not_sent_to_another_conversation() {
    let mut conversation = asked();
    conversation.disconnected();
    conversation.connected("p1");
    assert!(conversation.resuming("r2".into()).is_some());
    conversation.leave();
    assert_eq!(texts(&conversation), Vec::<String>::new());
    assert!(conversation.replace(vec![message("v1", "user", "Dentist")], false, true).is_empty());
    assert_eq!(conversation.resuming("r2".into()), None, "the offer on this socket is about the other conversation");
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert_eq!(texts(&conversation), ["v1: Dentist"]);
    assert!(!conversation.is_busy());
}

#[test]
fn a_request_that_never_arrived_is_sent_again_and_its_message_stays() {
    let mut conversation = asked();
    conversation.disconnected();
    conversation.connected("p1");
    let lost = conversation.replace(vec![message("u0", "user", "Before")], false, true);
    assert!(matches!(lost.as_slice(), [ClientFrame::CfAgentUseChatRequest { id, .. }] if id == "r1"));
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("p1"));
    assert_eq!(texts(&conversation), ["u0: Before", "u1: Gym at 8"]);
    assert!(conversation.is_busy());
}

#[test]
fn missed_chunks_are_requested_once_and_nothing_is_shown_out_of_order() {
    let chunks = answer();
    let mut conversation = asked();
    conversation.respond(&chunks[0], "p");
    let question = conversation.respond(&chunks[6], "p2");
    assert_eq!(question, Some(ClientFrame::CfAgentStreamResumeRequest { probe_id: Some("p2".into()) }));
    assert_eq!(conversation.respond(&chunks[7], "p3"), None);
    assert!(conversation.resuming("r1".into()).is_some());
    for response in &chunks[..9] {
        conversation.respond(&replayed(response), "p");
    }
    conversation.respond(&chunks[9], "p");
    assert_eq!(*conversation.messages()[1], whole_answer());
}

#[test]
fn another_tabs_turn_is_shown_here_too() {
    let mut conversation = connected(Vec::new());
    conversation.replace(vec![message("u1", "user", "Gym at 8")], false, false);
    let chunks = answer();
    chunks[..8].iter().for_each(|response| {
        conversation.respond(response, "p");
    });
    // The list at the end of the turn arrives before its last frame; the streamed message is kept.
    conversation.replace(vec![message("u1", "user", "Gym at 8"), message("a1", "assistant", "?")], false, false);
    assert_eq!(texts(&conversation), ["u1: Gym at 8", "a1: Done."]);
    assert!(matches!(conversation.stop(), Some(ClientFrame::CfAgentChatRequestCancel { id }) if id == "r1"));
    conversation.respond(&end(), "p");
    assert!(!conversation.is_busy());
}

#[test]
fn another_tabs_message_does_not_remove_a_pending_message() {
    let mut conversation = asked();
    conversation.replace(vec![message("u7", "user", "From the other tab")], false, false);
    assert_eq!(texts(&conversation), ["u7: From the other tab", "u1: Gym at 8"]);
}

#[test]
fn an_error_is_kept_until_a_retry() {
    let mut conversation = asked();
    let error = ChatResponse { body: "The model is over capacity.".into(), error: true, ..end() };
    conversation.respond(&error, "p");
    assert_eq!(conversation.failure().as_deref(), Some("The model is over capacity."));
    let Some(ClientFrame::CfAgentUseChatRequest { init, .. }) = conversation.retry("r2".into(), None) else {
        panic!("not sent");
    };
    let body: Value = serde_json::from_str(&init.body).unwrap();
    assert_eq!(body["trigger"], "regenerate-message");
    assert_eq!(body["messages"].as_array().unwrap().last().unwrap()["id"], "u1");
    assert_eq!(conversation.failure(), None);
    assert!(conversation.is_busy());
}

#[test]
fn a_failed_or_missing_answer_can_be_retried_after_a_reload() {
    let mut failed = message("a1", "assistant", "Let me");
    failed.metadata = Some(json!({"error": "The connection to the model broke."}));
    let conversation = connected(vec![message("u1", "user", "Hi"), failed]);
    assert_eq!(conversation.failure().as_deref(), Some("The connection to the model broke."));
    assert!(connected(vec![message("u1", "user", "Hi")]).failure().is_some());
    assert_eq!(connected(Vec::new()).failure(), None);
}

#[test]
fn a_missing_answer_is_not_reported_while_the_server_may_still_have_one() {
    let mut conversation = Conversation::default();
    conversation.connected("p0");
    assert!(conversation.resuming("r1".into()).is_some());
    conversation.replace(vec![message("u1", "user", "Gym at 8")], false, true);
    assert_eq!(conversation.failure(), None);
    for response in &answer()[..3] {
        conversation.respond(&replayed(response), "p");
    }
    conversation.respond(&ChatResponse { done: false, replay: true, replay_complete: true, ..end_of("r1") }, "p");
    conversation.respond(&end(), "p");
    assert_eq!(conversation.failure(), None);
}

#[test]
fn an_error_of_another_tab_disappears_when_that_tab_retries() {
    let mut conversation = connected(vec![message("u1", "user", "Gym at 8")]);
    let error = ChatResponse { error: true, body: "The model is over capacity.".into(), ..end_of("r0") };
    conversation.respond(&error, "p");
    assert!(conversation.failure().is_some());
    for response in answer() {
        conversation.respond(&response, "p");
    }
    conversation.respond(&end(), "p");
    assert_eq!(conversation.failure(), None);
}

#[test]
fn a_request_that_ended_during_another_tabs_answer_does_not_wait_forever() {
    let stored = || vec![message("u1", "user", "Gym at 8"), message("a1", "assistant", "Done.")];
    let mut lost = asked();
    lost.disconnected();
    lost.connected("p1");
    assert!(lost.resuming("r2".into()).is_some());
    assert!(lost.replace(stored(), false, true).is_empty());
    // The other answer ends. The tab asks about its own request, which may have been queued behind it.
    assert!(lost.respond(&end_of("r2"), "p2").is_some());
    assert!(lost.is_busy());
    lost.nothing_to_resume(Some(NoResume::Idle), Some("p2"));
    assert!(!lost.is_busy());

    // A replayed end means that nothing is streaming at all.
    let mut lost = asked();
    lost.disconnected();
    lost.connected("p1");
    lost.resuming("r2".into());
    lost.replace(stored(), false, true);
    assert_eq!(lost.respond(&replayed(&end_of("r2")), "p2"), None);
    assert!(!lost.is_busy());
}

#[test]
fn frames_of_a_cleared_turn_change_nothing() {
    let chunks = answer();
    let mut conversation = asked();
    conversation.respond(&chunks[0], "p");
    assert_eq!(conversation.clear(), ClientFrame::CfAgentChatClear);
    for response in &chunks[1..] {
        assert_eq!(conversation.respond(response, "p"), None);
    }
    conversation.respond(&end(), "p");
    assert!(conversation.messages().is_empty() && !conversation.is_busy());
    conversation.submit(NewIds { request: "r2".into(), message: "u2".into() }, "Next", now(), None);
    assert!(conversation.is_busy());
}

#[test]
fn malformed_and_stray_frames_do_not_disturb_the_conversation() {
    let mut conversation = asked();
    for body in ["", "{", "null", "[]", "{\"type\": 7}", "{\"type\": \"new-thing\"}", "\u{0}"] {
        let response = ChatResponse { id: "r1".into(), body: body.into(), ..ChatResponse::default() };
        conversation.respond(&response, "p");
    }
    let stray = ChatResponse { id: "r9".into(), done: true, replay: true, ..ChatResponse::default() };
    conversation.respond(&stray, "p");
    conversation.nothing_to_resume(Some(NoResume::Idle), Some("not asked"));
    conversation.pending();
    assert!(conversation.is_busy());
    for response in answer() {
        conversation.respond(&response, "p");
    }
    conversation.respond(&end(), "p");
    assert_eq!(texts(&conversation), ["u1: Gym at 8", "a1: Done."]);
    assert_eq!(conversation.messages()[1].role, Role::Assistant);
}

/// A conversation with the server's messages `m{from}` to `m{to}`, which has earlier ones.
fn page(from: usize, to: usize) -> Vec<Message> {
    (from..=to).map(|number| message(&format!("m{number}"), "user", "Hm.")).collect()
}

fn ids(conversation: &Conversation) -> Vec<&str> {
    conversation.messages().iter().map(|message| message.id.as_str()).collect()
}

#[test]
fn earlier_messages_are_added_before_the_first_one_until_there_are_none() {
    let mut conversation = Conversation::default();
    conversation.replace(page(5, 6), true, true);
    assert!(conversation.has_earlier());
    conversation.add_earlier(Some("m5"), page(3, 4));
    assert_eq!((ids(&conversation), conversation.has_earlier()), (vec!["m3", "m4", "m5", "m6"], true));
    // The response to a request from before the messages changed.
    conversation.add_earlier(Some("m5"), page(3, 4));
    assert_eq!(conversation.messages().len(), 4);
    conversation.add_earlier(Some("m3"), Vec::new());
    assert!(!conversation.has_earlier());
}

#[test]
fn the_newest_messages_replace_what_is_newer_and_keep_what_is_earlier() {
    let mut conversation = Conversation::default();
    conversation.replace(page(5, 6), true, true);
    conversation.add_earlier(Some("m5"), page(3, 4));
    // The server's next list begins later, and a message is gone.
    let list = vec![message("m5", "user", "Hm."), message("a6", "assistant", "Yes.")];
    conversation.replace(list, true, false);
    assert_eq!((ids(&conversation), conversation.has_earlier()), (vec!["m3", "m4", "m5", "a6"], true));
    // A message that stands in another place here than on the server is not shown twice.
    let list = vec![message("m5", "user", "Hm."), message("m4", "user", "Hm.")];
    conversation.replace(list, true, false);
    assert_eq!(ids(&conversation), ["m3", "m5", "m4"]);
    // With a gap before the list, what is loaded does not fit to it.
    conversation.replace(page(20, 21), true, true);
    assert_eq!((ids(&conversation), conversation.has_earlier()), (vec!["m20", "m21"], true));
    // A list of all messages replaces everything.
    conversation.add_earlier(Some("m20"), page(18, 19));
    conversation.replace(page(20, 21), false, true);
    assert_eq!((ids(&conversation), conversation.has_earlier()), (vec!["m20", "m21"], false));
    conversation.replace(page(20, 21), true, true);
    conversation.cleared_elsewhere();
    assert!(!conversation.has_earlier());
}
