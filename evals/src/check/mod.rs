//! The checks of a turn. Every expectation of the case becomes a check, and each check says what it compared.
//!
//! | module | contents |
//! | --- | --- |
//! | `blocks` | changes of blocks |
//! | `series` | what repeats, and its blocks |
//! | `plans`, `goals` | changes of plans, and goals of the architect |
//! | `calls` | which calls were made, and what followed rejected ones |
//! | `reply` | the text of the answer |

mod blocks;
mod calls;
mod goals;
mod plans;
mod reply;
mod series;
mod sessions;

use crate::case::{Expect, Others, StepsExpect};
use crate::picture::Change;
use crate::record::Verdict;
use crate::world::Observed;

/// All checks of a turn: the expectations of its case, and that the turn did not break off.
pub fn turn(expect: &Expect, seen: &Observed) -> Vec<Verdict> {
    let mut verdicts = expected(expect, seen);
    let compared = match &seen.error {
        None => "the turn came to its end".to_owned(),
        Some(error) => format!("the turn broke off: {error}"),
    };
    verdicts.push(verdict("ended", seen.error.is_none(), compared));
    verdicts
}

/// The expectations of the case.
pub fn expected(expect: &Expect, seen: &Observed) -> Vec<Verdict> {
    if expect.either.is_empty() {
        return all(expect, seen);
    }
    let choices: Vec<Vec<Verdict>> = expect.either.iter().map(|choice| expected(choice, seen)).collect();
    // The first alternative that passes, otherwise the closest one, which says most about what was wrong.
    let failures = |verdicts: &Vec<Verdict>| verdicts.iter().filter(|verdict| !verdict.passed).count();
    choices.into_iter().min_by_key(failures).unwrap_or_default()
}

fn all(expect: &Expect, seen: &Observed) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    // The changes that no expectation explains.
    let mut rest: Vec<&Change> = seen.changes.iter().collect();
    blocks::check(expect, seen, &mut rest, &mut verdicts);
    series::check(expect, seen, &mut rest, &mut verdicts);
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
    if let Some(order) = &expect.order {
        calls::check_order(order, seen, &mut verdicts);
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

/// Assigns a different matching item to as many of `wanted` as possible. Returns the index of the item for each.
///
/// Patterns can overlap, so this is bipartite matching, solved with augmenting paths (Kuhn's algorithm). Both sides have only a few
/// elements.
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
