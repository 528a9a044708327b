//! The clock of an evaluation.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flux_model::Clock;
use futures::future::LocalBoxFuture;

/// Real timers, and a random number that is always the same, so that evaluations can be repeated.
pub struct EvalClock;

impl Clock for EvalClock {
    fn now(&self) -> Duration {
        static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGIN.elapsed()
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
