//! The days of an all-day block, and when a block takes place.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::invalid::InvalidValue;
use crate::span::Span;
use crate::zone::Zone;
use crate::{clock, limits};

/// How far the days of any zone can be from those of UTC: no zone is further east than this, and none as far west.
const FARTHEST: TimeDelta = TimeDelta::hours(14);
/// How much longer an all-day block lasts [anywhere](Days::anywhere) on earth than in UTC. It begins there at most this long before it does in
/// any one zone.
pub const WIDENED: TimeDelta = TimeDelta::hours(28);

/// Calendar dates from the first to the last one, both included, in no zone. They do not move when the person travels. There are at
/// most [`limits::ALL_DAY_DAYS`], within the years 1970–2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

/// The JSON form of days: `{first, last}`, as in `2026-11-24`.
#[derive(Deserialize)]
struct Bounds {
    #[serde(deserialize_with = "clock::date")]
    first: NaiveDate,
    #[serde(deserialize_with = "clock::date")]
    last: NaiveDate,
}

impl Days {
    /// The days from `first` to `last`, both included.
    ///
    /// # Errors
    /// [`InvalidValue::LastDayBeforeFirst`], [`InvalidValue::TooManyDays`], [`InvalidValue::DateOutOfRange`].
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, InvalidValue> {
        if last < first {
            return Err(InvalidValue::LastDayBeforeFirst);
        }
        let days = Self { first, last };
        if days.count() > limits::ALL_DAY_DAYS {
            return Err(InvalidValue::TooManyDays);
        }
        let years = limits::FIRST_YEAR..=limits::LAST_YEAR;
        if years.contains(&first.year()) && years.contains(&last.year()) {
            Ok(days)
        } else {
            Err(InvalidValue::DateOutOfRange)
        }
    }

    /// So many days from `first` on, at least one.
    ///
    /// # Errors
    /// As [`Days::new`].
    pub fn starting(first: NaiveDate, count: i64) -> Result<Self, InvalidValue> {
        Self::new(first, later(first, count.max(1).saturating_sub(1))?)
    }

    /// The first day.
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day.
    pub const fn last(self) -> NaiveDate {
        self.last
    }

    /// How many days there are, at least one.
    pub fn count(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    /// As many days, so many days later, or earlier if that is negative.
    ///
    /// # Errors
    /// [`InvalidValue::DateOutOfRange`].
    pub fn moved(self, days: i64) -> Result<Self, InvalidValue> {
        Self::starting(later(self.first, days)?, self.count())
    }

    /// `Tue 24 Nov, all day`, or `Tue 24 Nov – Thu 26 Nov, all day`; with the year where it is not that of `today`.
    pub fn words(self, today: NaiveDate) -> String {
        let first = clock::day(self.first, today);
        if self.first == self.last {
            return format!("{first}, all day");
        }
        format!("{first} – {}, all day", clock::day(self.last, today))
    }

    /// When the first day begins in a zone, and when the last one ends there.
    pub fn in_zone(self, zone: Zone) -> (DateTime<Utc>, DateTime<Utc>) {
        (zone.day_start(self.first), zone.day_start(self.last + TimeDelta::days(1)))
    }

    /// When the first day begins anywhere on earth, and when the last one has ended everywhere.
    pub fn anywhere(self) -> (DateTime<Utc>, DateTime<Utc>) {
        (first_begin(self.first), last_end(self.last))
    }
}

/// When a day begins anywhere on earth.
pub fn first_begin(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - FARTHEST
}

/// When a day has ended everywhere on earth.
pub fn last_end(day: NaiveDate) -> DateTime<Utc> {
    (day + TimeDelta::days(1)).and_time(NaiveTime::MIN).and_utc() + FARTHEST
}

fn later(day: NaiveDate, days: i64) -> Result<NaiveDate, InvalidValue> {
    TimeDelta::try_days(days).and_then(|by| day.checked_add_signed(by)).ok_or(InvalidValue::DateOutOfRange)
}

impl TryFrom<Bounds> for Days {
    type Error = InvalidValue;

    fn try_from(bounds: Bounds) -> Result<Self, InvalidValue> {
        Self::new(bounds.first, bounds.last)
    }
}

/// When a block takes place: from one moment to another one, or all day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Parts")]
pub enum When {
    /// At a time.
    Span(Span),
    /// All day.
    Days(Days),
}

/// The fields of a [`When`] in JSON: those of a span, or those of days.
#[derive(Deserialize)]
struct Parts {
    #[serde(default, deserialize_with = "clock::optional_instant")]
    start: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "clock::optional_instant")]
    end: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "clock::optional_date")]
    first: Option<NaiveDate>,
    #[serde(default, deserialize_with = "clock::optional_date")]
    last: Option<NaiveDate>,
}

