//! A token bucket: so much at once, and so much in the long run.

use chrono::{DateTime, TimeDelta, Utc};

/// What a bucket holds, and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The amount that becomes free each hour. 0 means that there is no limit.
    pub per_hour: u32,
    /// The amount that can be taken at once.
    pub burst: u32,
}

impl Rate {
    /// So much a minute, and so much at once.
    pub const fn per_minute(amount: u32, burst: u32) -> Self {
        Self { per_hour: amount.saturating_mul(60), burst }
    }
}

/// A bucket. It is full when it is first used, and lives as long as the process: an object that is opened anew begins with full
/// ones, which costs less than storing each use would.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bucket {
    /// What was taken and has not become free again at `at`.
    taken: f64,
    at: Option<DateTime<Utc>>,
}

impl Bucket {
    /// Takes an amount. An amount above the burst can be taken from a full bucket only.
    ///
    /// # Errors
    /// The time after which the same amount can be taken. Nothing is taken then.
    pub fn take(&mut self, rate: Rate, amount: f64, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        if rate.per_hour == 0 {
            return Ok(());
        }
        let per_ms = f64::from(rate.per_hour) / 3_600_000.0;
        // A clock can go back.
        let passed = self.at.map_or(0.0, |at| ms(now - at).max(0.0));
        self.taken = (self.taken - passed * per_ms).max(0.0);
        self.at = Some(now);
        let over = self.taken + amount.min(f64::from(rate.burst)) - f64::from(rate.burst);
        // Not what rounding leaves.
        if over > 1e-6 {
            #[expect(clippy::cast_possible_truncation, reason = "at most the minutes that a burst takes")]
            return Err(TimeDelta::milliseconds((over / per_ms).ceil() as i64));
        }
        self.taken += amount;
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "an error of a ms after 285,000 years")]
fn ms(time: TimeDelta) -> f64 {
    time.num_milliseconds() as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { per_hour: 3_600, burst: 5 };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_burst_is_free_and_then_so_much_in_the_long_run() {
        let mut bucket = Bucket::default();
        for _ in 0..5 {
            assert_eq!(bucket.take(RATE, 1.0, at(0)), Ok(()));
        }
        assert_eq!(bucket.take(RATE, 1.0, at(0)), Err(TimeDelta::seconds(1)));
        assert_eq!(bucket.take(RATE, 3.0, at(0)), Err(TimeDelta::seconds(3)));
        assert_eq!(bucket.take(RATE, 1.0, at(1)), Ok(()));
        assert_eq!(bucket.take(RATE, 1.0, at(1)), Err(TimeDelta::seconds(1)));
        assert_eq!(bucket.take(RATE, 5.0, at(60)), Ok(()), "full again");
    }

    #[test]
    fn an_amount_above_the_burst_is_taken_from_a_full_bucket_and_paid_for_afterwards() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(RATE, 65.0, at(0)), Ok(()));
        assert_eq!(bucket.take(RATE, 1.0, at(0)), Err(TimeDelta::seconds(61)));
        assert_eq!(bucket.take(RATE, 1.0, at(61)), Ok(()));
    }

    #[test]
    fn without_a_rate_there_is_no_limit_and_a_clock_that_goes_back_frees_nothing() {
        let mut bucket = Bucket::default();
        let none = Rate { per_hour: 0, burst: 0 };
        assert!((0..1_000).all(|_| bucket.take(none, 1e9, at(0)).is_ok()));
        bucket = Bucket::default();
        assert_eq!(bucket.take(RATE, 5.0, at(100)), Ok(()));
        assert!(bucket.take(RATE, 1.0, at(0)).is_err());
        assert_eq!(bucket.take(RATE, 1.0, at(1)), Ok(()), "it goes on from there");
    }

    proptest! {
        /// Whatever is asked when: no more than the burst and what has become free is ever taken, and whoever waits as told is
        /// served.
        #[test]
        fn no_more_is_taken_than_allowed(asked in prop::collection::vec((0_i64..3_000, 1_u8..=5), 1..200)) {
            let mut bucket = Bucket::default();
            let (mut now, mut taken) = (at(0), 0.0);
            for (pause, amount) in asked {
                now += TimeDelta::milliseconds(pause);
                let amount = f64::from(amount);
                match bucket.take(RATE, amount, now) {
                    Ok(()) => taken += amount,
                    Err(wait) => {
                        let mut later = bucket;
                        prop_assert!(later.take(RATE, amount, now + wait).is_ok());
                    }
                }
                let most = 5.0 + ms(now - at(0)) / 1_000.0;
                prop_assert!(taken <= most + 1e-6, "{taken} of {most}");
            }
        }
    }
}
