//! Reads the projection from rows, for [`flux_timeline::TimelineView`]. Every read uses an index, so it costs the same at 10 blocks
//! and at 100,000. Only a search for words reads the text of all blocks of a plan.

use chrono::{DateTime, Utc};
use flux_timeline::timeline::Content;
use flux_timeline::view::{BlockDifference, BlockState, PlanCounts, PlanSnapshot, TitleMatch};
use flux_timeline::{
    Block, BlockId, BlockQuery, Event, Handle, Plan, PlanId, ReadBlocks, ReadHistory, ReadPlans, ReadRuns, Run, RunId,
    Settings, Span, TxnId, View,
};

use uuid::Uuid;

use super::past::digest;
use super::{Row, Sql, Store, StoreError, Value, block, json, millis, parse, text};

/// The number of runs in a snapshot.
const RUNS: usize = 20;

/// Blocks of deleted plans stay stored but hidden; the join leaves them out.
const BLOCKS: &str = "SELECT b.json FROM [blocks] b JOIN [plans] p ON p.id = b.plan";

impl<S: Sql> View for Store<S> {
    type Error = StoreError;
}

impl<S: Sql> ReadPlans for Store<S> {
    fn settings(&self) -> Result<Settings, StoreError> {
        let rows = self.query("SELECT settings FROM [state]", &[])?;
        rows.first().map_or_else(|| Ok(Settings::default()), |row| parse("state", &row.text(0)?))
    }

    fn active_plan(&self) -> Result<Option<Plan>, StoreError> {
        let rows = self.query("SELECT p.json FROM [state] s JOIN [plans] p ON p.id = s.active_plan", &[])?;
        rows.first().map(|row| parse("plans", &row.text(0)?)).transpose()
    }

    fn plans(&self) -> Result<Vec<Plan>, StoreError> {
        let rows = self.query("SELECT json FROM [plans] ORDER BY created_ms, id", &[])?;
        rows.iter().map(|row| parse("plans", &row.text(0)?)).collect()
    }

    fn plan(&self, id: PlanId) -> Result<Option<Plan>, StoreError> {
        let rows = self.query("SELECT json FROM [plans] WHERE id = ?", &[id.to_string().into()])?;
        rows.first().map(|row| parse("plans", &row.text(0)?)).transpose()
    }

    fn plan_counts(&self, plan: PlanId) -> Result<PlanCounts, StoreError> {
        let rows = self.query("SELECT open, done FROM [plan_counts] WHERE plan = ?", &[plan.to_string().into()])?;
        match rows.first() {
            Some(row) => Ok(PlanCounts { open: row.count(0)?, done: row.count(1)? }),
            None => Ok(PlanCounts::default()),
        }
    }
}

impl<S: Sql> ReadBlocks for Store<S> {
    fn block(&self, id: BlockId) -> Result<Option<Block>, StoreError> {
        let rows = self.query(&format!("{BLOCKS} WHERE b.id = ?"), &[id.to_string().into()])?;
        rows.first().map(block).transpose()
    }

    fn block_by_handle(&self, handle: Handle) -> Result<Option<Block>, StoreError> {
        let handle = Value::Integer(handle.number().into());
        let rows = self.query(&format!("{BLOCKS} WHERE b.handle = ?"), &[handle])?;
        rows.first().map(block).transpose()
    }

    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, StoreError> {
        let (sql, params) = select_blocks(query);
        let mut blocks: Vec<Block> = self.query(&sql, &params)?.iter().map(block).collect::<Result<_, StoreError>>()?;
        if query.last {
            blocks.reverse();
        }
        Ok(blocks)
    }

    fn count_blocks(&self, query: &BlockQuery) -> Result<u64, StoreError> {
        let (conditions, params) = conditions(query);
        let sql = format!("SELECT count(*) FROM [blocks] b JOIN [plans] p ON p.id = b.plan WHERE {conditions}");
        let rows = self.query(&sql, &params)?;
        let count = rows.first().map_or(Ok(0), |row| row.count(0))?;
        Ok(count.min(u64::try_from(query.limit).unwrap_or(u64::MAX)))
    }

    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Span>, StoreError> {
        let query = BlockQuery { state: BlockState::Open, ..BlockQuery::overlapping(from, to) };
        let (conditions, params) = conditions(&query);
        let sql =
            format!("SELECT b.start_ms, b.end_ms FROM [blocks] b JOIN [plans] p ON p.id = b.plan WHERE {conditions}");
        self.query(&sql, &params)?.iter().map(span).collect()
    }

    fn stored_block(&self, id: BlockId) -> Result<Option<Block>, StoreError> {
        let rows = self.query("SELECT json FROM [blocks] WHERE id = ?", &[id.to_string().into()])?;
        rows.first().map(block).transpose()
    }

