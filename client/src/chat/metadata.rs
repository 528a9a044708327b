//! What an answer tells about itself. Pure.

use flux_protocol::Message;
use serde_json::Value;

/// What an answer tells about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Who answered: `workers-ai`, `openai` or `offline`.
    pub provider: Option<String>,
    /// The provider's name of the model.
    pub model: Option<String>,
    /// Whether the person stopped it.
    pub is_stopped: bool,
    /// Whether the service stopped in the middle of it.
    pub is_interrupted: bool,
    /// What went wrong with it.
    pub error: Option<String>,
}

/// Reads it. What is not there or of another type does not count.
pub fn of(message: &Message) -> Metadata {
    let Some(metadata) = message.metadata.as_ref() else { return Metadata::default() };
    let text = |pointer| metadata.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let flag = |pointer| metadata.pointer(pointer) == Some(&Value::Bool(true));
    Metadata {
        provider: text("/model/provider"),
        model: text("/model/name"),
        is_stopped: flag("/stopped"),
        is_interrupted: flag("/interrupted"),
        error: text("/error"),
    }
}

impl Metadata {
    /// Whether the rule-based interpreter answered, because no model is connected.
    pub fn is_offline(&self) -> bool {
        self.provider.as_deref() == Some("offline")
    }
}

#[cfg(test)]
mod tests {
    use flux_protocol::Role;
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_of_any_shape_can_be_read() {
        let mut message = Message::new("a", Role::Assistant);
        assert_eq!(of(&message), Metadata::default());
        for odd in [json!(7), json!([]), json!({"model": "x", "stopped": "yes", "error": {}})] {
            message.metadata = Some(odd);
            assert_eq!(of(&message), Metadata::default());
        }
        message.metadata = Some(json!({"model": {"provider": "offline", "name": "rules"}, "stopped": true}));
        let read = of(&message);
        assert!(read.is_offline() && read.is_stopped && !read.is_interrupted);
    }
}
