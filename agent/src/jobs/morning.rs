//! Each morning, new times for what is overdue, if the person's settings say so.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use flux_timeline::command::OverdueTasks;
use flux_timeline::{Actor, Command, Event, EventKind, ReadPlans, TxnId, Zone};

use super::MORNING;
use crate::agent::ChatAgent;
use crate::api::action::{self, Author};
use crate::host::Host;
use crate::store::{EventQuery, Sql, Store, StoreError};

/// For so many days after the person's last change. An object that nobody uses is not opened each day for ever.
const DAYS: i64 = 30;

/// When a morning begins, in hours after midnight in the person's zone: before most people get up.
const HOUR: i64 = 5;

impl<H: Host> ChatAgent<H> {
    /// Finds new times for all overdue tasks, and stores when that is due again.
    pub(super) fn begin_morning(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        let new_id = || self.0.host.uuid();
        let done = self.0.store.sql_transaction(|store| {
            if !store.is_used(now)? || !store.settings()?.reschedule_overdue {
                store.delete_job(MORNING)?;
                return Ok(None);
            }
            store.plan_morning(now)?;
            let author = Author { actor: Actor::System, txn: TxnId::new(new_id()) };
            let command = Command::RescheduleOverdue { tasks: OverdueTasks::AllButSessions, until: None };
            action::command_within(store, &command, &author, now, &new_id).map(Some)
        })?;
        if let Some(done) = done {
            self.publish(&done.events);
        }
        Ok(())
    }
}

impl<S: Sql + Clone> Store<S> {
    /// Whether the person, or somebody for them, has changed something lately.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn is_used(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(self.last_change()?.is_some_and(|at| now - at < TimeDelta::days(DAYS)))
    }

    /// When the person, or the assistant or a run for them, last changed something. `None` if nobody has yet.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn last_change(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut last = None;
        for actor in ["user", "assistant", "workflow"] {
            let actor = Some(actor.to_owned());
            let newest = self.events(&EventQuery { actor, newest_first: true, limit: 1, ..EventQuery::default() })?;
            last = last.max(newest.first().map(|event| event.at));
        }
        Ok(last)
    }
}

impl<S: Sql> Store<S> {
    /// Stores the job for the next morning, if the settings ask for it and there is none: it ends when nobody uses the object.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn resume_mornings(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.settings()?.reschedule_overdue && self.jobs()?.iter().all(|job| job.id != MORNING) {
            self.plan_morning(now)?;
        }
        Ok(())
    }

    /// Stores the job for the next morning, or deletes it if the settings do not ask for it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_morning(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let settings = self.settings()?;
        if settings.reschedule_overdue {
            self.put_job(MORNING, MORNING, next_morning(now, settings.zone()), 0)
        } else {
            self.delete_job(MORNING)
        }
    }
}

/// Whether an event changes when overdue tasks get new times.
pub(super) fn changes_mornings(event: &Event) -> bool {
    let EventKind::SettingsChanged { before, after } = &event.kind else { return false };
    let is_asked_for = before.reschedule_overdue || after.reschedule_overdue;
    is_asked_for && (before.reschedule_overdue, before.time_zone) != (after.reschedule_overdue, after.time_zone)
}

/// When the next morning after `now` begins.
pub(super) fn next_morning(now: DateTime<Utc>, zone: Zone) -> DateTime<Utc> {
    let today = zone.wall(now).date();
    let morning =
        |days| zone.instant((today + TimeDelta::days(days)).and_time(NaiveTime::MIN) + TimeDelta::hours(HOUR));
    if now < morning(0) { morning(0) } else { morning(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_at_five_by_the_clock() {
        let oslo = Zone::new("Europe/Oslo").unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (now, next) in [
            ("2026-03-02T03:59:59Z", "2026-03-02T04:00:00Z"),
            ("2026-03-02T04:00:00Z", "2026-03-03T04:00:00Z"),
            ("2026-03-02T23:30:00Z", "2026-03-03T04:00:00Z"),
            // The night in which the clocks go forward.
            ("2026-03-28T12:00:00Z", "2026-03-29T03:00:00Z"),
        ] {
            assert_eq!(next_morning(at(now), oslo), at(next), "{now}");
        }
    }
}
