//! What is due later: one table, and one alarm that is set to the earliest job.
//!
//! A job that fails is stored with its next attempt, and the others run. What a job changes in the database shares a
//! transaction with its end, so it happens once. Every opening of the object runs what is due and sets the alarm again.

mod goals;
mod morning;
mod reminders;
mod retention;
mod series;

use flux_timeline::Event;

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::ImportState;

use crate::agent::ChatAgent;
use crate::api::Change;
use crate::host::Host;
use crate::store::{IMPORT_ROWS, JobRecord, PAST, REBUILD_ROWS, Sql, Store, StoreError};
use crate::telemetry::{LogRecord, Name};

/// Opens the object while a turn is queued or streams, so that it goes on after a process died.
const TURNS: &str = "turns";
/// Starts another workflow for runs of the architect whose workflow is silent.
const RUNS: &str = "runs";
/// Builds the projection anew, a slice at a time.
const REBUILD: &str = "rebuild";
/// Checks a file that is being imported, a slice at a time, and deletes one that is not sent to its end.
const IMPORT: &str = "import";
/// Closes calls that an earlier version of the service left open.
const CLOSE_CALLS: &str = "close-calls";
/// Deletes what has outlived its lifetime.
const RETENTION: &str = "retention";
/// Finds new times for overdue tasks.
const MORNING: &str = "morning";
/// Makes more blocks of what repeats.
const SERIES: &str = "series";
/// Reminds the person of what is about to begin.
const REMINDERS: &str = "reminders";
/// Looks after goals that are under way.
const GOALS: &str = "goals";
/// Ends Workflows of deleted goals, and deletes what they have stored.
const DISCARD: &str = "discard";

/// The time after which a file that is not sent to its end is deleted.
const IMPORT_ABANDONED: TimeDelta = TimeDelta::days(1);
/// The time from the opening of the object until old rows of the past are deleted.
const PAST_AFTER: TimeDelta = TimeDelta::minutes(1);
/// The time until the job of the turns is due, in seconds. Most turns end earlier.
const TURNS_AFTER_S: i64 = 15;
/// The first pause after a job failed, in seconds. It doubles with each attempt.
const RETRY_S: i64 = 2;
/// The longest pause between two attempts, in seconds.
const LONGEST_RETRY_S: i64 = 3_600;

impl<H: Host> ChatAgent<H> {
    /// Handles the alarm: runs what is due, and sets the alarm to what is due next.
    ///
    /// # Errors
    /// When the store fails. The platform then tries again.
    pub fn wake(&self) -> Result<(), StoreError> {
        // The alarm has rung, or this process has not set it yet.
        self.0.alarm.set(None);
        let now = self.0.host.now();
        let jobs = self.0.store.jobs()?;
        let next = jobs.first().map(|job| job.due);
        if next.is_none_or(|due| due > now) {
            self.alarm_at(next);
            return Ok(());
        }
        for job in jobs.into_iter().take_while(|job| job.due <= now) {
            let kind = name_of(&job.kind);
            let outcome = match self.run_job(&job) {
                Ok(()) => "done",
                Err(error) => {
                    self.fault(kind, &error);
                    let attempt = job.attempt.saturating_add(1);
                    self.0.store.retry_job(&job.id, now + pause(attempt), attempt)?;
                    "failed"
                }
            };
            self.log(&LogRecord::Job { kind, outcome });
        }
        self.try_set_alarm()
    }

    fn run_job(&self, job: &JobRecord) -> Result<(), StoreError> {
        match job.kind.as_str() {
            TURNS => {
                let now = self.0.host.now();
                // A turn whose end could not be stored.
                if self.0.live.borrow().is_none() {
                    self.settle_turns()?;
                }
                self.0.store.sql_transaction(|store| {
                    store.put_turns_job(now)?;
                    store.delete_turns_job_if_idle()?;
                    Ok(())
                })?;
                self.start_next();
                Ok(())
            }
            RUNS => {
                self.revive()?;
                self.watch_runs()
            }
            REBUILD => self.rebuild_slice(),
            IMPORT => self.import_slice(),
            PAST => self.0.store.tidy_past(self.0.host.now()),
            CLOSE_CALLS => {
                self.close_old_calls()?;
                self.0.store.delete_job(&job.id)
            }
            RETENTION => self.expire(),
            MORNING => self.begin_morning(),
            SERIES => self.extend_series(),
            GOALS => self.tend_goals(),
            REMINDERS => self.remind(job),
            DISCARD => self.discard_workflows(job),
            // A newer version of the service made it.
            _ => self.0.store.delete_job(&job.id),
        }
    }

