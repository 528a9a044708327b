//! Laws of placement.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, TimeDelta, Timelike, Utc};
use flux_timeline::Priority;
use flux_timeline::place::{Horizon, Placed, Task, Why, place};
use proptest::prelude::*;

use crate::scene::{Scene, scene, task};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tasks_keep_a_break_from_blocks_and_each_other(scene in scene()) {
        let placed = scene.place().placed;
        for (index, one) in placed.iter().enumerate() {
            let others = placed[index + 1..].iter().map(|other| other.span);
            for other in scene.busy.iter().copied().chain(others) {
                prop_assert!(!one.span.overlaps(other));
                let apart = (other.start() - one.span.end()).max(one.span.start() - other.end());
                prop_assert!(apart >= scene.pause(), "{:?} and {:?}", one.span, other);
            }
        }
    }

    #[test]
    fn tasks_lie_within_the_hours_of_one_working_day(scene in scene()) {
        let Horizon { zone, hours, .. } = &scene.horizon;
        for placed in scene.place().placed {
            let date = scene.day_of(placed.span);
            prop_assert!(date.is_some(), "{:?}", placed.span);
            let date = date.unwrap();
            // The last moment instead of the end: before a day that the date line skips, the end is on the day after it.
            let last = placed.span.end() - TimeDelta::milliseconds(1);
            let [start, last] = [placed.span.start(), last].map(|instant| zone.wall(instant));
            prop_assert!(hours.days().any(|day| day == start.weekday()));
            prop_assert_eq!(start.date(), date);
            let midnight = |days| zone.day_start(date + Days::new(days));
            if midnight(1) - midnight(0) == TimeDelta::days(1) {
                let minutes = |wall: chrono::NaiveDateTime| (wall - date.and_hms_opt(0, 0, 0).unwrap()).num_minutes();
                prop_assert!(minutes(start) >= hours.from().minutes().into());
                prop_assert!(minutes(last) < hours.to().minutes().into());
            }
        }
    }

    #[test]
    fn tasks_keep_to_the_horizon_and_start_on_full_five_minutes(scene in scene()) {
        let Horizon { zone, not_before, deadline, minutes_per_week, .. } = &scene.horizon;
        let mut weeks = BTreeMap::new();
        for placed in scene.place().placed {
            prop_assert!(placed.span.start() >= *not_before);
            prop_assert!(deadline.is_none_or(|deadline| placed.span.end() <= deadline));
            prop_assert_eq!(placed.span.length(), TimeDelta::minutes(scene.tasks[placed.task].minutes.into()));
            let start = zone.wall(placed.span.start());
            prop_assert_eq!((start.minute() % 5, start.second(), start.nanosecond()), (0, 0, 0));
            let used = weeks.entry(start.date().iso_week()).or_insert(0);
            *used += scene.tasks[placed.task].minutes;
            prop_assert!(minutes_per_week.is_none_or(|limit| *used <= limit));
        }
    }

    #[test]
    fn a_task_that_is_longer_than_the_share_of_a_week_has_a_week_of_its_own(scene in scene(), share in 0u32..200) {
        let mut scene = scene;
        scene.horizon.share_per_week = Some(share);
        let mut weeks: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for placed in scene.place().placed {
            let date = scene.horizon.zone.wall(placed.span.start()).date();
            let monday = date - TimeDelta::days(date.weekday().num_days_from_monday().into());
            weeks.entry(monday).or_default().push(scene.tasks[placed.task].minutes);
        }
        for (monday, minutes) in &weeks {
            if minutes.iter().sum::<u32>() > share {
                prop_assert_eq!(minutes.len(), 1);
                prop_assert!(!weeks.contains_key(&(*monday + TimeDelta::weeks(1))), "the week after {monday}");
            }
        }
    }

    #[test]
    fn tasks_come_after_what_they_depend_on(scene in scene()) {
        let placed = scene.place().placed;
        let span = |task| placed.iter().find(|placed| placed.task == task).map(|placed| placed.span);
        for one in &placed {
            for on in &scene.tasks[one.task].depends_on {
                let before = span(*on);
                prop_assert!(before.is_some_and(|before| before.end() + scene.pause() <= one.span.start()));
            }
        }
    }

    #[test]
    fn each_task_is_placed_or_unplaced_exactly_once(scene in scene()) {
        let placement = scene.place();
        let unplaced = placement.unplaced.iter().map(|unplaced| unplaced.task);
        let mut tasks: Vec<usize> = placement.placed.iter().map(|placed| placed.task).chain(unplaced.clone()).collect();
        tasks.sort_unstable();
        prop_assert_eq!(tasks, (0..scene.tasks.len()).collect::<Vec<_>>());
        for one in &placement.unplaced {
            prop_assert!(!one.why.to_string().is_empty());
            match one.why {
                Why::DependsOnUnplaced { on } => prop_assert!(unplaced.clone().any(|task| task == on)),
                Why::UnknownDependency { .. } | Why::Circle => prop_assert!(false, "{:?}", one),
                Why::NoRoomBeforeDeadline => prop_assert!(scene.horizon.deadline.is_some()),
                _ => {}
            }
        }
    }

    #[test]
    fn no_task_could_have_started_earlier(scene in scene()) {
        let mut spans = vec![None; scene.tasks.len()];
        for placed in scene.place().placed {
            spans[placed.task] = Some(placed.span);
        }
        prop_assert_eq!(spans, scene.place_by_trying());
    }

    #[test]
    fn the_answer_depends_on_the_input_alone_and_not_on_the_order_of_blocks(
        (scene, shuffled) in scene().prop_flat_map(|scene| {
            let busy = Just(scene.busy.clone()).prop_shuffle();
            (Just(scene), busy)
        })
    ) {
        let placement = scene.place();
        prop_assert_eq!(&scene.place(), &placement);
        prop_assert_eq!(&Scene { busy: shuffled, ..scene }.place(), &placement);
    }

    /// So a person can keep a part of a proposal and have the rest placed again.
    #[test]
    fn placing_the_rest_around_kept_tasks_changes_nothing(scene in scene(), kept in prop::collection::vec(any::<bool>(), 14)) {
        let mut scene = scene;
        (scene.horizon.minutes_per_week, scene.horizon.minutes_per_day) = (None, None);
        scene.tasks.iter_mut().for_each(|task| task.depends_on.clear());
        let placement = scene.place();
        let (kept, rest): (Vec<Placed>, Vec<Placed>) = placement.placed.into_iter().partition(|placed| kept[placed.task]);
        let mut indexes: Vec<usize> = rest.iter().map(|placed| placed.task).collect();
        indexes.sort_unstable();
        let again = Scene {
            tasks: indexes.iter().map(|index| scene.tasks[*index].clone()).collect(),
            busy: scene.busy.iter().copied().chain(kept.iter().map(|placed| placed.span)).collect(),
            horizon: scene.horizon.clone(),
        };
        let placed: Vec<_> = again.place().placed.iter().map(|placed| (indexes[placed.task], placed.span)).collect();
        let before: Vec<_> = rest.iter().map(|placed| (placed.task, placed.span)).collect();
        prop_assert_eq!(placed, before);
    }
}

