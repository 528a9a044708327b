//! The metrics of this isolate, and the tokens of the deployment's budget. They are reported to the object that adds up those of all
//! isolates, or they go to a dataset of Analytics Engine, or both.
//!
//! Nothing is collected unless the deployment has a use for it.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::LocalBoxFuture;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Env, Result, console_log};

use super::ask::ask;
use super::clock::now;
use super::text;
use crate::statistics::budget::{Budget, Known};
use crate::statistics::request::{Day, StatisticsReply, StatisticsRequest};
use crate::telemetry::{Fault, LogRecord, Sample, Tally};

/// The secret with which the figures can be read.
pub(super) const TOKEN: &str = "METRICS_TOKEN";
/// The optional binding of a dataset of Analytics Engine.
const DATASET: &str = "METRICS_DATASET";
/// The binding and the only object of its class.
const CLASS: &str = "Statistics";
const OBJECT: &str = "all";

/// The unit in which WebAssembly's memory grows, in bytes.
const WASM_PAGE: u64 = 65_536;

/// The pause between two reports of sums.
const EVERY: TimeDelta = TimeDelta::seconds(10);

/// A report, or a question.
pub(super) type Task = LocalBoxFuture<'static, ()>;

thread_local! {
    static COLLECTOR: OnceCell<Rc<Collector>> = const { OnceCell::new() };
}

/// What this isolate has collected.
struct Collector {
    /// Whether somebody can read the sums.
    has_readers: bool,
    dataset: Option<JsValue>,
    budget: Budget,
    tally: RefCell<Tally>,
    /// When sums were last reported.
    reported: Cell<Option<DateTime<Utc>>>,
    known: Cell<Option<Known>>,
    /// When the tokens of the day were last asked for. A report asks for them too.
    asked: Cell<Option<DateTime<Utc>>>,
}

/// Reads the settings, unless this isolate has read them. What is counted before is lost.
pub(super) fn prepare(env: &Env) {
    collector(env);
}

fn collector(env: &Env) -> Rc<Collector> {
    COLLECTOR.with(|collector| Rc::clone(collector.get_or_init(|| Rc::new(Collector::new(env)))))
}

/// Counts a record.
pub(super) fn count(record: &LogRecord<'_>) {
    let Some(collector) = COLLECTOR.with(|collector| collector.get().cloned()) else { return };
    if collector.has_readers {
        collector.tally.borrow_mut().count(record);
    }
    if let Some(dataset) = &collector.dataset {
        // The log has the record in any case.
        record.samples(&mut |sample| drop(write_point(dataset, &sample)));
    }
}

/// The report of what has been counted, if it is time for one.
pub(super) fn due(env: &Env) -> Option<Task> {
    let collector = collector(env);
    let is_due = collector.reported.get().is_none_or(|reported| (now() - reported).abs() >= EVERY);
    (is_due && !collector.tally.borrow().is_empty()).then(|| collector.report(env, 0))
}

/// Counts tokens for the budget. The report of them, if there is one.
pub(super) fn spent(env: &Env, tokens: u64) -> Option<Task> {
    let collector = collector(env);
    let tokens = collector.budget.reported(tokens, js_sys::Math::random());
    (tokens > 0).then(|| collector.report(env, tokens))
}

/// The question how many tokens of the budget are used, if what is known is too old.
pub(super) fn stale(env: &Env) -> Option<Task> {
    let collector = collector(env);
    collector.budget.is_due(collector.asked.get(), now()).then(|| collector.report(env, 0))
}

/// Whether tokens of the budget are left, as far as this isolate knows.
pub(super) fn budget_left(env: &Env) -> bool {
    let collector = collector(env);
    collector.budget.is_left(collector.known.get(), now())
}

/// The budget of the deployment. One that cannot be used counts as none: objects cannot be opened with it, which is logged.
fn budget(env: &Env) -> Budget {
    Budget::from_lookup(&|name| text(env, name)).unwrap_or_default()
}

