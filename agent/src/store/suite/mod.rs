//! The store's tests, for any engine: run natively on rusqlite, and inside workerd on a Durable Object's SQLite.
//!
//! A case gets an empty database and says what is wrong, because inside workerd nothing can catch a panic.

macro_rules! check {
    ($condition:expr, $($words:tt)*) => {
        if !$condition {
            return Err(format!($($words)*));
        }
    };
}

mod conversation;
mod horizon;
mod log;
mod past;
mod random;

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::command::{NewBlock, NewRun};
use flux_timeline::decide::{Context, DecideError, decide};
use flux_timeline::{
    Actor, BlockId, Command, EventId, GoalText, Kind, PlanId, ReadBlocks, ReadHistory, ReadPlans, RunId, Session,
    Source, Span, Title, TxnId,
};
pub(crate) use random::Chance;
use random::{query, step};
use uuid::Uuid;

use super::{MIGRATIONS, Sql, SqlError, Store, StoreError, Transaction, migrate};

/// A case: what is wrong, if something is.
pub type Case<S> = fn(S) -> Result<(), String>;

/// All cases, by name.
pub fn cases<S: Sql + Clone>() -> Vec<(&'static str, Case<S>)> {
    vec![
        ("every earlier version is migrated to the current one", migrations_go_forward),
        ("a newer version is refused", newer_versions_are_refused),
        ("a stream under way is a turn after the migration", conversation::a_stream_becomes_a_turn),
        ("the log refuses changes and deletions", the_log_is_immutable),
        ("a failed transaction changes nothing", failures_leave_nothing),
        ("rows and memory give the same decisions, log, projection and answers", rows_agree_with_memory),
        ("rows and memory agree on the past", past::agrees_with_memory),
        ("what is computed from the log can be recomputed", past::is_computed_anew),
        ("a long log is recomputed in parts", past::is_computed_anew_in_parts),
        ("a database from before the past was stored has it after a migration", past::is_there_after_a_migration),
        ("old rows of the past are made again when somebody looks", horizon::rows_are_made_again),
        ("filters find the events of a kind and of an actor", log::filters_find_events),
        ("the log does not go back when the clock does", log::time_does_not_go_back),
        ("the work of a run is kept until it is deleted", work_is_kept),
        ("counts agree with the blocks", counts_are_kept),
        (
            "messages are merged and truncated, and a shorter list never shortens a message",
            conversation::messages_are_merged,
        ),
        ("messages come in pages", conversation::messages_come_in_pages),
        ("turns keep their state, their request and its chunks", conversation::turns_are_kept),
        ("questions are kept until they are deleted", conversation::questions_are_kept),
        ("what has outlived its lifetime is deleted, and nothing else", conversation::what_is_old_expires),
        ("jobs come by time", conversation::jobs_come_by_time),
        ("the first owner stays", the_first_owner_stays),
        ("titles are compared in lower case, in every script", titles_are_lowered),
    ]
}

/// What is compared is the same natively, where Rust's table lowers it, and in workerd, where JavaScript does.
fn titles_are_lowered<S: Sql + Clone>(_: S) -> Result<(), String> {
    let cases = [
        ("Buy MILK", "buy milk"),
        ("ÉCOLE ẞ ŁÓDŹ", "école ß łódź"),
        ("ΟΔΟΣ ΣΑΣ", "οδος σας"),
        ("İzmir", "i̇zmir"),
        ("ЁЖ 東京", "ёж 東京"),
    ];
    for (text, lower) in cases {
        let key = flux_timeline::text::title_key(text);
        check!(key == lower, "{text:?} became {key:?}");
    }
    Ok(())
}

