//! The clock, timers and random numbers of the runtime.

use std::time::Duration;

use chrono::{DateTime, Utc};
use flux_model::Clock;
use futures::future::LocalBoxFuture;
use worker::Delay;

/// The present moment in ms since 1970. Without a `Date` object, as which the `worker` crate has it: the runtime takes many times as
/// long to make one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive whole number")]
pub(super) fn millis() -> u64 {
    js_sys::Date::now() as u64
}

/// The present moment by the runtime's clock.
pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(i64::try_from(millis()).unwrap_or_default()).unwrap_or_default()
}

/// Timers and random numbers on Workers.
pub(super) struct EdgeClock;

impl Clock for EdgeClock {
    fn now(&self) -> Duration {
        Duration::from_millis(millis())
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(Delay::from(time))
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }
}
