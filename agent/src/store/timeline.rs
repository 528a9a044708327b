//! Reads the projection from rows, for [`flux_timeline::TimelineView`]. Every read uses an index, so it costs the same at 10 blocks
//! and at 100,000. Only a search for words reads the text of all blocks of a plan, or of all plans in use.

use chrono::{DateTime, Utc};
use flux_timeline::timeline::Content;
use flux_timeline::view::{BlockDifference, BlockState, PlanCounts, PlanSnapshot, TitleMatch};
use flux_timeline::{
    Block, BlockId, BlockQuery, Event, Goal, Handle, Kind, Plan, PlanId, ReadBlocks, ReadGoals, ReadHistory, ReadPlans,
    ReadRuns, ReadSeries, Run, RunId, Series, SeriesId, Settings, Span, Status, TxnId, View,
};

use uuid::Uuid;

use super::past::digest;
use super::{Row, Sql, Store, StoreError, Value, block, id, json, millis, text};

/// The number of runs in a snapshot.
const RUNS: usize = 20;

/// Blocks of deleted plans stay stored but hidden; the join leaves them out.
const BLOCKS: &str = "SELECT b.json FROM [blocks] b JOIN [plans] p ON p.id = b.plan";

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

/// The start or the end of a block in ms; `NULL` if it has no time.
fn bound(block: &Block, of: impl Fn(Span) -> DateTime<Utc>) -> Value {
    block.span.map_or(Value::Null, |span| millis(of(span)))
}

/// The id of the goal of a block, which never changes; `NULL` if it is part of none.
fn goal(block: &Block) -> Value {
    block.goal.map(|part| part.goal.to_string()).into()
}

/// The id of the series of a block; `NULL` if it stands alone.
fn series(block: &Block) -> Value {
    block.series.map(|place| place.series.to_string()).into()
}

/// The statement for a [`BlockQuery`] and its parameters.
pub(super) fn select_blocks(query: &BlockQuery) -> (String, Vec<Value>) {
    let (conditions, mut params) = conditions(query);
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX).min(1 << 31);
    params.push(limit.into());
    let order = if query.last { "b.start_ms DESC, b.handle DESC" } else { "b.start_ms, b.handle" };
    (format!("{BLOCKS} WHERE {conditions} ORDER BY {order} LIMIT ?"), params)
}

/// A [`BlockQuery`] as a condition with parameters, without `limit`. No bound or place is met by a block without a time, whose start
/// and end are `NULL`.
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
    if let Some(id) = query.series {
        add("b.series = ?", &[id.to_string().into()]);
    }
    if let Some(id) = query.goal {
        add("b.goal = ?", &[id.to_string().into()]);
    }
    if let Some(id) = query.except {
        add("b.id <> ?", &[id.to_string().into()]);
    }
    match query.has_time {
        Some(true) => add("b.start_ms IS NOT NULL", &[]),
        Some(false) => add("b.start_ms IS NULL", &[]),
        None => {}
    }
    for (condition, place) in
        [("(b.start_ms, b.handle) > (?, ?)", query.after), ("(b.start_ms, b.handle) < (?, ?)", query.before)]
    {
        if let Some(place) = place {
            add(condition, &[millis(place.start()), number(place.handle())]);
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
        BlockState::Open => add("b.state IN (0, 2)", &[]),
        BlockState::ToDo => add("b.state = 0", &[]),
        BlockState::Done => add("b.state = 1", &[]),
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
        self.execute(
            "INSERT INTO [blocks] (handle, id, plan, title_key, details_key, start_ms, end_ms, state, since, digest, json, series, goal)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                number(block.handle),
                block.id.to_string().into(),
                block.plan.to_string().into(),
                block.title.key().into(),
                block.details_key().into(),
                bound(block, Span::start),
                bound(block, Span::end),
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
        let times = || [bound(after, Span::start), bound(after, Span::end)];
        let same_time = before.span == after.span;
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
