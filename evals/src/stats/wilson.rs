//! Wilson's score interval of a proportion.

use serde::{Deserialize, Serialize};

/// The 97.5th percentile of the standard normal distribution: 95 % lie within so many standard deviations.
const Z: f64 = 1.959_963_984_540_054;

/// A range that holds the true proportion in 95 of 100 measurements. Both ends are in 0.0..=1.0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Wilson's 95 % interval, without continuity correction, of `successes` in `trials`; all of 0 to 1 where nothing was tried.
///
/// Unlike the textbook's normal interval it stays within 0 and 1 and says something where all or none succeeded.
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
pub fn wilson(successes: u64, trials: u64) -> Interval {
    if trials == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    // Exact up to 2^53.
    #[expect(clippy::cast_precision_loss)]
    let (n, rate) = (trials as f64, successes as f64 / trials as f64);
    let z2 = Z * Z;
    let centre = rate + z2 / (2.0 * n);
    let spread = Z * (rate * (1.0 - rate) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Interval { low: ((centre - spread) / scale).max(0.0), high: ((centre + spread) / scale).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
    /// method 3 (score, without continuity correction).
    #[test]
    fn the_interval_is_that_of_newcombes_table() {
        for (successes, trials, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let interval = wilson(successes, trials);
            let near = |is: f64, wanted: f64| (is - wanted).abs() < 0.000_05;
            assert!(near(interval.low, low) && near(interval.high, high), "{successes}/{trials}: {interval:?}");
        }
    }

    #[test]
    fn nothing_tried_says_nothing_and_all_passed_is_not_certainty() {
        assert_eq!(wilson(0, 0), Interval { low: 0.0, high: 1.0 });
        let all = wilson(10, 10);
        assert!(all.high > 0.999 && all.low < 0.75, "{all:?}");
    }
}
