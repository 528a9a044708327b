//! How much must pass: a file of thresholds, by which CI tells good from bad.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::report::{Who, contenders};

/// What must pass of a model's attempts. What it does not name can be anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The model, as it is named to the harness. Nothing is missed where it did not run.
    pub model: String,
    /// The prompt versions in place of the current ones, `name@version` joined by commas; empty for the current ones. Where it is not
    /// said, each choice of prompts must reach it.
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
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What is written in it.
    #[error("the thresholds {}: {error}", path.display())]
    Yaml {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        error: serde_yaml_ng::Error,
    },
    /// A share that is none.
    #[error("the thresholds {}: {threshold}: `least` is a share of 0 to 1", path.display())]
    Least {
        /// Which file.
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
    /// Of whom.
    pub who: Who,
    /// What there was.
    pub found: Found,
}

/// What there was in place of what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Found {
    /// No attempt that the threshold is about, though its model ran. A test that tests nothing must not pass.
    Nothing,
    /// Attempts that could not be made: what they would have shown is not known.
    Faults(u64),
    /// Fewer passed.
    Fewer {
        /// So many,
        passed: u64,
        /// of so many.
        attempts: u64,
    },
}

/// The thresholds of a file.
///
/// # Errors
/// Where it cannot be read, or says something that is no threshold.
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

/// The thresholds that were not reached, each with whoever missed it.
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

    /// What there is in place of what is expected; nothing where it is reached.
    fn found(&self, who: &Who, records: &[Record]) -> Option<Found> {
        let theirs = || records.iter().filter(|record| who.made(record) && self.takes(record));
        let faults = theirs().filter(|record| record.fault.is_some()).count() as u64;
        let (attempts, passed) = (theirs().count() as u64, theirs().filter(|record| record.passed).count() as u64);
        // A product and not a share, which would be rounded: 7 of 10 reach 0.7.
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

/// A share in percent, with one decimal where it has any. Rounded down, so that what falls short never looks as if it did not.
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

    fn told(text: &str, records: &[Record]) -> Vec<String> {
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
    fn what_is_reached_is_no_miss() {
        for text in [
            "[{model: m, least: 0.75}]",
            "[{model: m, suite: s, least: 0.5}]",
            "[{model: m, category: c, least: 1}]",
            "[{model: m, tag: offline, least: 1.0}]",
            "[{model: m, category: d, least: 0.5, prompts: ''}]",
            "[]",
        ] {
            assert_eq!(told(text, &records()), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_miss_says_what_was_expected_and_what_there_was() {
        for (text, expected) in [
            ("[{model: m, least: 0.8}]", "m: at least 80 % must pass; 3 of 4 did, 75 %"),
            ("[{model: m, category: d, least: 0.995}]", "m, category d: at least 99.5 % must pass; 1 of 2 did, 50 %"),
            ("[{model: m, tag: nobody, least: 0}]", "m, tag nobody: at least 0 % must pass; there was no such attempt"),
            (
                "[{model: m, suite: s, tag: offline, category: d, prompts: '', least: 1}]",
                "m with the current prompts, suite s, category d, tag offline: at least 100 % must pass; there was no such attempt",
            ),
        ] {
            assert_eq!(told(text, &records()), [expected], "{text}");
        }
    }

    #[test]
    fn a_model_that_did_not_run_misses_nothing() {
        assert_eq!(told("[{model: other, tag: nobody, least: 1}]", &records()), [""; 0]);
        assert_eq!(told("[{model: m, prompts: system@3, least: 1}]", &records()), [""; 0]);
    }

    #[test]
    fn each_choice_of_prompts_must_reach_it_by_itself() {
        let mut prompted = failed("a", 1, "added", "no");
        prompted.id.prompts = "system@3".to_owned();
        let records = [passed("a", 1), passed("b", 1), passed("c", 1), prompted];
        let expected = "m: at least 50 % must pass; 0 of 1 did, 0 % (with system@3)";
        assert_eq!(told("[{model: m, least: 0.5}]", &records), [expected]);
    }

    #[test]
    fn what_could_not_be_made_is_not_taken_for_passed() {
        let records =
            [passed("a", 1), fault("b", 1, "no zone"), by("n", fault("a", 1, "x")), by("n", fault("b", 1, "x"))];
        assert_eq!(
            told("[{model: m, least: 0.5}]", &records),
            ["m: at least 50 % must pass; an attempt could not be made"]
        );
        assert_eq!(
            told("[{model: n, least: 0}]", &records),
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
                told(&format!("[{{model: m, least: {least}}}]"), &mixed(passes, all)),
                [""; 0],
                "{passes}/{all}"
            );
            assert_eq!(
                told(&format!("[{{model: m, least: {least}}}]"), &mixed(passes - 1, all)).len(),
                1,
                "{passes}/{all}"
            );
        }
        let almost = told("[{model: m, least: 1}]", &mixed(2_999, 3_000));
        assert_eq!(almost, ["m: at least 100 % must pass; 2999 of 3000 did, 99.9 %"]);
    }

    #[test]
    fn what_is_no_threshold_is_refused_with_its_place() {
        for (text, expected) in [
            ("[{model: m, least: 0.5, tags: x}]", "unknown field `tags`"),
            ("[{model: m}]", "missing field `least`"),
            ("[{model: m, least: 80}]", "m: at least 8000 % must pass: `least` is a share of 0 to 1"),
            ("[{model: m, least: .nan}]", "`least` is a share of 0 to 1"),
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
    fn our_own_thresholds_can_be_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("thresholds.yaml");
        assert!(!load(&path).unwrap().is_empty());
        assert!(matches!(load(Path::new("nowhere.yaml")), Err(ThresholdError::File { .. })));
    }
}
