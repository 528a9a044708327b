//! When a block reminds the person of itself.
//!
//! A reminder is a number of minutes before the start, which is [`ALL_DAY`] of the first day for an all-day block. A block has its own,
//! or those of the person's settings. The service keeps which ones have come (`agent/src/store/reminders.rs`); the log does not.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::free_time::DayTime;
use crate::invalid::InvalidValue;
use crate::limits;
use crate::zone::Zone;

/// The time of day of the first day from which the reminders of an all-day block count back.
pub const ALL_DAY: DayTime = DayTime::NINE;

/// Minutes before the start of a block: each at most once, the largest first. An empty list means that the block never reminds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reminders(Vec<u32>);

impl Reminders {
    /// Reminders so many minutes before the start, in any order. A repeated one counts once.
    ///
    /// # Errors
    /// [`InvalidValue::TooManyReminders`] beyond [`limits::REMINDERS`], [`InvalidValue::ReminderTooEarly`] beyond [`limits::REMINDER_MINUTES`].
    pub fn new(minutes: &[u32]) -> Result<Self, InvalidValue> {
        let mut list: Vec<u32> = Vec::new();
        for minutes in minutes.iter().copied() {
            if minutes > limits::REMINDER_MINUTES {
                return Err(InvalidValue::ReminderTooEarly { minutes });
            }
            let at = list.partition_point(|other| *other > minutes);
            if list.get(at) != Some(&minutes) {
                list.insert(at, minutes);
            }
        }
        if list.len() > limits::REMINDERS {
            return Err(InvalidValue::TooManyReminders { count: list.len() });
        }
        Ok(Self(list))
    }

    /// The minutes before the start, the largest first.
    pub fn minutes(&self) -> &[u32] {
        &self.0
    }

    /// Whether they are as [`Reminders::new`] makes them. What comes from a file may not be.
    pub(crate) fn is_valid(&self) -> bool {
        Self::new(&self.0).as_ref() == Ok(self)
    }

    /// `1 h and 10 min before`, `at the start`; empty if there are none.
    pub fn words(&self) -> String {
        let lengths: Vec<String> =
            self.0.iter().filter(|minutes| **minutes > 0).map(|minutes| clock::length(before(*minutes))).collect();
        let mut words = lengths.join(" and ");
        if !lengths.is_empty() {
            words += " before";
        }
        match (self.0.last(), lengths.is_empty()) {
            (Some(0), true) => "at the start".to_owned(),
            (Some(0), false) => words + " and at the start",
            _ => words,
        }
    }
}

/// Hours of each day in which reminders wait, by the person's clock. They can go over midnight.
///
/// Written as `{"from": "22:00", "to": "07:00"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// When they begin.
    pub from: DayTime,
    /// When they end.
    pub to: DayTime,
}

impl QuietHours {
    /// Hours from one time of day to another one.
    ///
    /// # Errors
    /// [`InvalidValue::QuietForNoTime`].
    pub fn new(from: DayTime, to: DayTime) -> Result<Self, InvalidValue> {
        if from.minutes() % 1_440 == to.minutes() % 1_440 {
            return Err(InvalidValue::QuietForNoTime);
        }
        Ok(Self { from, to })
    }

    /// When the quiet hours end in which `moment` lies; `None` if it lies outside of them.
    pub fn end_after(self, moment: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        let today = zone.wall(moment).date();
        if !(limits::FIRST_YEAR..=limits::LAST_YEAR).contains(&today.year()) {
            return None;
        }
        let at = |days: i64, time: DayTime| {
            let wall = (today + TimeDelta::days(days)).and_time(NaiveTime::MIN);
            zone.instant(wall + TimeDelta::minutes(time.minutes().into()))
        };
        let over_midnight = i64::from(self.to <= self.from);
        [-1, 0]
            .into_iter()
            .map(|day| (at(day, self.from), at(day + over_midnight, self.to)))
            .find(|(from, to)| *from <= moment && moment < *to)
            .map(|(_, to)| to)
    }
}

/// So many minutes.
pub(crate) fn before(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(minutes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_time(text: &str) -> DayTime {
        DayTime::read(text).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn reminders_are_in_order_each_once_and_bounded() {
        let minutes = |given: &[u32]| Reminders::new(given).map(|reminders| reminders.0);
        assert_eq!(minutes(&[10, 60, 10, 0]), Ok(vec![60, 10, 0]));
        assert_eq!(minutes(&[]), Ok(vec![]));
        assert_eq!(minutes(&[limits::REMINDER_MINUTES]), Ok(vec![10_080]));
        assert_eq!(minutes(&[10_081]), Err(InvalidValue::ReminderTooEarly { minutes: 10_081 }));
        assert_eq!(minutes(&[1, 2, 3, 4, 5, 6]), Err(InvalidValue::TooManyReminders { count: 6 }));
        assert!(!Reminders(vec![10, 60]).is_valid());
    }

    #[test]
    fn reminders_are_said_in_words() {
        for (minutes, words) in [
            (&[][..], ""),
            (&[0], "at the start"),
            (&[10], "10 min before"),
            (&[10, 90], "1 h 30 min and 10 min before"),
            (&[0, 10], "10 min before and at the start"),
        ] {
            assert_eq!(Reminders::new(minutes).unwrap().words(), words);
        }
    }

    #[test]
    fn quiet_hours_end_in_the_zone_also_over_midnight() {
        let oslo = Zone::new("Europe/Oslo").unwrap();
        let night = QuietHours::new(day_time("22:00"), day_time("07:00")).unwrap();
        let noon = QuietHours::new(day_time("12:00"), day_time("13:00")).unwrap();
        for (quiet, moment, end) in [
            (night, "2026-03-02T20:59:59Z", None),
            (night, "2026-03-02T21:00:00Z", Some("2026-03-03T06:00:00Z")),
            (night, "2026-03-03T05:59:59Z", Some("2026-03-03T06:00:00Z")),
            (night, "2026-03-03T06:00:00Z", None),
            // The clocks go forward in this night.
            (night, "2026-03-28T23:00:00Z", Some("2026-03-29T05:00:00Z")),
            (noon, "2026-03-02T11:30:00Z", Some("2026-03-02T12:00:00Z")),
            (noon, "2026-03-02T12:00:00Z", None),
        ] {
            assert_eq!(quiet.end_after(at(moment), oslo), end.map(at), "{moment}");
        }
        assert_eq!(QuietHours::new(day_time("00:00"), day_time("24:00")), Err(InvalidValue::QuietForNoTime));
    }
}
