//! Times, days and lengths in words. Pure.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use flux_timeline::clock::{self, month, weekday};
use flux_timeline::{Block, Days, HourFormat, Settings, Span, Status, When, Zone};

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

/// How times are shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// In which zone.
    pub zone: Zone,
    /// By 24 hours or by 12.
    pub hours: HourFormat,
}

impl Times {
    /// As the person has set.
    pub fn new(settings: &Settings) -> Self {
        Self { zone: settings.zone(), hours: settings.hour_format }
    }

    /// The wall-clock time.
    pub fn wall(self, instant: DateTime<Utc>) -> NaiveDateTime {
        self.zone.wall(instant)
    }

    /// The day that it is.
    pub fn date(self, instant: DateTime<Utc>) -> NaiveDate {
        self.wall(instant).date()
    }

    /// `08:00`.
    pub fn time(self, instant: DateTime<Utc>) -> String {
        clock::time(self.wall(instant).time(), self.hours)
    }

    /// `08:00`, of a full hour.
    pub fn hour(self, hour: u32) -> String {
        NaiveTime::from_hms_opt(hour, 0, 0).map_or_else(String::new, |time| clock::time(time, self.hours))
    }

    /// `08:00–09:00`; with the days where it does not lie within `day`.
    pub fn range(self, span: Span, day: NaiveDate) -> String {
        let (start, end) = (self.wall(span.start()), self.wall(span.end()));
        // A block up to midnight ends on its own day.
        let ends_at_midnight = end.date() == day.succ_opt().unwrap_or(day) && end.time() == NaiveTime::MIN;
        let hours = |wall: NaiveDateTime| clock::time(wall.time(), self.hours);
        if start.date() == day && (end.date() == day || ends_at_midnight) {
            return format!("{}–{}", hours(start), hours(end));
        }
        let side = |wall: NaiveDateTime| {
            if wall.date() == day { hours(wall) } else { format!("{} {}", clock::day(wall.date(), day), hours(wall)) }
        };
        format!("{} – {}", side(start), side(end))
    }

    /// When a block takes place, as [`range`](Self::range) or [`all_day`] says it.
    pub fn of(self, when: When, day: NaiveDate) -> String {
        match when {
            When::Span(span) => self.range(span, day),
            When::Days(days) => all_day(days, day),
        }
    }
}

/// `All day`, seen from one of the days; with the last day if there are several, and with the first one if that is another day.
pub fn all_day(days: Days, day: NaiveDate) -> String {
    match (days.first() == day, days.last() == day) {
        (true, true) => "All day".to_owned(),
        (true, false) => format!("All day until {}", clock::day(days.last(), day)),
        (false, _) => days.words(day),
    }
}

/// What follows a title that is read aloud, if the block is not open.
pub const fn spoken(status: Status) -> &'static str {
    match status {
        Status::Open => "",
        Status::Completed => ", done",
        Status::Missed => ", missed",
    }
}

/// `from Mon 2 Mar, due Fri 6 Mar`: the days on which a task that is not done can be done, and whether the last has passed. `None` if any
/// day will do.
pub fn days(block: &Block, today: NaiveDate) -> Option<(String, bool)> {
    if !block.is_to_do() {
        return None;
    }
    let first =
        block.not_before.filter(|first| *first > today).map(|first| format!("from {}", clock::day(first, today)));
    let due = block.due.map(|due| format!("due {}", clock::day(due, today)));
    let days = match (first, due) {
        (Some(first), Some(due)) => format!("{first}, {due}"),
        (first, due) => first.or(due)?,
    };
    Some((days, block.due.is_some_and(|due| due < today)))
}

/// `25 Nov`.
pub fn short_date(date: NaiveDate) -> String {
    let month = month(date);
    format!("{} {}", date.day(), month.get(..3).unwrap_or(month))
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
    fn the_days_of_a_task_are_told_while_it_is_to_be_done() {
        let mut task = super::super::testing::block(1, "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", true);
        let today = date("2026-11-24");
        assert_eq!(days(&task, today), None);
        task.due = Some(date("2026-11-27"));
        assert_eq!(days(&task, today), Some(("due Fri 27 Nov".to_owned(), false)));
        task.not_before = Some(date("2026-11-25"));
        assert_eq!(days(&task, today), Some(("from Wed 25 Nov, due Fri 27 Nov".to_owned(), false)));
        assert_eq!(days(&task, date("2026-11-28")), Some(("due Fri 27 Nov".to_owned(), true)));
        task.completed_at = Some(at("2026-11-24T08:00:00Z"));
        assert_eq!(days(&task, today), None);
    }

    #[test]
    fn a_range_includes_the_day_only_if_it_differs() {
        let times = Times { zone: Zone::new("Europe/Oslo").unwrap(), hours: HourFormat::Hours24 };
        let cases = [
            ("2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", "08:00–09:00"),
            ("2026-11-24T22:00:00Z", "2026-11-24T23:00:00Z", "23:00–00:00"),
            ("2026-11-24T21:00:00Z", "2026-11-25T05:00:00Z", "22:00 – Wed 25 Nov 06:00"),
            ("2026-11-23T21:00:00Z", "2026-11-24T05:00:00Z", "Mon 23 Nov 22:00 – 06:00"),
        ];
        for (start, end, words) in cases {
            assert_eq!(times.range(Span::new(at(start), at(end)).unwrap(), date("2026-11-24")), words);
        }
    }
}
