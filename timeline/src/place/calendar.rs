//! The person's days with the tasks booked so far.
//!
//! Days are opened as they are needed, each with its free stretches. Booking a task cuts a stretch in two. So a task
//! looks at the days from its dependencies on, skips full days with one comparison, and never reads the busy blocks
//! again.

use chrono::{DateTime, Datelike, IsoWeek, NaiveDate, TimeDelta, Utc};

use super::{Horizon, SHORTEST_TASK, Why};
use crate::free_time::{Days, FreeDay, MINUTE, Search, Stretch, instant, on_grid};
use crate::span::Span;

/// A person's days, from the beginning of the horizon on. Instants are in milliseconds since 1970 (UTC).
pub(super) struct Calendar<'a> {
    horizon: &'a Horizon,
    /// The break before and after a task.
    pause: i64,
    /// The days that are not open yet.
    upcoming: Days,
    /// The days so far that have hours, by time. None overlap.
    days: Vec<Day>,
    /// When the break after the latest booking ends: a day that is not open yet can begin before that.
    booked_until: i64,
    /// The weeks of the open days, and the minutes booked in each.
    weeks: Vec<(IsoWeek, u32)>,
}

/// An open day.
struct Day {
    free: FreeDay,
    /// Index of its week.
    week: usize,
    /// The minutes booked in it.
    booked: u32,
}

impl<'a> Calendar<'a> {
    pub(super) fn new(busy: &[Span], horizon: &'a Horizon) -> Self {
        let search = Search {
            zone: horizon.zone,
            hours: horizon.hours,
            break_minutes: horizon.break_minutes,
            from: horizon.not_before,
            until: horizon.deadline,
            days: horizon.days,
            shortest: TimeDelta::minutes(SHORTEST_TASK.into()),
        };
        Self {
            horizon,
            pause: i64::from(horizon.break_minutes) * MINUTE,
            upcoming: Days::new(busy, &search).within(horizon.windows()),
            days: Vec::new(),
            booked_until: 0,
            weeks: Vec::new(),
        }
    }

    /// Books the first free time of this length, if given at least a break later than `after`. None if there is none.
    pub(super) fn book(&mut self, minutes: u32, after: Option<DateTime<Utc>>) -> Option<Span> {
        let length = i64::from(minutes) * MINUTE;
        let earliest = on_grid(after.map_or(self.upcoming.from(), |end| end.timestamp_millis() + self.pause));
        let mut index = self.days.partition_point(|day| day.free.hours().end <= earliest);
        loop {
            if index == self.days.len() && !self.open_day() {
                return None;
            }
            let day = self.days.get(index)?;
            if let Some(start) = day.free.fit(earliest, length).filter(|_| self.has_room(day, minutes)) {
                // A span must not reach beyond the year 2200. A later start would not help.
                let span = Span::new(instant(start), instant(start + length)).ok()?;
                self.take(Stretch { start, end: start + length }, index, minutes);
                return Some(span);
            }
            index += 1;
        }
    }

    /// Why a task that fits into a day has no place: because of the deadline, or because of the last day.
    pub(super) fn bound(&self) -> Why {
        let last = self.upcoming.last_date();
        match self.horizon.deadline {
            Some(_) if self.upcoming.ends_with_until() => Why::NoRoomBeforeDeadline,
            _ => Why::NoRoomBeforeHorizon { last },
        }
    }

    /// Whether the limits of a day and its week leave room.
    fn has_room(&self, day: &Day, minutes: u32) -> bool {
        let used = self.used(day.week);
        let in_week = self.horizon.minutes_per_week.is_none_or(|limit| used.saturating_add(minutes) <= limit);
        let in_day = self.horizon.minutes_per_day.is_none_or(|limit| day.booked.saturating_add(minutes) <= limit);
        in_week && self.has_share(day.week, minutes) && (in_day || day.booked == 0)
    }

    /// Whether the share of tasks in a week leaves room. What a longer task takes of a week, the next one gets back.
    fn has_share(&self, week: usize, minutes: u32) -> bool {
        let Some(share) = self.horizon.share_per_week else { return true };
        let used = self.used(week);
        let is_repaid = week.checked_sub(1).is_none_or(|before| self.used(before) <= share);
        let is_longer = minutes > share && used == 0 && self.used(week + 1) == 0;
        is_repaid && (used.saturating_add(minutes) <= share || is_longer)
    }

    /// The minutes booked in a week, 0 if it is not open yet.
    fn used(&self, week: usize) -> u32 {
        self.weeks.get(week).map_or(0, |(_, used)| *used)
    }

    fn take(&mut self, booked: Stretch, day: usize, minutes: u32) {
        if let Some(day) = self.days.get_mut(day) {
            day.booked = day.booked.saturating_add(minutes);
            if let Some((_, used)) = self.weeks.get_mut(day.week) {
                *used = used.saturating_add(minutes);
            }
        }
        let taken = Stretch { start: booked.start - self.pause, end: booked.end + self.pause };
        self.booked_until = self.booked_until.max(taken.end);
        // The break can reach into other days, if hours begin or end at midnight.
        let first = self.days.partition_point(|day| day.free.hours().end <= taken.start);
        for day in self.days.iter_mut().skip(first).take_while(|day| day.free.hours().start < taken.end) {
            day.free.cut(taken);
        }
    }

    /// Opens the next day that has hours. False if none is left.
    fn open_day(&mut self) -> bool {
        let Some(mut free) = self.upcoming.next() else { return false };
        let start = free.hours().start;
        if self.booked_until > start {
            free.cut(Stretch { start, end: self.booked_until });
        }
        let week = self.week(free.date());
        self.days.push(Day { free, week, booked: 0 });
        true
    }

    /// The index of a date's week.
    fn week(&mut self, date: NaiveDate) -> usize {
        let week = date.iso_week();
        if self.weeks.last().is_none_or(|(last, _)| *last != week) {
            self.weeks.push((week, 0));
        }
        self.weeks.len() - 1
    }
}
