//! Wall-clock times, as cases and pictures of the timeline write them.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDateTime;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A wall-clock time, to the minute: `2026-03-02T10:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallClock(pub NaiveDateTime);

impl WallClock {
    const FORMAT: &'static str = "%Y-%m-%dT%H:%M";
}

impl fmt::Display for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format(Self::FORMAT))
    }
}

impl Serialize for WallClock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallClock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveDateTime::parse_from_str(&text, Self::FORMAT)
            .map(Self)
            .map_err(|_| Error::custom(format!("{text:?} is not a time such as 2026-03-02T10:00")))
    }
}

impl JsonSchema for WallClock {
    fn schema_name() -> Cow<'static, str> {
        "WallClock".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$",
            "description": "A local time to the minute, e.g. 2026-03-02T10:00.",
        })
    }
}