fn said<T>(result: Result<T, StoreError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn moment(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
}

fn migrations_go_forward<S: Sql + Clone>(sql: S) -> Result<(), String> {
    for versions in 0..=MIGRATIONS.len() {
        said(migrate(&sql, MIGRATIONS.get(..versions).unwrap_or_default()))?;
    }
    let store = said(Store::open(sql.clone()))?;
    said(Store::open(sql))?;
    check!(said(store.last_seq())? == 0, "a new database has events");
    Ok(())
}

fn newer_versions_are_refused<S: Sql + Clone>(sql: S) -> Result<(), String> {
    said(Store::open(sql.clone()))?;
    said(sql.query("INSERT INTO migrations VALUES (999)", &[]).map_err(StoreError::from))?;
    check!(Store::open(sql).is_err(), "a database of a newer version was opened");
    Ok(())
}

/// A store with a plan, and the same in memory; commands go to both.
struct Twins<S> {
    store: Store<S>,
    session: Session,
    ids: Cell<u128>,
}

impl<S: Sql + Clone> Twins<S> {
    fn new(sql: S) -> Result<Self, String> {
        let mut twins = Self { store: said(Store::open(sql))?, session: Session::default(), ids: Cell::new(0) };
        let title = Title::new("My plan").map_err(|why| why.to_string())?;
        let id = PlanId::new(twins.id());
        twins.run(&Command::OpenTimeline { id, title }, &Actor::System)?;
        Ok(twins)
    }

    fn id(&self) -> Uuid {
        self.ids.set(self.ids.get() + 1);
        Uuid::from_u128(self.ids.get())
    }

    /// Runs a command on both, and says how many events it gave.
    fn run(&mut self, command: &Command, actor: &Actor) -> Result<usize, String> {
        let now = moment(i64::try_from(self.ids.get()).unwrap_or_default());
        let of_run = match command {
            Command::CommitRun { run, .. } => Some(Actor::Workflow { run: *run }),
            _ => None,
        };
        let actor = of_run.as_ref().unwrap_or(actor);
        let context = Context { now, source: Source::User };
        let in_memory = decide(&self.session, command, &context);
        let in_rows = decide(&self.store, command, &context);
        let (decision, id) = match (in_memory, in_rows) {
            (Ok(one), Ok(other)) => {
                check!(one == other, "{command:?}: {one:?} in memory, {other:?} in rows");
                let txn = match command {
                    Command::CommitRun { run, .. } => run.txn(),
                    _ => TxnId::new(self.id()),
                };
                (one, txn)
            }
            (Err(DecideError::Rejected(one)), Err(DecideError::Rejected(other))) => {
                check!(one == other, "{command:?}: {one} in memory, {other} in rows");
                return Ok(0);
            }
            // A restoration to a moment whose rows were deleted. The person asks again.
            (_, Err(DecideError::View(StoreError::Preparing { .. }))) => return Ok(0),
            (one, other) => return Err(format!("{command:?}: {one:?} in memory, {other:?} in rows")),
        };
        let transaction = Transaction { id, at: now, actor: actor.clone(), kinds: decision.events.clone() };
        let first = self.ids.get();
        let events = said(self.store.sql_transaction(|store| store.append(transaction, || EventId::new(self.id()))))?;
        self.ids.set(first);
        let ids = &self.ids;
        self.session.append(decision.events, now, actor, id, || {
            ids.set(ids.get() + 1);
            EventId::new(Uuid::from_u128(ids.get()))
        });
        Ok(events.len())
    }

    fn schedule(&mut self, title: &str, kind: Kind, minutes: i64, length: i64) -> Result<usize, String> {
        let span = Span::starting(moment(minutes), TimeDelta::minutes(length)).map_err(|why| why.to_string())?;
        let title = Title::new(title).map_err(|why| why.to_string())?;
        let block = NewBlock { kind, span: Some(span), ..NewBlock::new(BlockId::new(self.id()), title) };
        self.run(&Command::ScheduleBlock(block), &Actor::User)
    }
}

fn the_log_is_immutable<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    twins.schedule("Workout", Kind::Task, 0, 60)?;
    let before = said(twins.store.events_after(0, 100))?;
    for statement in
        ["UPDATE events SET json = '{}'", "DELETE FROM events", "UPDATE events SET at_ms = 0 WHERE seq = 1"]
    {
        check!(twins.store.sql().query(statement, &[]).is_err(), "{statement} was carried out");
    }
    check!(said(twins.store.events_after(0, 100))? == before, "the log changed");
    Ok(())
}

