//! A person's settings. Changes to them are events in the log.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use crate::clock::HourFormat;
use crate::free_time::{BREAK_MINUTES, WorkingHours};
use crate::reminder::QuietHours;
use crate::zone::Zone;

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The zone of the times that the person and the model read and write. `None` until the person has chosen one or a client
    /// has reported its own.
    pub time_zone: Option<Zone>,
    /// The days and hours in which tasks are placed.
    pub working_hours: WorkingHours,
    /// The shortest break between such tasks and other blocks, in minutes, 0–240. Free time keeps it from blocks, too.
    pub break_minutes: u32,
    /// The first day of the week, in the same JSON form as the days of the working hours.
    pub week_start: Weekday,
    /// The person's clock.
    pub hour_format: HourFormat,
    /// Whether overdue tasks get new times each morning.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reschedule_overdue: bool,
    /// How many minutes before its start a block reminds that has no reminders of its own; `None` if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remind_minutes: Option<u32>,
    /// When reminders wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time_zone: None,
            working_hours: WorkingHours::default(),
            break_minutes: BREAK_MINUTES,
            week_start: Weekday::Mon,
            hour_format: HourFormat::default(),
            reschedule_overdue: false,
            remind_minutes: None,
            quiet_hours: None,
        }
    }
}

impl Settings {
    /// The zone, or UTC if none is known.
    pub fn zone(&self) -> Zone {
        self.time_zone.unwrap_or_default()
    }

    /// These settings after a change in the log from `before` to `after`.
    ///
    /// Earlier versions wrote UTC where no zone was known. So an event of theirs that changes something else says nothing about
    /// the zone.
    #[must_use]
    pub fn changed(&self, before: &Self, after: &Self) -> Self {
        let time_zone = if before.time_zone == after.time_zone { self.time_zone } else { after.time_zone };
        Self { time_zone, ..after.clone() }
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
        assert_eq!(old, Settings { time_zone: Some(zone), break_minutes: 30, ..Settings::default() });
        assert_eq!((old.week_start, old.hour_format), (Weekday::Mon, HourFormat::Hours24));
    }

    #[test]
    fn utc_in_an_old_log_counts_as_chosen_only_if_the_zone_was_changed_to_it() {
        let read = |zone: &str, pause: u32| -> Settings {
            json::read_text(&format!(r#"{{"timeZone":"{zone}","breakMinutes":{pause}}}"#)).unwrap()
        };
        let unknown = Settings::default();
        let other = unknown.changed(&read("UTC", 5), &read("UTC", 10));
        assert_eq!((other.time_zone, other.break_minutes), (None, 10));
        let oslo = other.changed(&read("UTC", 10), &read("Europe/Oslo", 10));
        assert_eq!(oslo.time_zone, Zone::new("Europe/Oslo").ok());
        let chosen = oslo.changed(&read("Europe/Oslo", 10), &read("UTC", 10));
        assert_eq!(chosen.time_zone, Some(Zone::UTC));
        assert_eq!(chosen.changed(&read("UTC", 10), &read("UTC", 20)).time_zone, Some(Zone::UTC));
    }
}
