//! Every frame. All are JSON text.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use flux_timeline::timeline::Content;
use flux_timeline::{Block, Event, EventId, PlanId, tagged_enum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::{Message, ToolState};

tagged_enum! {
    /// A frame from the server.
    #[derive(Debug, Clone, PartialEq)]
    pub enum ServerFrame = "ServerFrame", plain PlainServerFrame, internal "type",
    units ["cf_agent_chat_clear"], names "snake_case" {
        /// Which object this is; the first frame of a connection.
        CfAgentIdentity {
            /// The object's name.
            name: String,
            /// The agent's name in addresses.
            agent: String,
            /// Whether a state frame follows.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            state_follows: Option<bool>,
        },
        /// The whole state.
        CfAgentState {
            /// See [`crate::state`].
            state: Value,
        },
        /// A client's state was not taken.
        CfAgentStateError {
            /// Why.
            error: String,
        },
        /// The answer to a call.
        Rpc(RpcResponse),
        /// A chunk of an answer, an error, or its end.
        CfAgentUseChatResponse(ChatResponse),
        /// The whole conversation.
        CfAgentChatMessages {
            /// All messages, oldest first.
            messages: Vec<Message>,
            /// Set on the first one of a connection: what the client has not sent yet is kept.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            connect: Option<bool>,
        },
        /// One message changed.
        CfAgentMessageUpdated {
            /// The message.
            message: Message,
        },
        /// The conversation was cleared by another connection.
        CfAgentChatClear,
        /// A request is streaming; acknowledge to get it.
        CfAgentStreamResuming {
            /// The request.
            id: String,
            /// Of the question that this answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// A request is accepted and not streaming yet.
        CfAgentStreamPending {
            /// The request.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            id: Option<String>,
            /// Of the question that this answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// There is nothing to resume.
        CfAgentStreamResumeNone {
            /// Why.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<NoResume>,
            /// Of the question that this answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// Extension: the timeline, on connect, for clients that follow events.
        FluxSnapshot(Box<Snapshot>),
        /// Extension: what was appended to the log, in order.
        FluxEvents {
            /// The events.
            events: Vec<Event>,
        },
        /// Extension: a frame of the client was not understood, and changed nothing.
        FluxError {
            /// What was wrong with it, and what to do.
            error: String,
        },
    }
}

/// Why there is nothing to resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoResume {
    /// Nothing is streaming.
    Idle,
    /// Another connection resumes it.
    ContinuationOwned,
}

/// The timeline as it is when a client connects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The number of the last event that it contains.
    pub seq: u64,
    /// Which log it is of: its first event. Another one stands there once everything was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<EventId>,
    /// Settings, plans, and the blocks that matter now; see `complete`.
    pub timeline: Content,
    /// Whether all blocks of the active plan are in it. Where not, `getBlocks` gets others.
    pub complete: bool,
    /// Where not: from when on blocks are in it, beside those that are overdue.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "flux_timeline::clock::optional_instant"
    )]
    pub since: Option<DateTime<Utc>>,
    /// Where not: whether blocks follow after the last one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_more: bool,
    /// Which model answers.
    pub model: ModelInfo,
}

/// The timeline as it was: what `getTimelineAt` gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastSnapshot {
    /// The event after which it was so.
    pub seq: u64,
    /// When that event was written; none before the first.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "flux_timeline::clock::optional_instant"
    )]
    pub at: Option<DateTime<Utc>>,
    /// Settings, plans, and the blocks that mattered then; no runs.
    pub timeline: Content,
    /// Whether all blocks of the plan that was active are in it.
    pub complete: bool,
    /// How it differs from now.
    pub differences: Differences,
}

/// What happened between then and now, in all plans that can be seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Differences {
    /// Blocks that are new since.
    pub added: u64,
    /// Blocks that are no longer there.
    pub removed: u64,
    /// Blocks that are not as they were.
    pub changed: u64,
    /// The first of them, those that are gone or not as they were before those that are new.
    pub blocks: Vec<BlockPair>,
}

