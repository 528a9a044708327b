//! What kind of activity something is, and in which hours a person has time for it.

use chrono::{Weekday, WeekdaySet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hours::{DayTime, HoursError, SHORTEST_HOURS};
use crate::clock::{self, HourFormat};
use crate::describe::list;

/// What kind of activity something is, which decides the hours in which it is placed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activity {
    /// The body is trained: after or before work, and at weekends.
    Training,
    /// Something is learned: in the evening and at weekends.
    Study,
    /// It is placed in the working hours, like everything that is of no known kind.
    #[default]
    Work,
    /// In the evening, in the working hours, and at weekends.
    Other,
}

impl Activity {
    /// Reads `training`, `study`, `work` or `other`. `None` if it is another word.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "training" => Some(Self::Training),
            "study" => Some(Self::Study),
            "work" => Some(Self::Work),
            "other" => Some(Self::Other),
            _ => None,
        }
    }

    /// The hours in which people usually have time for it, which hold for somebody who has chosen none.
    pub fn usual_hours(self) -> ActivityHours {
        use PartOfDay::{Evening, Morning, Weekend, Work};
        let parts: &[PartOfDay] = match self {
            Self::Training => &[Morning, Evening, Weekend],
            Self::Study => &[Evening, Weekend],
            Self::Work => &[Work],
            Self::Other => &[Work, Evening, Weekend],
        };
        ActivityHours { days: WeekdaySet::ALL, time: Time::Parts(Parts::of(parts)) }
    }
}

/// A part of a person's day. Its times follow from their working hours: see [`Windows`](super::Windows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline, description = "A part of the day.")]
pub enum PartOfDay {
    /// Before work.
    Morning,
    /// The working hours.
    Work,
    /// After work.
    Evening,
    /// By day on a free Saturday or Sunday.
    Weekend,
}

impl PartOfDay {
    /// All of them, in the order of a week.
    pub const ALL: [Self; 4] = [Self::Morning, Self::Work, Self::Evening, Self::Weekend];

    fn words(self) -> &'static str {
        match self {
            Self::Morning => "in the morning",
            Self::Work => "in the working hours",
            Self::Evening => "in the evening",
            Self::Weekend => "at weekends",
        }
    }
}

/// When a person has time for something: in parts of the day, or between two times of day, on some days of the week or on all of them.
///
/// Written as `{"parts": ["evening", "weekend"], "days": ["Tue"]}` or `{"days": ["Tue"], "from": "18:00", "to": "20:00"}`. Days can be read in full,
/// as `tuesday`; without `days` it is every day. With `from` and `to`, `parts` means nothing.
///
/// ```
/// use flux_timeline::HourFormat::Hours24;
/// use flux_timeline::free_time::{ActivityHours, DayTime, PartOfDay};
///
/// let hours = ActivityHours::new(&[PartOfDay::Evening, PartOfDay::Weekend], None, None)?;
/// assert_eq!(hours.words(Hours24), "in the evening and at weekends");
/// let times = Some((DayTime::read("18:00")?, DayTime::read("20:00")?));
/// let hours = ActivityHours::new(&[], Some(&[chrono::Weekday::Tue, chrono::Weekday::Thu]), times)?;
/// assert_eq!(hours.words(Hours24), "on Tuesdays and Thursdays, 18:00–20:00");
/// # Ok::<(), flux_timeline::free_time::HoursError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ActivityHours {
    /// Never empty.
    days: WeekdaySet,
    time: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    /// Never empty.
    Parts(Parts),
    /// At least [`ActivityHours::SHORTEST`] minutes apart.
    Between(DayTime, DayTime),
}

/// A set of parts, with a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts(u8);

impl Parts {
    fn of(parts: &[PartOfDay]) -> Self {
        Self(parts.iter().fold(0, |bits, part| bits | 1 << *part as u8))
    }

