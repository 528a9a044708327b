//! How the minutes of a week become sessions.

use crate::place::SHORTEST_TASK;

/// The lengths of sessions are multiples of this many minutes.
pub(super) const ROUND_MINUTES: u32 = 5;

/// Divides the minutes of a week into at most `most` sessions, whose lengths are as near to `wished` as possible and at most `longest` minutes.
/// Together they have as many minutes, less at most four, unless that is too much for them. The longer ones come first.
pub(super) fn split(minutes: u32, wished: u32, longest: u32, most: usize) -> Vec<u32> {
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    if minutes < SHORTEST_TASK || longest < SHORTEST_TASK || most == 0 {
        return Vec::new();
    }
    let wished = wished.clamp(SHORTEST_TASK, longest);
    let mut count = (minutes.saturating_add(wished / 2) / wished).max(1);
    // Two sessions of 60 minutes rather than one of 120, if 90 were wished for: what is done more often is easier to do.
    if minutes > count.saturating_mul(wished).saturating_mul(5) / 4 || minutes.div_ceil(count) > longest {
        count += 1;
    }
    let count = count.min(most);
    let steps = minutes.min(count.saturating_mul(longest / ROUND_MINUTES * ROUND_MINUTES)) / ROUND_MINUTES;
    let length = |index: u32| (steps / count + u32::from(index < steps % count)) * ROUND_MINUTES;
    (0..count).map(length).filter(|length| *length > 0).collect()
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
            assert_eq!(split(minutes, wished, 480, most), expected, "{minutes} of {wished} on {most}: {why}");
        }
        assert_eq!(split(180, 90, 60, 7), [60, 60, 60], "no free time is longer than an hour");
    }

    proptest! {
        #[test]
        fn sessions_take_the_minutes_of_the_week(minutes in 15u32..3_000, wished in 5u32..=480, longest in 60u32..=480, most in 1usize..=7) {
            let lengths = split(minutes, wished, longest, most);
            prop_assert!(lengths.len() <= most);
            prop_assert!(lengths.iter().all(|length| (5..=longest).contains(length) && length % 5 == 0), "{lengths:?}");
            let total: u32 = lengths.iter().sum();
            prop_assert!(total <= minutes);
            let is_full = lengths.len() == most && lengths.iter().all(|length| length + 5 > longest);
            prop_assert!(minutes - total < 5 || is_full, "{lengths:?}");
        }

        #[test]
        fn no_numbers_panic(minutes in any::<u32>(), wished in any::<u32>(), longest in 0u32..=480, most in 0usize..9) {
            prop_assert!(split(minutes, wished, longest, most).len() <= most);
        }
    }
}
