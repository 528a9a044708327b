//! The log: appending, reading, and projecting each event into the tables of the timeline.

use chrono::{DateTime, TimeDelta, Utc};
use flux_tools::{Actor, Event, EventId, EventKind, Run, TimelineView, TxnId};

use super::{Sql, Store, StoreError, json, millis, parse};

/// What is written together.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// Its id.
    pub id: TxnId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// What happened, in order.
    pub kinds: Vec<EventKind>,
}

impl<S: Sql> Store<S> {
    /// Appends a transaction and projects it. Must run within [`Sql::transaction`], together with the reads on which
    /// the decision was based.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn append(
        &self,
        transaction: Transaction,
        mut event_id: impl FnMut() -> EventId,
    ) -> Result<Vec<Event>, StoreError> {
        let Transaction { id: txn, at, actor, kinds } = transaction;
        let first = self.last_seq()? + 1;
        let mut events = Vec::with_capacity(kinds.len());
        for (seq, kind) in (first..).zip(kinds) {
            let event = Event { seq, id: event_id(), at, actor: actor.clone(), txn, kind, reason: None };
            self.sql.query(
                "INSERT INTO events (seq, id, at_ms, txn, type, json) VALUES (?, ?, ?, ?, ?, ?)",
                &[
                    seq.into(),
                    event.id.to_string().into(),
                    millis(at),
                    txn.to_string().into(),
                    event.kind.name().into(),
                    json("events", &event)?,
                ],
            )?;
            self.project(&event.kind)?;
            events.push(event);
        }
        self.remember(txn, &events)?;
        Ok(events)
    }

    /// The number of the newest event; 0 where there is none.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn last_seq(&self) -> Result<u64, StoreError> {
        let rows = self.sql.query("SELECT coalesce(max(seq), 0) FROM events", &[])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    /// Events after a number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn events_after(&self, seq: u64, limit: u64) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT json FROM events WHERE seq > ? ORDER BY seq LIMIT ?";
        let rows = self.sql.query(sql, &[seq.into(), limit.into()])?;
        rows.iter().map(|row| parse("events", &row.text(0)?)).collect()
    }

    /// The newest events, oldest first, at most `limit`.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn newest_events(&self, limit: u64) -> Result<Vec<Event>, StoreError> {
        self.events_after(self.last_seq()?.saturating_sub(limit), limit)
    }

    pub(super) fn events_of(&self, txn: TxnId) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT json FROM events WHERE txn = ? ORDER BY seq";
        let rows = self.sql.query(sql, &[txn.to_string().into()])?;
        rows.iter().map(|row| parse("events", &row.text(0)?)).collect()
    }

    /// The counterpart of [`flux_tools::Timeline::apply`] in rows; a property test holds the two together.
    fn project(&self, kind: &EventKind) -> Result<(), StoreError> {
        match kind {
            EventKind::PlanCreated { plan } => self.put_plan(plan),
            EventKind::PlanRenamed { plan, after, .. } => match self.plan(*plan)? {
                Some(mut plan) => {
                    plan.title = after.clone();
                    self.put_plan(&plan)
                }
                None => Ok(()),
            },
            EventKind::PlanSwitched { after, .. } => self.set_active_plan(*after),
            EventKind::PlanDeleted { plan } => self.delete_plan(plan.id),
            EventKind::BlockScheduled { block } => self.put_block(block),
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockReopened(change) => self.put_block(&change.after),
            EventKind::BlockDeleted { block } => self.delete_block(block.id),
            EventKind::TimelineShifted { by_ms, blocks, .. } => {
                for id in blocks {
                    let Some(mut block) = self.stored_block(*id)? else { continue };
                    if let Ok(span) = block.span.shifted(TimeDelta::milliseconds(*by_ms)) {
                        block.span = span;
                        self.put_block(&block)?;
                    }
                }
                Ok(())
            }
            EventKind::WorkflowStarted { run } => self.put_run(run),
            EventKind::WorkflowProgressed(change)
            | EventKind::WorkflowCompleted(change)
            | EventKind::WorkflowFailed(change)
            | EventKind::WorkflowCancelled(change)
            | EventKind::WorkflowRetried(change) => match self.run(change.run)? {
                Some(run) => self.put_run(&Run { state: change.state.clone(), ..run }),
                None => Ok(()),
            },
            EventKind::Undone { change, .. } | EventKind::Redone { change, .. } => self.project(change),
            EventKind::SettingsChanged { after, .. } => self.set_settings(after),
        }
    }

    /// Keeps what undo and redo take next.
    fn remember(&self, txn: TxnId, events: &[Event]) -> Result<(), StoreError> {
        let mark = "UPDATE history SET undone = ? WHERE txn = ?";
        for event in events {
            match &event.kind {
                EventKind::Undone { txn, .. } => {
                    self.sql.query(mark, &[1_i64.into(), txn.to_string().into()])?;
                }
                EventKind::Redone { txn, .. } => {
                    self.sql.query(mark, &[0_i64.into(), txn.to_string().into()])?;
                }
                _ => {}
            }
        }
        if events.iter().any(Event::is_undoable) {
            self.sql.query("DELETE FROM history WHERE undone = 1", &[])?;
            self.sql.query("INSERT OR IGNORE INTO history (txn, undone) VALUES (?, 0)", &[txn.to_string().into()])?;
        }
        Ok(())
    }
}
