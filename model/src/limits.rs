//! How long a model may take and how often a request is retried. What counts as a failure is in [`super::failure`] and
//! [`super::retry`].

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Timeouts and retries of one model call. All durations are in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelLimits {
    /// From the request to the first byte of the answer. Default: 30,000, because a large model takes 10–20 s for a
    /// cold start.
    pub first_byte_timeout_ms: u64,
    /// From the request to the end of an answer that arrives all at once, as in the JSON mode of Workers AI. Default:
    /// 120,000, because 4,096 tokens at 40 per second take 100 s.
    pub whole_timeout_ms: u64,
    /// Between two pieces of the answer. Default: 20,000, because servers send a keep-alive every 15 s.
    pub between_bytes_timeout_ms: u64,
    /// Retries after the first attempt, as long as nothing was shown. Default: 3. 0 disables retries.
    pub retries: u64,
    /// The first pause. It doubles with each retry, and a random part of it is used (full jitter). Default: 500.
    pub retry_base_ms: u64,
    /// The longest pause, unless the provider asks for one. Default: 8,000.
    pub retry_cap_ms: u64,
    /// The longest pause that a provider's `Retry-After` can ask for. Default: 30,000.
    pub retry_after_cap_ms: u64,
}

impl Default for ModelLimits {
    fn default() -> Self {
        Self {
            first_byte_timeout_ms: 30_000,
            whole_timeout_ms: 120_000,
            between_bytes_timeout_ms: 20_000,
            retries: 3,
            retry_base_ms: 500,
            retry_cap_ms: 8_000,
            retry_after_cap_ms: 30_000,
        }
    }
}

/// A setting that is not a number or is outside its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is {value:?}; it must be a whole number from {min} to {max}")]
pub struct LimitError {
    /// Name of the variable.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
    /// Smallest value allowed.
    pub min: u64,
    /// Largest value allowed.
    pub max: u64,
}

impl ModelLimits {
    /// Reads the limits from variables, as set in `wrangler.toml`. A missing or blank variable keeps the default.
    ///
    /// | variable | range |
    /// | --- | --- |
    /// | `MODEL_FIRST_BYTE_TIMEOUT_MS` | 1,000–300,000 |
    /// | `MODEL_WHOLE_TIMEOUT_MS` | 1,000–300,000 |
    /// | `MODEL_BETWEEN_BYTES_TIMEOUT_MS` | 1,000–300,000 |
    /// | `MODEL_RETRIES` | 0–10 |
    /// | `MODEL_RETRY_BASE_MS` | 1–60,000 |
    /// | `MODEL_RETRY_CAP_MS` | 1–60,000 |
    /// | `MODEL_RETRY_AFTER_CAP_MS` | 0–300,000 |
    ///
    /// # Errors
    ///
    /// [`LimitError`] names the first variable that is not a number or is outside its range.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, LimitError> {
        let timeout = 1_000..=300_000;
        let pause = 1..=60_000;
        let mut limits = Self::default();
        let settings: [(&'static str, RangeInclusive<u64>, &mut u64); 7] = [
            ("MODEL_FIRST_BYTE_TIMEOUT_MS", timeout.clone(), &mut limits.first_byte_timeout_ms),
            ("MODEL_WHOLE_TIMEOUT_MS", timeout.clone(), &mut limits.whole_timeout_ms),
            ("MODEL_BETWEEN_BYTES_TIMEOUT_MS", timeout, &mut limits.between_bytes_timeout_ms),
            ("MODEL_RETRIES", 0..=10, &mut limits.retries),
            ("MODEL_RETRY_BASE_MS", pause.clone(), &mut limits.retry_base_ms),
            ("MODEL_RETRY_CAP_MS", pause, &mut limits.retry_cap_ms),
            ("MODEL_RETRY_AFTER_CAP_MS", 0..=300_000, &mut limits.retry_after_cap_ms),
        ];
        for (variable, range, slot) in settings {
            let value = lookup(variable).unwrap_or_default();
            if value.trim().is_empty() {
                continue;
            }
            match value.trim().parse() {
                Ok(number) if range.contains(&number) => *slot = number,
                _ => {
                    let (min, max) = (*range.start(), *range.end());
                    return Err(LimitError { variable, value, min, max });
                }
            }
        }
        Ok(limits)
    }

    pub(super) fn first_byte_timeout(&self) -> Duration {
        Duration::from_millis(self.first_byte_timeout_ms)
    }

    pub(super) fn whole_timeout(&self) -> Duration {
        Duration::from_millis(self.whole_timeout_ms)
    }

    pub(super) fn between_bytes_timeout(&self) -> Duration {
        Duration::from_millis(self.between_bytes_timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<ModelLimits, LimitError> {
        ModelLimits::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn missing_and_blank_variables_keep_the_defaults() {
        assert_eq!(read(&[]), Ok(ModelLimits::default()));
        assert_eq!(read(&[("MODEL_RETRIES", "  ")]), Ok(ModelLimits::default()));
    }

    #[test]
    fn every_variable_is_read() {
        let limits = read(&[
            ("MODEL_FIRST_BYTE_TIMEOUT_MS", "1000"),
            ("MODEL_WHOLE_TIMEOUT_MS", "3000"),
            ("MODEL_BETWEEN_BYTES_TIMEOUT_MS", " 2000 "),
            ("MODEL_RETRIES", "0"),
            ("MODEL_RETRY_BASE_MS", "4"),
            ("MODEL_RETRY_CAP_MS", "5"),
            ("MODEL_RETRY_AFTER_CAP_MS", "6"),
        ]);
        let expected = ModelLimits {
            first_byte_timeout_ms: 1000,
            whole_timeout_ms: 3000,
            between_bytes_timeout_ms: 2000,
            retries: 0,
            retry_base_ms: 4,
            retry_cap_ms: 5,
            retry_after_cap_ms: 6,
        };
        assert_eq!(limits, Ok(expected));
    }

    #[test]
    fn a_value_out_of_range_is_an_error_that_names_variable_and_range() {
        for value in ["11", "-1", "many", "3.5", "99999999999999999999999"] {
            let error = read(&[("MODEL_RETRIES", value)]).unwrap_err();
            let said = error.to_string();
            assert!(said.contains("MODEL_RETRIES") && said.contains("from 0 to 10"), "{said}");
        }
    }
}
