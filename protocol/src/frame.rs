//! Every frame, in both directions. All are JSON text. The results of calls are in `results` and `goals`, the events in frames in
//! `events`, and what they say about a block in `delta`.

mod delta;
mod events;
mod goals;
mod results;

use flux_timeline::tagged_enum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::{Message, ToolState};
use crate::trace::Trace;

pub use delta::{BlockDelta, version};
pub use events::{BlockEdit, EventFrame, FollowedEvent, FollowedKind, Origin, Reversal, Reversed};
pub use goals::{GoalPreview, GoalSummary, PreviewPart};
pub use results::{
    BlockCounts, BlockPage, BlockPair, Cause, Counts, Differences, EventPage, ImportProgress, ImportState, ModelInfo,
    PastSnapshot, PromptCounts, Reminder, Snapshot, SuggestedTime, SuggestedTimes,
};

tagged_enum! {
    /// A frame from the server.
    #[derive(Debug, Clone, PartialEq)]
    pub enum ServerFrame = "ServerFrame", plain PlainServerFrame, internal "type",
    units ["cf_agent_chat_clear"], names "snake_case" {
        /// The first frame of a connection: which object this is.
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
        /// The state that a client sent was refused.
        CfAgentStateError {
            /// Why.
            error: String,
        },
        /// The answer to a call.
        Rpc(RpcResponse),
        /// A chunk of an answer, an error, or its end.
        CfAgentUseChatResponse(ChatResponse),
        /// The newest part of the conversation.
        CfAgentChatMessages {
            /// The newest messages, oldest first.
            messages: Vec<Message>,
            /// Extension: whether there are older messages, which `getMessages` returns.
            #[serde(default, skip_serializing_if = "is_false")]
            has_earlier: bool,
            /// Set on the first such frame of a connection. The client then keeps messages that it has not sent yet.
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
        /// A request is streaming. The client acknowledges to receive it.
        CfAgentStreamResuming {
            /// The request.
            id: String,
            /// Id of the probe that this answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// A request is accepted but not streaming yet.
        CfAgentStreamPending {
            /// The request.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            id: Option<String>,
            /// Id of the probe that this answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// There is nothing to resume.
        CfAgentStreamResumeNone {
            /// Why.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<NoResume>,
            /// Id of the probe that this answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            probe_id: Option<String>,
        },
        /// Extension: the timeline, on connect, for clients that follow events.
        FluxSnapshot(Box<Snapshot>),
        /// Extension: events that were appended to the log, in order.
        FluxEvents(EventFrame),
        /// Extension: the latest reminders that have come and were not snoozed or dismissed, for clients that follow events. It is sent when they
        /// change, and in a greeting if there are some.
        FluxReminders {
            /// The latest first.
            reminders: Vec<Reminder>,
        },
        /// Extension: the goals and how far they have come, for clients that follow events. It is sent when they change, and in a greeting if there
        /// are some.
        FluxGoals {
            /// The newest first: those that are proposed, under way or paused, and the last that have ended.
            goals: Vec<GoalSummary>,
        },
        /// Extension: a frame of the client was invalid and changed nothing.
        FluxError {
            /// What was wrong, and what to do.
            error: String,
            /// Set if frames are refused because there were too many: the time after which the next one is accepted, in ms. Frames
            /// are not read then, so their senders get no other answer.
            #[serde(default, rename = "retry_after_ms", skip_serializing_if = "Option::is_none")]
            retry_after_ms: Option<u64>,
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

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RpcResponse {
    /// Id of the call.
    pub id: String,
    /// Whether it was carried out.
    pub success: bool,
    /// Whether this is the last response to the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// The result, if it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it was not carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The time after which the same call succeeds, in seconds, if waiting helps.
    #[serde(default, rename = "retryAfter", skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

/// A chunk of an answer, an error, or its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatResponse {
    /// The request.
    pub id: String,
    /// A chunk as JSON, the text of an error, or empty.
    pub body: String,
    /// Whether this is the last frame of the request.
    pub done: bool,
    /// Whether `body` is an error for the person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub error: bool,
    /// Whether it continues the last message.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continuation: bool,
    /// The number of the chunk within the request, starting at 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Whether the chunk is repeated from storage.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replay: bool,
    /// Whether the replay ends here and live chunks follow.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replay_complete: bool,
    /// Ids of the person's messages in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_ids: Option<Vec<String>>,
    /// How the request ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<TurnOutcome>,
    /// Set if the request was refused because there were too many: the time after which the next one is accepted, in ms.
    #[serde(default, rename = "retry_after_ms", skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnOutcome {
    /// It has an answer.
    Completed,
    /// It failed.
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
            /// Chosen by the client and repeated in responses. If it is a UUID, the call is safe to repeat.
            id: String,
            /// The method.
            method: String,
            /// Its arguments.
            args: Vec<Value>,
            /// Extension: the trace to which it belongs.
            #[serde(
                default,
                rename = "traceparent",
                skip_serializing_if = "Option::is_none",
                deserialize_with = "crate::trace::given"
            )]
            trace: Option<Trace>,
        },
        /// A new state.
        CfAgentState {
            /// The state.
            state: Value,
        },
        /// A chat request.
        CfAgentUseChatRequest {
            /// Id of the request, chosen by the client.
            id: String,
            /// The request.
            init: RequestInit,
            /// Extension: the trace to which it belongs.
            #[serde(
                default,
                rename = "traceparent",
                skip_serializing_if = "Option::is_none",
                deserialize_with = "crate::trace::given"
            )]
            trace: Option<Trace>,
        },
        /// Stops a request.
        CfAgentChatRequestCancel {
            /// The request.
            id: String,
        },
        /// Clears the conversation.
        CfAgentChatClear,
        /// Messages that the client has set itself.
        CfAgentChatMessages {
            /// The messages.
            messages: Vec<Message>,
        },
        /// Asks whether something is streaming.
        CfAgentStreamResumeRequest {
            /// Id of the probe.
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
            /// Id of the call.
            tool_call_id: String,
            /// The tool. May be empty.
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
            /// Whether the model continues with it.
            #[serde(default)]
            auto_continue: bool,
        },
        /// The person's consent to a call, or refusal.
        CfAgentToolApproval {
            /// Id of the call.
            tool_call_id: String,
            /// Yes or no.
            approved: bool,
            /// Whether the model continues with it.
            #[serde(default)]
            auto_continue: bool,
        },
    }
}

