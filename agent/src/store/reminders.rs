//! `reminders`: the reminders that have come, until the person has dealt with them; and when the next ones come.
//!
//! A block has at most one row, so a reminder that is stored or sent again replaces the one before.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::Reminder;
use flux_timeline::days::WIDENED;
use flux_timeline::reminder::ALL_DAY;
use flux_timeline::{Block, BlockId, ReadPlans, When, Zone, limits};

use super::{Row, Sql, Store, StoreError, Value, block, millis, parse};
use crate::lifetime;

/// How many blocks are read at a time in search of the next reminder.
const PAGE: u64 = 100;

/// The most reminders that come at once: the others are of blocks that began earlier.
const AT_ONCE: usize = 100;
/// The most reminders that are sent at a time.
const SHOWN: u64 = 20;
/// The longest time between a reminder and the start of its block.
const LONGEST: TimeDelta = TimeDelta::minutes(limits::REMINDER_MINUTES as i64);
/// How much earlier the bounds of an all-day block can start than the moment from which its reminders count back.
const EARLIER: TimeDelta = TimeDelta::minutes(WIDENED.num_minutes() + ALL_DAY.minutes() as i64);

/// The open blocks of plans in use.
const OPEN: &str =
    "SELECT b.json FROM [blocks] b JOIN [plans] p ON p.id = b.plan WHERE b.state IN (0, 2) AND p.archived = 0";
/// Those that have reminders of their own: the condition of their index.
const OWN: &str = " AND json_extract(b.json, '$.reminders') <> '[]'";

/// What [`Store::reminders_due`] has found.
#[derive(Debug, Default)]
pub struct DueReminders {
    /// The reminders that have come, at most 100: of each block the last one.
    pub due: Vec<DueReminder>,
    /// When the next reminder comes.
    pub next: Option<DateTime<Utc>>,
}

/// A reminder that has come.
#[derive(Debug, Clone, Copy)]
pub struct DueReminder {
    /// Its block.
    pub block: BlockId,
    /// When the [bounds](flux_timeline::When::bounds) of the block start, which tells whether it has been moved since.
    pub start: DateTime<Utc>,
    /// When the reminder came.
    pub at: DateTime<Utc>,
}

