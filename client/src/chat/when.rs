//! Formatting the times of messages. Pure.

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use flux_timeline::clock;

use crate::timeline::words::Times;

/// The user's time format, time zone and current day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonsClock {
    /// The format and the time zone.
    pub times: Times,
    /// The current day in that time zone.
    pub today: NaiveDate,
}

/// `10:12`, `Yesterday, 10:12`, `Tue 24 Nov, 10:12`.
pub fn sent(at: DateTime<Utc>, clock: PersonsClock) -> String {
    let PersonsClock { times, today } = clock;
    let (date, time) = (times.date(at), times.time(at));
    if date == today { time } else { format!("{}, {time}", day(date, today)) }
}

/// `Today`, `Yesterday`, else `Tue 24 Nov`.
pub fn day(date: NaiveDate, today: NaiveDate) -> String {
    match (today - date).num_days() {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ => clock::day(date, today),
    }
}

/// `2026-11-24T09:12:33Z`, the machine-readable form.
pub fn instant(at: DateTime<Utc>) -> String {
    format!("{}:{:02}Z", clock::wall(at.naive_utc()), at.second())
}

/// For each message, given the times of all messages in order, the day that starts with it, if one does. The current
/// day is left out if no other day comes before it. A message without a time belongs to the day of the previous one.
pub fn days(sent: impl IntoIterator<Item = Option<DateTime<Utc>>>, clock: PersonsClock) -> Vec<Option<NaiveDate>> {
    let mut last = clock.today;
    let begins = sent.into_iter().map(|at| {
        let date = at.map(|at| clock.times.date(at)).filter(|date| *date != last)?;
        last = date;
        Some(date)
    });
    begins.collect()
}

#[cfg(test)]
mod tests {
    use flux_timeline::{HourFormat, Settings, Zone};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_is_shown_unless_it_is_today() {
        let times = Times { zone: Zone::new("Europe/Oslo").unwrap(), hours: HourFormat::Hours24 };
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let cases = [
            ("2026-11-25T09:12:00Z", "10:12"),
            // Midnight in the user's zone, not in UTC.
            ("2026-11-24T23:30:00Z", "00:30"),
            ("2026-11-24T22:30:00Z", "Yesterday, 23:30"),
            ("2026-11-23T09:12:00Z", "Mon 23 Nov, 10:12"),
            ("2025-11-24T09:12:00Z", "Mon 24 Nov 2025, 10:12"),
            ("2026-11-26T09:12:00Z", "Thu 26 Nov, 10:12"),
        ];
        for (instant, words) in cases {
            assert_eq!(sent(at(instant), PersonsClock { times, today }), words);
        }
        assert_eq!(instant(at("2026-11-24T09:12:03.250Z")), "2026-11-24T09:12:03Z");
    }

    #[test]
    fn a_day_starts_where_it_differs_from_the_previous_one() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let starts = |days: &[u32]| {
            let times = days.iter().map(|day| (*day > 0).then(|| at(&format!("2026-11-{day:02}T12:00:00Z"))));
            days_of(times.collect(), today)
        };
        assert_eq!(starts(&[25, 25]), [0, 0]);
        assert_eq!(starts(&[23, 0, 23, 24, 0, 25]), [23, 0, 0, 24, 0, 25]);
        assert_eq!(starts(&[0, 24]), [0, 24]);
    }

    fn days_of(times: Vec<Option<DateTime<Utc>>>, today: NaiveDate) -> Vec<u32> {
        use chrono::Datelike;
        days(times, PersonsClock { times: Times::new(&Settings::default()), today })
            .into_iter()
            .map(|day| day.map_or(0, |day| day.day()))
            .collect()
    }
}
