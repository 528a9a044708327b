//! The projection as rows, and the questions that [`TimelineView`] asks of it. Every one is answered from an index, so
//! that it costs the same at 10 blocks and at 100,000; a search for words of a title alone reads all titles of a plan.

use chrono::{DateTime, Utc};
use flux_tools::timeline::Content;
use flux_tools::view::{BlockState, PlanCounts, TitleMatch};
use flux_tools::{
    Block, BlockId, BlockQuery, Event, Handle, Plan, PlanId, Run, RunId, Settings, Span, TimelineView, TxnId,
};

use super::{Row, Sql, Store, StoreError, Value, json, millis, parse};

/// Runs that a client is told of at first.
const RUNS: usize = 20;

/// Blocks of deleted plans are kept and not seen; the join leaves them out.
const BLOCKS: &str = "SELECT b.json FROM blocks b JOIN plans p ON p.id = b.plan";

impl<S: Sql> TimelineView for Store<S> {
    type Error = StoreError;

    fn settings(&self) -> Result<Settings, StoreError> {
        let rows = self.sql.query("SELECT settings FROM state", &[])?;
        rows.first().map_or_else(|| Ok(Settings::default()), |row| parse("state", &row.text(0)?))
    }

    fn active_plan(&self) -> Result<Option<Plan>, StoreError> {
        let rows = self.sql.query("SELECT p.json FROM state s JOIN plans p ON p.id = s.active_plan", &[])?;
        rows.first().map(|row| parse("plans", &row.text(0)?)).transpose()
    }

    fn plans(&self) -> Result<Vec<Plan>, StoreError> {
        let rows = self.sql.query("SELECT json FROM plans ORDER BY created_ms, id", &[])?;
        rows.iter().map(|row| parse("plans", &row.text(0)?)).collect()
    }

    fn plan_counts(&self, plan: PlanId) -> Result<PlanCounts, StoreError> {
        let rows = self.sql.query("SELECT open, done FROM plan_counts WHERE plan = ?", &[plan.to_string().into()])?;
        match rows.first() {
            Some(row) => Ok(PlanCounts { open: row.count(0)?, done: row.count(1)? }),
            None => Ok(PlanCounts::default()),
        }
    }

    fn block(&self, id: BlockId) -> Result<Option<Block>, StoreError> {
        let rows = self.sql.query(&format!("{BLOCKS} WHERE b.id = ?"), &[id.to_string().into()])?;
        rows.first().map(block).transpose()
    }

    fn block_by_handle(&self, handle: Handle) -> Result<Option<Block>, StoreError> {
        let handle = Value::Integer(handle.number().into());
        let rows = self.sql.query(&format!("{BLOCKS} WHERE b.handle = ?"), &[handle])?;
        rows.first().map(block).transpose()
    }

    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, StoreError> {
        let (conditions, mut params) = conditions(query);
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX).min(1 << 31);
        params.push(limit.into());
        let sql = format!("{BLOCKS} WHERE {conditions} ORDER BY b.start_ms, b.handle LIMIT ?");
        self.sql.query(&sql, &params)?.iter().map(block).collect()
    }

    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Span>, StoreError> {
        let query = BlockQuery { state: BlockState::Open, ..BlockQuery::overlapping(from, to) };
        let (conditions, params) = conditions(&query);
        let sql = format!("SELECT b.start_ms, b.end_ms FROM blocks b JOIN plans p ON p.id = b.plan WHERE {conditions}");
        self.sql.query(&sql, &params)?.iter().map(span).collect()
    }

    fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.run_of(id)
    }

    fn runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        self.newest_runs(limit)
    }

    fn running(&self) -> Result<Vec<Run>, StoreError> {
        self.runs_under_way()
    }

    fn stored_blocks(&self) -> Result<u64, StoreError> {
        let rows = self.sql.query("SELECT coalesce(sum(open + done), 0) FROM plan_counts", &[])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    fn next_handle(&self) -> Result<Handle, StoreError> {
        let rows = self.sql.query("SELECT next_handle FROM state", &[])?;
        let number = rows.first().map_or(Ok(1), |row| row.count(0))?;
        Ok(Handle::new(u32::try_from(number).unwrap_or(u32::MAX)))
    }

    fn undoable(&self) -> Result<Option<TxnId>, StoreError> {
        self.history("SELECT txn FROM history WHERE undone = 0 ORDER BY position DESC LIMIT 1")
    }

    fn redoable(&self) -> Result<Option<TxnId>, StoreError> {
        self.history("SELECT txn FROM history WHERE undone = 1 ORDER BY position LIMIT 1")
    }

    fn transaction(&self, txn: TxnId) -> Result<Vec<Event>, StoreError> {
        self.events_of(txn)
    }
}

fn block(row: &Row) -> Result<Block, StoreError> {
    parse("blocks", &row.text(0)?)
}

fn span(row: &Row) -> Result<Span, StoreError> {
    let instant =
        |column| Ok::<_, StoreError>(DateTime::from_timestamp_millis(row.integer(column)?).unwrap_or_default());
    let corrupt = |why: flux_tools::Rejection| StoreError::Corrupt { table: "blocks", cause: why.to_string() };
    Span::new(instant(0)?, instant(1)?).map_err(corrupt)
}