    fn is_handle_used(&self, handle: Handle) -> Result<bool, StoreError> {
        let handle = Value::Integer(handle.number().into());
        Ok(!self.query("SELECT 1 FROM [blocks] WHERE handle = ?", &[handle])?.is_empty())
    }

    fn stored_blocks(&self) -> Result<u64, StoreError> {
        let rows = self.query("SELECT coalesce(sum(open + done), 0) FROM [plan_counts]", &[])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    fn next_handle(&self) -> Result<Handle, StoreError> {
        let rows = self.query("SELECT next_handle FROM [state]", &[])?;
        let number = rows.first().map_or(Ok(1), |row| row.count(0))?;
        Ok(Handle::new(u32::try_from(number).unwrap_or(u32::MAX)))
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
        self.history("SELECT txn FROM [history] WHERE undone = 0 ORDER BY position DESC LIMIT 1")
    }

    fn redoable(&self) -> Result<Option<TxnId>, StoreError> {
        self.history("SELECT txn FROM [history] WHERE undone = 1 ORDER BY position DESC LIMIT 1")
    }

    fn transaction(&self, txn: TxnId) -> Result<Vec<Event>, StoreError> {
        self.events_of(txn)
    }

    fn has_transaction(&self, txn: TxnId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM [events] WHERE txn = ? LIMIT 1";
        Ok(!self.query(sql, &[txn.to_string().into()])?.is_empty())
    }

    fn is_in_effect(&self, txn: TxnId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM [history] WHERE txn = ? AND undone = 0";
        Ok(!self.query(sql, &[txn.to_string().into()])?.is_empty())
    }

    fn undone_by(&self, of: TxnId) -> Result<Option<TxnId>, StoreError> {
        let rows = self.query("SELECT undone_by FROM [history] WHERE txn = ?", &[of.to_string().into()])?;
        let by = rows.first().map(|row| row.optional_text(0)).transpose()?.flatten();
        by.map(|by| txn(&by)).transpose()
    }

    fn last_edit(&self, subject: Uuid, seq: u64, names: &[&'static str]) -> Result<Option<Event>, StoreError> {
        self.last_edit_of(subject, seq, names)
    }

    fn last_seq(&self) -> Result<u64, StoreError> {
        self.newest_seq()
    }

    fn plans_at(&self, seq: u64) -> Result<PlanSnapshot, StoreError> {
        self.past_plans(seq)
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

/// The statement for a [`BlockQuery`] and its parameters.
pub(super) fn select_blocks(query: &BlockQuery) -> (String, Vec<Value>) {
    let (conditions, mut params) = conditions(query);
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX).min(1 << 31);
    params.push(limit.into());
    let order = if query.last { "b.start_ms DESC, b.handle DESC" } else { "b.start_ms, b.handle" };
    (format!("{BLOCKS} WHERE {conditions} ORDER BY {order} LIMIT ?"), params)
}

/// A [`BlockQuery`] as a condition with parameters, without `limit`.
fn conditions(query: &BlockQuery) -> (String, Vec<Value>) {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut params: Vec<Value> = Vec::new();
    let mut add = |condition: &str, values: &[Value]| {
        conditions.push(condition.to_owned());
        params.extend_from_slice(values);
    };
    match query.plan {
        Some(plan) => add("b.plan = ?", &[plan.to_string().into()]),
        None => add("p.archived = 0", &[]),
    }
    if let Some(id) = query.except {
        add("b.id <> ?", &[id.to_string().into()]);
    }
    for (condition, place) in
        [("(b.start_ms, b.handle) > (?, ?)", query.after), ("(b.start_ms, b.handle) < (?, ?)", query.before)]
    {
        if let Some(place) = place {
            add(condition, &[millis(place.start()), Value::Integer(place.handle().number().into())]);
        }
    }
    if let Some(from) = query.earliest_start() {
        add("b.start_ms >= ?", &[millis(from)]);
    }
    if let Some(bound) = query.starts_before {
        add("b.start_ms < ?", &[millis_up(bound)]);
    }
    if let Some(bound) = query.ends_after {
        add("b.end_ms > ?", &[millis(bound)]);
    }
    if let Some(bound) = query.ends_by {
        add("b.end_ms <= ?", &[millis(bound)]);
    }
    match query.state {
        BlockState::Any => {}
        BlockState::Open => add("b.done = 0", &[]),
        BlockState::Done => add("b.done = 1", &[]),
    }
    if let Some(priority) = query.priority {
        add("json_extract(b.json, '$.priority') = ?", &[priority.as_str().into()]);
    }
    match &query.title {
        None => {}
        Some(TitleMatch::Is(key)) => add("b.title_key = ?", &[key.as_str().into()]),
        Some(TitleMatch::Contains(words)) => add(&has_words("b.title_key"), &[list(words)]),
    }
    if !query.words.is_empty() {
        add(&has_words("b.title_key || ' ' || b.details_key"), &[list(&query.words)]);
    }
    (conditions.join(" AND "), params)
}

/// The condition that each word of a [`list`] is in a text. All words are one parameter, because a statement can have at most
/// a hundred parameters.
fn has_words(text: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM json_each(?) WHERE instr({text}, value) = 0)")
}

fn list(words: &[String]) -> Value {
    serde_json::Value::from(words).to_string().into()
}

/// Bounds can be finer than a millisecond, blocks are not: "before 10:00:00.0004" includes 10:00:00.000.
fn millis_up(bound: DateTime<Utc>) -> Value {
    let whole = bound.timestamp_millis();
    Value::Integer(if bound.timestamp_subsec_nanos().is_multiple_of(1_000_000) { whole } else { whole + 1 })
}

impl<S: Sql> Store<S> {
    /// The whole timeline. Reads everything, so it is for exports and tests only.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn content(&self) -> Result<Content, StoreError> {
        let rows = self.query("SELECT json FROM [blocks] ORDER BY start_ms, handle", &[])?;
        let blocks = rows.iter().map(block).collect::<Result<_, _>>()?;
        Ok(Content { runs: self.runs(usize::MAX)?, ..self.content_with(blocks)? })
    }

    /// Settings, plans, the newest runs, and these blocks.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn content_with(&self, blocks: Vec<Block>) -> Result<Content, StoreError> {
        Ok(Content {
            settings: self.settings()?,
            plans: self.plans()?,
            active_plan: self.active_plan()?.map(|plan| plan.id),
            blocks,
            runs: self.runs(RUNS)?,
        })
    }

