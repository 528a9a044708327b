//! Logs that are written without commands, for tests that need many events.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use flux_timeline::event::BlockChange;
use flux_timeline::{Actor, Block, BlockId, EventId, EventKind, Handle, Plan, PlanId, Source, Span, Title, TxnId};
use uuid::Uuid;

use crate::store::{Sql, Store, Transaction};

/// Appends events as one transaction of the person, with new ids.
pub fn append<S: Sql>(store: &Store<S>, at: DateTime<Utc>, kinds: Vec<EventKind>) {
    let number = u128::from(store.newest_events(1).unwrap().last().map_or(0, |event| event.seq));
    let ids = Cell::new((number + 1) << 64);
    let id = || {
        ids.set(ids.get() + 1);
        EventId::new(Uuid::from_u128(ids.get()))
    };
    let txn = TxnId::new(Uuid::from_u128((number + 1) << 64));
    let transaction = Transaction { id: txn, at, actor: Actor::User, kinds };
    store.sql_transaction(|store| store.append(transaction, id)).unwrap();
}

/// The events that make the first plan.
pub fn first_plan(at: DateTime<Utc>) -> (PlanId, Vec<EventKind>) {
    let id = PlanId::new(Uuid::from_u128(u128::MAX));
    let plan = Plan { id, title: Title::new("My plan").unwrap(), created_at: at, archived_at: None, color: None };
    (id, vec![EventKind::PlanCreated { plan }, EventKind::PlanSwitched { before: None, after: Some(id) }])
}

/// A block with this number as its handle.
pub fn block(number: u32, plan: PlanId, title: &str, span: Span) -> Block {
    let (id, title) = (BlockId::new(Uuid::from_u128(u128::from(number))), Title::new(title).unwrap());
    Block { span: Some(span), ..Block::new(id, Handle::new(number), plan, title, Source::User) }
}

/// The events that rename a block so often: to “Gym 1”, “Gym 2” and so on.
pub fn renamings(mut block: Block, times: u32) -> impl Iterator<Item = EventKind> {
    (1..=times).map(move |number| {
        let after = Block { title: Title::new(&format!("Gym {number}")).unwrap(), ..block.clone() };
        EventKind::BlockUpdated(BlockChange { before: std::mem::replace(&mut block, after.clone()), after })
    })
}
