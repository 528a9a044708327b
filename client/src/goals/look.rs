//! A goal that the person looks at: how it would be planned with the wishes in the fields, and what of it is left out.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dioxus::prelude::ReadableExt;
use flux_protocol::frame::{GoalPreview, GoalSummary, PreviewPart};
use flux_timeline::free_time::{ActivityHours, DayTime};
use flux_timeline::{GoalStatus, PartOfDay, RunId, Settings, Zone};
use serde_json::{Map, Value, json};

use crate::settings::form::{DAYS, chosen_days};
use crate::store::Store;

/// The parts of the day as they are named on the wire, and on the page.
pub const PARTS: [(PartOfDay, &str, &str); 4] = [
    (PartOfDay::Morning, "morning", "Mornings"),
    (PartOfDay::Work, "work", "During work"),
    (PartOfDay::Evening, "evening", "Evenings"),
    (PartOfDay::Weekend, "weekend", "Weekends"),
];

/// The goal that is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Looking {
    /// Which.
    pub goal: RunId,
    /// Whether it is a proposal, of which parts can be left out.
    pub is_proposal: bool,
    /// The wishes as they are kept.
    pub before: Fields,
    /// The wishes in the fields.
    pub fields: Fields,
    /// The hours that it has if the person has wished for none.
    pub usual: Hours,
    /// How the goal would be planned with them. `None` until the service has answered.
    pub preview: Option<GoalPreview>,
    /// The wishes that it is for.
    pub previewed: Option<Fields>,
    /// Why there is no preview with these wishes.
    pub problem: Option<String>,
    /// The starts of the parts that are left out.
    pub without: Vec<DateTime<Utc>>,
    /// Whether the fields are shown.
    pub adjusts: bool,
}

impl Looking {
    /// A goal as it is kept.
    pub fn new(goal: &GoalSummary, settings: &Settings) -> Self {
        let fields = Fields::of(goal, settings);
        Self {
            goal: goal.id,
            is_proposal: goal.state.status == GoalStatus::Proposed,
            before: fields.clone(),
            fields,
            usual: Hours::of(settings.hours_for(goal.activity)),
            preview: None,
            previewed: None,
            problem: None,
            without: Vec::new(),
            adjusts: false,
        }
    }

    /// After the goals have changed: closed if the goal is gone or is no longer what it was. What has not been changed in the fields follows.
    pub fn followed(mut self, goals: &[GoalSummary], settings: &Settings) -> Option<Self> {
        let goal = goals.iter().find(|goal| goal.id == self.goal)?;
        let now = Self::new(goal, settings);
        let is_open = matches!(goal.state.status, GoalStatus::Proposed | GoalStatus::Active);
        if !is_open || now.is_proposal != self.is_proposal {
            return None;
        }
        if self.fields == self.before {
            self.fields = now.fields;
        }
        (self.before, self.usual) = (now.before, now.usual);
        Some(self)
    }

    /// Whether the preview is for the wishes in the fields.
    pub fn is_current(&self) -> bool {
        self.problem.is_none() && self.previewed.as_ref() == Some(&self.fields)
    }

    /// The parts that would be added.
    pub fn kept(&self) -> impl Iterator<Item = &PreviewPart> {
        let parts = self.preview.iter().flat_map(|preview| &preview.parts);
        parts.filter(|part| !self.without.contains(&part.span.start()))
    }

    /// Leaves a part out, or adds it again.
    pub fn toggle(&mut self, start: DateTime<Utc>) {
        let count = self.without.len();
        self.without.retain(|other| *other != start);
        if self.without.len() == count {
            self.without.push(start);
        }
    }
}

impl Store {
    /// What is shown beside the timeline: the parts of the goal that is looked at.
    pub fn looked_at(&self) -> impl Iterator<Item = PreviewPart> + use<> {
        let looking = self.looking.read();
        let looking = looking.as_ref().filter(|looking| self.goals.read().iter().any(|goal| goal.id == looking.goal));
        let parts = looking.and_then(|looking| looking.preview.as_ref()).map(|preview| preview.parts.clone());
        parts.unwrap_or_default().into_iter()
    }
}

/// The wishes for a goal as the fields of the page hold them.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// The last day, `2026-06-30`; empty for none.
    pub last_day: String,
    /// Hours a week; empty for as many as the phases say.
    pub hours_per_week: String,
    /// The length of a session in minutes; empty for as long as the phases say.
    pub session_minutes: String,
    /// When.
    pub hours: Hours,
    /// Whether these are the usual hours, and follow them.
    pub is_usual: bool,
}

/// When the person has time, as the fields of the page hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// Which of [`PARTS`].
    pub parts: [bool; 4],
    /// The days of the week, from Monday on.
    pub days: [bool; 7],
    /// Whether it is between two times of day instead of in parts of the day.
    pub has_times: bool,
    /// The earliest start by the clock.
    pub earliest: String,
    /// The latest end by the clock.
    pub latest: String,
}

