//! Deletes old rows of the past, and makes them again from the log when somebody looks.
//!
//! The rows of blocks that ended at or before one event, the horizon, are deleted. The log contains all that is needed to make
//! them again, from the newest to the oldest, because each event carries what it changed. So the horizon can go back to any event.
//! It goes back a slice at a time, in as many events of the Durable Object as are needed.
//!
//! Of the plans and settings, one row of each [`GROUP`] of events stays. The ones between are computed from it when they are read.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::event::shifted;
use flux_timeline::view::PlanSnapshot;
use flux_timeline::{Block, BlockId, Event, EventKind};

use super::batch::{BlockRow, SLICE, slices};
use super::rebuild::{PAGE, ROWS_PER_SECOND, Rows};
use super::{EventQuery, REBUILD_ROWS, Sql, Store, StoreError, block, json, millis, parse};

/// The kind and the id of the job that moves the horizon.
pub const PAST: &str = "past";

/// The age from which rows are deleted.
const KEPT: TimeDelta = TimeDelta::days(90);
/// How much older than that the oldest rows are when a deletion begins, so that it happens once a week at most.
const SLACK: TimeDelta = TimeDelta::days(7);
/// How long rows stay that were made again, after somebody last looked at them.
const LOOKED: TimeDelta = TimeDelta::days(1);
/// The number of rows that are deleted or made again in one event of a Durable Object, about.
const ROWS: u64 = REBUILD_ROWS;
/// The number of events of which one row of the plans and settings stays.
const GROUP: u64 = 2_000;
/// The number of rows that are collected before they are written.
const COLLECTED: usize = 500;

/// Which rows of the past there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Horizon {
    /// The rows that ended at or before this event are deleted.
    from: u64,
    /// The horizon goes back to this event.
    wanted: Option<u64>,
    /// When somebody last looked at a moment whose rows had been deleted.
    looked: Option<DateTime<Utc>>,
}

impl<S: Sql> Store<S> {
    /// Makes the rows of the past after event `seq` if they are deleted. Must run before the past at that event is read, in a
    /// transaction of its own. Whether it returns `Ok` or an error, it may have stored the job [`PAST`].
    ///
    /// # Errors
    /// [`StoreError::Preparing`] if there are too many rows to make at once, and the errors of the engine. The job then goes on.
    pub fn look(&self, seq: u64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.look_within(seq, now, ROWS)
    }

    /// [`Store::look`], which makes about `limit` rows at once.
    pub(super) fn look_within(&self, seq: u64, now: DateTime<Utc>, limit: u64) -> Result<(), StoreError> {
        let horizon = self.horizon()?;
        if seq >= horizon.from {
            // Rows that were made again stay for as long as somebody looks at them.
            if horizon.looked.is_some() && seq < self.seq_at(now - KEPT)? {
                self.set_horizon(Horizon { looked: Some(now), ..horizon })?;
            }
            return Ok(());
        }
        let from = self.sql_transaction(|store| {
            let from = store.make_again(horizon.from, seq, limit)?;
            let wanted =
                if from > seq { Some(horizon.wanted.map_or(seq, |other| other.min(seq))) } else { horizon.wanted };
            store.set_horizon(Horizon { from, wanted: wanted.filter(|wanted| *wanted < from), looked: Some(now) })?;
            store.put_job(PAST, PAST, if wanted.is_some() { now } else { now + LOOKED }, 0)?;
            Ok(from)
        })?;
        preparing(from, seq)
    }

