//! Regular sessions of a goal: whether they reach its deadline, keep its hours a week, and lie in the hours that suit them.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike, Weekday};

use crate::case::{HoursExpect, TasksExpect};
use crate::picture::{BlockLine, GoalLine};

/// By how much the minutes of a week may differ from those that were asked for, in percent.
const TOLERANCE_PERCENT: i64 = 15;
/// How long before the deadline the last block may end.
const LAST_WEEK: TimeDelta = TimeDelta::days(7);
/// The working hours of a person who has set none.
const WORK: std::ops::Range<u32> = 9..18;
/// The hours in which a person is awake.
const AWAKE: std::ops::Range<u32> = 6..23;

/// What is wrong with the sessions of a goal.
pub(super) fn wrong(wanted: &TasksExpect, goal: &GoalLine) -> Vec<String> {
    let mut wrong = Vec::new();
    let sessions = goal.tasks.iter().filter(|task| task.tags.iter().any(|tag| tag == "session")).count();
    if let Some(least) = wanted.least_sessions.filter(|least| sessions < *least) {
        wrong.push(format!("there are {sessions} sessions, not {least} or more"));
    }
    let last = goal.tasks.iter().filter_map(|task| task.end).max();
    if wanted.reaches_deadline
        && let Some(deadline) = goal.deadline
        && last.is_none_or(|last| deadline.0 - last.0 > LAST_WEEK)
    {
        let last = last.map_or_else(|| "there is none".to_owned(), |last| format!("the last one ends at {last}"));
        wrong.push(format!("they do not reach the deadline {deadline}: {last}"));
    }
    if let Some(minutes) = wanted.weekly_minutes {
        wrong.extend(weeks(&goal.tasks, minutes));
    }
    if let Some(hours) = wanted.hours {
        let outside = goal.tasks.iter().filter(|task| !lies_in(task, hours));
        wrong.extend(outside.map(|task| format!("{task} is not in the {} hours", hours.name())));
    }
    wrong
}

/// The weeks whose minutes differ too much. The first and the last week may have fewer days.
fn weeks(tasks: &[BlockLine], minutes: i64) -> Vec<String> {
    let mut weeks: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for task in tasks {
        let Some((start, minutes)) = task.start.zip(task.minutes) else { continue };
        let date = start.0.date();
        *weeks.entry(date - TimeDelta::days(date.weekday().num_days_from_monday().into())).or_default() += minutes;
    }
    let Some((first, last)) = weeks.keys().next().copied().zip(weeks.keys().next_back().copied()) else {
        return Vec::new();
    };
    let between =
        std::iter::successors(Some(first + TimeDelta::weeks(1)), |monday| Some(*monday + TimeDelta::weeks(1)));
    let planned = between.take_while(|monday| *monday < last);
    let planned = planned.map(|monday| (monday, weeks.get(&monday).copied().unwrap_or_default()));
    let misses = planned.filter(|(_, planned)| (planned - minutes).abs() * 100 > TOLERANCE_PERCENT * minutes);
    misses.map(|(monday, planned)| format!("the week of {monday} has {planned} min, not about {minutes}")).collect()
}

fn lies_in(task: &BlockLine, hours: HoursExpect) -> bool {
    let Some((start, end)) = task.start.zip(task.end) else { return false };
    let last = end.0 - TimeDelta::minutes(1);
    let works = !matches!(start.0.weekday(), Weekday::Sat | Weekday::Sun);
    let is_within = |range: &std::ops::Range<u32>| range.contains(&start.0.hour()) && range.contains(&last.hour());
    let overlaps_work = works && start.0.hour() < WORK.end && last.hour() >= WORK.start;
    start.0.date() == last.date()
        && match hours {
            HoursExpect::Working => works && is_within(&WORK),
            HoursExpect::Free => !overlaps_work && is_within(&AWAKE),
        }
}
