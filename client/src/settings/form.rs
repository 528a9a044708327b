//! The settings as the fields of the page hold them, and the changes to send. Pure.

use chrono::Weekday;
use flux_timeline::free_time::DayTime;
use flux_timeline::{Settings, Zone};
use serde_json::{Map, Value, json};

/// The values of the fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// IANA name of the zone.
    pub time_zone: String,
    /// Days on which tasks are placed, from Monday on.
    pub days: [bool; 7],
    /// From when, `09:00`.
    pub from: String,
    /// Until when; midnight is `00:00`, as the browser's field has no `24:00`.
    pub to: String,
    /// Shortest break, in minutes.
    pub break_minutes: String,
    /// `Mon` …
    pub week_start: String,
    /// `24h` or `12h`.
    pub hour_format: String,
    /// Whether overdue tasks get new times each morning.
    pub reschedule_overdue: bool,
    /// Whether what is planned for a goal is added without asking.
    pub accept_goals: bool,
    /// How many minutes before its start each block reminds; empty if it does not.
    pub remind_minutes: String,
    /// Whether reminders wait in some hours.
    pub has_quiet_hours: bool,
    /// When these begin, `22:00`.
    pub quiet_from: String,
    /// When they end.
    pub quiet_to: String,
}

/// The days as they are named on the wire, and in full.
pub const DAYS: [(&str, &str); 7] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];

/// The end of a day, on the wire and in the field.
const END_OF_DAY: &str = "24:00";
const MIDNIGHT: &str = "00:00";

/// Which days of the week are chosen, from Monday on.
pub fn chosen_days(days: impl Iterator<Item = Weekday>) -> [bool; 7] {
    let mut chosen = [false; 7];
    for day in days {
        if let Some(is_chosen) = chosen.get_mut(day.num_days_from_monday() as usize) {
            *is_chosen = true;
        }
    }
    chosen
}

/// A time of day as the browser's field has it.
fn field(time: DayTime) -> String {
    time.to_string().replace(END_OF_DAY, MIDNIGHT)
}