    /// Stores the job that builds the projection anew, if the one in use is of an earlier version.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_rebuild(&self) -> Result<(), StoreError> {
        if self.0.store.is_rebuilding() {
            self.0.store.put_job(REBUILD, REBUILD, self.0.host.now(), 0)?;
        }
        Ok(())
    }

    /// Stores the job that deletes old rows of the past, if there are some. It does not delay the opening of the object.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_past(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        if self.0.store.has_old_past(now)? {
            self.0.store.put_job(PAST, PAST, now + PAST_AFTER, 0)?;
        }
        Ok(())
    }

    fn rebuild_slice(&self) -> Result<(), StoreError> {
        self.0.store.rebuild_slice(REBUILD_ROWS)?;
        if self.0.store.is_rebuilding() {
            return self.plan_rebuild();
        }
        self.0.store.delete_job(REBUILD)?;
        self.send_timeline()?;
        self.start_next();
        Ok(())
    }

    /// Stores when a file that is being imported needs attention.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_import(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        match self.0.store.import_progress()?.map(|progress| progress.state) {
            Some(ImportState::Receiving) => self.0.store.put_job(IMPORT, IMPORT, now + IMPORT_ABANDONED, 0),
            Some(ImportState::Checking) => self.0.store.put_job(IMPORT, IMPORT, now, 0),
            Some(ImportState::Done | ImportState::Failed) | None => self.0.store.delete_job(IMPORT),
        }
    }

    fn import_slice(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        match self.0.store.import_progress()?.map(|progress| progress.state) {
            Some(ImportState::Receiving) => self.0.store.cancel_import()?,
            Some(ImportState::Checking) => {
                let progress = self.0.store.import_slice(now, IMPORT_ROWS)?;
                if progress.is_some_and(|progress| progress.state == ImportState::Done) {
                    self.announce(Change::Everything);
                }
            }
            Some(ImportState::Done | ImportState::Failed) | None => {}
        }
        self.plan_import()
    }

    /// Stores when the first run of the architect will have been silent for too long.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn watch_runs(&self) -> Result<(), StoreError> {
        match self.0.store.driven_runs()?.first() {
            Some(first) => {
                let since = first.last_request_at.max(self.0.host.now() - self.silence());
                self.0.store.put_job(RUNS, RUNS, since + self.silence(), 0)
            }
            None => self.0.store.delete_job(RUNS),
        }
    }

    /// Sets the alarm to the earliest job.
    pub(crate) fn set_alarm(&self) {
        if let Err(error) = self.try_set_alarm() {
            // The next opening of the object sets it.
            self.fault("alarm", &error);
        }
    }

    /// Sets the alarm to a job that was just stored, unless it rings earlier anyway.
    pub(crate) fn wake_by(&self, due: DateTime<Utc>) {
        if self.0.alarm.get().is_none_or(|at| due < at) {
            self.alarm_at(Some(due));
        }
    }

    fn try_set_alarm(&self) -> Result<(), StoreError> {
        self.alarm_at(self.0.store.jobs()?.first().map(|job| job.due));
        Ok(())
    }

    fn alarm_at(&self, due: Option<DateTime<Utc>>) {
        if self.0.alarm.replace(due) != due {
            self.0.host.wake_at(due);
        }
    }
}

/// Whether an event changes when a job is due.
pub(crate) fn changes_jobs(event: &Event) -> bool {
    morning::changes_mornings(event)
        || event.kind.concerns_series()
        || goals::changes_goals(event)
        || reminders::changes_many(event)
}

impl<S: Sql> Store<S> {
    /// Stores the jobs whose time these events change. Must run within the transaction that appends them.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn plan_jobs(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
        if events.iter().any(morning::changes_mornings) {
            self.plan_morning(now)?;
        }
        if events.iter().any(|event| event.kind.concerns_series()) {
            self.plan_series(now)?;
        }
        if events.iter().any(goals::changes_goals) {
            self.plan_goals(now)?;
        }
        self.plan_reminders(events, now)
    }

    /// Stores the jobs of series, of goals and of reminders if they are missing: a version of the service that does not know them deletes
    /// them.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn resume_jobs(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT ?1 AS job WHERE EXISTS (SELECT 1 FROM [series] WHERE until IS NULL) AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?1)
             UNION ALL
             SELECT ?2 WHERE {} AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?2)
             UNION ALL
             SELECT ?4 WHERE EXISTS (SELECT 1 FROM [goals] WHERE until IS NULL AND json_extract(json, '$.state.status') = 'active')
                AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?4)",
            self.has_reminders("?3")?
        );
        let params = [SERIES.into(), REMINDERS.into(), now.timestamp_millis().into(), GOALS.into()];
        for row in self.query(&sql, &params)? {
            match row.text(0)?.as_str() {
                SERIES => self.plan_series(now)?,
                GOALS => self.plan_goals(now)?,
                _ => self.find_reminders(now)?,
            }
        }
        Ok(())
    }

    /// Stores the job that opens the object for a turn. Must run within the transaction that queues the turn.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn put_turns_job(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.put_job(TURNS, TURNS, turns_due(now), 0)
    }

    /// Deletes that job, unless a turn is queued or streams. Returns whether it was deleted. Must run within the transaction that
    /// ends the turn.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn delete_turns_job_if_idle(&self) -> Result<bool, StoreError> {
        let sql = "DELETE FROM jobs WHERE id = ?
                   AND NOT EXISTS (SELECT 1 FROM turns WHERE state IN ('queued', 'streaming'))
                   RETURNING 1";
        Ok(!self.query(sql, &[TURNS.into()])?.is_empty())
    }
}

/// When the job of a turn that is queued `now` is due.
pub(crate) fn turns_due(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::seconds(TURNS_AFTER_S)
}

/// The kind of a job as reports name it.
fn name_of(kind: &str) -> Name {
    let kinds =
        [TURNS, RUNS, REBUILD, IMPORT, PAST, CLOSE_CALLS, RETENTION, MORNING, SERIES, REMINDERS, GOALS, DISCARD];
    kinds.into_iter().find(|known| *known == kind).unwrap_or("job")
}

fn pause(attempt: u32) -> TimeDelta {
    let factor = 1_i64 << attempt.saturating_sub(1).min(16);
    TimeDelta::seconds(RETRY_S.saturating_mul(factor).min(LONGEST_RETRY_S))
}
