//! Reads the projection from rows, for [`flux_timeline::TimelineView`]. Every read uses an index, so it costs the same at 10 blocks
//! and at 100,000. Only a search for words reads the text of all blocks of a plan, or of all plans in use.

use chrono::{DateTime, Utc};
use flux_timeline::timeline::Content;
use flux_timeline::view::{BlockDifference, PlanCounts, PlanSnapshot};
use flux_timeline::{
    Block, BlockId, BlockQuery, Event, Goal, Handle, Kind, Plan, PlanId, ReadBlocks, ReadGoals, ReadHistory, ReadPlans,
    ReadRuns, ReadSeries, Run, RunId, Series, SeriesId, Settings, Span, Status, TxnId, View, When,
};

use uuid::Uuid;

use super::past::digest;
use super::query::{self, Statement};
use super::{Row, Sql, Store, StoreError, Value, block, id, json, millis, text};

/// The number of runs in a snapshot.
const RUNS: usize = 20;

impl<S: Sql> View for Store<S> {
    type Error = StoreError;
}

impl<S: Sql> ReadPlans for Store<S> {
    fn settings(&self) -> Result<Settings, StoreError> {
        self.head(|head| head.settings.clone())
    }

    fn active_plan(&self) -> Result<Option<Plan>, StoreError> {
        self.head(|head| head.active_plan.and_then(|id| head.plan(id)).cloned())
    }

    fn plans(&self) -> Result<Vec<Plan>, StoreError> {
        self.head(|head| head.plans.clone())
    }

    fn plan(&self, id: PlanId) -> Result<Option<Plan>, StoreError> {
        self.head(|head| head.plan(id).cloned())
    }

    fn plan_counts(&self, plan: PlanId) -> Result<PlanCounts, StoreError> {
        self.head(|head| head.counts.iter().find(|(id, _)| *id == plan).map(|(_, counts)| *counts).unwrap_or_default())
    }
}

impl<S: Sql> ReadBlocks for Store<S> {
    fn block(&self, id: BlockId) -> Result<Option<Block>, StoreError> {
        self.if_visible(self.stored_block(id)?)
    }

    fn block_by_handle(&self, handle: Handle) -> Result<Option<Block>, StoreError> {
        let sql = "SELECT json FROM [blocks] WHERE handle = ?";
        self.if_visible(self.one_block(|block| block.handle == handle, sql, number(handle))?)
    }

    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, StoreError> {
        let Statement { sql, params } = query::blocks(query, self.settings()?.zone());
        let mut blocks: Vec<Block> = self.query(&sql, &params)?.iter().map(block).collect::<Result<_, StoreError>>()?;
        if query.last {
            blocks.reverse();
        }
        Ok(blocks)
    }

    fn count_blocks(&self, query: &BlockQuery) -> Result<u64, StoreError> {
        let Statement { sql, params } = query::count(query, self.settings()?.zone());
        let count = self.query(&sql, &params)?.first().map_or(Ok(0), |row| row.count(0))?;
        Ok(count.min(u64::try_from(query.limit).unwrap_or(u64::MAX)))
    }

    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Span>, StoreError> {
        let Statement { sql, params } = query::busy(from, to, self.settings()?.zone());
        self.query(&sql, &params)?.iter().map(span).collect()
    }

    fn stored_block(&self, id: BlockId) -> Result<Option<Block>, StoreError> {
        self.one_block(|block| block.id == id, "SELECT json FROM [blocks] WHERE id = ?", id.to_string().into())
    }

    fn is_handle_used(&self, handle: Handle) -> Result<bool, StoreError> {
        Ok(!self.query("SELECT 1 FROM [blocks] WHERE handle = ?", &[number(handle)])?.is_empty())
    }

    fn stored_blocks(&self) -> Result<u64, StoreError> {
        self.head(|head| head.counts.iter().map(|(_, counts)| counts.all()).sum())
    }

    fn next_handle(&self) -> Result<Handle, StoreError> {
        self.head(|head| head.next_handle)
    }
}

