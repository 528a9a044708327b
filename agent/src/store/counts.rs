//! Counts of everything that is stored. Only the newest events are counted one by one: no row of a block or of a message is read.

use std::collections::BTreeMap;

use flux_protocol::frame::{BlockCounts, Counts};
use flux_timeline::ReadHistory;

use super::{Sql, Store, StoreError, Value};

/// The messages of the conversation.
pub(super) const MESSAGES: &str = "SELECT count(*) FROM [messages]";

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
        let (mut by_type, mut by_actor) = (BTreeMap::new(), BTreeMap::new());
        for (kind, actor, events) in self.events_by_kind_and_actor()? {
            *by_type.entry(kind).or_default() += events;
            *by_actor.entry(actor).or_default() += events;
        }
        Ok(Counts {
            // Events are numbered without gaps.
            events: self.last_seq()?,
            by_type,
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

    fn pair(&self, sql: &str) -> Result<(u64, u64), StoreError> {
        let rows = self.query(sql, &[])?;
        rows.first().map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
    }
}
