//! Laws of plans with sessions.

use chrono::{NaiveDate, NaiveTime, TimeDelta, Timelike};
use flux_timeline::Span;
use flux_timeline::free_time::WorkingHours;
use flux_timeline::limits::TASKS_PER_RUN;
use proptest::prelude::*;

use crate::goal::{Goal, allowed, goals};

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_all_lies_before_the_deadline(goal in goals()) {
        let proposal = goal.propose();
        let pause = TimeDelta::minutes(goal.horizon.break_minutes.into());
        let spans = goal.spans(&proposal);
        for (index, one) in spans.iter().enumerate() {
            prop_assert!(one.start() >= goal.horizon.not_before && Some(one.end()) <= goal.horizon.deadline);
            for other in goal.busy.iter().chain(&spans[index + 1..]) {
                let apart = (other.start() - one.end()).max(one.start() - other.end());
                prop_assert!(apart >= pause, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn everything_lies_in_the_hours_of_the_activity(goal in goals()) {
        let proposal = goal.propose();
        for span in goal.spans(&proposal) {
            let [start, end] = [span.start(), span.end()].map(|instant| goal.horizon.zone.wall(instant));
            let minutes = |wall: chrono::NaiveDateTime| (wall - start.date().and_time(NaiveTime::MIN)).num_minutes();
            let windows = allowed(goal.outline.activity, goal.horizon.hours, start.date());
            prop_assert!(windows.iter().any(|(from, to)| *from <= minutes(start) && minutes(end) <= *to), "{start} {windows:?}");
            prop_assert_eq!((start.minute() % 5, start.second()), (0, 0));
        }
    }

    #[test]
    fn a_day_has_one_session_at_most_and_phases_follow_each_other(goal in goals()) {
        let proposal = goal.propose();
        let dates: Vec<NaiveDate> = proposal.sessions.iter().map(|session| goal.date(session.span.start())).collect();
        prop_assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{dates:?}");
        prop_assert!(proposal.sessions.is_sorted_by_key(|session| session.phase));
        prop_assert!(proposal.sessions.len() + goal.outline.tasks.len() <= TASKS_PER_RUN);
    }

    #[test]
    fn no_week_has_more_minutes_than_were_named(goal in goals()) {
        if let Some(limit) = goal.horizon.minutes_per_week {
            for (monday, minutes) in goal.minutes_by_week(&goal.propose()) {
                prop_assert!(minutes <= limit.into(), "{monday}: {minutes} of {limit}");
            }
        }
    }

    #[test]
    fn each_full_week_until_the_deadline_has_its_minutes_if_there_is_room(goal in goals(), minutes in 60u32..300) {
        let mut goal = goal;
        goal.busy.clear();
        goal.outline.tasks.clear();
        goal.horizon.hours = WorkingHours::default();
        goal.horizon.minutes_per_week = Some(minutes);
        let proposal = goal.propose();
        prop_assert_eq!(proposal.missed.iter().sum::<u32>(), 0);
        let weeks = goal.minutes_by_week(&proposal);
        for monday in goal.full_weeks(&proposal) {
            let planned = weeks.get(&monday).copied().unwrap_or_default();
            prop_assert!((planned - goal.wanted()).abs() * 100 <= 15 * goal.wanted(), "{monday}: {planned} of {}", goal.wanted());
        }
    }

    #[test]
    fn a_week_lacks_a_session_only_if_its_free_days_have_one(goal in goals()) {
        let mut goal = goal;
        // Whole days are taken or free.
        goal.horizon.hours = WorkingHours::default();
        goal.outline.tasks.clear();
        let taken: Vec<NaiveDate> = goal.busy.iter().map(|span| goal.date(span.start())).collect();
        let day = |date: &NaiveDate| Span::starting(goal.horizon.zone.day_start(*date), TimeDelta::hours(23)).unwrap();
        goal.busy = taken.iter().map(day).collect();
        let proposal = goal.propose();
        let planned: Vec<NaiveDate> = proposal.sessions.iter().map(|session| goal.date(session.span.start())).collect();
        let full = goal.full_weeks(&proposal);
        let has_free_day = |monday: &NaiveDate| (0..7).map(|day| *monday + TimeDelta::days(day)).any(|date| {
            !taken.contains(&date) && !planned.contains(&date) && !allowed(goal.outline.activity, goal.horizon.hours, date).is_empty()
        });
        let without = full.iter().filter(|monday| !has_free_day(monday)).count();
        // The first and the last week can lack sessions, too.
        let most = u32::try_from(without + 2).unwrap() * 7;
        prop_assert!(proposal.missed.iter().sum::<u32>() <= most);
        prop_assert!(without > 0 || full.len() < 3 || proposal.sessions.len() >= full.len());
    }

    #[test]
    fn tasks_come_after_what_they_depend_on(goal in goals()) {
        let proposal = goal.propose();
        let span = |task| proposal.tasks.placed.iter().find(|placed| placed.task == task).map(|placed| placed.span);
        for placed in &proposal.tasks.placed {
            for on in &goal.outline.tasks[placed.task].depends_on {
                prop_assert!(span(*on).is_some_and(|before| before.end() <= placed.span.start()));
            }
        }
    }

    #[test]
    fn the_same_goal_has_the_same_plan(goal in goals()) {
        let shuffled = Goal { busy: goal.busy.iter().rev().copied().collect(), ..goal.clone() };
        prop_assert_eq!(goal.propose(), shuffled.propose());
    }
}
