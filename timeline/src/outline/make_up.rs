//! New times for missed sessions.

use chrono::{NaiveDate, TimeDelta};

use super::book::{Book, Wanted, date, monday};
use crate::place::Horizon;
use crate::span::Span;

/// Gives each missed session of a goal a new time in the week in which it was (Monday to Sunday in the person's zone), or `None` if this week has no
/// room from `not_before` to the deadline of `horizon`. It is not moved to another week, because two weeks at once are not what was asked for.
///
/// `missed` has the former times, `sessions` those of the goal's other sessions, done or not, and `busy` what else is on the timeline, all in any
/// order; what was missed is not busy. A new time keeps the breaks, lies in the [windows](Horizon::windows) of the horizon, and is the free time that
/// is nearest to the former one by the clock:
///
/// - on a day that has no other session of the goal, unless none of these has room,
/// - if possible with a day of rest before and after it: what is beside another session counts as three days farther away.
///
/// Sessions are placed in the order of their former times. A week never gets more sessions than it had, so training keeps its day of rest. The same
/// input always gives the same answer.
pub fn make_up(missed: &[Span], sessions: &[Span], busy: &[Span], horizon: &Horizon) -> Vec<Option<Span>> {
    let zone = horizon.zone;
    let week_of = |span: &Span| monday(date(span.start(), horizon));
    let mut new_times = vec![None; missed.len()];
    let Some(last_week) = missed.iter().map(week_of).max() else { return new_times };
    let end = zone.day_start(last_week + TimeDelta::weeks(1));
    let bounded =
        Horizon { deadline: Some(horizon.deadline.map_or(end, |deadline| deadline.min(end))), ..horizon.clone() };
    let taken: Vec<Span> = busy.iter().chain(sessions).copied().collect();
    let mut book = Book::new(&taken, &bounded);
    let mut days: Vec<NaiveDate> = sessions.iter().map(|session| date(session.start(), horizon)).collect();
    for (index, former) in in_order(missed) {
        let at = zone.wall(former.start());
        let wanted = Wanted { date: at.date(), start: at.time(), length: former.length() };
        let on_free_day = book.take_nearest(week_of(&former), wanted, &days);
        let span = on_free_day.or_else(|| book.take_nearest(week_of(&former), wanted, &[]));
        days.extend(span.map(|span| date(span.start(), horizon)));
        if let Some(new_time) = new_times.get_mut(index) {
            *new_time = span;
        }
    }
    new_times
}

/// The spans by time, each with its index.
fn in_order(spans: &[Span]) -> Vec<(usize, Span)> {
    let mut ordered: Vec<(usize, Span)> = Vec::with_capacity(spans.len());
    for (index, span) in spans.iter().copied().enumerate() {
        let at = ordered.partition_point(|(_, other)| *other <= span);
        ordered.insert(at, (index, span));
    }
    ordered
}
