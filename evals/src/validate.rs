//! Whether the cases themselves are sound: with the reference answer of a case every check passes, and with an empty one at least
//! one fails. A case that everything passes measures nothing; one that nothing passes measures that, too.

use std::rc::Rc;

use flux_agent::prompt::Prompts;
use flux_model::{Endpoint, Model, ModelLimits};

use crate::attempt::observe;
use crate::case::{Case, Suite};
use crate::check;
use crate::models::{Asked, Empty, Reference};
use crate::world::EvalClock;

/// What is wrong with a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It cannot be tried.
    #[error("it cannot be tried: {0}")]
    Fault(String),
    /// The reference does not pass.
    #[error("turn {turn}: the reference fails “{check}”: {compared}")]
    ReferenceFails {
        /// Of the case, from 1 on.
        turn: usize,
        /// The check.
        check: String,
        /// What it compared.
        compared: String,
    },
    /// An empty answer passes.
    #[error("turn {turn}: an answer that says and does nothing passes")]
    EmptyPasses {
        /// Of the case, from 1 on.
        turn: usize,
    },
    /// A reference has an empty step in it, or none at all.
    #[error("turn {turn} has no reference")]
    NoReference {
        /// Of the case, from 1 on.
        turn: usize,
    },
}

/// Everything that is wrong with a case; nothing where it is sound. Must run within a [`tokio::task::LocalSet`].
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
        // That the turn broke off does not count: no answer at all is an error of its own. The case must see it, too.
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

/// All flaws of all suites, with the case that has them.
pub async fn validate(suites: &[Suite]) -> Vec<(String, Flaw)> {
    let mut found = Vec::new();
    for case in suites.iter().flat_map(|suite| &suite.cases) {
        found.extend(flaws(case).await.into_iter().map(|flaw| (case.id.clone(), flaw)));
    }
    found
}

/// A model that is asked once.
fn once(endpoint: impl Endpoint + 'static) -> Asked {
    Asked::new(Rc::new(Model::new(endpoint, EvalClock, ModelLimits { retries: 0, ..ModelLimits::default() })))
}
