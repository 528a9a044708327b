//! Moving a block and giving it another length, by hand or by keys. Pure.
//!
//! All calculations use wall-clock time: a block that is moved by a day keeps its time of day when the clocks change.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike, Utc};
use flux_timeline::command::BlockUpdate;
use flux_timeline::{Days, Distance, Span, When, Zone};

/// Times are rounded to a multiple of this, in minutes.
pub const SNAP_MINUTES: i64 = 15;

/// Which part of a block is dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grip {
    /// The whole block: it moves.
    Whole,
    /// Its start: its length changes.
    Start,
    /// Its end.
    End,
}

/// The times of a block after a drag. The edge that moves snaps to a quarter of an hour, and no block becomes shorter than
/// that. If the result is not a valid time, the block keeps its times.
pub fn pulled(span: Span, grip: Grip, pull: Distance, zone: Zone) -> Span {
    if pull.is_zero() {
        return span;
    }
    let moved = |edge: DateTime<Utc>| zone.wall(edge).checked_add_signed(pull.nominal()?);
    let to = |edge: DateTime<Utc>| Some(zone.instant(snapped(moved(edge)?)));
    let shortest = TimeDelta::minutes(SNAP_MINUTES);
    let place = match grip {
        Grip::Whole => to(span.start()).map(|start| Span::starting(start, span.length())),
        Grip::Start => to(span.start()).map(|start| Span::new(start.min(span.end() - shortest), span.end())),
        Grip::End => to(span.end()).map(|end| Span::new(span.start(), end.max(span.start() + shortest))),
    };
    place.and_then(Result::ok).unwrap_or(span)
}

/// The days of an all-day block after a key was pressed: the whole moves by days, and its end by a day for each step of minutes. `None` if
/// that does nothing, or is not possible.
pub fn pulled_days(days: Days, grip: Grip, pull: Distance) -> Option<Days> {
    let moved = match grip {
        Grip::Whole => days.moved(pull.days),
        Grip::Start | Grip::End => Days::starting(days.first(), days.count() + pull.minutes.signum()),
    };
    moved.ok().filter(|moved| *moved != days)
}

/// The nearest quarter of an hour.
pub fn snapped(time: NaiveDateTime) -> NaiveDateTime {
    let minutes = i64::from(time.hour() * 60 + time.minute());
    let nearest = (minutes + SNAP_MINUTES / 2).div_euclid(SNAP_MINUTES) * SNAP_MINUTES;
    time.date().and_hms_opt(0, 0, 0).map_or(time, |midnight| midnight + TimeDelta::minutes(nearest))
}

/// The move for a key that is pressed with Alt. With Shift as well, it moves only the end.
pub fn pull_of_key(key: &str) -> Option<Distance> {
    let pull = |days, minutes| Some(Distance { days, minutes });
    match key {
        "ArrowUp" => pull(0, -SNAP_MINUTES),
        "ArrowDown" => pull(0, SNAP_MINUTES),
        "ArrowLeft" => pull(-1, 0),
        "ArrowRight" => pull(1, 0),
        _ => None,
    }
}

/// The change that makes a block take place then. `None` if it does already.
pub fn move_to(before: Option<When>, after: When) -> Option<BlockUpdate> {
    match (before, after) {
        _ if before == Some(after) => None,
        (Some(When::Span(before)), When::Span(after)) => Some(move_span(before, after)),
        (_, When::Span(after)) => {
            Some(BlockUpdate { start: Some(after.start()), end: Some(after.end()), ..BlockUpdate::default() })
        }
        (_, When::Days(days)) => {
            Some(BlockUpdate { first_day: Some(days.first()), last_day: Some(days.last()), ..BlockUpdate::default() })
        }
    }
}

