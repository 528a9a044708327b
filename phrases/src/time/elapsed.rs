//! Real hours and minutes from a wall-clock time on. "In 2 hours" is two hours later on a stopwatch, and when the clocks
//! change in between, the clock on the wall shows something else.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use flux_timeline::{Zone, clock};

/// A wall-clock time, and the instant where the time alone could mean another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// What the clock on the wall shows.
    pub wall: NaiveDateTime,
    /// Where the clocks are set back that time comes twice, and tools take the first.
    second: Option<DateTime<Utc>>,
}

impl Moment {
    /// A time as the clock on the wall shows it.
    pub const fn at(wall: NaiveDateTime) -> Self {
        Self { wall, second: None }
    }

    /// So many real minutes after a wall-clock time.
    pub fn after(start: NaiveDateTime, minutes: i64, zone: Zone) -> Self {
        let Some(instant) = zone.instant(start).checked_add_signed(TimeDelta::minutes(minutes)) else {
            return Self::at(start);
        };
        let wall = zone.wall(instant);
        Self { wall, second: (zone.instant(wall) != instant).then_some(instant) }
    }

    /// The time as an argument of a tool: wall clock where that is clear, else the instant.
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
