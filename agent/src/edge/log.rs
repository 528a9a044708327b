//! The log of the platform, and the metrics.

use worker::console_log;

use super::metrics;
use crate::telemetry::LogRecord;

/// Writes a record to the log of the platform, and counts it.
pub(super) fn write(record: &LogRecord<'_>) {
    console_log!("{}", record.json());
    metrics::count(record);
}
