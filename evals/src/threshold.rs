//! The pass rates that CI requires, from a file of thresholds.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::report::{Who, contenders};

/// A required pass rate of a model. Criteria that are not given do not restrict it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The name of the model on the command line. The threshold does not apply if this model did not run.
    pub model: String,
    /// The prompt versions that replace the current ones, `name@version` joined by commas. Empty for the current ones. If missing,
    /// each choice of prompts must reach the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompts: Option<String>,
    /// The suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The share that must pass, 0.0..=1.0.
    pub least: f64,
}

/// Why thresholds cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThresholdError {
    /// The file.
    #[error("the thresholds {} cannot be read: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The contents of the file.
    #[error("the thresholds {}: {error}", path.display())]
    Yaml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        error: serde_yaml_ng::Error,
    },
    /// A share outside 0 to 1.
    #[error("the thresholds {}: {threshold}: `least` must be a share from 0 to 1", path.display())]
    Least {
        /// The file.
        path: PathBuf,
        /// The threshold.
        threshold: Box<Threshold>,
    },
}

/// A threshold that was not reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// What was expected.
    pub threshold: Threshold,
    /// The contender that missed it.
    pub who: Who,
    /// What was found instead.
    pub found: Found,
}

/// Why a threshold was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Found {
    /// The model ran, but no attempt matches the criteria. A threshold that tests nothing must not pass.
    Nothing,
    /// Some attempts could not be made, so their results are unknown.
    Faults(u64),
    /// Too few attempts passed.
    Fewer {
        /// The number of passed attempts.
        passed: u64,
        /// The number of attempts.
        attempts: u64,
    },
}

