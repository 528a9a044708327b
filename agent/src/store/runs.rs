//! Runs of the architect as rows, and what they have finished.

use flux_tools::{Run, RunId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Row, Sql, Store, StoreError, Value, json, millis, parse};

const RUNS: &str = "SELECT json FROM runs";

impl<S: Sql> Store<S> {
    pub(super) fn run_of(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let rows = self.sql.query(&format!("{RUNS} WHERE id = ?"), &[id.to_string().into()])?;
        rows.first().map(run).transpose()
    }

    pub(super) fn newest_runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(1 << 31);
        let sql = format!("{RUNS} ORDER BY started_ms DESC, id DESC LIMIT ?");
        self.sql.query(&sql, &[limit.into()])?.iter().map(run).collect()
    }

    pub(super) fn runs_under_way(&self) -> Result<Vec<Run>, StoreError> {
        let sql = format!("{RUNS} WHERE running = 1 ORDER BY started_ms DESC, id DESC");
        self.sql.query(&sql, &[])?.iter().map(run).collect()
    }

    pub(super) fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        self.sql.query(
            "INSERT INTO runs (id, started_ms, running, json) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET running = excluded.running, json = excluded.json",
            &[
                run.id.to_string().into(),
                millis(run.started_at),
                Value::Integer(run.is_running().into()),
                json("runs", run)?,
            ],
        )?;
        Ok(())
    }

    /// What a run has finished so far; none where it has finished nothing, or is over.
    ///
    /// # Errors
    /// What the engine can fail with, and work that an earlier version kept in another form.
    pub fn run_work<T: DeserializeOwned>(&self, id: RunId) -> Result<Option<T>, StoreError> {
        let sql = "SELECT work FROM runs WHERE id = ? AND work IS NOT NULL";
        let rows = self.sql.query(sql, &[id.to_string().into()])?;
        rows.first().map(|row| parse("runs", &row.text(0)?)).transpose()
    }

    /// Keeps what a run has finished so far, or, with `None`, lets go of it.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn keep_run_work<T: Serialize>(&self, id: RunId, work: Option<&T>) -> Result<(), StoreError> {
        let work = work.map_or(Ok(Value::Null), |work| json("runs", work))?;
        self.sql.query("UPDATE runs SET work = ? WHERE id = ?", &[work, id.to_string().into()])?;
        Ok(())
    }
}

fn run(row: &Row) -> Result<Run, StoreError> {
    parse("runs", &row.text(0)?)
}
