//! The tokens that all people together may use in a day.
//!
//! One object counts them. If each turn reported its tokens, a busy deployment would be as slow as that object, so a turn with few tokens,
//! or an answer for a goal, reports only sometimes, and then for those that do not: the count is right on average. With a share of 1/2,000 of the budget,
//! its standard deviation at the end of the budget is at most √(1/2,000) = 2.2 %, so it is within 5 % in 95 of 100 days.

use chrono::{DateTime, TimeDelta, Utc};

use super::request::day_number;
use crate::setting::{Lookup, number};

/// The number of reports that a budget is divided into.
const REPORTS: u64 = 2_000;
/// How old the count may be that a turn relies on.
const FRESH: TimeDelta = TimeDelta::minutes(1);

/// A budget. 0 means that there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Tokens that the model may read and write in a day (UTC).
    pub per_day: u64,
}

/// What a process knows about the tokens that were used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The day, as [`day_number`].
    pub day: i64,
    /// The tokens that were used on that day.
    pub tokens: u64,
}

impl Budget {
    /// Reads the budget from its variable.
    ///
    /// # Errors
    /// A sentence when it is not a number or out of range.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        Ok(Self { per_day: number(lookup, "BUDGET_TOKENS_PER_DAY", 0, 0..=1_000_000_000_000)? })
    }

    /// The tokens to report for a turn that used `tokens`. `random` is uniform in 0..1. 0 means that nothing is reported.
    pub fn reported(self, tokens: u64, random: f64) -> u64 {
        if self.per_day == 0 {
            return 0;
        }
        let share = (self.per_day / REPORTS).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a probability")]
        let is_chosen = random * (share as f64) < tokens as f64;
        match tokens {
            0 => 0,
            tokens if tokens >= share => tokens,
            _ if is_chosen => share,
            _ => 0,
        }
    }

    /// Whether tokens are left at a moment. They are if nothing is known about its day.
    pub fn is_left(self, known: Option<Known>, now: DateTime<Utc>) -> bool {
        let used = known.filter(|known| known.day == day_number(now)).map_or(0, |known| known.tokens);
        self.per_day == 0 || used < self.per_day
    }

    /// Whether the count has to be asked for again before a turn, if it was last asked for at `asked`.
    pub fn is_due(self, asked: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        // A clock can go back.
        self.per_day > 0 && asked.is_none_or(|asked| (now - asked).abs() >= FRESH)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_budget_is_read_from_its_variable() {
        assert_eq!(Budget::from_lookup(&|_| None), Ok(Budget::default()));
        assert_eq!(Budget::from_lookup(&|_| Some("5000000".to_owned())), Ok(Budget { per_day: 5_000_000 }));
        assert!(Budget::from_lookup(&|_| Some("much".to_owned())).unwrap_err().contains("BUDGET_TOKENS_PER_DAY"));
    }

    #[test]
    fn a_turn_above_the_share_reports_what_it_used_and_others_the_share_or_nothing() {
        let budget = Budget { per_day: 2_000_000 };
        assert_eq!(budget.reported(1_500, 0.999), 1_500);
        assert_eq!([0.0, 0.29, 0.31].map(|random| budget.reported(300, random)), [1_000, 1_000, 0]);
        assert_eq!(budget.reported(0, 0.0), 0);
        assert_eq!(Budget::default().reported(300, 0.0), 0);
        assert_eq!(Budget { per_day: 100 }.reported(3, 0.9), 3, "a small budget is counted exactly");
    }

    #[test]
    fn a_budget_is_for_one_day() {
        let budget = Budget { per_day: 1_000 };
        let now = at("2026-03-02T23:59:59Z");
        let known = |tokens| Some(Known { day: day_number(now), tokens });
        assert!(budget.is_left(None, now) && budget.is_left(known(999), now));
        assert!(!budget.is_left(known(1_000), now));
        assert!(budget.is_left(known(1_000), now + TimeDelta::seconds(1)), "a new day");
        assert!(Budget::default().is_left(known(u64::MAX), now));
    }

    #[test]
    fn the_count_is_asked_for_once_a_minute() {
        let (budget, now) = (Budget { per_day: 1_000 }, at("2026-03-02T10:00:00Z"));
        assert!(budget.is_due(None, now));
        assert!(!budget.is_due(Some(now), now + TimeDelta::seconds(59)));
        assert!(budget.is_due(Some(now), now + TimeDelta::seconds(60)));
        assert!(!Budget::default().is_due(None, now));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        /// Whatever turns use, the count at the end of the budget is right. The bound is five standard deviations, which a right
        /// count exceeds once in a million times.
        #[test]
        fn the_count_is_right_on_average(seed in any::<u64>(), most in 10_u64..3_000) {
            let budget = Budget { per_day: 2_000_000 };
            // SplitMix64, so that a failure can be repeated.
            let mut state = seed;
            let mut random = || {
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
            };
            let (mut used, mut counted) = (0, 0);
            while used < budget.per_day {
                let tokens = 1 + (random() * most as f64) as u64;
                used += tokens;
                counted += budget.reported(tokens, random());
            }
            let error = (counted as f64 - used as f64).abs() / used as f64;
            prop_assert!(error < 5.0 * 0.0224, "{error}");
        }
    }
}
