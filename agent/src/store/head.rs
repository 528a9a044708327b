//! A copy in memory of the small rows that nearly every operation reads: the settings, the plans with their counts, the next handle,
//! the end of the log, which transactions undo and redo take next, and the blocks that were read or written last.
//!
//! A Durable Object is the only writer of its database, so the copy is right as long as whoever writes one of these rows also
//! changes the copy. It is read from the rows when it is first needed, and dropped when a transaction fails, because the rows are
//! then those of before.

use std::cell::Ref;

use chrono::{DateTime, Utc};
use flux_timeline::view::PlanCounts;
use flux_timeline::{Block, BlockId, Handle, Plan, PlanId, ReadBlocks, ReadPlans, Settings, TxnId};

use super::{Row, Sql, Store, StoreError, Value, id, parse};

/// The number of blocks that are kept. People and models change the same few blocks again and again.
const RECENT: usize = 16;
/// Largest block that is kept, in bytes of its description. One has at most 50 kB, and a process has many objects.
const RECENT_BYTES: usize = 2_000;

/// The copy.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub settings: Settings,
    /// All plans, oldest first.
    pub plans: Vec<Plan>,
    pub active_plan: Option<PlanId>,
    /// The blocks of each plan that has or had any, including deleted plans.
    pub counts: Vec<(PlanId, PlanCounts)>,
    pub next_handle: Handle,
    /// What [`Store::store_head`] has to write: one transaction can add many blocks.
    unsaved: Unsaved,
    /// The number and the time of the last event; 0 and 1970 if there is none. `None` until it is asked for: tables that are
    /// being built have no log of their own.
    pub last: Option<(u64, DateTime<Utc>)>,
    /// What undo and redo take next. `None` after an undo or a redo, until it is asked for.
    pub history: Option<HistoryHead>,
    /// The blocks that were read or written last, the newest at the end.
    recent: Vec<Block>,
}

/// What has changed in the copy only.
#[derive(Debug, Clone, Default)]
struct Unsaved {
    counts: Vec<PlanId>,
    next_handle: bool,
}

/// The tops of the two stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HistoryHead {
    pub undoable: Option<TxnId>,
    pub redoable: Option<TxnId>,
}

impl Head {
    fn read<S: Sql>(store: &Store<S>) -> Result<Self, StoreError> {
        let state = store.query("SELECT settings, active_plan, next_handle FROM [state]", &[])?;
        let state = state.first().ok_or_else(without_state)?;
        let plans = store.query("SELECT json FROM [plans] ORDER BY created_ms, id", &[])?;
        let counts = store.query("SELECT plan, open, done, appointments FROM [plan_counts]", &[])?;
        let count = |row: &Row| {
            let counts = PlanCounts { open: row.count(1)?, done: row.count(2)?, appointments: row.count(3)? };
            Ok((id("plan_counts", &row.text(0)?)?, counts))
        };
        let next_handle = Handle::new(u32::try_from(state.count(2)?).unwrap_or(u32::MAX));
        Ok(Self {
            settings: parse("state", &state.text(0)?)?,
            plans: plans.iter().map(|row| parse("plans", &row.text(0)?)).collect::<Result<_, StoreError>>()?,
            active_plan: state.optional_text(1)?.map(|plan| id("state", &plan)).transpose()?,
            counts: counts.iter().map(count).collect::<Result<_, StoreError>>()?,
            next_handle,
            unsaved: Unsaved::default(),
            last: None,
            history: None,
            recent: Vec::new(),
        })
    }

    /// The plan with this id.
    pub fn plan(&self, id: PlanId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == id)
    }

    /// A block that was read or written lately.
    pub fn recent(&self, is_wanted: impl Fn(&Block) -> bool) -> Option<&Block> {
        self.recent.iter().rfind(|block| is_wanted(block))
    }

    /// Keeps a block that was read or written.
    pub fn keep(&mut self, block: &Block) {
        self.forget(block.id);
        if block.description.as_ref().is_some_and(|text| text.as_str().len() > RECENT_BYTES) {
            return;
        }
        if self.recent.len() >= RECENT {
            self.recent.remove(0);
        }
        self.recent.push(block.clone());
    }

    /// Forgets a block that was deleted or is changed in its row only.
    pub fn forget(&mut self, id: BlockId) {
        self.recent.retain(|block| block.id != id);
    }

    fn count(&mut self, block: &Block, by: i64) {
        let plan = block.plan;
        let place = self.counts.iter().position(|(id, _)| *id == plan).unwrap_or_else(|| {
            self.counts.push((plan, PlanCounts::default()));
            self.counts.len() - 1
        });
        let Some((_, counts)) = self.counts.get_mut(place) else { return };
        let count = counts.of(block);
        *count = count.saturating_add_signed(by);
        if !self.unsaved.counts.contains(&plan) {
            self.unsaved.counts.push(plan);
        }
    }

    fn use_handle(&mut self, handle: Handle) {
        if handle >= self.next_handle {
            self.next_handle = handle.next();
            self.unsaved.next_handle = true;
        }
    }
}