proptest! {
    // Few cases, because each can look at the days of two centuries.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_panics(
        tasks in prop::collection::vec((any::<u32>(), prop::collection::vec(0usize..12, 0..4)), 0..10),
        start in prop_oneof![Just(DateTime::<Utc>::MIN_UTC), Just(DateTime::<Utc>::MAX_UTC), (-10_000_000_000i64..10_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 999_999_999).unwrap())],
        deadline in prop::option::of(prop_oneof![Just(DateTime::<Utc>::MIN_UTC), Just(DateTime::<Utc>::MAX_UTC)]),
        (break_minutes, minutes_per_week, minutes_per_day) in any::<(u32, Option<u32>, Option<u32>)>(),
        days in prop_oneof![0u32..400, Just(u32::MAX)],
        scene in scene(),
    ) {
        let count = tasks.len();
        let tasks: Vec<Task> = tasks.iter().map(|(minutes, on)| task(minutes % 2_000, Priority::Low, on)).chain([task(u32::MAX, Priority::High, &[]), task(0, Priority::High, &[usize::MAX])]).collect();
        let horizon = Horizon { break_minutes, minutes_per_week, minutes_per_day, days, not_before: start, deadline, ..scene.horizon };
        let placement = place(&tasks, &scene.busy, &horizon);
        prop_assert_eq!(placement.placed.len() + placement.unplaced.len(), count + 2);
    }
}
