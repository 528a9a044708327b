//! Laws of free time.

use chrono::{TimeDelta, Timelike};
use flux_timeline::Span;
use flux_timeline::free_time::{GRID_MINUTES, Search, Slot, slots};
use flux_timeline::place::Horizon;
use proptest::prelude::*;

use crate::scene::{Scene, scene};

/// The search in which the tasks of a scene are placed.
fn search(scene: &Scene, shortest: TimeDelta) -> Search {
    let Horizon { zone, hours, break_minutes, not_before, deadline, days, .. } = scene.horizon;
    Search { zone, hours, break_minutes, from: not_before, until: deadline, days, shortest }
}

fn found(scene: &Scene, shortest: TimeDelta) -> Vec<Slot> {
    slots(&scene.busy, &search(scene, shortest)).collect()
}

/// The day's hours that contain a slot, within the bounds of the search.
fn hours_of(scene: &Scene, slot: Slot) -> Option<Slot> {
    let Horizon { not_before, deadline, .. } = scene.horizon;
    let within = |hours: &Slot| hours.start <= slot.start && slot.end <= hours.end;
    let (_, hours) = scene.days().into_iter().find(|(_, hours)| within(hours))?;
    let end = deadline.map_or(hours.end, |deadline| hours.end.min(deadline));
    Some(Slot { start: hours.start.max(not_before), end })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slots_keep_a_break_from_every_block(scene in scene(), minutes in 1i64..120) {
        for slot in found(&scene, TimeDelta::minutes(minutes)) {
            for block in &scene.busy {
                let apart = (block.start() - slot.end).max(slot.start - block.end());
                prop_assert!(apart >= scene.pause(), "{:?} and {:?}", slot, block);
            }
        }
    }

    #[test]
    fn slots_lie_in_the_hours_of_one_day_by_start_and_are_long_enough(scene in scene(), minutes in 1i64..120) {
        let shortest = TimeDelta::minutes(minutes);
        let found = found(&scene, shortest);
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
        for slot in found {
            let hours = hours_of(&scene, slot);
            prop_assert!(hours.is_some_and(|hours| hours.start <= slot.start && slot.end <= hours.end), "{:?}", slot);
            prop_assert!(slot.end - slot.start >= shortest, "{:?}", slot);
            let start = scene.horizon.zone.wall(slot.start);
            prop_assert_eq!((start.minute() % 5, start.second(), start.nanosecond()), (0, 0, 0));
        }
    }

    /// A slot cannot be made longer on either side.
    #[test]
    fn slots_are_maximal(scene in scene(), minutes in 1i64..120) {
        for slot in found(&scene, TimeDelta::minutes(minutes)) {
            let hours = hours_of(&scene, slot).unwrap();
            let earlier = slot.start - TimeDelta::minutes(GRID_MINUTES.into());
            let is_taken = |from, to| {
                scene.busy.iter().any(|block| block.start() - scene.pause() < to && from < block.end() + scene.pause())
            };
            prop_assert!(earlier < hours.start || is_taken(earlier, slot.start), "{:?}", slot);
            let later = slot.end + TimeDelta::milliseconds(1);
            prop_assert!(later > hours.end || is_taken(slot.end, later), "{:?}", slot);
        }
    }

    /// Every start on the grid at which a block of the length is free lies in a slot: none is missing.
    #[test]
    fn no_slot_is_missing(scene in scene(), minutes in 1i64..120) {
        let length = TimeDelta::minutes(minutes);
        let found = found(&scene, length);
        let Horizon { not_before, deadline, .. } = scene.horizon;
        let grid = TimeDelta::minutes(GRID_MINUTES.into()).num_milliseconds();
        for (_, hours) in scene.days() {
            let last = deadline.map_or(hours.end, |deadline| hours.end.min(deadline));
            let first = hours.start.max(not_before).timestamp_millis().div_euclid(grid);
            for step in first..=last.timestamp_millis().div_euclid(grid) {
                let start = chrono::DateTime::from_timestamp_millis(step * grid).unwrap();
                let end = start + length;
                let apart = |block: &Span| block.end() + scene.pause() <= start || end + scene.pause() <= block.start();
                if start >= hours.start && start >= not_before && end <= last && scene.busy.iter().all(apart) {
                    prop_assert!(found.iter().any(|slot| slot.start <= start && end <= slot.end), "{}–{}", start, end);
                }
            }
        }
    }

    #[test]
    fn each_placed_task_lies_in_a_slot(scene in scene()) {
        let found = found(&scene, TimeDelta::minutes(5));
        for placed in scene.place().placed {
            let span = placed.span;
            let holds = |slot: &Slot| slot.start <= span.start() && span.end() <= slot.end;
            prop_assert!(found.iter().any(holds), "{:?}", span);
        }
    }
}
