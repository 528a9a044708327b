//! The JSON of frames.

use serde_json::json;

use super::*;

#[test]
fn server_frames_are_those_of_the_published_packages() {
    let cases = [
        (
            ServerFrame::CfAgentIdentity { name: "me".into(), agent: "chat".into(), state_follows: Some(true) },
            json!({"type": "cf_agent_identity", "name": "me", "agent": "chat", "stateFollows": true}),
        ),
        (
            ServerFrame::Rpc(RpcResponse::done("0b", json!([{"id": "p1"}]))),
            json!({"type": "rpc", "id": "0b", "success": true, "done": true, "result": [{"id": "p1"}]}),
        ),
        (
            ServerFrame::Rpc(RpcResponse::failed("77aa", "Method nope does not exist")),
            json!({"type": "rpc", "id": "77aa", "success": false, "error": "Method nope does not exist"}),
        ),
        (
            ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: "x7Qd_2Lk".into(),
                done: true,
                message_ids: Some(vec!["u1".into()]),
                outcome: Some(TurnOutcome::Completed),
                ..ChatResponse::default()
            }),
            json!({"type": "cf_agent_use_chat_response", "id": "x7Qd_2Lk", "body": "", "done": true,
                   "messageIds": ["u1"], "outcome": "completed"}),
        ),
        (
            ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: "x".into(),
                replay: true,
                replay_complete: true,
                ..ChatResponse::default()
            }),
            json!({"type": "cf_agent_use_chat_response", "id": "x", "body": "", "done": false, "replay": true,
                   "replayComplete": true}),
        ),
        (
            ServerFrame::CfAgentStreamResumeNone { reason: Some(NoResume::Idle), probe_id: Some("pR0be-77".into()) },
            json!({"type": "cf_agent_stream_resume_none", "reason": "idle", "probeId": "pR0be-77"}),
        ),
        (ServerFrame::CfAgentChatClear, json!({"type": "cf_agent_chat_clear"})),
    ];
    for (frame, wire) in cases {
        assert_eq!(serde_json::to_value(&frame).unwrap(), wire);
        assert_eq!(serde_json::from_str::<ServerFrame>(&frame.to_text()).unwrap(), frame);
    }
}

#[test]
fn client_frames_are_read_as_the_published_packages_send_them() {
    let frames = [
        r#"{"type":"rpc","id":"0b","method":"listPlans","args":[{"archived":false}]}"#,
        r#"{"type":"cf_agent_state","state":{"counter":3}}"#,
        r#"{"type":"cf_agent_use_chat_request","id":"x7Qd_2Lk","init":{"method":"POST","body":"{}"}}"#,
        r#"{"type":"cf_agent_chat_request_cancel","id":"x7Qd_2Lk"}"#,
        r#"{"type":"cf_agent_chat_clear"}"#,
        r#"{"type":"cf_agent_chat_messages","messages":[]}"#,
        r#"{"type":"cf_agent_stream_resume_request","probeId":"pR0be-77"}"#,
        r#"{"type":"cf_agent_stream_resume_ack","id":"x7Qd_2Lk"}"#,
        r#"{"type":"cf_agent_tool_result","toolCallId":"call_1","toolName":"getTimezone","output":"Europe/Oslo","autoContinue":true}"#,
        r#"{"type":"cf_agent_tool_approval","toolCallId":"call_2","approved":true,"autoContinue":true}"#,
    ];
    for (text, kind) in frames.into_iter().zip(CLIENT_FRAME_TYPES) {
        let frame: ClientFrame = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&frame).unwrap()["type"], kind, "{text}");
    }
}