impl<S: Sql> Store<S> {
    /// The reminders of blocks from `from` to `now`, both included, and when the next one comes after `now`.
    ///
    /// It reads the blocks in order. The first one is where an all-day block can begin that reminds at `from`. The last one begins a week
    /// after the next reminder, because no block reminds earlier than that.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn reminders_due(&self, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<DueReminders, StoreError> {
        let settings = self.settings()?;
        let own = self.own_reminders()?;
        // In two parts, because SQLite finds a place within the blocks of one start only in this way.
        let sql = format!(
            "SELECT * FROM ({OPEN}{own} AND b.start_ms = ?1 AND b.handle > ?2 ORDER BY b.handle LIMIT ?3)
             UNION ALL SELECT * FROM ({OPEN}{own} AND b.start_ms > ?1 ORDER BY b.start_ms, b.handle LIMIT ?3) LIMIT ?3"
        );
        let mut found = DueReminders::default();
        // A reminder at the start comes with it.
        let mut place = (millis(from - EARLIER), Value::Integer(-1));
        loop {
            let rows = self.query(&sql, &[place.0, place.1, PAGE.into()])?;
            let mut last = None;
            for row in &rows {
                let block = block(row)?;
                let Some((start, _)) = block.when().map(When::bounds) else { continue };
                if found.next.is_some_and(|next| start - LONGEST > next) {
                    return Ok(found);
                }
                last = Some((millis(start), Value::Integer(block.handle.number().into())));
                let moments = settings.reminders_of(&block);
                let next = moments.iter().copied().filter(|moment| *moment > now).min();
                found.next = next.into_iter().chain(found.next).min();
                let come = moments.into_iter().filter(|moment| from <= *moment && *moment <= now).max();
                if let Some(at) = come.filter(|at| is_of_use(&block, *at, now, settings.zone())) {
                    if found.due.len() == AT_ONCE {
                        found.due.remove(0);
                    }
                    found.due.push(DueReminder { block: block.id, start, at });
                }
            }
            match last.filter(|_| rows.len() as u64 == PAGE) {
                Some(last) => place = last,
                None => return Ok(found),
            }
        }
    }

    /// The condition that a block can remind that starts at or after a moment, which is the parameter with this name, in ms.
    ///
    /// # Errors
    /// The errors of the engine.
    pub(crate) fn has_reminders(&self, moment: &str) -> Result<String, StoreError> {
        let own = self.own_reminders()?;
        Ok(format!(
            "EXISTS (SELECT 1 FROM [blocks] b WHERE b.start_ms >= {moment} - {} AND b.state IN (0, 2){own})",
            EARLIER.num_milliseconds()
        ))
    }

    /// The condition that a block has reminders; any block does if the settings say so.
    fn own_reminders(&self) -> Result<&'static str, StoreError> {
        Ok(if self.settings()?.remind_minutes.is_some() { "" } else { OWN })
    }

    /// Stores that the reminder of a block has come.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_reminder(&self, due: DueReminder) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO reminders (block, start_ms, at_ms) VALUES (?, ?, ?)";
        self.execute(sql, &[due.block.to_string().into(), millis(due.start), millis(due.at)])
    }

    /// Snoozes the reminder of a block until a moment.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn snooze_reminder(&self, block: BlockId, until: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "UPDATE reminders SET snoozed_ms = ? WHERE block = ?";
        self.execute(sql, &[millis(until), block.to_string().into()])
    }

    /// Deletes the reminder of a block. Returns whether there was one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn delete_reminder(&self, block: BlockId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM reminders WHERE block = ? RETURNING 1";
        Ok(!self.query(sql, &[block.to_string().into()])?.is_empty())
    }

    /// Shows snoozed reminders again when their time has come, and deletes those that have expired or whose block has changed.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn tidy_reminders(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "UPDATE reminders SET at_ms = snoozed_ms, snoozed_ms = NULL WHERE snoozed_ms <= ?";
        self.execute(sql, &[millis(now)])?;
        let sql = "DELETE FROM reminders WHERE at_ms <= ? AND snoozed_ms IS NULL
            OR NOT EXISTS (SELECT 1 FROM [blocks] b WHERE b.id = block AND b.start_ms = reminders.start_ms AND b.state IN (0, 2))";
        self.execute(sql, &[millis(now - lifetime::REMINDER)])
    }

    /// When the next stored reminder needs the job: because it was snoozed until then, or expires.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn next_of_reminders(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT min(coalesce(snoozed_ms, at_ms + ?)) FROM reminders";
        let rows = self.query(sql, &[lifetime::REMINDER.num_milliseconds().into()])?;
        let next = rows.first().map(|row| row.optional_integer(0)).transpose()?.flatten();
        Ok(next.and_then(DateTime::from_timestamp_millis))
    }

    /// The latest 20 reminders that have come, of blocks that are still open and start when they did. Those that are snoozed are among
    /// them only `with_snoozed`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn reminders(&self, now: DateTime<Utc>, with_snoozed: bool) -> Result<Vec<Reminder>, StoreError> {
        // A cross join begins with the few rows. SQLite would go through all blocks.
        let sql = "SELECT b.json, r.at_ms FROM reminders r CROSS JOIN [blocks] b ON b.id = r.block JOIN [plans] p ON p.id = b.plan
            WHERE iif(r.snoozed_ms IS NULL, r.at_ms > ?, ?) AND b.start_ms = r.start_ms AND b.state IN (0, 2) AND p.archived = 0
            ORDER BY r.at_ms DESC, b.handle LIMIT ?";
        let since = millis(now - lifetime::REMINDER);
        let rows = self.query(sql, &[since, i64::from(with_snoozed).into(), SHOWN.into()])?;
        rows.iter().map(reminder).collect()
    }
}

/// Whether a reminder still says something: it comes late if the service could not run at its time. An appointment that is over has taken
/// place, but a task has to be done.
fn is_of_use(block: &Block, at: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> bool {
    !block.is_over(now, zone) && now - at < lifetime::REMINDER
}

fn reminder(row: &Row) -> Result<Reminder, StoreError> {
    let at = DateTime::from_timestamp_millis(row.integer(1)?).unwrap_or_default();
    Ok(Reminder { block: parse("blocks", &row.text(0)?)?, at })
}
