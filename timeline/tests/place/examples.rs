//! Examples of placement.

use std::collections::BTreeMap;

use flux_timeline::Priority::{High, Low, Medium};
use flux_timeline::place::{Horizon, Placement, place};
use flux_timeline::{Priority, Span, Zone, clock};

use crate::scene::{WEEK, at, hours, task};

/// Tuesday, 24 November 2026, 08:00 in Oslo.
fn horizon() -> Horizon {
    Horizon::new(Zone::new("Europe/Oslo").unwrap(), at("2026-11-24T07:00:00Z"))
}

fn busy(start: &str, end: &str, horizon: &Horizon) -> Span {
    let instant = |text| horizon.zone.instant(clock::read_wall(text).unwrap());
    Span::new(instant(start), instant(end)).unwrap()
}

/// A line for each task, by its index: its wall-clock time, or why it has none.
fn lines(placement: &Placement, horizon: &Horizon) -> Vec<String> {
    let mut lines = BTreeMap::new();
    for placed in &placement.placed {
        let [start, end] = [placed.span.start(), placed.span.end()].map(|instant| horizon.zone.wall(instant));
        let day = clock::day(start.date(), start.date());
        lines.insert(placed.task, format!("{day} {}–{}", clock::hours(start.time()), clock::hours(end.time())));
    }
    for unplaced in &placement.unplaced {
        lines.insert(unplaced.task, unplaced.why.to_string());
    }
    lines.into_values().collect()
}

#[test]
fn tasks_fill_the_gaps_with_a_break_on_both_sides() {
    let horizon = horizon();
    let busy = [
        busy("2026-11-24T10:00", "2026-11-24T12:00", &horizon),
        busy("2026-11-24T12:52", "2026-11-24T16:00", &horizon),
    ];
    let tasks = [task(60, Medium, &[]), task(55, Medium, &[]), task(45, Medium, &[]), task(40, Medium, &[])];
    assert_eq!(
        lines(&place(&tasks, &busy, &horizon), &horizon),
        ["Tue 24 Nov 16:05–17:05", "Tue 24 Nov 09:00–09:55", "Tue 24 Nov 17:10–17:55", "Tue 24 Nov 12:05–12:45"]
    );
}

#[test]
fn dependencies_come_first_as_urgent_as_what_waits_for_them_then_priority_then_the_given_order() {
    let horizon = horizon();
    let tasks = [task(60, High, &[2]), task(60, Medium, &[]), task(60, Low, &[]), task(60, High, &[])];
    assert_eq!(
        lines(&place(&tasks, &[], &horizon), &horizon),
        ["Tue 24 Nov 10:05–11:05", "Tue 24 Nov 12:15–13:15", "Tue 24 Nov 09:00–10:00", "Tue 24 Nov 11:10–12:10"]
    );
}

#[test]
fn what_does_not_fit_into_a_day_goes_to_the_next_working_day() {
    let horizon = Horizon { not_before: at("2026-11-27T15:32:00Z"), ..horizon() };
    let tasks = [task(120, Medium, &[]), task(60, Medium, &[])];
    assert_eq!(lines(&place(&tasks, &[], &horizon), &horizon), ["Mon 30 Nov 09:00–11:00", "Fri 27 Nov 16:35–17:35"]);
}

#[test]
fn the_weekly_limit_counts_by_the_weeks_of_the_zone() {
    // Sunday 23:00 to Monday in Auckland, which is the same Sunday in UTC.
    let horizon = Horizon {
        hours: hours(&WEEK, "23:00", "24:00"),
        minutes_per_week: Some(60),
        ..Horizon::new(Zone::new("Pacific/Auckland").unwrap(), at("2026-11-29T00:00:00Z"))
    };
    let tasks = [task(40, Medium, &[]), task(40, Medium, &[]), task(20, Medium, &[])];
    assert_eq!(
        lines(&place(&tasks, &[], &horizon), &horizon),
        ["Sun 29 Nov 23:00–23:40", "Mon 30 Nov 23:00–23:40", "Tue 1 Dec 23:00–23:20"]
    );
}

