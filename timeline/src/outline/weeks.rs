//! The sessions of each week.

use chrono::{NaiveDate, TimeDelta};

use super::book::{Book, Wanted, date, instant};
use super::pattern::{Slot, pattern};
use super::split::{ROUND_MINUTES, split};
use super::{Phase, Proposal, Session, phases};
use crate::free_time::{Activity, FreeDay};
use crate::place::{Horizon, LONGEST_TASK, SHORTEST_TASK};
use crate::span::Span;

/// What is left of a week beside its tasks is not planned if it is shorter than this, in minutes.
const SHORTEST_REST: u32 = 15;
/// The most sessions of training in a week: a body that is trained needs a day of rest.
const TRAININGS: usize = 6;

/// Places the sessions of all phases until the deadline of `horizon`, beside the tasks of the same goal; at most `room` sessions.
pub(super) fn sessions(phases: &[Phase], busy: &[Span], tasks: &[Span], horizon: &Horizon, room: usize) -> Proposal {
    let taken: Vec<Span> = busy.iter().chain(tasks).copied().collect();
    let mut book = Book::new(&taken, horizon);
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
            let missed = place(&course, &mut book, monday(week), index, &mut proposal.sessions);
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

/// Places the sessions of the week that begins on `monday`, and returns how many found no time.
fn place(course: &Course, book: &mut Book<'_>, monday: NaiveDate, phase: usize, sessions: &mut Vec<Session>) -> u32 {
    let wanted = course.wanted(book, monday);
    let mut used: Vec<NaiveDate> = wanted.iter().map(|wanted| wanted.date).collect();
    let mut missed = 0;
    let from = sessions.len();
    for wanted in wanted {
        let others: Vec<NaiveDate> = used.iter().copied().filter(|date| *date != wanted.date).collect();
        let Some(span) = book.take_nearest(monday, wanted, &others) else {
            missed += 1;
            continue;
        };
        used = others;
        used.push(date(span.start(), book.horizon));
        // A session that has moved can come after a later one.
        let at = from + sessions.get(from..).unwrap_or_default().partition_point(|other| other.span < span);
        sessions.insert(at, Session { phase, span });
    }
    missed
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
        let minutes = |span: &Span| u32::try_from(span.length().num_minutes()).unwrap_or(u32::MAX);
        Self {
            phase_minutes: wished,
            weekly_minutes,
            longest,
            full,
            slots,
            tasks: tasks.iter().map(|span| (date(span.start(), horizon), minutes(span))).collect(),
        }
    }

    /// The sessions of the week that begins on `monday`: on those of its days that are left, with what its tasks leave of the minutes of a week.
    fn wanted(&self, book: &Book<'_>, monday: NaiveDate) -> Vec<Wanted> {
        let end = monday + TimeDelta::weeks(1);
        let of_week = self.tasks.iter().filter(|(date, _)| (monday..end).contains(date));
        let tasks: u32 = of_week.map(|(_, minutes)| minutes).sum();
        let slots: Vec<Wanted> = self.slots.iter().filter_map(|slot| self.wanted_at(slot, book, monday)).collect();
        let (left, all) =
            (u32::try_from(slots.len()).unwrap_or_default(), u32::try_from(self.slots.len()).unwrap_or_default());
        let lengths = if tasks == 0 {
            self.full.iter().take(slots.len()).copied().collect()
        } else {
            let share = self.weekly_minutes.saturating_mul(left).checked_div(all).unwrap_or_default();
            let rest = share.saturating_sub(tasks);
            if rest < SHORTEST_REST.min(self.weekly_minutes) {
                return Vec::new();
            }
            split(rest, self.phase_minutes, self.longest, slots.len())
        };
        // Tasks of the goal come early in the week, so sessions for which they leave no time are the first ones.
        let without = slots.len().saturating_sub(lengths.len());
        let slots = slots.into_iter().skip(without).zip(lengths);
        slots.map(|(slot, minutes)| Wanted { length: TimeDelta::minutes(minutes.into()), ..slot }).collect()
    }

    /// A time of a full week in the week that begins on `monday`. `None` if that is outside of the time that is planned.
    fn wanted_at(&self, slot: &Slot, book: &Book<'_>, monday: NaiveDate) -> Option<Wanted> {
        let date = monday + TimeDelta::days(i64::try_from(slot.day).ok()?);
        book.days.binary_search_by_key(&date, FreeDay::date).ok()?;
        let length = TimeDelta::minutes(self.full.first().copied().unwrap_or_default().into());
        let start = instant(date, slot.time(), book.horizon.zone);
        let is_left = start >= book.horizon.not_before.timestamp_millis()
            && book.horizon.deadline.is_none_or(|end| start + length.num_milliseconds() <= end.timestamp_millis());
        is_left.then_some(Wanted { date, start: slot.time(), length })
    }
}
