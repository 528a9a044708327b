//! A range of a day that is drawn with the pointer in the week, for a new block. Pure.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use flux_timeline::Span;

use super::moving::SNAP_MINUTES;
use super::week::DAY_MINUTES;
use super::words::Times;

/// The height of a minute, in CSS pixels.
pub const MINUTE: f64 = 0.8;
/// How far the pointer must move until something is drawn or dragged, in CSS pixels. A shorter movement is a click.
pub const THRESHOLD: f64 = 4.0;

/// A range that is drawn on empty space for a new block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// The day.
    pub date: NaiveDate,
    /// The minute of the day at which the pointer was pressed.
    pub pressed: i64,
    /// Where that was.
    pub y: f64,
    /// The minute at which the pointer is.
    pub at: i64,
    /// Whether it is more than a click.
    pub is_moving: bool,
}

impl Drawn {
    /// The pointer is here now.
    #[must_use]
    pub fn follow(self, y: f64) -> Self {
        let is_moving = self.is_moving || (y - self.y).abs() > THRESHOLD;
        Self { at: self.pressed + minute_at(y - self.y), is_moving, ..self }
    }

    /// From when until when, in minutes of the day that are multiples of a quarter of an hour; at least one.
    pub fn range(self) -> (i64, i64) {
        let (first, last) = (self.pressed.min(self.at).max(0), self.pressed.max(self.at).min(DAY_MINUTES - 1));
        let from = first / SNAP_MINUTES * SNAP_MINUTES;
        (from, (last / SNAP_MINUTES + 1) * SNAP_MINUTES)
    }

    /// The range in words: `13:00–15:30`.
    pub fn words(self, times: Times) -> String {
        let (from, until) = self.range();
        let at = |minute| times.zone.instant(start_of(self.date) + TimeDelta::minutes(minute));
        Span::new(at(from), at(until)).map_or_else(|_| String::new(), |span| times.range(span, self.date))
    }
}

/// The midnight at which a day begins.
pub fn start_of(date: NaiveDate) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

/// The minutes that so many CSS pixels stand for.
#[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
pub fn minute_at(y: f64) -> i64 {
    (y / MINUTE) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_range_has_whole_quarters_in_either_direction() {
        let date = "2026-11-24".parse().unwrap();
        let drawn = |pressed: i64, at: i64| Drawn { date, pressed, y: 0.0, at, is_moving: true }.range();
        assert_eq!(drawn(13 * 60 + 2, 15 * 60 + 24), (13 * 60, 15 * 60 + 30));
        assert_eq!(drawn(15 * 60 + 24, 13 * 60 + 2), (13 * 60, 15 * 60 + 30), "from the end to the start");
        assert_eq!(drawn(600, 600), (600, 615));
        assert_eq!(drawn(1_430, 2_000), (1_425, 1_440), "a day ends at midnight");
        assert_eq!(drawn(10, -50), (0, 15));
    }

    #[test]
    fn a_range_begins_to_be_drawn_when_the_pointer_has_moved_far_enough() {
        let pressed = Drawn { date: "2026-11-24".parse().unwrap(), pressed: 600, y: 100.0, at: 600, is_moving: false };
        assert!(!pressed.follow(103.0).is_moving);
        let moved = pressed.follow(148.0);
        assert_eq!((moved.is_moving, moved.range()), (true, (600, 675)));
        assert!(moved.follow(100.0).is_moving, "it is still drawn when the pointer comes back");
    }
}
