//! How long to wait before reconnecting. Pure.

/// Shortest wait, in ms.
pub const SHORTEST_MS: u32 = 500;
/// Longest wait, in ms.
pub const LONGEST_MS: u32 = 10_000;

/// The wait before the attempt with this number (from 0), in ms.
///
/// `jitter`, from 0 to 1, spreads the attempts of clients that lost the same server at the same time.
pub fn delay_ms(attempt: u32, jitter: f64) -> u32 {
    let doubled = 1_u32.checked_shl(attempt.min(16)).unwrap_or(u32::MAX);
    let longest = SHORTEST_MS.saturating_mul(2).saturating_mul(doubled).min(LONGEST_MS);
    let spread = f64::from(longest - SHORTEST_MS) * jitter.clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and LONGEST_MS")]
    let spread = spread as u32;
    SHORTEST_MS + spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_limit_and_are_spread() {
        assert_eq!([0.0, 1.0].map(|jitter| delay_ms(0, jitter)), [500, 1_000]);
        assert_eq!([0.0, 1.0].map(|jitter| delay_ms(2, jitter)), [500, 4_000]);
        for attempt in [5, 40, u32::MAX] {
            assert_eq!([0.0, 1.0, 7.0].map(|jitter| delay_ms(attempt, jitter)), [500, 10_000, 10_000], "{attempt}");
        }
    }
}