/// A [`BlockQuery`] as a condition and its parameters, `limit` apart.
fn conditions(query: &BlockQuery) -> (String, Vec<Value>) {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut params: Vec<Value> = Vec::new();
    let mut add = |condition: &str, param: Option<Value>| {
        conditions.push(condition.to_owned());
        params.extend(param);
    };
    if let Some(plan) = query.plan {
        add("b.plan = ?", Some(plan.to_string().into()));
    }
    if let Some(id) = query.except {
        add("b.id <> ?", Some(id.to_string().into()));
    }
    if let Some(from) = query.earliest_start() {
        add("b.start_ms >= ?", Some(millis(from)));
    }
    if let Some(bound) = query.starts_before {
        add("b.start_ms < ?", Some(millis_up(bound)));
    }
    if let Some(bound) = query.ends_after {
        add("b.end_ms > ?", Some(millis(bound)));
    }
    if let Some(bound) = query.ends_by {
        add("b.end_ms <= ?", Some(millis(bound)));
    }
    match query.state {
        BlockState::Any => {}
        BlockState::Open => add("b.done = 0", None),
        BlockState::Done => add("b.done = 1", None),
    }
    match &query.title {
        None => {}
        Some(TitleMatch::Is(key)) => add("b.title_key = ?", Some(key.as_str().into())),
        Some(TitleMatch::Contains(words)) => {
            for word in words.iter().take(20) {
                add("instr(b.title_key, ?) > 0", Some(word.as_str().into()));
            }
        }
    }
    (conditions.join(" AND "), params)
}

/// Bounds can be finer than a millisecond, blocks are not: "before 10:00:00.0004" includes 10:00:00.000.
fn millis_up(bound: DateTime<Utc>) -> Value {
    let whole = bound.timestamp_millis();
    Value::Integer(if bound.timestamp_subsec_nanos().is_multiple_of(1_000_000) { whole } else { whole + 1 })
}

impl<S: Sql> Store<S> {
    /// The whole timeline. Costs as much as there is: for exports and tests.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn content(&self) -> Result<Content, StoreError> {
        let rows = self.sql.query("SELECT json FROM blocks ORDER BY start_ms, handle", &[])?;
        let blocks = rows.iter().map(block).collect::<Result<_, _>>()?;
        Ok(Content { runs: self.runs(usize::MAX)?, ..self.content_with(blocks)? })
    }

    /// Settings, plans, the newest runs, and these blocks.
    ///
    /// # Errors
    /// What the engine can fail with.
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
        let rows = self.sql.query(sql, &[])?;
        rows.first().map(|row| txn(&row.text(0)?)).transpose()
    }

    pub(super) fn put_block(&self, block: &Block) -> Result<(), StoreError> {
        self.sql.query(
            "INSERT INTO blocks (id, handle, plan, title_key, start_ms, end_ms, done, json)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET title_key = excluded.title_key, start_ms = excluded.start_ms,
                end_ms = excluded.end_ms, done = excluded.done, json = excluded.json",
            &[
                block.id.to_string().into(),
                Value::Integer(block.handle.number().into()),
                block.plan.to_string().into(),
                block.title.key().into(),
                millis(block.span.start()),
                millis(block.span.end()),
                Value::Integer((!block.is_open()).into()),
                json("blocks", block)?,
            ],
        )?;
        let next = Value::Integer(block.handle.next().number().into());
        self.sql.query("UPDATE state SET next_handle = max(next_handle, ?)", &[next])?;
        Ok(())
    }

    pub(super) fn delete_block(&self, id: BlockId) -> Result<(), StoreError> {
        self.sql.query("DELETE FROM blocks WHERE id = ?", &[id.to_string().into()])?;
        Ok(())
    }

    /// A block whether or not its plan is deleted.
    pub(super) fn stored_block(&self, id: BlockId) -> Result<Option<Block>, StoreError> {
        let rows = self.sql.query("SELECT json FROM blocks WHERE id = ?", &[id.to_string().into()])?;
        rows.first().map(block).transpose()
    }

    pub(super) fn put_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        self.sql.query(
            "INSERT INTO plans (id, created_ms, json) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET json = excluded.json",
            &[plan.id.to_string().into(), millis(plan.created_at), json("plans", plan)?],
        )?;
        Ok(())
    }

    pub(super) fn plan(&self, id: PlanId) -> Result<Option<Plan>, StoreError> {
        let rows = self.sql.query("SELECT json FROM plans WHERE id = ?", &[id.to_string().into()])?;
        rows.first().map(|row| parse("plans", &row.text(0)?)).transpose()
    }

    pub(super) fn delete_plan(&self, id: PlanId) -> Result<(), StoreError> {
        self.sql.query("DELETE FROM plans WHERE id = ?", &[id.to_string().into()])?;
        Ok(())
    }

    pub(super) fn set_active_plan(&self, id: Option<PlanId>) -> Result<(), StoreError> {
        let id = id.map(|id| id.to_string());
        self.sql.query("UPDATE state SET active_plan = ?", &[id.into()])?;
        Ok(())
    }

    pub(super) fn set_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.sql.query("UPDATE state SET settings = ?", &[json("state", settings)?])?;
        Ok(())
    }
}

fn txn(text: &str) -> Result<TxnId, StoreError> {
    text.parse().map_err(|error: uuid::Error| StoreError::Corrupt { table: "history", cause: error.to_string() })
}