    /// Whether there are rows of the past to delete, for which there is no job yet.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn has_old_past(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM [events] WHERE seq = (SELECT past_from + 1 FROM computed) AND at_ms <= ?
                   AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?)";
        Ok(!self.query(sql, &[millis(now - KEPT - SLACK), PAST.into()])?.is_empty())
    }

    /// Runs the job [`PAST`] and stores when it is due next: makes rows again that somebody waits for, or else deletes old ones.
    /// Without either, there is no job.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn tidy_past(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.tidy_within(now, ROWS)
    }

    /// [`Store::tidy_past`], for about `limit` rows.
    pub(super) fn tidy_within(&self, now: DateTime<Utc>, limit: u64) -> Result<(), StoreError> {
        self.sql_transaction(|store| match store.move_horizon(now, limit)? {
            Some(due) => store.put_job(PAST, PAST, due, 0),
            None => store.delete_job(PAST),
        })
    }

    fn move_horizon(&self, now: DateTime<Utc>, limit: u64) -> Result<Option<DateTime<Utc>>, StoreError> {
        let horizon = self.horizon()?;
        if let Some(wanted) = horizon.wanted {
            let from = self.make_again(horizon.from, wanted, limit)?;
            self.set_horizon(Horizon { from, wanted: (from > wanted).then_some(wanted), ..horizon })?;
            return Ok(Some(now));
        }
        if let Some(end) = horizon.looked.map(|looked| looked + LOOKED).filter(|end| *end > now) {
            return Ok(Some(end));
        }
        let end = self.seq_at(now - KEPT)?;
        let from = if end > horizon.from { self.delete_past(horizon.from, end, limit)? } else { horizon.from };
        self.set_horizon(Horizon { from, wanted: None, looked: None })?;
        Ok((from < end).then_some(now))
    }

    /// Fails if the rows of the past after an event are deleted.
    pub(super) fn check_past(&self, seq: u64) -> Result<(), StoreError> {
        preparing(self.horizon()?.from, seq)
    }

    fn horizon(&self) -> Result<Horizon, StoreError> {
        let rows = self.query("SELECT past_from, past_wanted, past_looked_ms FROM computed", &[])?;
        let Some(row) = rows.first() else { return Ok(Horizon { from: 0, wanted: None, looked: None }) };
        Ok(Horizon {
            from: row.count(0)?,
            wanted: row.optional_integer(1)?.and_then(|seq| u64::try_from(seq).ok()),
            looked: row.optional_integer(2)?.and_then(DateTime::from_timestamp_millis),
        })
    }

    fn set_horizon(&self, horizon: Horizon) -> Result<(), StoreError> {
        let looked = horizon.looked.map(|looked| looked.timestamp_millis());
        let sql = "UPDATE computed SET past_from = ?, past_wanted = ?, past_looked_ms = ?";
        self.execute(sql, &[horizon.from.into(), horizon.wanted.into(), looked.into()])
    }

    /// Deletes the rows that ended after event `from`, until event `end` or until about `limit` rows. Returns the new horizon.
    fn delete_past(&self, from: u64, end: u64, limit: u64) -> Result<u64, StoreError> {
        // A row that ended by then began before, so the search needs only the first versions of each block.
        const BLOCKS: &str = "DELETE FROM [past_blocks]
            WHERE id IN (SELECT value FROM json_each(?1)) AND since < ?2 AND until <= ?2";
        // The newest of these rows is valid at the horizon.
        const FRAMES: &str = "DELETE FROM [past_frames] AS f
            WHERE f.since < (SELECT max(since) FROM [past_frames] WHERE since <= ?1)
            AND EXISTS (SELECT 1 FROM [past_frames] k WHERE k.since < f.since AND k.since >= f.since / CAST(?2 AS INTEGER) * CAST(?2 AS INTEGER))";
        let (mut last, mut rows, mut ids) = (from, 0, Vec::new());
        'slice: loop {
            let events = self.events_after(last, PAGE)?;
            for event in &events {
                if rows >= limit || event.seq > end {
                    break 'slice;
                }
                ids.extend(changed(&event.kind));
                rows += event.kind.rows();
                last = event.seq;
            }
            if events.is_empty() {
                break;
            }
        }
        self.query(BLOCKS, &[json("past_blocks", &ids)?, last.into()])?;
        self.query(FRAMES, &[last.into(), GROUP.into()])?;
        Ok(last)
    }

    /// Makes the rows that ended at or before event `from` and after event `end`, the newest first, until about `limit` rows.
    /// Returns the new horizon.
    fn make_again(&self, from: u64, end: u64, limit: u64) -> Result<u64, StoreError> {
        let (mut last, mut rows) = (from, 0);
        let mut versions = Versions::default();
        while last > end && rows < limit {
            let query = EventQuery {
                after: Some(end),
                before: Some(last + 1),
                newest_first: true,
                limit: PAGE,
                ..EventQuery::default()
            };
            let events = self.events(&query)?;
            if events.is_empty() {
                last = end;
            }
            for event in &events {
                if rows >= limit {
                    break;
                }
                self.revert(event, &mut versions)?;
                rows += event.kind.rows();
                last = event.seq - 1;
                if versions.rows.len() >= COLLECTED {
                    self.store_versions(std::mem::take(&mut versions))?;
                }
            }
        }
        self.store_versions(versions)?;
        Ok(last)
    }

    /// Collects the versions of blocks that an event replaced.
    fn revert(&self, event: &Event, versions: &mut Versions) -> Result<(), StoreError> {
        let seq = event.seq;
        match event.kind.change() {
            EventKind::BlockScheduled { block } => {
                versions.begin(block.id, seq);
            }
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockMissed(change)
            | EventKind::BlockReopened(change) => {
                versions.begin(change.before.id, seq);
                versions.end(change.before.clone(), seq);
            }
            EventKind::BlockDeleted { block } => versions.end(block.clone(), seq),
            kind @ EventKind::TimelineShifted { blocks, .. } => {
                let Some(EventKind::TimelineShifted { by_ms, spans, .. }) = kind.inverse() else { return Ok(()) };
                let mut after: Vec<Option<Block>> = blocks.iter().map(|id| versions.begin(*id, seq)).collect();
                let is_stored = |(id, block): (&BlockId, &Option<Block>)| block.is_none().then_some(*id);
                let stored: Vec<BlockId> = blocks.iter().zip(&after).filter_map(is_stored).collect();
                for ids in stored.chunks(SLICE) {
                    for block in self.begun_at(seq, ids)? {
                        let place = blocks.iter().position(|id| *id == block.id);
                        if let Some(known) = place.and_then(|place| after.get_mut(place)) {
                            *known = Some(block);
                        }
                    }
                }
                for (place, block) in after.into_iter().enumerate() {
                    let Some(block) = block else { continue };
                    let when = shifted(&spans, by_ms, place, block.when());
                    versions.end(block.at(when), seq);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The versions of blocks that began with event `seq`.
    fn begun_at(&self, seq: u64, ids: &[BlockId]) -> Result<Vec<Block>, StoreError> {
        let sql = "SELECT json FROM [blocks] WHERE id IN (SELECT value FROM json_each(?1)) AND since = ?2
                   UNION ALL SELECT json FROM [past_blocks]
                       WHERE id IN (SELECT value FROM json_each(?1)) AND since IN (0, ?2)";
        self.query(sql, &[json("blocks", &ids)?, seq.into()])?.iter().map(block).collect()
    }

    fn store_versions(&self, versions: Versions) -> Result<(), StoreError> {
        const BEGIN: &str = "UPDATE [past_blocks] AS p SET since = begun.seq
            FROM (SELECT value ->> 0 AS id, value ->> 1 AS seq FROM json_each(?)) begun
            WHERE p.id = begun.id AND p.since = 0";
        const INSERT: &str =
            "INSERT INTO [past_blocks] (id, handle, plan, start_ms, end_ms, state, digest, json, since, until)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
                value ->> 8, value ->> 9 FROM json_each(?)";
        let begun = versions.known.iter().filter_map(|(id, known)| Some((*id, known.begun?)));
        let begun: Vec<(BlockId, u64)> = begun.collect();
        for begun in begun.chunks(SLICE) {
            self.query(BEGIN, &[json("past_blocks", &begun)?])?;
        }
        let rows = versions.rows.iter().map(|version| BlockRow::new(&version.block, (version.since, version.until)));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        for rows in slices(&rows) {
            self.query(INSERT, &[json("past_blocks", &rows)?])?;
        }
        Ok(())
    }

    /// The plans and settings after event `seq`, from those after an earlier event `since`, after which at most a [`GROUP`] of
    /// events can have changed them.
    pub(super) fn plans_from(&self, since: u64, snapshot: PlanSnapshot, seq: u64) -> Result<PlanSnapshot, StoreError> {
        // Each group of events in which they changed has a row.
        let end = seq.min((since / GROUP + 1) * GROUP - 1);
        let sql = "SELECT json FROM [events] WHERE seq > ? AND seq <= ?
            AND CASE WHEN type IN ('UNDONE', 'REDONE') THEN json_extract(json, '$.payload.change.type') ELSE type END
                IN ('PLAN_CREATED', 'PLAN_RENAMED', 'PLAN_RECOLORED', 'PLAN_SWITCHED', 'PLAN_DELETED', 'PLAN_ARCHIVED',
                    'PLAN_UNARCHIVED', 'SETTINGS_CHANGED')
            ORDER BY seq";
        let mut snapshot = snapshot;
        for row in self.query(sql, &[since.into(), end.into()])? {
            let event: Event = parse("events", &row.text(0)?)?;
            snapshot.apply(&event.kind);
        }
        Ok(snapshot)
    }
}

fn preparing(from: u64, seq: u64) -> Result<(), StoreError> {
    if seq >= from { Ok(()) } else { Err(StoreError::Preparing { seconds: (from - seq) / ROWS_PER_SECOND + 1 }) }
}

/// The blocks that an event changes.
fn changed(kind: &EventKind) -> Vec<BlockId> {
    match kind.change() {
        EventKind::BlockUpdated(change)
        | EventKind::BlockMoved(change)
        | EventKind::BlockCompleted(change)
        | EventKind::BlockMissed(change)
        | EventKind::BlockReopened(change) => vec![change.after.id],
        EventKind::BlockDeleted { block } => vec![block.id],
        EventKind::TimelineShifted { blocks, .. } => blocks.clone(),
        _ => Vec::new(),
    }
}

/// Versions of blocks that are being made again, the newest first.
///
/// The event with which a version began is known only when that event is reached. Until then its row begins at 0. Each block
/// has at most one such row, the oldest.
#[derive(Default)]
struct Versions {
    rows: Vec<Version>,
    known: BTreeMap<BlockId, Known>,
}

/// What is known of a block's oldest versions.
#[derive(Default)]
struct Known {
    /// The place in the rows of the version whose begin is not known.
    open: Option<usize>,
    /// The begin of the oldest version that is stored.
    begun: Option<u64>,
}

struct Version {
    block: Block,
    since: u64,
    until: u64,
}

impl Versions {
    /// The oldest version of a block began with event `seq`. Returns that version, unless it is stored.
    fn begin(&mut self, id: BlockId, seq: u64) -> Option<Block> {
        let known = self.known.entry(id).or_default();
        match known.open.take().and_then(|place| self.rows.get_mut(place)) {
            Some(version) => {
                version.since = seq;
                Some(version.block.clone())
            }
            None => {
                known.begun.get_or_insert(seq);
                None
            }
        }
    }

    /// A version of a block ended with event `seq`.
    fn end(&mut self, block: Block, seq: u64) {
        self.known.entry(block.id).or_default().open = Some(self.rows.len());
        self.rows.push(Version { block, since: 0, until: seq });
    }
}
