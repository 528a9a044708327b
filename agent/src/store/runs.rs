//! Runs of the architect as rows, and their finished work.

use chrono::{DateTime, Utc};
use flux_protocol::Trace;
use flux_timeline::{Run, RunId, RunStatus};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Row, Sql, Store, StoreError, Value, id, json, millis, parse};

const RUNS: &str = "SELECT json FROM [runs]";

/// A run that a workflow drives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrivenRun {
    /// The run.
    pub run: Run,
    /// When its workflow last sent a request, or was started.
    pub last_request_at: DateTime<Utc>,
    /// The number of last workflows in a row that never sent a request.
    pub silent: u64,
}

/// What an id already identifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdUse {
    /// Neither of the following.
    None,
    /// A run.
    Run,
    /// A transaction in the log.
    Transaction,
}

impl<S: Sql> Store<S> {
    /// Whether an id is that of a run or of a transaction.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn id_use(&self, id: Uuid) -> Result<IdUse, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM [runs] WHERE id = ?1), EXISTS (SELECT 1 FROM [events] WHERE txn = ?1)";
        let rows = self.query(sql, &[id.to_string().into()])?;
        let Some(row) = rows.first() else { return Ok(IdUse::None) };
        Ok(match (row.integer(0)?, row.integer(1)?) {
            (0, 0) => IdUse::None,
            (0, _) => IdUse::Transaction,
            _ => IdUse::Run,
        })
    }

    pub(super) fn run_of(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let rows = self.query(&format!("{RUNS} WHERE id = ?"), &[id.to_string().into()])?;
        rows.first().map(run).transpose()
    }

    pub(super) fn newest_runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(1 << 31);
        let sql = format!("{RUNS} ORDER BY started_ms DESC, id DESC LIMIT ?");
        self.query(&sql, &[limit.into()])?.iter().map(run).collect()
    }

    pub(super) fn runs_under_way(&self) -> Result<Vec<Run>, StoreError> {
        let sql = format!("{RUNS} WHERE running = 1 ORDER BY started_ms DESC, id DESC");
        self.query(&sql, &[])?.iter().map(run).collect()
    }

    pub(super) fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        // A run that has ended is driven until the person gets the report. A cancelled run has no report.
        let is_told = matches!(run.state.status, RunStatus::Running | RunStatus::Cancelled);
        self.execute(
            "INSERT INTO [runs] (id, started_ms, running, driven, json) VALUES (?1, ?2, ?3, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET running = excluded.running, json = excluded.json,
                driven = CASE WHEN ?5 THEN excluded.driven ELSE driven END",
            &[
                run.id.to_string().into(),
                millis(run.started_at),
                Value::Integer(run.is_running().into()),
                json("runs", run)?,
                Value::Integer(is_told.into()),
            ],
        )
    }

    /// The runs that a workflow drives, starting with the one whose workflow has been silent for the longest time.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn driven_runs(&self) -> Result<Vec<DrivenRun>, StoreError> {
        let sql = "SELECT json, heard_ms, unheard FROM [runs] WHERE driven = 1 ORDER BY heard_ms";
        let driven = |row: &Row| {
            let last_request_at = DateTime::from_timestamp_millis(row.integer(1)?).unwrap_or_default();
            Ok(DrivenRun { run: run(row)?, last_request_at, silent: row.count(2)? })
        };
        self.query(sql, &[])?.iter().map(driven).collect()
    }

    /// Counts a workflow that is started for a run, and returns its attempt number, starting at 1. Earlier workflows no longer
    /// drive the run. `trace` is the span in which it was asked for; without one, the run keeps its own.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn launch_run(&self, id: RunId, now: DateTime<Utc>, trace: Option<Trace>) -> Result<u64, StoreError> {
        let sql = "UPDATE [runs] SET launches = launches + 1, unheard = unheard + 1, heard_ms = ? WHERE id = ?";
        self.query(sql, &[millis(now), id.to_string().into()])?;
        if let Some(trace) = trace {
            // Nobody asks for those of runs that are over.
            self.query("DELETE FROM traces WHERE run NOT IN (SELECT id FROM [runs] WHERE driven = 1)", &[])?;
            let row = [id.to_string().into(), trace.to_string().into()];
            self.query("INSERT OR REPLACE INTO traces (run, trace) VALUES (?, ?)", &row)?;
        }
        self.launches(id)
    }

    /// The span in which a run was last asked for, if it is known.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn run_trace(&self, id: RunId) -> Result<Option<Trace>, StoreError> {
        let rows = self.query("SELECT trace FROM traces WHERE run = ?", &[id.to_string().into()])?;
        let trace = rows.first().map(|row| row.text(0)).transpose()?;
        Ok(trace.and_then(|trace| Trace::read(&trace)))
    }

    /// The number of workflows that were started for a run.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn launches(&self, id: RunId) -> Result<u64, StoreError> {
        let rows = self.query("SELECT launches FROM [runs] WHERE id = ?", &[id.to_string().into()])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    /// The runs with a workflow that has not ended, or did after `since`, each with the number of workflows started for it.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn launched_since(&self, since: DateTime<Utc>) -> Result<Vec<(RunId, u64)>, StoreError> {
        let sql = "SELECT id, launches FROM [runs] WHERE launches > 0 AND (driven = 1 OR heard_ms > ?)";
        let rows = self.query(sql, &[millis(since)])?;
        let launched = |row: &Row| Ok((id("runs", &row.text(0)?)?, row.count(1)?));
        rows.iter().map(launched).collect()
    }

    /// Records a request of a workflow. Returns whether this workflow drives the run.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn record_request(&self, id: RunId, launch: u64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let sql =
            "UPDATE [runs] SET heard_ms = ?, unheard = 0 WHERE id = ? AND launches = ? AND driven = 1 RETURNING 1";
        let rows = self.query(sql, &[millis(now), id.to_string().into(), launch.into()])?;
        Ok(!rows.is_empty())
    }

    /// Records that the run has ended and the person got the report.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn end_run(&self, id: RunId) -> Result<(), StoreError> {
        self.execute("UPDATE [runs] SET driven = 0 WHERE id = ?", &[id.to_string().into()])
    }

    /// The finished work of a run; `None` if there is none or the run has ended.
    ///
    /// # Errors
    /// The errors of the engine, and an error for work that an earlier version stored in another form.
    pub fn run_work<T: DeserializeOwned>(&self, id: RunId) -> Result<Option<T>, StoreError> {
        let sql = "SELECT work FROM [runs] WHERE id = ? AND work IS NOT NULL";
        let rows = self.query(sql, &[id.to_string().into()])?;
        rows.first().map(|row| parse("runs", &row.text(0)?)).transpose()
    }

    /// Stores the finished work of a run, or deletes it with `None`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn keep_run_work<T: Serialize>(&self, id: RunId, work: Option<&T>) -> Result<(), StoreError> {
        let work = work.map_or(Ok(Value::Null), |work| json("runs", work))?;
        self.execute("UPDATE [runs] SET work = ? WHERE id = ?", &[work, id.to_string().into()])
    }
}

fn run(row: &Row) -> Result<Run, StoreError> {
    parse("runs", &row.text(0)?)
}