impl Fields {
    /// The fields of these settings.
    pub fn of(settings: &Settings) -> Self {
        let hours = settings.working_hours;
        let wire = json!(settings);
        let text = |name: &str| wire.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            time_zone: settings.zone().name().to_owned(),
            days: chosen_days(hours.days()),
            from: hours.from().to_string(),
            to: field(hours.to()),
            break_minutes: settings.break_minutes.to_string(),
            week_start: text("weekStart"),
            hour_format: text("hourFormat"),
            reschedule_overdue: settings.reschedule_overdue,
            accept_goals: settings.accept_goals,
            remind_minutes: settings.remind_minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            has_quiet_hours: settings.quiet_hours.is_some(),
            quiet_from: settings.quiet_hours.map_or_else(|| "22:00".to_owned(), |quiet| field(quiet.from)),
            quiet_to: settings.quiet_hours.map_or_else(|| "07:00".to_owned(), |quiet| field(quiet.to)),
        }
    }

    /// What to send to the service: the settings that changed.
    ///
    /// # Errors
    /// A sentence for the person. The service checks the rest.
    pub fn changes(&self, before: &Self) -> Result<Map<String, Value>, String> {
        if Zone::new(&self.time_zone).is_err() {
            let name = self.time_zone.trim();
            return Err(format!(
                "There is no time zone “{name}”. Nothing was changed; use a name such as Europe/Oslo."
            ));
        }
        let mut changes = Map::new();
        let mut add = |name: &str, is_changed: bool, value: Value| {
            if is_changed {
                changes.insert(name.to_owned(), value);
            }
        };
        let minutes: Value = match self.break_minutes.trim().parse::<u32>() {
            Ok(minutes) => json!(minutes),
            Err(_) => return Err("The break is a number of minutes, such as 5. Nothing was changed.".to_owned()),
        };
        let days: Vec<&str> =
            DAYS.iter().zip(self.days).filter(|(_, is_chosen)| *is_chosen).map(|((name, _), _)| *name).collect();
        if days.is_empty() {
            return Err("Choose at least one day on which tasks can be placed. Nothing was changed.".to_owned());
        }
        let to = if self.to == MIDNIGHT { END_OF_DAY } else { &self.to };
        let hours = json!({ "days": days, "from": self.from, "to": to });
        add("timeZone", self.time_zone != before.time_zone, json!(self.time_zone.trim()));
        let has_other_hours = (self.days, &self.from, &self.to) != (before.days, &before.from, &before.to);
        add("workingHours", has_other_hours, hours);
        add("breakMinutes", self.break_minutes != before.break_minutes, minutes);
        add("weekStart", self.week_start != before.week_start, json!(self.week_start));
        add("hourFormat", self.hour_format != before.hour_format, json!(self.hour_format));
        let reschedules = self.reschedule_overdue;
        add("rescheduleOverdue", reschedules != before.reschedule_overdue, json!(reschedules));
        add("acceptGoals", self.accept_goals != before.accept_goals, json!(self.accept_goals));
        let minutes = self.remind_minutes.parse::<u32>().ok();
        add("remindMinutes", self.remind_minutes != before.remind_minutes, json!(minutes));
        let quiet =
            |fields: &Self| fields.has_quiet_hours.then(|| json!({ "from": fields.quiet_from, "to": fields.quiet_to }));
        add("quietHours", quiet(self) != quiet(before), json!(quiet(self)));
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_settings_are_sent() {
        let before = Fields::of(&Settings::default());
        assert_eq!((before.from.as_str(), before.to.as_str()), ("09:00", "18:00"));
        assert_eq!(before.days, [true, true, true, true, true, false, false]);
        assert_eq!(before.changes(&before), Ok(Map::new()));
        let mut after = before.clone();
        after.days = [false, false, false, false, false, true, false];
        after.hour_format = "12h".to_owned();
        after.reschedule_overdue = true;
        let expected = json!({"hourFormat": "12h", "rescheduleOverdue": true, "workingHours": {"days": ["Sat"], "from": "09:00", "to": "18:00"}});
        assert_eq!(after.changes(&before).map(Value::Object), Ok(expected));
    }

    #[test]
    fn reminders_are_sent_as_minutes_and_hours_or_taken_away() {
        let before = Fields::of(&Settings::default());
        let mut after = Fields { remind_minutes: "10".to_owned(), has_quiet_hours: true, ..before.clone() };
        let expected = json!({"remindMinutes": 10, "quietHours": {"from": "22:00", "to": "07:00"}});
        assert_eq!(after.changes(&before).map(Value::Object), Ok(expected));
        let set = after.clone();
        (after.remind_minutes, after.has_quiet_hours) = (String::new(), false);
        let expected = json!({"remindMinutes": null, "quietHours": null});
        assert_eq!(after.changes(&set).map(Value::Object), Ok(expected));
    }

    #[test]
    fn hours_can_last_until_midnight() {
        let late = r#"{"days":["Mon"],"from":"20:00","to":"24:00"}"#;
        let settings = Settings { working_hours: serde_json::from_str(late).unwrap(), ..Settings::default() };
        let before = Fields::of(&settings);
        assert_eq!(before.to, "00:00");
        let after = Fields { from: "21:00".to_owned(), ..before.clone() };
        let expected = json!({"workingHours": {"days": ["Mon"], "from": "21:00", "to": "24:00"}});
        assert_eq!(after.changes(&before).map(Value::Object), Ok(expected));
    }

    #[test]
    fn an_invalid_value_is_explained_in_a_sentence() {
        let before = Fields::of(&Settings::default());
        let odd = Fields { break_minutes: "a while".to_owned(), ..before.clone() };
        assert!(odd.changes(&before).is_err());
        let never = Fields { days: [false; 7], ..before.clone() };
        assert!(never.changes(&before).unwrap_err().ends_with("Nothing was changed."));
        let nowhere = Fields { time_zone: "Europe/Atlantis".to_owned(), ..before.clone() };
        assert!(nowhere.changes(&before).unwrap_err().starts_with("There is no time zone “Europe/Atlantis”."));
    }
}
