//! The plan of a run: a list of attempts in a fixed order, so that a report does not depend on which attempt ended first.

use flux_agent::prompt::Prompts;

use crate::case::{Case, Suite};
use crate::models::{ModelName, ModelSource};
use crate::record::AttemptId;

/// Which cases are attempted. A case must satisfy every part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names of suites. Empty means all.
    pub suites: Vec<String>,
    /// A part of the case's id or category.
    pub filter: Option<String>,
    /// Tags, of which a case must have at least one. Empty means all cases.
    pub tags: Vec<String>,
}

impl Selection {
    /// Whether a case is selected.
    pub fn takes(&self, suite: &Suite, case: &Case) -> bool {
        let of_suite = self.suites.is_empty() || self.suites.contains(&suite.suite);
        let category = case.category.as_deref().unwrap_or(&suite.suite);
        let named = self.filter.as_ref().is_none_or(|part| case.id.contains(part) || category.contains(part));
        let tagged = self.tags.is_empty() || case.tags.iter().any(|tag| self.tags.contains(tag));
        of_suite && named && tagged
    }

    /// The suites with the selected cases. Suites without any are left out.
    #[must_use]
    pub fn of(&self, suites: Vec<Suite>) -> Vec<Suite> {
        let narrowed = suites.into_iter().map(|mut suite| {
            let cases = std::mem::take(&mut suite.cases);
            suite.cases = cases.into_iter().filter(|case| self.takes(&suite, case)).collect();
            suite
        });
        narrowed.filter(|suite| !suite.cases.is_empty()).collect()
    }
}

/// A contender: a model with a choice of prompts.
#[derive(Clone)]
pub struct Contender {
    /// The name of the model on the command line.
    pub model: ModelName,
    /// The model, ready for use.
    pub source: ModelSource,
    /// The prompts.
    pub prompts: Prompts,
    /// Those that are not the current ones, `name@version` joined by commas. Empty if there are none.
    pub versions: String,
}

/// One attempt to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Identifies the attempt.
    pub id: AttemptId,
    suite: usize,
    case: usize,
    contender: usize,
}

/// The plan of a run.
pub struct Plan {
    /// The cases.
    pub suites: Vec<Suite>,
    /// The contenders.
    pub contenders: Vec<Contender>,
    /// The number of attempts of each contender at each case; at least 1.
    pub repeat: u32,
    /// The judge, if there is one.
    pub judge: Option<ModelSource>,
}

impl Plan {
    /// All attempts, in their order: by contender, then by case, then by repeat.
    pub fn jobs(&self) -> impl Iterator<Item = Job> + '_ {
        self.contenders.iter().enumerate().flat_map(move |(at, contender)| {
            self.suites.iter().enumerate().flat_map(move |(suite, cases)| {
                cases.cases.iter().enumerate().flat_map(move |(index, case)| {
                    (1..=self.repeat.max(1)).map(move |repeat| Job {
                        id: AttemptId {
                            case: case.id.clone(),
                            model: contender.model.to_string(),
                            prompts: contender.versions.clone(),
                            repeat,
                        },
                        suite,
                        case: index,
                        contender: at,
                    })
                })
            })
        })
    }

    /// The case of an attempt, and the name of its suite.
    pub fn case(&self, job: &Job) -> (&str, &Case) {
        let suite = &self.suites[job.suite];
        (&suite.suite, &suite.cases[job.case])
    }

    /// The contender of an attempt.
    pub fn contender(&self, job: &Job) -> &Contender {
        &self.contenders[job.contender]
    }
}