    const fn contains(self, part: PartOfDay) -> bool {
        self.0 >> part as u8 & 1 == 1
    }
}

impl ActivityHours {
    /// The fewest minutes between the two times of day. In less, nothing can be done regularly.
    pub const SHORTEST: u16 = SHORTEST_HOURS;

    /// Hours in these parts of the day, in any order, or `between` two times of day, with which `parts` means nothing. On these days, or on all of
    /// them; a repeated part or day counts once.
    ///
    /// # Errors
    /// [`HoursError::NoTime`], [`HoursError::NoActivityDay`], [`HoursError::NoDayOfWeekend`], [`HoursError::TimesInWrongOrder`],
    /// [`HoursError::TimesTooClose`].
    pub fn new(
        parts: &[PartOfDay],
        days: Option<&[Weekday]>,
        between: Option<(DayTime, DayTime)>,
    ) -> Result<Self, HoursError> {
        let days: WeekdaySet = days.map_or(WeekdaySet::ALL, |days| days.iter().copied().collect());
        if days.is_empty() {
            return Err(HoursError::NoActivityDay);
        }
        let time = match between {
            Some((from, to)) if from >= to => return Err(HoursError::TimesInWrongOrder { from, to }),
            Some((from, to)) if to.minutes() - from.minutes() < Self::SHORTEST => {
                return Err(HoursError::TimesTooClose { from, to });
            }
            Some((from, to)) => Time::Between(from, to),
            None if parts.is_empty() => return Err(HoursError::NoTime),
            None => Time::Parts(Parts::of(parts)),
        };
        let weekend = WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]);
        if time == Time::Parts(Parts::of(&[PartOfDay::Weekend])) && days.intersection(weekend).is_empty() {
            return Err(HoursError::NoDayOfWeekend);
        }
        Ok(Self { days, time })
    }

    /// The parts of the day, in the order of [`PartOfDay::ALL`]. None with times of day.
    pub fn parts(self) -> impl Iterator<Item = PartOfDay> {
        PartOfDay::ALL.into_iter().filter(move |part| self.has(*part))
    }

    /// The days of the week, from Monday on.
    pub fn days(self) -> impl Iterator<Item = Weekday> {
        self.days.iter(Weekday::Mon)
    }

    /// The times of day, if it is not parts of the day.
    pub const fn between(self) -> Option<(DayTime, DayTime)> {
        match self.time {
            Time::Between(from, to) => Some((from, to)),
            Time::Parts(_) => None,
        }
    }

    /// `in the evening and at weekends`, `on Tuesdays and Thursdays, 18:00–20:00`, with the times as `format` writes them.
    pub fn words(self, format: HourFormat) -> String {
        let days = self.chosen_days().then(|| {
            let names = self.days().map(|day| format!("{}s", clock::weekday_name(day)));
            format!("on {}", list(names.collect(), "and"))
        });
        let time = match self.between() {
            Some((from, to)) => format!("{}–{}", from.words(format), to.words(format)),
            None => list(self.parts().map(|part| part.words().to_owned()).collect(), "and"),
        };
        let every_day = || self.between().map(|_| "every day".to_owned());
        days.or_else(every_day).into_iter().chain([time]).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn has(self, part: PartOfDay) -> bool {
        matches!(self.time, Time::Parts(parts) if parts.contains(part))
    }

    pub(super) fn is_on(self, day: Weekday) -> bool {
        self.days.contains(day)
    }

    /// Whether some days were chosen, and not all.
    pub(super) fn chosen_days(self) -> bool {
        self.days != WeekdaySet::ALL
    }
}

/// The JSON form of the hours.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartOfDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<Vec<Weekday>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<DayTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<DayTime>,
}

impl TryFrom<Written> for ActivityHours {
    type Error = HoursError;

    fn try_from(written: Written) -> Result<Self, HoursError> {
        if written.from.is_some() != written.to.is_some() {
            return Err(HoursError::OneTime);
        }
        Self::new(&written.parts, written.days.as_deref(), written.from.zip(written.to))
    }
}