fn move_span(before: Span, after: Span) -> BlockUpdate {
    let is_moved = before.start() != after.start();
    let is_longer = before.length() != after.length();
    BlockUpdate {
        start: is_moved.then(|| after.start()),
        end: is_longer.then(|| after.end()),
        ..BlockUpdate::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::at;
    use super::*;

    fn span(start: &str, end: &str) -> Span {
        Span::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn a_dragged_block_snaps_to_quarters_of_an_hour() {
        let before = span("2026-11-24T08:05:00Z", "2026-11-24T09:05:00Z");
        let pull = |grip, days, minutes| pulled(before, grip, Distance { days, minutes }, Zone::UTC);
        assert_eq!(pull(Grip::Whole, 0, 7), span("2026-11-24T08:15:00Z", "2026-11-24T09:15:00Z"));
        assert_eq!(pull(Grip::Whole, -1, 0), span("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"));
        assert_eq!(pull(Grip::End, 0, 30), span("2026-11-24T08:05:00Z", "2026-11-24T09:30:00Z"));
        assert_eq!(pull(Grip::End, 0, -300), span("2026-11-24T08:05:00Z", "2026-11-24T08:20:00Z"));
        assert_eq!(pull(Grip::Start, 0, 300), span("2026-11-24T08:50:00Z", "2026-11-24T09:05:00Z"));
        assert_eq!(pull(Grip::Whole, 0, 0), before);
    }

    #[test]
    fn a_day_later_is_the_same_time_of_day_when_the_clocks_change() {
        let oslo = Zone::new("Europe/Oslo").unwrap();
        let before = span("2026-03-28T07:00:00Z", "2026-03-28T08:00:00Z");
        let after = pulled(before, Grip::Whole, Distance { days: 1, minutes: 0 }, oslo);
        assert_eq!(after, span("2026-03-29T06:00:00Z", "2026-03-29T07:00:00Z"));
    }

    #[test]
    fn an_impossible_move_changes_nothing() {
        let before = span("2200-12-31T08:00:00Z", "2200-12-31T09:00:00Z");
        assert_eq!(pulled(before, Grip::Whole, Distance { days: 1, minutes: 0 }, Zone::UTC), before);
        assert_eq!(pulled(before, Grip::End, Distance { days: 400, minutes: 0 }, Zone::UTC), before);
        assert_eq!(pulled(before, Grip::Whole, Distance { days: i64::from(i32::MAX), minutes: 0 }, Zone::UTC), before);
    }

    #[test]
    fn an_all_day_block_moves_and_ends_by_days() {
        let days = |first: &str, last: &str| Days::new(first.parse().unwrap(), last.parse().unwrap()).ok();
        let before = days("2026-11-24", "2026-11-25").unwrap();
        let pull = |grip, days, minutes| pulled_days(before, grip, Distance { days, minutes });
        assert_eq!(pull(Grip::Whole, -1, 0), days("2026-11-23", "2026-11-24"));
        assert_eq!(pull(Grip::End, 0, SNAP_MINUTES), days("2026-11-24", "2026-11-26"));
        assert_eq!(pull(Grip::End, 0, -SNAP_MINUTES), days("2026-11-24", "2026-11-24"));
        assert_eq!(pull(Grip::Whole, 0, SNAP_MINUTES), None, "it has no time of day");
        let one = days("2026-11-24", "2026-11-24").unwrap();
        assert_eq!(pulled_days(one, Grip::End, Distance { days: 0, minutes: -15 }), None, "at least one day");
    }

    #[test]
    fn only_what_changes_is_told() {
        let before = span("2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z");
        let move_to = |after: Span| move_to(Some(When::Span(before)), When::Span(after));
        assert_eq!(move_to(before), None);
        let moved = move_to(before.shifted(TimeDelta::minutes(30)).unwrap()).unwrap();
        assert_eq!((moved.start, moved.end), (Some(at("2026-11-24T08:30:00Z")), None));
        let longer = move_to(span("2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z")).unwrap();
        assert_eq!((longer.start, longer.end), (None, Some(at("2026-11-24T10:00:00Z"))));
    }
}
