//! Reminds the person of blocks that are about to begin.
//!
//! What has come is a row until the person has dealt with it (`store/reminders.rs`), written in the transaction that ends the job. So
//! it is sent at least once: if the process dies, to whoever connects. A reminder is known by its block, and one that arrives again
//! replaces the one before. Other ways out, such as a push service, begin at [`ChatAgent::send_reminders`].

use chrono::{DateTime, Utc};
use flux_protocol::ServerFrame;
use flux_timeline::{Actor, Block, Event, EventKind, ReadPlans, Settings};

use super::REMINDERS;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::store::{JobRecord, Sql, Store, StoreError};

impl<H: Host> ChatAgent<H> {
    /// Stores and sends the reminders that are due, and stores when the next one is.
    pub(super) fn remind(&self, job: &JobRecord) -> Result<(), StoreError> {
        let now = self.0.host.now();
        self.0.store.sql_transaction(|store| {
            let found = store.reminders_due(begin(job), now)?;
            for due in found.due {
                store.put_reminder(due)?;
            }
            store.tidy_reminders(now)?;
            store.set_reminders_job(found.next)
        })?;
        self.send_reminders();
        Ok(())
    }

    /// Sends the reminders that have come, and were not snoozed or dismissed, to all connections that follow events.
    pub(crate) fn send_reminders(&self) {
        let frame = || Ok(Some(self.reminders_frame()?.to_text()));
        self.send_to_followers("reminders", "Reminders could not be read.", frame);
    }

    /// The frame with these reminders. Whoever gets it is sent the next one when a change of a block ends one of them.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn reminders_frame(&self) -> Result<ServerFrame, StoreError> {
        let reminders = self.0.store.reminders(self.0.host.now(), false)?;
        self.0.reminding.set(!reminders.is_empty());
        Ok(ServerFrame::FluxReminders { reminders })
    }

    /// Sends the reminders again if there are some and one of these events can have ended one.
    pub(crate) fn end_reminders(&self, events: &[Event]) {
        if self.0.reminding.get() && events.iter().any(ends_some) {
            self.send_reminders();
        }
    }

    /// Sets the alarm to the first reminder of these events, which [`Store::plan_reminders`] has stored.
    pub(crate) fn wake_for_reminders(&self, events: &[Event]) {
        let Ok(settings) = self.0.store.settings() else { return };
        if let Some(first) = first_reminder(events, &settings, self.0.host.now()) {
            self.wake_by(first);
        }
    }
}

impl<S: Sql> Store<S> {
    /// Stores when the reminders of these events come. Must run within the transaction that appends them.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn plan_reminders(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
        if events.iter().any(changes_many) {
            return self.find_reminders(now);
        }
        match first_reminder(events, &self.settings()?, now) {
            Some(first) => self.remind_by(first),
            None => Ok(()),
        }
    }

    /// Searches all blocks for the next reminder and stores when it comes, unless the job has reminders to handle first.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn find_reminders(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.jobs()?.iter().any(|job| job.id == REMINDERS && begin(job) <= now) {
            return Ok(());
        }
        self.set_reminders_job(self.reminders_due(now, now)?.next)
    }

    /// Stores that a reminder comes at `due`, unless one comes earlier.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn remind_by(&self, due: DateTime<Utc>) -> Result<(), StoreError> {
        // A job that has failed keeps what it begins with.
        let sql = "INSERT INTO jobs (id, kind, due_ms, payload) VALUES (?1, ?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET due_ms = ?2, payload = iif(attempt > 0, payload, ?3) WHERE ?2 < due_ms";
        let ms = due.timestamp_millis();
        self.execute(sql, &[REMINDERS.into(), ms.into(), ms.to_string().into()])
    }

    /// Stores when the job is due: when the next reminder comes, or when one that has come needs it.
    fn set_reminders_job(&self, next: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let due = next.into_iter().chain(self.next_of_reminders()?).min();
        self.delete_job(REMINDERS)?;
        due.map_or(Ok(()), |due| self.remind_by(due))
    }
}

/// Whether an event can change when many blocks remind.
pub(super) fn changes_many(event: &Event) -> bool {
    match plain(&event.kind) {
        EventKind::TimelineShifted { .. } | EventKind::PlanUnarchived { .. } => true,
        // One that is brought back has blocks. The first plan of a timeline has none.
        EventKind::PlanCreated { .. } => event.actor != Actor::System,
        // In another zone, the first day of an all-day block begins at another time, and quiet hours do.
        EventKind::SettingsChanged { before, after } => {
            (before.remind_minutes, before.quiet_hours, before.time_zone)
                != (after.remind_minutes, after.quiet_hours, after.time_zone)
        }
        _ => false,
    }
}

/// Whether an event can end a reminder that has come.
fn ends_some(event: &Event) -> bool {
    matches!(
        plain(&event.kind),
        EventKind::BlockDeleted { .. }
            | EventKind::BlockCompleted(_)
            | EventKind::BlockMissed(_)
            | EventKind::BlockMoved(_)
            | EventKind::TimelineShifted { .. }
            | EventKind::PlanArchived { .. }
            | EventKind::PlanDeleted { .. }
    )
}

/// The first moment after `now` at which one of the blocks reminds that these events have added or changed.
fn first_reminder(events: &[Event], settings: &Settings, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut first = None;
    for block in events.iter().filter_map(|event| block_after(&event.kind)) {
        let moments = settings.reminders_of(block).into_iter().filter(|moment| *moment > now);
        first = moments.chain(first).min();
    }
    first
}

fn block_after(kind: &EventKind) -> Option<&Block> {
    match plain(kind) {
        EventKind::BlockScheduled { block } => Some(block),
        EventKind::BlockUpdated(change) | EventKind::BlockMoved(change) | EventKind::BlockReopened(change) => {
            Some(&change.after)
        }
        _ => None,
    }
}

/// What an event does, also if it does so by undoing or redoing.
fn plain(kind: &EventKind) -> &EventKind {
    match kind {
        EventKind::Undone { change, .. } | EventKind::Redone { change, .. } => change,
        kind => kind,
    }
}

/// The first moment whose reminders the job handles: when it was first due, even if it has failed since.
fn begin(job: &JobRecord) -> DateTime<Utc> {
    let ms = job.payload.as_ref().and_then(|ms| ms.parse().ok());
    ms.and_then(DateTime::from_timestamp_millis).map_or(job.due, |first| first.min(job.due))
}
