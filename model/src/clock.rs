//! Time and randomness: the only things that models need from the platform besides bytes.

use std::time::Duration;

use futures::future::{Either, LocalBoxFuture, select};

/// Timers and random numbers. The Worker implements it with its own timers, tests with a virtual clock.
pub trait Clock {
    /// Resolves after `duration`. Dropping the future cancels the timer.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;

    /// A random number in 0.0..1.0, for jitter and ids. It need not be cryptographically secure.
    fn random(&self) -> f64;
}

/// The result of `work`, or `None` if it took longer than `limit`.
pub(super) async fn within<F: Future>(clock: &impl Clock, limit: Duration, work: F) -> Option<F::Output> {
    match select(std::pin::pin!(work), clock.sleep(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
