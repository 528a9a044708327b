//! Real hours and minutes after a wall-clock time. "In 2 hours" is two hours later on a stopwatch, even if the clocks change
//! in between.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use flux_timeline::{Zone, clock};

/// A wall-clock time, with the instant if the wall-clock time alone is ambiguous.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// The wall-clock time.
    pub wall: NaiveDateTime,
    /// When the clocks are set back, a time occurs twice, and tools take the first. This is the second one, if it is meant.
    second: Option<DateTime<Utc>>,
}

impl Moment {
    /// A wall-clock time. If it occurs twice, the first is meant.
    pub const fn at(wall: NaiveDateTime) -> Self {
        Self { wall, second: None }
    }

    /// The time that is `minutes` real minutes after a wall-clock time in `zone`.
    pub fn after(start: NaiveDateTime, minutes: i64, zone: Zone) -> Self {
        let Some(instant) = zone.instant(start).checked_add_signed(TimeDelta::minutes(minutes)) else {
            return Self::at(start);
        };
        let wall = zone.wall(instant);
        Self { wall, second: (zone.instant(wall) != instant).then_some(instant) }
    }

    /// The time as text that tools accept: the wall-clock time, or the instant in UTC if the wall-clock time is ambiguous.
    pub fn argument(self) -> String {
        match self.second {
            Some(instant) => format!("{}Z", clock::wall(instant.naive_utc())),
            None => clock::wall(self.wall),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_real_hours_when_the_clocks_change() {
        for (zone, start, minutes, argument) in [
            ("Europe/Oslo", "2026-03-29T01:30:00", 120, "2026-03-29T04:30"),
            ("Europe/Oslo", "2026-03-02T10:00:00", 120, "2026-03-02T12:00"),
            ("America/New_York", "2026-11-01T00:30:00", 60, "2026-11-01T01:30"),
            ("America/New_York", "2026-11-01T00:30:00", 120, "2026-11-01T06:30Z"),
            ("America/New_York", "2026-11-01T00:30:00", 180, "2026-11-01T02:30"),
            ("Asia/Tokyo", "2026-03-29T01:30:00", 120, "2026-03-29T03:30"),
        ] {
            let moment = Moment::after(start.parse().unwrap(), minutes, Zone::new(zone).unwrap());
            assert_eq!(moment.argument(), argument, "{zone} {start} + {minutes}");
        }
    }
}