/// Reads a file of thresholds.
///
/// # Errors
/// If the file cannot be read or is invalid.
pub fn load(path: &Path) -> Result<Vec<Threshold>, ThresholdError> {
    let text = std::fs::read_to_string(path).map_err(|error| ThresholdError::File { path: path.to_owned(), error })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Threshold>, ThresholdError> {
    let list: Vec<Threshold> =
        serde_yaml_ng::from_str(text).map_err(|error| ThresholdError::Yaml { path: path.to_owned(), error })?;
    match list.iter().find(|threshold| !(0.0..=1.0).contains(&threshold.least)) {
        Some(threshold) => Err(ThresholdError::Least { path: path.to_owned(), threshold: Box::new(threshold.clone()) }),
        None => Ok(list),
    }
}

/// The thresholds that were missed, each with the contender that missed it.
pub fn misses(thresholds: &[Threshold], records: &[Record]) -> Vec<Miss> {
    let contenders = contenders(records);
    let mut missed = Vec::new();
    for threshold in thresholds {
        for who in contenders.iter().filter(|who| threshold.is_for(who)) {
            let found = threshold.found(who, records);
            missed.extend(found.map(|found| Miss { threshold: threshold.clone(), who: who.clone(), found }));
        }
    }
    missed
}

impl Threshold {
    fn is_for(&self, who: &Who) -> bool {
        self.model == who.model && self.prompts.as_ref().is_none_or(|prompts| *prompts == who.prompts)
    }

    fn takes(&self, record: &Record) -> bool {
        self.suite.as_ref().is_none_or(|suite| *suite == record.suite)
            && self.category.as_ref().is_none_or(|category| *category == record.category)
            && self.tag.as_ref().is_none_or(|tag| record.tags.contains(tag))
    }

    /// Why the threshold is missed. `None` if it is reached.
    fn found(&self, who: &Who, records: &[Record]) -> Option<Found> {
        let theirs = || records.iter().filter(|record| who.made(record) && self.takes(record));
        let faults = theirs().filter(|record| record.fault.is_some()).count() as u64;
        let (attempts, passed) = (theirs().count() as u64, theirs().filter(|record| record.passed).count() as u64);
        // A product, because a quotient would be rounded: 7 of 10 must reach 0.7.
        #[expect(clippy::cast_precision_loss)]
        let is_reached = passed as f64 >= self.least * attempts as f64 - 1e-9;
        match () {
            () if attempts == 0 => Some(Found::Nothing),
            () if faults > 0 => Some(Found::Faults(faults)),
            () if is_reached => None,
            () => Some(Found::Fewer { passed, attempts }),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.model)?;
        if let Some(prompts) = &self.prompts {
            write!(f, " with {}", if prompts.is_empty() { "the current prompts" } else { prompts })?;
        }
        for (name, value) in [("suite", &self.suite), ("category", &self.category), ("tag", &self.tag)] {
            if let Some(value) = value {
                write!(f, ", {name} {value}")?;
            }
        }
        write!(f, ": at least {} % must pass", rounded(self.least))
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; ", self.threshold)?;
        match self.found {
            Found::Nothing => write!(f, "there was no such attempt"),
            Found::Faults(1) => write!(f, "an attempt could not be made"),
            Found::Faults(faults) => write!(f, "{faults} attempts could not be made"),
            Found::Fewer { passed, attempts } => {
                #[expect(clippy::cast_precision_loss)]
                let rate = passed as f64 / attempts as f64;
                write!(f, "{passed} of {attempts} did, {} %", rounded(rate))
            }
        }?;
        match self.threshold.prompts.is_none() && !self.who.prompts.is_empty() {
            true => write!(f, " (with {})", self.who.prompts),
            false => Ok(()),
        }
    }
}

/// A share in percent, with a decimal if it is not whole. Rounded down, so that a missed threshold never looks reached.
fn rounded(share: f64) -> f64 {
    (share * 1_000.0 + 1e-6).floor() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{by, failed, fault, of, passed};

    fn thresholds(text: &str) -> Vec<Threshold> {
        parse(Path::new("thresholds.yaml"), text).unwrap()
    }

    fn missed(text: &str, records: &[Record]) -> Vec<String> {
        misses(&thresholds(text), records).iter().map(ToString::to_string).collect()
    }

    /// Of the suite `s`: 3 of 4 pass, of them 2 of 2 with the tag `offline`.
    fn records() -> Vec<Record> {
        vec![
            of("s", "c", &["offline"], passed("a", 1)),
            of("s", "c", &["offline"], passed("b", 1)),
            of("s", "d", &[], passed("c", 1)),
            of("s", "d", &[], failed("d", 1, "added", "no")),
        ]
    }

    #[test]
    fn a_reached_threshold_is_not_missed() {
        for text in [
            "[{model: m, least: 0.75}]",
            "[{model: m, suite: s, least: 0.5}]",
            "[{model: m, category: c, least: 1}]",
            "[{model: m, tag: offline, least: 1.0}]",
            "[{model: m, category: d, least: 0.5, prompts: ''}]",
            "[]",
        ] {
            assert_eq!(missed(text, &records()), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_miss_says_what_was_expected_and_what_was_found() {
        for (text, expected) in [
            ("[{model: m, least: 0.8}]", "m: at least 80 % must pass; 3 of 4 did, 75 %"),
            ("[{model: m, category: d, least: 0.995}]", "m, category d: at least 99.5 % must pass; 1 of 2 did, 50 %"),
            ("[{model: m, tag: nobody, least: 0}]", "m, tag nobody: at least 0 % must pass; there was no such attempt"),
            (
                "[{model: m, suite: s, tag: offline, category: d, prompts: '', least: 1}]",
                "m with the current prompts, suite s, category d, tag offline: at least 100 % must pass; there was no such attempt",
            ),
        ] {
            assert_eq!(missed(text, &records()), [expected], "{text}");
        }
    }

    #[test]
    fn a_model_that_did_not_run_misses_nothing() {
        assert_eq!(missed("[{model: other, tag: nobody, least: 1}]", &records()), [""; 0]);
        assert_eq!(missed("[{model: m, prompts: system@3, least: 1}]", &records()), [""; 0]);
    }

    #[test]
    fn each_choice_of_prompts_must_reach_the_threshold() {
        let mut prompted = failed("a", 1, "added", "no");
        prompted.id.prompts = "system@3".to_owned();
        let records = [passed("a", 1), passed("b", 1), passed("c", 1), prompted];
        let expected = "m: at least 50 % must pass; 0 of 1 did, 0 % (with system@3)";
        assert_eq!(missed("[{model: m, least: 0.5}]", &records), [expected]);
    }

    #[test]
    fn attempts_that_could_not_be_made_do_not_count_as_passed() {
        let records =
            [passed("a", 1), fault("b", 1, "no zone"), by("n", fault("a", 1, "x")), by("n", fault("b", 1, "x"))];
        assert_eq!(
            missed("[{model: m, least: 0.5}]", &records),
            ["m: at least 50 % must pass; an attempt could not be made"]
        );
        assert_eq!(
            missed("[{model: n, least: 0}]", &records),
            ["n: at least 0 % must pass; 2 attempts could not be made"]
        );
    }

    #[test]
    fn a_share_is_reached_exactly_and_never_rounded_up() {
        let mixed = |passes: usize, all: usize| -> Vec<Record> {
            let one = |index: usize| {
                if index < passes { passed(&index.to_string(), 1) } else { failed(&index.to_string(), 1, "a", "b") }
            };
            (0..all).map(one).collect()
        };
        for (passes, all, least) in [(7, 10, 0.7), (1, 10, 0.1), (29, 100, 0.29), (57, 100, 0.57), (999, 1000, 0.999)] {
            assert_eq!(
                missed(&format!("[{{model: m, least: {least}}}]"), &mixed(passes, all)),
                [""; 0],
                "{passes}/{all}"
            );
            assert_eq!(
                missed(&format!("[{{model: m, least: {least}}}]"), &mixed(passes - 1, all)).len(),
                1,
                "{passes}/{all}"
            );
        }
        let almost = missed("[{model: m, least: 1}]", &mixed(2_999, 3_000));
        assert_eq!(almost, ["m: at least 100 % must pass; 2999 of 3000 did, 99.9 %"]);
    }

    #[test]
    fn an_invalid_threshold_is_refused_with_its_position() {
        for (text, expected) in [
            ("[{model: m, least: 0.5, tags: x}]", "unknown field `tags`"),
            ("[{model: m}]", "missing field `least`"),
            ("[{model: m, least: 80}]", "m: at least 8000 % must pass: `least` must be a share from 0 to 1"),
            ("[{model: m, least: .nan}]", "`least` must be a share from 0 to 1"),
            ("[{model: m, least: 1}, {least: 1}]", "missing field `model`"),
        ] {
            let error = parse(Path::new("thresholds.yaml"), text).unwrap_err().to_string();
            assert!(
                error.starts_with("the thresholds thresholds.yaml: ") && error.contains(expected),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn our_own_thresholds_are_valid() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("thresholds.yaml");
        assert!(!load(&path).unwrap().is_empty());
        assert!(matches!(load(Path::new("nowhere.yaml")), Err(ThresholdError::File { .. })));
    }
}
