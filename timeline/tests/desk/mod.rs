//! A timeline on which commands are tried one after the other.

#![allow(dead_code, reason = "each of the tests uses a part")]

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::command::{BlockUpdate, NewBlock, OverdueTasks};
use flux_timeline::decide::{Context, Did, Outcome};
use flux_timeline::reference::BlockRef;
use flux_timeline::{
    Actor, Block, BlockId, BlockQuery, Command, DecideError, Event, EventId, EventKind, PlanId, ReadBlocks, Session,
    Source, Span, Title, TxnId, decide, verify,
};
use uuid::Uuid;

/// A timeline with one plan and the default working hours, and a clock that goes on when a test says so.
#[derive(Clone)]
pub struct Desk {
    pub session: Session,
    pub now: DateTime<Utc>,
    ids: u128,
}

/// A moment of 2026, `03-02T10:00`.
pub fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{text}:00Z").parse().unwrap()
}

pub fn span(start: &str, minutes: i64) -> Option<Span> {
    Span::starting(at(start), TimeDelta::minutes(minutes)).ok()
}

impl Desk {
    /// On Monday, 2 March 2026 at 10:00.
    pub fn new() -> Self {
        let mut desk = Self { session: Session::default(), now: at("03-02T10:00"), ids: 0 };
        let id = PlanId::new(desk.id());
        desk.run(&Command::OpenTimeline { id, title: Title::new("My plan").unwrap() }).unwrap();
        desk
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// Runs a command in a transaction of its own. Returns the rejection as the sentence that the person reads.
    pub fn run(&mut self, command: &Command) -> Result<(Vec<EventKind>, Outcome), String> {
        self.run_as(command, &Actor::User)
    }

    pub fn run_as(&mut self, command: &Command, actor: &Actor) -> Result<(Vec<EventKind>, Outcome), String> {
        let txn = TxnId::new(self.id());
        let decision = match decide(&self.session, command, &Context { now: self.now, source: Source::User }) {
            Ok(decision) => decision,
            Err(DecideError::Rejected(rejection)) => return Err(rejection.to_string()),
            Err(DecideError::View(never)) => match never {},
        };
        self.check(&decision.events, txn);
        let ids = &mut self.ids;
        self.session.append(decision.events.clone(), self.now, actor, txn, || {
            *ids += 1;
            EventId::new(Uuid::from_u128(*ids))
        });
        Ok((decision.events, decision.outcome))
    }

    /// Each event is one that an import accepts.
    fn check(&self, events: &[EventKind], txn: TxnId) {
        let mut session = self.session.clone();
        for kind in events {
            let (previous, seq) = (session.log().last().cloned(), session.log().len() as u64 + 1);
            let id = EventId::new(Uuid::from_u128(u128::from(seq) << 64));
            // The store never goes back in time.
            let at = previous.as_ref().map_or(self.now, |previous| self.now.max(previous.at));
            let event = Event { seq, id, at, actor: Actor::User, txn, kind: kind.clone(), reason: None };
            assert_eq!(verify(&session, previous.as_ref(), &event, self.now), Ok(()), "{event:?}");
            session.push(event);
        }
    }

    /// Adds a task without a time, or what `with` makes of it.
    pub fn add(&mut self, title: &str, with: impl FnOnce(&mut NewBlock)) -> Result<Block, String> {
        let mut new = NewBlock::new(BlockId::new(self.id()), Title::new(title).unwrap());
        with(&mut new);
        match self.run(&Command::ScheduleBlock(new))?.1 {
            Outcome::Block { block, .. } => Ok(*block),
            other => panic!("{other:?}"),
        }
    }

    /// Changes a block. Returns what was done, and the block after it.
    pub fn update(&mut self, title: &str, changes: BlockUpdate) -> Result<(Did, Block), String> {
        match self.run(&Command::UpdateBlock { block: BlockRef::from(title), changes })?.1 {
            Outcome::Block { did, block, .. } => Ok((did, *block)),
            other => panic!("{other:?}"),
        }
    }

    pub fn complete(&mut self, title: &str) -> Vec<EventKind> {
        self.run(&Command::CompleteBlock { block: BlockRef::from(title) }).unwrap().0
    }

    pub fn undo(&mut self) {
        self.run(&Command::Undo { txn: None }).unwrap();
    }

    pub fn blocks(&self, query: &BlockQuery) -> Vec<Block> {
        self.session.blocks(query).unwrap()
    }

    /// Adds a task.
    pub fn task(&mut self, title: &str, start: &str, minutes: i64) -> BlockId {
        self.block(title, start, minutes, |_| {})
    }

    pub fn block(&mut self, title: &str, start: &str, minutes: i64, with: impl FnOnce(&mut NewBlock)) -> BlockId {
        let timed = |new: &mut NewBlock| {
            new.span = span(start, minutes);
            with(new);
        };
        self.add(title, timed).unwrap().id
    }

    /// Gives the named tasks new times, or all overdue ones.
    pub fn reschedule(&mut self, named: &[&str]) -> Result<(Vec<EventKind>, Outcome), String> {
        let named: Vec<BlockRef> = named.iter().map(|text| BlockRef::from(*text)).collect();
        let which = if named.is_empty() { OverdueTasks::All } else { OverdueTasks::Named(named) };
        self.run(&Command::RescheduleOverdue { tasks: which, until: None })
    }

    /// What lies ahead: start and title.
    pub fn ahead(&self) -> Vec<String> {
        let blocks = self.session.timeline().content().blocks;
        let mut blocks: Vec<&Block> = blocks.iter().filter(|block| block.span.unwrap().end() > self.now).collect();
        blocks.sort_by_key(|block| block.span.unwrap().start());
        blocks
            .iter()
            .map(|block| format!("{} {}", block.span.unwrap().start().format("%a %H:%M"), block.title))
            .collect()
    }
}
