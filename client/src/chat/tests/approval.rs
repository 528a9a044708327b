//! Approving and denying tool calls.

use super::*;

/// A conversation in which a call waits for approval.
fn asking() -> Conversation {
    let stored: Message = serde_json::from_value(json!({"id": "a1", "role": "assistant", "parts": [
        {"type": "tool-deletePlan", "toolCallId": "c1", "state": "approval-requested", "input": {"id": "p"},
         "approval": {"id": "q1"}}
    ]}))
    .unwrap();
    connected(vec![message("u1", "user", "Delete it"), stored])
}

fn continuation(seq: u64, body: &Value) -> ChatResponse {
    ChatResponse { continuation: true, ..chunk(seq, body) }
}

#[test]
fn approval_continues_the_message_that_asked_and_replaying_it_adds_nothing() {
    let mut conversation = asking();
    let frame = conversation.answer("c1", true);
    assert_eq!(
        serde_json::to_value(&frame).unwrap(),
        json!({"type": "cf_agent_tool_approval", "toolCallId": "c1", "approved": true, "autoContinue": true})
    );
    assert!(conversation.is_busy());
    let chunks = [
        json!({"type": "start", "messageMetadata": {"at": 1}}),
        json!({"type": "tool-output-available", "toolCallId": "c1", "output": {"ok": true}}),
        json!({"type": "text-start", "id": "t"}),
        json!({"type": "text-delta", "id": "t", "delta": "Deleted."}),
    ];
    for (body, seq) in chunks.iter().zip(0..) {
        conversation.respond(&continuation(seq, body), "p");
    }
    let live = conversation.messages()[1].clone();
    assert_eq!(live.parts.len(), 2);
    assert_eq!(live.tools().next().unwrap().call.state, ToolState::OutputAvailable);
    for (body, seq) in chunks.iter().zip(0..) {
        conversation.respond(&replayed(&continuation(seq, body)), "p");
    }
    assert_eq!(*conversation.messages()[1], *live);
    assert_eq!(conversation.messages().len(), 2);
}

#[test]
fn a_denied_call_is_marked_at_once() {
    let mut conversation = asking();
    conversation.answer("c1", false);
    assert_eq!(conversation.messages()[1].tools().next().unwrap().call.state, ToolState::OutputDenied);
}

#[test]
fn an_updated_message_is_found_by_its_id_or_by_a_call() {
    let mut conversation = asking();
    let changed: Message = serde_json::from_value(json!({"id": "other", "role": "assistant", "parts": [
        {"type": "tool-deletePlan", "toolCallId": "c1", "state": "output-denied"}
    ]}))
    .unwrap();
    conversation.update(changed);
    assert_eq!(conversation.messages()[1].id, "a1");
    assert_eq!(conversation.messages()[1].tools().next().unwrap().call.state, ToolState::OutputDenied);
    conversation.update(message("unknown", "assistant", "x"));
    assert_eq!(conversation.messages().len(), 2);
}
