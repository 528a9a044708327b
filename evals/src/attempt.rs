//! One attempt at a case, in a world of its own, turn after turn.

use flux_agent::assistant::Assistant;
use flux_agent::prompt::Prompts;

use crate::case::Case;
use crate::check;
use crate::judge;
use crate::models::Asked;
use crate::record::{AttemptId, Record, TurnRecord};
use crate::world::{Observed, World, WorldError};

/// Attempts a case. A turn that breaks off does not end the attempt, because later turns may not depend on it.
///
/// Must run within a [`tokio::task::LocalSet`]: the agent spawns its turns.
pub async fn attempt(
    suite: &str,
    case: &Case,
    id: AttemptId,
    (model, prompts): (Asked, Prompts),
    judge: Option<&dyn Assistant>,
) -> Record {
    let mut record = Record {
        id,
        suite: suite.to_owned(),
        category: case.category.clone().unwrap_or_else(|| suite.to_owned()),
        tags: case.tags.clone(),
        passed: false,
        turns: Vec::new(),
        fault: None,
    };
    match observe(case, model, prompts).await {
        Ok(seen) => {
            for (turn, seen) in case.turns.iter().zip(seen) {
                let mut verdicts = check::turn(&turn.expect, &seen);
                if let (Some(judge), Some(statement)) = (judge, &turn.expect.judge) {
                    verdicts.push(judge::judge(judge, &turn.say, &seen, statement).await);
                }
                record.turns.push(TurnRecord {
                    said: turn.say.clone(),
                    verdicts,
                    reply: seen.reply,
                    error: seen.error,
                    calls: seen.calls,
                    changes: seen.changes,
                    cost: seen.cost,
                });
            }
            let has_failed = record.failures().next().is_some();
            record.passed = !has_failed;
        }
        Err(error) => record.fault = Some(error.to_string()),
    }
    record
}

/// Runs every turn of a case and returns what could be observed.
///
/// # Errors
/// If the case cannot be attempted.
pub async fn observe(case: &Case, model: Asked, prompts: Prompts) -> Result<Vec<Observed>, WorldError> {
    let mut world = World::open(case, model, prompts)?;
    let mut seen = Vec::new();
    for turn in &case.turns {
        seen.push(world.say(turn).await?);
    }
    Ok(seen)
}
