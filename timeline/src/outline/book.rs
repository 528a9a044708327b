//! The days of a person, and the search for a session's time in a week of them.

use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::days_until;
use crate::free_time::{Days, FreeDay, MINUTE, Search, Stretch, Windows, instant as utc, on_grid};
use crate::place::{Horizon, SHORTEST_TASK};
use crate::span::Span;
use crate::zone::Zone;

/// How much farther away a day beside another session counts when one is looked for that keeps a day of rest.
const BESIDE: TimeDelta = TimeDelta::days(3);

/// The days of a person from the beginning of a horizon to its deadline, and what is free of them.
pub(super) struct Book<'a> {
    pub horizon: &'a Horizon,
    pub windows: Windows,
    /// Those that have hours, by time.
    pub days: Vec<FreeDay>,
}

/// A time that a session should have, by the clock on the wall.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub date: NaiveDate,
    pub start: NaiveTime,
    /// The length of the session.
    pub length: TimeDelta,
}

impl<'a> Book<'a> {
    /// The days around `busy` blocks. None without a deadline.
    pub fn new(busy: &[Span], horizon: &'a Horizon) -> Self {
        let until = horizon.deadline.unwrap_or(horizon.not_before);
        let search = Search {
            zone: horizon.zone,
            hours: horizon.hours,
            break_minutes: horizon.break_minutes,
            from: horizon.not_before,
            until: Some(until),
            days: days_until(horizon, until),
            shortest: TimeDelta::minutes(SHORTEST_TASK.into()),
        };
        let windows = horizon.windows();
        Self { horizon, windows, days: Days::new(busy, &search).within(windows).collect() }
    }

    /// The Mondays of the first and the last week that have a day with hours.
    pub fn weeks(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((monday(self.days.first()?.date()), monday(self.days.last()?.date())))
    }

    /// The days from one date to another, the latter excluded, as indexes.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> Range<usize> {
        let before = |date: NaiveDate| self.days.partition_point(|day| day.date() < date);
        before(from)..before(to)
    }

    /// Takes the free time that is nearest to a wanted one in the week that begins on `monday`, on a day without one of the `others`. Another day
    /// than the wanted one counts as farther away if it is beside one of them. `None` if the week has no room.
    pub fn take_nearest(&mut self, monday: NaiveDate, wanted: Wanted, others: &[NaiveDate]) -> Option<Span> {
        let zone = self.horizon.zone;
        let at = wanted.date.and_time(wanted.start);
        let mut best: Option<(TimeDelta, usize, i64)> = None;
        let week = self.between(monday, monday + TimeDelta::weeks(1));
        for (index, day) in self.days.iter().enumerate().take(week.end).skip(week.start) {
            let date = day.date();
            let on_date = on_grid(instant(date, wanted.start, zone));
            let start = day.nearest(on_date, wanted.length.num_milliseconds());
            let Some(start) = start.filter(|_| !others.contains(&date)) else { continue };
            // By the clock, because a day on which the clocks change is not as long as others.
            let far = (zone.wall(utc(start)) - at).abs();
            let is_beside = others.iter().any(|other| (*other - date).num_days().abs() == 1);
            let far = if is_beside && date != wanted.date { far + BESIDE } else { far };
            if best.is_none_or(|(least, ..)| far < least) {
                best = Some((far, index, start));
            }
        }
        let (_, index, start) = best?;
        let span = Span::starting(utc(start), wanted.length).ok()?;
        self.take(index, span);
        Some(span)
    }

    fn take(&mut self, index: usize, span: Span) {
        let pause = i64::from(self.horizon.break_minutes) * MINUTE;
        let taken =
            Stretch { start: span.start().timestamp_millis() - pause, end: span.end().timestamp_millis() + pause };
        // The break can reach into the days around it, if hours begin or end at midnight.
        for day in self.days.iter_mut().skip(index.saturating_sub(1)).take(3) {
            day.cut(taken);
        }
    }
}

/// A time of a date by the clock, in milliseconds since 1970.
pub(super) fn instant(date: NaiveDate, time: NaiveTime, zone: Zone) -> i64 {
    zone.instant(date.and_time(time)).timestamp_millis()
}

/// The first day of the week of a date.
pub(super) fn monday(date: NaiveDate) -> NaiveDate {
    date - TimeDelta::days(date.weekday().num_days_from_monday().into())
}

/// The date of an instant in the person's zone.
pub(super) fn date(instant: DateTime<Utc>, horizon: &Horizon) -> NaiveDate {
    horizon.zone.wall(instant).date()
}