impl When {
    /// Its time, unless it is all day.
    pub const fn span(self) -> Option<Span> {
        match self {
            Self::Span(span) => Some(span),
            Self::Days(_) => None,
        }
    }

    /// Its days, if it is all day.
    pub const fn days(self) -> Option<Days> {
        match self {
            Self::Span(_) => None,
            Self::Days(days) => Some(days),
        }
    }

    /// When it begins and ends in a zone.
    pub fn in_zone(self, zone: Zone) -> (DateTime<Utc>, DateTime<Utc>) {
        match self {
            Self::Span(span) => (span.start(), span.end()),
            Self::Days(days) => days.in_zone(zone),
        }
    }

    /// The bounds by which blocks are in order and are found, whatever the zone: what is all day has those of its days
    /// [anywhere](Days::anywhere). So it comes before everything that has a time on its first day.
    pub fn bounds(self) -> (DateTime<Utc>, DateTime<Utc>) {
        match self {
            Self::Span(span) => (span.start(), span.end()),
            Self::Days(days) => days.anywhere(),
        }
    }
}

impl TryFrom<Parts> for When {
    type Error = InvalidValue;

    fn try_from(parts: Parts) -> Result<Self, InvalidValue> {
        match (parts.start.zip(parts.end), parts.first.zip(parts.last)) {
            (Some((start, end)), _) => Span::new(start, end).map(Self::Span),
            (None, Some((first, last))) => Days::new(first, last).map(Self::Days),
            (None, None) => Err(InvalidValue::EndNotAfterStart),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(first: &str, last: &str) -> Result<Days, InvalidValue> {
        Days::new(date(first), date(last))
    }

    #[test]
    fn days_keep_to_their_limits() {
        assert_eq!(days("2026-05-04", "2026-05-03"), Err(InvalidValue::LastDayBeforeFirst));
        assert_eq!(days("2024-01-01", "2024-12-31").map(Days::count), Ok(366));
        assert_eq!(days("2024-01-01", "2025-01-01"), Err(InvalidValue::TooManyDays));
        assert_eq!(days("1969-12-31", "1970-01-01"), Err(InvalidValue::DateOutOfRange));
        assert_eq!(days("2200-12-31", "2201-01-01"), Err(InvalidValue::DateOutOfRange));
        let one = days("2026-05-03", "2026-05-03").unwrap();
        assert_eq!((one.count(), Days::starting(date("2026-05-03"), 0)), (1, Ok(one)), "at least one");
        assert_eq!(one.moved(-3), days("2026-04-30", "2026-04-30"));
        assert_eq!(one.moved(i64::MAX), Err(InvalidValue::DateOutOfRange));
    }

    #[test]
    fn days_are_those_of_the_zone_and_within_those_of_any_zone() {
        let days = days("2026-03-28", "2026-03-29").unwrap();
        // The clocks go forward on the second one.
        let (start, end) = days.in_zone(Zone::new("Europe/Oslo").unwrap());
        assert_eq!((start.to_string(), (end - start).num_hours()), ("2026-03-27 23:00:00 UTC".to_owned(), 47));
        let (first, last) = days.anywhere();
        for name in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Oslo", "UTC"] {
            let (start, end) = days.in_zone(Zone::new(name).unwrap());
            assert!(first <= start && end <= last, "{name}");
        }
        assert_eq!(days.in_zone(Zone::new("Pacific/Kiritimati").unwrap()).0, first);
    }

    #[test]
    fn a_time_and_days_are_told_apart_by_their_fields() {
        for text in [
            r#"{"start":"2026-05-03T08:00:00Z","end":"2026-05-03T09:00:00Z"}"#,
            r#"{"first":"2026-05-03","last":"2026-05-05"}"#,
        ] {
            let when: When = json::read_text(text).unwrap();
            assert_eq!(serde_json::to_string(&when).unwrap(), text);
            assert_eq!(serde_json::from_str::<When>(text).unwrap(), when);
            assert_eq!(when.span().is_some(), when.days().is_none());
        }
        for text in ["{}", r#"{"first":"2026-05-03"}"#, r#"{"first":"2026-05-05","last":"2026-05-03"}"#] {
            assert!(json::read_text::<When>(text).is_err(), "{text}");
        }
    }
}
