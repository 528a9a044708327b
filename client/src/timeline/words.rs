//! Times, days and lengths in words. Pure.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use flux_tools::clock::{self, hours, month, weekday};
use flux_tools::{Span, Zone};

/// `Today`, `Tomorrow`, `Yesterday`, else `Wednesday`.
pub fn day_name(date: NaiveDate, today: NaiveDate) -> String {
    let name = match (date - today).num_days() {
        0 => "Today",
        1 => "Tomorrow",
        -1 => "Yesterday",
        _ => weekday(date),
    };
    name.to_owned()
}

/// `25 November`; with the weekday where the name of the day does not say it, with the year where it is another one.
pub fn day_date(date: NaiveDate, today: NaiveDate) -> String {
    let is_named = (-1..=1).contains(&(date - today).num_days());
    let weekday = if is_named { format!("{}, ", weekday(date)) } else { String::new() };
    format!("{weekday}{} {}{}", date.day(), month(date), year(date, today))
}

/// `08:00`.
pub fn time(instant: DateTime<Utc>, zone: Zone) -> String {
    hours(zone.wall(instant).time())
}

/// `08:00–09:00`; with the days where it does not lie within `day`.
pub fn range(span: Span, day: NaiveDate, zone: Zone) -> String {
    let (start, end) = (zone.wall(span.start()), zone.wall(span.end()));
    // A block up to midnight ends on its own day.
    let ends_at_midnight = end.date() == day.succ_opt().unwrap_or(day) && end.time() == NaiveTime::MIN;
    if start.date() == day && (end.date() == day || ends_at_midnight) {
        return format!("{}–{}", hours(start.time()), hours(end.time()));
    }
    let side = |wall: NaiveDateTime| {
        let hours = hours(wall.time());
        if wall.date() == day { hours } else { format!("{} {hours}", clock::day(wall.date(), day)) }
    };
    format!("{} – {}", side(start), side(end))
}

fn year(date: NaiveDate, today: NaiveDate) -> String {
    if date.year() == today.year() { String::new() } else { format!(" {}", date.year()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_named_from_today() {
        let today = date("2026-11-23");
        let cases = [
            ("2026-11-23", "Today", "Monday, 23 November"),
            ("2026-11-24", "Tomorrow", "Tuesday, 24 November"),
            ("2026-11-22", "Yesterday", "Sunday, 22 November"),
            ("2026-11-25", "Wednesday", "25 November"),
            ("2027-01-01", "Friday", "1 January 2027"),
        ];
        for (day, name, long) in cases {
            assert_eq!((day_name(date(day), today), day_date(date(day), today)), (name.to_owned(), long.to_owned()));
        }
    }

    #[test]
    fn a_range_tells_the_day_only_where_it_is_another_one() {
        let zone = Zone::new("Europe/Oslo").unwrap();
        let cases = [
            ("2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", "08:00–09:00"),
            ("2026-11-24T22:00:00Z", "2026-11-24T23:00:00Z", "23:00–00:00"),
            ("2026-11-24T21:00:00Z", "2026-11-25T05:00:00Z", "22:00 – Wed 25 Nov 06:00"),
            ("2026-11-23T21:00:00Z", "2026-11-24T05:00:00Z", "Mon 23 Nov 22:00 – 06:00"),
        ];
        for (start, end, words) in cases {
            assert_eq!(range(Span::new(at(start), at(end)).unwrap(), date("2026-11-24"), zone), words);
        }
    }
}
