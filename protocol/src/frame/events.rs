//! Events on their way to clients that follow the log (`?sync=events`).
//!
//! New events go to clients that have all events before them. Such a client holds the block that an event changes, so the event
//! carries a [`BlockDelta`] instead of the block before and after. What all events of a frame have in common stands in the frame
//! once. A client that does not hold the block in the version that was changed gets the whole event from `getEvents`.
//!
//! Events that a client missed while it was away, and those of `getEvents`, are whole.

use chrono::{DateTime, Utc};
use flux_timeline::event::BlockChange;
use flux_timeline::{Actor, Block, BlockId, Event, EventId, EventKind, TxnId, json};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::delta::BlockDelta;

/// Events that were appended to the log, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct EventFrame {
    /// What all events have in common. Where neither the frame nor the event says who did it, it was the person, directly.
    #[serde(flatten)]
    pub origin: Origin,
    /// The events.
    pub events: Vec<FollowedEvent>,
}

/// Where events come from.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Origin {
    /// When they were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Their transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn: Option<TxnId>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
}

/// An event in a frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowedEvent {
    /// As in [`Event`].
    pub seq: u64,
    /// As in [`Event`].
    pub id: EventId,
    /// What the frame does not say.
    #[serde(flatten)]
    pub origin: Origin,
    /// What happened.
    #[serde(flatten)]
    pub kind: FollowedKind,
    /// As in [`Event`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FollowedKind {
    /// As in the log.
    Whole(Box<EventKind>),
    /// A change of a block.
    Block {
        /// What kind of change.
        #[serde(rename = "type")]
        edit: BlockEdit,
        /// What changed.
        payload: BlockDelta,
    },
    /// The undoing or redoing of a change of a block.
    Reversal {
        /// Which of the two.
        #[serde(rename = "type")]
        way: Reversal,
        /// What was undone or redone.
        payload: Reversed,
    },
}

/// The changes of a block that are sent as deltas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BlockEdit {
    /// [`EventKind::BlockUpdated`].
    BlockUpdated,
    /// [`EventKind::BlockMoved`].
    BlockMoved,
    /// [`EventKind::BlockCompleted`].
    BlockCompleted,
    /// [`EventKind::BlockMissed`].
    BlockMissed,
    /// [`EventKind::BlockReopened`].
    BlockReopened,
    /// [`EventKind::BlockDeleted`].
    BlockDeleted,
}

/// Whether a change was undone or redone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reversal {
    /// [`EventKind::Undone`].
    Undone,
    /// [`EventKind::Redone`].
    Redone,
}

/// What was undone or redone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reversed {
    /// The transaction that is undone or redone.
    pub txn: TxnId,
    /// The change that was applied.
    pub change: Box<FollowedKind>,
}

impl EventFrame {
    /// Events for a client that may not hold the blocks that they change.
    pub fn whole(events: Vec<Event>) -> Self {
        let events = events.into_iter().map(|event| FollowedEvent {
            seq: event.seq,
            id: event.id,
            origin: Origin { at: Some(event.at), txn: Some(event.txn), actor: Some(event.actor) },
            kind: FollowedKind::Whole(Box::new(event.kind)),
            reason: event.reason,
        });
        Self { origin: Origin::default(), events: events.collect() }
    }

    /// New events, for clients that have all events before them.
    pub fn new(events: &[Event]) -> Self {
        let first = events.first();
        let at = first.map(|event| event.at).filter(|at| events.iter().all(|event| event.at == *at));
        let txn = first.map(|event| event.txn).filter(|txn| events.iter().all(|event| event.txn == *txn));
        let actor = first.map(|event| &event.actor).filter(|actor| events.iter().all(|event| event.actor == **actor));
        let followed = |event: &Event| FollowedEvent {
            seq: event.seq,
            id: event.id,
            origin: Origin {
                at: Some(event.at).filter(|_| at.is_none()),
                txn: Some(event.txn).filter(|_| txn.is_none()),
                actor: Some(&event.actor).filter(|_| actor.is_none()).cloned(),
            },
            kind: FollowedKind::of(&event.kind),
            reason: event.reason.clone(),
        };
        let events = events.iter().map(followed).collect();
        Self { origin: Origin { at, txn, actor: actor.filter(|actor| **actor != Actor::User).cloned() }, events }
    }

    /// The whole event. `held` finds a block as it is after the event before.
    ///
    /// `None` if the block is missing or is another version, or if the frame lacks something.
    pub fn restore<'a>(&self, event: FollowedEvent, held: impl Fn(BlockId) -> Option<&'a Block>) -> Option<Event> {
        let FollowedEvent { seq, id, origin, kind, reason } = event;
        Some(Event {
            seq,
            id,
            at: origin.at.or(self.origin.at)?,
            actor: origin.actor.or_else(|| self.origin.actor.clone()).unwrap_or(Actor::User),
            txn: origin.txn.or(self.origin.txn)?,
            kind: kind.restore(&held)?,
            reason,
        })
    }
}

impl FollowedKind {
    fn of(kind: &EventKind) -> Self {
        let (way, txn, change) = match kind {
            EventKind::Undone { txn, change } => (Reversal::Undone, txn, change),
            EventKind::Redone { txn, change } => (Reversal::Redone, txn, change),
            _ => return delta(kind).unwrap_or_else(|| Self::Whole(Box::new(kind.clone()))),
        };
        match Self::of(change) {
            Self::Whole(_) => Self::Whole(Box::new(kind.clone())),
            change => Self::Reversal { way, payload: Reversed { txn: *txn, change: Box::new(change) } },
        }
    }

