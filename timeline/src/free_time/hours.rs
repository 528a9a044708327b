//! When a person works: days of the week, and hours by the wall clock.

use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Weekday, WeekdaySet};
use serde::{Deserialize, Serialize};

use super::Slot;
use crate::clock::{self, HourFormat};
use crate::limits;
use crate::zone::Zone;

/// The days on which a person works, and the hours, which are the same on each of them. There is always at least one day,
/// and `from` is before `to`. The default is Monday to Friday, 09:00 to 18:00.
///
/// Written as `{"days": ["Mon", "Tue"], "from": "09:00", "to": "18:00"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct WorkingHours {
    days: WeekdaySet,
    from: DayTime,
    to: DayTime,
}

/// The fewest minutes between the two times of day of an activity. In less, nothing can be done regularly.
pub(super) const SHORTEST_HOURS: u16 = 30;

/// When people are taken to be awake, as far as they have said nothing else.
const AWAKE: (DayTime, DayTime) = (DayTime(8 * 60), DayTime(22 * 60));

/// Why hours are not valid. `Display` is a sentence that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// There is no day of the week.
    #[error("Working hours need at least one day of the week.")]
    NoDay,
    /// The end is not after the beginning.
    #[error("A working day must begin before it ends: {from} is not before {to}.")]
    FromNotBeforeTo {
        /// The beginning.
        from: DayTime,
        /// The end.
        to: DayTime,
    },
    /// Hours of an activity without a part of the day and without times.
    #[error("Say in which part of the day there is time for it, or from when to when.")]
    NoTime,
    /// Hours of an activity without a day of the week.
    #[error("Say on which days of the week there is time for it.")]
    NoActivityDay,
    /// Hours of an activity only at weekends, on other days.
    #[error("Time at weekends needs Saturday or Sunday among the days of the week.")]
    NoDayOfWeekend,
    /// Hours of an activity of which only one end is given.
    #[error("The hours need both times of day, or none: when they begin and when they end.")]
    OneTime,
    /// Hours of an activity of which the end is not after the beginning.
    #[error("The hours must begin before they end: {from} is not before {to}.")]
    TimesInWrongOrder {
        /// The beginning.
        from: DayTime,
        /// The end.
        to: DayTime,
    },
    /// Hours of an activity that are shorter than 30 minutes.
    #[error("From {from} to {to} is too short; the hours need at least {SHORTEST_HOURS} minutes.")]
    TimesTooClose {
        /// The beginning.
        from: DayTime,
        /// The end.
        to: DayTime,
    },
    /// The text is not a time of day.
    #[error("“{text}” is not a time of day; write it like 09:00, up to 24:00.")]
    NotATime {
        /// The text, shortened.
        text: String,
    },
}

impl WorkingHours {
    /// Hours on these days, in any order. A repeated day counts once.
    ///
    /// # Errors
    /// [`HoursError::NoDay`], [`HoursError::FromNotBeforeTo`].
    pub fn new(days: &[Weekday], from: DayTime, to: DayTime) -> Result<Self, HoursError> {
        if days.is_empty() {
            return Err(HoursError::NoDay);
        }
        if from >= to {
            return Err(HoursError::FromNotBeforeTo { from, to });
        }
        Ok(Self { days: days.iter().copied().collect(), from, to })
    }

    /// The days, from Monday on.
    pub fn days(self) -> impl Iterator<Item = Weekday> {
        self.days.iter(Weekday::Mon)
    }

    /// When they begin.
    pub fn from(self) -> DayTime {
        self.from
    }

    /// When they end.
    pub fn to(self) -> DayTime {
        self.to
    }

    /// The hours in which the person is taken to be awake: 08:00–22:00 on each day, widened to include the working hours.
    pub fn awake(self) -> Self {
        let (from, to) = AWAKE;
        Self { days: WeekdaySet::ALL, from: self.from.min(from), to: self.to.max(to) }
    }

    /// How long a day's hours are by the clock, in minutes.
    pub fn minutes(self) -> u32 {
        u32::from(self.to.0 - self.from.0)
    }

