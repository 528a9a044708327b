//! Tokens of the model by day, for the limit of a day: a row for the turns of each day, and one for each answer of a goal, because those
//! can be reported twice. The key of a row is its day, and the id of the answer, if it is one: `2026-03-02 0190a5b6-…`.

use chrono::{DateTime, TimeDelta, Utc};
use flux_model::Usage;
use uuid::Uuid;

use super::{Sql, Store, StoreError};

/// Days that are kept, for the owner of the deployment.
const KEPT: TimeDelta = TimeDelta::days(35);
const DAY: TimeDelta = TimeDelta::days(1);

impl<S: Sql> Store<S> {
    /// The tokens, read and written, that were used on the day (UTC) of a moment.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn tokens_used(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        // The exclamation mark comes after the space before an id.
        let sql =
            "SELECT coalesce(sum(input_tokens + output_tokens), 0) FROM usage WHERE day >= ?1 AND day < ?1 || '!'";
        let rows = self.query(sql, &[day(now).into()])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    /// Counts the tokens of an answer of a goal, unless they were counted before. Returns whether they were counted now.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn count_answer(&self, answer: Uuid, usage: Usage, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let key = |at| format!("{} {answer}", day(at));
        // It can be reported again after midnight.
        let sql = "INSERT OR IGNORE INTO usage (day, input_tokens, output_tokens)
                   SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM usage WHERE day = ?4) RETURNING 1";
        let row = [key(now).into(), usage.input_tokens.into(), usage.output_tokens.into(), key(now - DAY).into()];
        let is_new = !self.query(sql, &row)?.is_empty();
        self.forget_old_days(now)?;
        Ok(is_new)
    }

    /// Counts the tokens of a turn. The first ones of a day delete old days.
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
        if total == usage.total() {
            self.forget_old_days(now)?;
        }
        Ok(())
    }

    fn forget_old_days(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.execute("DELETE FROM usage WHERE day < ?", &[day(now - KEPT).into()])
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

    #[test]
    fn an_answer_of_a_goal_is_counted_once_and_with_the_turns() {
        let store = Store::open(Sqlite::in_memory().unwrap()).unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let usage = Usage { input_tokens: 10, output_tokens: 5 };
        let count = |id, at| store.count_answer(Uuid::from_u128(id), usage, at).unwrap();
        let (evening, midnight) = (at("2026-03-01T23:59:59Z"), at("2026-03-02T00:00:00Z"));
        assert_eq!([count(1, evening), count(1, evening), count(2, evening)], [true, false, true]);
        store.count_tokens(usage, evening).unwrap();
        assert_eq!((store.tokens_used(evening), store.tokens_used(midnight)), (Ok(45), Ok(0)));
        assert!(!count(1, midnight), "reported again after midnight");
        assert!(count(3, midnight));
        store.count_tokens(usage, midnight).unwrap();
        assert_eq!((store.tokens_used(evening), store.tokens_used(midnight)), (Ok(45), Ok(30)));
        assert!(count(4, at("2026-04-06T00:00:00Z")));
        assert_eq!(store.tokens_used(evening), Ok(0), "deleted after 35 days");
    }
}
