//! A person's data, made the same way each time.

use std::error::Error;

use chrono::{DateTime, TimeDelta, Utc};
use flux_agent::native::Sqlite;
use flux_agent::store::{Store, Transaction};
use flux_timeline::command::NewBlock;
use flux_timeline::decide::{Context, decide};
use flux_timeline::{Actor, BlockId, Command, Description, EventId, PlanId, Source, Span, Tag, Title, TxnId};
use uuid::Uuid;

/// A store in memory, its clock and its ids.
pub struct Life {
    /// The store.
    pub store: Store<Sqlite>,
    ids: u128,
}

impl Life {
    /// A person with one plan and so many blocks, one an hour.
    pub fn with(blocks: u32) -> Result<Self, Box<dyn Error>> {
        let mut life = Self { store: Store::open(Sqlite::in_memory()?)?, ids: 0 };
        let plan = Command::OpenTimeline { id: PlanId::new(life.id()), title: Title::new("My plan")? };
        life.carry_out(&plan)?;
        for number in 0..blocks {
            let block = life.block(number)?;
            life.carry_out(&block)?;
        }
        Ok(life)
    }

    /// The present. It does not pass.
    pub fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_500_000, 0).unwrap_or_default()
    }

    /// Decides, appends and projects a command, as a person's edit.
    pub fn carry_out(&mut self, command: &Command) -> Result<(), Box<dyn Error>> {
        let context = Context { now: Self::now(), source: Source::User };
        let txn = TxnId::new(self.id());
        let Self { store, ids } = self;
        let kinds = decide(store, command, &context).map_err(|error| error.to_string())?.events;
        let transaction = Transaction { id: txn, at: context.now, actor: Actor::User, kinds };
        store.sql_transaction(|store| {
            store.append(transaction, || {
                *ids += 1;
                EventId::new(Uuid::from_u128(*ids))
            })
        })?;
        Ok(())
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    fn block(&mut self, number: u32) -> Result<Command, Box<dyn Error>> {
        let start = Self::now() + TimeDelta::hours(i64::from(number));
        Ok(Command::ScheduleBlock(NewBlock {
            description: Some(Description::new("Work through a chapter and write down three questions")?),
            span: Some(Span::starting(start, TimeDelta::minutes(45))?),
            tags: vec![Tag::new("work")?, Tag::new("deep")?],
            ..NewBlock::new(BlockId::new(self.id()), Title::new(&format!("Focus block {number}"))?)
        }))
    }
}
