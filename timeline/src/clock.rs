//! Dates and times as text.
//!
//! This module reads and writes the few forms that Temporal Flux uses. The format strings of chrono could do it, but their
//! interpreter takes as much space in the Worker as all the tools together.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A clock of 12 or 24 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HourFormat {
    /// `20:00`.
    #[default]
    #[serde(rename = "24h")]
    Hours24,
    /// `8:00 PM`.
    #[serde(rename = "12h")]
    Hours12,
}

impl HourFormat {
    /// Reads `24h` or `12h`.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "24h" => Some(Self::Hours24),
            "12h" => Some(Self::Hours12),
            _ => None,
        }
    }
}

/// `2026-11-24T08:00`, the form in which models write times.
pub fn wall(time: NaiveDateTime) -> String {
    format!("{}T{}", iso_date(time.date()), hours(time.time()))
}

/// `2026-11-24`.
pub fn iso_date(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// `08:00`.
pub fn hours(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `08:00` or `8:00 AM`, for people. Midnight is `12:00 AM`, noon is `12:00 PM`.
pub fn time(time: NaiveTime, format: HourFormat) -> String {
    match format {
        HourFormat::Hours24 => hours(time),
        HourFormat::Hours12 => {
            let (is_pm, hour) = time.hour12();
            format!("{hour}:{:02} {}", time.minute(), if is_pm { "PM" } else { "AM" })
        }
    }
}

/// `Tue 24 Nov`, with the year if it differs from that of `today`.
pub fn day(date: NaiveDate, today: NaiveDate) -> String {
    let month = month(date).get(..3).unwrap_or_default();
    let short = format!("{} {} {month}", date.weekday(), date.day());
    if date.year() == today.year() { short } else { format!("{short} {}", date.year()) }
}

/// The month's English name.
pub fn month(date: NaiveDate) -> &'static str {
    MONTHS.get(date.month0() as usize).copied().unwrap_or_default()
}

/// The weekday's English name.
pub fn weekday(date: NaiveDate) -> &'static str {
    weekday_name(date.weekday())
}

/// The English name of a day of the week, in full.
pub fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS.get(day.num_days_from_monday() as usize).copied().unwrap_or_default()
}

/// `45 min`, `1 h 30 min`, `2 days 3 h`.
pub fn length(length: TimeDelta) -> String {
    let minutes = length.num_minutes().max(0);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let mut parts = Vec::new();
    match days {
        0 => {}
        1 => parts.push("1 day".to_owned()),
        _ => parts.push(format!("{days} days")),
    }
    if hours > 0 {
        parts.push(format!("{hours} h"));
    }
    if minutes > 0 || parts.is_empty() {
        parts.push(format!("{minutes} min"));
    }
    parts.join(" ")
}

/// The minutes of a length, rounded up.
pub fn minutes_up(length: TimeDelta) -> i64 {
    let whole = length.num_minutes();
    whole + i64::from(length > TimeDelta::minutes(whole))
}

/// Reads `2026-11-24`.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    if parts.next().is_some() { None } else { date }
}

/// Reads `2026-11-24T08:00`. Seconds may follow; fractions of a second may follow them and are ignored.
pub fn read_wall(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = whole.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| number(second, 2))?;
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let time = NaiveTime::from_hms_opt(hour, minute, second).filter(|_| parts.next().is_none() && digits)?;
    Some(read_date(date)?.and_time(time))
}

/// A number with exactly this many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// For `deserialize_with`: a wall-clock time.
///
/// # Errors
/// If the text is not one.
pub fn wall_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    read_wall(&text).ok_or_else(|| serde::de::Error::custom("expected a wall-clock time"))
}

/// For `serialize_with`: a wall-clock time as [`wall`] writes it.
///
/// # Errors
/// The errors of the serializer.
pub fn serialize_wall<S: Serializer>(time: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&wall(*time))
}

/// For `deserialize_with`: a wall-clock time or `null`.
///
/// # Errors
/// If the value is neither.
pub fn optional_wall_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDateTime>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| read_wall(&text).ok_or_else(|| serde::de::Error::custom("expected a wall-clock time"));
    text.map(read).transpose()
}

