//! Writes many blocks with one statement. A shift moves up to 1,000 blocks in one event, and a statement for each row would
//! cost several times as much.
//!
//! The rows are one parameter, a JSON array, because a statement can have at most a hundred parameters. A value can have at most
//! 2 MB, so the rows are written in slices.

use flux_timeline::{Block, BlockId, PlanId, When};
use serde::Serialize;

use super::past::digest;
use super::timeline::{bounds, state};
use super::{Sql, Store, StoreError, block, json, text};

/// The number of blocks that are read or written with one statement.
pub(super) const SLICE: usize = 200;
/// The size of the rows that are written with one statement, in bytes of their JSON. A block has at most 50 kB.
const SLICE_BYTES: usize = 500_000;

/// A version of a block, as a row: id, handle, plan, its bounds in ms if it has a time, state, digest, JSON, and the events
/// between which it was valid. As JSON it is an array, which is shorter than an object.
#[derive(Serialize)]
pub(super) struct BlockRow(BlockId, u32, PlanId, Option<i64>, Option<i64>, u64, i64, String, u64, u64);

impl BlockRow {
    pub fn new(block: &Block, (since, until): (u64, u64)) -> Result<Self, StoreError> {
        let json = text("blocks", block)?;
        let (start, end) = bounds(block);
        Ok(Self(
            block.id,
            block.handle.number(),
            block.plan,
            start,
            end,
            state(block),
            digest(&json),
            json,
            since,
            until,
        ))
    }
}

/// Rows in slices that fit in a value.
pub(super) fn slices(rows: &[BlockRow]) -> impl Iterator<Item = &[BlockRow]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |row: &&BlockRow| {
            bytes += row.7.len();
            bytes <= SLICE_BYTES
        };
        let count = rest.iter().take(SLICE).take_while(fits).count().max(1).min(rest.len());
        let (slice, later) = rest.split_at(count);
        rest = later;
        (!slice.is_empty()).then_some(slice)
    })
}

impl<S: Sql> Store<S> {
    /// Moves blocks in event `seq`. A trigger keeps their previous versions. `moved` gets the place of a block in `ids` and its time, and
    /// returns its new time. Blocks that do not exist are left out.
    pub(super) fn move_blocks(
        &self,
        seq: u64,
        ids: &[BlockId],
        moved: impl Fn(usize, Option<When>) -> Option<When>,
    ) -> Result<(), StoreError> {
        const STORED: &str = "SELECT b.json, i.key FROM json_each(?) i JOIN [blocks] b ON b.id = i.value";
        const MOVE: &str = "UPDATE [blocks] AS b
             SET since = row.since, start_ms = row.start_ms, end_ms = row.end_ms, digest = row.digest, json = row.json
             FROM (SELECT value ->> 1 AS handle, value ->> 3 AS start_ms, value ->> 4 AS end_ms, value ->> 6 AS digest,
                value ->> 7 AS json, value ->> 8 AS since FROM json_each(?)) row
             WHERE b.handle = row.handle";
        for (slice, ids) in ids.chunks(SLICE).enumerate() {
            let mut rows = Vec::new();
            for row in self.query(STORED, &[json("blocks", &ids)?])? {
                let block = block(&row)?;
                let place = usize::try_from(row.count(1)?).unwrap_or(usize::MAX);
                let when = moved(slice * SLICE + place, block.when());
                let block = block.at(when);
                rows.push(BlockRow::new(&block, (seq, 0))?);
            }
            self.change_head(|head| ids.iter().for_each(|id| head.forget(*id)));
            for rows in slices(&rows) {
                self.query(MOVE, &[json("blocks", &rows)?])?;
            }
        }
        Ok(())
    }
}
