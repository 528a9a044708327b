//! How the minutes of a week become sessions.

use crate::place::SHORTEST_TASK;

/// The lengths of sessions are multiples of this many minutes.
pub(super) const ROUND_MINUTES: u32 = 5;

/// Divides the minutes of a week into at most `most` sessions on different days, whose lengths are as near to `wished` as possible. `longest` has the
/// longest session of each day, in minutes. Together they have as many minutes, less at most four, unless that is too much for the days. The longer
/// ones come first.
///
/// They are on days that are long enough for `wished`, and also on shorter ones if the minutes need them.
pub(super) fn split(minutes: u32, wished: u32, longest: &[u32], most: usize) -> Vec<u32> {
    let days = in_order(longest, most);
    let Some(longest) = days.first().copied().filter(|_| minutes >= SHORTEST_TASK) else { return Vec::new() };
    let wished = wished.clamp(SHORTEST_TASK, longest);
    let mut count = (minutes.saturating_add(wished / 2) / wished).max(1);
    // Two sessions of 60 minutes rather than one of 120, if 90 were wished for: what is done more often is easier to do.
    if minutes > count.saturating_mul(wished).saturating_mul(5) / 4 || minutes.div_ceil(count) > longest {
        count += 1;
    }
    let long_enough = days.partition_point(|longest| *longest >= wished);
    let least = (count as usize).min(long_enough);
    let mut lengths = (least..=days.len()).map(|count| fill(minutes, days.get(..count).unwrap_or_default()));
    let is_full = |lengths: &Vec<u32>| minutes - lengths.iter().sum::<u32>() < ROUND_MINUTES;
    lengths.find(is_full).unwrap_or_else(|| fill(minutes, &days))
}

/// Gives each day an equal part of the minutes, or as much as fits into it; the days are those with the longest sessions first.
fn fill(minutes: u32, days: &[u32]) -> Vec<u32> {
    let mut steps = minutes / ROUND_MINUTES;
    let mut lengths = Vec::with_capacity(days.len());
    let mut days_left = u32::try_from(days.len()).unwrap_or(u32::MAX);
    // The shortest days first, so that the others get what these have no room for.
    for longest in days.iter().rev() {
        let length = (steps / days_left).min(longest / ROUND_MINUTES);
        (steps, days_left) = (steps - length, days_left - 1);
        lengths.insert(0, length * ROUND_MINUTES);
    }
    lengths.retain(|length| *length > 0);
    lengths
}

/// The longest sessions of the `most` days that have the longest ones, by length. Days without time for a session are left out.
fn in_order(longest: &[u32], most: usize) -> Vec<u32> {
    let mut days: Vec<u32> = Vec::with_capacity(longest.len());
    for longest in longest.iter().copied().filter(|longest| *longest >= SHORTEST_TASK) {
        days.insert(days.partition_point(|other| *other >= longest), longest);
    }
    days.truncate(most);
    days
}

