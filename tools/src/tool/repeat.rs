//! How a block repeats, in the fields that models fill, and how much of a series a change is about.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use flux_timeline::command::Scope;
use flux_timeline::series::{End, Frequency, Recurrence, WeekdayNumber};
use flux_timeline::{SeriesId, command};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Problem, ToolContext, WallDate};

/// A rule by which a block repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Repeat {
    /// weekday is Monday to Friday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
    /// 2 with week is every other week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub interval: Option<u32>,
    /// Its days: tuesday; with month also first monday, last friday, 1 or 15. Those of the start where not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 31))]
    pub on: Vec<String>,
    /// Last day, e.g. 2026-12-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WallDate>,
    /// How many times in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub times: Option<u32>,
    /// Count from the day a task is done: "3 days after I did it".
    #[serde(rename = "afterDone", default, skip_serializing_if = "std::ops::Not::not")]
    pub after_done: bool,
    /// An RRULE of RFC 5545 instead of all this, for what it cannot say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub rule: Option<String>,
}

/// The unit of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Every {
    /// Days.
    Day,
    /// Monday to Friday.
    Weekday,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// How much of a series a change is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum SeriesScope {
    /// The block alone.
    #[default]
    One,
    /// The block and those after it.
    Following,
    /// All that are not over.
    All,
}

impl SeriesScope {
    /// Whether it is about the block alone, which is what a call without a scope is about.
    pub const fn is_one(&self) -> bool {
        matches!(self, Self::One)
    }

    pub(super) const fn of(self, context: &ToolContext) -> Scope {
        match self {
            Self::One => Scope::One,
            Self::Following => Scope::Following(SeriesId::new(context.new_id)),
            Self::All => Scope::All,
        }
    }
}

impl Repeat {
    /// The rule as the domain has it.
    pub(super) fn of(&self, pointer: &str, context: &ToolContext) -> Result<command::Repeat, Problem> {
        let rule = match (&self.rule, self.every) {
            (Some(rule), None) => Recurrence::read(rule)
                .map_err(|why| Problem::new(format!("{pointer}/rule"), "an RRULE of RFC 5545", why))?,
            (None, Some(every)) => self.recurrence(every, pointer)?,
            _ => return Err(Problem::new(pointer, "either every or rule", "both or none")),
        };
        Ok(command::Repeat { id: SeriesId::new(context.new_id), rule, after_done: self.after_done })
    }

    /// Whether days would mean something else beside this unit: each Monday of a year, or Mondays every other day.
    fn takes_no_days(&self, every: Every) -> bool {
        every == Every::Year || every == Every::Day && self.interval.is_some_and(|interval| interval > 1)
    }

    fn recurrence(&self, every: Every, pointer: &str) -> Result<Recurrence, Problem> {
        let at = |field: &str| format!("{pointer}/{field}");
        let until = match &self.until {
            Some(until) => until.date(&at("until"))?,
            None => None,
        };
        let end = match (until, self.times) {
            (Some(_), Some(_)) => return Err(Problem::new(at("times"), "either until or times", "both")),
            (Some(date), None) => End::Until(end_of_day(date.and_time(NaiveTime::MIN))),
            (None, Some(times)) => End::After(times),
            (None, None) => End::Never,
        };
        let (frequency, mut by_day) = match every {
            Every::Day => (Frequency::Daily, Vec::new()),
            Every::Weekday if self.on.is_empty() => (Frequency::Weekly, WEEKDAYS.to_vec()),
            Every::Weekday => {
                return Err(Problem::new(at("on"), "no days, because weekday is Monday to Friday", "some"));
            }
            Every::Week => (Frequency::Weekly, Vec::new()),
            Every::Month => (Frequency::Monthly, Vec::new()),
            Every::Year => (Frequency::Yearly, Vec::new()),
        };
        if self.takes_no_days(every) && !self.on.is_empty() {
            return Err(Problem::new(at("on"), "no days here; a rule can say it", "some"));
        }
        let mut by_month_day = Vec::new();
        for (index, text) in self.on.iter().enumerate() {
            let place = at(&format!("on/{index}"));
            match day(text) {
                Some(Day::OfWeek(None, weekday)) => by_day.push((None, weekday)),
                Some(Day::OfWeek(ordinal, weekday)) if frequency == Frequency::Monthly => {
                    by_day.push((ordinal, weekday))
                }
                Some(Day::OfMonth(number)) if frequency == Frequency::Monthly => by_month_day.push(number),
                Some(_) => return Err(Problem::new(&place, "a day of the week; numbered days only with month", text)),
                None => return Err(Problem::new(&place, "a day such as tuesday, last friday or 15", text)),
            }
        }
        if !by_day.is_empty() && !by_month_day.is_empty() {
            return Err(Problem::new(at("on"), "days of the week or of the month", "both"));
        }
        let mut days = Vec::with_capacity(by_day.len());
        for day in by_day {
            if !days.contains(&day) {
                days.push(day);
            }
        }
        // "every: day, on: [monday, friday]" says days of the week.
        let frequency = if frequency == Frequency::Daily && !days.is_empty() { Frequency::Weekly } else { frequency };
        Ok(Recurrence {
            frequency,
            interval: self.interval.unwrap_or(1),
            end,
            by_day: days.into_iter().map(|(ordinal, weekday)| WeekdayNumber { ordinal, weekday }).collect(),
            by_month_day,
            by_month: Vec::new(),
            by_set_pos: Vec::new(),
            week_start: Weekday::Mon,
        })
    }
}

/// The last minute of a day.
fn end_of_day(begin: NaiveDateTime) -> NaiveDateTime {
    begin + TimeDelta::days(1) - TimeDelta::minutes(1)
}

/// A day of a rule.
enum Day {
    /// A day of the week, and which of the month.
    OfWeek(Option<i16>, Weekday),
    /// A day of the month, from the end if negative.
    OfMonth(i16),
}

const WEEKDAYS: [(Option<i16>, Weekday); 5] =
    [(None, Weekday::Mon), (None, Weekday::Tue), (None, Weekday::Wed), (None, Weekday::Thu), (None, Weekday::Fri)];

const ORDINALS: [(&str, i16); 6] =
    [("first", 1), ("second", 2), ("third", 3), ("fourth", 4), ("fifth", 5), ("last", -1)];

/// Reads `tuesday`, `Tue`, `last friday`, `15`, `1st` and `last day`.
fn day(text: &str) -> Option<Day> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    if let Ok(number) = digits.parse::<i16>() {
        return ((1..=31).contains(&number.unsigned_abs())).then_some(Day::OfMonth(number));
    }
    let (ordinal, name) = match text.split_once(' ') {
        Some((word, name)) => {
            let known = ORDINALS.iter().find(|(ordinal, _)| *ordinal == word).map(|(_, number)| *number);
            let number = known.or_else(|| word.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse().ok())?;
            (Some(number).filter(|number| (1..=5).contains(&number.unsigned_abs()))?.into(), name.trim())
        }
        None => (None, text.as_str()),
    };
    if name == "day" {
        return ordinal.map(Day::OfMonth);
    }
    let name = name.trim_end_matches('s');
    let is_it = |weekday: &(&str, Weekday)| name.len() > 2 && weekday.0.starts_with(name);
    NAMES.iter().find(|weekday| is_it(weekday)).map(|(_, weekday)| Day::OfWeek(ordinal, *weekday))
}

/// The weekdays, of which three letters are enough.
const NAMES: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];
