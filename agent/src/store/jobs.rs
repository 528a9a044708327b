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
}

impl<S: Sql> Store<S> {
    /// Stores a job, or replaces the one with the same id.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_job(&self, id: &str, kind: &str, due: DateTime<Utc>, attempt: u32) -> Result<(), StoreError> {
        let row = [id.into(), kind.into(), millis(due), i64::from(attempt).into()];
        self.query("INSERT OR REPLACE INTO jobs (id, kind, due_ms, attempt) VALUES (?, ?, ?, ?)", &row)?;
        Ok(())
    }

    /// Deletes a job.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn delete_job(&self, id: &str) -> Result<(), StoreError> {
        self.query("DELETE FROM jobs WHERE id = ?", &[id.into()])?;
        Ok(())
    }

    /// The jobs, the earliest first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn jobs(&self) -> Result<Vec<JobRecord>, StoreError> {
        let rows = self.query("SELECT id, kind, due_ms, attempt FROM jobs ORDER BY due_ms, id", &[])?;
        rows.iter().map(record).collect()
    }
}

fn record(row: &Row) -> Result<JobRecord, StoreError> {
    Ok(JobRecord {
        id: row.text(0)?,
        kind: row.text(1)?,
        due: DateTime::from_timestamp_millis(row.integer(2)?).unwrap_or_default(),
        attempt: u32::try_from(row.integer(3)?).unwrap_or(u32::MAX),
    })
}