/// Distributes lengths, the longer ones first, over days with these longest sessions: the later days first, but a long session to a day that is long
/// enough. Returns the length of each day, 0 for one without a session. `None` if they do not fit.
pub(super) fn distribute(lengths: &[u32], longest: &[u32]) -> Option<Vec<u32>> {
    let mut days = vec![0; longest.len()];
    let level = lengths.first().copied().unwrap_or_default();
    for length in lengths.iter().copied() {
        let free = days.iter_mut().zip(longest).filter(|(day, longest)| **day == 0 && **longest >= length);
        // All days that are long enough for any session are alike.
        let (day, _) = free.max_by_key(|(_, longest)| level.min(**longest))?;
        *day = length;
    }
    Some(days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_week_has_whole_sessions_of_about_the_wished_length() {
        for (minutes, wished, most, expected, why) in [
            (180, 90, 7, vec![90, 90], "three hours are two of 90"),
            (180, 60, 7, vec![60, 60, 60], "or three of an hour"),
            (120, 90, 7, vec![60, 60], "two shorter ones rather than one that is longer"),
            (300, 60, 7, vec![60; 5], "as wished"),
            (240, 90, 7, vec![80, 80, 80], "three rather than two of 120"),
            (200, 60, 7, vec![70, 65, 65], "all of the minutes, in steps of five"),
            (90, 60, 7, vec![45, 45], "a quarter less"),
            (60, 90, 7, vec![60], "one that is shorter"),
            (15, 60, 7, vec![15], "the fewest hours a week that can be set"),
            (600, 60, 7, vec![90, 85, 85, 85, 85, 85, 85], "one a day, so they are longer"),
            (600, 60, 4, vec![150; 4], "on four days"),
            (10_080, 60, 7, vec![480; 7], "no more than 8 hours"),
            (63, 30, 7, vec![30, 30], "a rest of less than five minutes is not planned"),
            (4, 30, 7, vec![], "too short for anything"),
            (60, 30, 0, vec![], "there is no day"),
        ] {
            assert_eq!(split(minutes, wished, &[480; 7], most), expected, "{minutes} of {wished} on {most}: {why}");
        }
        assert_eq!(split(180, 90, &[60; 7], 7), [60, 60, 60], "no free time is longer than an hour");
    }

    #[test]
    fn days_have_as_much_as_fits_into_them() {
        // Evenings and a weekend.
        let week = [90, 90, 90, 90, 90, 480, 480];
        for (minutes, wished, most, expected, why) in [
            (180, 60, 7, vec![60, 60, 60], "they fit into every day"),
            (900, 60, 7, vec![225, 225, 90, 90, 90, 90, 90], "what the evenings lack is at the weekend"),
            (900, 60, 6, vec![270, 270, 90, 90, 90, 90], "with a day of rest"),
            (2_000, 60, 7, vec![480, 480, 90, 90, 90, 90, 90], "as much as there is room for"),
            (360, 180, 7, vec![180, 180], "long sessions are at the weekend"),
            (1_100, 180, 7, vec![460, 460, 90, 90], "and also in the evening, if the weekend is not enough"),
        ] {
            assert_eq!(split(minutes, wished, &week, most), expected, "{minutes} of {wished} on {most}: {why}");
        }
    }

    #[test]
    fn long_sessions_are_on_long_days() {
        let week = [90, 90, 90, 90, 90, 480, 480];
        assert_eq!(distribute(&[225, 220, 90], &week), Some(vec![0, 0, 0, 0, 90, 220, 225]));
        assert_eq!(distribute(&[65, 60], &week[..3]), Some(vec![0, 60, 65]));
        assert_eq!(distribute(&[95], &week[..3]), None);
        assert_eq!(distribute(&[60, 60], &week[..1]), None, "a day has one session");
    }

    proptest! {
        #[test]
        fn sessions_take_the_minutes_of_the_week_if_they_fit(
            minutes in 15u32..3_000,
            wished in 5u32..=480,
            longest in prop::collection::vec(0u32..=480, 1..=7),
            most in 1usize..=7,
        ) {
            let lengths = split(minutes, wished, &longest, most);
            prop_assert!(lengths.len() <= most && lengths.is_sorted_by(|one, other| one >= other), "{lengths:?}");
            prop_assert!(lengths.iter().all(|length| *length >= 5 && length % 5 == 0), "{lengths:?}");
            let total: u32 = lengths.iter().sum();
            prop_assert!(total <= minutes);
            let mut days = longest.clone();
            days.sort_by_key(|longest| std::cmp::Reverse(*longest));
            let room: u32 = days.iter().take(most).map(|longest| longest / 5 * 5).sum();
            prop_assert!(minutes - total < 5 || total == room, "{lengths:?} of {room}");
            let distributed = distribute(&lengths, &longest);
            prop_assert!(distributed.is_some(), "{lengths:?}");
            let distributed = distributed.unwrap();
            prop_assert!(distributed.iter().zip(&longest).all(|(length, longest)| length <= longest));
            prop_assert_eq!(distributed.into_iter().sum::<u32>(), total);
        }

        #[test]
        fn no_numbers_panic(
            minutes in any::<u32>(),
            wished in any::<u32>(),
            longest in prop::collection::vec(any::<u32>(), 0..9),
            most in 0usize..9,
        ) {
            prop_assert!(split(minutes, wished, &longest, most).len() <= most);
        }
    }
}
