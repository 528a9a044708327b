//! What a call returns.

use flux_timeline::Event;
use flux_tools::report::Report;
use serde_json::{Value, json};

use crate::json::value;

/// What a call returns to its caller, and what it changed for everyone.
#[derive(Debug)]
pub struct Outcome {
    /// For the caller.
    pub answer: Answer,
    /// For everyone who watches the object.
    pub change: Change,
}

/// What the caller gets.
#[derive(Debug)]
pub enum Answer {
    /// The report of a tool or a command. A rejection is a report whose `ok` is false.
    Report(Box<Report>),
    /// The call was carried out before, under the same idempotency key. It was not carried out again.
    Repeated,
    /// The answer to a question.
    Value(Value),
}

/// What a call changed.
#[derive(Debug)]
pub enum Change {
    /// These events were appended to the log. Empty when nothing changed.
    Events(Vec<Event>),
    /// Everything was replaced.
    Everything,
    /// The reminders that are shown.
    Reminders,
    /// Somebody may no longer use the object.
    Access,
}

impl Outcome {
    /// The answer to a question.
    pub(crate) fn of(answer: Value) -> Self {
        Self { answer: Answer::Value(answer), change: Change::Events(Vec::new()) }
    }
}

impl Answer {
    /// The answer as JSON.
    pub fn json(&self) -> Value {
        match self {
            Self::Report(report) => value(report),
            Self::Repeated => json!({"ok": true, "summary": "This was done before.", "repeated": true}),
            Self::Value(value) => value.clone(),
        }
    }

    /// Whether it says that a file is imported.
    pub fn is_finished_import(&self) -> bool {
        matches!(self, Self::Value(progress) if progress["state"] == "done")
    }
}
