//! The scores of each contender.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::score::Score;
use super::trouble::Trouble;
use crate::models::Price;
use crate::record::{AttemptId, Record};

/// A contender: a model with a choice of prompts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Who {
    /// The name of the model on the command line.
    pub model: String,
    /// The prompt versions that replace the current ones. Empty if there are none.
    pub prompts: String,
}

/// The results of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The results of each contender, in the order of their first records.
    pub contenders: Vec<Scores>,
}

/// The results of a contender.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// The contender.
    pub who: Who,
    /// Of all attempts.
    pub overall: Score,
    /// By suite.
    pub suites: BTreeMap<String, Score>,
    /// By category.
    pub categories: BTreeMap<String, Score>,
    /// By tag. A case counts for each of its tags.
    pub tags: BTreeMap<String, Score>,
    /// The cases that did not always pass, in the order of their first records.
    pub failures: Vec<Failure>,
}

/// A case that did not always pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The case.
    pub case: String,
    /// How often it passed.
    pub passed: u64,
    /// The number of attempts, including faults.
    pub tries: u64,
    /// The first failure of the first attempt that did not pass.
    pub trouble: Trouble,
}

impl Who {
    /// The contender of an attempt.
    pub fn of(id: &AttemptId) -> Self {
        Self { model: id.model.clone(), prompts: id.prompts.clone() }
    }

    /// Whether this contender made the attempt.
    pub fn made(&self, record: &Record) -> bool {
        record.id.model == self.model && record.id.prompts == self.prompts
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prompts.is_empty() {
            true => write!(f, "{}", self.model),
            false => write!(f, "{} with {}", self.model, self.prompts),
        }
    }
}

/// All contenders, in the order of their first records.
pub fn contenders(records: &[Record]) -> Vec<Who> {
    let mut found = Vec::new();
    for record in records {
        if !found.iter().any(|who: &Who| who.made(record)) {
            found.push(Who::of(&record.id));
        }
    }
    found
}

/// Summarizes these attempts. `price` returns the price of a model, as [`crate::models::price_of`] does.
pub fn summary(records: &[Record], price: impl Fn(&str) -> Option<Price>) -> Summary {
    let of = |who: Who| {
        let theirs: Vec<&Record> = records.iter().filter(|record| who.made(record)).collect();
        let price = price(&who.model);
        Scores {
            overall: Score::of(&theirs, price),
            suites: grouped(&theirs, price, |record| std::slice::from_ref(&record.suite)),
            categories: grouped(&theirs, price, |record| std::slice::from_ref(&record.category)),
            tags: grouped(&theirs, price, |record| &record.tags),
            failures: failures(&theirs),
            who,
        }
    };
    Summary { contenders: contenders(records).into_iter().map(of).collect() }
}

fn grouped(records: &[&Record], price: Option<Price>, names: fn(&Record) -> &[String]) -> BTreeMap<String, Score> {
    let mut groups: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in records {
        for name in names(record) {
            groups.entry(name).or_default().push(record);
        }
    }
    groups.into_iter().map(|(name, records)| (name.to_owned(), Score::of(&records, price))).collect()
}

fn failures(records: &[&Record]) -> Vec<Failure> {
    let mut found: Vec<Failure> = Vec::new();
    for record in records {
        let Some(trouble) = Trouble::of(record) else { continue };
        if !found.iter().any(|failure| failure.case == record.id.case) {
            let tries = || records.iter().filter(|other| other.id.case == record.id.case);
            let passed = tries().filter(|other| other.passed).count() as u64;
            found.push(Failure { case: record.id.case.clone(), passed, tries: tries().count() as u64, trouble });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{by, failed, fault, of, passed};

    fn rates(scores: &BTreeMap<String, Score>) -> Vec<(&str, u64, u64)> {
        scores.iter().map(|(name, score)| (name.as_str(), score.passed, score.attempts)).collect()
    }

    #[test]
    fn scores_are_told_by_contender_suite_category_and_tag() {
        let mut other_prompt = failed("a", 1, "added", "no");
        other_prompt.id.prompts = "system@3".to_owned();
        let records = [
            of("one", "x", &["offline", "undo"], passed("a", 1)),
            of("one", "y", &["undo"], failed("b", 1, "reply", "no")),
            of("two", "y", &[], passed("c", 1)),
            other_prompt,
        ];
        let summary = summary(&records, |_| None);
        let [plain, prompted] = summary.contenders.as_slice() else { panic!("{summary:?}") };
        assert_eq!((plain.who.to_string(), prompted.who.to_string()), ("m".to_owned(), "m with system@3".to_owned()));
        assert_eq!((plain.overall.passed, plain.overall.attempts), (2, 3));
        assert_eq!(rates(&plain.suites), [("one", 1, 2), ("two", 1, 1)]);
        assert_eq!(rates(&plain.categories), [("x", 1, 1), ("y", 1, 2)]);
        assert_eq!(rates(&plain.tags), [("offline", 1, 1), ("undo", 1, 2)]);
        assert_eq!(prompted.overall.attempts, 1);
    }

    #[test]
    fn a_case_that_fails_is_told_once_with_how_often_it_passed() {
        let records = [
            passed("a", 1),
            failed("a", 2, "added", "first"),
            failed("a", 3, "reply", "second"),
            fault("b", 1, "no zone"),
            passed("c", 1),
        ];
        let failures = summary(&records, |_| None).contenders.remove(0).failures;
        let failures: Vec<_> =
            failures.iter().map(|it| (it.case.as_str(), it.passed, it.tries, it.trouble.to_string())).collect();
        assert_eq!(failures, [("a", 1, 3, "added: first".to_owned()), ("b", 0, 1, "fault: no zone".to_owned())]);
    }

    #[test]
    fn the_price_is_that_of_each_model() {
        let records = [passed("a", 1), by("n", passed("a", 1))];
        let summary = summary(&records, |model| (model == "n").then_some(Price { input: 1.0, output: 1.0 }));
        let prices: Vec<_> = summary.contenders.iter().map(|it| it.overall.price.is_some()).collect();
        assert_eq!(prices, [false, true]);
    }
}
