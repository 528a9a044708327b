//! The database of the object with the figures: sums by day, and the tokens of each day.

use chrono::{DateTime, TimeDelta, Utc};

use super::request::{Day, StatisticsReply, StatisticsRequest, day_number};
use crate::json;
use crate::store::{Row, Sql, SqlError, StoreError, Value, migrate};
use crate::telemetry::Sum;

/// Days whose sums are kept. Older ones are added up.
const KEPT: TimeDelta = TimeDelta::days(35);
/// Most series of a day. Labels have few values, so only a bug comes so far; what is beyond is dropped.
const SERIES: u64 = 2_000;

/// The versions of the database. The day of sums that are older than [`KEPT`] is empty.
const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE sums (day TEXT, name TEXT, labels TEXT, value INTEGER NOT NULL, PRIMARY KEY (day, name, labels)) WITHOUT ROWID",
    "CREATE TABLE tokens (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL) WITHOUT ROWID",
]];

/// The figures.
#[derive(Debug, Clone)]
pub struct StatisticsStore<S> {
    sql: S,
}

impl<S: Sql> StatisticsStore<S> {
    /// Opens the database and brings it to the current version.
    ///
    /// # Errors
    /// The errors of the engine, or [`StoreError::Corrupt`] when a newer version wrote it.
    pub fn open(sql: S) -> Result<Self, StoreError> {
        migrate(&sql, MIGRATIONS)?;
        Ok(Self { sql })
    }

    /// Answers a request. What it changes is one transaction.
    ///
    /// # Errors
    /// When the store fails. Nothing is changed then.
    pub fn answer(&self, request: StatisticsRequest, now: DateTime<Utc>) -> Result<StatisticsReply, StoreError> {
        let today = day_number(now);
        match request {
            StatisticsRequest::Add { sums, tokens } => self.sql.transaction(|| {
                self.add(&sums, now)?;
                Ok(StatisticsReply { sums: Vec::new(), today, tokens: self.add_tokens(tokens, &Day::of(now))? })
            }),
            StatisticsRequest::Read { day } => {
                let sums = self.sums(day.as_ref())?;
                let day = day.unwrap_or_else(|| Day::of(now));
                Ok(StatisticsReply { sums, today, tokens: self.tokens(&day)? })
            }
        }
    }

