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
use serde_json::Value;

use super::delta::BlockDelta;

/// Events that were appended to the log, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EventFrame {
    /// When they were written. `None` if each event says so itself.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "flux_timeline::clock::optional_instant"
    )]
    pub at: Option<DateTime<Utc>>,
    /// Their transaction. `None` if each event names its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn: Option<TxnId>,
    /// Who did it. `None` if each event says so itself; where neither does, it was the person, directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// The events.
    pub events: Vec<FollowedEvent>,
}

/// An event in a frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowedEvent {
    /// As in [`Event`].
    pub seq: u64,
    /// As in [`Event`].
    pub id: EventId,
    /// As in [`Event`]. `None` if the frame says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// As in [`Event`]. `None` if the frame says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// As in [`Event`]. `None` if the frame says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn: Option<TxnId>,
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
    Whole(EventKind),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BlockEdit {
    /// [`EventKind::BlockUpdated`].
    BlockUpdated,
    /// [`EventKind::BlockMoved`].
    BlockMoved,
    /// [`EventKind::BlockCompleted`].
    BlockCompleted,
    /// [`EventKind::BlockReopened`].
    BlockReopened,
    /// [`EventKind::BlockDeleted`].
    BlockDeleted,
}

/// Whether a change was undone or redone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reversal {
    /// [`EventKind::Undone`].
    Undone,
    /// [`EventKind::Redone`].
    Redone,
}

/// What was undone or redone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
            at: Some(event.at),
            actor: Some(event.actor),
            txn: Some(event.txn),
            kind: FollowedKind::Whole(event.kind),
            reason: event.reason,
        });
        Self { events: events.collect(), ..Self::default() }
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
            at: Some(event.at).filter(|_| at.is_none()),
            actor: Some(event.actor.clone()).filter(|_| actor.is_none()),
            txn: Some(event.txn).filter(|_| txn.is_none()),
            kind: FollowedKind::of(&event.kind),
            reason: event.reason.clone(),
        };
        let events = events.iter().map(followed).collect();
        Self { at, txn, actor: actor.filter(|actor| **actor != Actor::User).cloned(), events }
    }

    /// The whole event. `held` finds a block as it is after the event before.
    ///
    /// `None` if the block is missing or is another version, or if the frame lacks something.
    pub fn restore<'a>(&self, event: FollowedEvent, held: impl Fn(BlockId) -> Option<&'a Block>) -> Option<Event> {
        Some(Event {
            seq: event.seq,
            id: event.id,
            at: event.at.or(self.at)?,
            actor: event.actor.or_else(|| self.actor.clone()).unwrap_or(Actor::User),
            txn: event.txn.or(self.txn)?,
            kind: event.kind.restore(&held)?,
            reason: event.reason,
        })
    }
}

impl FollowedKind {
    fn of(kind: &EventKind) -> Self {
        let (way, txn, change) = match kind {
            EventKind::Undone { txn, change } => (Reversal::Undone, txn, change),
            EventKind::Redone { txn, change } => (Reversal::Redone, txn, change),
            _ => return delta(kind).unwrap_or_else(|| Self::Whole(kind.clone())),
        };
        match Self::of(change) {
            Self::Whole(_) => Self::Whole(kind.clone()),
            change => Self::Reversal { way, payload: Reversed { txn: *txn, change: Box::new(change) } },
        }
    }

    fn restore<'a>(self, held: &dyn Fn(BlockId) -> Option<&'a Block>) -> Option<EventKind> {
        match self {
            Self::Whole(kind) => Some(kind),
            Self::Block { edit, payload } => {
                let before = held(payload.block).filter(|block| payload.fits(block))?.clone();
                let kind = match edit {
                    BlockEdit::BlockUpdated => EventKind::BlockUpdated,
                    BlockEdit::BlockMoved => EventKind::BlockMoved,
                    BlockEdit::BlockCompleted => EventKind::BlockCompleted,
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
        EventKind::BlockReopened(change) => (BlockEdit::BlockReopened, change),
        EventKind::BlockDeleted { block } => {
            return Some(FollowedKind::Block { edit: BlockEdit::BlockDeleted, payload: BlockDelta::deletion(block) });
        }
        _ => return None,
    };
    let payload = BlockDelta::between(&change.before, &change.after)?;
    Some(FollowedKind::Block { edit, payload })
}

/// The fields of an event beside its kind.
#[derive(Deserialize)]
struct Head {
    seq: u64,
    id: EventId,
    #[serde(default, deserialize_with = "flux_timeline::clock::optional_instant")]
    at: Option<DateTime<Utc>>,
    #[serde(default)]
    actor: Option<Actor>,
    #[serde(default)]
    txn: Option<TxnId>,
    #[serde(default)]
    reason: Option<String>,
}

impl<'de> Deserialize<'de> for FollowedEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let kind = json::read(value.clone()).map_err(Error::custom)?;
        let Head { seq, id, at, actor, txn, reason } = json::read(value).map_err(Error::custom)?;
        Ok(Self { seq, id, at, actor, txn, kind, reason })
    }
}

impl<'de> Deserialize<'de> for FollowedKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Block {
            r#type: BlockEdit,
            payload: BlockDelta,
        }
        #[derive(Deserialize)]
        struct Reverse {
            r#type: Reversal,
            payload: Reversed,
        }
        let value = Value::deserialize(deserializer)?;
        // A delta names its block, where a whole event contains it.
        let has_delta = |path: &str| value.pointer(path).is_some_and(Value::is_string);
        if has_delta("/payload/block") {
            let Block { r#type: edit, payload } = json::read(value).map_err(Error::custom)?;
            return Ok(Self::Block { edit, payload });
        }
        if has_delta("/payload/change/payload/block") {
            let Reverse { r#type: way, payload } = json::read(value).map_err(Error::custom)?;
            return Ok(Self::Reversal { way, payload });
        }
        json::read(value).map(Self::Whole).map_err(Error::custom)
    }
}
