//! More blocks of what repeats, as time passes.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::{Actor, Command, ReadPlans, ReadSeries, TxnId};

use super::SERIES;
use crate::agent::ChatAgent;
use crate::api::action::{self, Author};
use crate::host::Host;
use crate::store::{Sql, Store, StoreError};

/// When the job tries again if it could make no blocks, because there is no room for them.
const AGAIN: TimeDelta = TimeDelta::days(1);

impl<H: Host> ChatAgent<H> {
    /// Makes the next blocks of each series that has few ahead, and stores when that is due again.
    pub(super) fn extend_series(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        let new_id = || self.0.host.uuid();
        let done = self.0.store.sql_transaction(|store| {
            let author = Author { actor: Actor::System, txn: TxnId::new(new_id()) };
            let done = action::command_within(store, &Command::ExtendSeries, &author, now, &new_id)?;
            // The events of new blocks have planned it already.
            if done.events.is_empty() {
                store.plan_series(now + AGAIN)?;
            }
            Ok(done)
        })?;
        self.publish(&done.events);
        Ok(())
    }
}

impl<S: Sql> Store<S> {
    /// Stores when a series of a plan in use will have few blocks ahead, at the earliest at `from`. Without such a series, there is no
    /// job.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_series(&self, from: DateTime<Utc>) -> Result<(), StoreError> {
        let plans = self.plans()?;
        let is_used = |id| plans.iter().any(|plan| plan.id == id && plan.is_in_use());
        let series = self.all_series()?;
        let going_on = series.iter().filter(|series| is_used(series.plan) && !series.is_complete());
        match going_on.map(flux_timeline::Series::due).min() {
            Some(due) => self.put_job(SERIES, SERIES, due.max(from), 0),
            None => self.delete_job(SERIES),
        }
    }
}
