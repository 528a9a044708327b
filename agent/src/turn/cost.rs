//! What a turn costs: tokens, steps, what went wrong on the way, and time. Kept outside of the turn, which is dropped where
//! the person stops it.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use serde::Serialize;

use flux_model::Usage;

/// What a turn has cost so far.
#[derive(Debug)]
pub struct Meter {
    began_at: DateTime<Utc>,
    counted: Cell<Counted>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    /// Of the steps before this one.
    before: Usage,
    /// Of this one.
    usage: Usage,
    steps: u32,
    calls: u32,
    invalid_calls: u32,
    rejected_calls: u32,
    retries: u32,
    skipped: u32,
    first_at: Option<DateTime<Utc>>,
}

/// What a turn has cost, as it is told with its answer. Times are in ms, by the clock of the platform, which can stand still
/// while nothing comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Tokens of all steps together, as far as the provider told.
    pub usage: Usage,
    /// How often the model was asked.
    pub steps: u32,
    /// Calls of tools.
    pub calls: u32,
    /// Those of them that did not fit their schema.
    pub invalid_calls: u32,
    /// Those that fitted and were rejected.
    pub rejected_calls: u32,
    /// How often it had to be asked again, because an attempt failed.
    pub retries: u32,
    /// Events of its streams that could not be read.
    pub skipped: u32,
    /// From the beginning to the first piece of text or the first call; none where there was neither.
    pub first_ms: Option<i64>,
    /// From the beginning to the end.
    pub total_ms: i64,
}

impl Meter {
    /// Begins to count.
    pub fn new(began_at: DateTime<Utc>) -> Self {
        Self { began_at, counted: Cell::default() }
    }

    /// What the turn has cost until now.
    pub fn read(&self, now: DateTime<Utc>) -> Cost {
        let counted = self.counted.get();
        // A machine's clock can go back.
        let since_begin = |at: DateTime<Utc>| (at - self.began_at).num_milliseconds().max(0);
        Cost {
            usage: sum(counted.before, counted.usage),
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

    /// The model is asked.
    pub(super) fn step(&self) {
        self.count(|counted| {
            counted.before = sum(counted.before, counted.usage);
            counted.usage = Usage::default();
            counted.steps += 1;
        });
    }

    /// What the step has cost; the last one counts.
    pub(super) fn usage(&self, usage: Usage) {
        self.count(|counted| counted.usage = usage);
    }

    /// A tool is called.
    pub(super) fn call(&self) {
        self.count(|counted| counted.calls += 1);
    }

    /// The call does not fit its schema.
    pub(super) fn invalid_call(&self) {
        self.count(|counted| counted.invalid_calls += 1);
    }

    /// The call is rejected.
    pub(super) fn rejected_call(&self) {
        self.count(|counted| counted.rejected_calls += 1);
    }

    /// Another attempt begins.
    pub(super) fn retry(&self) {
        self.count(|counted| counted.retries += 1);
    }

    /// Something could not be read.
    pub(super) fn skip(&self) {
        self.count(|counted| counted.skipped += 1);
    }

    /// The model said something, perhaps for the first time.
    pub(super) fn heard(&self, now: DateTime<Utc>) {
        self.count(|counted| counted.first_at = counted.first_at.or(Some(now)));
    }

    fn count(&self, change: impl FnOnce(&mut Counted)) {
        let mut counted = self.counted.get();
        change(&mut counted);
        self.counted.set(counted);
    }
}

fn sum(one: Usage, other: Usage) -> Usage {
    Usage {
        input_tokens: one.input_tokens + other.input_tokens,
        output_tokens: one.output_tokens + other.output_tokens,
    }
}
