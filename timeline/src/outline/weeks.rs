//! The sessions of each week.

use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use super::pattern::{Slot, instant, pattern};
use super::split::{ROUND_MINUTES, split};
use super::{Phase, Proposal, Session, days_until, phases};
use crate::free_time::{Activity, Days, FreeDay, MINUTE, Search, Stretch, Windows, instant as utc};
use crate::place::{Horizon, LONGEST_TASK, SHORTEST_TASK};
use crate::span::Span;

/// What is left of a week beside its tasks is not planned if it is shorter than this, in minutes.
const SHORTEST_REST: u32 = 15;
/// The most sessions of training in a week: a body that is trained needs a day of rest.
const TRAININGS: usize = 6;
/// How much farther away a day beside another session counts when one is looked for that keeps a day of rest.
const BESIDE: i64 = 3 * 24 * 60 * MINUTE;

/// Places the sessions of all phases until the deadline of `horizon`, beside the tasks of the same goal; at most `room` sessions.
pub(super) fn sessions(phases: &[Phase], busy: &[Span], tasks: &[Span], horizon: &Horizon, room: usize) -> Proposal {
    let mut book = Book::new(busy, tasks, horizon);
    let mut proposal = Proposal { missed: vec![0; phases.len()], ..Proposal::default() };
    let Some((first, last)) = book.weeks() else { return proposal };
    let weeks = u32::try_from((last - first).num_weeks() + 1).unwrap_or(u32::MAX);
    let mut begin = 0;
    for (index, (phase, end)) in phases.iter().zip(phases::ends(phases, weeks)).enumerate() {
        let monday = |week: u32| first + TimeDelta::weeks(week.into());
        let course = Course::new(phase, &book, monday(begin), monday(end), tasks);
        if begin < end {
            let weekly = course.full.iter().sum();
            let (least, most) = proposal.weekly.unwrap_or((weekly, weekly));
            proposal.weekly = Some((least.min(weekly), most.max(weekly)));
        }
        for week in begin..end {
            let lengths = course.lengths(&book, monday(week));
            let missed = book.place(&course, monday(week), lengths, index, &mut proposal.sessions);
            if let Some(sum) = proposal.missed.get_mut(index) {
                *sum += missed;
            }
            if proposal.sessions.len() > room {
                proposal.sessions.truncate(room);
                proposal.is_cut = true;
                return proposal;
            }
        }
        begin = end;
    }
    proposal
}

/// The days of a person, and what is free of them.
struct Book<'a> {
    horizon: &'a Horizon,
    windows: Windows,
    /// By time.
    days: Vec<FreeDay>,
}

/// The sessions of a phase in any week.
struct Course {
    phase_minutes: u32,
    weekly_minutes: u32,
    /// The longest session, in minutes.
    longest: u32,
    /// The lengths of the sessions of a full week.
    full: Vec<u32>,
    /// The times of the sessions of a full week, by day.
    slots: Vec<Slot>,
    /// The start of each task of the goal by date, and its length in minutes.
    tasks: Vec<(NaiveDate, u32)>,
}

impl<'a> Book<'a> {
    fn new(busy: &[Span], tasks: &[Span], horizon: &'a Horizon) -> Self {
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
        let taken: Vec<Span> = busy.iter().chain(tasks).copied().collect();
        Self { horizon, windows, days: Days::new(&taken, &search).within(windows).collect() }
    }

    /// The Mondays of the first and the last week that have a day with hours.
    fn weeks(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((monday(self.days.first()?.date()), monday(self.days.last()?.date())))
    }

    /// The days from one date to another, the latter excluded, as indexes.
    fn between(&self, from: NaiveDate, to: NaiveDate) -> Range<usize> {
        let before = |date: NaiveDate| self.days.partition_point(|day| day.date() < date);
        before(from)..before(to)
    }

    /// The times of a course that a week has, each with the index of its day: in the first and the last week, those that are left.
    fn starts(&self, course: &Course, monday: NaiveDate) -> Vec<(usize, i64)> {
        let week = self.between(monday, monday + TimeDelta::weeks(1));
        let days = self.days.get(week.clone()).unwrap_or_default();
        let length = i64::from(course.full.first().copied().unwrap_or_default()) * MINUTE;
        let start = |slot: &Slot| {
            let date = monday + TimeDelta::days(i64::try_from(slot.day).unwrap_or_default());
            let index = days.iter().position(|day| day.date() == date)?;
            let start = instant(days.get(index)?, slot.start, self.horizon.zone);
            let is_left = start >= self.horizon.not_before.timestamp_millis()
                && self.horizon.deadline.is_none_or(|end| start + length <= end.timestamp_millis());
            is_left.then_some((week.start + index, start))
        };
        course.slots.iter().filter_map(start).collect()
    }

