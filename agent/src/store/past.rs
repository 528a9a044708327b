//! Past versions of blocks, plans and settings. Each change of a block keeps the old row with the two events between which it
//! was valid. Reading the timeline at any moment reads the rows that were valid then, through an index, without the log. A change
//! costs one more row, however long the log is. Whole copies of the timeline would cost as much as there are blocks.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::{BlockPair, Differences};
use flux_timeline::view::{BlockDifference, PlanSnapshot};
use flux_timeline::{Block, Event, PlanId};
use uuid::Uuid;

use super::{Row, Sql, Store, StoreError, Value, block, json, millis, parse};

impl<S: Sql> Store<S> {
    /// Stores the plans and settings after event `seq`.
    pub(super) fn keep_plans(&self, seq: u64) -> Result<(), StoreError> {
        let snapshot = self.head(|head| PlanSnapshot {
            settings: head.settings.clone(),
            plans: head.plans.clone(),
            active_plan: head.active_plan,
        })?;
        let sql = "INSERT OR REPLACE INTO [past_frames] (since, json) VALUES (?, ?)";
        self.execute(sql, &[seq.into(), json("past_frames", &snapshot)?])
    }

    pub(super) fn past_plans(&self, seq: u64) -> Result<PlanSnapshot, StoreError> {
        let sql = "SELECT since, json FROM [past_frames] WHERE since <= ? ORDER BY since DESC LIMIT 1";
        let rows = self.query(sql, &[seq.into()])?;
        let Some(row) = rows.first() else { return Ok(PlanSnapshot::default()) };
        self.plans_from(row.count(0)?, parse("past_frames", &row.text(1)?)?, seq)
    }