impl Hours {
    fn of(hours: ActivityHours) -> Self {
        let (earliest, latest) = hours.between().map_or(("18:00".to_owned(), "21:00".to_owned()), |(from, to)| {
            (from.to_string(), to.to_string().replace("24:00", "23:59"))
        });
        Self {
            parts: parts_of(hours),
            days: chosen_days(hours.days()),
            has_times: hours.between().is_some(),
            earliest,
            latest,
        }
    }

    /// Adds what has changed to the arguments of a call.
    fn changes(&self, before: &Self, changes: &mut Map<String, Value>) -> Result<(), String> {
        let has_other_time = (self.has_times, self.parts) != (before.has_times, before.parts)
            || self.has_times && (&self.earliest, &self.latest) != (&before.earliest, &before.latest);
        if has_other_time && self.has_times {
            changes.insert("from".to_owned(), json!(self.earliest));
            changes.insert("to".to_owned(), json!(self.latest));
        } else if has_other_time {
            let parts = part_names(self.parts);
            if parts.is_empty() {
                return Err("Choose at least one part of the day.".to_owned());
            }
            changes.insert("times".to_owned(), json!(parts));
        }
        if self.days != before.days {
            let days = DAYS.iter().zip(self.days).filter(|(_, is_chosen)| *is_chosen);
            let days: Vec<String> = days.map(|((_, name), _)| name.to_lowercase()).collect();
            if days.is_empty() {
                return Err("Choose at least one day of the week.".to_owned());
            }
            changes.insert("days".to_owned(), json!(days));
        }
        Ok(())
    }
}

impl Fields {
    /// The wishes for a goal.
    pub fn of(goal: &GoalSummary, settings: &Settings) -> Self {
        let wishes = &goal.state.wishes;
        let quarters = |minutes: u32| f64::from(minutes) / 60.0;
        Self {
            last_day: wishes.deadline.map(|end| last_day(end, settings.zone()).to_string()).unwrap_or_default(),
            hours_per_week: wishes.minutes_per_week.map(|minutes| quarters(minutes).to_string()).unwrap_or_default(),
            session_minutes: wishes.session_minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            hours: Hours::of(wishes.hours.unwrap_or_else(|| settings.hours_for(goal.activity))),
            is_usual: wishes.hours.is_none(),
        }
    }

    /// Changes the hours, which are no longer the usual ones then.
    pub fn set_hours(&mut self, change: impl FnOnce(&mut Hours)) {
        change(&mut self.hours);
        self.is_usual = false;
    }

    /// What has changed, as arguments of `previewGoal` and `updateGoal`. What is empty, and 0, takes a wish away.
    ///
    /// # Errors
    /// A sentence for the person. The service checks the rest.
    pub fn changes(&self, before: &Self) -> Result<Map<String, Value>, String> {
        let mut changes = Map::new();
        if self.last_day != before.last_day {
            changes.insert("deadline".to_owned(), json!(self.last_day));
        }
        if self.hours_per_week != before.hours_per_week {
            let hours = hours(&self.hours_per_week).ok_or("The hours a week are a number, such as 3.")?;
            changes.insert("hoursPerWeek".to_owned(), json!(hours));
        }
        if self.session_minutes != before.session_minutes {
            let minutes: u32 =
                number(&self.session_minutes, "The length of a session is a number of minutes, such as 60.")?;
            changes.insert("sessionMinutes".to_owned(), json!(minutes));
        }
        if !self.is_usual {
            self.hours.changes(&before.hours, &mut changes)?;
        } else if !before.is_usual {
            changes.insert("times".to_owned(), json!([]));
            changes.insert("days".to_owned(), json!([]));
        }
        Ok(changes)
    }
}

/// The hours in a field; 0 if it is empty. By the parser of JSON, which the program has anyway: Rust's own has tables of 10 kB, which
/// no compressor makes smaller.
fn hours(field: &str) -> Option<f64> {
    // In a field, a number may begin with several zeros or with none.
    let digits = field.trim_start_matches('0');
    let zero = if digits.starts_with(|it: char| it.is_ascii_digit()) { "" } else { "0" };
    serde_json::from_str(&format!("{zero}{digits}")).ok()
}

/// The number in a field; 0 if it is empty.
fn number<T: FromStr + Default>(field: &str, problem: &str) -> Result<T, String> {
    if field.is_empty() { Ok(T::default()) } else { field.parse().map_err(|_| problem.to_owned()) }
}

/// The day of which a deadline is the end.
pub fn last_day(deadline: DateTime<Utc>, zone: Zone) -> NaiveDate {
    zone.wall(deadline - TimeDelta::milliseconds(1)).date()
}

/// Which of [`PARTS`] these hours have.
pub fn parts_of(hours: ActivityHours) -> [bool; 4] {
    PARTS.map(|(part, ..)| hours.parts().any(|other| other == part))
}

/// The names of the chosen parts on the wire.
pub fn part_names(chosen: [bool; 4]) -> Vec<&'static str> {
    PARTS.iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen).map(|((_, name, _), _)| *name).collect()
}

