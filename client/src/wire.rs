//! Parsing frames from the socket. Pure.
//!
//! Everything is parsed in the same way: text to JSON value to type. A second way would duplicate all of the parsing
//! code and add 30 kB to the download.

use flux_protocol::ServerFrame;
use flux_protocol::frame::Snapshot;
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

/// Parses a text.
///
/// # Errors
/// If the text is not JSON or has another shape.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let value: Value = serde_json::from_str(text)?;
    serde_json::from_value(value)
}

/// Parses a snapshot from the result of a call.
///
/// # Errors
/// If the result has another shape.
pub fn read_snapshot(mut result: Value) -> Result<Snapshot, serde_json::Error> {
    if let Some(fields) = result.as_object_mut() {
        fields.insert("type".to_owned(), Value::from("flux_snapshot"));
    }
    match serde_json::from_value(result)? {
        ServerFrame::FluxSnapshot(snapshot) => Ok(*snapshot),
        _ => Err(Error::custom("not a snapshot")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_snapshot_is_parsed_from_a_frame_and_from_a_result() {
        let result = json!({"seq": 3, "complete": true, "model": {"provider": "offline", "name": "rules"},
            "timeline": {"settings": {"timeZone": "Europe/Oslo"}, "plans": [], "activePlan": null, "blocks": []}});
        let snapshot = read_snapshot(result.clone()).unwrap();
        assert_eq!(snapshot.timeline.settings.zone().name(), "Europe/Oslo");
        let mut frame = result;
        frame["type"] = json!("flux_snapshot");
        assert_eq!(read::<ServerFrame>(&frame.to_string()).unwrap(), ServerFrame::FluxSnapshot(Box::new(snapshot)));
    }

    #[test]
    fn anything_but_a_frame_is_an_error() {
        for text in ["", "null", "7", "[]", "{}", "{\"type\":\"new_thing\"}", "{\"type\":\"flux_events\"}", "not JSON"]
        {
            assert!(read::<ServerFrame>(text).is_err(), "{text}");
        }
        assert!(read_snapshot(json!(null)).is_err());
    }
}
