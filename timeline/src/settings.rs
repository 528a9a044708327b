//! A person's settings. Changes to them are events in the log.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use crate::clock::HourFormat;
use crate::free_time::{BREAK_MINUTES, WorkingHours};
use crate::zone::Zone;

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The zone of the times that the person and the model read and write.
    pub time_zone: Zone,
    /// The days and hours in which the architect places tasks.
    pub working_hours: WorkingHours,
    /// The shortest break between such tasks and other blocks, in minutes, 0–240. Free time keeps it from blocks, too.
    pub break_minutes: u32,
    /// The first day of the week, in the same JSON form as the days of the working hours.
    pub week_start: Weekday,
    /// The person's clock.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn fields_that_earlier_versions_did_not_store_get_their_defaults() {
        let old: Settings = json::read_text(r#"{"timeZone":"Europe/Oslo","breakMinutes":30}"#).unwrap();
        let zone = Zone::new("Europe/Oslo").unwrap();
        assert_eq!(old, Settings { time_zone: zone, break_minutes: 30, ..Settings::default() });
        assert_eq!((old.week_start, old.hour_format), (Weekday::Mon, HourFormat::Hours24));
    }
}