/// A block then and now; one of the two is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockPair {
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Block>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Block>,
}

/// Some events of the log, and what led to them: what `getEvents` gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventPage {
    /// The events.
    pub events: Vec<Event>,
    /// The number of the last event in the log.
    pub last: u64,
    /// What led to the assistant's turns among them, by the request; none where the conversation was cleared.
    #[serde(default)]
    pub causes: BTreeMap<String, Cause>,
    /// The goals of the architect's runs among them, by the run.
    #[serde(default)]
    pub goals: BTreeMap<String, String>,
}

/// What led to a turn of the assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Id of the person's message.
    pub question: String,
    /// Id of the answer. It can be gone, where the person asked for another one.
    pub answer: String,
    /// What the person said: the first 200 characters.
    pub words: String,
}

/// How much there is: what `getCounts` gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Events of the log.
    pub events: u64,
    /// The same by what happened, e.g. `BLOCK_MOVED`.
    pub by_type: BTreeMap<String, u64>,
    /// The same by who did it: `user`, `assistant`, `workflow` or `system`.
    pub by_actor: BTreeMap<String, u64>,
    /// Blocks of all plans, also of archived ones.
    pub blocks: BlockCounts,
    /// Plans in use.
    pub plans: u64,
    /// Plans that are archived.
    pub archived_plans: u64,
    /// Messages of the conversation.
    pub messages: u64,
    /// How turns went, by the version of the system prompt that answered.
    #[serde(default)]
    pub prompts: Vec<PromptCounts>,
}

/// How the turns went that a version of the system prompt has answered. One that goes on after the person was asked counts once
/// more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromptCounts {
    /// Which, e.g. `system@2`.
    pub prompt: String,
    /// All turns.
    pub turns: u64,
    /// Those with a whole answer.
    pub completed: u64,
    /// Those that failed, or whose process died.
    pub failed: u64,
    /// Those that the person stopped.
    pub stopped: u64,
    /// Calls of tools.
    pub calls: u64,
    /// Those of them that did not fit their schema.
    pub invalid_calls: u64,
    /// Those that fitted and were rejected.
    pub rejected_calls: u64,
    /// How often the model had to be asked again, because an attempt failed.
    pub retries: u64,
    /// Transactions that were undone since, and not redone.
    pub undone: u64,
    /// Tokens of prompts, as far as the provider told.
    pub input_tokens: u64,
    /// Tokens of answers.
    pub output_tokens: u64,
    /// From the beginning of each turn to its end, in ms, added up.
    pub total_ms: u64,
}

/// How many blocks there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCounts {
    /// Not completed.
    pub open: u64,
    /// Completed.
    pub done: u64,
}

/// Some blocks of a plan: what `getBlocks` gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockPage {
    /// The plan.
    pub plan: PlanId,
    /// By start, then by handle.
    pub blocks: Vec<Block>,
    /// Whether no more fit in the direction that was asked for.
    pub complete: bool,
}

/// Which model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// `workers-ai`, `openai` or `offline`.
    pub provider: String,
    /// The provider's name of it.
    pub name: String,
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RpcResponse {
    /// Of the call.
    pub id: String,
    /// Whether it was carried out.
    pub success: bool,
    /// Whether this is the last answer to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// What it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A chunk of an answer, an error, or its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatResponse {
    /// The request.
    pub id: String,
    /// A chunk as JSON, or the text of an error, or nothing.
    pub body: String,
    /// Whether it is the last frame of the request.
    pub done: bool,
    /// Whether `body` is an error for the person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub error: bool,
    /// Whether it extends the last message.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continuation: bool,
    /// The number of the chunk in the request, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Whether it comes from storage.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replay: bool,
    /// Whether the replay ends here and live chunks follow.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replay_complete: bool,
    /// Ids of the person's messages that the request brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_ids: Option<Vec<String>>,
    /// How the request ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<TurnOutcome>,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnOutcome {
    /// With an answer.
    Completed,
    /// With an error.
    Error,
    /// The person stopped it.
    Aborted,
    /// It was not carried out.
    Skipped,
}

