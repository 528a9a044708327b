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

mod past;

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::TurnOutcome;
use flux_protocol::{Message, Role};
use flux_timeline::command::{BlockUpdate, NewBlock, NewRun};
use flux_timeline::decide::{Context, DecideError, decide};
use flux_timeline::place::Task;
use flux_timeline::reference::{BlockRef, PlanRef, RunRef};
use flux_timeline::view::{BlockState, TitleMatch};
use flux_timeline::{
    Actor, BlockId, BlockPlace, BlockQuery, Command, Description, EventId, Goal, Handle, PlanId, Priority, ReadBlocks,
    ReadHistory, ReadPlans, ReadRuns, RunId, RunStep, Session, Source, Span, Tag, Title, TxnId,
};
use uuid::Uuid;

use super::{MIGRATIONS, Sql, SqlError, Store, StoreError, StreamEnd, Transaction, Value, migrate};

/// A case: what is wrong, if something is.
pub type Case<S> = fn(S) -> Result<(), String>;

/// All cases, by name.
pub fn cases<S: Sql + Clone>() -> Vec<(&'static str, Case<S>)> {
    vec![
        ("every earlier version is brought to the present one", migrations_go_forward),
        ("a newer version is refused", newer_versions_are_refused),
        ("the log refuses changes and deletions", the_log_is_immutable),
        ("what fails in a transaction leaves nothing", failures_leave_nothing),
        ("rows and memory give the same decisions, log, projection and answers", rows_agree_with_memory),
        ("rows and memory agree on the past", past::agrees_with_memory),
        ("what is computed from the log can be computed anew", past::is_computed_anew),
        ("a database from before the past was kept has it, too", past::is_there_after_a_migration),
        ("what a run has finished is kept until it is let go of", work_is_kept),
        ("counts are those of the blocks", counts_are_kept),
        ("messages are merged, cut short, and never shortened by a part", messages_are_merged),
        ("streams keep their chunks in order until the next one", streams_are_kept),
        ("the first owner stays", the_first_owner_stays),
    ]
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

    fn schedule(&mut self, title: &str, minutes: i64, length: i64) -> Result<usize, String> {
        let span = Span::starting(moment(minutes), TimeDelta::minutes(length)).map_err(|why| why.to_string())?;
        let block = NewBlock {
            id: BlockId::new(self.id()),
            plan: None,
            title: Title::new(title).map_err(|why| why.to_string())?,
            description: None,
            span,
            priority: Priority::Medium,
            tags: Vec::new(),
            depends_on: Vec::new(),
        };
        self.run(&Command::ScheduleBlock(block), &Actor::User)
    }
}

fn the_log_is_immutable<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    twins.schedule("Workout", 0, 60)?;
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
    twins.schedule("Workout", 0, 60)?;
    let before = (said(twins.store.content())?, said(twins.store.last_seq())?);
    let failed: Result<(), StoreError> = twins.store.sql_transaction(|store| {
        store.sql().query("DELETE FROM blocks", &[])?;
        store.sql().query("DELETE FROM plans", &[])?;
        Err(SqlError("on purpose".to_owned()).into())
    });
    check!(failed.is_err(), "the failure was not told");
    check!((said(twins.store.content())?, said(twins.store.last_seq())?) == before, "something of it was kept");
    check!(twins.store.sql().query("NOT SQL", &[]).is_err(), "a statement that is none was carried out");
    twins.schedule("Still works", 0, 60)?;
    Ok(())
}

/// A generator of commands, the same on every engine: xorshift64, Marsaglia 2003.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn minutes(&mut self) -> i64 {
        i64::try_from(self.below(40_000)).unwrap_or_default() - 20_000
    }
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

