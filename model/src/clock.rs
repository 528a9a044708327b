//! Time and randomness: the only things that models need from the platform besides bytes.

use std::task::Poll;
use std::time::Duration;

use futures::future::{LocalBoxFuture, poll_fn};

/// Timers and random numbers. The Worker implements it with its own timers, tests with a virtual clock.
pub trait Clock {
    /// The time since any moment that stays the same.
    fn now(&self) -> Duration;

    /// Resolves after `duration`. Dropping the future cancels the timer.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;

    /// A random number in 0.0..1.0, for jitter and ids. It need not be cryptographically secure.
    fn random(&self) -> f64;
}

/// A timer that limits one wait after the other. To set and clear a timer of the platform for each piece of an answer would cost as
/// much as to read the piece. So it stays set from one wait to the next, and is set again for what is left when it rings too early.
pub(super) struct Timer {
    /// The longest time for which it is set, so that it need not be replaced when a shorter wait follows.
    most: Duration,
    /// When it rings, and what resolves then.
    ringing: Option<(Duration, LocalBoxFuture<'static, ()>)>,
}

impl Timer {
    /// A timer for waits of which the shortest is `most`.
    pub(super) fn new(most: Duration) -> Self {
        Self { most, ringing: None }
    }

    /// The result of `work`, or `None` if it took longer than `limit`.
    pub(super) async fn within<F: Future>(
        &mut self,
        clock: &impl Clock,
        limit: Duration,
        work: F,
    ) -> Option<F::Output> {
        let deadline = clock.now() + limit;
        let mut work = std::pin::pin!(work);
        poll_fn(|cx| {
            if let Poll::Ready(output) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            loop {
                let (_, ringing) = match &mut self.ringing {
                    Some(ringing) if ringing.0 <= deadline => ringing,
                    ringing => {
                        let now = clock.now();
                        let time = deadline.saturating_sub(now).min(self.most);
                        ringing.insert((now + time, clock.sleep(time)))
                    }
                };
                if ringing.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.ringing = None;
                if clock.now() >= deadline {
                    return Poll::Ready(None);
                }
            }
        })
        .await
    }
}
