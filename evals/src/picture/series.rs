//! What repeats, in a form that can be compared.

use std::fmt;

use chrono::{Months, NaiveDateTime};
use flux_timeline::series::{Recurrence, RecurrenceError};
use flux_timeline::{Kind, Series};
use serde::{Deserialize, Serialize};

use super::details::write_details;
use crate::wall_clock::WallClock;

/// How far rules are compared, in months.
const MONTHS: u32 = 60;
/// How many starts of rules are compared at most.
const STARTS: usize = 500;

/// Something that repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesLine {
    /// Its id.
    pub id: String,
    /// The title of its blocks.
    pub title: String,
    /// Its rule in words.
    pub words: String,
    /// Its rule, which is the value of an RRULE in RFC 5545.
    pub rule: String,
    /// Whether each block comes so long after the one before was done as one interval of the rule lasts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_done: bool,
    /// Whether its blocks have no time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untimed: bool,
    /// When the first block starts, by the clock in the zone of the series. If each comes after the one before was done, the newest.
    pub start: WallClock,
    /// The starts of the rule at which there is no block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<WallClock>,
    /// Whether it is all day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_day: bool,
    /// The length of its blocks in minutes. A day has 1,440.
    pub minutes: i64,
    /// `task` or `appointment`.
    pub kind: Kind,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// The tags of its blocks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The description of its blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The reminders of its blocks, in minutes before the start; none if the settings apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<u32>>,
    /// The title of its plan.
    pub plan: String,
}

impl SeriesLine {
    pub(super) fn of(series: &Series, plan: String) -> Self {
        Self {
            id: series.id.to_string(),
            title: series.title.to_string(),
            words: series.words(),
            rule: series.rule.to_string(),
            after_done: series.after_done.is_some(),
            untimed: series.untimed,
            start: WallClock(series.start),
            except: series.except.iter().copied().map(WallClock).collect(),
            all_day: series.all_day,
            minutes: series.minutes.into(),
            kind: series.kind,
            priority: series.priority.as_str().to_owned(),
            tags: series.tags.iter().map(ToString::to_string).collect(),
            description: series.description.as_ref().map(ToString::to_string),
            reminders: series.reminders.as_ref().map(|reminders| reminders.minutes().to_vec()),
            plan,
        }
    }

    /// Its starts from `from` on, as far as rules are compared.
    pub fn starts(&self, from: NaiveDateTime) -> Vec<WallClock> {
        let mut starts = starts(&self.rule, self.start.0, from).unwrap_or_default();
        if self.after_done {
            starts.retain(|start| *start == self.start);
        }
        starts.retain(|start| !self.except.contains(start));
        starts
    }
}

/// The starts from `from` on of a rule that begins at `start`, as far as rules are compared: for five years, and at most 500.
///
/// # Errors
/// If the rule cannot be read.
pub fn starts(rule: &str, start: NaiveDateTime, from: NaiveDateTime) -> Result<Vec<WallClock>, RecurrenceError> {
    let to = from.checked_add_months(Months::new(MONTHS)).unwrap_or(NaiveDateTime::MAX);
    let starts = Recurrence::read(rule)?.occurrences(start).skip_while(|start| *start < from);
    Ok(starts.take_while(|start| *start < to).take(STARTS).map(WallClock).collect())
}

impl fmt::Display for SeriesLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} from {} ({} min)", self.title, self.words, self.start, self.minutes)?;
        if self.all_day {
            write!(f, " all day")?;
        }
        if self.kind == Kind::Appointment {
            write!(f, " appointment")?;
        }
        write_details(f, &self.priority, &self.tags, self.description.as_deref(), self.reminders.as_deref())?;
        write!(f, " in {:?}", self.plan)?;
        if !self.except.is_empty() {
            let except: Vec<String> = self.except.iter().map(ToString::to_string).collect();
            write!(f, " but not {}", except.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(time: &str) -> NaiveDateTime {
        serde_json::from_value::<WallClock>(json!(time)).unwrap().0
    }

    #[test]
    fn starts_are_those_of_the_rule_from_a_moment_on() {
        let of = |rule: &str, from: &str| {
            let starts = starts(rule, at("2026-03-03T18:00"), at(from)).unwrap();
            starts.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(of("FREQ=WEEKLY;COUNT=3", "2026-03-10T18:00"), ["2026-03-10T18:00", "2026-03-17T18:00"]);
        assert_eq!(of("FREQ=WEEKLY;COUNT=3", "2026-04-01T00:00"), [""; 0]);
        assert_eq!(of("FREQ=YEARLY", "2026-01-01T00:00").len(), 5);
        assert_eq!(of("FREQ=DAILY", "2026-01-01T00:00").len(), STARTS);
        assert!(starts("FREQ=OFTEN", at("2026-03-03T18:00"), at("2026-03-03T18:00")).is_err());
    }
}
