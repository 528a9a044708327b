//! The log of the platform.

use worker::console_log;

use crate::telemetry::LogRecord;

/// Writes a record to the log of the platform.
pub(super) fn write(record: &LogRecord<'_>) {
    console_log!("{}", record.json());
}
