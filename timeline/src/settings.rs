//! What a person has set. Kept in the log like everything else.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use crate::free_time::{BREAK_MINUTES, WorkingHours};
use crate::zone::Zone;

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The zone in which the person and the model speak of time.
    pub time_zone: Zone,
    /// When tasks of the architect can be placed.
    pub working_hours: WorkingHours,
    /// The shortest break between such tasks and other blocks, in minutes, 0–240. Free time keeps it from blocks, too.
    pub break_minutes: u32,
    /// The day on which weeks begin, written as those of the working hours are.
    pub week_start: Weekday,
    /// How times of day are told.
    pub hour_format: HourFormat,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time_zone: Zone::default(),
            working_hours: WorkingHours::default(),
            break_minutes: BREAK_MINUTES,
            week_start: Weekday::Mon,
            hour_format: HourFormat::default(),
        }
    }
}

/// How people are told times of day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HourFormat {
    /// `20:00`.
    #[default]
    #[serde(rename = "24h")]
    Hours24,
    /// `8:00 PM`.
    #[serde(rename = "12h")]
    Hours12,
}

impl HourFormat {
    /// Reads `24h` or `12h`.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "24h" => Some(Self::Hours24),
            "12h" => Some(Self::Hours12),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn settings_of_earlier_versions_have_the_defaults_of_what_they_do_not_tell() {
        let old: Settings = json::read_text(r#"{"timeZone":"Europe/Oslo","breakMinutes":30}"#).unwrap();
        let zone = Zone::new("Europe/Oslo").unwrap();
        assert_eq!(old, Settings { time_zone: zone, break_minutes: 30, ..Settings::default() });
        assert_eq!((old.week_start, old.hour_format), (Weekday::Mon, HourFormat::Hours24));
    }

    #[test]
    fn hour_formats_are_read_as_they_are_written() {
        for format in [HourFormat::Hours24, HourFormat::Hours12] {
            let text = serde_json::to_value(format).unwrap();
            assert_eq!(text.as_str().and_then(HourFormat::read), Some(format));
            assert_eq!(json::read_text(&text.to_string()), Ok(format));
        }
        assert_eq!(HourFormat::read("12"), None);
    }
}
