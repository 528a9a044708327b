//! Tests of [`Model`] with scripted endpoints and a virtual clock: no test waits in real time.

mod any_arguments;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::{LocalBoxFuture, poll_fn};
use futures::stream;

use super::testing::{lines, request};
use super::*;

/// A clock that moves only when all work waits for it.
#[derive(Clone, Default)]
struct VirtualClock {
    now_ms: Rc<Cell<u64>>,
    timers: Rc<RefCell<Vec<u64>>>,
    /// How many timers were set.
    set: Rc<Cell<usize>>,
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.now_ms.get())
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        self.set.set(self.set.get() + 1);
        let until = self.now_ms.get() + duration.as_millis() as u64;
        let (now_ms, timers) = (Rc::clone(&self.now_ms), Rc::clone(&self.timers));
        Box::pin(poll_fn(move |_| {
            if now_ms.get() >= until {
                return Poll::Ready(());
            }
            timers.borrow_mut().push(until);
            Poll::Pending
        }))
    }

    fn random(&self) -> f64 {
        1.0
    }
}

impl VirtualClock {
    /// Runs `work` to its end and moves the clock to the next timer whenever it waits.
    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            self.timers.borrow_mut().clear();
            if let Poll::Ready(output) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return output;
            }
            let next = self.timers.borrow().iter().copied().min().expect("work waits for no timer");
            self.now_ms.set(next);
        }
    }
}

/// What a scripted endpoint does next.
#[derive(Clone)]
enum Step {
    /// Sends nothing for this many ms.
    Wait(u64),
    Send(&'static str),
    Fail(ModelError),
}
use Step::{Fail, Send, Wait};

/// Answers each attempt with the next script; the first steps up to a `Send` happen before the answer begins.
#[derive(Clone)]
struct Scripted {
    clock: VirtualClock,
    scripts: Rc<RefCell<VecDeque<Vec<Step>>>>,
    attempts: Rc<Cell<usize>>,
    /// How many bodies were dropped.
    dropped: Rc<Cell<usize>>,
}

struct CountDrop(Rc<Cell<usize>>);

impl Drop for CountDrop {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

impl Endpoint for Scripted {
    fn open(&self, _: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        self.attempts.set(self.attempts.get() + 1);
        let clock = self.clock.clone();
        let mut steps = VecDeque::from(self.scripts.borrow_mut().pop_front().unwrap_or_default());
        let guard = CountDrop(Rc::clone(&self.dropped));
        Box::pin(async move {
            loop {
                match steps.front() {
                    Some(Wait(ms)) => clock.sleep(Duration::from_millis(*ms)).await,
                    Some(Fail(error)) => return Err(error.clone()),
                    Some(Send(_)) | None => break,
                }
                steps.pop_front();
            }
            let body = stream::unfold((steps, clock, guard), |(mut steps, clock, guard)| async move {
                loop {
                    match steps.pop_front()? {
                        Wait(ms) => clock.sleep(Duration::from_millis(ms)).await,
                        Send(text) => return Some((Ok(Bytes::from(text)), (steps, clock, guard))),
                        Fail(error) => return Some((Err(error), (steps, clock, guard))),
                    }
                }
            });
            Ok(body.boxed_local())
        })
    }

    fn answers_whole(&self, request: &ChatRequest) -> bool {
        request.response_schema.is_some()
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "scripted".to_owned(), name: "script".to_owned() }
    }
}

fn scripted(scripts: Vec<Vec<Step>>) -> Scripted {
    Scripted {
        clock: VirtualClock::default(),
        scripts: Rc::new(RefCell::new(scripts.into())),
        attempts: Rc::default(),
        dropped: Rc::default(),
    }
}

/// The lines that a model produces for these scripts, with the virtual time after the last.
fn run_with(limits: ModelLimits, scripts: Vec<Vec<Step>>) -> (Vec<String>, u64) {
    ask(request(), limits, scripts)
}

fn ask(request: ChatRequest, limits: ModelLimits, scripts: Vec<Vec<Step>>) -> (Vec<String>, u64) {
    let endpoint = scripted(scripts);
    let clock = endpoint.clock.clone();
    let model = Model::new(endpoint, clock.clone(), limits);
    let all = clock.run(model.stream(request).collect::<Vec<_>>());
    let (events, errors): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let events: Vec<ModelEvent> = events.into_iter().flatten().collect();
    let errors: Vec<ModelError> = errors.into_iter().filter_map(Result::err).collect();
    assert!(errors.len() <= 1, "an error is the end");
    (lines(&events, errors.first()), clock.now_ms.get())
}

fn run(scripts: Vec<Vec<Step>>) -> (Vec<String>, u64) {
    run_with(ModelLimits::default(), scripts)
}

const HI: &str = "data: {\"response\":\"Hi\"}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn good() -> Vec<Step> {
    vec![Send(HI), Send(DONE)]
}

