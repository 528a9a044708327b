//! What a turn is measured by: every expectation of the case becomes a check, and each says what it compared.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `blocks` | what became of the blocks |
//! | `plans`, `goals` | what became of the plans, and of the architect's goals |
//! | `calls` | which calls were made, and what became of those that were rejected |
//! | `reply` | what was said |

mod blocks;
mod calls;
mod goals;
mod plans;
mod reply;

use crate::case::{Expect, Others, StepsExpect};
use crate::record::Verdict;
use crate::world::{Change, Observed};

/// Everything that is checked of a turn: what its case expects, and that it came to an end in order.
pub fn turn(expect: &Expect, seen: &Observed) -> Vec<Verdict> {
    let mut verdicts = expected(expect, seen);
    let compared = match &seen.error {
        None => "the turn came to its end".to_owned(),
        Some(error) => format!("the turn broke off: {error}"),
    };
    verdicts.push(verdict("ended", seen.error.is_none(), compared));
    verdicts
}

/// What the case itself expects.
pub fn expected(expect: &Expect, seen: &Observed) -> Vec<Verdict> {
    if expect.either.is_empty() {
        return all(expect, seen);
    }
    let choices: Vec<Vec<Verdict>> = expect.either.iter().map(|choice| expected(choice, seen)).collect();
    // The first that passes stands; else the one that comes closest, which says most about what was wrong.
    let failures = |verdicts: &Vec<Verdict>| verdicts.iter().filter(|verdict| !verdict.passed).count();
    choices.into_iter().min_by_key(failures).unwrap_or_default()
}

fn all(expect: &Expect, seen: &Observed) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    // What remains unexplained of the changes when everything that was expected has taken its part.
    let mut rest: Vec<&Change> = seen.changes.iter().collect();
    blocks::check(expect, seen, &mut rest, &mut verdicts);
    plans::check(expect.plans.as_ref(), seen, &mut rest, &mut verdicts);
    goals::check(expect, seen, &mut rest, &mut verdicts);
    if expect.others == Others::Same {
        let lines: Vec<String> = rest.iter().map(ToString::to_string).collect();
        let compared = match lines.is_empty() {
            true => "nothing else changed".to_owned(),
            false => format!("also changed: {}", lines.join("; ")),
        };
        verdicts.push(verdict("nothing-else", lines.is_empty(), compared));
    }
    if let Some(wanted) = &expect.calls {
        calls::check(wanted, seen, &mut verdicts);
    }
    if let Some(wanted) = &expect.rejections {
        calls::check_rejections(wanted, seen, &mut verdicts);
    }
    if let Some(wanted) = &expect.reply {
        reply::check(wanted, seen, &mut verdicts);
    }
    if let Some(StepsExpect { most }) = expect.steps {
        let steps = seen.cost.steps;
        verdicts.push(verdict("steps", steps <= most, format!("the model was asked {steps} times, at most {most}")));
    }
    verdicts
}

fn verdict(check: &str, passed: bool, compared: impl Into<String>) -> Verdict {
    Verdict { check: check.to_owned(), passed, compared: compared.into() }
}

/// Gives each of `wanted` an item of its own that fits it, where that is possible for all; else for as many as it is. Gives the
/// index of the item for each.
///
/// Patterns overlap: the first may fit what only it and what the second fits, too. So it is a matching of two sides, found by
/// augmenting paths (Kuhn's algorithm); there are a handful of each.
fn matched<W, I>(wanted: &[W], items: &[I], fits: impl Fn(&W, &I) -> bool) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = vec![None; items.len()];
    for index in 0..wanted.len() {
        let mut tried = vec![false; items.len()];
        give(index, wanted, items, &fits, &mut owner, &mut tried);
    }
    (0..wanted.len()).map(|index| owner.iter().position(|of| *of == Some(index))).collect()
}

fn give<W, I>(
    index: usize,
    wanted: &[W],
    items: &[I],
    fits: &impl Fn(&W, &I) -> bool,
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for item in 0..items.len() {
        if tried[item] || !fits(&wanted[index], &items[item]) {
            continue;
        }
        tried[item] = true;
        let is_free = match owner[item] {
            None => true,
            Some(other) => give(other, wanted, items, fits, owner, tried),
        };
        if is_free {
            owner[item] = Some(index);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
