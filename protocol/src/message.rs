//! Messages of a conversation, in the format of the AI SDK's `UIMessage`.

use flux_timeline::json;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Unique in the conversation; chosen by the author of the message.
    pub id: String,
    /// Who speaks.
    pub role: Role,
    /// Further facts about the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// The contents, in order.
    pub parts: Vec<Part>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The service.
    System,
}

impl Role {
    /// `user`, `assistant` or `system`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text.
    Text(TextPart),
    /// The model's reasoning.
    Reasoning(TextPart),
    /// A step of a turn begins.
    StepStart,
    /// A tool call and its result.
    Tool(ToolPart),
    /// A part of an unknown type, kept unchanged.
    Other(Value),
}

/// Text, complete or still being written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TextPart {
    /// The text.
    pub text: String,
    /// Whether more text follows. `None` in messages of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TextState>,
}

/// Whether a text is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextState {
    /// More text follows.
    Streaming,
    /// It is complete.
    Done,
}

/// A tool call and its result.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolPart {
    /// The tool, e.g. `scheduleBlock`. On the wire it is in the part's type, `tool-scheduleBlock`.
    pub tool_name: String,
    /// The call.
    pub call: ToolPartBody,
}

/// The fields of a tool part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolPartBody {
    /// Unique in the conversation.
    pub tool_call_id: String,
    /// The state of the call.
    pub state: ToolState,
    /// The arguments, once they are complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// The result, in state `output-available`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// What went wrong, in state `output-error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
    /// The person's consent, if it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

/// The state of a tool call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolState {
    /// The model is writing the arguments.
    InputStreaming,
    /// The arguments are complete, and the call is being carried out.
    InputAvailable,
    /// The person is asked for consent.
    ApprovalRequested,
    /// The person agreed, and the call will be carried out.
    ApprovalResponded,
    /// The call was carried out.
    OutputAvailable,
    /// The call failed.
    OutputError,
    /// The person refused.
    OutputDenied,
}

/// The person's consent to a tool call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Id of the question.
    pub id: String,
    /// The person's answer. `None` until they have answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<bool>,
}

impl Message {
    /// An empty message.
    pub fn new(id: impl Into<String>, role: Role) -> Self {
        Self { id: id.into(), role, metadata: None, parts: Vec::new() }
    }

    /// Its text parts, joined by line breaks.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.text.as_str()),
                _ => None,
            })
            .collect();
        texts.join("\n")
    }

    /// Its tool calls, in order.
    pub fn tools(&self) -> impl Iterator<Item = &ToolPart> {
        self.parts.iter().filter_map(|part| match part {
            Part::Tool(tool) => Some(tool),
            _ => None,
        })
    }

    /// The tool call with this id.
    pub fn tool_mut(&mut self, tool_call_id: &str) -> Option<&mut ToolPart> {
        self.parts.iter_mut().find_map(|part| match part {
            Part::Tool(tool) if tool.call.tool_call_id == tool_call_id => Some(tool),
            _ => None,
        })
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Tagged<'a, T> {
            r#type: &'a str,
            #[serde(flatten)]
            rest: T,
        }
        #[derive(Serialize)]
        struct Nothing {}

        match self {
            Self::Text(rest) => Tagged { r#type: "text", rest }.serialize(serializer),
            Self::Reasoning(rest) => Tagged { r#type: "reasoning", rest }.serialize(serializer),
            Self::StepStart => Tagged { r#type: "step-start", rest: Nothing {} }.serialize(serializer),
            Self::Tool(tool) => {
                Tagged { r#type: &format!("tool-{}", tool.tool_name), rest: &tool.call }.serialize(serializer)
            }
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let kind = value.get("type").and_then(Value::as_str).ok_or_else(|| Error::missing_field("type"))?;
        if let Some(tool_name) = kind.strip_prefix("tool-") {
            let tool_name = tool_name.to_owned();
            let call = json::read(value).map_err(Error::custom)?;
            return Ok(Self::Tool(ToolPart { tool_name, call }));
        }
        match kind {
            "text" => json::read(value).map(Self::Text).map_err(Error::custom),
            "reasoning" => json::read(value).map(Self::Reasoning).map_err(Error::custom),
            "step-start" => Ok(Self::StepStart),
            _ => Ok(Self::Other(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_have_the_format_of_the_ai_sdk() {
        let wire = json!({
            "id": "a1", "role": "assistant", "parts": [
                {"type": "step-start"},
                {"type": "tool-scheduleBlock", "toolCallId": "call_9", "state": "output-available",
                 "input": {"title": "Gym"}, "output": {"ok": true}},
                {"type": "reasoning", "text": "Hm.", "state": "done"},
                {"type": "text", "text": "Scheduled.", "state": "done"},
                {"type": "file", "url": "https://example.com/a.png", "mediaType": "image/png"},
            ]
        });
        let message: Message = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(message.text(), "Scheduled.");
        assert_eq!(message.tools().next().unwrap().tool_name, "scheduleBlock");
        assert_eq!(serde_json::to_value(&message).unwrap(), wire);
    }

    #[test]
    fn a_message_without_role_or_parts_is_refused() {
        for wire in [
            json!({"id": "a"}),
            json!({"id": "a", "role": "robot", "parts": []}),
            json!({"id": "a", "role": "user", "parts": [{}]}),
        ] {
            assert!(serde_json::from_value::<Message>(wire).is_err());
        }
    }
}
