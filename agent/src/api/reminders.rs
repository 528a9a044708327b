//! Snoozes and dismisses reminders that have come.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::reference::BlockRef;
use flux_timeline::{Block, BlockId, Moment};
use flux_tools::report::Report;
use serde_json::{Value, json};

use super::error::ApiError;
use super::fields::{given, id};
use super::{Answer, Api, Change, Outcome};
use crate::store::{Sql, Store, StoreError};

/// Reads the block whose reminder is dismissed: `{"id": "…"}`.
pub(super) fn read_dismissed(arguments: &Value) -> Result<BlockId, ApiError> {
    let mut block = None;
    for (name, value) in given(arguments, &["id"])? {
        block = Some(BlockId::new(id(name, value)?));
    }
    block.ok_or_else(|| ApiError::Arguments("/id: is missing. Nothing was changed.".to_owned()))
}

impl<S: Sql + Clone> Api<'_, S> {
    /// Dismisses the reminder of a block.
    pub(super) fn dismiss(&self, block: BlockId) -> Result<Outcome, ApiError> {
        let was_there = self.store.sql_transaction(|store| store.delete_reminder(block))?;
        let summary =
            if was_there { "The reminder is gone." } else { "This reminder is gone already; nothing was changed." };
        let answer = Answer::Value(json!({"ok": true, "summary": summary}));
        Ok(Outcome { answer, change: Change::Reminders })
    }
}

/// Lets a reminder come again after so many minutes: that of a block, also if it is snoozed already, or the only one that waits. Must run
/// within a transaction.
pub(super) fn snooze<S: Sql>(
    store: &Store<S>,
    block: Option<&BlockRef>,
    minutes: u32,
    (now, moment): (DateTime<Utc>, &Moment),
) -> Result<Report, StoreError> {
    let until = now + TimeDelta::minutes(minutes.into());
    let mut waiting: Vec<Block> = Vec::new();
    for reminder in store.reminders(now, block.is_some())? {
        if block.is_none_or(|block| block.fits(&reminder.block)) {
            waiting.push(reminder.block);
        }
    }
    if let [block] = waiting.as_slice() {
        store.snooze_reminder(block.id, until)?;
        store.remind_by(until)?;
    }
    Ok(Report::of_snoozed(&waiting, until, moment))
}