#[test]
fn the_daily_limit_spreads_tasks_and_leaves_long_ones_a_day_for_themselves() {
    let horizon = Horizon { minutes_per_day: Some(90), ..horizon() };
    let tasks = [task(60, Medium, &[]), task(45, Medium, &[]), task(30, Medium, &[]), task(180, Medium, &[])];
    assert_eq!(
        lines(&place(&tasks, &[], &horizon), &horizon),
        ["Tue 24 Nov 09:00–10:00", "Wed 25 Nov 09:00–09:45", "Tue 24 Nov 10:05–10:35", "Thu 26 Nov 09:00–12:00"]
    );
}

#[test]
fn the_break_reaches_over_midnight() {
    let horizon = Horizon {
        hours: hours(&WEEK, "00:00", "24:00"),
        break_minutes: 30,
        ..Horizon::new(Zone::UTC, at("2026-11-24T23:00:00Z"))
    };
    let tasks = [task(60, Medium, &[]), task(60, Medium, &[])];
    assert_eq!(lines(&place(&tasks, &[], &horizon), &horizon), ["Tue 24 Nov 23:00–00:00", "Wed 25 Nov 00:30–01:30"]);
}

#[test]
fn hours_stay_on_the_wall_when_the_clocks_change() {
    let zone = Zone::new("Europe/Oslo").unwrap();
    let horizon = Horizon { hours: hours(&WEEK, "09:00", "10:00"), ..Horizon::new(zone, at("2026-03-28T00:00:00Z")) };
    let placement = place(&[task(60, Medium, &[]), task(60, Medium, &[])], &[], &horizon);
    let starts: Vec<_> = placement.placed.iter().map(|placed| placed.span.start()).collect();
    assert_eq!(starts, [at("2026-03-28T08:00:00Z"), at("2026-03-29T07:00:00Z")]);
}

#[test]
fn a_task_without_a_place_says_why() {
    let horizon = Horizon { deadline: Some(at("2026-11-24T10:00:00Z")), ..horizon() };
    let tasks = [
        task(300, High, &[]),
        task(30, Medium, &[0]),
        task(600, Medium, &[]),
        task(30, Medium, &[9]),
        task(30, Medium, &[5]),
        task(30, Medium, &[4]),
    ];
    let unplaced = lines(&place(&tasks, &[], &horizon), &horizon);
    assert_eq!(
        unplaced,
        [
            "There is no room for it before the deadline.",
            "It depends on a task that found no place.",
            "It takes 10 h, and a day has 9 h for it. Split it, or widen the working hours.",
            "It depends on a task that does not exist.",
            "It can never begin: among what must come before it, tasks wait for each other.",
            "It can never begin: among what must come before it, tasks wait for each other.",
        ]
    );
    let horizon = Horizon { deadline: None, days: 1, minutes_per_week: Some(120), ..horizon };
    assert_eq!(
        lines(&place(&[task(150, Medium, &[]), task(90, Medium, &[]), task(90, Medium, &[])], &[], &horizon), &horizon),
        [
            "It takes 2 h 30 min, and the limit is 2 h a week. Split it, or raise the limit.",
            "Tue 24 Nov 09:00–10:30",
            "There is no room for it until Wed 25 Nov 2026, and later days are not looked at.",
        ]
    );
}

#[test]
fn the_last_moments_in_which_a_block_can_lie_are_used_and_none_after() {
    let horizon =
        Horizon { hours: hours(&WEEK, "00:00", "24:00"), ..Horizon::new(Zone::UTC, at("2200-12-31T22:51:00Z")) };
    let placement = place(&[task(60, Priority::High, &[]), task(60, Priority::Low, &[])], &[], &horizon);
    assert_eq!(placement.placed.len(), 1);
    assert_eq!(placement.placed[0].span.start(), at("2200-12-31T22:55:00Z"));
}
