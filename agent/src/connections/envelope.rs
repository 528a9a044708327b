//! The type and the id of a frame, which are read even if the rest of it is invalid. A frame that cannot be handled is answered
//! with its id, so that its sender does not wait for an answer that never comes.

use std::fmt;

use flux_protocol::ServerFrame;
use flux_protocol::frame::RpcResponse;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::turn::frames::failed;

/// Longest id that an answer repeats, in bytes.
const ID_BYTES: usize = 256;

/// What could be read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Envelope {
    kind: String,
    id: String,
}

/// The answer to a frame that is not handled, with its id if it has one.
pub(crate) fn failure(text: &str, error: &str) -> ServerFrame {
    let Envelope { kind, id } = Envelope::read(text);
    match kind.as_str() {
        "rpc" if !id.is_empty() => ServerFrame::Rpc(RpcResponse::failed(id, error)),
        "cf_agent_use_chat_request" if !id.is_empty() => failed(&id, error.to_owned(), None),
        _ => ServerFrame::FluxError { error: error.to_owned(), retry_after_ms: None },
    }
}

impl Envelope {
    fn read(text: &str) -> Self {
        let mut envelope = Self::default();
        // What was read before an error counts.
        let _ = envelope.deserialize(&mut serde_json::Deserializer::from_str(text));
        envelope
    }
}

impl<'de> DeserializeSeed<'de> for &mut Envelope {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Envelope {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "type" => self.kind = short_text(map.next_value()?),
                "id" => self.id = short_text(map.next_value()?),
                // `IgnoredAny` does not check strings, so a lone surrogate does not hide the id.
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn short_text(value: Value) -> String {
    match value {
        Value::String(text) if text.len() <= ID_BYTES => text,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_frame_is_read_whatever_the_rest_is() {
        let whole = Envelope { kind: "rpc".to_owned(), id: "c1".to_owned() };
        for text in [
            r#"{"type":"rpc","id":"c1","method":"undo"}"#,
            r#"{"args":[{"title":"\ud800"}],"id":"c1","type":"rpc"}"#,
            r#"{"id":"c1","type":"rpc","args":[{"title":"#,
            r#"{"id":"c1","type":"rpc","args":[}"#,
        ] {
            assert_eq!(Envelope::read(text), whole, "{text}");
        }
        for text in ["", "[]", "7", r#"{"type":"rpc""#, r#"{"id":7}"#] {
            assert_eq!(Envelope::read(text).id, "", "{text}");
        }
        assert_eq!(Envelope::read(&format!(r#"{{"id":"{}"}}"#, "x".repeat(300))).id, "");
    }
}
