//! The log. Each appended event is projected to the rows of the timeline, of its past, and of the undo and redo stacks.

use chrono::{DateTime, Utc};
use flux_timeline::event::shifted;
use flux_timeline::{Actor, Event, EventId, EventKind, PlanId, ReadHistory, ReadPlans, ReadRuns, Run, TxnId};

use uuid::Uuid;

use super::head::HistoryHead;
use super::{Sql, Store, StoreError, Value, json, millis, parse};

/// A transaction to append.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// Its id.
    pub id: TxnId,
    /// The time.
    pub at: DateTime<Utc>,
    /// The actor.
    pub actor: Actor,
    /// The events in order.
    pub kinds: Vec<EventKind>,
}

/// A query of events. The default is all events, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Only events after this number.
    pub after: Option<u64>,
    /// Only events before this number.
    pub before: Option<u64>,
    /// Only events of this kind, for example `BLOCK_MOVED`.
    pub name: Option<String>,
    /// Only events by `user`, `assistant`, `workflow` or `system`.
    pub actor: Option<String>,
    /// Only events about this plan, block or run.
    pub about: Option<Uuid>,
    /// Only events about this plan, one of its blocks, or a run that was started for it.
    pub plan: Option<PlanId>,
    /// Only events of this transaction.
    pub txn: Option<TxnId>,
    /// Only events at or after this moment.
    pub from: Option<DateTime<Utc>>,
    /// Only events before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Whether the newest events come first.
    pub newest_first: bool,
    /// At most this many.
    pub limit: u64,
}

impl<S: Sql> Store<S> {
    /// Appends a transaction and projects it. Must run within [`Sql::transaction`], together with the reads that the decision was
    /// based on.
    ///
    /// # Errors
    /// [`StoreError::Rebuilding`], and the errors of the engine.
    pub fn append(
        &self,
        transaction: Transaction,
        mut event_id: impl FnMut() -> EventId,
    ) -> Result<Vec<Event>, StoreError> {
        let Transaction { id: txn, at, actor, kinds } = transaction;
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        self.check_writable()?;
        let (last, last_at) = self.last_event()?;
        let first = last + 1;
        // The clock of a machine can be set back. The log never goes back.
        let at = at.max(last_at);
        let mut events = Vec::with_capacity(kinds.len());
        for (seq, kind) in (first..).zip(kinds) {
            let event = Event { seq, id: event_id(), at, actor: actor.clone(), txn, kind, reason: None };
            self.insert(&event)?;
            events.push(event);
        }
        self.store_head()?;
        Ok(events)
    }

