//! The chunks of a streamed answer, and how a message is built from them: the AI SDK's UI message stream.
//!
//! We send only chunks that every version since 5 understands (approvals: since 6).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use flux_timeline::tagged_enum;

use crate::message::{Approval, Message, Part, TextPart, TextState, ToolPart, ToolPartBody, ToolState};

/// The types that we know.
const KNOWN: [&str; 19] = [
    "start",
    "start-step",
    "finish-step",
    "text-start",
    "text-delta",
    "text-end",
    "reasoning-start",
    "reasoning-delta",
    "reasoning-end",
    "tool-input-start",
    "tool-input-delta",
    "tool-input-available",
    "tool-approval-request",
    "tool-output-available",
    "tool-output-error",
    "tool-output-denied",
    "message-metadata",
    "abort",
    "finish",
];

tagged_enum! {
    /// One chunk of a streamed answer.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Chunk = "Chunk", plain PlainChunk, open "type", units ["start-step", "finish-step", "abort", "unknown"],
    names "kebab-case" {
        /// The answer begins. It has no id if it continues an existing message.
        Start {
            /// The id under which the message is stored.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            message_id: Option<String>,
            /// Metadata of the message.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            message_metadata: Option<Value>,
        },
        /// A step begins: the model is asked.
        StartStep,
        /// A step ends: the model has answered, and its calls are carried out.
        FinishStep,
        /// A text begins. Only one text is open at a time.
        TextStart {
            /// Id of the text, unique in the message.
            id: String,
        },
        /// More of the text.
        TextDelta {
            /// Id of the text.
            id: String,
            /// The text to append.
            delta: String,
        },
        /// The text is complete.
        TextEnd {
            /// Id of the text.
            id: String,
        },
        /// Reasoning begins.
        ReasoningStart {
            /// Id of the reasoning, unique in the message.
            id: String,
        },
        /// More of the reasoning.
        ReasoningDelta {
            /// Id of the reasoning.
            id: String,
            /// The text to append.
            delta: String,
        },
        /// The reasoning is complete.
        ReasoningEnd {
            /// Id of the reasoning.
            id: String,
        },
        /// The model begins to write a call. It is sent once for each call: a second one would reset a call that is complete.
        ToolInputStart {
            /// Id of the call, unique in the conversation.
            tool_call_id: String,
            /// The tool.
            tool_name: String,
        },
        /// More of its arguments.
        ToolInputDelta {
            /// Id of the call.
            tool_call_id: String,
            /// Raw JSON text.
            input_text_delta: String,
        },
        /// The arguments are complete.
        ToolInputAvailable {
            /// Id of the call.
            tool_call_id: String,
            /// The tool.
            tool_name: String,
            /// The arguments.
            input: Value,
        },
        /// The person is asked for consent.
        ToolApprovalRequest {
            /// Id of the question.
            approval_id: String,
            /// Id of the call.
            tool_call_id: String,
        },
        /// A call was carried out.
        ToolOutputAvailable {
            /// Id of the call.
            tool_call_id: String,
            /// The result.
            output: Value,
        },
        /// A call failed.
        ToolOutputError {
            /// Id of the call.
            tool_call_id: String,
            /// Why.
            error_text: String,
        },
        /// The person refused a call.
        ToolOutputDenied {
            /// Id of the call.
            tool_call_id: String,
        },
        /// The metadata of the message changed.
        MessageMetadata {
            /// Merged into the existing metadata.
            message_metadata: Value,
        },
        /// The answer was stopped by the person.
        Abort,
        /// The answer is complete.
        Finish {
            /// Why.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            finish_reason: Option<FinishReason>,
            /// Merged into the existing metadata.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            message_metadata: Option<Value>,
        },
        /// A chunk of an unknown type.
        Unknown,
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FinishReason {
    /// The answer is complete.
    Stop,
    /// It reached the token limit.
    Length,
    /// The provider withheld the rest.
    ContentFilter,
    /// The person is asked for consent to a call.
    ToolCalls,
    /// The provider failed.
    Error,
    /// Another reason.
    Other,
}

impl Message {
    /// Adds one chunk of a streamed answer. A chunk about a part that does not exist changes nothing.
    pub fn add(&mut self, chunk: &Chunk) {
        match chunk {
            Chunk::Start { message_id, message_metadata } => {
                if let Some(id) = message_id {
                    self.id.clone_from(id);
                }
                self.merge_metadata(message_metadata.as_ref());
            }
            Chunk::StartStep => self.parts.push(Part::StepStart),
            Chunk::TextStart { .. } => self.parts.push(Part::Text(streaming())),
            Chunk::ReasoningStart { .. } => self.parts.push(Part::Reasoning(streaming())),
            Chunk::TextDelta { delta, .. } | Chunk::ReasoningDelta { delta, .. } => {
                if let Some(text) = self.open_text() {
                    text.text.push_str(delta);
                }
            }
            Chunk::TextEnd { .. } | Chunk::ReasoningEnd { .. } | Chunk::Abort => self.close_text(),
            Chunk::Finish { message_metadata, .. } => {
                self.close_text();
                self.merge_metadata(message_metadata.as_ref());
            }
            Chunk::MessageMetadata { message_metadata } => self.merge_metadata(Some(message_metadata)),
            Chunk::FinishStep | Chunk::Unknown => {}
            _ => self.add_to_tool(chunk),
        }
    }

    /// Closes texts that are still open because the answer was interrupted.
    pub fn close_text(&mut self) {
        for part in &mut self.parts {
            if let Part::Text(text) | Part::Reasoning(text) = part
                && text.state.is_some()
            {
                text.state = Some(TextState::Done);
            }
        }
    }

    fn open_text(&mut self) -> Option<&mut TextPart> {
        self.parts.iter_mut().rev().find_map(|part| match part {
            Part::Text(text) | Part::Reasoning(text) if text.state == Some(TextState::Streaming) => Some(text),
            _ => None,
        })
    }

    fn merge_metadata(&mut self, added: Option<&Value>) {
        let Some(added) = added else { return };
        match (&mut self.metadata, added) {
            (Some(Value::Object(known)), Value::Object(added)) => {
                known.extend(added.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            (metadata, added) => *metadata = Some(added.clone()),
        }
    }

    fn add_to_tool(&mut self, chunk: &Chunk) {
        match chunk {
            Chunk::ToolInputStart { tool_call_id, tool_name } => {
                self.start_tool(tool_call_id, tool_name, ToolState::InputStreaming, None);
            }
            Chunk::ToolInputAvailable { tool_call_id, tool_name, input } => match self.tool_mut(tool_call_id) {
                Some(tool) => {
                    tool.call.state = ToolState::InputAvailable;
                    tool.call.input = Some(input.clone());
                }
                None => self.start_tool(tool_call_id, tool_name, ToolState::InputAvailable, Some(input.clone())),
            },
            Chunk::ToolApprovalRequest { approval_id, tool_call_id } => {
                self.change_tool(tool_call_id, |call| {
                    call.state = ToolState::ApprovalRequested;
                    call.approval = Some(Approval { id: approval_id.clone(), approved: None });
                });
            }
            Chunk::ToolOutputAvailable { tool_call_id, output } => self.change_tool(tool_call_id, |call| {
                call.state = ToolState::OutputAvailable;
                call.output = Some(output.clone());
            }),
            Chunk::ToolOutputError { tool_call_id, error_text } => self.change_tool(tool_call_id, |call| {
                call.state = ToolState::OutputError;
                call.error_text = Some(error_text.clone());
            }),
            Chunk::ToolOutputDenied { tool_call_id } => {
                self.change_tool(tool_call_id, |call| call.state = ToolState::OutputDenied);
            }
            _ => {}
        }
    }

    fn start_tool(&mut self, tool_call_id: &str, tool_name: &str, state: ToolState, input: Option<Value>) {
        let call = ToolPartBody {
            tool_call_id: tool_call_id.to_owned(),
            state,
            input,
            output: None,
            error_text: None,
            approval: None,
        };
        self.parts.push(Part::Tool(ToolPart { tool_name: tool_name.to_owned(), call }));
    }

    fn change_tool(&mut self, tool_call_id: &str, change: impl FnOnce(&mut ToolPartBody)) {
        if let Some(tool) = self.tool_mut(tool_call_id) {
            change(&mut tool.call);
        }
    }
}

fn streaming() -> TextPart {
    TextPart { text: String::new(), state: Some(TextState::Streaming) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::Role;

    #[test]
    fn the_chunks_of_a_turn_add_up_to_its_message() {
        let wire = [
            json!({"type": "start", "messageId": "a1", "messageMetadata": {"model": {"provider": "offline"}}}),
            json!({"type": "start-step"}),
            json!({"type": "tool-input-start", "toolCallId": "c1", "toolName": "scheduleBlock"}),
            json!({"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": "{}"}),
            json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "scheduleBlock", "input": {}}),
            json!({"type": "tool-output-available", "toolCallId": "c1", "output": {"ok": true}}),
            json!({"type": "finish-step"}),
            json!({"type": "start-step"}),
            json!({"type": "text-start", "id": "t1"}),
            json!({"type": "text-delta", "id": "t1", "delta": "Do"}),
            json!({"type": "text-delta", "id": "t1", "delta": "ne."}),
            json!({"type": "text-end", "id": "t1"}),
            json!({"type": "finish-step"}),
            json!({"type": "data-new-thing", "data": 1}),
            json!({"type": "finish", "finishReason": "stop", "messageMetadata": {"usage": 7}}),
        ];
        let mut message = Message::new("", Role::Assistant);
        for chunk in &wire {
            let read: Chunk = serde_json::from_value(chunk.clone()).unwrap();
            if read != Chunk::Unknown {
                assert_eq!(&serde_json::to_value(&read).unwrap(), chunk);
            }
            message.add(&read);
        }
        insta::assert_json_snapshot!(message);
    }

    #[test]
    fn chunks_about_missing_parts_change_nothing() {
        let mut message = Message::new("a", Role::Assistant);
        message.add(&Chunk::TextDelta { id: "t".into(), delta: "x".into() });
        message.add(&Chunk::ToolOutputAvailable { tool_call_id: "c".into(), output: json!(1) });
        assert_eq!(message, Message::new("a", Role::Assistant));
    }
}
