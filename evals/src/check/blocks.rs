//! Changes of blocks.

use super::{matched, verdict};
use crate::case::{BlockPattern, Expect};
use crate::picture::{BlockLine, Change};
use crate::record::Verdict;
use crate::world::Observed;

pub(super) fn check(expect: &Expect, seen: &Observed, rest: &mut Vec<&Change>, verdicts: &mut Vec<Verdict>) {
    added(&expect.added, rest, verdicts);
    for pattern in &expect.changed {
        changed(pattern, seen, rest, verdicts);
    }
    for handle in &expect.gone {
        gone(handle, seen, rest, verdicts);
    }
    for pattern in &expect.exist {
        let found = seen.now.blocks.iter().find(|block| pattern.misfits(block).is_empty());
        let compared = match found {
            Some(block) => format!("{pattern} is there: {block}"),
            None => format!("{pattern} is not there; {}", closest(pattern, seen.now.blocks.iter())),
        };
        verdicts.push(verdict("exist", found.is_some(), compared));
    }
    for pattern in &expect.absent {
        let found = seen.now.blocks.iter().find(|block| pattern.misfits(block).is_empty());
        let compared = match found {
            Some(block) => format!("{pattern} should not be there: {block}"),
            None => format!("{pattern} is not there"),
        };
        verdicts.push(verdict("absent", found.is_none(), compared));
    }
    for handle in &expect.unchanged {
        let (before, now) = (seen.before.block(handle), seen.now.block(handle));
        let compared = match (before, now) {
            (None, _) => format!("{handle} did not exist before"),
            (Some(before), Some(now)) if before == now => format!("{handle} is as it was"),
            (Some(before), Some(now)) => format!("{handle} changed: {before} → {now}"),
            (Some(before), None) => format!("{handle} is gone: {before}"),
        };
        verdicts.push(verdict("unchanged", before.is_some() && before == now, compared));
    }
}

fn added(patterns: &[BlockPattern], rest: &mut Vec<&Change>, verdicts: &mut Vec<Verdict>) {
    let new: Vec<&BlockLine> = rest
        .iter()
        .filter_map(|change| match change {
            Change::BlockAdded { now } => Some(now),
            _ => None,
        })
        .collect();
    let matches = matched(patterns, &new, |pattern, block| pattern.misfits(block).is_empty());
    for (pattern, found) in patterns.iter().zip(&matches) {
        let compared = match found {
            Some(index) => format!("{pattern} was added: {}", new[*index]),
            None => format!("{pattern} was not added; {}", closest(pattern, new.iter().copied())),
        };
        verdicts.push(verdict("added", found.is_some(), compared));
    }
    let explained: Vec<&BlockLine> = matches.iter().flatten().map(|index| new[*index]).collect();
    rest.retain(|change| !matches!(change, Change::BlockAdded { now } if explained.contains(&now)));
}

fn changed(pattern: &BlockPattern, seen: &Observed, rest: &mut Vec<&Change>, verdicts: &mut Vec<Verdict>) {
    let Some(handle) = &pattern.block else {
        verdicts.push(verdict("changed", false, format!("{pattern} names no `block`: the case is wrong")));
        return;
    };
    let (before, now) = (seen.before.block(handle), seen.now.block(handle));
    let (passed, compared) = match (before, now) {
        (None, _) => (false, format!("{handle} did not exist before")),
        (Some(before), None) => (false, format!("{handle} is gone: {before}")),
        (Some(before), Some(now)) if before == now => (false, format!("{handle} is as it was: {now}; not {pattern}")),
        (Some(before), Some(now)) => match pattern.misfits(now).as_slice() {
            [] => (true, format!("{handle} changed: {before} → {now}")),
            wrong => (false, format!("{handle} changed to {now}: {}", wrong.join(", "))),
        },
    };
    verdicts.push(verdict("changed", passed, compared));
    rest.retain(|change| !matches!(change, Change::BlockChanged { before, .. } if before.handle == *handle));
}

fn gone(handle: &str, seen: &Observed, rest: &mut Vec<&Change>, verdicts: &mut Vec<Verdict>) {
    let (passed, compared) = match (seen.before.block(handle), seen.now.block(handle)) {
        (None, _) => (false, format!("{handle} did not exist before")),
        (Some(before), None) => (true, format!("{before} is gone")),
        (Some(_), Some(now)) => (false, format!("{now} is still there")),
    };
    verdicts.push(verdict("gone", passed, compared));
    rest.retain(|change| !matches!(change, Change::BlockGone { before } if before.handle == handle));
}

/// The block that is closest to a pattern, and its differences.
fn closest<'a>(pattern: &BlockPattern, blocks: impl Iterator<Item = &'a BlockLine>) -> String {
    let scored = blocks.map(|block| (pattern.misfits(block), block));
    match scored.min_by_key(|(wrong, _)| wrong.len()) {
        None => "there is none".to_owned(),
        Some((wrong, block)) => format!("closest is {block}: {}", wrong.join(", ")),
    }
}