fn step<S: Sql + Clone>(twins: &mut Twins<S>, chance: &mut Chance) -> Result<usize, String> {
    let block = BlockRef::from(format!("B{}", chance.below(40)).as_str());
    let title = format!("Thing {}", chance.below(12));
    let plan = PlanRef::Title(format!("Plan {}", chance.below(4)));
    let command = match chance.below(30) {
        0..=4 => {
            let (minutes, length) = (chance.minutes(), 1 + chance.minutes().abs());
            return twins.schedule(&title, minutes, length.min(20_000));
        }
        5 => Command::UpdateBlock {
            block,
            changes: BlockUpdate { start: Some(moment(chance.minutes())), ..BlockUpdate::default() },
        },
        6 => Command::UpdateBlock { block, changes: other_words(&title, chance.below(2) == 0) },
        7 => Command::CompleteBlock { block },
        8 => Command::ReopenBlock { block: BlockRef::Title(title) },
        9 => Command::DeleteBlock { block },
        10 => {
            let title = Title::new(&format!("Plan {}", chance.below(4))).map_err(|why| why.to_string())?;
            Command::CreatePlan { id: PlanId::new(twins.id()), title }
        }
        11 => Command::SwitchPlan { plan },
        12 => Command::DeletePlan { plan },
        13 => Command::ShiftTimeline {
            plan: None,
            after: moment(chance.minutes()),
            before: (chance.below(2) == 0).then(|| moment(chance.minutes())),
            by: TimeDelta::minutes(chance.minutes()),
        },
        14 => Command::Undo { txn: None },
        15 => Command::Redo,
        16..=18 => {
            let number = usize::try_from(chance.below(twins.session.log().len() as u64)).unwrap_or_default();
            Command::Undo { txn: twins.session.log().get(number).map(|event| event.txn) }
        }
        19 => Command::Restore { seq: chance.below(twins.session.log().len() as u64 + 2) },
        20 => Command::ArchivePlan { plan },
        21 => Command::UnarchivePlan { plan },
        _ => run_step(twins, chance)?,
    };
    twins.run(&command, &Actor::User)
}

/// Words to search for, in all places that have some.
fn other_words(title: &str, odd: bool) -> BlockUpdate {
    BlockUpdate {
        title: Title::new(title).ok(),
        description: Description::optional(if odd { "Soft  Shoes\nand a towel" } else { "" }).ok(),
        tags: Tag::list(if odd { &["Odd", "sport"] } else { &["even", "sport"] }).ok(),
        priority: Some(if odd { Priority::High } else { Priority::Low }),
        ..BlockUpdate::default()
    }
}

/// Something about a run of the architect, with few goals and few tasks, so that they meet each other.
fn run_step<S: Sql + Clone>(twins: &mut Twins<S>, chance: &mut Chance) -> Result<Command, String> {
    let runs = said(twins.store.runs(5))?;
    let some = usize::try_from(chance.below(5)).unwrap_or_default();
    let goal = Goal::new(&format!("Goal {}", chance.below(5))).map_err(|why| why.to_string())?;
    let id = RunId::new(twins.id());
    let start = NewRun { id, goal, plan: None, deadline: None, minutes_per_week: None };
    let Some(run) = runs.get(some).map(|run| run.id) else { return Ok(Command::StartRun(start)) };
    Ok(match chance.below(9) {
        0 => Command::StartRun(start),
        1 => Command::CancelRun { run: Some(RunRef::Id(run)) },
        2 => Command::RetryRun { run: Some(RunRef::Id(run)) },
        3 => Command::NoteTrouble { run, error: "Busy.".to_owned() },
        4 => Command::FailRun { run, error: "Down.".to_owned() },
        5 => Command::BeginStep { run, step: RunStep::Place },
        6 => Command::NameRun { run, title: Title::new("Name").map_err(|why| why.to_string())? },
        _ => {
            let title = Title::new("Task").map_err(|why| why.to_string())?;
            let task = |minutes| Task {
                title: title.clone(),
                description: None,
                minutes,
                priority: Priority::Medium,
                depends_on: Vec::new(),
            };
            let tasks = [30, 500, 60].map(|minutes| (BlockId::new(twins.id()), task(minutes))).to_vec();
            Command::CommitRun { run, tasks, left_out: Vec::new(), not_before: moment(chance.minutes()) }
        }
    })
}