/// A chat request in the form that `fetch` would send it.
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
    /// Why the client sends it.
    #[serde(default)]
    pub trigger: Trigger,
    /// The person's time zone, if the client sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Why a client sends a chat request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The person sent a message.
    #[default]
    SubmitMessage,
    /// The person wants another answer.
    RegenerateMessage,
}

/// The types of [`ClientFrame`]s. They distinguish an unknown type from a known type with invalid fields.
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
    /// The response to a call that was carried out.
    pub fn done(id: impl Into<String>, result: Value) -> Self {
        Self {
            id: id.into(),
            success: true,
            done: Some(true),
            result: Some(result),
            error: None,
            retry_after_seconds: None,
        }
    }

    /// The response to a call that was not carried out.
    pub fn failed(id: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            success: false,
            done: None,
            result: None,
            error: Some(error.into()),
            retry_after_seconds: None,
        }
    }
}

impl ClientFrame {
    /// The frame as a part of a trace, if it is one of those that can be: a call or a chat request.
    #[must_use]
    pub fn traced(mut self, new: impl FnOnce() -> Trace) -> Self {
        if let Self::Rpc { trace, .. } | Self::CfAgentUseChatRequest { trace, .. } = &mut self {
            *trace = Some(new());
        }
        self
    }

    /// The trace to which the frame belongs.
    pub fn trace(&self) -> Option<Trace> {
        match self {
            Self::Rpc { trace, .. } | Self::CfAgentUseChatRequest { trace, .. } => *trace,
            _ => None,
        }
    }
}

impl ServerFrame {
    /// The frame as JSON text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