/// Whether two times of day leave time between them.
pub fn are_in_order(earliest: &str, latest: &str) -> bool {
    matches!((DayTime::read(earliest), DayTime::read(latest)), (Ok(from), Ok(to)) if from < to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> GoalSummary {
        serde_json::from_value(json!({
            "id": uuid::Uuid::nil(), "text": "Learn German", "plan": uuid::Uuid::nil(), "activity": "study",
            "proposedAt": "2026-03-02T09:00:00Z",
            "state": {"status": "proposed", "wishes": {"deadline": "2026-06-30T22:00:00Z", "minutesPerWeek": 90}},
        }))
        .unwrap()
    }

    fn settings() -> Settings {
        Settings { time_zone: Zone::new("Europe/Berlin").ok(), ..Settings::default() }
    }

    #[test]
    fn fields_hold_the_wishes_and_the_usual_hours() {
        let fields = Fields::of(&summary(), &settings());
        assert_eq!((fields.last_day.as_str(), fields.hours_per_week.as_str()), ("2026-06-30", "1.5"));
        let hours = &fields.hours;
        assert_eq!((hours.parts, hours.days, hours.has_times), ([false, false, true, true], [true; 7], false));
        assert!(fields.is_usual);
        assert_eq!(fields.changes(&fields), Ok(Map::new()), "nothing was changed");
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let before = Fields::of(&summary(), &settings());
        let mut fields = Fields {
            last_day: "2026-07-31".to_owned(),
            hours_per_week: "2.25".to_owned(),
            session_minutes: "45".to_owned(),
            ..before.clone()
        };
        fields.set_hours(|hours| {
            hours.parts = [true, false, false, false];
            hours.days = [false, true, false, true, false, false, false];
        });
        let changes = json!({"deadline": "2026-07-31", "hoursPerWeek": 2.25, "sessionMinutes": 45, "times": ["morning"], "days": ["tuesday", "thursday"]});
        assert_eq!(Value::Object(fields.changes(&before).unwrap()), changes);
        fields = before.clone();
        fields.set_hours(|hours| hours.has_times = true);
        assert_eq!(Value::Object(fields.changes(&before).unwrap()), json!({"from": "18:00", "to": "21:00"}));
        let with = |change: &dyn Fn(&mut Hours)| {
            let mut fields = before.clone();
            fields.set_hours(|hours| change(hours));
            fields
        };
        for wrong in [
            with(&|hours| hours.parts = [false; 4]),
            with(&|hours| hours.days = [false; 7]),
            Fields { hours_per_week: "some".to_owned(), ..before.clone() },
        ] {
            assert!(wrong.changes(&before).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_wish_is_taken_away_by_an_empty_field_and_by_the_usual_hours() {
        let usual = Fields::of(&summary(), &settings());
        let mut before = Fields { session_minutes: "45".to_owned(), ..usual.clone() };
        before.set_hours(|hours| hours.parts = [true, false, false, false]);
        let empty = |fields: &Fields| Fields {
            last_day: String::new(),
            hours_per_week: String::new(),
            session_minutes: String::new(),
            ..fields.clone()
        };
        let changes = json!({"deadline": "", "hoursPerWeek": 0.0, "sessionMinutes": 0});
        assert_eq!(Value::Object(empty(&before).changes(&before).unwrap()), changes);
        let changes = json!({"sessionMinutes": 0, "times": [], "days": []});
        let fields = Fields { session_minutes: String::new(), ..usual.clone() };
        assert_eq!(Value::Object(fields.changes(&before).unwrap()), changes);
        assert_eq!(usual.changes(&usual), Ok(Map::new()), "usual hours stay as they are");
    }

    #[test]
    fn a_part_is_left_out_and_added_again() {
        let mut looking = Looking::new(&summary(), &settings());
        let preview = json!({"parts": [
            {"title": "One", "span": {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"}},
            {"title": "Two", "span": {"start": "2026-03-03T09:00:00Z", "end": "2026-03-03T10:00:00Z"}, "session": true},
        ], "replaced": 0});
        looking.preview = serde_json::from_value(preview).unwrap();
        let kept = |looking: &Looking| looking.kept().map(|part| part.title.to_string()).collect::<Vec<_>>();
        looking.toggle("2026-03-02T09:00:00Z".parse().unwrap());
        assert_eq!(kept(&looking), ["Two"]);
        looking.toggle("2026-03-02T09:00:00Z".parse().unwrap());
        assert_eq!(kept(&looking), ["One", "Two"]);
    }

    #[test]
    fn hours_are_numbers_as_fields_write_them() {
        for (text, expected) in [("", 0.0), ("0", 0.0), (".5", 0.5), ("0.5", 0.5), ("03", 3.0), ("10", 10.0)] {
            assert_eq!(hours(text), Some(expected), "{text}");
        }
        assert_eq!(hours("some"), None);
    }
}
