//! How far blocks are moved.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock;
use crate::days::When;
use crate::invalid::InvalidValue;
use crate::span::Span;
use crate::zone::Zone;

/// A distance in days of the calendar and minutes of the clock. Negative means earlier.
///
/// The two are different: a block at 08:00 that is moved by a day is at 08:00 even if the clocks change in between, and a block
/// that is moved by 1,440 minutes is then at 07:00 or 09:00.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Distance {
    /// The days.
    pub days: i64,
    /// The minutes.
    pub minutes: i64,
}

impl Distance {
    /// A distance in days.
    pub const fn days(days: i64) -> Self {
        Self { days, minutes: 0 }
    }

    /// A distance in minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self { days: 0, minutes }
    }

    /// Whether it moves nothing.
    pub const fn is_zero(self) -> bool {
        self.days == 0 && self.minutes == 0
    }

    /// The distance if each day had 24 hours. `None` if that is out of range.
    pub fn nominal(self) -> Option<TimeDelta> {
        TimeDelta::try_days(self.days)?.checked_add(&TimeDelta::try_minutes(self.minutes)?)
    }

    /// What takes place at a time is [moved](Self::moved) in a zone, and what is all day by the days alone.
    ///
    /// # Errors
    /// [`InvalidValue::DateOutOfRange`].
    pub fn moved_in(self, when: When, zone: Zone) -> Result<When, InvalidValue> {
        match when {
            When::Span(span) => self.moved(span, zone).map(When::Span),
            When::Days(days) => days.moved(self.days).map(When::Days),
        }
    }

    /// A span of the same length whose start is moved: first by the days, to the same time of day in `zone`, then by the minutes.
    ///
    /// # Errors
    /// [`InvalidValue::DateOutOfRange`].
    pub fn moved(self, span: Span, zone: Zone) -> Result<Span, InvalidValue> {
        let day = |start: DateTime<Utc>| {
            if self.days == 0 {
                return Some(start);
            }
            zone.wall(start).checked_add_signed(TimeDelta::try_days(self.days)?).map(|wall| zone.instant(wall))
        };
        let start = day(span.start()).and_then(|day| day.checked_add_signed(TimeDelta::try_minutes(self.minutes)?));
        Span::starting(start.ok_or(InvalidValue::DateOutOfRange)?, span.length())
    }

    /// `1 h 30 min later`, `7 days earlier`.
    pub fn words(self) -> String {
        let nominal = self.nominal().unwrap_or_default();
        format!("{} {}", clock::length(nominal.abs()), if nominal < TimeDelta::zero() { "earlier" } else { "later" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_keep_the_time_of_day_and_minutes_the_time_that_passes() {
        let oslo = Zone::new("Europe/Oslo").unwrap();
        // 08:00 on the day before the clocks go forward.
        let span = Span::new(at("2026-03-28T07:00:00Z"), at("2026-03-28T08:00:00Z")).unwrap();
        let start = |distance: Distance| distance.moved(span, oslo).unwrap().start();
        assert_eq!(start(Distance::days(1)), at("2026-03-29T06:00:00Z"));
        assert_eq!(start(Distance::days(7)), at("2026-04-04T06:00:00Z"));
        assert_eq!(start(Distance::minutes(1_440)), at("2026-03-29T07:00:00Z"));
        assert_eq!(start(Distance { days: 1, minutes: -90 }), at("2026-03-29T04:30:00Z"));
        assert_eq!(Distance::days(1).moved(span, oslo).unwrap().length(), span.length());
    }

    #[test]
    fn a_distance_that_leads_out_of_the_calendar_is_refused() {
        let span = Span::new(at("2026-03-28T07:00:00Z"), at("2026-03-28T08:00:00Z")).unwrap();
        for distance in [Distance::days(200 * 366), Distance::days(i64::MAX), Distance::minutes(i64::MIN)] {
            assert_eq!(distance.moved(span, Zone::UTC), Err(InvalidValue::DateOutOfRange), "{distance:?}");
        }
    }

    #[test]
    fn distances_have_a_direction() {
        assert_eq!(Distance::minutes(90).words(), "1 h 30 min later");
        assert_eq!(Distance { days: -7, minutes: 30 }.words(), "6 days 23 h 30 min earlier");
    }
}
