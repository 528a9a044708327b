//! A timeline with its log in memory, like the store on disk. Tests and the evaluation harness use it.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::block::Block;
use crate::event::{Actor, Event, EventKind};
use crate::goal::Goal;
use crate::id::{BlockId, EventId, TxnId};
use crate::series::Series;
use crate::timeline::{Content, Timeline};
use crate::view::{BlockDifference, PlanSnapshot, ReadHistory};

/// A log and its projection.
#[derive(Debug, Clone, Default)]
pub struct Session {
    timeline: Timeline,
    log: Vec<Event>,
    transactions: BTreeMap<TxnId, Vec<usize>>,
}

impl Session {
    /// The projection.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// All events, oldest first.
    pub fn log(&self) -> &[Event] {
        &self.log
    }

    /// The timeline after an event.
    pub fn content_at(&self, seq: u64) -> Content {
        let mut timeline = Timeline::default();
        self.log.iter().take_while(|event| event.seq <= seq).for_each(|event| timeline.apply(event));
        timeline.content()
    }

    /// Appends events of one transaction and applies them. More events can be appended to a transaction, as the edits of one
    /// answer are, if nothing else was written meanwhile.
    ///
    /// `event_id` is called once for each event.
    pub fn append(
        &mut self,
        kinds: Vec<EventKind>,
        at: DateTime<Utc>,
        actor: &Actor,
        txn: TxnId,
        mut event_id: impl FnMut() -> EventId,
    ) -> &[Event] {
        let first = self.log.len();
        for kind in kinds {
            let seq = self.log.len() as u64 + 1;
            self.push(Event { seq, id: event_id(), at, actor: actor.clone(), txn, kind, reason: None });
        }
        self.log.get(first..).unwrap_or_default()
    }

    /// Appends an event and applies it.
    pub fn push(&mut self, event: Event) {
        self.timeline.apply(&event);
        self.transactions.entry(event.txn).or_default().push(self.log.len());
        self.log.push(event);
    }
}

impl AsRef<Timeline> for Session {
    fn as_ref(&self) -> &Timeline {
        &self.timeline
    }
}

impl ReadHistory for Session {
    fn undoable(&self) -> Result<Option<TxnId>, Infallible> {
        Ok(self.timeline.undoable())
    }

    fn redoable(&self) -> Result<Option<TxnId>, Infallible> {
        Ok(self.timeline.redoable())
    }

    fn transaction(&self, txn: TxnId) -> Result<Vec<Event>, Infallible> {
        let places = self.transactions.get(&txn).map(Vec::as_slice).unwrap_or_default();
        Ok(places.iter().filter_map(|place| self.log.get(*place)).cloned().collect())
    }

    fn has_transaction(&self, txn: TxnId) -> Result<bool, Infallible> {
        Ok(self.transactions.contains_key(&txn))
    }

    fn is_in_effect(&self, txn: TxnId) -> Result<bool, Infallible> {
        Ok(self.timeline.is_in_effect(txn))
    }

    fn undone_by(&self, txn: TxnId) -> Result<Option<TxnId>, Infallible> {
        Ok(self.timeline.undone_by(txn))
    }

    fn last_edit(&self, subject: Uuid, seq: u64, names: &[&'static str]) -> Result<Option<Event>, Infallible> {
        let stands = |event: &&Event| {
            names.contains(&event.kind.name())
                && event.is_undoable()
                && event.kind.subjects().contains(&subject)
                && self.timeline.undone_by(event.txn).is_none()
        };
        Ok(self.log.iter().rev().take_while(|event| event.seq > seq).find(stands).cloned())
    }

    fn last_seq(&self) -> Result<u64, Infallible> {
        Ok(self.timeline.seq())
    }

    fn plans_at(&self, seq: u64) -> Result<PlanSnapshot, Infallible> {
        let Content { settings, plans, active_plan, .. } = self.content_at(seq);
        Ok(PlanSnapshot { settings, plans, active_plan })
    }

    fn series_at(&self, seq: u64) -> Result<Vec<Series>, Infallible> {
        Ok(self.content_at(seq).series)
    }

    fn goals_at(&self, seq: u64) -> Result<Vec<Goal>, Infallible> {
        Ok(self.content_at(seq).goals)
    }

    fn differences(&self, seq: u64) -> Result<Vec<BlockDifference>, Infallible> {
        let by_id = |content: Content| -> BTreeMap<BlockId, Block> {
            content.blocks.into_iter().map(|block| (block.id, block)).collect()
        };
        let (mut then, mut now) = (by_id(self.content_at(seq)), by_id(self.timeline.content()));
        let ids: BTreeSet<BlockId> = then.keys().chain(now.keys()).copied().collect();
        Ok(ids.into_iter().filter_map(|id| BlockDifference::new(then.remove(&id), now.remove(&id))).collect())
    }
}