fn query<S: Sql + Clone>(chance: &mut Chance, twins: &Twins<S>) -> Result<BlockQuery, String> {
    let bound = |chance: &mut Chance| (chance.below(3) == 0).then(|| moment(chance.minutes()));
    let plans = said(twins.store.plans())?;
    let some_plan = usize::try_from(chance.below(6)).unwrap_or_default();
    Ok(BlockQuery {
        plan: plans.get(some_plan).map(|plan| plan.id),
        title: match chance.below(4) {
            0 => Some(TitleMatch::Is(format!("thing {}", chance.below(12)))),
            1 => Some(TitleMatch::Contains(vec!["1".to_owned(), "thing".to_owned()])),
            _ => None,
        },
        words: match chance.below(6) {
            0 => TitleMatch::words("SOFT thing"),
            1 => TitleMatch::words("#odd"),
            2 => vec![format!("b{}", chance.below(20)), "thing".to_owned()],
            _ => Vec::new(),
        },
        priority: (chance.below(6) == 0).then_some(Priority::High),
        ends_after: bound(chance),
        ends_by: bound(chance),
        starts_from: bound(chance),
        starts_before: bound(chance),
        state: match chance.below(3) {
            0 => BlockState::Open,
            1 => BlockState::Done,
            _ => BlockState::Any,
        },
        except: None,
        after: place(chance, twins),
        before: place(chance, twins),
        limit: 1 + usize::try_from(chance.below(30)).unwrap_or_default(),
        last: chance.below(2) == 0,
    })
}

/// Mostly none, sometimes that of a block, sometimes one where no block is.
fn place<S: Sql + Clone>(chance: &mut Chance, twins: &Twins<S>) -> Option<BlockPlace> {
    let handle = Handle::new(u32::try_from(chance.below(40)).unwrap_or_default());
    match chance.below(6) {
        0 => twins.session.timeline().block_by_handle(handle).map(|block| BlockPlace::new(block.span.start(), handle)),
        1 => Some(BlockPlace::new(moment(chance.minutes()), handle)),
        _ => None,
    }
}

fn work_is_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    let id = RunId::new(twins.id());
    let goal = Goal::new("Learn German").map_err(|why| why.to_string())?;
    let new = NewRun { id, goal, plan: None, deadline: None, minutes_per_week: None };
    twins.run(&Command::StartRun(new), &Actor::User)?;
    check!(said(twins.store.run_work::<String>(id))?.is_none(), "work out of nowhere");
    said(twins.store.keep_run_work(id, Some(&"tasks")))?;
    twins.run(&Command::FailRun { run: id, error: "Down.".to_owned() }, &Actor::System)?;
    let kept = said(twins.store.run_work::<String>(id))?;
    check!(kept.as_deref() == Some("tasks"), "{kept:?} was kept over an event of the run");
    said(twins.store.keep_run_work::<String>(id, None))?;
    check!(said(twins.store.run_work::<String>(id))?.is_none(), "work was not let go of");
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

fn message(id: &str, role: Role, text: &str) -> Message {
    let part = flux_protocol::message::TextPart { text: text.to_owned(), state: None };
    Message { parts: vec![flux_protocol::Part::Text(part)], ..Message::new(id, role) }
}

fn messages_are_merged<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    let list =
        [message("u1", Role::User, "one"), message("a1", Role::Assistant, "answer"), message("u2", Role::User, "two")];
    said(store.merge_messages(&list, moment(0)))?;
    let ids =
        |store: &Store<S>| said(store.messages(10)).map(|all| all.iter().map(|m| m.id.clone()).collect::<Vec<_>>());
    check!(ids(&store)? == ["u1", "a1", "u2"], "{:?}", ids(&store)?);

    let behind = [message("a1", Role::Assistant, "ans"), message("u3", Role::User, "three")];
    said(store.merge_messages(&behind, moment(1)))?;
    check!(ids(&store)? == ["u1", "a1", "u2", "u3"], "a new message deleted others: {:?}", ids(&store)?);
    let kept = said(store.message("a1"))?.map(|message| message.text());
    check!(kept.as_deref() == Some("answer"), "an answer was shortened to {kept:?}");

    said(store.merge_messages(&[message("a1", Role::Assistant, ""), message("u2", Role::User, "two!")], moment(2)))?;
    check!(ids(&store)? == ["u1", "a1", "u2"], "cut short: {:?}", ids(&store)?);
    let edited = said(store.message("u2"))?.map(|message| message.text());
    check!(edited.as_deref() == Some("two!"), "an edit was lost: {edited:?}");
    check!(said(store.messages(2))?.len() == 2, "the limit does not hold");
    said(store.merge_messages(&[], moment(3)))?;
    check!(ids(&store)?.len() == 3, "an empty list deleted");
    said(store.clear_messages())?;
    check!(ids(&store)?.is_empty(), "messages were left");
    Ok(())
}