impl<S: Sql> ReadSeries for Store<S> {
    fn all_series(&self) -> Result<Vec<Series>, StoreError> {
        self.series_now()
    }

    fn series(&self, id: SeriesId) -> Result<Option<Series>, StoreError> {
        self.series_of(id)
    }
}

impl<S: Sql> ReadGoals for Store<S> {
    fn goals(&self) -> Result<Vec<Goal>, StoreError> {
        self.goals_now()
    }

    fn goal(&self, id: RunId) -> Result<Option<Goal>, StoreError> {
        self.goal_of(id)
    }
}

impl<S: Sql> ReadRuns for Store<S> {
    fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.run_of(id)
    }

    fn runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        self.newest_runs(limit)
    }

    fn running(&self) -> Result<Vec<Run>, StoreError> {
        self.runs_under_way()
    }
}

impl<S: Sql> ReadHistory for Store<S> {
    fn undoable(&self) -> Result<Option<TxnId>, StoreError> {
        Ok(self.history_head()?.undoable)
    }

    fn redoable(&self) -> Result<Option<TxnId>, StoreError> {
        Ok(self.history_head()?.redoable)
    }

    fn transaction(&self, txn: TxnId) -> Result<Vec<Event>, StoreError> {
        self.events_of(txn)
    }

    fn has_transaction(&self, txn: TxnId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM [events] WHERE txn = ? LIMIT 1";
        Ok(!self.query(sql, &[txn.to_string().into()])?.is_empty())
    }

    fn is_in_effect(&self, txn: TxnId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM [history] WHERE position IN (SELECT seq FROM [events] WHERE txn = ?1) AND txn = ?1 AND undone = 0
                   UNION ALL SELECT 1 FROM [history] WHERE txn = ?1 AND undone <> 0 AND undone = -1";
        Ok(!self.query(sql, &[txn.to_string().into()])?.is_empty())
    }

    fn undone_by(&self, of: TxnId) -> Result<Option<TxnId>, StoreError> {
        let sql = "SELECT undone_by FROM [history] WHERE txn = ? AND undone <> 0";
        let rows = self.query(sql, &[of.to_string().into()])?;
        let by = rows.first().map(|row| row.optional_text(0)).transpose()?.flatten();
        by.map(|by| id("history", &by)).transpose()
    }

    fn last_edit(&self, subject: Uuid, seq: u64, names: &[&'static str]) -> Result<Option<Event>, StoreError> {
        self.last_edit_of(subject, seq, names)
    }

    fn last_seq(&self) -> Result<u64, StoreError> {
        Ok(self.last_event()?.0)
    }

    fn plans_at(&self, seq: u64) -> Result<PlanSnapshot, StoreError> {
        self.past_plans(seq)
    }

    fn series_at(&self, seq: u64) -> Result<Vec<Series>, StoreError> {
        self.past_series(seq)
    }

    fn goals_at(&self, seq: u64) -> Result<Vec<Goal>, StoreError> {
        self.past_goals(seq)
    }

    fn differences(&self, seq: u64) -> Result<Vec<BlockDifference>, StoreError> {
        self.block_differences(seq)
    }
}

fn span(row: &Row) -> Result<Span, StoreError> {
    let instant =
        |column| Ok::<_, StoreError>(DateTime::from_timestamp_millis(row.integer(column)?).unwrap_or_default());
    let corrupt = |why: flux_timeline::InvalidValue| StoreError::Corrupt { table: "blocks", cause: why.to_string() };
    Span::new(instant(0)?, instant(1)?).map_err(corrupt)
}

/// The [bounds](flux_timeline::When::bounds) of a block in ms, which are in its row as `start_ms` and `end_ms`; none if it has no time.
pub(super) fn bounds(block: &Block) -> (Option<i64>, Option<i64>) {
    let bounds = block.when().map(When::bounds);
    (bounds.map(|(start, _)| start.timestamp_millis()), bounds.map(|(_, end)| end.timestamp_millis()))
}

/// The id of the goal of a block, which never changes; `NULL` if it is part of none.
fn goal(block: &Block) -> Value {
    block.goal.map(|part| part.goal.to_string()).into()
}

/// The id of the series of a block; `NULL` if it stands alone.
fn series(block: &Block) -> Value {
    block.series.map(|place| place.series.to_string()).into()
}

impl<S: Sql> Store<S> {
    /// The whole timeline. Reads everything, so it is for exports and tests only.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn content(&self) -> Result<Content, StoreError> {
        let rows = self.query("SELECT json FROM [blocks] ORDER BY start_ms, handle", &[])?;
        let blocks = rows.iter().map(block).collect::<Result<_, _>>()?;
        Ok(Content { runs: self.runs(usize::MAX)?, goals: self.goals()?, ..self.content_with(blocks)? })
    }

