//! A person's settings. Changes to them are events in the log.

use chrono::{DateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::clock::HourFormat;
use crate::free_time::{Activity, ActivityHours, BREAK_MINUTES, WorkingHours};
use crate::reminder::{QuietHours, Reminders, before};
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
    /// Whether what is planned for a goal is accepted without asking.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accept_goals: bool,
    /// When the person has time for which kind of activity.
    #[serde(skip_serializing_if = "HoursOfActivities::is_empty")]
    pub activity_hours: HoursOfActivities,
}

/// When the person has time for which kind of activity. `None` if they have not been asked yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HoursOfActivities {
    /// For training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<ActivityHours>,
    /// For study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study: Option<ActivityHours>,
    /// For work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<ActivityHours>,
    /// For anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<ActivityHours>,
}

impl HoursOfActivities {
    /// Whether the person has been asked about no kind of activity.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The hours for this kind of activity.
    pub const fn of(&self, activity: Activity) -> Option<ActivityHours> {
        match activity {
            Activity::Training => self.training,
            Activity::Study => self.study,
            Activity::Work => self.work,
            Activity::Other => self.other,
        }
    }

    /// Changes the hours for this kind of activity.
    pub const fn set(&mut self, activity: Activity, hours: Option<ActivityHours>) {
        let of = match activity {
            Activity::Training => &mut self.training,
            Activity::Study => &mut self.study,
            Activity::Work => &mut self.work,
            Activity::Other => &mut self.other,
        };
        *of = hours;
    }
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
            accept_goals: false,
            activity_hours: HoursOfActivities::default(),
        }
    }
}

impl Settings {
    /// The zone, or UTC if none is known.
    pub fn zone(&self) -> Zone {
        self.time_zone.unwrap_or_default()
    }

    /// When the person has time for a kind of activity: as they have said, or else as usual.
    pub fn hours_for(&self, activity: Activity) -> ActivityHours {
        self.activity_hours.of(activity).unwrap_or_else(|| activity.usual_hours())
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

    /// When the reminders of this block come: its own, or else the one of these settings. Nothing for a block that is not open or has no
    /// time. Those of an all-day block are so many minutes before 9:00 of its first day.
    ///
    /// In quiet hours, a reminder waits for their end if the block has not begun by then. Otherwise it comes at its time, because
    /// it would be of no use later.
    pub fn reminders_of(&self, block: &Block) -> Vec<DateTime<Utc>> {
        let Some(start) = block.reminded_start(self.zone()).filter(|_| block.is_open()) else { return Vec::new() };
        let own = block.reminders.as_ref().map(Reminders::minutes);
        let minutes = own.unwrap_or(self.remind_minutes.as_slice());
        let moments = minutes.iter().map(|minutes| {
            let moment = start - before(*minutes);
            let end = self.quiet_hours.and_then(|quiet| quiet.end_after(moment, self.zone()));
            end.filter(|end| *end <= start).unwrap_or(moment)
        });
        moments.collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::free_time::DayTime;
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

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn night() -> QuietHours {
        let [from, to] = ["22:00", "07:00"].map(|time| DayTime::read(time).unwrap());
        QuietHours::new(from, to).unwrap()
    }

    fn block(start: &str) -> Block {
        let end = at(start) + TimeDelta::hours(1);
        let id = uuid::Uuid::nil();
        json::read_text(&format!(
            r#"{{"id":"{id}","handle":"B1","plan":"{id}","title":"Dentist","priority":"medium","source":"user",
                "span":{{"start":"{start}","end":"{}"}}}}"#,
            end.to_rfc3339()
        ))
        .unwrap()
    }

    #[test]
    fn a_reminder_in_quiet_hours_waits_for_their_end_if_that_is_of_use() {
        let settings = Settings { remind_minutes: Some(30), quiet_hours: Some(night()), ..Settings::default() };
        let starting = |start: &str, own: Option<&[u32]>| {
            let mut block = block(start);
            block.reminders = own.map(|minutes| Reminders::new(minutes).unwrap());
            settings.reminders_of(&block)
        };
        assert_eq!(starting("2026-03-02T12:00:00Z", None), [at("2026-03-02T11:30:00Z")]);
        assert_eq!(starting("2026-03-02T12:00:00Z", Some(&[])), Vec::<DateTime<Utc>>::new());
        assert_eq!(
            starting("2026-03-02T12:00:00Z", Some(&[720, 0])),
            [at("2026-03-02T07:00:00Z"), at("2026-03-02T12:00:00Z")],
            "what would come at midnight waits for the morning"
        );
        assert_eq!(starting("2026-03-02T07:00:00Z", None), [at("2026-03-02T07:00:00Z")]);
        assert_eq!(
            starting("2026-03-02T06:45:00Z", None),
            [at("2026-03-02T06:15:00Z")],
            "at 07:00 it would be too late"
        );
    }

    #[test]
    fn only_an_open_block_with_a_time_reminds() {
        let settings = Settings { remind_minutes: Some(10), ..Settings::default() };
        let open = block("2026-03-02T12:00:00Z");
        assert_eq!(settings.reminders_of(&open).len(), 1);
        let done = Block { completed_at: Some(at("2026-03-02T11:00:00Z")), ..open.clone() };
        let inbox = Block { span: None, ..open };
        assert_eq!((settings.reminders_of(&done), settings.reminders_of(&inbox)), (Vec::new(), Vec::new()));
    }
}