/// The text for Prometheus: the sums of a day, or of all time. What this isolate has counted is in it.
pub(super) async fn exposition(env: &Env, day: Option<Day>) -> Result<String> {
    let reporting = {
        let collector = collector(env);
        let is_empty = collector.tally.borrow().is_empty();
        (!is_empty).then(|| collector.report(env, 0))
    };
    if let Some(reporting) = reporting {
        reporting.await;
    }
    Ok(ask_object(env, &StatisticsRequest::Read { day }).await?.text(budget(env).per_day, memory()))
}

/// The WebAssembly memory of this isolate, in bytes.
fn memory() -> u64 {
    core::arch::wasm32::memory_size::<0>() as u64 * WASM_PAGE
}

impl Collector {
    fn new(env: &Env) -> Self {
        let dataset = Reflect::get(env, &DATASET.into()).ok();
        Self {
            has_readers: text(env, TOKEN).is_some(),
            dataset: dataset.filter(|dataset| !dataset.is_undefined() && !dataset.is_null()),
            budget: budget(env),
            tally: RefCell::default(),
            reported: Cell::default(),
            known: Cell::default(),
            asked: Cell::default(),
        }
    }

    /// Reports what has been counted, and tokens for the budget.
    fn report(self: &Rc<Self>, env: &Env, tokens: u64) -> Task {
        let (collector, env, now) = (Rc::clone(self), env.clone(), now());
        let sums = self.tally.take().into_sums();
        // Before the answer: it may never come, since the event to which the report belongs can be ended.
        self.reported.set(Some(now));
        self.asked.set(Some(now));
        Box::pin(async move {
            let request = StatisticsRequest::Add { sums, tokens };
            match ask_object(&env, &request).await {
                Ok(reply) => collector.learn(Known { day: reply.today, tokens: reply.tokens }),
                Err(error) => {
                    if let StatisticsRequest::Add { sums, .. } = request {
                        let mut tally = collector.tally.borrow_mut();
                        // With the next report.
                        sums.into_iter().for_each(|sum| tally.add(sum));
                    }
                    let fault = Fault::of_platform(&error.to_string());
                    let record = LogRecord::Fault { at: "metrics", fault };
                    // The module of the log depends on this one.
                    console_log!("{}", record.json(None));
                    count(&record);
                }
            }
        })
    }

    /// Notes how many tokens are used. Answers can overtake each other.
    fn learn(&self, new: Known) {
        let is_older = |known: Known| (known.day, known.tokens) > (new.day, new.tokens);
        if !self.known.get().is_some_and(is_older) {
            self.known.set(Some(new));
        }
    }
}

async fn ask_object(env: &Env, request: &StatisticsRequest) -> Result<StatisticsReply> {
    ask(&env.durable_object(CLASS)?.get_by_name(OBJECT)?, "statistics", None, request).await
}

/// Writes a data point of Analytics Engine: the name of the metric is its index and first blob, the values of labels are the other
/// blobs, and the value is its double.
fn write_point(dataset: &JsValue, sample: &Sample<'_>) -> std::result::Result<(), JsValue> {
    let name = JsValue::from_str(sample.metric.name);
    let blobs = Array::of1(&name);
    for label in sample.labels {
        blobs.push(&JsValue::from_str(label));
    }
    #[expect(clippy::cast_precision_loss, reason = "less than 2⁵³")]
    let value = JsValue::from_f64(sample.value as f64);
    let point = Object::new();
    Reflect::set(&point, &"indexes".into(), &Array::of1(&name))?;
    Reflect::set(&point, &"blobs".into(), &blobs)?;
    Reflect::set(&point, &"doubles".into(), &Array::of1(&value))?;
    let write: Function = Reflect::get(dataset, &"writeDataPoint".into())?.unchecked_into();
    Reflect::apply(&write, dataset, &Array::of1(&point)).map(drop)
}
