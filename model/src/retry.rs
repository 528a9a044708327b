//! Decides whether and when a failed attempt is retried. The decision is pure: the random number is an argument.

use std::time::Duration;

use super::{ModelError, ModelLimits};

/// What has been retried so far in one model call.
#[derive(Debug)]
pub(super) struct Retries {
    limits: ModelLimits,
    made: u64,
    empty_answers: u32,
}

impl Retries {
    pub(super) fn new(limits: ModelLimits) -> Self {
        Self { limits, made: 0, empty_answers: 0 }
    }

    /// The number of the current attempt, starting at 1.
    pub(super) fn attempt(&self) -> u32 {
        u32::try_from(self.made).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The pause before the next attempt after `error`, or `None` if the error is final. `dice` is a random number in
    /// 0.0..1.0.
    pub(super) fn after(&mut self, error: &ModelError, dice: f64) -> Option<Duration> {
        if self.made >= self.limits.retries || !self.is_worth_it(error) {
            return None;
        }
        let pause_ms = match error {
            ModelError::RateLimited { retry_after_ms: Some(asked) } => (*asked).min(self.limits.retry_after_cap_ms),
            _ => self.jittered_ms(dice),
        };
        self.made += 1;
        Some(Duration::from_millis(pause_ms))
    }

    fn is_worth_it(&mut self, error: &ModelError) -> bool {
        match error {
            ModelError::RateLimited { .. }
            | ModelError::Overloaded
            | ModelError::Unreachable { .. }
            | ModelError::Cut => true,
            ModelError::Empty => {
                self.empty_answers += 1;
                self.empty_answers == 1
            }
            // The person has waited for half a minute and should decide whether to try again.
            ModelError::TimedOut { .. } => false,
            ModelError::NoSuchModel { .. }
            | ModelError::Refused { .. }
            | ModelError::Malformed { .. }
            | ModelError::Unconnected => false,
        }
    }

    /// Full jitter: a random part of the doubled pause, so that many clients do not retry at the same moment
    /// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
    fn jittered_ms(&self, dice: f64) -> u64 {
        let doublings = u32::try_from(self.made).unwrap_or(u32::MAX).min(16);
        let longest = (self.limits.retry_base_ms.saturating_mul(1 << doublings)).min(self.limits.retry_cap_ms);
        let share = if dice.is_finite() { dice.clamp(0.0, 1.0) } else { 1.0 };
        (longest as f64 * share) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(error: &ModelError, dice: f64) -> Vec<u64> {
        let limits = ModelLimits { retries: 10, ..ModelLimits::default() };
        let mut retries = Retries::new(limits);
        std::iter::from_fn(|| retries.after(error, dice)).map(|pause| pause.as_millis() as u64).collect()
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_jitter_takes_any_part_of_them() {
        let full = pauses(&ModelError::Overloaded, 1.0);
        assert_eq!(full, [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000]);
        assert_eq!(pauses(&ModelError::Cut, 0.5).first(), Some(&250));
        assert!(pauses(&ModelError::Cut, 0.0).iter().all(|pause| *pause == 0));
        assert_eq!(pauses(&ModelError::Cut, f64::NAN).first(), Some(&500));
    }

    #[test]
    fn retry_after_is_honoured_up_to_its_cap() {
        let asked = |ms| ModelError::RateLimited { retry_after_ms: Some(ms) };
        assert_eq!(pauses(&asked(1234), 0.0).first(), Some(&1234));
        assert_eq!(pauses(&asked(3_600_000), 0.0).first(), Some(&30_000));
        assert_eq!(pauses(&ModelError::RateLimited { retry_after_ms: None }, 1.0).first(), Some(&500));
    }

    #[test]
    fn an_empty_answer_is_retried_once_and_final_errors_never() {
        assert_eq!(pauses(&ModelError::Empty, 1.0).len(), 1);
        assert!(pauses(&ModelError::TimedOut { seconds: 30 }, 1.0).is_empty());
        assert!(pauses(&ModelError::Refused { status: 401, message: String::new() }, 1.0).is_empty());
        assert!(pauses(&ModelError::Malformed { what: String::new() }, 1.0).is_empty());
    }
}