    fn add(&self, sums: &[Sum], now: DateTime<Utc>) -> Result<(), StoreError> {
        if sums.is_empty() {
            return Ok(());
        }
        let day = Value::from(Day::of(now).as_str());
        if self.sql.query("SELECT 1 FROM sums WHERE day = ? LIMIT 1", std::slice::from_ref(&day))?.is_empty() {
            self.forget(now)?;
        }
        let sql = "INSERT INTO sums (day, name, labels, value)
                   SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) row
                   WHERE (SELECT count(*) FROM sums WHERE day = ?1) < ?3
                      OR EXISTS (SELECT 1 FROM sums WHERE day = ?1 AND name = row.value ->> 0 AND labels = row.value ->> 1)
                   ON CONFLICT (day, name, labels) DO UPDATE SET value = value + excluded.value";
        Ok(self.sql.execute(sql, &[day, json::value(&sums).to_string().into(), SERIES.into()])?)
    }

    /// Adds up the sums of days that are too old.
    fn forget(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let last = [Value::from(Day::of(now - KEPT).as_str())];
        let sql = "INSERT INTO sums (day, name, labels, value)
                   SELECT '', name, labels, sum(value) FROM sums WHERE day <> '' AND day < ? GROUP BY name, labels
                   ON CONFLICT (day, name, labels) DO UPDATE SET value = value + excluded.value";
        self.sql.execute(sql, &last)?;
        self.sql.execute("DELETE FROM sums WHERE day <> '' AND day < ?", &last)?;
        Ok(self.sql.execute("DELETE FROM tokens WHERE day < ?", &last)?)
    }

    /// The tokens of today, with those that are added.
    fn add_tokens(&self, tokens: u64, today: &Day) -> Result<u64, StoreError> {
        if tokens == 0 {
            return self.tokens(today);
        }
        let sql = "INSERT INTO tokens (day, tokens) VALUES (?1, ?2)
                   ON CONFLICT (day) DO UPDATE SET tokens = tokens + ?2 RETURNING tokens";
        let rows = self.sql.query(sql, &[today.as_str().into(), tokens.into()])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    fn tokens(&self, day: &Day) -> Result<u64, StoreError> {
        let rows = self.sql.query("SELECT tokens FROM tokens WHERE day = ?", &[day.as_str().into()])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    fn sums(&self, day: Option<&Day>) -> Result<Vec<Sum>, StoreError> {
        let rows = match day {
            Some(day) => {
                let sql = "SELECT name, labels, value FROM sums WHERE day = ?";
                self.sql.query(sql, &[day.as_str().into()])?
            }
            None => self.sql.query("SELECT name, labels, sum(value) FROM sums GROUP BY name, labels", &[])?,
        };
        let read = |row: &Row| Ok::<_, SqlError>(Sum(row.text(0)?, row.text(1)?, row.count(2)?));
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::Sqlite;

    fn store() -> StatisticsStore<Sqlite> {
        StatisticsStore::open(Sqlite::in_memory().unwrap()).unwrap()
    }

    fn at(day: &str) -> DateTime<Utc> {
        format!("{day}T12:00:00Z").parse().unwrap()
    }

    fn sum(name: &str, labels: &str, value: u64) -> Sum {
        Sum(name.to_owned(), labels.to_owned(), value)
    }

    fn add(store: &StatisticsStore<Sqlite>, day: &str, sums: &[Sum], tokens: u64) -> u64 {
        store.answer(StatisticsRequest::Add { sums: sums.to_vec(), tokens }, at(day)).unwrap().tokens
    }

    fn read(store: &StatisticsStore<Sqlite>, day: Option<&str>, now: &str) -> StatisticsReply {
        let day = day.map(|day| Day::read(day).unwrap());
        store.answer(StatisticsRequest::Read { day }, at(now)).unwrap()
    }

    #[test]
    fn sums_are_added_up_by_day_and_for_all_time() {
        let store = store();
        let (one, other) = (sum("a", "x=\"1\"", 2), sum("b", "", 3));
        assert_eq!(add(&store, "2026-03-01", &[one.clone(), other.clone()], 10), 10);
        assert_eq!(add(&store, "2026-03-01", std::slice::from_ref(&one), 5), 15);
        assert_eq!(add(&store, "2026-03-02", &[one], 0), 0, "a new day");
        let today = read(&store, Some("2026-03-02"), "2026-03-02");
        assert_eq!((today.sums, today.tokens), (vec![sum("a", "x=\"1\"", 2)], 0));
        let yesterday = read(&store, Some("2026-03-01"), "2026-03-02");
        assert_eq!((yesterday.sums, yesterday.tokens), (vec![sum("a", "x=\"1\"", 4), other.clone()], 15));
        assert_eq!(read(&store, None, "2026-03-02").sums, [sum("a", "x=\"1\"", 6), other]);
    }

    #[test]
    fn days_are_forgotten_and_totals_are_not() {
        let store = store();
        for day in ["2026-01-01", "2026-01-02", "2026-03-01"] {
            add(&store, day, &[sum("a", "", 1)], 1);
        }
        let forgotten = read(&store, Some("2026-01-02"), "2026-03-01");
        assert_eq!((forgotten.sums, forgotten.tokens), (vec![], 0));
        add(&store, "2026-05-01", &[sum("a", "", 1)], 0);
        assert_eq!(read(&store, None, "2026-05-01").sums, [sum("a", "", 4)]);
    }

    #[test]
    fn the_number_of_series_of_a_day_has_a_bound() {
        let store = store();
        let some = |from: u64| (from..from + 500).map(|number| sum("a", &number.to_string(), 1)).collect::<Vec<_>>();
        for from in 0..6 {
            add(&store, "2026-03-01", &some(500 * from), 0);
        }
        add(&store, "2026-03-01", &some(0), 0);
        let sums = read(&store, None, "2026-03-01").sums;
        assert!(sums.len() as u64 <= SERIES + 500, "{}", sums.len());
        assert!(sums.contains(&sum("a", "0", 2)), "one that is known is counted");
        assert!(!sums.contains(&sum("a", "2999", 1)));
    }

    #[test]
    fn nothing_to_add_asks_for_the_tokens_only() {
        let store = store();
        add(&store, "2026-03-01", &[], 7);
        assert_eq!(add(&store, "2026-03-01", &[], 0), 7);
    }
}
