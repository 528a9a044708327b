//! A time, as a model writes it.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Problem, ToolContext};
use flux_timeline::clock;
use flux_timeline::invalid::InvalidValue;
use flux_timeline::limits;

/// Wall-clock time in the person's zone, `2026-11-24T08:00`.
///
/// Because models write them, it also accepts seconds, a space instead of the `T`, a date alone (its first minute), and an
/// offset or `Z`. A time with an offset does not depend on the person's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(String);

const FORM: &str = "a local date and time such as 2026-11-24T08:00";

impl WallTime {
    /// The instant of this time.
    pub(super) fn instant(&self, pointer: &str, context: &ToolContext) -> Result<DateTime<Utc>, Problem> {
        let text = self.0.trim();
        let instant = match DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
            Ok(instant) => instant.to_utc(),
            Err(_) => {
                let wall = wall(text).ok_or_else(|| Problem::new(pointer, FORM, format!("“{text}”")))?;
                context.zone.instant(wall)
            }
        };
        // Rejecting far dates here keeps later arithmetic from overflowing.
        if !(limits::FIRST_YEAR..=limits::LAST_YEAR).contains(&instant.year()) {
            return Err(Problem::rejected(pointer, InvalidValue::DateOutOfRange));
        }
        Ok(instant)
    }

    /// The instant of this time as an end. A date alone means the end of that day.
    pub(super) fn end(&self, pointer: &str, context: &ToolContext) -> Result<DateTime<Utc>, Problem> {
        let instant = self.instant(pointer, context)?;
        match clock::read_date(self.0.trim()).and_then(|date| date.succ_opt()) {
            Some(next) => Ok(context.zone.day_start(next)),
            None => Ok(instant),
        }
    }

    /// The same; `None` if the text is empty, which removes one.
    pub(super) fn optional_end(&self, pointer: &str, context: &ToolContext) -> Result<Option<DateTime<Utc>>, Problem> {
        if self.is_empty() { Ok(None) } else { self.end(pointer, context).map(Some) }
    }

    /// Whether it has no text.
    pub(super) fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// A calendar date in the person's zone, `2026-11-27`. Because models write
/// them, it also accepts a time, of which only the date counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallDate(String);

impl WallDate {
    /// The date; `None` if the text is empty, which removes one.
    pub(super) fn date(&self, pointer: &str) -> Result<Option<NaiveDate>, Problem> {
        let text = self.0.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let date = text.get(..10).and_then(clock::read_date);
        let years = limits::FIRST_YEAR..=limits::LAST_YEAR;
        let date = date.filter(|date| years.contains(&date.year()));
        date.map(Some).ok_or_else(|| Problem::new(pointer, "a calendar date such as 2026-11-27", format!("“{text}”")))
    }
}

impl From<&str> for WallTime {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

fn wall(text: &str) -> Option<NaiveDateTime> {
    let text = text.replacen(' ', "T", 1);
    clock::read_wall(&text).or_else(|| Some(clock::read_date(&text)?.and_time(NaiveTime::MIN)))
}

impl JsonSchema for WallTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "WallTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 10, "maxLength": 40 })
    }
}

impl JsonSchema for WallDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "WallDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 40 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flux_timeline::zone::Zone;

    #[test]
    fn times_are_read_as_models_write_them() {
        let zone = Zone::new("Europe/Oslo").unwrap();
        let context = ToolContext { now: DateTime::UNIX_EPOCH, zone, new_id: uuid::Uuid::nil() };
        let cases = [
            ("2026-11-24T08:00", "2026-11-24T07:00:00Z"),
            ("2026-11-24 08:00", "2026-11-24T07:00:00Z"),
            ("2026-11-24T08:00:00", "2026-11-24T07:00:00Z"),
            ("2026-11-24T08:00:00.000", "2026-11-24T07:00:00Z"),
            ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z"),
            ("2026-11-24T08:00:00+09:00", "2026-11-23T23:00:00Z"),
            ("2026-11-24", "2026-11-23T23:00:00Z"),
        ];
        for (text, instant) in cases {
            let read = WallTime::from(text).instant("/startTime", &context).unwrap();
            assert_eq!(read, instant.parse::<DateTime<Utc>>().unwrap(), "{text}");
        }
        assert_eq!(WallTime::from(" ").optional_end("/deadline", &context), Ok(None));
        for text in ["tomorrow", "2026-13-01T08:00", "2026-11-24T25:00", "08:00"] {
            let problem = WallTime::from(text).instant("/startTime", &context).unwrap_err();
            assert_eq!(problem.pointer, "/startTime", "{text}");
        }
    }
}