    /// The hours of a date. None if it is not a working day, if a change of the clocks leaves nothing of them, and outside
    /// the years in which blocks can lie.
    ///
    /// They begin and end at the instants that [`Zone::instant`] gives, but never outside the date: it reads a time that
    /// the clocks skip as one after the gap, and that can be on the next day.
    pub fn on(self, date: NaiveDate, zone: Zone) -> Option<Slot> {
        let years = limits::FIRST_YEAR..=limits::LAST_YEAR;
        if !self.days.contains(date.weekday()) || !years.contains(&date.year()) {
            return None;
        }
        slot(date, zone, self.from.0, self.to.0)
    }
}

/// What lies between two times of a date, in minutes since midnight by the clock: see [`WorkingHours::on`].
pub(super) fn slot(date: NaiveDate, zone: Zone, from: u16, to: u16) -> Option<Slot> {
    let at = |minutes: u16| zone.instant(date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into()));
    let start = at(from).max(zone.day_start(date));
    let end = at(to).min(zone.day_start(date.succ_opt()?));
    (start < end).then_some(Slot { start, end })
}

impl Default for WorkingHours {
    fn default() -> Self {
        use Weekday::{Fri, Mon, Thu, Tue, Wed};
        let days = WeekdaySet::from_array([Mon, Tue, Wed, Thu, Fri]);
        Self { days, from: DayTime(9 * 60), to: DayTime(18 * 60) }
    }
}

/// A time of day by the clock, in whole minutes, 00:00 to 24:00, the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime(u16);

impl DayTime {
    /// The end of a day, 24:00.
    pub const MIDNIGHT: Self = Self(24 * 60);
    /// Nine in the morning.
    pub const NINE: Self = Self(9 * 60);

    /// Reads `09:00`. Seconds are ignored.
    ///
    /// # Errors
    /// [`HoursError::NotATime`].
    pub fn read(text: &str) -> Result<Self, HoursError> {
        if text == "24:00" {
            return Ok(Self::MIDNIGHT);
        }
        let time = clock::read_wall(&format!("1970-01-01T{text}")).map(|wall| wall.hour() * 60 + wall.minute());
        let minutes = time.and_then(|minutes| u16::try_from(minutes).ok());
        minutes.map(Self).ok_or_else(|| HoursError::NotATime { text: text.chars().take(20).collect() })
    }

