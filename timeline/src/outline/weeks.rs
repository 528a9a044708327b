//! The sessions of each week.

use chrono::{NaiveDate, TimeDelta};

use super::book::{Book, Wanted, date, instant};
use super::pattern::{Slot, pattern};
use super::split::{distribute, split};
use super::{Phase, Proposal, Session, phases};
use crate::free_time::{Activity, FreeDay};
use crate::place::{Horizon, LONGEST_TASK};
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
            let weekly = course.slots.iter().map(|slot| slot.minutes).sum();
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
    weekly_minutes: u32,
    /// How long a session should be, in minutes.
    wished: u32,
    /// The longest session on each day of the week, in minutes.
    longest: [u32; 7],
    /// The sessions of a full week, by day.
    slots: Vec<Slot>,
    /// The date of each task of the goal, and its length in minutes.
    tasks: Vec<(NaiveDate, u32)>,
}

impl Course {
    fn new(phase: &Phase, book: &Book<'_>, from: NaiveDate, to: NaiveDate, tasks: &[Span]) -> Self {
        let Book { horizon, windows, days } = book;
        let (weekly_minutes, wished) = (phase.weekly_minutes(horizon), phase.session_minutes(horizon));
        let longest = std::array::from_fn(|day| windows.longest_on(day).min(LONGEST_TASK));
        let most = if horizon.activity == Activity::Training { TRAININGS } else { 7 };
        let lengths = split(weekly_minutes, wished, &longest, most);
        let own = days.get(book.between(from, to)).unwrap_or_default();
        let slots = pattern(own, *windows, horizon.zone, longest, &lengths);
        let minutes = |span: &Span| u32::try_from(span.length().num_minutes()).unwrap_or(u32::MAX);
        let tasks = tasks.iter().map(|span| (date(span.start(), horizon), minutes(span))).collect();
        Self { weekly_minutes, wished, longest, slots, tasks }
    }

    /// The sessions of the week that begins on `monday`: on those of its days that are left, with what its tasks leave of the minutes of a week.
    fn wanted(&self, book: &Book<'_>, monday: NaiveDate) -> Vec<Wanted> {
        let end = monday + TimeDelta::weeks(1);
        let of_week = self.tasks.iter().filter(|(date, _)| (monday..end).contains(date));
        let tasks: u32 = of_week.map(|(_, minutes)| minutes).sum();
        let left = self.slots.iter().filter_map(|slot| Some((slot, wanted_at(slot, book, monday)?)));
        let (left, wanted): (Vec<&Slot>, Vec<Wanted>) = left.unzip();
        if tasks == 0 {
            return wanted;
        }
        let all: u32 = self.slots.iter().map(|slot| slot.minutes).sum();
        let planned: u32 = left.iter().map(|slot| slot.minutes).sum();
        let share = self.weekly_minutes.saturating_mul(planned).checked_div(all).unwrap_or_default();
        let rest = share.saturating_sub(tasks);
        if rest < SHORTEST_REST.min(self.weekly_minutes) {
            return Vec::new();
        }
        let longest: Vec<u32> = left.iter().filter_map(|slot| self.longest.get(slot.day).copied()).collect();
        // Tasks of the goal come early in the week, so the days that are left without a session are the first ones.
        let lengths = distribute(&split(rest, self.wished, &longest, longest.len()), &longest).unwrap_or_default();
        let sessions = wanted.into_iter().zip(lengths).filter(|(_, minutes)| *minutes > 0);
        sessions.map(|(wanted, minutes)| Wanted { length: TimeDelta::minutes(minutes.into()), ..wanted }).collect()
    }
}

/// A session of a full week in the week that begins on `monday`. `None` if that is outside of the time that is planned.
fn wanted_at(slot: &Slot, book: &Book<'_>, monday: NaiveDate) -> Option<Wanted> {
    let date = monday + TimeDelta::days(i64::try_from(slot.day).ok()?);
    book.days.binary_search_by_key(&date, FreeDay::date).ok()?;
    let length = TimeDelta::minutes(slot.minutes.into());
    let start = instant(date, slot.time(), book.horizon.zone);
    let is_left = start >= book.horizon.not_before.timestamp_millis()
        && book.horizon.deadline.is_none_or(|end| start + length.num_milliseconds() <= end.timestamp_millis());
    is_left.then_some(Wanted { date, start: slot.time(), length })
}
