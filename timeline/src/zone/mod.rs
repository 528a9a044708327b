//! Time zones: from an instant to wall-clock time, and back.

mod table;

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::invalid::InvalidValue;

/// An IANA time zone, e.g. `Europe/Oslo`. `UTC` by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Option<u16>);

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(None);

    /// The zone with this IANA name, in upper or lower case.
    ///
    /// # Errors
    /// [`InvalidValue::UnknownZone`].
    pub fn new(name: &str) -> Result<Self, InvalidValue> {
        let wanted = name.trim();
        if wanted.eq_ignore_ascii_case("UTC") {
            return Ok(Self::UTC);
        }
        let unknown = || InvalidValue::UnknownZone { name: name.chars().take(64).collect() };
        table::find(wanted).map(|zone| Self(Some(zone))).ok_or_else(unknown)
    }

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        self.0.map_or("UTC", table::name)
    }

    /// The wall-clock time at an instant.
    pub fn wall(self, instant: DateTime<Utc>) -> NaiveDateTime {
        instant.naive_utc() + self.offset(instant)
    }

    /// The instant of a wall-clock time.
    ///
    /// If a change of the clocks repeats that time, this is the first of the two instants. If it skips that time, this is
    /// the instant by the offset before the change, so 02:30 in a gap from 02:00 to 03:00 means 03:30. Both rules are
    /// those of RFC 5545 §3.3.5.
    pub fn instant(self, wall: NaiveDateTime) -> DateTime<Utc> {
        // Offsets are less than a day, and no zone changes twice within two days, so one of these two is in force.
        let about = wall.and_utc();
        let before = self.offset(about - TimeDelta::days(1));
        let after = self.offset(about + TimeDelta::days(1));
        let fits = |offset: &TimeDelta| self.offset(about - *offset) == *offset;
        // The larger offset gives the earlier instant.
        let offset = [before.max(after), before.min(after)].into_iter().find(fits);
        about - offset.unwrap_or(before)
    }

    fn offset(self, instant: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(self.0.map_or(0, |zone| table::offset_seconds(zone, instant)).into())
    }

    /// The first instant of a day. It is not always 00:00, because some zones change their clocks at midnight.
    pub fn day_start(self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date.and_time(NaiveTime::MIN))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Zone {
    type Error = InvalidValue;

    fn try_from(name: String) -> Result<Self, InvalidValue> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clock_time_becomes_an_instant_by_the_stated_rule() {
        let cases = [
            ("Europe/Oslo", "2026-01-15T08:00", "2026-01-15T07:00:00Z", "winter"),
            ("Europe/Oslo", "2026-07-15T08:00", "2026-07-15T06:00:00Z", "summer"),
            ("Europe/Oslo", "2026-03-29T02:30", "2026-03-29T01:30:00Z", "skipped: read with the offset before"),
            ("Europe/Oslo", "2026-10-25T02:30", "2026-10-25T00:30:00Z", "repeated: the first"),
            ("America/New_York", "2026-03-08T02:15", "2026-03-08T07:15:00Z", "skipped"),
            ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z", "repeated"),
            ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z", "a gap of half an hour"),
            ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z", "a skipped day"),
            ("Asia/Tokyo", "2026-03-29T02:30", "2026-03-28T17:30:00Z", "no change of clocks"),
        ];
        for (zone, wall, instant, why) in cases {
            let wall = NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M").unwrap();
            assert_eq!(
                Zone::new(zone).unwrap().instant(wall),
                instant.parse::<DateTime<Utc>>().unwrap(),
                "{zone}: {why}"
            );
        }
    }

    #[test]
    fn a_day_begins_when_its_first_minute_exists() {
        // Beirut moves its clocks at midnight: 2026-03-29 begins at 01:00.
        let zone = Zone::new("Asia/Beirut").unwrap();
        let date = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        assert_eq!(zone.wall(zone.day_start(date)).to_string(), "2026-03-29 01:00:00");
    }

    #[test]
    fn names_are_checked() {
        assert_eq!(Zone::new("europe/oslo").map(Zone::name), Ok("Europe/Oslo"));
        assert_eq!(Zone::new("Mars/Olympus"), Err(InvalidValue::UnknownZone { name: "Mars/Olympus".into() }));
    }
}
