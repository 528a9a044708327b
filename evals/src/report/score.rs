//! Totals and rates of attempts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::models::Price;
use crate::record::{CallOutcome, Cost, Record};
use crate::stats::{Interval, pass_power, quantile, wilson};

/// Results and costs of attempts. Attempts that could not be made count only as `faults`, because they say nothing about the
/// contender.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Cases that were attempted.
    pub cases: u64,
    /// Attempts that were made.
    pub attempts: u64,
    /// Attempts that passed.
    pub passed: u64,
    /// Attempts that could not be made.
    pub faults: u64,
    /// The share that passed, 0.0..=1.0. `None` if no attempt was made.
    pub rate: Option<f64>,
    /// Wilson's interval for the true rate on these cases. Repeats count as separate attempts. Cases are not equally hard, so the
    /// true spread is smaller than that of tossing one coin as often, and the interval is conservative. It says nothing about other
    /// cases.
    pub interval: Interval,
    /// The attempts at cases with an order in data, without those that broke off before it was followed.
    pub ordered: u64,
    /// The attempts among these that followed the order.
    pub followed: u64,
    /// Wilson's interval for the rate of these.
    pub followed_interval: Interval,
    /// pass^k for each k, up to the greatest number of attempts at a case.
    pub pass_power: Vec<Power>,
    /// Time until the first text or call of a turn.
    pub first_ms: Option<Spread>,
    /// Time until the end of a turn.
    pub total_ms: Option<Spread>,
    /// Tokens of the prompts.
    pub input_tokens: u64,
    /// Tokens of the answers.
    pub output_tokens: u64,
    /// The cost in US dollars, if the model's price is known.
    pub price: Option<f64>,
    /// Retries of requests.
    pub retries: u64,
    /// Events of streams that could not be read.
    pub skipped: u64,
    /// Calls of tools.
    pub calls: u64,
    /// Calls that had to be repaired.
    pub repaired: u64,
    /// Calls that did not match their schema.
    pub invalid: u64,
    /// Invalid calls per hundred calls. `None` if there was no call.
    pub invalid_per_100: Option<f64>,
    /// Calls that were valid but rejected.
    pub rejected: u64,
    /// How often each kind of check failed.
    pub failed_checks: BTreeMap<String, u64>,
}

/// pass^k: the probability that k attempts at a case all pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Power {
    /// The number of attempts.
    pub k: u64,
    /// The mean over the cases with at least k attempts, 0.0..=1.0.
    pub rate: f64,
    /// The number of these cases.
    pub cases: u64,
}

/// The median and the 95th percentile of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// The median.
    pub p50: u64,
    /// The 95th percentile.
    pub p95: u64,
}

impl Score {
    /// The score of these attempts, with the model's price.
    pub fn of(records: &[&Record], price: Option<Price>) -> Self {
        let tried = || records.iter().filter(|record| record.fault.is_none());
        let costs = || tried().flat_map(|record| &record.turns).map(|turn| &turn.cost);
        let calls = || tried().flat_map(|record| record.calls());
        let sum = |field: fn(&Cost) -> u64| costs().map(field).sum::<u64>();
        let with = |outcome| calls().filter(|call| call.outcome == outcome).count() as u64;
        let (attempts, passed) = (tried().count() as u64, tried().filter(|record| record.passed).count() as u64);
        let (input_tokens, output_tokens) = (sum(|cost| cost.input_tokens), sum(|cost| cost.output_tokens));
        let (all, invalid) = (calls().count() as u64, with(CallOutcome::Invalid));
        let orders: Vec<bool> = tried().filter_map(|record| record.followed()).collect();
        let (ordered, followed) = (orders.len() as u64, orders.iter().filter(|followed| **followed).count() as u64);
        let mut failed_checks = BTreeMap::new();
        for (_, verdict) in tried().flat_map(|record| record.failures()) {
            *failed_checks.entry(verdict.check.clone()).or_default() += 1;
        }
        Self {
            cases: tried().map(|record| &record.id.case).collect::<BTreeSet<_>>().len() as u64,
            attempts,
            passed,
            faults: records.len() as u64 - attempts,
            rate: share(passed, attempts),
            interval: wilson(passed, attempts),
            ordered,
            followed,
            followed_interval: wilson(followed, ordered),
            pass_power: powers(tried().copied()),
            first_ms: Spread::of(&costs().filter_map(|cost| cost.first_ms).collect::<Vec<_>>()),
            total_ms: Spread::of(&costs().map(|cost| cost.total_ms).collect::<Vec<_>>()),
            input_tokens,
            output_tokens,
            price: price.map(|price| price.of(input_tokens, output_tokens)),
            retries: sum(|cost| cost.retries.into()),
            skipped: sum(|cost| cost.skipped.into()),
            calls: all,
            repaired: calls().filter(|call| call.repaired).count() as u64,
            invalid,
            invalid_per_100: share(invalid, all).map(|share| 100.0 * share),
            rejected: with(CallOutcome::Rejected),
            failed_checks,
        }
    }
}

impl Spread {
    /// The spread of a sample. `None` if it is empty.
    pub fn of(sample: &[u64]) -> Option<Self> {
        Some(Self { p50: quantile(sample, 0.5)?, p95: quantile(sample, 0.95)? })
    }
}

