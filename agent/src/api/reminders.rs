//! Snoozes and dismisses reminders that have come.

use chrono::TimeDelta;
use flux_timeline::{BlockId, limits};
use serde_json::{Value, json};

use super::error::{ApiError, misfit};
use super::fields::{given, id, whole};
use super::{Answer, Api, Change, Outcome};
use crate::store::{Sql, StoreError};

/// Snoozes or dismisses a reminder that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReminderCall {
    /// Its block.
    block: BlockId,
    /// After how many minutes it comes again, 1–[`limits::REMINDER_MINUTES`]; `None` if it does not.
    snooze_minutes: Option<u32>,
}

impl ReminderCall {
    /// Reads `{"id": "…"}`, or `{"id": "…", "minutes": 10}` to snooze it.
    pub(super) fn read(arguments: &Value, snoozes: bool) -> Result<Self, ApiError> {
        let names: &[&str] = if snoozes { &["id", "minutes"] } else { &["id"] };
        let (mut block, mut snooze_minutes) = (None, None);
        for (name, value) in given(arguments, names)? {
            match name {
                "id" => block = Some(BlockId::new(id(name, value)?)),
                _ => {
                    let minutes = whole(value).filter(|minutes| (1..=limits::REMINDER_MINUTES).contains(minutes));
                    let form = format!("a whole number from 1 to {}", limits::REMINDER_MINUTES);
                    snooze_minutes = Some(minutes.ok_or_else(|| misfit(name, &form, value))?);
                }
            }
        }
        let missing = |name: &str| ApiError::Arguments(format!("/{name}: is missing. Nothing was changed."));
        let block = block.ok_or_else(|| missing("id"))?;
        if snoozes && snooze_minutes.is_none() {
            return Err(missing("minutes"));
        }
        Ok(Self { block, snooze_minutes })
    }
}

impl<S: Sql + Clone> Api<'_, S> {
    pub(super) fn remind(&self, call: ReminderCall) -> Result<Outcome, ApiError> {
        let until = call.snooze_minutes.map(|minutes| self.now + TimeDelta::minutes(minutes.into()));
        let is_known = self.store.sql_transaction(|store| match until {
            Some(until) => {
                let is_known = store.snooze_reminder(call.block, until)?;
                if is_known {
                    store.remind_by(until)?;
                }
                Ok::<_, StoreError>(is_known)
            }
            None => store.delete_reminder(call.block),
        })?;
        let summary = match until {
            _ if !is_known => "This reminder is gone already; nothing was changed.",
            Some(_) => "The reminder comes again later.",
            None => "The reminder is gone.",
        };
        let answer = Answer::Value(json!({"ok": true, "summary": summary, "until": until}));
        Ok(Outcome { answer, change: Change::Reminders })
    }
}