/// For `deserialize_with`: an instant as in RFC 3339.
///
/// # Errors
/// If the text is not one.
pub fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    read_instant(&text).ok_or_else(|| serde::de::Error::custom("expected a time of RFC 3339"))
}

/// Reads an instant as in RFC 3339.
pub fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc())
}

/// For `deserialize_with` together with `default`: an instant or `null`.
///
/// # Errors
/// As [`instant`].
pub fn optional_instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Instant(#[serde(deserialize_with = "instant")] DateTime<Utc>);
    Ok(Option::<Instant>::deserialize(deserializer)?.map(|instant| instant.0))
}

/// For `deserialize_with`: a calendar date.
///
/// # Errors
/// If the text is not one.
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    optional_date(deserializer)?.ok_or_else(|| serde::de::Error::custom("expected a calendar date"))
}

/// For `deserialize_with` together with `default`: a calendar date or `null`.
///
/// # Errors
/// If the value is neither.
pub fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| read_date(&text).ok_or_else(|| serde::de::Error::custom("expected a calendar date"));
    text.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use proptest::prelude::*;

    proptest! {
        /// The results are the same as those of chrono's format strings.
        #[test]
        fn as_chrono_does(seconds in 0i64..7_258_118_400) {
            let time = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
            prop_assert_eq!(wall(time), time.format("%Y-%m-%dT%H:%M").to_string());
            prop_assert_eq!(day(time.date(), NaiveDate::MIN), time.format("%a %-d %b %Y").to_string());
            prop_assert_eq!(day(time.date(), time.date()), time.format("%a %-d %b").to_string());
            prop_assert_eq!(super::time(time.time(), HourFormat::Hours24), time.format("%H:%M").to_string());
            prop_assert_eq!(super::time(time.time(), HourFormat::Hours12), time.format("%-I:%M %p").to_string());
            prop_assert_eq!(month(time.date()), time.format("%B").to_string());
            prop_assert_eq!(weekday(time.date()), time.format("%A").to_string());
            prop_assert_eq!(read_wall(&time.format("%Y-%m-%dT%H:%M:%S").to_string()), Some(time));
        }
    }

    #[test]
    fn a_day_of_twelve_hours_begins_and_turns_at_twelve() {
        for (text, expected) in [
            ("00:00", "12:00 AM"),
            ("08:05", "8:05 AM"),
            ("12:00", "12:00 PM"),
            ("13:00", "1:00 PM"),
            ("23:59", "11:59 PM"),
        ] {
            let wall = read_wall(&format!("2026-11-24T{text}")).unwrap();
            assert_eq!(time(wall.time(), HourFormat::Hours12), expected);
            assert_eq!(time(wall.time(), HourFormat::Hours24), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "T",
            "2026-11-24",
            "2026-11-24T",
            "2026-11-24T8:00",
            "2026-11-24T08:00:00:00",
            "2026-02-30T08:00",
            "2026-11-24T24:00",
            "2026-11-24T08:00:00.x",
            "+026-11-24T08:00",
        ] {
            assert_eq!(read_wall(text), None, "{text}");
        }
        assert!(read_wall("2026-11-24T08:00:00.250").is_some());
        assert_eq!(read_date("2026-11-24-01"), None);
    }

    #[test]
    fn lengths_are_told_in_the_largest_units() {
        for (minutes, words) in [
            (0, "0 min"),
            (45, "45 min"),
            (60, "1 h"),
            (90, "1 h 30 min"),
            (1_440, "1 day"),
            (3_065, "2 days 3 h 5 min"),
        ] {
            assert_eq!(length(TimeDelta::minutes(minutes)), words);
        }
    }

    #[test]
    fn hour_formats_are_read_as_they_are_written() {
        for format in [HourFormat::Hours24, HourFormat::Hours12] {
            let text = serde_json::to_value(format).unwrap();
            assert_eq!(text.as_str().and_then(HourFormat::read), Some(format));
            assert_eq!(json::read_text(&text.to_string()), Ok(format));
        }
        assert_eq!(HourFormat::read("12"), None);
    }
}