    /// Writes an event to the log, and the data that is computed from it. [`Store::store_head`] must run before the transaction
    /// ends.
    pub(super) fn insert(&self, event: &Event) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO [events] (seq, id, at_ms, txn, type, json) VALUES (?, ?, ?, ?, ?, ?)",
            &[
                event.seq.into(),
                event.id.to_string().into(),
                millis(event.at),
                event.txn.to_string().into(),
                event.kind.name().into(),
                json("events", event)?,
            ],
        )?;
        self.change_head(|head| head.last = Some((event.seq, event.at)));
        self.project(event.seq, &event.kind)?;
        self.index(event, self)?;
        self.close_group(self, event.seq)
    }

    /// The identity of the log, which is the id of its first event.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn log(&self) -> Result<Option<EventId>, StoreError> {
        Ok(self.events_after(0, 1)?.first().map(|event| event.id))
    }

    /// Whether an earlier event has the id of this one.
    pub(super) fn repeats_id(&self, event: &Event) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM [events] WHERE id = ? AND seq < ?";
        Ok(!self.query(sql, &[event.id.to_string().into(), event.seq.into()])?.is_empty())
    }

    /// Events after a number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn events_after(&self, seq: u64, limit: u64) -> Result<Vec<Event>, StoreError> {
        self.events(&EventQuery { after: Some(seq), limit, ..EventQuery::default() })
    }

    /// The events that match, at most `query.limit`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        let is_about = query.about.is_some() || query.plan.is_some() || query.txn.is_some();
        if !is_about && (query.name.is_some() || query.actor.is_some()) {
            return self.filtered(query);
        }
        let mut sql = "SELECT e.json FROM [events] e".to_owned();
        let mut params: Vec<Value> = Vec::new();
        // An event about a block is also about its plan.
        for (subject, join) in [
            (query.about, " JOIN [subjects] s ON s.seq = e.seq AND s.subject = ?"),
            (query.plan.map(|plan| plan.uuid()), " JOIN [subjects] p ON p.seq = e.seq AND p.subject = ?"),
        ] {
            if let Some(subject) = subject {
                sql.push_str(join);
                params.push(subject.to_string().into());
            }
        }
        sql.push_str(" WHERE 1 = 1");
        let mut add = |condition: &str, param: Option<Value>| {
            if let Some(param) = param {
                sql.push_str(condition);
                params.push(param);
            }
        };
        add(" AND e.seq > ?", query.after.map(Value::from));
        add(" AND e.seq < ?", query.before.map(Value::from));
        add(" AND e.type = ?", query.name.as_deref().map(Value::from));
        add(" AND json_extract(e.json, '$.actor.by') = ?", query.actor.as_deref().map(Value::from));
        add(" AND e.txn = ?", query.txn.map(|txn| txn.to_string().into()));
        add(" AND e.seq > ?", query.from.map(|from| self.seq_before(from)).transpose()?.map(Value::from));
        add(" AND e.seq <= ?", query.until.map(|until| self.seq_before(until)).transpose()?.map(Value::from));
        sql.push_str(if query.newest_first { " ORDER BY e.seq DESC LIMIT ?" } else { " ORDER BY e.seq LIMIT ?" });
        params.push(query.limit.into());
        self.query(&sql, &params)?.iter().map(|row| parse("events", &row.text(0)?)).collect()
    }

    /// The newest events, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn newest_events(&self, limit: u64) -> Result<Vec<Event>, StoreError> {
        self.events_after(self.last_seq()?.saturating_sub(limit), limit)
    }

    pub(super) fn events_of(&self, txn: TxnId) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT json FROM [events] WHERE txn = ? ORDER BY seq";
        let rows = self.query(sql, &[txn.to_string().into()])?;
        rows.iter().map(|row| parse("events", &row.text(0)?)).collect()
    }

    /// Projects an event to rows, as [`flux_timeline::Timeline::apply`] does in memory. A property test compares the two.
    pub(super) fn project(&self, seq: u64, kind: &EventKind) -> Result<(), StoreError> {
        match kind {
            EventKind::PlanCreated { plan } => self.put_plan(plan),
            EventKind::PlanRenamed { plan, after, .. } => self.change_plan(*plan, |plan| plan.title = after.clone()),
            EventKind::PlanArchived { plan, at } => self.change_plan(*plan, |plan| plan.archived_at = Some(*at)),
            EventKind::PlanUnarchived { plan, .. } => self.change_plan(*plan, |plan| plan.archived_at = None),
            EventKind::PlanRecolored { plan, after, .. } => self.change_plan(*plan, |plan| plan.color = *after),
            EventKind::PlanSwitched { after, .. } => self.set_active_plan(*after),
            EventKind::PlanDeleted { plan } => self.delete_plan(plan.id),
            EventKind::BlockScheduled { block } => self.insert_block(seq, block),
            EventKind::BlockUpdated(change)
            | EventKind::BlockMoved(change)
            | EventKind::BlockCompleted(change)
            | EventKind::BlockMissed(change)
            | EventKind::BlockReopened(change) => self.update_block(seq, &change.before, &change.after),
            EventKind::BlockDeleted { block } => self.delete_block(seq, block),
            EventKind::TimelineShifted { by_ms, blocks, spans, .. } => {
                self.move_blocks(seq, blocks, |place, span| shifted(spans, *by_ms, place, span))
            }
            EventKind::SeriesCreated { series } => self.put_series(seq, series),
            EventKind::SeriesChanged { after, .. } => self.change_series(seq, after),
            EventKind::SeriesDeleted { series } => self.end_series(seq, series.id),
            EventKind::GoalCreated { goal } => self.put_goal(seq, goal),
            EventKind::GoalChanged(change) => self.change_goal(seq, change),
            EventKind::GoalDeleted { goal } => self.end_goal(seq, goal.id),
            EventKind::WorkflowStarted { run } => self.put_run(run),
            EventKind::WorkflowProgressed(change)
            | EventKind::WorkflowCompleted(change)
            | EventKind::WorkflowFailed(change)
            | EventKind::WorkflowCancelled(change)
            | EventKind::WorkflowRetried(change) => match self.run(change.run)? {
                Some(run) => self.put_run(&Run { state: change.state.clone(), ..run }),
                None => Ok(()),
            },
            EventKind::Undone { change, .. } | EventKind::Redone { change, .. } => self.project(seq, change),
            EventKind::SettingsChanged { before, after } => self.set_settings(&self.settings()?.changed(before, after)),
        }
    }

    /// Records the subjects of an event of `log`, the plans and settings after it, and the undo and redo stacks.
    pub(super) fn index(&self, event: &Event, log: &Self) -> Result<(), StoreError> {
        self.note_subjects(event)?;
        if event.kind.changes_plan_snapshot() {
            self.keep_plans(event.seq)?;
        }
        match &event.kind {
            EventKind::Undone { txn, .. } => self.note_undone(event, *txn, log),
            EventKind::Redone { txn, .. } => self.note_redone(event, *txn),
            _ if event.is_undoable() => self.note_undoable(event),
            _ => Ok(()),
        }
    }

    fn note_subjects(&self, event: &Event) -> Result<(), StoreError> {
        const TWO: &str = "INSERT OR IGNORE INTO [subjects] (subject, seq) VALUES (?2, ?1), (?3, ?1)";
        const ANY: &str = "INSERT OR IGNORE INTO [subjects] (subject, seq) SELECT value, ?1 FROM json_each(?2)";
        // Nearly all events are about a block and its plan.
        let subjects = event.kind.subjects();
        match subjects.as_slice() {
            [one, other] => self.execute(TWO, &[event.seq.into(), one.to_string().into(), other.to_string().into()]),
            all => self.execute(ANY, &[event.seq.into(), json("subjects", &all)?]),
        }
    }

    /// Puts the transaction of an event on top of the done ones. What could be redone until then, no longer can.
    fn note_undoable(&self, event: &Event) -> Result<(), StoreError> {
        let HistoryHead { undoable, redoable } = self.history_head()?;
        if redoable.is_some() {
            self.execute("UPDATE [history] SET undone = 2 WHERE undone = 1", &[])?;
        }
        if undoable != Some(event.txn) {
            let sql = "INSERT INTO [history] (position, txn, undone) VALUES (?, ?, 0)";
            self.execute(sql, &[event.seq.into(), event.txn.to_string().into()])?;
        }
        self.change_head(|head| head.history = Some(HistoryHead { undoable: Some(event.txn), redoable: None }));
        Ok(())
    }

    /// Puts a transaction on top of the undone ones. An undo has an event for each event that it reverts; the first one counts.
    fn note_undone(&self, event: &Event, txn: TxnId, log: &Self) -> Result<(), StoreError> {
        // A transaction that was not redone has the number of one of its events.
        let rows = log.query("SELECT seq FROM [events] WHERE txn = ?", &[txn.to_string().into()])?;
        let positions = rows.iter().map(|row| row.count(0)).collect::<Result<Vec<_>, _>>()?;
        self.execute(
            "UPDATE [history] SET undone = 1, undone_by = ?1, position = ?2
             WHERE position = coalesce(
                (SELECT position FROM [history] WHERE txn = ?3 AND undone <> 0 AND undone = -1),
                (SELECT position FROM [history] WHERE position IN (SELECT value FROM json_each(?4)) AND undone = 0)
             )",
            &[event.txn.to_string().into(), event.seq.into(), txn.to_string().into(), json("history", &positions)?],
        )?;
        self.change_head(|head| head.history = None);
        Ok(())
    }

    /// Puts an undone transaction on top of the done ones.
    fn note_redone(&self, event: &Event, txn: TxnId) -> Result<(), StoreError> {
        self.execute(
            "UPDATE [history] SET undone = -1, undone_by = NULL, position = ?
             WHERE txn = ? AND undone <> 0 AND undone > 0",
            &[event.seq.into(), txn.to_string().into()],
        )?;
        self.change_head(|head| head.history = None);
        Ok(())
    }
}
