//! The free stretches of each day.
//!
//! Days are computed one at a time, when they are asked for. So a search that stops early never looks at the later days,
//! and the busy blocks are walked through once.
//!
//! Instants are milliseconds since 1970 (UTC). Arithmetic on them needs no checks against overflow: spans lie in the
//! years 1970–2200, and a break is at most 8,200 years.

use std::collections::BinaryHeap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::{GRID_MINUTES, Search, Slot, Windows};
use crate::limits;
use crate::span::Span;
use crate::zone::Zone;

pub(crate) const MINUTE: i64 = 60_000;
const GRID: i64 = GRID_MINUTES as i64 * MINUTE;
/// The last millisecond of the year 2200, the last in which a span can lie.
const LAST: i64 = 7_289_654_399_999;

/// From `start` to `end`, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// The days of a search that have hours, earliest first.
pub(crate) struct Days {
    zone: Zone,
    windows: Windows,
    shortest: i64,
    /// Nothing before this is free.
    from: i64,
    /// Nothing after this is free.
    until: i64,
    /// The next date to look at.
    next: NaiveDate,
    /// The last date to look at.
    last: NaiveDate,
    /// The busy time, breaks included: by start, without overlaps.
    busy: Vec<Stretch>,
    /// How many of them end before the next day begins.
    passed: usize,
}

/// A day and what is free of it.
pub(crate) struct FreeDay {
    date: NaiveDate,
    /// From the beginning of its first hours to the end of its last.
    hours: Stretch,
    shortest: i64,
    /// What is free, by start. Each starts on the grid and is at least `shortest` long.
    free: Vec<Stretch>,
    /// The length of the longest of them.
    longest: i64,
}

impl Days {
    pub(crate) fn new(busy: &[Span], search: &Search) -> Self {
        let zone = search.zone;
        let from = millis_up(search.from).clamp(0, LAST);
        let until = search.until.map_or(LAST, |until| until.timestamp_millis().clamp(0, LAST));
        let first = zone.wall(instant(from)).date();
        let last = first.checked_add_days(chrono::Days::new(search.days.into())).unwrap_or(NaiveDate::MAX);
        Self {
            zone,
            windows: Windows::working(search.hours),
            shortest: search.shortest.num_milliseconds().max(1),
            from,
            until,
            next: first,
            last: last.min(zone.wall(instant(until)).date()),
            busy: merged(busy, i64::from(search.break_minutes) * MINUTE),
            passed: 0,
        }
    }

    /// The same days with other hours.
    pub(crate) fn within(self, windows: Windows) -> Self {
        Self { windows, ..self }
    }

    /// Nothing before this is free.
    pub(crate) const fn from(&self) -> i64 {
        self.from
    }

    /// The last date that is looked at.
    pub(crate) const fn last_date(&self) -> NaiveDate {
        self.last
    }

    /// Whether `until` ends the search, and not the number of days.
    pub(crate) fn ends_with_until(&self) -> bool {
        self.zone.wall(instant(self.until)).date() <= self.last
    }

    fn rest_of_busy(&self) -> &[Stretch] {
        self.busy.get(self.passed..).unwrap_or_default()
    }
}

impl Iterator for Days {
    type Item = FreeDay;

    fn next(&mut self) -> Option<FreeDay> {
        while self.next <= self.last {
            let date = self.next;
            self.next = date.succ_opt()?;
            let years = limits::FIRST_YEAR..=limits::LAST_YEAR;
            let mut free = Vec::new();
            for hours in self.windows.on(date, self.zone).filter(|_| years.contains(&date.year())) {
                let start = on_grid(hours.start.timestamp_millis().max(self.from));
                let end = hours.end.timestamp_millis().min(self.until);
                if end - start >= self.shortest {
                    free.push(Stretch { start, end });
                }
            }
            let Some((first, last)) = free.first().zip(free.last()) else { continue };
            let hours = Stretch { start: first.start, end: last.end };
            let mut day = FreeDay { date, hours, shortest: self.shortest, longest: longest(&free), free };
            self.passed += self.rest_of_busy().iter().take_while(|busy| busy.end <= hours.start).count();
            for busy in self.rest_of_busy().iter().take_while(|busy| busy.start < hours.end) {
                day.cut(*busy);
            }
            return Some(day);
        }
        None
    }
}

