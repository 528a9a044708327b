//! How long reading the past takes: `cargo bench -p flux-agent --bench past`.

use std::error::Error;
use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::Criterion;
use flux_agent::native::Sqlite;
use flux_agent::shown;
use flux_agent::store::{Store, Transaction};
use flux_timeline::command::{BlockUpdate, NewBlock};
use flux_timeline::decide::{Context, decide};
use flux_timeline::reference::BlockRef;
use flux_timeline::{Actor, BlockId, Command, EventId, PlanId, Source, Span, Title, TxnId};
use uuid::Uuid;

/// The number of events after years of editing every day.
const EVENTS: u64 = 100_000;
/// How many of them add a block. The others move one of these blocks.
const BLOCKS: u64 = 10_000;

/// A store with a log of that length, one transaction for each event.
fn life() -> Result<Store<Sqlite>, Box<dyn Error>> {
    let store = Store::open(Sqlite::in_memory()?)?;
    let begin = DateTime::from_timestamp(1_795_500_000, 0).unwrap_or_default();
    let mut ids = 0;
    let mut id = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    let plan = Command::OpenTimeline { id: PlanId::new(id()), title: Title::new("My plan")? };
    append(&store, &plan, begin, &mut id)?;
    for number in 0..EVENTS {
        let now = begin + TimeDelta::minutes(i64::try_from(number)?);
        // Two weeks around the present; 7,919 is prime.
        let start = now + TimeDelta::minutes(i64::try_from(number * 7_919 % 20_000)? - 10_000);
        let command = if number < BLOCKS {
            Command::ScheduleBlock(NewBlock {
                span: Some(Span::starting(start, TimeDelta::minutes(30))?),
                ..NewBlock::new(BlockId::new(id()), Title::new(&format!("Block {number}"))?)
            })
        } else {
            let block = BlockRef::from(format!("B{}", 1 + number * 7_919 % BLOCKS).as_str());
            Command::UpdateBlock { block, changes: BlockUpdate { start: Some(start), ..BlockUpdate::default() } }
        };
        append(&store, &command, now, &mut id)?;
    }
    Ok(store)
}

fn append(
    store: &Store<Sqlite>,
    command: &Command,
    now: DateTime<Utc>,
    id: &mut impl FnMut() -> Uuid,
) -> Result<(), Box<dyn Error>> {
    let kinds =
        decide(store, command, &Context { now, source: Source::User }).map_err(|error| error.to_string())?.events;
    let transaction = Transaction { id: TxnId::new(id()), at: now, actor: Actor::User, kinds };
    store.sql_transaction(|store| store.append(transaction, || EventId::new(id())))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let store = life()?;
    let mut criterion = Criterion::default().configure_from_args();
    for seq in [1_000, EVENTS / 4, EVENTS / 2, EVENTS - 100] {
        let past = shown::at(&store, seq, None)?;
        let differences = past.differences.added + past.differences.removed + past.differences.changed;
        println!("after {seq}: {} blocks shown, {differences} differences", past.timeline.blocks.len());
        criterion.bench_function(&format!("past/{seq}-of-{EVENTS}"), |bencher| {
            bencher.iter(|| black_box(shown::at(&store, black_box(seq), None)));
        });
    }
    criterion.final_summary();
    Ok(())
}
