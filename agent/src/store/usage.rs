//! Tokens of the model by day, for the limit of a day.

use chrono::{DateTime, TimeDelta, Utc};
use flux_model::Usage;

use super::{Sql, Store, StoreError};

/// Days that are kept, for the owner of the deployment.
const KEPT: TimeDelta = TimeDelta::days(35);

impl<S: Sql> Store<S> {
    /// The tokens, read and written, that were used on the day (UTC) of a moment.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn tokens_used(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let rows = self.query("SELECT input_tokens + output_tokens FROM usage WHERE day = ?", &[day(now).into()])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    /// Counts tokens. The first ones of a day delete old days.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn count_tokens(&self, usage: Usage, now: DateTime<Utc>) -> Result<(), StoreError> {
        if usage == Usage::default() {
            return Ok(());
        }
        let rows = self.query(
            "INSERT INTO usage (day, input_tokens, output_tokens) VALUES (?1, ?2, ?3)
             ON CONFLICT (day) DO UPDATE SET input_tokens = input_tokens + ?2, output_tokens = output_tokens + ?3
             RETURNING input_tokens + output_tokens",
            &[day(now).into(), usage.input_tokens.into(), usage.output_tokens.into()],
        )?;
        let total = rows.first().map_or(Ok(0), |row| row.count(0))?;
        if total == usage.input_tokens + usage.output_tokens {
            self.execute("DELETE FROM usage WHERE day < ?", &[day(now - KEPT).into()])?;
        }
        Ok(())
    }
}

/// The day of a moment (UTC) in ISO 8601.
fn day(now: DateTime<Utc>) -> String {
    now.date_naive().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::Sqlite;

    #[test]
    fn tokens_are_counted_by_day_and_old_days_deleted() {
        let store = Store::open(Sqlite::in_memory().unwrap()).unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let usage = |input_tokens, output_tokens| Usage { input_tokens, output_tokens };
        let evening = at("2026-03-01T23:59:59Z");
        store.count_tokens(usage(10, 5), evening).unwrap();
        store.count_tokens(usage(100, 0), evening).unwrap();
        assert_eq!(store.tokens_used(evening), Ok(115));
        assert_eq!(store.tokens_used(at("2026-03-02T00:00:00Z")), Ok(0), "a new day");
        store.count_tokens(usage(1, 1), at("2026-04-06T00:00:00Z")).unwrap();
        assert_eq!(store.tokens_used(evening), Ok(0), "deleted after 35 days");
    }
}