    /// Settings, plans, series, the newest runs, and these blocks. Without goals, which clients get with their progress.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn content_with(&self, blocks: Vec<Block>) -> Result<Content, StoreError> {
        Ok(Content {
            settings: self.settings()?,
            plans: self.plans()?,
            active_plan: self.active_plan()?.map(|plan| plan.id),
            blocks,
            series: self.all_series()?,
            goals: Vec::new(),
            runs: self.runs(RUNS)?,
        })
    }

    /// A block that was read or written lately, or the one that a statement finds.
    fn one_block(&self, is_it: impl Fn(&Block) -> bool, sql: &str, key: Value) -> Result<Option<Block>, StoreError> {
        if let Some(block) = self.head(|head| head.recent(is_it).cloned())? {
            return Ok(Some(block));
        }
        let block = self.query(sql, &[key])?.first().map(block).transpose()?;
        if let Some(block) = &block {
            self.change_head(|head| head.keep(block));
        }
        Ok(block)
    }

    /// A block, unless its plan is deleted.
    fn if_visible(&self, block: Option<Block>) -> Result<Option<Block>, StoreError> {
        let Some(block) = block else { return Ok(None) };
        let is_visible = self.head(|head| head.plan(block.plan).is_some())?;
        Ok(is_visible.then_some(block))
    }

    /// Stores a new block, or one that is brought back, with event `seq`. [`Store::store_head`] must run before the transaction
    /// ends.
    pub(super) fn insert_block(&self, seq: u64, block: &Block) -> Result<(), StoreError> {
        let text = text("blocks", block)?;
        let (start, end) = bounds(block);
        self.execute(
            "INSERT INTO [blocks] (handle, id, plan, title_key, details_key, start_ms, end_ms, state, since, digest, json, series, goal)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                number(block.handle),
                block.id.to_string().into(),
                block.plan.to_string().into(),
                block.title.key().into(),
                block.details_key().into(),
                start.into(),
                end.into(),
                state(block).into(),
                seq.into(),
                digest(&text).into(),
                text.into(),
                series(block),
                goal(block),
            ],
        )?;
        self.change_head(|head| head.keep(block));
        self.count_block(block, 1)
    }

    /// Changes a block with event `seq`. A trigger keeps the version before. An index is written only if its columns are set, so
    /// the statement sets what has changed.
    pub(super) fn update_block(&self, seq: u64, before: &Block, after: &Block) -> Result<(), StoreError> {
        const TEXT: &str = "UPDATE [blocks] SET title_key = ?, details_key = ?, series = ?, since = ?, digest = ?, json = ? WHERE handle = ?";
        const STATE: &str = "UPDATE [blocks] SET state = ?, since = ?, digest = ?, json = ? WHERE handle = ?";
        const TIME: &str =
            "UPDATE [blocks] SET start_ms = ?, end_ms = ?, since = ?, digest = ?, json = ? WHERE handle = ?";
        const ALL: &str =
            "UPDATE [blocks] SET title_key = ?, details_key = ?, series = ?, start_ms = ?, end_ms = ?, state = ?, since = ?,
            digest = ?, json = ? WHERE handle = ?";
        let json = text("blocks", after)?;
        let texts = || [after.title.key().into(), after.details_key().into(), series(after)];
        let (start, end) = bounds(after);
        let times = || [Value::from(start), Value::from(end)];
        let same_time = bounds(before) == (start, end);
        let same_state = state(before) == state(after);
        let same_text = before.title == after.title
            && before.details_key() == after.details_key()
            && series(before) == series(after);
        let (sql, mut params) = match (same_text, same_time, same_state) {
            (_, true, true) => (TEXT, texts().to_vec()),
            (true, true, false) => (STATE, vec![state(after).into()]),
            (true, false, true) => (TIME, times().to_vec()),
            _ => (ALL, texts().into_iter().chain(times()).chain([state(after).into()]).collect()),
        };
        params.extend([seq.into(), digest(&json).into(), json.into(), number(after.handle)]);
        self.execute(sql, &params)?;
        self.change_head(|head| head.keep(after));
        if same_state {
            return Ok(());
        }
        self.count_block(before, -1)?;
        self.count_block(after, 1)
    }

    /// Deletes a block with event `seq`, and keeps its last version.
    pub(super) fn delete_block(&self, seq: u64, block: &Block) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO [past_blocks] (id, handle, plan, start_ms, end_ms, state, digest, since, until, json)
             SELECT id, handle, plan, start_ms, end_ms, state, digest, since, ?, json FROM [blocks] WHERE handle = ?",
            &[seq.into(), number(block.handle)],
        )?;
        self.execute("DELETE FROM [blocks] WHERE handle = ?", &[number(block.handle)])?;
        self.change_head(|head| head.forget(block.id));
        self.count_block(block, -1)
    }

    pub(super) fn put_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO [plans] (id, created_ms, archived, json) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET archived = excluded.archived, json = excluded.json",
            &[
                plan.id.to_string().into(),
                millis(plan.created_at),
                Value::Integer((!plan.is_in_use()).into()),
                json("plans", plan)?,
            ],
        )?;
        self.change_head(|head| {
            head.plans.retain(|other| other.id != plan.id);
            let place = head.plans.partition_point(|other| (other.created_at, other.id) < (plan.created_at, plan.id));
            head.plans.insert(place, plan.clone());
        });
        Ok(())
    }

    /// Changes a plan, if it exists.
    pub(super) fn change_plan(&self, id: PlanId, change: impl FnOnce(&mut Plan)) -> Result<(), StoreError> {
        let Some(mut plan) = self.plan(id)? else { return Ok(()) };
        change(&mut plan);
        self.put_plan(&plan)
    }

    pub(super) fn delete_plan(&self, id: PlanId) -> Result<(), StoreError> {
        self.execute("DELETE FROM [plans] WHERE id = ?", &[id.to_string().into()])?;
        self.change_head(|head| head.plans.retain(|plan| plan.id != id));
        Ok(())
    }

    pub(super) fn set_active_plan(&self, id: Option<PlanId>) -> Result<(), StoreError> {
        self.execute("UPDATE [state] SET active_plan = ?", &[id.map(|id| id.to_string()).into()])?;
        self.change_head(|head| head.active_plan = id);
        Ok(())
    }

    pub(super) fn set_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.execute("UPDATE [state] SET settings = ?", &[json("state", settings)?])?;
        self.change_head(|head| head.settings = settings.clone());
        Ok(())
    }
}

fn number(handle: Handle) -> Value {
    Value::Integer(handle.number().into())
}

/// The state of a block as it is in its row: 0 is a task to be done, 1 a completed block, 2 an appointment, 3 a missed one.
pub(super) fn state(block: &Block) -> u64 {
    match (block.status(), block.kind) {
        (Status::Open, Kind::Task) => 0,
        (Status::Completed, _) => 1,
        (Status::Open, Kind::Appointment) => 2,
        (Status::Missed, _) => 3,
    }
}