fn without_state() -> StoreError {
    StoreError::Corrupt { table: "state", cause: "it has no row".to_owned() }
}

impl<S: Sql> Store<S> {
    /// Reads from the copy.
    pub(super) fn head<T>(&self, read: impl FnOnce(&Head) -> T) -> Result<T, StoreError> {
        Ok(read(&*self.loaded_head()?))
    }

    /// The copy, which is read from the rows if it was not yet. It is not generic, so that the Worker contains it once.
    fn loaded_head(&self) -> Result<Ref<'_, Head>, StoreError> {
        if self.head.borrow().is_none() {
            let head = Head::read(self)?;
            self.head.replace(Some(head));
        }
        Ref::filter_map(self.head.borrow(), Option::as_ref).map_err(|_| without_state())
    }

    /// Changes the copy after a row was written. A copy that was not read yet has nothing to change.
    pub(super) fn change_head(&self, change: impl FnOnce(&mut Head)) {
        if let Some(head) = self.head.borrow_mut().as_mut() {
            change(head);
        }
    }

    /// Stores what has changed in the copy only.
    pub(super) fn store_head(&self) -> Result<(), StoreError> {
        let unsaved = self.head.borrow_mut().as_mut().map(|head| std::mem::take(&mut head.unsaved)).unwrap_or_default();
        if unsaved.next_handle {
            let next = self.next_handle()?;
            self.execute("UPDATE [state] SET next_handle = ?", &[Value::Integer(next.number().into())])?;
        }
        for plan in unsaved.counts {
            let PlanCounts { open, done, appointments } = self.plan_counts(plan)?;
            let sql = "INSERT OR REPLACE INTO [plan_counts] (plan, open, done, appointments) VALUES (?, ?, ?, ?)";
            self.execute(sql, &[plan.to_string().into(), open.into(), done.into(), appointments.into()])?;
        }
        Ok(())
    }

    /// Counts a block in, or out with `by` = -1. [`Store::store_head`] must run before the transaction ends.
    pub(super) fn count_block(&self, block: &Block, by: i64) -> Result<(), StoreError> {
        self.head(|_| ())?;
        self.change_head(|head| {
            head.count(block, by);
            if by > 0 {
                head.use_handle(block.handle);
            }
        });
        Ok(())
    }

    /// Drops the copy, so that it is read again.
    pub(super) fn forget_head(&self) {
        self.head.replace(None);
    }

    /// The number and the time of the last event; 0 and 1970 if there is none.
    pub(super) fn last_event(&self) -> Result<(u64, DateTime<Utc>), StoreError> {
        if let Some(last) = self.head(|head| head.last)? {
            return Ok(last);
        }
        let rows = self.query("SELECT seq, at_ms FROM [events] ORDER BY seq DESC LIMIT 1", &[])?;
        let last = match rows.first() {
            Some(row) => (row.count(0)?, DateTime::from_timestamp_millis(row.integer(1)?).unwrap_or_default()),
            None => (0, DateTime::UNIX_EPOCH),
        };
        self.change_head(|head| head.last = Some(last));
        Ok(last)
    }

    /// What undo and redo take next.
    pub(super) fn history_head(&self) -> Result<HistoryHead, StoreError> {
        if let Some(history) = self.head(|head| head.history)? {
            return Ok(history);
        }
        let top = |sql: &str| -> Result<Option<TxnId>, StoreError> {
            self.query(sql, &[])?.first().map(|row| id("history", &row.text(0)?)).transpose()
        };
        // Few are skipped: the undone ones are at the end, and those that cannot be redone are rare.
        let undoable = top("SELECT txn FROM [history] WHERE undone <= 0 ORDER BY position DESC LIMIT 1")?;
        let redoable = top("SELECT txn FROM [history] WHERE undone = 1 ORDER BY position DESC LIMIT 1")?;
        let history = HistoryHead { undoable, redoable };
        self.change_head(|head| head.history = Some(history));
        Ok(history)
    }
}
