//! The job that deletes what has outlived its lifetime, and the job that deletes what Workflows have stored of deleted goals.

use chrono::{DateTime, TimeDelta, Utc};

use super::{DISCARD, RETENTION, pause};
use crate::agent::ChatAgent;
use crate::host::{Host, WorkflowId};
use crate::json;
use crate::store::{JobRecord, Sql, Store, StoreError};
use crate::telemetry::{Fault, LogRecord};

/// The shortest time between two deletions, in days.
const EVERY_DAYS: i64 = 1;
/// Most attempts to delete what Workflows have stored; the pauses between so many are half an hour together.
const DISCARD_ATTEMPTS: u32 = 10;

impl<H: Host> ChatAgent<H> {
    /// Deletes what has outlived its lifetime. If nothing is left that will, the object is not opened for it again.
    pub(super) fn expire(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        self.0.store.sql_transaction(|store| match store.expire(now)? {
            Some(due) => store.put_job(RETENTION, RETENTION, due.max(now + TimeDelta::days(EVERY_DAYS)), 0),
            None => store.delete_job(RETENTION),
        })
    }

    /// Runs the job that deletes what Workflows have stored, if there is one, right after the goals were deleted.
    pub(crate) fn discard_now(&self) {
        let jobs = self.0.store.jobs();
        let discarded = jobs.and_then(|jobs| match jobs.iter().find(|job| job.id == DISCARD) {
            Some(job) => self.discard_workflows(job),
            None => Ok(()),
        });
        if let Err(error) = discarded {
            // The alarm runs it again.
            self.fault("workflows", &error);
        }
    }

    /// Ends Workflows of goals that were deleted, and deletes what they have stored. Until that is known to be done, it is
    /// tried again.
    pub(super) fn discard_workflows(&self, job: &JobRecord) -> Result<(), StoreError> {
        let names: Vec<String> = job.payload.as_deref().and_then(|names| json::read(names).ok()).unwrap_or_default();
        let attempt = job.attempt.saturating_add(1);
        if names.is_empty() || attempt > DISCARD_ATTEMPTS {
            self.log(&LogRecord::KeptWorkflows { number: names.len() });
            return self.0.store.delete_job(&job.id);
        }
        self.0.store.retry_job(&job.id, self.0.host.now() + pause(attempt), attempt)?;
        let deleting = self.0.host.discard(names.iter().filter_map(|name| WorkflowId::read(name)).collect());
        let agent = self.clone();
        self.0.host.spawn(Box::pin(async move {
            match deleting.await {
                Ok(()) => {
                    if let Err(error) = agent.0.store.delete_job(DISCARD) {
                        agent.fault("workflows", &error);
                    }
                    agent.set_alarm();
                }
                Err(error) => agent.fault("workflows", Fault::of_platform(&error)),
            }
        }));
        Ok(())
    }
}

impl<S: Sql> Store<S> {
    /// Stores the job that deletes what is expired. If there is one, the earlier time counts. Must run within the transaction
    /// that stores what will expire.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn put_retention_job(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.put_job_by(RETENTION, RETENTION, now + TimeDelta::days(EVERY_DAYS))
    }

    /// Stores the job that deletes what these Workflows have stored. Must run within the transaction that deletes their goals.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn put_discard_job(&self, workflows: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
        if workflows.is_empty() {
            return Ok(());
        }
        self.put_job(DISCARD, DISCARD, now, 0)?;
        self.set_payload(DISCARD, &json::value(&workflows).to_string())
    }

    /// The Workflows that wait to be deleted.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn discarded(&self) -> Result<Vec<String>, StoreError> {
        let job = self.jobs()?.into_iter().find(|job| job.id == DISCARD);
        Ok(job.and_then(|job| json::read(&job.payload?).ok()).unwrap_or_default())
    }
}
