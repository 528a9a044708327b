//! A pattern for what repeats.

use chrono::NaiveDateTime;
use flux_timeline::{Kind, Recurrence};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{OneOrMore, reminder_misfit};
use super::{Text, Time};
use crate::picture::{SeriesLine, starts};
use crate::wall_clock::WallClock;

/// A pattern for what repeats. Fields that are not given can be anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesPattern {
    /// A text that its title contains.
    pub title: Text,
    /// When its first block starts, of those that do not start before this. Give the next one where there are blocks in the past.
    pub start: Time,
    /// The rule that it follows from this start on, as the value of an RRULE of RFC 5545: `FREQ=WEEKLY;BYDAY=TU`. Another rule matches as
    /// well if its starts are the same for five years.
    pub rule: String,
    /// Whether it is counted from the day on which each block was done. `start` is that of the newest block then, or 00:00 of its day if it
    /// has no time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_done: bool,
    /// Whether it is all day. `start` is then at 00:00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_day: Option<bool>,
    /// The length of its blocks in minutes, or alternatives. A day has 1,440.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<OneOrMore>,
    /// `task` or `appointment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// `high`, `medium` or `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// All reminders that its blocks have of their own, in minutes before the start; an empty list if they must never remind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<u32>>,
    /// Whether its blocks must have no reminders of their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_reminder: bool,
    /// A text that the title of its plan contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
}

impl SeriesPattern {
    /// The earliest moment that `start` can be. What was before is not compared.
    pub fn from(&self) -> NaiveDateTime {
        match &self.start {
            Time::At(time) => time.0,
            Time::Any(times) => times.iter().map(|time| time.0).min().unwrap_or(NaiveDateTime::MIN),
            Time::Between { from, .. } => from.0,
        }
    }

    /// The differences of a series from the pattern, one phrase each. Empty if it matches.
    pub fn misfits(&self, series: &SeriesLine) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |fits: bool, what: &str, wanted: &dyn ToString, is: &dyn ToString| {
            if !fits {
                wrong.push(format!("{what} is {}, not {}", is.to_string(), wanted.to_string()));
            }
        };
        check(self.title.is_in(&series.title), "the title", &self.title, &format!("{:?}", series.title));
        let counts_from = |after_done: bool| if after_done { "the day it is done" } else { "the calendar" };
        let (wanted, is) = (counts_from(self.after_done), counts_from(series.after_done));
        check(wanted == is, "what it counts from", &wanted, &is);
        let is = series.starts(self.from());
        match is.first() {
            Some(first) if self.start.has(*first, 0) && self.after_done => {
                let [wanted, is] = [&self.rule, &series.rule].map(|rule| Recurrence::read(rule));
                check(wanted == is, "the rule", &self.rule, &series.rule);
            }
            Some(first) if self.start.has(*first, 0) => match starts(&self.rule, first.0, first.0) {
                Ok(wanted) => {
                    if let Some((wanted, is)) = first_difference(&wanted, &is) {
                        check(false, "a start", &wanted, &is);
                    }
                }
                Err(error) => check(false, "the rule of the case", &error, &self.rule),
            },
            Some(first) => check(false, "the first start", &self.start, first),
            None => check(false, "the first start", &self.start, &"none"),
        }
        if let Some(all_day) = self.all_day {
            check(all_day == series.all_day, "all day", &all_day, &series.all_day);
        }
        if let Some(minutes) = &self.minutes {
            check(minutes.has(series.minutes, 0), "the length", minutes, &series.minutes);
        }
        if let Some(kind) = self.kind {
            check(kind == series.kind, "the kind", &kind.as_str(), &series.kind.as_str());
        }
        if let Some(priority) = &self.priority {
            check(*priority == series.priority, "the priority", priority, &series.priority);
        }
        let reminders = reminder_misfit(self.reminders.as_deref(), self.no_reminder, series.reminders.as_deref());
        if let Some((wanted, is)) = reminders {
            check(false, "the list of reminders", &wanted, &is);
        }
        if let Some(plan) = &self.plan {
            check(plan.is_in(&series.plan), "the plan", plan, &format!("{:?}", series.plan));
        }
        wrong
    }
}

/// The first place where the lists differ, in words.
fn first_difference(wanted: &[WallClock], is: &[WallClock]) -> Option<(String, String)> {
    let word = |time: Option<&WallClock>| time.map_or_else(|| "none".to_owned(), ToString::to_string);
    let at = (0..wanted.len().max(is.len())).find(|at| wanted.get(*at) != is.get(*at))?;
    Some((word(wanted.get(at)), word(is.get(at))))
}

impl std::fmt::Display for SeriesPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| std::fmt::Error)?;
        write!(f, "{text}")
    }
}
