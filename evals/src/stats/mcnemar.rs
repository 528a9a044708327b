//! McNemar's test of two models, or two prompts, on the same cases.

use serde::{Deserialize, Serialize};

/// What the test says. Cases on which both did the same say nothing about which is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct McNemar {
    /// Cases that only the second passes.
    pub better: u64,
    /// Cases that only the first passes.
    pub worse: u64,
    /// How probable a difference at least as large is where there is none in truth, two-sided: 0.0..=1.0.
    pub p: f64,
}

/// The exact test: of the cases on which the two differ, each is a toss of a fair coin where neither is better (Q. McNemar, "Note on
/// the sampling error of the difference between correlated proportions or percentages", Psychometrika 12 (1947); exact by the
/// binomial distribution, since the cases on which they differ are few).
pub fn mcnemar(better: u64, worse: u64) -> McNemar {
    let (n, fewer) = (better + worse, better.min(worse));
    // Exact up to 2^53.
    #[expect(clippy::cast_precision_loss)]
    let float = |number: u64| number as f64;
    let ln = |number: u64| float(number).ln();
    // Sums the lower tail in logarithms: 0.5^n underflows from about a thousand on.
    let mut ln_term = -float(n) * ln(2);
    let mut tail = ln_term.exp();
    for k in 1..=fewer {
        ln_term += ln(n - k + 1) - ln(k);
        tail += ln_term.exp();
    }
    McNemar { better, worse, p: (2.0 * tail).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the binomial distribution, as tables and R's `binom.test(b, b + c)` have it.
    #[test]
    fn the_probability_is_that_of_the_binomial_distribution() {
        for (better, worse, p) in [
            (0, 0, 1.0),
            (1, 0, 1.0),
            (5, 0, 0.0625),
            (0, 6, 0.03125),
            (1, 9, 0.021_484_375),
            (7, 7, 1.0),
            (2, 10, 0.038_574_218_75),
        ] {
            let test = mcnemar(better, worse);
            assert!((test.p - p).abs() < 1e-12, "{better}:{worse} {}", test.p);
            assert!((mcnemar(worse, better).p - p).abs() < 1e-12, "two-sided");
        }
    }

    /// A. Agresti, "Categorical Data Analysis", table 10.1: approval of the Prime Minister, 150 changed one way and 86 the other; there
    /// with the approximate test (z² = 17.36), here with the exact one. Both numbers were summed in exact fractions.
    #[test]
    fn many_cases_do_not_underflow() {
        let near = |is: f64, wanted: f64| (is / wanted - 1.0).abs() < 1e-9;
        assert!(near(mcnemar(150, 86).p, 3.715_936_139_571_442e-5), "{}", mcnemar(150, 86).p);
        assert!(near(mcnemar(2_000, 1_000).p, 1.009_014_862_794_134e-75), "{}", mcnemar(2_000, 1_000).p);
        assert!((mcnemar(3_000, 3_000).p - 1.0).abs() < 1e-9);
    }
}