    fn history(&self, sql: &str) -> Result<Option<TxnId>, StoreError> {
        let rows = self.query(sql, &[])?;
        rows.first().map(|row| txn(&row.text(0)?)).transpose()
    }

    pub(super) fn put_block(&self, seq: u64, block: &Block) -> Result<(), StoreError> {
        self.keep_block(seq, block.id)?;
        let text = text("blocks", block)?;
        self.query(
            "INSERT INTO [blocks] (id, handle, plan, title_key, details_key, start_ms, end_ms, done, digest, json, since)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET title_key = excluded.title_key, details_key = excluded.details_key,
                start_ms = excluded.start_ms, end_ms = excluded.end_ms, done = excluded.done, digest = excluded.digest, json = excluded.json,
                since = excluded.since",
            &[
                block.id.to_string().into(),
                Value::Integer(block.handle.number().into()),
                block.plan.to_string().into(),
                block.title.key().into(),
                block.details_key().into(),
                millis(block.span.start()),
                millis(block.span.end()),
                Value::Integer((!block.is_open()).into()),
                digest(&text).into(),
                text.into(),
                seq.into(),
            ],
        )?;
        let next = Value::Integer(block.handle.next().number().into());
        self.query("UPDATE [state] SET next_handle = max(next_handle, ?)", &[next])?;
        Ok(())
    }

    pub(super) fn delete_block(&self, seq: u64, id: BlockId) -> Result<(), StoreError> {
        self.keep_block(seq, id)?;
        self.query("DELETE FROM [blocks] WHERE id = ?", &[id.to_string().into()])?;
        Ok(())
    }

    pub(super) fn put_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        self.query(
            "INSERT INTO [plans] (id, created_ms, archived, json) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET archived = excluded.archived, json = excluded.json",
            &[
                plan.id.to_string().into(),
                millis(plan.created_at),
                Value::Integer((!plan.is_in_use()).into()),
                json("plans", plan)?,
            ],
        )?;
        Ok(())
    }

    /// Changes a plan, if it exists.
    pub(super) fn change_plan(&self, id: PlanId, change: impl FnOnce(&mut Plan)) -> Result<(), StoreError> {
        let Some(mut plan) = self.plan(id)? else { return Ok(()) };
        change(&mut plan);
        self.put_plan(&plan)
    }

    pub(super) fn delete_plan(&self, id: PlanId) -> Result<(), StoreError> {
        self.query("DELETE FROM [plans] WHERE id = ?", &[id.to_string().into()])?;
        Ok(())
    }

    pub(super) fn set_active_plan(&self, id: Option<PlanId>) -> Result<(), StoreError> {
        let id = id.map(|id| id.to_string());
        self.query("UPDATE [state] SET active_plan = ?", &[id.into()])?;
        Ok(())
    }

    pub(super) fn set_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.query("UPDATE [state] SET settings = ?", &[json("state", settings)?])?;
        Ok(())
    }
}

fn txn(text: &str) -> Result<TxnId, StoreError> {
    text.parse().map_err(|error: uuid::Error| StoreError::Corrupt { table: "history", cause: error.to_string() })
}
