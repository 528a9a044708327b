//! Computing the projection anew from the log, when a version of the service computes something else.
//!
//! A log can be larger than what one event of a Durable Object may compute. So the new rows are built in tables of their own, a
//! slice of the log at a time, while the old rows are read. When all of the log is in them, the new tables replace the old ones
//! in one transaction. Until then the log must not grow, so [`Store::append`] refuses.

use std::rc::Rc;

use flux_timeline::{EventKind, ReadHistory};

use super::schema::{self, Table};
use super::{Sql, Store, StoreError};

/// The version of the data that is computed from the log. When it changes, each database computes that data again, once.
pub(super) const COMPUTED: i64 = 4;
/// The number of rows that one event of a Durable Object builds, about. It takes less than 2 s of CPU in the Worker.
pub const REBUILD_ROWS: u64 = 2_000;
/// The number of rows that are built in a second, about, as measured in workerd. It is used to tell people how long it takes.
pub(super) const ROWS_PER_SECOND: u64 = 1_500;
/// The number of events that are read at a time. An event has up to 1,000 ids, so a page has a few MB at most.
pub(super) const PAGE: u64 = 100;

/// A projection that is being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuild {
    /// The last event that is in it; 0 before the first.
    pub seq: u64,
    /// The last event of the log.
    pub last: u64,
}

impl Rebuild {
    /// The time until it is complete, in seconds. An estimate, at least 1.
    pub const fn seconds(self) -> u64 {
        self.last.saturating_sub(self.seq) / ROWS_PER_SECOND + 1
    }
}

impl<S: Sql> Store<S> {
    /// The same store with other tables: a prefix is put before the name of each table that is in brackets.
    pub(super) fn shadow(&self, generation: u64) -> Self
    where
        S: Clone,
    {
        Self { prefix: Some(Rc::from(prefix(generation))), head: Rc::default(), ..self.clone() }
    }

    /// The number of the next set of tables.
    pub(super) fn next_generation(&self) -> Result<u64, StoreError> {
        let rows = self.query("SELECT generation FROM computed", &[])?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))? + 1)
    }

    /// Creates tables under the names of this store.
    pub(super) fn create_tables(&self, tables: &[Table]) -> Result<(), StoreError> {
        for statement in tables.iter().flat_map(|table| table.statements) {
            self.query(statement, &[])?;
        }
        Ok(())
    }

    /// Deletes the tables of a set that was not completed.
    pub(super) fn drop_shadows(&self, generation: u64) -> Result<(), StoreError> {
        for table in schema::RECORDED.iter().chain(schema::COMPUTED) {
            self.query(&format!("DROP TABLE IF EXISTS [{}{}]", shadow_prefix(generation), table.name), &[])?;
        }
        Ok(())
    }

    /// Replaces tables by the ones of a new set. The columns of `state` that are not computed stay. Must run within a transaction.
    pub(super) fn swap_in(&self, generation: u64, tables: &[&[Table]]) -> Result<(), StoreError> {
        let prefix = shadow_prefix(generation);
        self.query(
            &format!(
                "UPDATE [state] SET (settings, active_plan, next_handle) =
                 (SELECT settings, active_plan, next_handle FROM [{prefix}state])"
            ),
            &[],
        )?;
        self.query(&format!("DROP TABLE [{prefix}state]"), &[])?;
        let names = || tables.iter().copied().flatten().map(|table| table.name).filter(|name| *name != "state");
        // All are dropped first: a trigger of an old table may name another, and a rename fails if that one does not exist.
        for name in names() {
            self.query(&format!("DROP TABLE [{name}]"), &[])?;
        }
        for name in names() {
            self.query(&format!("ALTER TABLE [{prefix}{name}] RENAME TO [{name}]"), &[])?;
        }
        self.query(
            "UPDATE computed SET generation = ?, past_from = 0, past_wanted = NULL, past_looked_ms = NULL",
            &[generation.into()],
        )?;
        self.forget_head();
        self.is_computed()
    }

    /// Records that the computed data has the current version.
    pub(super) fn is_computed(&self) -> Result<(), StoreError> {
        self.execute("UPDATE computed SET version = ?, building = NULL, built = 0", &[COMPUTED.into()])
    }

    /// Fails while the projection is being built.
    pub(super) fn check_writable(&self) -> Result<(), StoreError> {
        if !self.is_rebuilding.get() {
            return Ok(());
        }
        let seconds = self.rebuild()?.map_or(1, Rebuild::seconds);
        Err(StoreError::Rebuilding { seconds })
    }

    /// Whether the projection is being built. Answers from memory, so it costs no statement.
    pub fn is_rebuilding(&self) -> bool {
        self.is_rebuilding.get()
    }

    /// The projection that is being built, if the one in use is of an earlier version.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn rebuild(&self) -> Result<Option<Rebuild>, StoreError> {
        let sql = "SELECT version, CASE WHEN building = ? THEN built ELSE 0 END FROM computed";
        let rows = self.query(sql, &[COMPUTED.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.integer(0)? >= COMPUTED {
            return Ok(None);
        }
        Ok(Some(Rebuild { seq: row.count(1)?, last: self.last_seq()? }))
    }
}