tagged_enum! {
    /// A frame from a client.
    #[derive(Debug, Clone, PartialEq)]
    pub enum ClientFrame = "ClientFrame", plain PlainClientFrame, internal "type",
    units ["cf_agent_chat_clear"], names "snake_case" {
        /// A call.
        Rpc {
            /// Made by the client; answers carry it. A UUID also makes the call safe to repeat.
            id: String,
            /// The method.
            method: String,
            /// Its arguments.
            args: Vec<Value>,
        },
        /// A new state.
        CfAgentState {
            /// The state.
            state: Value,
        },
        /// A chat request.
        CfAgentUseChatRequest {
            /// Of the request, made by the client.
            id: String,
            /// The request.
            init: RequestInit,
        },
        /// Stops a request.
        CfAgentChatRequestCancel {
            /// The request.
            id: String,
        },
        /// Clears the conversation.
        CfAgentChatClear,
        /// Messages that the client has set by itself.
        CfAgentChatMessages {
            /// The messages.
            messages: Vec<Message>,
        },
        /// Asks whether something is streaming.
        CfAgentStreamResumeRequest {
            /// Of the question.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// Asks for the replay of a request.
        CfAgentStreamResumeAck {
            /// The request.
            id: String,
        },
        /// The result of a tool that ran in the browser.
        CfAgentToolResult {
            /// Of the call.
            tool_call_id: String,
            /// The tool; may be empty.
            #[serde(default)]
            tool_name: String,
            /// The result.
            #[serde(default)]
            output: Value,
            /// `output-available` or `output-error`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            state: Option<ToolState>,
            /// What went wrong.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            error_text: Option<String>,
            /// Whether the model goes on with it.
            #[serde(default)]
            auto_continue: bool,
        },
        /// The person's consent to a call, or refusal.
        CfAgentToolApproval {
            /// Of the call.
            tool_call_id: String,
            /// Yes or no.
            approved: bool,
            /// Whether the model goes on with it.
            #[serde(default)]
            auto_continue: bool,
        },
    }
}

/// A chat request as `fetch` would send it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestInit {
    /// `POST`.
    #[serde(default)]
    pub method: String,
    /// A [`ChatRequestBody`] as JSON.
    #[serde(default)]
    pub body: String,
}

/// The body of a chat request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatRequestBody {
    /// All messages that the client has, the new one last.
    pub messages: Vec<Message>,
    /// Why it asks.
    #[serde(default)]
    pub trigger: Trigger,
    /// The person's zone, where the client tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Why a client asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The person sent a message.
    #[default]
    SubmitMessage,
    /// The person wants another answer.
    RegenerateMessage,
}

/// The types of [`ClientFrame`]s, to tell an unknown type from a known one with wrong fields.
pub const CLIENT_FRAME_TYPES: [&str; 10] = [
    "rpc",
    "cf_agent_state",
    "cf_agent_use_chat_request",
    "cf_agent_chat_request_cancel",
    "cf_agent_chat_clear",
    "cf_agent_chat_messages",
    "cf_agent_stream_resume_request",
    "cf_agent_stream_resume_ack",
    "cf_agent_tool_result",
    "cf_agent_tool_approval",
];

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl RpcResponse {
    /// A call was carried out.
    pub fn done(id: impl Into<String>, result: Value) -> Self {
        Self { id: id.into(), success: true, done: Some(true), result: Some(result), error: None }
    }

    /// A call was not carried out.
    pub fn failed(id: impl Into<String>, error: impl Into<String>) -> Self {
        Self { id: id.into(), success: false, done: None, result: None, error: Some(error.into()) }
    }
}

impl ServerFrame {
    /// As it is sent.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
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
                ServerFrame::CfAgentStreamResumeNone {
                    reason: Some(NoResume::Idle),
                    probe_id: Some("pR0be-77".into()),
                },
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
}