fn failures_leave_nothing<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    twins.schedule("Workout", Kind::Task, 0, 60)?;
    let before = (said(twins.store.content())?, said(twins.store.last_seq())?);
    let failed: Result<(), StoreError> = twins.store.sql_transaction(|store| {
        store.sql().query("DELETE FROM blocks", &[])?;
        store.sql().query("DELETE FROM plans", &[])?;
        Err(SqlError("on purpose".to_owned()).into())
    });
    check!(failed.is_err(), "the failure was not reported");
    check!((said(twins.store.content())?, said(twins.store.last_seq())?) == before, "part of it was kept");
    check!(twins.store.sql().query("NOT SQL", &[]).is_err(), "an invalid statement was carried out");
    twins.schedule("Still works", Kind::Task, 0, 60)?;
    Ok(())
}

fn rows_agree_with_memory<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..400 {
        step(&mut twins, &mut chance)?;
    }
    let log = said(twins.store.events_after(0, 10_000))?;
    check!(log == twins.session.log(), "the logs differ");
    check!(log.len() > 200, "only {} events came of it", log.len());
    let (rows, memory) = (said(twins.store.content())?, twins.session.timeline().content());
    check!(rows == memory, "the projections differ: {rows:?} in rows, {memory:?} in memory");
    for _ in 0..300 {
        let query = query(&mut chance, &twins)?;
        let rows = said(twins.store.blocks(&query))?;
        let Ok(memory) = twins.session.blocks(&query);
        check!(rows == memory, "{query:?} finds {} blocks in rows and {} in memory", rows.len(), memory.len());
        let from = moment(chance.minutes());
        let to = from + TimeDelta::minutes(chance.minutes().abs());
        let mut rows = said(twins.store.busy(from, to))?;
        let Ok(mut memory) = ReadBlocks::busy(&twins.session, from, to);
        rows.sort();
        memory.sort();
        check!(rows == memory, "{from}–{to}: {} spans in rows and {} in memory", rows.len(), memory.len());
    }
    Ok(())
}

fn work_is_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    let id = RunId::new(twins.id());
    let goal = GoalText::new("Learn German").map_err(|why| why.to_string())?;
    let new = NewRun { id, goal, plan: None, deadline: None, minutes_per_week: None };
    twins.run(&Command::StartRun(new), &Actor::User)?;
    check!(said(twins.store.run_work::<String>(id))?.is_none(), "work that nobody stored");
    said(twins.store.keep_run_work(id, Some(&"tasks")))?;
    twins.run(&Command::FailRun { run: id, error: "Down.".to_owned() }, &Actor::System)?;
    let kept = said(twins.store.run_work::<String>(id))?;
    check!(kept.as_deref() == Some("tasks"), "{kept:?} was kept over an event of the run");
    said(twins.store.keep_run_work::<String>(id, None))?;
    check!(said(twins.store.run_work::<String>(id))?.is_none(), "work was not deleted");
    Ok(())
}

fn counts_are_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    let mut chance = Chance(42);
    for _ in 0..200 {
        step(&mut twins, &mut chance)?;
    }
    for plan in said(twins.store.plans())? {
        let rows = said(twins.store.plan_counts(plan.id))?;
        let memory = twins.session.timeline().plan_counts(plan.id);
        check!(rows == memory, "“{}” has {rows:?} in rows and {memory:?} in memory", plan.title);
    }
    let stored = said(twins.store.stored_blocks())?;
    check!(stored == twins.session.timeline().stored_blocks(), "{stored} blocks are counted");
    Ok(())
}

fn the_first_owner_stays<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    check!(said(store.owner())?.is_none(), "somebody owns a new object");
    said(store.claim("me"))?;
    said(store.claim("you"))?;
    let owner = said(store.owner())?;
    check!(owner.as_deref() == Some("me"), "{owner:?} owns it");
    Ok(())
}

#[cfg(test)]
mod tests {
    use flux_timeline::{BlockPlace, BlockQuery, Handle, Zone};