    /// Places the sessions of a week, and returns how many found no time.
    fn place(
        &mut self,
        course: &Course,
        monday: NaiveDate,
        lengths: Vec<u32>,
        phase: usize,
        sessions: &mut Vec<Session>,
    ) -> u32 {
        let mut starts = self.starts(course, monday);
        // Tasks of the goal come early in the week, so sessions for which they leave no time are the first ones.
        let starts = starts.split_off(starts.len().saturating_sub(lengths.len()));
        let week = self.between(monday, monday + TimeDelta::weeks(1));
        let mut used: Vec<usize> = starts.iter().map(|(day, _)| *day).collect();
        let mut missed = 0;
        let from = sessions.len();
        for (nth, ((own, wanted), minutes)) in starts.into_iter().zip(lengths).enumerate() {
            let length = i64::from(minutes) * MINUTE;
            let mut best: Option<(i64, usize, i64)> = None;
            for index in week.clone().filter(|index| *index == own || !used.contains(index)) {
                let Some(day) = self.days.get(index) else { continue };
                let days = (day.date() - monday).num_days()
                    - self.days.get(own).map_or(0, |own| (own.date() - monday).num_days());
                let Some(start) = day.nearest(wanted + days * 24 * 60 * MINUTE, length) else { continue };
                let is_beside = used.iter().enumerate().any(|(other, day)| other != nth && day.abs_diff(index) <= 1);
                let far = (start - wanted).abs() + if is_beside && index != own { BESIDE } else { 0 };
                if best.is_none_or(|(least, ..)| far < least) {
                    best = Some((far, index, start));
                }
            }
            let span = best.and_then(|(_, _, start)| Span::new(utc(start), utc(start + length)).ok());
            let (Some((_, index, _)), Some(span)) = (best, span) else {
                missed += 1;
                continue;
            };
            if let Some(day) = used.get_mut(nth) {
                *day = index;
            }
            self.take(index, span);
            // A session that has moved can come after a later one.
            let at = from + sessions.get(from..).unwrap_or_default().partition_point(|other| other.span < span);
            sessions.insert(at, Session { phase, span });
        }
        missed
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

impl Course {
    fn new(phase: &Phase, book: &Book<'_>, from: NaiveDate, to: NaiveDate, tasks: &[Span]) -> Self {
        let Book { horizon, windows, days } = book;
        let zone = horizon.zone;
        let weekly_minutes = phase.weekly_minutes(horizon);
        let longest = windows.longest().min(LONGEST_TASK);
        let wished = phase.session_minutes(horizon).min(longest.max(SHORTEST_TASK));
        let long_enough = |minutes: u32| (0..7).filter(move |day| windows.longest_on(*day) >= minutes).count();
        let most = long_enough(wished).min(if horizon.activity == Activity::Training { TRAININGS } else { 7 });
        let mut full = split(weekly_minutes, wished, longest, most);
        // Sessions that are longer because there are few days of them may fit into fewer days yet.
        let shortened =
            (0..7).map(|day| windows.longest_on(day)).filter(|longest| long_enough(*longest) >= full.len()).max();
        let longest = shortened.map_or(longest, |shortened| shortened.min(longest));
        for length in &mut full {
            *length = (*length).min(longest / ROUND_MINUTES * ROUND_MINUTES);
        }
        let own = days.get(book.between(from, to)).unwrap_or_default();
        let slots = pattern(own, *windows, zone, full.len(), full.first().copied().unwrap_or_default());
        let date = |instant: DateTime<Utc>| zone.wall(instant).date();
        let minutes = |span: &Span| u32::try_from(span.length().num_minutes()).unwrap_or(u32::MAX);
        Self {
            phase_minutes: wished,
            weekly_minutes,
            longest,
            full,
            slots,
            tasks: tasks.iter().map(|span| (date(span.start()), minutes(span))).collect(),
        }
    }

    /// The lengths of the sessions of a week: what its days and its tasks leave of the minutes of a week.
    fn lengths(&self, book: &Book<'_>, monday: NaiveDate) -> Vec<u32> {
        let starts = book.starts(self, monday);
        let end = monday + TimeDelta::weeks(1);
        let of_week = self.tasks.iter().filter(|(date, _)| (monday..end).contains(date));
        let tasks: u32 = of_week.map(|(_, minutes)| minutes).sum();
        let (left, all) =
            (u32::try_from(starts.len()).unwrap_or_default(), u32::try_from(self.slots.len()).unwrap_or_default());
        if tasks == 0 {
            return self.full.iter().take(starts.len()).copied().collect();
        }
        let share = self.weekly_minutes.saturating_mul(left).checked_div(all).unwrap_or_default();
        let rest = share.saturating_sub(tasks);
        if rest < SHORTEST_REST.min(self.weekly_minutes) {
            return Vec::new();
        }
        split(rest, self.phase_minutes, self.longest, starts.len())
    }
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - TimeDelta::days(date.weekday().num_days_from_monday().into())
}