impl From<ActivityHours> for Written {
    fn from(hours: ActivityHours) -> Self {
        let (from, to) = hours.between().unzip();
        Self { parts: hours.parts().collect(), days: hours.chosen_days().then(|| hours.days().collect()), from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn hours_are_read_as_they_are_written() {
        for text in [
            r#"{"parts":["evening","weekend"]}"#,
            r#"{"parts":["morning","work"],"days":["Mon","Tue"]}"#,
            r#"{"from":"18:00","to":"20:00"}"#,
            r#"{"days":["Sun"],"from":"23:30","to":"24:00"}"#,
        ] {
            let hours: ActivityHours = json::read_text(text).unwrap();
            assert_eq!(serde_json::to_string(&hours).unwrap(), text);
        }
        for (given, written) in [
            (r#"{"parts":["weekend","evening","weekend"],"days":null}"#, r#"{"parts":["evening","weekend"]}"#),
            (
                r#"{"parts":["work"],"days":["tuesday"],"from":"18:00","to":"20:00"}"#,
                r#"{"days":["Tue"],"from":"18:00","to":"20:00"}"#,
            ),
            (r#"{"parts":["work"],"days":["mon","tue","wed","thu","fri","sat","sun"]}"#, r#"{"parts":["work"]}"#),
        ] {
            let hours: ActivityHours = json::read_text(given).unwrap();
            assert_eq!(serde_json::to_string(&hours).unwrap(), written);
        }
    }

    #[test]
    fn what_is_refused_says_why() {
        for (text, why) in [
            (r"{}", "Say in which part of the day there is time for it, or from when to when."),
            (r#"{"parts":[]}"#, "Say in which part of the day there is time for it, or from when to when."),
            (r#"{"parts":["work"],"days":[]}"#, "Say on which days of the week there is time for it."),
            (
                r#"{"parts":["weekend"],"days":["Mon"]}"#,
                "Time at weekends needs Saturday or Sunday among the days of the week.",
            ),
            (
                r#"{"parts":["work"],"from":"18:00"}"#,
                "The hours need both times of day, or none: when they begin and when they end.",
            ),
            (r#"{"to":"18:00"}"#, "The hours need both times of day, or none: when they begin and when they end."),
            (r#"{"from":"20:00","to":"18:00"}"#, "The hours must begin before they end: 20:00 is not before 18:00."),
            (
                r#"{"from":"18:00","to":"18:29"}"#,
                "From 18:00 to 18:29 is too short; the hours need at least 30 minutes.",
            ),
            (r#"{"from":"18","to":"20:00"}"#, "“18” is not a time of day; write it like 09:00, up to 24:00."),
            (r#"{"parts":["noon"]}"#, "“noon” is not known"),
            (r#"{"parts":["work"],"days":["Someday"]}"#, "short or long weekday names expected"),
        ] {
            assert_eq!(json::read_text::<ActivityHours>(text).unwrap_err().to_string(), why, "{text}");
        }
    }

    #[test]
    fn hours_are_said_in_words() {
        for (text, words) in [
            (r#"{"parts":["work"]}"#, "in the working hours"),
            (r#"{"parts":["weekend","morning","evening"]}"#, "in the morning, in the evening and at weekends"),
            (r#"{"parts":["evening"],"days":["Fri","Tue","Mon"]}"#, "on Mondays, Tuesdays and Fridays, in the evening"),
            (r#"{"from":"06:30","to":"24:00"}"#, "every day, 6:30 AM–12:00 AM"),
            (r#"{"days":["Sat"],"from":"12:00","to":"13:15"}"#, "on Saturdays, 12:00 PM–1:15 PM"),
        ] {
            let hours: ActivityHours = json::read_text(text).unwrap();
            assert_eq!(hours.words(HourFormat::Hours12), words);
        }
    }
}
