//! Laws of plans with sessions.

use chrono::{NaiveDate, NaiveTime, TimeDelta, Timelike};
use flux_timeline::Span;
use flux_timeline::free_time::WorkingHours;
use flux_timeline::limits::TASKS_PER_RUN;
use flux_timeline::outline::Proposal;
use proptest::prelude::*;

use crate::goal::{Goal, allowed, goals, monday};

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

    /// Every session fits into every day that has hours.
    #[test]
    fn a_week_lacks_a_session_only_if_each_of_its_free_days_has_one(goal in goals()) {
        let mut goal = goal;
        goal.horizon.hours = WorkingHours::default();
        goal.outline.tasks.clear();
        // Whole days are taken or free.
        let taken: Vec<NaiveDate> = goal.busy.iter().map(|span| goal.date(span.start())).collect();
        let day = |date: &NaiveDate| Span::starting(goal.horizon.zone.day_start(*date), TimeDelta::hours(23)).unwrap();
        goal.busy = taken.iter().map(day).collect();
        let free = Goal { busy: Vec::new(), ..goal.clone() }.propose();
        let proposal = goal.propose();
        let of_week = |proposal: &Proposal, first: NaiveDate| {
            let starts = proposal.sessions.iter().map(|session| goal.date(session.span.start()));
            starts.filter(|date| monday(*date) == first).count()
        };
        let mut missed = 0;
        for first in goal.full_weeks(&proposal) {
            let has_hours = |date: &NaiveDate| !allowed(goal.outline.activity, goal.horizon.hours, *date).is_empty();
            let free_days = first.iter_days().take(7).filter(|date| has_hours(date) && !taken.contains(date)).count();
            let wanted = of_week(&free, first);
            prop_assert!(wanted > 0);
            prop_assert_eq!(of_week(&proposal, first), wanted.min(free_days), "in the week of {}", first);
            missed += wanted.saturating_sub(free_days);
        }
        prop_assert!(proposal.missed.iter().sum::<u32>() as usize >= missed, "what is left out is counted");
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
    fn what_comes_after_all_sessions_comes_after_them(goal in goals()) {
        let proposal = goal.propose();
        let last = proposal.sessions.last().map(|session| session.span.end());
        for placed in proposal.tasks.placed.iter().filter(|placed| goal.outline.tasks[placed.task].after_sessions) {
            prop_assert!(last <= Some(placed.span.start()), "{placed:?} and {last:?}");
        }
    }

    #[test]
    fn what_is_beyond_the_reach_of_a_goal_does_not_matter(goal in goals(), has_deadline in any::<bool>(), has_phases in any::<bool>()) {
        let mut goal = goal;
        goal.horizon.days = 20;
        goal.horizon.deadline = goal.horizon.deadline.filter(|_| has_deadline);
        if !has_phases {
            goal.outline.phases.clear();
        }
        let reach = goal.outline.reach(&goal.horizon);
        let pause = TimeDelta::minutes(goal.horizon.break_minutes.into());
        let near = Goal { busy: goal.busy.iter().copied().filter(|span| span.start() < reach + pause).collect(), ..goal.clone() };
        let proposal = goal.propose();
        prop_assert!(goal.spans(&proposal).iter().all(|span| span.end() <= reach));
        prop_assert_eq!(proposal, near.propose());
    }

    #[test]
    fn the_same_goal_has_the_same_plan(goal in goals()) {
        let shuffled = Goal { busy: goal.busy.iter().rev().copied().collect(), ..goal.clone() };
        prop_assert_eq!(goal.propose(), shuffled.propose());
    }
}