#[test]
fn an_answer_comes_through_in_order() {
    let (lines, now_ms) = run(vec![vec![Wait(29_999), Send(HI), Wait(19_999), Send(HI), Wait(19_999), Send(DONE)]]);
    assert_eq!(lines, ["text Hi", "text Hi", "finished Stop"]);
    assert_eq!(now_ms, 69_997);
}

#[test]
fn no_first_byte_is_a_timeout_whether_the_head_came_or_not() {
    let expected = ["error TimedOut { seconds: 30 }"];
    assert_eq!(run(vec![vec![Wait(40_000), Send(HI)]]), (expected.map(str::to_owned).into(), 30_000));
    let head_at_once = vec![Send(""), Wait(40_000), Send(HI)];
    assert_eq!(run(vec![head_at_once]).0, ["error TimedOut { seconds: 20 }"]);
}

#[test]
fn an_answer_that_comes_whole_has_more_time() {
    let whole = || ChatRequest { response_schema: Some(serde_json::json!({"type": "object"})), ..request() };
    let (lines, now_ms) = ask(whole(), ModelLimits::default(), vec![vec![Wait(119_999), Send(HI), Send(DONE)]]);
    assert_eq!((lines, now_ms), (vec!["text Hi".to_owned(), "finished Stop".to_owned()], 119_999));
    let (lines, now_ms) = ask(whole(), ModelLimits::default(), vec![vec![Wait(130_000), Send(HI), Send(DONE)]]);
    assert_eq!((lines, now_ms), (vec!["error TimedOut { seconds: 120 }".to_owned()], 120_000));
}

#[test]
fn a_timer_is_not_set_for_each_piece_of_an_answer() {
    let (pieces, between_ms) = (400, 250);
    let mut script: Vec<Step> = (0..pieces).flat_map(|_| [Wait(between_ms), Send(HI)]).collect();
    script.push(Wait(20_001));
    let endpoint = scripted(vec![script]);
    let clock = endpoint.clock.clone();
    let model = Model::new(endpoint, clock.clone(), ModelLimits::default());
    let last = clock.run(model.stream(request()).collect::<Vec<_>>()).pop();
    // Exactly 20 s after the last piece.
    assert_eq!((last, clock.now_ms.get()), (Some(Err(ModelError::TimedOut { seconds: 20 })), 120_000));
    // The script sets one for each of its waits.
    let own = clock.set.get() - (pieces + 1);
    assert!(own <= 10, "{own} timers in 120 s");
}

#[test]
fn a_stall_is_a_timeout_that_keeps_what_came() {
    let (lines, now_ms) = run(vec![vec![Send(HI), Wait(25_000), Send(DONE)]]);
    assert_eq!((lines, now_ms), (vec!["text Hi".to_owned(), "error TimedOut { seconds: 20 }".to_owned()], 20_000));
    let limits = ModelLimits { first_byte_timeout_ms: 1_500, ..ModelLimits::default() };
    assert_eq!(run_with(limits, vec![vec![Wait(2_000)]]).0, ["error TimedOut { seconds: 2 }"]);
}

#[test]
fn a_keep_alive_counts_as_a_byte() {
    let (lines, _) =
        run(vec![vec![Send(": ping\n\n"), Wait(15_000), Send(": ping\n\n"), Wait(15_000), Send(HI), Send(DONE)]]);
    assert_eq!(lines, ["text Hi", "finished Stop"]);
}

#[test]
fn a_stall_or_cut_after_the_reason_is_an_end() {
    let last = "data: {\"response\":\"Hi\",\"finish_reason\":\"stop\"}\n\n";
    for end in [Wait(60_000), Fail(ModelError::Cut)] {
        assert_eq!(run(vec![vec![Send(last), end]]).0, ["text Hi", "finished Stop"]);
    }
}

#[test]
fn done_ends_the_answer_though_the_server_keeps_the_line_open() {
    let (lines, now_ms) = run(vec![vec![Send(HI), Send(DONE), Wait(60_000)]]);
    assert_eq!((lines, now_ms), (vec!["text Hi".to_owned(), "finished Stop".to_owned()], 0));
}

#[test]
fn failures_before_any_text_are_retried_with_growing_pauses() {
    let unreachable = ModelError::Unreachable { message: "reset".to_owned() };
    let (lines, now_ms) = run(vec![
        vec![Fail(ModelError::Overloaded)],
        vec![Fail(unreachable)],
        vec![Send("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n")],
        good(),
    ]);
    let expected = [
        "retry 2 500 Overloaded",
        "retry 3 1000 Unreachable { message: \"reset\" }",
        "retry 4 2000 Cut",
        "text Hi",
        "finished Stop",
    ];
    assert_eq!(lines, expected);
    assert_eq!(now_ms, 3_500);
}

