//! What a turn costs: tokens, steps, errors, and time. It is counted outside of the turn, because a cancelled turn is dropped.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use serde::Serialize;

use flux_model::{ModelError, ModelEvent, TokenCount, Usage};

/// What a turn has cost so far.
#[derive(Debug)]
pub struct Meter {
    began_at: DateTime<Utc>,
    counted: Cell<Counted>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    /// Tokens of the steps before this one.
    before: Usage,
    /// Tokens of this step.
    tokens: TokenCount,
    /// Whether a part of the tokens of the steps before this one is estimated.
    is_estimated: bool,
    steps: u32,
    calls: u32,
    invalid_calls: u32,
    rejected_calls: u32,
    retries: u32,
    skipped: u32,
    first_at: Option<DateTime<Utc>>,
}

/// What a turn has cost, as its answer reports it. Times are in ms by the clock of the platform, which may advance only with
/// I/O.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Tokens of all steps.
    pub usage: Usage,
    /// Whether a part of them is an estimate, because the provider did not report it. See [`TokenCount`].
    #[serde(rename = "estimated")]
    pub is_estimated: bool,
    /// Requests to the model.
    pub steps: u32,
    /// Tool calls.
    pub calls: u32,
    /// Tool calls that did not fit their schema.
    pub invalid_calls: u32,
    /// Valid tool calls that were rejected.
    pub rejected_calls: u32,
    /// Requests that were repeated because an attempt failed.
    pub retries: u32,
    /// Stream events that could not be read.
    pub skipped: u32,
    /// Time to the first text or tool call; `None` when there was neither.
    pub first_ms: Option<i64>,
    /// Time from beginning to end.
    pub total_ms: i64,
}

impl Meter {
    /// Starts counting at `began_at`.
    pub fn new(began_at: DateTime<Utc>) -> Self {
        Self { began_at, counted: Cell::default() }
    }

    /// The cost until `now`.
    pub fn read(&self, now: DateTime<Utc>) -> Cost {
        let counted = self.counted.get();
        // A clock can go back.
        let since_begin = |at: DateTime<Utc>| (at - self.began_at).num_milliseconds().max(0);
        Cost {
            usage: counted.before + counted.tokens.usage(),
            is_estimated: counted.is_estimated || counted.tokens.is_estimated(),
            steps: counted.steps,
            calls: counted.calls,
            invalid_calls: counted.invalid_calls,
            rejected_calls: counted.rejected_calls,
            retries: counted.retries,
            skipped: counted.skipped,
            first_ms: counted.first_at.map(since_begin),
            total_ms: since_begin(now),
        }
    }

    /// Counts a step, whose tokens are counted by `tokens`.
    pub(super) fn step(&self, tokens: TokenCount) {
        self.count(|counted| {
            counted.before = counted.before + counted.tokens.usage();
            counted.is_estimated |= counted.tokens.is_estimated();
            counted.tokens = tokens;
            counted.steps += 1;
        });
    }

    /// Counts the tokens of a part of the answer.
    pub(super) fn take(&self, event: &Result<ModelEvent, ModelError>) {
        self.count(|counted| counted.tokens.take(event));
    }

    /// Counts a tool call.
    pub(super) fn call(&self) {
        self.count(|counted| counted.calls += 1);
    }

    /// Counts a call that does not fit its schema.
    pub(super) fn invalid_call(&self) {
        self.count(|counted| counted.invalid_calls += 1);
    }

    /// Counts a call that was rejected.
    pub(super) fn rejected_call(&self) {
        self.count(|counted| counted.rejected_calls += 1);
    }

    /// Counts another attempt.
    pub(super) fn retry(&self) {
        self.count(|counted| counted.retries += 1);
    }

    /// Counts an event that could not be read.
    pub(super) fn skip(&self) {
        self.count(|counted| counted.skipped += 1);
    }

    /// Notes the time of the first output. Later calls change nothing, and do not read the clock.
    pub(super) fn first_output(&self, now: impl FnOnce() -> DateTime<Utc>) {
        if self.counted.get().first_at.is_none() {
            self.count(|counted| counted.first_at = Some(now()));
        }
    }

    fn count(&self, change: impl FnOnce(&mut Counted)) {
        let mut counted = self.counted.get();
        change(&mut counted);
        self.counted.set(counted);
    }
}
