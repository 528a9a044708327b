//! Counts of everything that is stored. They are counted in indexes, so no row of the log, of a block or of a message is read.

use std::collections::BTreeMap;

use flux_protocol::frame::{BlockCounts, Counts};
use flux_timeline::ReadHistory;

use super::{Sql, Store, StoreError, Value};

/// Events by kind. The index contains nothing else.
pub(super) const BY_TYPE: &str = "SELECT type, count(*) FROM [events] GROUP BY type";
/// Events by one of [`ACTORS`], with the expression of the index. Grouping by it would read every row of the log.
pub(super) const BY_ACTOR: &str = "SELECT count(*) FROM [events] WHERE json_extract(json, '$.actor.by') = ?";
/// The messages of the conversation.
pub(super) const MESSAGES: &str = "SELECT count(*) FROM [messages]";

/// The names of actors in the log.
const ACTORS: [&str; 4] = ["user", "assistant", "workflow", "system"];

impl<S: Sql> Store<S> {
    /// Counts everything.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        // Blocks are counted when they change. Blocks of deleted plans are hidden.
        let blocks = "SELECT coalesce(sum(c.open), 0), coalesce(sum(c.done), 0)
                      FROM [plan_counts] c JOIN [plans] p ON p.id = c.plan";
        let plans = "SELECT count(*), coalesce(sum(archived), 0) FROM [plans]";
        let ((open, done), (all, archived_plans)) = (self.pair(blocks)?, self.pair(plans)?);
        let mut by_actor = BTreeMap::new();
        for actor in ACTORS {
            let count = self.count(BY_ACTOR, &[actor.into()])?;
            if count > 0 {
                by_actor.insert(actor.to_owned(), count);
            }
        }
        Ok(Counts {
            // Events are numbered without gaps.
            events: self.last_seq()?,
            by_type: self.by_type()?,
            by_actor,
            blocks: BlockCounts { open, done },
            plans: all - archived_plans,
            archived_plans,
            messages: self.count(MESSAGES, &[])?,
            prompts: self.prompt_counts()?,
        })
    }

    fn count(&self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        let rows = self.query(sql, params)?;
        Ok(rows.first().map_or(Ok(0), |row| row.count(0))?)
    }

    fn by_type(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        for row in self.query(BY_TYPE, &[])? {
            counts.insert(row.text(0)?, row.count(1)?);
        }
        Ok(counts)
    }

    fn pair(&self, sql: &str) -> Result<(u64, u64), StoreError> {
        let rows = self.query(sql, &[])?;
        rows.first().map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
    }
}
