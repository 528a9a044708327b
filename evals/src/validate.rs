//! Whether the cases are sound: with the reference answer of a case every check passes, and with an empty answer at least one check
//! fails. A case that every answer passes, or that no answer passes, measures nothing.

use std::rc::Rc;

use flux_agent::prompt::Prompts;
use flux_model::{Endpoint, Model, ModelLimits};

use crate::attempt::observe;
use crate::case::{Case, Suite};
use crate::check;
use crate::clock::EvalClock;
use crate::models::{Asked, Empty, Reference};

/// What is wrong with a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The case cannot be attempted.
    #[error("it cannot be attempted: {0}")]
    Fault(String),
    /// The reference answer fails a check.
    #[error("turn {turn}: the reference fails “{check}”: {compared}")]
    ReferenceFails {
        /// The number of the turn, starting at 1.
        turn: usize,
        /// The check.
        check: String,
        /// The comparison in words.
        compared: String,
    },
    /// An empty answer passes.
    #[error("turn {turn}: an answer that says and does nothing passes")]
    EmptyPasses {
        /// The number of the turn, starting at 1.
        turn: usize,
    },
    /// A turn has no reference answer.
    #[error("turn {turn} has no reference")]
    NoReference {
        /// The number of the turn, starting at 1.
        turn: usize,
    },
}

/// Everything that is wrong with a case. Empty if it is sound. Must run within a [`tokio::task::LocalSet`].
pub async fn flaws(case: &Case) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for (index, turn) in case.turns.iter().enumerate() {
        if turn.reference.is_empty() {
            flaws.push(Flaw::NoReference { turn: index + 1 });
        }
    }
    match observe(case, once(Reference::new(case)), Prompts::current()).await {
        Err(error) => flaws.push(Flaw::Fault(error.to_string())),
        Ok(seen) => {
            for (index, (turn, seen)) in case.turns.iter().zip(&seen).enumerate() {
                let failed = check::turn(&turn.expect, seen).into_iter().filter(|verdict| !verdict.passed);
                flaws.extend(failed.map(|verdict| Flaw::ReferenceFails {
                    turn: index + 1,
                    check: verdict.check,
                    compared: verdict.compared,
                }));
            }
        }
    }
    if let Ok(seen) = observe(case, once(Empty), Prompts::current()).await {
        // It does not count that the turn broke off, as it does without an answer. The expectations of the case must fail.
        let passes = |(turn, seen): (&crate::case::Turn, _)| {
            check::expected(&turn.expect, seen).iter().all(|verdict| verdict.passed)
        };
        flaws.extend(
            case.turns
                .iter()
                .zip(&seen)
                .enumerate()
                .filter(|(_, pair)| passes(*pair))
                .map(|(index, _)| Flaw::EmptyPasses { turn: index + 1 }),
        );
    }
    flaws
}

/// All flaws in all suites, each with the id of its case.
pub async fn validate(suites: &[Suite]) -> Vec<(String, Flaw)> {
    let mut found = Vec::new();
    for case in suites.iter().flat_map(|suite| &suite.cases) {
        found.extend(flaws(case).await.into_iter().map(|flaw| (case.id.clone(), flaw)));
    }
    found
}

/// A model without retries.
fn once(endpoint: impl Endpoint + 'static) -> Asked {
    Asked::new(Rc::new(Model::new(endpoint, EvalClock, ModelLimits { retries: 0, ..ModelLimits::default() })))
}