impl<S: Sql + Clone> Store<S> {
    /// Goes on with building the projection, by about `rows` rows, in one transaction. After the last ones, the new
    /// projection is in use.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn rebuild_slice(&self, rows: u64) -> Result<(), StoreError> {
        self.sql_transaction(|store| store.rebuild_within(rows))?;
        self.is_rebuilding.set(self.rebuild()?.is_some());
        Ok(())
    }

    fn rebuild_within(&self, rows: u64) -> Result<(), StoreError> {
        let Some(mut rebuild) = self.rebuild()? else { return Ok(()) };
        let generation = self.next_generation()?;
        let new = self.shadow(generation);
        if rebuild.seq == 0 {
            // An earlier version of the service may have begun.
            self.drop_shadows(generation)?;
            new.create_tables(schema::COMPUTED)?;
        }
        rebuild.seq = new.build(self, rebuild.seq, rows)?;
        new.store_head()?;
        if rebuild.seq >= rebuild.last {
            self.drop_event_indexes()?;
            return self.swap_in(generation, &[schema::COMPUTED]);
        }
        let sql = "UPDATE computed SET building = ?, built = ?";
        self.execute(sql, &[COMPUTED.into(), rebuild.seq.into()])
    }

    /// Drops the indexes of the log that earlier versions needed. Their names may have a prefix.
    fn drop_event_indexes(&self) -> Result<(), StoreError> {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events'
                   AND (name GLOB '*events_by_time' OR name GLOB '*events_by_type' OR name GLOB '*events_by_actor')";
        for row in self.query(sql, &[])? {
            self.query(&format!("DROP INDEX \"{}\"", row.text(0)?), &[])?;
        }
        Ok(())
    }

    /// Projects the next events of the log that `log` contains, until about `limit` rows were changed. Returns the number of the last
    /// event.
    fn build(&self, log: &Self, after: u64, limit: u64) -> Result<u64, StoreError> {
        let (mut last, mut rows) = (after, 0);
        loop {
            let events = log.events_after(last, PAGE)?;
            for event in &events {
                if rows >= limit {
                    return Ok(last);
                }
                last = event.seq;
                rows += event.kind.rows();
                // Runs stay as they are, because their rows contain data that the log lacks.
                if !event.kind.is_about_run() {
                    self.project(event.seq, &event.kind)?;
                }
                self.index(event, log)?;
                self.close_group(log, event.seq)?;
            }
            if events.is_empty() {
                return Ok(last);
            }
        }
    }
}

/// The cost of an event of the plans, in rows. It stores all plans, of which there are at most 200.
const PLAN_ROWS: u64 = 20;

/// The number of rows that an event changes, about.
pub(super) trait Rows {
    /// At least 1.
    fn rows(&self) -> u64;
}

impl Rows for EventKind {
    fn rows(&self) -> u64 {
        match self {
            Self::TimelineShifted { blocks, .. } => blocks.len().max(1) as u64,
            Self::Undone { change, .. } | Self::Redone { change, .. } => change.rows(),
            kind if kind.changes_plan_snapshot() => PLAN_ROWS,
            _ => 1,
        }
    }
}

/// What replaces an opening bracket.
fn prefix(generation: u64) -> String {
    format!("[{}", shadow_prefix(generation))
}

fn shadow_prefix(generation: u64) -> String {
    format!("g{generation}_")
}
