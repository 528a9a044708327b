//! The days of the week and the hours at which sessions take place.

use std::cmp::Reverse;

use chrono::{Datelike, NaiveTime, TimeDelta};

use super::book::instant;
use super::split::distribute;
use crate::free_time::{FreeDay, GRID_MINUTES, MINUTE, Windows};
use crate::zone::Zone;

/// A start is looked for at intervals of this many minutes, from the beginning of each window on: 18:30, 19:00.
const STEP_MINUTES: u16 = 30;
/// The most days of the same weekday that are looked at: half a year.
const LOOKED_AT: usize = 26;

/// What is free as often as this is as good as what is always free.
const USUAL_PERCENT: usize = 75;

/// A time of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// The day of the week, from Monday as 0.
    pub day: usize,
    /// Minutes since midnight by the clock.
    pub start: u16,
    /// The length of the session, in minutes.
    pub minutes: u32,
}

impl Slot {
    /// The start by the clock.
    pub fn time(self) -> NaiveTime {
        NaiveTime::MIN + TimeDelta::minutes(self.start.into())
    }
}

/// A weekday on which a session can take place.
#[derive(Clone, Copy)]
struct Candidate {
    slot: Slot,
    /// On how many of the days that are looked at it is free, in percent. What is free on three of four days is as good as what is always free: a
    /// single trip should not move the sessions of all weeks.
    free_percent: usize,
}

/// Chooses the times of sessions of these lengths (the longer ones first, each at most the longest of some day), one on a day of the week, by day.
/// `longest` has the longest session of each day of the week, in minutes.
///
/// On each day, the start is the preferred one of those that are free in at least three of four weeks, or else the one that is free most often. As
/// many of the days as possible are such days; among these, the sessions are as far apart as possible, and then as often free as possible.
pub(super) fn pattern(days: &[FreeDay], windows: Windows, zone: Zone, longest: [u32; 7], lengths: &[u32]) -> Vec<Slot> {
    let level = lengths.first().copied().unwrap_or_default();
    let best_on = |(day, longest): (usize, u32)| candidate(days, windows, zone, day, longest.min(level));
    let candidates: Vec<Option<Candidate>> = (0..).zip(longest).map(best_on).collect();
    let chosen = |mask: u32| {
        candidates
            .iter()
            .enumerate()
            .filter(move |(day, _)| mask >> day & 1 == 1)
            .filter_map(|(_, candidate)| *candidate)
    };
    let distributed = |mask: u32| {
        let longest: Vec<u32> = chosen(mask).map(|candidate| candidate.slot.minutes).collect();
        distribute(lengths, &longest).filter(|_| mask.count_ones() as usize == lengths.len())
    };
    let score = |mask: &u32| {
        let usual = chosen(*mask).filter(|candidate| candidate.free_percent == USUAL_PERCENT).count();
        let free: usize = chosen(*mask).map(|candidate| candidate.free_percent).sum();
        (usual, shortest_gap(*mask), free, Reverse(*mask))
    };
    let best = (1u32..128).filter(|mask| distributed(*mask).is_some()).max_by_key(score).unwrap_or_default();
    let slots = chosen(best).zip(distributed(best).unwrap_or_default());
    slots.map(|(candidate, minutes)| Slot { minutes, ..candidate.slot }).collect()
}

/// The best start on a day of the week. `None` if no window is long enough.
fn candidate(days: &[FreeDay], windows: Windows, zone: Zone, day: usize, minutes: u32) -> Option<Candidate> {
    let same = |other: &&FreeDay| other.date().weekday().num_days_from_monday() as usize == day;
    let looked_at: Vec<&FreeDay> = days.iter().filter(same).take(LOOKED_AT).collect();
    let length = u16::try_from(minutes).ok()?;
    let mut best: Option<Candidate> = None;
    for (from, to) in windows.preferred(day).filter(|(from, to)| to - from >= length) {
        // Working hours can end off the grid on which free time begins.
        for start in (from.next_multiple_of(GRID_MINUTES)..=to - length).step_by(STEP_MINUTES.into()) {
            let slot = Slot { day, start, minutes };
            let free = looked_at.iter().filter(|day| is_free(day, slot, zone)).count();
            let free_percent = (free * 100).checked_div(looked_at.len()).unwrap_or_default().min(USUAL_PERCENT);
            if best.is_none_or(|best| free_percent > best.free_percent) {
                best = Some(Candidate { slot, free_percent });
            }
            if free_percent == USUAL_PERCENT {
                return best;
            }
        }
    }
    best
}

