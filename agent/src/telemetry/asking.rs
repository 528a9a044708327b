//! A request to the model as a span.

use flux_model::{ModelError, ModelId, Usage};

use super::{Fault, Label, LogRecord, Name, Span};

/// A request to the model that is under way. It is logged when it is dropped, so also when the turn or the run is stopped meanwhile.
pub(crate) struct Asking<'a> {
    model: ModelId,
    span: Option<Span>,
    now_ms: &'a dyn Fn() -> i64,
    log: &'a dyn Fn(&LogRecord<'_>, Option<Span>),
    began_ms: i64,
    /// The tokens that the provider has reported last.
    pub usage: Usage,
    outcome: Name,
    fault: Option<Fault>,
}

impl<'a> Asking<'a> {
    /// A request that begins now. `now_ms` is a clock, and `log` writes to the log.
    pub fn new(
        model: ModelId,
        span: Option<Span>,
        now_ms: &'a dyn Fn() -> i64,
        log: &'a dyn Fn(&LogRecord<'_>, Option<Span>),
    ) -> Self {
        let began_ms = now_ms();
        Self { model, span, now_ms, log, began_ms, usage: Usage::default(), outcome: "aborted", fault: None }
    }

    /// The answer is complete, or as much of it as is wanted.
    pub fn done(&mut self) {
        self.outcome = "completed";
    }

    /// There is no complete answer.
    pub fn failed(&mut self, error: &ModelError) {
        self.outcome = "error";
        self.fault = Some(error.into());
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let record = LogRecord::Chat {
            model: Label::new(&self.model.name),
            provider: Label::new(&self.model.provider),
            outcome: self.outcome,
            fault: self.fault,
            usage: self.usage,
            // A clock can go back.
            ms: ((self.now_ms)() - self.began_ms).max(0),
        };
        (self.log)(&record, self.span);
    }
}
