//! Everything that is due later. The object's alarm is set to the earliest job.

use chrono::{DateTime, Utc};

use super::{Row, Sql, Store, StoreError, millis};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Its id. Jobs of which there can be only one have their kind as id.
    pub id: String,
    /// What is to be done.
    pub kind: String,
    /// When it is due.
    pub due: DateTime<Utc>,
    /// The number of attempts that have failed.
    pub attempt: u32,
    /// What it needs, in a form of its kind.
    pub payload: Option<String>,
}

impl<S: Sql> Store<S> {
    /// Stores a job, or replaces the one with the same id.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_job(&self, id: &str, kind: &str, due: DateTime<Utc>, attempt: u32) -> Result<(), StoreError> {
        let row = [id.into(), kind.into(), millis(due), i64::from(attempt).into()];
        self.execute("INSERT OR REPLACE INTO jobs (id, kind, due_ms, attempt) VALUES (?, ?, ?, ?)", &row)
    }

    /// Stores a job, unless there is one with the same id that is due earlier.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_job_by(&self, id: &str, kind: &str, due: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "INSERT INTO jobs (id, kind, due_ms) VALUES (?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET due_ms = min(due_ms, excluded.due_ms)";
        self.execute(sql, &[id.into(), kind.into(), millis(due)])
    }

    /// Sets when a job is tried again. It keeps what it needs.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn retry_job(&self, id: &str, due: DateTime<Utc>, attempt: u32) -> Result<(), StoreError> {
        let row = [millis(due), i64::from(attempt).into(), id.into()];
        self.execute("UPDATE jobs SET due_ms = ?, attempt = ? WHERE id = ?", &row)
    }

    /// Sets what a job needs.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn set_payload(&self, id: &str, payload: &str) -> Result<(), StoreError> {
        self.execute("UPDATE jobs SET payload = ? WHERE id = ?", &[payload.into(), id.into()])
    }

    /// Deletes a job.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn delete_job(&self, id: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM jobs WHERE id = ?", &[id.into()])
    }

    /// The jobs, the earliest first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn jobs(&self) -> Result<Vec<JobRecord>, StoreError> {
        let rows = self.query("SELECT id, kind, due_ms, attempt, payload FROM jobs ORDER BY due_ms, id", &[])?;
        rows.iter().map(record).collect()
    }
}

fn record(row: &Row) -> Result<JobRecord, StoreError> {
    Ok(JobRecord {
        id: row.text(0)?,
        kind: row.text(1)?,
        due: DateTime::from_timestamp_millis(row.integer(2)?).unwrap_or_default(),
        attempt: u32::try_from(row.integer(3)?).unwrap_or(u32::MAX),
        payload: row.optional_text(4)?,
    })
}
