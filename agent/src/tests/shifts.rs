//! The cost of moving many blocks at once.

use std::cell::Cell;
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::decide::{Context, decide};
use flux_timeline::{
    Actor, Block, BlockId, Command, Distance, EventId, EventKind, Handle, Plan, PlanId, Priority, ReadBlocks,
    ReadPlans, Source, Span, Title, TxnId,
};
use uuid::Uuid;

use crate::native::Sqlite;
use crate::store::{Row, Sql, SqlError, Store, Transaction, Value};

/// A database that counts statements.
#[derive(Debug, Clone)]
struct Counted(Sqlite, Rc<Cell<u64>>);

impl Sql for Counted {
    fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        self.1.set(self.1.get() + 1);
        self.0.query(sql, params)
    }

    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.0.transaction(body)
    }
}

fn begin() -> DateTime<Utc> {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn append(store: &Store<Counted>, kinds: Vec<EventKind>) {
    let number = u128::from(store.newest_events(1).unwrap().last().map_or(0, |event| event.seq));
    let ids = Cell::new((number + 1) << 64);
    let id = || {
        ids.set(ids.get() + 1);
        EventId::new(Uuid::from_u128(ids.get()))
    };
    let txn = TxnId::new(Uuid::from_u128(number + 1));
    let transaction = Transaction { id: txn, at: begin(), actor: Actor::User, kinds };
    store.sql_transaction(|store| store.append(transaction, id)).unwrap();
}

fn with_blocks(count: u32) -> Store<Counted> {
    let store = Store::open(Counted(Sqlite::in_memory().unwrap(), Rc::default())).unwrap();
    let plan = Plan {
        id: PlanId::new(Uuid::from_u128(u128::MAX)),
        title: Title::new("My plan").unwrap(),
        created_at: begin(),
        archived_at: None,
    };
    let block = |number: u32| Block {
        id: BlockId::new(Uuid::from_u128(u128::from(number) + 1)),
        handle: Handle::new(number + 1),
        plan: plan.id,
        title: Title::new("Task").unwrap(),
        description: None,
        span: Span::starting(begin() + TimeDelta::minutes(i64::from(number) * 30), TimeDelta::minutes(30)).unwrap(),
        priority: Priority::Medium,
        tags: Vec::new(),
        completed_at: None,
        depends_on: Vec::new(),
        source: Source::User,
    };
    let mut kinds = vec![
        EventKind::PlanCreated { plan: plan.clone() },
        EventKind::PlanSwitched { before: None, after: Some(plan.id) },
    ];
    kinds.extend((0..count).map(|number| EventKind::BlockScheduled { block: block(number) }));
    append(&store, kinds);
    store
}

/// The events of moving everything an hour later.
fn shift(store: &Store<Counted>) -> Vec<EventKind> {
    let by = Distance::minutes(60);
    let command = Command::ShiftTimeline { plan: None, after: begin(), before: None, by };
    decide(store, &command, &Context { now: begin(), source: Source::User }).unwrap().events
}

#[test]
fn a_shift_writes_its_rows_in_batches() {
    const BLOCKS: u32 = 1_000;
    let store = with_blocks(BLOCKS);
    let before = store.content().unwrap().blocks;
    let events = shift(&store);
    let statements = Rc::clone(&store.sql().1);
    statements.set(0);
    append(&store, events);
    assert!(statements.get() <= 30, "{} statements", statements.get());
    let after = store.content().unwrap().blocks;
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.span.start(), before.span.start() + TimeDelta::hours(1));
        assert_eq!(Block { span: before.span, ..after.clone() }, *before);
    }
    let last = store.newest_events(1).unwrap().remove(0).seq;
    let plan = store.active_plan().unwrap().unwrap().id;
    assert_eq!(store.differences_in(last - 1, &[plan], 10).unwrap().changed, u64::from(BLOCKS));
    assert_eq!(store.stored_blocks().unwrap(), u64::from(BLOCKS));
}
