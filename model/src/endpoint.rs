//! Makes a [`ChatModel`] with timeouts and retries from an endpoint, which only opens byte streams.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use futures::stream::{self, LocalBoxStream};

use super::clock::{Clock, Timer};
use super::retry::Retries;
use super::stream::StreamParser;
use super::{ChatModel, ChatRequest, ModelError, ModelEvent, ModelId, ModelLimits};

/// The body of an answer as it arrives. Dropping it aborts the request.
pub type ByteStream = LocalBoxStream<'static, Result<Bytes, ModelError>>;

/// A server that answers requests with bytes: server-sent events or JSON, in any of the formats that
/// [`super::StreamParser`] reads.
pub trait Endpoint {
    /// Sends `request` and resolves when the answer begins. Dropping the future aborts the request.
    ///
    /// # Errors
    ///
    /// What prevented the answer, as far as the provider says. The caller handles timeouts.
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>>;

    /// Whether the answer to `request` arrives all at once, after the model has finished. Its first byte then takes as
    /// long as the whole answer.
    fn answers_whole(&self, _request: &ChatRequest) -> bool {
        false
    }

    /// Which model answers here.
    fn id(&self) -> ModelId;
}

/// A model at an [`Endpoint`], with timeouts, retries and the stream parser.
///
/// An attempt that fails before any text or call was shown is retried if that can help; see [`ModelLimits`]. Later, an
/// error ends the stream, and the events before it stay valid.
pub struct Model<E, C> {
    endpoint: Rc<E>,
    clock: Rc<C>,
    limits: ModelLimits,
}

impl<E: Endpoint, C: Clock> Model<E, C> {
    /// The model at `endpoint`.
    pub fn new(endpoint: E, clock: C, limits: ModelLimits) -> Self {
        Self { endpoint: Rc::new(endpoint), clock: Rc::new(clock), limits }
    }
}

impl<E: Endpoint + 'static, C: Clock + 'static> ChatModel for Model<E, C> {
    fn stream(&self, request: ChatRequest) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        let answer = Answer {
            endpoint: Rc::clone(&self.endpoint),
            clock: Rc::clone(&self.clock),
            limits: self.limits,
            retries: Retries::new(self.limits),
            request,
            phase: Phase::Opening,
            timer: Timer::new(self.limits.between_bytes_timeout().min(self.limits.first_byte_timeout())),
            ready: VecDeque::new(),
            shown: false,
        };
        stream::unfold(answer, |mut answer| async move {
            let item = answer.next().await?;
            Some((item, answer))
        })
        .boxed_local()
    }

    fn id(&self) -> ModelId {
        self.endpoint.id()
    }
}

/// One answer in progress, over all its attempts.
struct Answer<E, C> {
    endpoint: Rc<E>,
    clock: Rc<C>,
    limits: ModelLimits,
    retries: Retries,
    request: ChatRequest,
    phase: Phase,
    /// Limits how long nothing may arrive.
    timer: Timer,
    /// Events that were parsed but not yet returned.
    ready: VecDeque<Result<ModelEvent, ModelError>>,
    /// Whether text or a call was returned. After that, nothing is retried.
    shown: bool,
}

enum Phase {
    Opening,
    Reading(ByteStream, Box<StreamParser>),
    Pausing(Duration),
    Over,
}

impl<E: Endpoint, C: Clock> Answer<E, C> {
    async fn next(&mut self) -> Option<Result<ModelEvent, ModelError>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Opening => self.open().await,
                Phase::Reading(body, parser) => self.read(body, parser).await,
                Phase::Pausing(pause) => {
                    self.clock.sleep(pause).await;
                    self.phase = Phase::Opening;
                }
                Phase::Over => return None,
            }
        }
    }

    /// Sends the request and waits for the first bytes. One time limit applies to both.
    async fn open(&mut self) {
        let opening = self.endpoint.open(&self.request);
        let first_bytes = async {
            let mut body = opening.await?;
            let first = body.next().await;
            Ok((body, first))
        };
        let limit = match self.endpoint.answers_whole(&self.request) {
            true => self.limits.whole_timeout(),
            false => self.limits.first_byte_timeout(),
        };
        match self.timer.within(self.clock.as_ref(), limit, first_bytes).await {
            Some(Ok((body, first))) => {
                // Only 32 bits are needed, so the conversion loses nothing.
                let seed = (self.clock.random() * f64::from(u32::MAX)) as u32;
                self.take(body, Box::new(StreamParser::new(&self.request, seed)), first);
            }
            Some(Err(error)) => self.fail(error),
            None => self.fail(timed_out(limit)),
        }
    }

    async fn read(&mut self, mut body: ByteStream, mut parser: Box<StreamParser>) {
        let limit = self.limits.between_bytes_timeout();
        match self.timer.within(self.clock.as_ref(), limit, body.next()).await {
            Some(next) => self.take(body, parser, next),
            // The provider said why the answer ended but did not close the stream.
            None if parser.has_reason() => self.finish(&mut parser),
            None => self.fail(timed_out(limit)),
        }
    }

    /// Handles what the body returned: bytes, a network error, or the end.
    fn take(&mut self, body: ByteStream, mut parser: Box<StreamParser>, next: Option<Result<Bytes, ModelError>>) {
        match next {
            Some(Ok(bytes)) => {
                let mut events = Vec::new();
                let outcome = parser.push(&bytes, &mut events);
                self.give(events);
                match outcome {
                    Err(error) => self.fail(error),
                    Ok(()) if parser.is_done() => self.finish(&mut parser),
                    Ok(()) => self.phase = Phase::Reading(body, parser),
                }
            }
            None => self.finish(&mut parser),
            Some(Err(_)) if parser.has_reason() => self.finish(&mut parser),
            // The person saw the answer begin, so "could not be reached" would be confusing.
            Some(Err(ModelError::Unreachable { .. })) if self.shown => self.fail(ModelError::Cut),
            Some(Err(error)) => self.fail(error),
        }
    }

    fn finish(&mut self, parser: &mut StreamParser) {
        let mut events = Vec::new();
        let outcome = parser.finish(&mut events);
        self.give(events);
        if let Err(error) = outcome {
            self.fail(error);
        }
    }

    fn give(&mut self, events: Vec<ModelEvent>) {
        self.shown |= events.iter().any(is_shown);
        self.ready.extend(events.into_iter().map(Ok));
    }

    fn fail(&mut self, error: ModelError) {
        let again = match self.shown {
            true => None,
            false => self.retries.after(&error, self.clock.random()),
        };
        match again {
            Some(pause) => {
                let attempt = self.retries.attempt();
                let after_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                self.ready.push_back(Ok(ModelEvent::Retried { attempt, after_ms, reason: error }));
                self.phase = Phase::Pausing(pause);
            }
            None => {
                self.ready.push_back(Err(error));
                self.phase = Phase::Over;
            }
        }
    }
}

fn timed_out(limit: Duration) -> ModelError {
    ModelError::TimedOut { seconds: limit.as_millis().div_ceil(1000) as u64 }
}

/// Whether an event shows something to the person that a retry would show again.
fn is_shown(event: &ModelEvent) -> bool {
    match event {
        ModelEvent::Text(_)
        | ModelEvent::CallStarted { .. }
        | ModelEvent::CallArguments { .. }
        | ModelEvent::CallFinished(_) => true,
        ModelEvent::Reasoning(_)
        | ModelEvent::Usage(_)
        | ModelEvent::Skipped { .. }
        | ModelEvent::Retried { .. }
        | ModelEvent::Finished(_) => false,
    }
}
