//! Deletes what has outlived its lifetime ([`lifetime`]).

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Builder;

use super::{Sql, Store, StoreError, Value, millis};
use crate::lifetime;

impl<S: Sql> Store<S> {
    /// Deletes what has outlived its lifetime. Returns when the rest will have, if something is left: of each kind, when all of
    /// it can be deleted, so that an object that nobody uses is opened only a few more times. Must run within a transaction.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn expire(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let before = |lifetime| millis(now - lifetime);
        let is_kept = "SELECT request FROM turns WHERE outcome IS NULL OR ended_ms > ?";
        let chunks = format!("DELETE FROM chunks WHERE stream NOT IN ({is_kept})");
        self.query(&chunks, &[before(lifetime::STREAM)])?;
        self.query("DELETE FROM turns WHERE state = 'ended' AND ended_ms <= ?", &[before(lifetime::STREAM)])?;
        self.query(
            "UPDATE [runs] SET work = NULL WHERE work IS NOT NULL AND running = 0 AND driven = 0 AND heard_ms <= ?",
            &[before(lifetime::RUN_WORK)],
        )?;
        self.query("DELETE FROM prompt_counts WHERE last_ms <= ?", &[before(lifetime::PROMPTS)])?;
        let first = first_id(now - lifetime::PROMPTS + TimeDelta::milliseconds(1)).into();
        self.query("DELETE FROM prompt_changes WHERE txn < ?", &[first])?;
        self.next_expiry()
    }

    fn next_expiry(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let rows = self.query(
            "SELECT min(due) FROM (
                SELECT max(ended_ms) + ?1 AS due FROM turns
                WHERE state = 'ended' OR (outcome IS NOT NULL AND EXISTS (SELECT 1 FROM chunks WHERE stream = request))
                UNION ALL
                SELECT max(heard_ms) + ?2 FROM [runs] WHERE work IS NOT NULL AND running = 0 AND driven = 0
                UNION ALL
                SELECT max(last_ms) + ?3 FROM prompt_counts
             )",
            &[ms(lifetime::STREAM), ms(lifetime::RUN_WORK), ms(lifetime::PROMPTS)],
        )?;
        let due = rows.first().map(|row| row.optional_integer(0)).transpose()?.flatten();
        Ok(due.and_then(DateTime::from_timestamp_millis))
    }
}

fn ms(lifetime: TimeDelta) -> Value {
    Value::Integer(lifetime.num_milliseconds())
}

/// The smallest UUID v7 of a moment (RFC 9562 §5.7). Transactions of turns have such ids, which are ordered by time, also as
/// text.
fn first_id(at: DateTime<Utc>) -> String {
    let ms = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(ms, &[0; 10]).into_uuid().to_string()
}
