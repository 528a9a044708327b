//! Time and chance, as the models need them: the only two things they take from the platform besides bytes.

use std::time::Duration;

use futures::future::{Either, LocalBoxFuture, select};

/// Waiting and dice. The Worker implements it with its timers, tests with a virtual clock.
pub trait Clock {
    /// Resolves after `duration`. Dropping the future cancels the timer.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;

    /// A random number in 0.0..1.0, for jitter and ids; need not be cryptographic.
    fn random(&self) -> f64;
}

/// The result of `work`, or `None` where it took longer than `limit`.
pub(super) async fn within<F: Future>(clock: &impl Clock, limit: Duration, work: F) -> Option<F::Output> {
    match select(std::pin::pin!(work), clock.sleep(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