#[test]
fn retries_end_and_the_last_error_is_given() {
    let (lines, now_ms) = run(vec![vec![Fail(ModelError::Overloaded)]; 9]);
    let expected = ["retry 2 500 Overloaded", "retry 3 1000 Overloaded", "retry 4 2000 Overloaded", "error Overloaded"];
    assert_eq!(lines, expected);
    assert_eq!(now_ms, 3_500);
    let none = ModelLimits { retries: 0, ..ModelLimits::default() };
    assert_eq!(run_with(none, vec![vec![Fail(ModelError::Cut)]]).0, ["error Cut"]);
}

#[test]
fn retry_after_is_waited_for_up_to_its_cap() {
    let limited = |ms| vec![Fail(ModelError::RateLimited { retry_after_ms: Some(ms) })];
    let (lines, now_ms) = run(vec![limited(7_000), limited(3_600_000), good()]);
    let expected = [
        "retry 2 7000 RateLimited { retry_after_ms: Some(7000) }",
        "retry 3 30000 RateLimited { retry_after_ms: Some(3600000) }",
        "text Hi",
        "finished Stop",
    ];
    assert_eq!((lines, now_ms), (expected.map(str::to_owned).into(), 37_000));
}

#[test]
fn an_error_in_the_stream_is_retried_only_before_text() {
    let busy = "data: {\"errors\":[{\"code\":3040,\"message\":\"m\"}]}\n\n";
    let (lines, _) = run(vec![vec![Send(busy)], good()]);
    assert_eq!(lines, ["retry 2 500 Overloaded", "text Hi", "finished Stop"]);
    let (lines, _) = run(vec![vec![Send(HI), Send(busy)], good()]);
    assert_eq!(lines, ["text Hi", "error Overloaded"]);
}

#[test]
fn nothing_is_retried_after_a_text_or_a_call_was_shown() {
    assert_eq!(run(vec![vec![Send(HI)], good()]).0, ["text Hi", "error Cut"]);
    let reset = ModelError::Unreachable { message: "reset".to_owned() };
    assert_eq!(run(vec![vec![Send(HI), Fail(reset)], good()]).0, ["text Hi", "error Cut"]);
    let call = "data: {\"tool_calls\":[{\"id\":\"a\",\"name\":\"undo\",\"arguments\":\"\"}]}\n\n";
    assert_eq!(run(vec![vec![Send(call)], good()]).0, ["start a undo", "call a undo ", "error Cut"]);
}

#[test]
fn thoughts_and_held_back_text_do_not_stand_against_a_retry() {
    let thought = "data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n";
    let held = "data: {\"response\":\"{\\\"name\\\": \\\"undo\\\"\"}\n\n";
    assert_eq!(run(vec![vec![Send(thought)], good()]).0, ["thought hm", "retry 2 500 Cut", "text Hi", "finished Stop"]);
    assert_eq!(run(vec![vec![Send(held)], good()]).0, ["retry 2 500 Cut", "text Hi", "finished Stop"]);
}

#[test]
fn an_empty_answer_is_retried_once_and_then_said() {
    let (lines, _) = run(vec![vec![Send(DONE)], good()]);
    assert_eq!(lines, ["retry 2 500 Empty", "text Hi", "finished Stop"]);
    let (lines, _) = run(vec![vec![], vec![Send(DONE)], good()]);
    assert_eq!(lines, ["retry 2 500 Empty", "error Empty"]);
    let (lines, _) = run(vec![vec![Send(DONE)], vec![Fail(ModelError::Overloaded)], vec![Send(DONE)], good()]);
    assert_eq!(lines, ["retry 2 500 Empty", "retry 3 1000 Overloaded", "error Empty"]);
}

#[test]
fn a_refusal_is_given_at_once() {
    let refused = ModelError::Refused { status: 401, message: "no key".to_owned() };
    assert_eq!(run(vec![vec![Fail(refused.clone())], good()]).0, [format!("error {refused:?}")]);
    assert_eq!(run(vec![vec![Send("<html>")], good()]).0, ["error Malformed { what: \"an HTML page, <html>\" }"]);
}

#[test]
fn dropping_the_stream_drops_the_request() {
    let endpoint = scripted(vec![vec![Send(HI), Wait(1), Send(HI), Send(DONE)]]);
    let (clock, dropped) = (endpoint.clock.clone(), Rc::clone(&endpoint.dropped));
    let model = Model::new(endpoint, clock.clone(), ModelLimits::default());
    let mut stream = model.stream(request());
    assert_eq!(clock.run(stream.next()), Some(Ok(ModelEvent::Text("Hi".to_owned()))));
    assert_eq!(dropped.get(), 0);
    drop(stream);
    assert_eq!(dropped.get(), 1);
}

#[test]
fn the_id_is_that_of_the_endpoint_and_an_unasked_stream_sends_nothing() {
    let endpoint = scripted(vec![good()]);
    let attempts = Rc::clone(&endpoint.attempts);
    let model = Model::new(endpoint, VirtualClock::default(), ModelLimits::default());
    assert_eq!(model.id().provider, "scripted");
    drop(model.stream(request()));
    assert_eq!(attempts.get(), 0);
}
