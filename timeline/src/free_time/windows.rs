//! When which kind of activity is placed: hours of each day of the week, which follow from the person's working hours.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{Slot, WorkingHours};
use crate::zone::Zone;

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
}

/// When a waking day begins, in minutes since midnight: 07:00. That is an hour earlier than free time is looked for when somebody asks for it,
/// because training before work must fit between getting up and work.
const UP: u16 = 7 * 60;
/// When a waking day ends: 22:00, as for questions about free time.
const DOWN: u16 = 22 * 60;
/// The time to get from work to something else and back, in minutes.
const WAY: u16 = 30;
/// When free time begins on a free Saturday or Sunday: 09:00.
const WEEKEND_FROM: u16 = 9 * 60;
/// When it ends: 20:00, so that the evening stays free.
const WEEKEND_TO: u16 = 20 * 60;
/// When the evening begins on another day that is not a working day, such as a Friday of somebody who works for four days: 18:00. What the person
/// does by day is not known.
const EVENING: u16 = 18 * 60;
/// A shorter window is not used.
const SHORTEST_WINDOW: u16 = 30;

/// From and to, in minutes since midnight. Empty if `from` is not before `to`.
type Window = (u16, u16);
const NONE: Window = (0, 0);

/// At most two windows on each day of the week, from Monday on. Those of a day are by time and do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows([[Window; 2]; 7]);

impl Windows {
    /// The windows of an activity for somebody with these working hours. If they leave none, as for somebody who works around the clock, these are
    /// the working hours.
    pub fn new(activity: Activity, hours: WorkingHours) -> Self {
        let (from, to) = (hours.from().minutes(), hours.to().minutes());
        let working = (from, to);
        let mut week = [[NONE; 2]; 7];
        for (day, windows) in (0u8..7).zip(&mut week) {
            let weekday = Weekday::try_from(day).unwrap_or(Weekday::Mon);
            let works = hours.days().any(|day| day == weekday);
            let before = (UP, from.saturating_sub(WAY));
            let after = (to.saturating_add(WAY), DOWN);
            let free = if day < 5 { (EVENING, DOWN) } else { (WEEKEND_FROM, WEEKEND_TO) };
            *windows = match activity {
                Activity::Work if works => [working, NONE],
                Activity::Work => [NONE, NONE],
                _ if !works => [free, NONE],
                Activity::Training => [before, after],
                Activity::Study => [after, NONE],
                Activity::Other => [working, after],
            };
            for window in windows {
                if window.0 + SHORTEST_WINDOW > window.1 && *window != working {
                    *window = NONE;
                }
            }
        }
        let is_empty = week.iter().flatten().all(|window| *window == NONE);
        if is_empty { Self::new(Activity::Work, hours) } else { Self(week) }
    }

    /// The windows of a day of the week, counted from Monday as 0, the preferred ones first: in the evening before in the morning.
    pub(crate) fn preferred(self, day: usize) -> impl Iterator<Item = Window> {
        self.0.into_iter().nth(day).unwrap_or_default().into_iter().rev().filter(|(from, to)| from < to)
    }

    /// The windows of a date, by time.
    pub(crate) fn on(self, date: NaiveDate, zone: Zone) -> impl Iterator<Item = Slot> {
        let day = date.weekday().num_days_from_monday() as usize;
        let windows = self.0.into_iter().nth(day).unwrap_or_default();
        windows.into_iter().filter_map(move |(from, to)| super::hours::slot(date, zone, from, to))
    }

    /// The length of the longest window on this day of the week, in minutes by the clock.
    pub(crate) fn longest_on(self, day: usize) -> u32 {
        self.preferred(day).map(|(from, to)| u32::from(to - from)).max().unwrap_or_default()
    }

    /// The length of the longest window, in minutes by the clock.
    pub(crate) fn longest(self) -> u32 {
        (0..7).map(|day| self.longest_on(day)).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::free_time::DayTime;

    fn said(activity: Activity, hours: WorkingHours, day: usize) -> String {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let windows = Windows::new(activity, hours).preferred(day);
        windows.map(|(from, to)| format!("{}–{}", time(from), time(to))).collect::<Vec<_>>().join(", ")
    }

    fn hours(days: &[Weekday], from: &str, to: &str) -> WorkingHours {
        WorkingHours::new(days, DayTime::read(from).unwrap(), DayTime::read(to).unwrap()).unwrap()
    }

    #[test]
    fn each_activity_has_its_hours() {
        let office = WorkingHours::default();
        for (activity, tuesday, saturday) in [
            (Activity::Training, "18:30–22:00, 07:00–08:30", "09:00–20:00"),
            (Activity::Study, "18:30–22:00", "09:00–20:00"),
            (Activity::Work, "09:00–18:00", ""),
            (Activity::Other, "18:30–22:00, 09:00–18:00", "09:00–20:00"),
        ] {
            assert_eq!(said(activity, office, 1), tuesday, "{activity:?}");
            assert_eq!(said(activity, office, 5), saturday, "{activity:?}");
        }
    }

    #[test]
    fn other_working_hours_move_them() {
        let early = hours(&[Weekday::Mon], "06:00", "14:00");
        assert_eq!(said(Activity::Training, early, 0), "14:30–22:00", "nobody is up before six");
        assert_eq!(said(Activity::Study, early, 2), "18:00–22:00", "a Wednesday that is not worked");
        let late = hours(&[Weekday::Mon, Weekday::Sat], "13:00", "22:00");
        assert_eq!(said(Activity::Training, late, 0), "07:00–12:30");
        assert_eq!(said(Activity::Study, late, 0), "", "work ends when the day does");
        assert_eq!(said(Activity::Study, late, 6), "09:00–20:00");
        assert_eq!(said(Activity::Study, late, 5), "", "a Saturday that is worked");
    }

    #[test]
    fn somebody_who_works_around_the_clock_does_all_of_it_then() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let always = hours(&[Mon, Tue, Wed, Thu, Fri, Sat, Sun], "00:00", "24:00");
        assert_eq!(said(Activity::Training, always, 3), "00:00–24:00");
    }

    #[test]
    fn working_hours_can_be_shorter_than_any_other_window() {
        assert_eq!(said(Activity::Work, hours(&[Weekday::Mon], "09:00", "09:10"), 0), "09:00–09:10");
    }
}