    /// The blocks of these plans after an event as the page shows them: the newest `inbox` tasks to be done that had no time, then the first
    /// `overdue` ones that ended by `begin`, then the first blocks that ended later, up to `limit` in all; and the number of their
    /// blocks that had a time. An all-day block ends with its [bounds](flux_timeline::When::bounds).
    ///
    /// # Errors
    /// [`StoreError::Preparing`], which [`Store::look`] prevents, and the errors of the engine.
    pub fn shown_at(
        &self,
        seq: u64,
        plans: &[PlanId],
        begin: DateTime<Utc>,
        (inbox, overdue, limit): (usize, usize, usize),
    ) -> Result<(Vec<Block>, u64), StoreError> {
        self.check_past(seq)?;
        // One statement, so the valid rows are searched once. The first row is their count.
        const SHOWN: &str = "WITH valid AS MATERIALIZED (
                SELECT id, -1 AS since, start_ms, end_ms, state, handle FROM [blocks]
                    WHERE plan IN (SELECT value FROM json_each(?1)) AND since <= ?2
                UNION ALL SELECT id, since, start_ms, end_ms, state, handle FROM [past_blocks]
                    WHERE plan IN (SELECT value FROM json_each(?1)) AND until > ?2 AND since <= ?2
            ), shown AS (
                SELECT * FROM (SELECT -1 AS part, * FROM valid WHERE state = 0 AND start_ms IS NULL
                    ORDER BY handle DESC LIMIT ?6)
                UNION ALL SELECT * FROM (SELECT 0 AS part, * FROM valid WHERE state = 0 AND end_ms <= ?3
                    ORDER BY start_ms, handle LIMIT ?4)
                UNION ALL SELECT * FROM (SELECT 1 AS part, * FROM valid WHERE end_ms > ?3
                    ORDER BY start_ms, handle LIMIT ?5)
            )
            SELECT count(start_ms), NULL FROM valid
            UNION ALL SELECT 0,
                CASE WHEN since < 0 THEN (SELECT json FROM [blocks] b WHERE b.id = shown.id)
                ELSE (SELECT json FROM [past_blocks] p WHERE p.id = shown.id AND p.since = shown.since) END
            FROM (SELECT * FROM shown ORDER BY part, start_ms, handle LIMIT ?5) shown";
        let bound = |number: usize| Value::from(u64::try_from(number).unwrap_or(u64::MAX));
        let params = [ids(plans)?, seq.into(), millis(begin), bound(overdue), bound(limit), bound(inbox)];
        let rows = self.query(SHOWN, &params)?;
        let count = rows.first().map_or(Ok(0), |row| row.count(0))?;
        let blocks =
            rows.iter().skip(1).map(|row| parse("blocks", &row.text(1)?)).collect::<Result<_, StoreError>>()?;
        Ok((blocks, count))
    }

    /// The number of the last event at or before a moment; 0 if there was none.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn seq_at(&self, moment: DateTime<Utc>) -> Result<u64, StoreError> {
        // The log is in the order of time, so the event is found by halving. A Durable Object passes numbers as floating-point ones.
        const SEARCH: &str = "WITH RECURSIVE search (low, high) AS (
                VALUES (0, CAST(?2 AS INTEGER))
                UNION ALL
                SELECT iif(e.at_ms <= ?1, e.seq, low), iif(e.at_ms <= ?1, high, e.seq - 1)
                FROM search JOIN [events] e ON e.seq = (low + high + 1) / 2 WHERE low < high
            )
            SELECT low FROM search WHERE low >= high";
        let rows = self.query(SEARCH, &[millis(moment), self.last_event()?.0.into()])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    /// The number of the last event before a moment; 0 if there was none.
    pub(super) fn seq_before(&self, moment: DateTime<Utc>) -> Result<u64, StoreError> {
        // Events are stored to the millisecond.
        self.seq_at(moment - TimeDelta::nanoseconds(1))
    }

    /// The differences between the blocks of these plans after an event and now, with the first `limit` of the blocks that
    /// existed then and of the new blocks.
    ///
    /// # Errors
    /// [`StoreError::Preparing`], which [`Store::look`] prevents, and the errors of the engine.
    pub fn differences_in(&self, seq: u64, plans: &[PlanId], limit: u64) -> Result<Differences, StoreError> {
        self.check_past(seq)?;
        // The first row contains counts: blocks that were other rows then, those of them that are gone, those that differ,
        // and current blocks that are other rows than then.
        const THEN: &str = "WITH old AS MATERIALIZED (
                SELECT p.id, p.since, p.start_ms, p.handle, b.id AS now, b.digest IS p.digest AS same
                FROM [past_blocks] p LEFT JOIN [blocks] b ON b.id = p.id
                WHERE p.plan IN (SELECT value FROM json_each(?2)) AND p.until > ?1 AND p.since <= ?1
            ), first AS (SELECT * FROM old WHERE NOT same ORDER BY start_ms, handle LIMIT ?3)
            SELECT count(*), count(*) - count(now), coalesce(sum(now IS NOT NULL AND NOT same), 0),
                (SELECT count(*) FROM [blocks] WHERE plan IN (SELECT value FROM json_each(?2)) AND since > ?1), NULL, NULL
            FROM old
            UNION ALL SELECT 0, 0, 0, 0,
                (SELECT json FROM [past_blocks] p WHERE p.id = first.id AND p.since = first.since),
                (SELECT json FROM [blocks] b WHERE b.id = first.now)
            FROM first";
        const ADDED: &str = "SELECT b.json FROM [blocks] b
            WHERE b.plan IN (SELECT value FROM json_each(?2)) AND b.since > ?1
                AND NOT EXISTS (SELECT 1 FROM [past_blocks] p WHERE p.id = b.id AND p.since <= ?1 AND p.until > ?1)
            ORDER BY b.start_ms, b.handle LIMIT ?3";
        let params = [seq.into(), ids(plans)?, limit.into()];
        let mut differences = Differences::default();
        for (index, row) in self.query(THEN, &params)?.iter().enumerate() {
            if index == 0 {
                let (other, removed) = (row.count(0)?, row.count(1)?);
                let added = row.count(3)?.saturating_sub(other - removed);
                differences = Differences { added, removed, changed: row.count(2)?, blocks: Vec::new() };
                continue;
            }
            let then = parse("past_blocks", &row.text(4)?)?;
            let now = row.optional_text(5)?.map(|json| parse("blocks", &json)).transpose()?;
            differences.blocks.push(BlockPair { then: Some(then), now });
        }
        if differences.added > 0 {
            for row in self.query(ADDED, &params)? {
                differences.blocks.push(BlockPair { then: None, now: Some(block(&row)?) });
            }
        }
        Ok(differences)
    }

    pub(super) fn block_differences(&self, seq: u64) -> Result<Vec<BlockDifference>, StoreError> {
        // The numbers are found in an index, so the rows that have not changed are not read.
        const CHANGED: &str =
            "SELECT json FROM [blocks] WHERE handle IN (SELECT handle FROM [blocks] WHERE since > ?) ORDER BY id";
        const THEN: &str = "SELECT json FROM [past_blocks] WHERE until > ? AND since <= ? ORDER BY id";
        self.check_past(seq)?;
        let blocks = |rows: Vec<Row>| rows.iter().map(block).collect::<Result<Vec<_>, _>>();
        let mut now = blocks(self.query(CHANGED, &[seq.into()])?)?.into_iter().peekable();
        let mut then = blocks(self.query(THEN, &[seq.into(), seq.into()])?)?.into_iter().peekable();
        let mut differences = Vec::new();
        loop {
            let pair = match (then.peek().map(|block| block.id), now.peek().map(|block| block.id)) {
                (None, None) => return Ok(differences),
                (Some(one), Some(other)) if one == other => (then.next(), now.next()),
                (Some(one), other) if other.is_none_or(|other| one < other) => (then.next(), None),
                _ => (None, now.next()),
            };
            differences.extend(BlockDifference::new(pair.0, pair.1));
        }
    }

    pub(super) fn last_edit_of(
        &self,
        subject: Uuid,
        seq: u64,
        names: &[&'static str],
    ) -> Result<Option<Event>, StoreError> {
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!(
            "SELECT e.json FROM [subjects] s JOIN [events] e ON e.seq = s.seq
             WHERE s.subject = ? AND s.seq > ? AND e.type IN ({places})
                AND (e.type = 'BLOCK_MOVED' OR json_extract(e.json, '$.actor.by') <> 'system')
                AND (e.type <> 'GOAL_CREATED' OR json_extract(e.json, '$.actor.by') <> 'workflow')
                AND NOT EXISTS (SELECT 1 FROM [history] h WHERE h.txn = e.txn AND h.undone <> 0 AND h.undone > 0)
             ORDER BY s.seq DESC LIMIT 1"
        );
        let mut params: Vec<Value> = vec![subject.to_string().into(), seq.into()];
        params.extend(names.iter().map(|name| Value::from(*name)));
        let rows = self.query(&sql, &params)?;
        rows.first().map(|row| parse("events", &row.text(0)?)).transpose()
    }
}

/// Ids as one parameter, which `json_each` reads.
fn ids(plans: &[PlanId]) -> Result<Value, StoreError> {
    let plans: Vec<String> = plans.iter().map(ToString::to_string).collect();
    json("plans", &plans)
}

/// A digest to compare texts: FNV-1a with 64 bits (draft-eastlake-fnv), cut to the 53 bits of a Durable Object's numbers.
pub(crate) fn digest(text: &str) -> i64 {
    let hash = text
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    i64::try_from(hash >> 11).unwrap_or_default()
}
