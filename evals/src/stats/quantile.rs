//! Quantiles of a sample.

/// The quantile `q` (0.0..=1.0) of a sample, which need not be sorted: the least value that at least that share of the sample does
/// not exceed (the nearest rank, Hyndman and Fan's type 1); `None` where there is none. A value that was really measured.
pub fn quantile(sample: &[u64], q: f64) -> Option<u64> {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable();
    // Exact up to 2^53; in range by the clamp.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rank = (q.clamp(0.0, 1.0) * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of the nearest-rank method: 15, 20, 35, 40, 50.
    #[test]
    fn it_is_the_nearest_rank() {
        let sample = [50, 15, 40, 20, 35];
        for (q, expected) in [(0.05, 15), (0.3, 20), (0.4, 20), (0.5, 35), (1.0, 50), (0.0, 15)] {
            assert_eq!(quantile(&sample, q), Some(expected), "{q}");
        }
        assert_eq!(quantile(&[], 0.5), None);
    }
}