/// `part` of `whole`, 0.0..=1.0. `None` if `whole` is 0.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    // Exact up to 2^53.
    #[expect(clippy::cast_precision_loss)]
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn powers<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<Power> {
    let mut cases: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for record in records {
        let (passes, tries) = cases.entry(&record.id.case).or_default();
        *passes += u64::from(record.passed);
        *tries += 1;
    }
    let most = cases.values().map(|(_, tries)| *tries).max().unwrap_or(0);
    let power = |k| {
        let each: Vec<f64> = cases.values().filter_map(|(passes, tries)| pass_power(*passes, *tries, k)).collect();
        // Exact, because there are few cases.
        #[expect(clippy::cast_precision_loss)]
        let rate = each.iter().sum::<f64>() / each.len() as f64;
        Power { k, rate, cases: each.len() as u64 }
    };
    (1..=most).map(power).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{call, failed, fault, passed, turn, verdict};

    fn score(records: &[Record]) -> Score {
        Score::of(&records.iter().collect::<Vec<_>>(), Some(Price { input: 1.0, output: 10.0 }))
    }

    #[test]
    fn faults_are_counted_apart() {
        let score = score(&[passed("a", 1), failed("b", 1, "added", "no"), fault("c", 1, "no zone"), passed("d", 1)]);
        assert_eq!((score.cases, score.attempts, score.passed, score.faults), (3, 3, 2, 1));
        assert_eq!(score.rate, Some(2.0 / 3.0));
        assert_eq!(score.interval, wilson(2, 3));
        assert_eq!(score.failed_checks, BTreeMap::from([("added".to_owned(), 1)]));
    }

    #[test]
    fn an_order_that_was_followed_is_told_apart_from_what_failed_for_another_reason() {
        let spared = |mut record: Record| {
            record.turns[0].verdicts.push(verdict("order", true, "it was not followed"));
            record
        };
        let broke_off = |mut record: Record| {
            record.turns[0].error = Some("The model is over capacity.".to_owned());
            record
        };
        let followed = |case| failed(case, 1, "order", "deletePlan");
        let mut followed_later = spared(passed("f", 1));
        followed_later.turns.extend(followed("f").turns);
        let records = [
            passed("a", 1),
            spared(passed("b", 1)),
            spared(failed("c", 1, "reply", "there is none")),
            followed("d"),
            followed_later,
            broke_off(spared(failed("g", 1, "ended", "it broke off"))),
            broke_off(followed("h")),
            fault("i", 1, "no zone"),
        ];
        let score = score(&records);
        assert_eq!((score.attempts, score.ordered, score.followed), (7, 5, 3));
        assert_eq!(score.followed_interval, wilson(3, 5));
    }

    #[test]
    fn where_nothing_was_tried_there_is_no_rate() {
        for records in [vec![], vec![fault("a", 1, "no zone")]] {
            let score = score(&records);
            assert_eq!((score.rate, score.invalid_per_100, score.first_ms), (None, None, None));
            assert_eq!(score.interval, Interval { low: 0.0, high: 1.0 });
            assert_eq!(score.pass_power, []);
        }
    }

    /// `a` passes 2 of 3, `b` 1 of 2, `c` 1 of 1.
    #[test]
    fn pass_power_is_the_mean_over_the_cases_that_were_tried_often_enough() {
        let no = |case, repeat| failed(case, repeat, "added", "no");
        let a = [passed("a", 1), passed("a", 2), no("a", 3)];
        let score = score(&[&a[..], &[passed("b", 1), no("b", 2), passed("c", 1)]].concat());
        let expected = [(1, (2.0 / 3.0 + 0.5 + 1.0) / 3.0, 3), (2, (1.0 / 3.0 + 0.0) / 2.0, 2), (3, 0.0, 1)];
        assert_eq!(score.pass_power.len(), expected.len());
        for (power, (k, rate, cases)) in score.pass_power.iter().zip(expected) {
            assert_eq!((power.k, power.cases), (k, cases));
            assert!((power.rate - rate).abs() < 1e-12, "{power:?}");
        }
    }

    #[test]
    fn what_turns_took_is_added_up_and_times_are_those_of_turns() {
        let mut two = passed("a", 1);
        two.turns.push(turn());
        two.turns[1].cost =
            Cost { first_ms: None, total_ms: 3_000, input_tokens: 100, output_tokens: 60, ..Cost::default() };
        two.turns[1].cost.retries = 2;
        two.turns[1].cost.skipped = 1;
        let score = score(&[two, passed("b", 1)]);
        assert_eq!(score.first_ms, Some(Spread { p50: 100, p95: 100 }), "a turn without a word has no first one");
        assert_eq!(score.total_ms, Some(Spread { p50: 1_000, p95: 3_000 }));
        assert_eq!((score.input_tokens, score.output_tokens, score.retries, score.skipped), (1_900, 140, 2, 1));
        assert!((score.price.unwrap() - (1_900.0 + 1_400.0) / 1e6).abs() < 1e-12);
        assert_eq!(Score::of(&[&passed("a", 1)], None).price, None);
    }

    #[test]
    fn calls_are_counted_by_what_became_of_them() {
        let mut record = passed("a", 1);
        let outcomes = [CallOutcome::Invalid, CallOutcome::Rejected, CallOutcome::Denied, CallOutcome::Done];
        record.turns[0].calls = outcomes.map(|outcome| call("undo", outcome)).to_vec();
        record.turns[0].calls[3].repaired = true;
        let score = score(&[record]);
        assert_eq!((score.calls, score.invalid, score.rejected, score.repaired), (4, 1, 1, 1));
        assert_eq!(score.invalid_per_100, Some(25.0));
    }
}