fn is_free(day: &FreeDay, slot: Slot, zone: Zone) -> bool {
    let start = instant(day.date(), slot.time(), zone);
    day.fit(start, i64::from(slot.minutes) * MINUTE) == Some(start)
}

/// The fewest days from one of the chosen days to the next, around the week.
fn shortest_gap(mask: u32) -> u32 {
    let days = || (0..7u32).filter(|day| mask >> day & 1 == 1);
    let next = |day: u32| (1..=7).find(|gap| mask >> ((day + gap) % 7) & 1 == 1).unwrap_or(7);
    days().map(next).min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::free_time::{Activity, Days, Search, WorkingHours};
    use crate::span::Span;

    /// The times of sessions in ten weeks in which these times of the week are taken: day, from and to, in minutes.
    fn times(count: usize, minutes: u32, activity: Activity, taken: &[(i64, i64, i64)]) -> Vec<(usize, u16)> {
        let monday = "2026-03-02T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let at = |day: i64, minutes: i64| monday + TimeDelta::days(day) + TimeDelta::minutes(minutes);
        let busy = |week: i64| taken.iter().map(move |(day, from, to)| (day + 7 * week, *from, *to));
        let busy: Vec<Span> =
            (0..10).flat_map(busy).map(|(day, from, to)| Span::new(at(day, from), at(day, to)).unwrap()).collect();
        let hours = WorkingHours::default();
        let search = Search {
            zone: Zone::UTC,
            hours,
            break_minutes: 0,
            from: monday,
            until: None,
            days: 69,
            shortest: TimeDelta::minutes(5),
        };
        let windows = Windows::new(activity.usual_hours(), hours);
        let days: Vec<FreeDay> = Days::new(&busy, &search).within(windows).collect();
        let longest = std::array::from_fn(|day| windows.longest_on(day));
        let slots = pattern(&days, windows, Zone::UTC, longest, &vec![minutes; count]);
        slots.into_iter().map(|slot| (slot.day, slot.start)).collect()
    }

    #[test]
    fn sessions_are_far_apart_in_the_week() {
        let evening = 18 * 60 + 30;
        assert_eq!(times(1, 60, Activity::Study, &[]), [(0, evening)]);
        assert_eq!(times(2, 90, Activity::Study, &[]), [(0, evening), (3, evening)]);
        assert_eq!(times(3, 60, Activity::Training, &[]), [(0, evening), (2, evening), (4, evening)]);
        assert_eq!(times(7, 30, Activity::Other, &[])[5..], [(5, 9 * 60), (6, 9 * 60)]);
        assert_eq!(times(5, 60, Activity::Work, &[]).len(), 5, "there are five working days");
        assert_eq!(times(2, 240, Activity::Study, &[]), [(5, 9 * 60), (6, 9 * 60)], "the evenings are too short");
    }

    #[test]
    fn what_is_regularly_taken_is_avoided() {
        let (evening, night) = (18 * 60 + 30, 22 * 60);
        // A choir on Monday from 19:00 to 21:00, and every Thursday evening.
        let taken = [(0, 19 * 60, 21 * 60), (3, 18 * 60, night)];
        assert_eq!(times(2, 90, Activity::Study, &taken), [(1, evening), (4, evening)]);
        // With all evenings taken, training is before work.
        let evenings: Vec<(i64, i64, i64)> = (0..7).map(|day| (day, 18 * 60, night)).collect();
        assert_eq!(times(2, 60, Activity::Training, &evenings)[0], (0, 7 * 60));
    }
}