    use super::*;
    use crate::native::Sqlite;
    use crate::store::query::{Statement, blocks};

    /// A page costs as much as it shows: neither the table nor what comes before the page is read, and nothing is sorted.
    #[test]
    fn a_page_is_found_by_an_index() {
        let sql = Sqlite::in_memory().unwrap();
        Store::open(sql.clone()).unwrap();
        let place = Some(BlockPlace::new(moment(0), Handle::FIRST));
        let one = ("blocks_by_plan (plan=? AND ", "handle", Some(PlanId::new(Uuid::nil())));
        let all = ("blocks_by_start (", "rowid", None);
        for (index, handle, plan) in [one, all] {
            for query in [
                BlockQuery { plan, after: place, ..BlockQuery::default() },
                BlockQuery { plan, before: place, last: true, ..BlockQuery::default() },
                BlockQuery { plan, ends_after: Some(moment(0)), ..BlockQuery::default() },
            ] {
                let Statement { sql: statement, params } = blocks(&query, Zone::UTC);
                let plan = sql.query(&format!("EXPLAIN QUERY PLAN {statement}"), &params).unwrap();
                let steps: Vec<String> = plan.iter().map(|row| row.text(3).unwrap()).collect();
                let bound = if query.last { "<" } else { ">" };
                let search = format!("SEARCH b USING INDEX {index}start_ms{bound}?)");
                let rows = format!("SEARCH b USING INDEX {index}(start_ms,{handle}){bound}(?,?))");
                assert!(steps.iter().any(|step| *step == search || *step == rows), "{steps:?}");
                assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
                let long = steps.iter().any(|step| step.starts_with("SEARCH b USING INDEX blocks_long (start_ms<?)"));
                assert_eq!(long, query.ends_after.is_some(), "{steps:?}");
            }
        }
    }

    /// The tables of a new set are those of a migrated database.
    #[test]
    fn the_schema_is_what_the_migrations_make() {
        use crate::store::schema::{COMPUTED, OTHER, RECORDED};

        let (migrated, created) = (Sqlite::in_memory().unwrap(), Sqlite::in_memory().unwrap());
        migrate(&migrated, MIGRATIONS).unwrap();
        Store::open(migrated.clone()).unwrap();
        Store::open(created.clone()).unwrap();
        let rows = |sql: &Sqlite, statement: &str| sql.query(statement, &[]).unwrap();
        // Without spaces, brackets and quotes, in which the two are written differently, and without the prefix of tables that were
        // computed anew.
        let plain = |sql: &Sqlite, table: &str| -> Vec<String> {
            let statement = format!("SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND type <> 'table'");
            let mut parts: Vec<String> = rows(sql, &statement)
                .iter()
                .filter_map(|row| row.optional_text(0).unwrap())
                .map(|sql| sql.replace(['[', ']', '"', ' ', '\n'], "").replace("g1_", ""))
                .collect();
            parts.sort_unstable();
            parts
        };
        for table in RECORDED.iter().chain(COMPUTED).chain(OTHER).map(|table| table.name) {
            let columns = format!("SELECT * FROM pragma_table_xinfo('{table}')");
            assert_eq!(rows(&created, &columns), rows(&migrated, &columns), "{table}");
            assert_eq!(plain(&created, table), plain(&migrated, table), "{table}");
        }
    }

    #[test]
    fn messages_are_counted_in_an_index() {
        let sql = Sqlite::in_memory().unwrap();
        Store::open(sql.clone()).unwrap();
        let plan = sql.query(&format!("EXPLAIN QUERY PLAN {}", crate::store::counts::MESSAGES), &[]).unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.text(3).unwrap()).collect();
        assert_eq!(steps, ["SCAN messages USING COVERING INDEX sqlite_autoindex_messages_1"]);
    }

    #[test]
    fn the_suite_passes_on_rusqlite() {
        for (name, case) in cases() {
            let outcome = case(Sqlite::in_memory().unwrap());
            assert_eq!(outcome, Ok(()), "{name}");
        }
    }
}
