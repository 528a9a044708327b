//! How often a case passes every time that it is tried.

/// pass^k: how probable it is that `k` tries of a case all pass, from `passes` of `tries`; `None` where it was tried less often.
///
/// The unbiased estimate of τ-bench (Yao et al., 2024, <https://arxiv.org/abs/2406.12045>, §4): the share of all choices of `k` tries
/// in which all passed, C(passes, k) / C(tries, k).
pub fn pass_power(passes: u64, tries: u64, k: u64) -> Option<f64> {
    if k == 0 || tries < k || passes > tries {
        return None;
    }
    // Exact up to 2^53.
    #[expect(clippy::cast_precision_loss)]
    let share = |index: u64| passes.saturating_sub(index) as f64 / (tries - index) as f64;
    Some((0..k).map(share).product())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_share_of_choices_in_which_all_passed() {
        for (passes, tries, k, expected) in [
            (3, 4, 1, 0.75),
            // Of the six pairs of four tries, three are without the one that failed.
            (3, 4, 2, 0.5),
            (3, 4, 3, 0.25),
            (3, 4, 4, 0.0),
            (8, 8, 8, 1.0),
            (0, 5, 1, 0.0),
            // C(6,4) / C(8,4) = 15 / 70.
            (6, 8, 4, 15.0 / 70.0),
        ] {
            let power = pass_power(passes, tries, k).unwrap();
            assert!((power - expected).abs() < 1e-12, "{passes}/{tries} k={k}: {power}");
        }
    }

    #[test]
    fn what_was_not_tried_often_enough_is_not_known() {
        assert_eq!(pass_power(2, 2, 3), None);
        assert_eq!(pass_power(0, 0, 0), None);
    }
}