impl FreeDay {
    pub(crate) const fn date(&self) -> NaiveDate {
        self.date
    }

    /// The day's hours, within the bounds of the search.
    pub(crate) const fn hours(&self) -> Stretch {
        self.hours
    }

    /// The first start, on the grid and not before `earliest` (which is on it), at which so much is free.
    pub(crate) fn fit(&self, earliest: i64, length: i64) -> Option<i64> {
        if self.longest < length {
            return None;
        }
        let starts = self.free.iter().map(|free| (free.start.max(earliest), free.end));
        starts.filter(|(start, end)| start + length <= *end).map(|(start, _)| start).next()
    }

    /// The start, on the grid, that is nearest to `wanted` (which is on it), and at which so much is free.
    pub(crate) fn nearest(&self, wanted: i64, length: i64) -> Option<i64> {
        let long_enough = self.free.iter().filter(|free| free.end - free.start >= length);
        let last = |free: &Stretch| (free.end - length).div_euclid(GRID) * GRID;
        let starts = long_enough.map(|free| wanted.clamp(free.start, last(free)));
        starts.min_by_key(|start| (start - wanted).abs())
    }

    /// Leaves only the free time outside `taken`.
    pub(crate) fn cut(&mut self, taken: Stretch) {
        let mut rest = Vec::with_capacity(self.free.len() + 1);
        for free in &self.free {
            let before = Stretch { start: free.start, end: free.end.min(taken.start) };
            let after = Stretch { start: free.start.max(on_grid(taken.end)), end: free.end };
            rest.extend([before, after].into_iter().filter(|part| part.end - part.start >= self.shortest));
        }
        self.longest = longest(&rest);
        self.free = rest;
    }

    pub(crate) fn into_slots(self) -> impl Iterator<Item = Slot> {
        self.free.into_iter().map(|free| Slot { start: instant(free.start), end: instant(free.end) })
    }
}

fn longest(free: &[Stretch]) -> i64 {
    free.iter().map(|free| free.end - free.start).max().unwrap_or_default()
}

/// The spans with the break around each: by start, those that touch joined into one.
fn merged(spans: &[Span], pause: i64) -> Vec<Stretch> {
    let with_break = |span: &Span| Stretch {
        start: span.start().timestamp_millis() - pause,
        end: span.end().timestamp_millis() + pause,
    };
    // A heap sorts fast enough, and the Worker is 3 kB smaller than with the sort of the standard library.
    let mut stretches: Vec<Stretch> = spans.iter().map(with_break).collect::<BinaryHeap<_>>().into_sorted_vec();
    stretches.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    stretches
}

/// The next full five minutes. A multiple in UTC is one on the wall clock too: since 1972 all offsets are multiples of
/// five minutes.
pub(crate) fn on_grid(millis: i64) -> i64 {
    let over = millis.rem_euclid(GRID);
    if over == 0 { millis } else { millis + GRID - over }
}

/// An instant in milliseconds, rounded up, so that nothing starts a part of a millisecond too early.
fn millis_up(instant: DateTime<Utc>) -> i64 {
    let is_whole = instant.timestamp_subsec_nanos().is_multiple_of(1_000_000);
    instant.timestamp_millis() + i64::from(!is_whole)
}

pub(crate) fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use chrono_tz::TZ_VARIANTS;

    use super::*;

    #[test]
    fn the_last_instant_is_that_of_spans() {
        let span = |end| Span::new(instant(end - GRID), instant(end));
        assert!(span(LAST).is_ok());
        assert!(span(LAST + 1).is_err());
    }

    #[test]
    fn full_five_minutes_are_the_same_in_every_zone() {
        let first = DateTime::parse_from_rfc3339("1972-02-01T00:00:00Z").unwrap().timestamp_millis();
        for zone in TZ_VARIANTS.iter().filter_map(|zone| Zone::new(zone.name()).ok()) {
            for millis in (first..).step_by(20 * 86_400_000).take_while(|millis| *millis < 2_150_000_000_000) {
                let wall = zone.wall(instant(millis));
                assert_eq!((wall.minute() % 5, wall.second()), (0, 0), "{zone} {wall}");
            }
        }
    }
}
