//! Undo and redo of whole transactions, last one first.
//!
//! Both are events themselves and carry what they change, so that whoever follows the log, a client for one, needs
//! nothing but the event to apply it.

use super::{Decided, Decision, Outcome, read};
use crate::event::EventKind;
use crate::rejection::Rejection;
use crate::view::TimelineView;

pub(super) fn undo<V: TimelineView>(view: &V) -> Decided<V> {
    let Some(txn) = read(view.undoable())? else { return Err(Rejection::NothingToUndo.into()) };
    let done = undoable_events(view, txn)?;
    let events = done
        .iter()
        .rev()
        .filter_map(EventKind::inverse)
        .map(|change| EventKind::Undone { txn, change: Box::new(change) })
        .collect();
    Ok(Decision { events, outcome: Outcome::Undone { events: done } })
}

pub(super) fn redo<V: TimelineView>(view: &V) -> Decided<V> {
    let Some(txn) = read(view.redoable())? else { return Err(Rejection::NothingToRedo.into()) };
    let done = undoable_events(view, txn)?;
    let events = done.iter().map(|kind| EventKind::Redone { txn, change: Box::new(kind.clone()) }).collect();
    Ok(Decision { events, outcome: Outcome::Redone { events: done } })
}

fn undoable_events<V: TimelineView>(view: &V, txn: crate::id::TxnId) -> Decided<V, Vec<EventKind>> {
    let events = read(view.transaction(txn))?;
    Ok(events.into_iter().map(|event| event.kind).filter(EventKind::is_undoable).collect())
}
