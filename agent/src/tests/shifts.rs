//! The cost of moving many blocks at once.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::decide::{Context, decide};
use flux_timeline::{Block, Command, Distance, EventKind, ReadBlocks, ReadPlans, Source, Span};

use super::logged::{Logged, Statements};
use super::logs::{append, block, first_plan};
use crate::native::Sqlite;
use crate::store::Store;

fn begin() -> DateTime<Utc> {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn with_blocks(count: u32) -> Store<Logged> {
    let sql = Logged { sql: Sqlite::in_memory().unwrap(), statements: Statements::default() };
    let store = Store::open(sql).unwrap();
    let (plan, mut kinds) = first_plan(begin());
    kinds.extend((1..=count).map(|number| {
        let start = begin() + TimeDelta::minutes(i64::from(number - 1) * 30);
        let span = Span::starting(start, TimeDelta::minutes(30)).unwrap();
        EventKind::BlockScheduled { block: block(number, plan, "Task", span) }
    }));
    append(&store, begin(), kinds);
    store
}

/// The events of moving everything an hour later.
fn shift(store: &Store<Logged>) -> Vec<EventKind> {
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
    store.sql().statements.take();
    append(&store, begin(), events);
    let statements = store.sql().statements.take().len();
    assert!(statements <= 30, "{statements} statements");
    let after = store.content().unwrap().blocks;
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.span.unwrap().start(), before.span.unwrap().start() + TimeDelta::hours(1));
        assert_eq!(Block { span: before.span, ..after.clone() }, *before);
    }
    let last = store.newest_events(1).unwrap().remove(0).seq;
    let plan = store.active_plan().unwrap().unwrap().id;
    assert_eq!(store.differences_in(last - 1, &[plan], 10).unwrap().changed, u64::from(BLOCKS));
    assert_eq!(store.stored_blocks().unwrap(), u64::from(BLOCKS));
}
