//! Where in a trace something happens. A span is a piece of work with a beginning and an end; its ids are numbers, so that nothing that
//! somebody sent can get into the log with them.

use flux_protocol::Trace;
use serde_json::Value;
use uuid::Uuid;

use super::put;

/// A span of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    here: Trace,
    parent: Option<u64>,
}

impl Span {
    /// A span that somebody else has begun, such as the page: what happens here for it, and has no span of its own.
    pub const fn of(here: Trace) -> Self {
        Self { here, parent: None }
    }

    /// A span within `parent`, or the first one of the trace with this id if there is none.
    pub fn within(parent: Option<Trace>, trace: Uuid, span: u64) -> Self {
        match parent {
            Some(parent) => Self::of(parent).child(span),
            None => Self::of(Trace::new(trace, span)),
        }
    }

    /// A span within this one.
    #[must_use]
    pub fn child(&self, span: u64) -> Self {
        Self { here: self.here.at(span), parent: Some(self.here.span()) }
    }

    /// What is passed on, so that what happens elsewhere becomes a part of this span.
    pub const fn trace(&self) -> Trace {
        self.here
    }

    /// Adds the ids to a line of the log.
    pub(super) fn add_to(&self, line: &mut Value) {
        put(line, "trace", self.here.id().into());
        put(line, "span", digits(self.here.span()));
        if let Some(parent) = self.parent {
            put(line, "parent", digits(parent));
        }
    }
}

fn digits(span: u64) -> Value {
    format!("{span:016x}").into()
}
