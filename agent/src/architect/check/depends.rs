//! Cycles among tasks.

/// The same dependencies without cycles, duplicates, and dependencies of a task on itself.
///
/// Dependencies on earlier tasks of the list are always kept, because they alone cannot form a cycle. A dependency on a later
/// task is kept unless it would close a cycle with those kept so far, in the order of the list.
pub(super) fn without_cycles(wanted: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let count = wanted.len();
    let mut kept: Vec<Vec<usize>> = Vec::with_capacity(count);
    for (task, on) in wanted.iter().enumerate() {
        let mut earlier = Vec::new();
        for on in on.iter().copied().filter(|on| *on < task) {
            if !earlier.contains(&on) {
                earlier.push(on);
            }
        }
        kept.push(earlier);
    }
    for (task, on) in wanted.into_iter().enumerate() {
        for on in on.into_iter().filter(|on| *on > task && *on < count) {
            let closes = reaches(&kept, on, task);
            if let Some(kept) = kept.get_mut(task).filter(|kept| !closes && !kept.contains(&on)) {
                kept.push(on);
            }
        }
    }
    kept
}

/// Whether `from` depends on `to`, directly or through others.
fn reaches(depends_on: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; depends_on.len()];
    let mut open = vec![from];
    while let Some(task) = open.pop() {
        if task == to {
            return true;
        }
        if let Some(seen) = seen.get_mut(task).filter(|seen| !**seen) {
            *seen = true;
            open.extend(depends_on.get(task).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dependencies_on_earlier_tasks_win() {
        assert_eq!(without_cycles(vec![vec![1], vec![0]]), [vec![], vec![0]]);
        assert_eq!(without_cycles(vec![vec![0, 2], vec![0], vec![1]]), [vec![], vec![0], vec![1]]);
        assert_eq!(without_cycles(vec![vec![2], vec![], vec![1, 1, 7]]), [vec![2], vec![], vec![1]]);
    }

    proptest! {
        #[test]
        fn no_cycle_is_left(wanted in prop::collection::vec(prop::collection::vec(0usize..14, 0..6), 0..12)) {
            let kept = without_cycles(wanted.clone());
            prop_assert_eq!(kept.len(), wanted.len());
            for (task, on) in kept.iter().enumerate() {
                for on in on {
                    prop_assert!(wanted[task].contains(on));
                    prop_assert!(!reaches(&kept, *on, task), "{} depends on itself", task);
                }
                for on in wanted[task].iter().filter(|on| **on < task) {
                    prop_assert!(kept[task].contains(on), "{} should depend on {}", task, on);
                }
            }
        }
    }
}