    fn restore<'a>(self, held: &dyn Fn(BlockId) -> Option<&'a Block>) -> Option<EventKind> {
        match self {
            Self::Whole(kind) => Some(*kind),
            Self::Block { edit, payload } => {
                let before = held(payload.block).filter(|block| payload.fits(block))?.clone();
                let kind = match edit {
                    BlockEdit::BlockUpdated => EventKind::BlockUpdated,
                    BlockEdit::BlockMoved => EventKind::BlockMoved,
                    BlockEdit::BlockCompleted => EventKind::BlockCompleted,
                    BlockEdit::BlockMissed => EventKind::BlockMissed,
                    BlockEdit::BlockReopened => EventKind::BlockReopened,
                    BlockEdit::BlockDeleted => return Some(EventKind::BlockDeleted { block: before }),
                };
                let after = payload.apply(&before)?;
                Some(kind(BlockChange { before, after }))
            }
            Self::Reversal { way, payload: Reversed { txn, change } } => {
                let change = Box::new(change.restore(held)?);
                Some(match way {
                    Reversal::Undone => EventKind::Undone { txn, change },
                    Reversal::Redone => EventKind::Redone { txn, change },
                })
            }
        }
    }
}

/// The change of a block as a delta. `None` for all other events, and for a new block.
fn delta(kind: &EventKind) -> Option<FollowedKind> {
    let (edit, change) = match kind {
        EventKind::BlockUpdated(change) => (BlockEdit::BlockUpdated, change),
        EventKind::BlockMoved(change) => (BlockEdit::BlockMoved, change),
        EventKind::BlockCompleted(change) => (BlockEdit::BlockCompleted, change),
        EventKind::BlockMissed(change) => (BlockEdit::BlockMissed, change),
        EventKind::BlockReopened(change) => (BlockEdit::BlockReopened, change),
        EventKind::BlockDeleted { block } => {
            return Some(FollowedKind::Block { edit: BlockEdit::BlockDeleted, payload: BlockDelta::deletion(block) });
        }
        _ => return None,
    };
    let payload = BlockDelta::between(&change.before, &change.after)?;
    Some(FollowedKind::Block { edit, payload })
}

// Frames are read field by field, because the code that serde generates for these types would add 3 kB to the client.
impl<'de> Deserialize<'de> for EventFrame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let Some(Value::Array(list)) = value.get_mut("events").map(Value::take) else {
            return Err(Error::missing_field("events"));
        };
        let mut events = Vec::with_capacity(list.len());
        for event in list {
            events.push(FollowedEvent::read(event).ok_or_else(|| Error::custom("an event cannot be read"))?);
        }
        Ok(Self { origin: Origin::read(&value), events })
    }
}

impl Origin {
    /// What cannot be read counts as missing.
    fn read(value: &Value) -> Self {
        Self {
            at: text(value, "at").and_then(flux_timeline::clock::read_instant),
            txn: id(value, "txn").map(TxnId::new),
            actor: value.get("actor").and_then(|actor| json::read(actor.clone()).ok()),
        }
    }
}

impl FollowedEvent {
    fn read(value: Value) -> Option<Self> {
        Some(Self {
            seq: value.get("seq")?.as_u64()?,
            id: EventId::new(id(&value, "id")?),
            origin: Origin::read(&value),
            reason: text(&value, "reason").map(str::to_owned),
            kind: FollowedKind::read(value)?,
        })
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

fn id(value: &Value, name: &str) -> Option<Uuid> {
    Uuid::parse_str(text(value, name)?).ok()
}

impl FollowedKind {
    fn read(mut value: Value) -> Option<Self> {
        // A delta names its block, where a whole event contains it.
        let has_delta = |path: &str| value.pointer(path).is_some_and(Value::is_string);
        let (is_change, is_reversal) = (has_delta("/payload/block"), has_delta("/payload/change/payload/block"));
        if !is_change && !is_reversal {
            return json::read(value).ok().map(|kind| Self::Whole(Box::new(kind)));
        }
        let mut payload = value.get_mut("payload")?.take();
        let name = text(&value, "type")?;
        let change = payload.get_mut("change").map(Value::take);
        if is_change {
            let block = BlockId::new(id(&payload, "block")?);
            let base = u32::try_from(payload.get("base")?.as_u64()?).ok()?;
            let change = if let Some(Value::Object(change)) = change { change } else { Map::new() };
            return Some(Self::Block { edit: BlockEdit::named(name)?, payload: BlockDelta { block, base, change } });
        }
        let (txn, change) = (TxnId::new(id(&payload, "txn")?), Box::new(Self::read(change?)?));
        let way = if name == "UNDONE" { Reversal::Undone } else { Reversal::Redone };
        Some(Self::Reversal { way, payload: Reversed { txn, change } })
    }
}

impl BlockEdit {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "BLOCK_UPDATED" => Self::BlockUpdated,
            "BLOCK_MOVED" => Self::BlockMoved,
            "BLOCK_COMPLETED" => Self::BlockCompleted,
            "BLOCK_MISSED" => Self::BlockMissed,
            "BLOCK_REOPENED" => Self::BlockReopened,
            "BLOCK_DELETED" => Self::BlockDeleted,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