    /// Minutes since 00:00 by the clock, 0–1,440.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// As a person with this clock reads it. The end of a day is `24:00`, or `12:00 AM` on a clock of 12 hours.
    pub fn words(self, format: HourFormat) -> String {
        match format {
            HourFormat::Hours24 => self.to_string(),
            HourFormat::Hours12 => clock::time(NaiveTime::MIN + TimeDelta::minutes(self.0.into()), format),
        }
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for DayTime {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Self, HoursError> {
        Self::read(&text)
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> Self {
        time.to_string()
    }
}

/// The JSON form of the hours.
#[derive(Serialize, Deserialize)]
struct Written {
    days: Vec<Weekday>,
    from: DayTime,
    to: DayTime,
}

impl TryFrom<Written> for WorkingHours {
    type Error = HoursError;

    fn try_from(written: Written) -> Result<Self, HoursError> {
        Self::new(&written.days, written.from, written.to)
    }
}

impl From<WorkingHours> for Written {
    fn from(hours: WorkingHours) -> Self {
        Self { days: hours.days().collect(), from: hours.from, to: hours.to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn hours(days: &[Weekday], from: &str, to: &str) -> Result<WorkingHours, HoursError> {
        WorkingHours::new(days, DayTime::read(from)?, DayTime::read(to)?)
    }

    #[test]
    fn hours_are_read_as_they_are_written() {
        let text = r#"{"days":["Mon","Tue","Wed","Thu","Fri"],"from":"09:00","to":"18:00"}"#;
        assert_eq!(serde_json::to_string(&WorkingHours::default()).unwrap(), text);
        assert_eq!(json::read_text(text), Ok(WorkingHours::default()));
        let text = r#"{"days":["Sun","Sat","Sun"],"from":"00:00","to":"24:00"}"#;
        assert_eq!(json::read_text(text).ok(), hours(&[Weekday::Sat, Weekday::Sun], "00:00", "24:00").ok());
    }

    #[test]
    fn what_is_refused_says_why() {
        let cases = [
            (hours(&[], "09:00", "18:00"), "Working hours need at least one day of the week."),
            (
                hours(&[Weekday::Mon], "18:00", "09:00"),
                "A working day must begin before it ends: 18:00 is not before 09:00.",
            ),
            (
                hours(&[Weekday::Mon], "09:00", "09:00"),
                "A working day must begin before it ends: 09:00 is not before 09:00.",
            ),
            (
                hours(&[Weekday::Mon], "24:00", "24:00"),
                "A working day must begin before it ends: 24:00 is not before 24:00.",
            ),
            (hours(&[Weekday::Mon], "9", "18:00"), "“9” is not a time of day; write it like 09:00, up to 24:00."),
            (
                hours(&[Weekday::Mon], "09:00", "24:01"),
                "“24:01” is not a time of day; write it like 09:00, up to 24:00.",
            ),
        ];
        for (outcome, sentence) in cases {
            assert_eq!(outcome.unwrap_err().to_string(), sentence);
        }
        assert!(json::read_text::<WorkingHours>(r#"{"days":[],"from":"09:00","to":"18:00"}"#).is_err());
        assert!(json::read_text::<WorkingHours>(r#"{"days":["Someday"],"from":"09:00","to":"18:00"}"#).is_err());
    }

    #[test]
    fn a_days_hours_are_those_of_the_clock_on_the_wall() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let cases = [
            ("Europe/Oslo", "2026-03-28", "09:00", "18:00", "2026-03-28T08:00:00Z", 540, "winter"),
            ("Europe/Oslo", "2026-03-29", "09:00", "18:00", "2026-03-29T07:00:00Z", 540, "summer, from that night on"),
            ("Europe/Oslo", "2026-03-29", "00:00", "24:00", "2026-03-28T23:00:00Z", 23 * 60, "a short day"),
            ("Europe/Oslo", "2026-10-25", "00:00", "24:00", "2026-10-24T22:00:00Z", 25 * 60, "a long day"),
            ("Europe/Oslo", "2026-03-29", "02:30", "04:00", "2026-03-29T01:30:00Z", 30, "begins in a gap"),
            ("Asia/Beirut", "2026-03-29", "00:00", "02:00", "2026-03-28T22:00:00Z", 60, "begins at 01:00"),
            (
                "America/Nuuk",
                "2026-03-28",
                "21:00",
                "23:30",
                "2026-03-28T23:00:00Z",
                120,
                "ends before the gap of the night",
            ),
        ];
        for (zone, date, from, to, start, minutes, why) in cases {
            let hours = hours(&[Mon, Tue, Wed, Thu, Fri, Sat, Sun], from, to).unwrap();
            let slot = hours.on(clock::read_date(date).unwrap(), Zone::new(zone).unwrap()).unwrap();
            assert_eq!(slot.start, start.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), "{zone} {date}: {why}");
            assert_eq!((slot.end - slot.start).num_minutes(), minutes, "{zone} {date}: {why}");
        }
    }

    #[test]
    fn days_that_do_not_exist_have_no_hours() {
        let (always, apia) = (hours(&[Weekday::Fri], "00:00", "24:00").unwrap(), Zone::new("Pacific/Apia").unwrap());
        // Samoa went over the date line: Thursday the 29th of December 2011 was followed by Saturday the 31st.
        assert_eq!(always.on(NaiveDate::from_ymd_opt(2011, 12, 30).unwrap(), apia), None);
        assert_eq!(always.on(NaiveDate::MAX, apia), None);
        assert_eq!(always.on(NaiveDate::MIN, apia), None);
    }
}