fn streams_are_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    check!(said(store.last_stream())?.is_none(), "a stream out of nowhere");
    said(store.begin_stream("r1", "m1", false, "system@1", moment(0)))?;
    let chunks: Vec<String> = (0..100).map(|n| format!("{{\"n\":{n}}}")).collect();
    for (index, batch) in chunks.chunks(32).enumerate() {
        said(store.add_chunks("r1", (index * 32) as u64, batch))?;
    }
    check!(said(store.chunks("r1"))? == chunks, "chunks are not as they were");
    let under_way = said(store.last_stream())?;
    check!(under_way.as_ref().is_some_and(|stream| stream.end.is_none()), "{under_way:?}");
    let end = StreamEnd { outcome: TurnOutcome::Error, error: Some("It broke.".to_owned()) };
    said(store.end_stream("r1", &end))?;
    let ended = said(store.last_stream())?;
    check!(ended.as_ref().is_some_and(|stream| stream.end.as_ref() == Some(&end)), "{ended:?}");
    said(store.begin_stream("r2", "m2", true, "system@1", moment(1)))?;
    check!(said(store.chunks("r1"))?.is_empty(), "chunks of an earlier stream were left");
    check!(said(store.last_stream())?.is_some_and(|stream| stream.continuation), "the continuation is not marked");
    let null = said(store.sql().query("SELECT outcome FROM streams", &[]).map_err(StoreError::from))?;
    check!(null.first().is_some_and(|row| *row == super::Row::new(vec![Value::Null])), "{null:?}");
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
    use super::*;
    use crate::native::Sqlite;

    /// A page costs as much as it shows: neither the table nor what comes before the page is read, and nothing is sorted.
    #[test]
    fn a_page_of_a_plan_is_found_by_an_index() {
        let sql = Sqlite::in_memory().unwrap();
        Store::open(sql.clone()).unwrap();
        let plan = PlanId::new(Uuid::nil());
        let place = Some(BlockPlace::new(moment(0), Handle::FIRST));
        for query in [
            BlockQuery { plan: Some(plan), after: place, ..BlockQuery::default() },
            BlockQuery { plan: Some(plan), before: place, last: true, ..BlockQuery::default() },
        ] {
            let (statement, params) = super::super::timeline::select_blocks(&query);
            let plan = sql.query(&format!("EXPLAIN QUERY PLAN {statement}"), &params).unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.text(3).unwrap()).collect();
            let bound = if query.last { "<" } else { ">" };
            let search = format!("SEARCH b USING INDEX blocks_by_plan (plan=? AND start_ms{bound}?)");
            let rows = format!("SEARCH b USING INDEX blocks_by_plan (plan=? AND (start_ms,handle){bound}(?,?))");
            assert!(steps.iter().any(|step| *step == search || *step == rows), "{steps:?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
        }
    }

    #[test]
    fn what_is_counted_is_counted_in_indexes() {
        use crate::store::counts::{BY_ACTOR, BY_TYPE, MESSAGES};

        let sql = Sqlite::in_memory().unwrap();
        Store::open(sql.clone()).unwrap();
        for (statement, params, expected) in [
            (BY_TYPE, vec![], "SCAN events USING COVERING INDEX events_by_type"),
            (BY_ACTOR, vec!["user".into()], "SEARCH events USING COVERING INDEX events_by_actor (<expr>=?)"),
            (MESSAGES, vec![], "SCAN messages USING COVERING INDEX sqlite_autoindex_messages_1"),
        ] {
            let plan = sql.query(&format!("EXPLAIN QUERY PLAN {statement}"), &params).unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.text(3).unwrap()).collect();
            assert_eq!(steps, [expected]);
        }
    }

    #[test]
    fn the_suite_passes_on_rusqlite() {
        for (name, case) in cases() {
            let outcome = case(Sqlite::in_memory().unwrap());
            assert_eq!(outcome, Ok(()), "{name}");
        }
    }
}
