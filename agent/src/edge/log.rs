//! The log of the platform, and the metrics.

use worker::console_log;

use super::metrics;
use crate::telemetry::{LogRecord, Span};

/// Writes a record to the log of the platform, and counts it.
pub(super) fn write(record: &LogRecord<'_>) {
    write_in(record, None);
}

/// Writes a record as part of a span.
pub(super) fn write_in(record: &LogRecord<'_>, span: Option<Span>) {
    console_log!("{}", record.json(span));
    metrics::count(record);
}
