//! The times of the single tasks of an outline.

use std::cell::LazyCell;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Outline, days_until};
use crate::place::{Horizon, Placement, Task, place};
use crate::span::Span;

/// The most minutes of tasks per day. The first of these limits is used with which no task loses its place. A person who wants
/// to learn a language does not want to do all of it tomorrow.
const CALM_MINUTES_PER_DAY: [u32; 3] = [120, 240, 480];

/// How many days before the deadline the tasks that come after all sessions may begin, but never in the first half of the time. The first number is
/// used with which none of them loses its place, or else the last.
const CLOSING_DAYS: [i64; 7] = [1, 2, 4, 7, 11, 16, 28];

/// Places the tasks of an outline with sessions, which must have ended at `end`: with at most half of the minutes of a week, if no task loses its
/// place by that.
pub(super) fn beside_sessions(outline: &Outline, busy: &[Span], horizon: &Horizon, end: DateTime<Utc>) -> Placement {
    let tasks = &outline.tasks;
    let longest = tasks.iter().map(|task| task.minutes).max().unwrap_or_default();
    let weekly = outline.phases.iter().map(|phase| phase.weekly_minutes(horizon)).max().unwrap_or_default();
    let mut horizon = Horizon {
        minutes_per_week: Some(horizon.minutes_per_week.unwrap_or(weekly.max(longest))),
        deadline: horizon.deadline.map(|_| end),
        days: days_until(horizon, end).max(horizon.days),
        ..horizon.clone()
    };
    if tasks.iter().any(|task| task.after_sessions) {
        horizon.sessions_end =
            Some(if horizon.deadline.is_none() { end } else { closing_start(tasks, busy, &horizon, end) });
    }
    calm(tasks, busy, &horizon, Some(weekly / 2))
}

/// When the tasks that come after all sessions may begin if they must be done before `end`.
fn closing_start(tasks: &[Task], busy: &[Span], horizon: &Horizon, end: DateTime<Utc>) -> DateTime<Utc> {
    let half = (end - horizon.not_before).max(TimeDelta::zero()) / 2;
    let start = |days: i64| end - TimeDelta::days(days).min(half);
    let full = LazyCell::new(|| place(tasks, busy, horizon));
    let is_enough = |days: i64| {
        let later = Horizon { sessions_end: Some(start(days)), ..horizon.clone() };
        is_as_good(&place(tasks, busy, &later), &full)
    };
    let [least, more @ .., most] = CLOSING_DAYS;
    if is_enough(least) {
        return start(least);
    }
    // More days than are enough are enough, too, so not all of them need to be tried.
    let enough = more.partition_point(|days| !is_enough(*days));
    start(more.get(enough).copied().unwrap_or(most))
}

/// Places tasks with few minutes a day, and with at most `share` minutes a week, if none loses its place by that.
pub(super) fn calm(tasks: &[Task], busy: &[Span], horizon: &Horizon, share: Option<u32>) -> Placement {
    let full = LazyCell::new(|| place(tasks, busy, horizon));
    for share_per_week in share.map(Some).into_iter().chain([None]) {
        for limit in CALM_MINUTES_PER_DAY {
            let calm = Horizon { share_per_week, minutes_per_day: Some(limit), ..horizon.clone() };
            let placement = place(tasks, busy, &calm);
            if is_as_good(&placement, &full) {
                return placement;
            }
        }
    }
    full.clone()
}

/// Whether each task without a place has none in the other placement either, which is made only if it is needed.
fn is_as_good(placement: &Placement, full: &LazyCell<Placement, impl FnOnce() -> Placement>) -> bool {
    let is_left_out = |task: usize| full.unplaced.iter().any(|left| left.task == task);
    placement.unplaced.iter().all(|left| is_left_out(left.task))
}
