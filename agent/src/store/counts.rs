//! Counts of everything that is stored. Only the newest events are counted one by one: no row of a block or of a message is read.

use std::collections::BTreeMap;

use flux_protocol::frame::{BlockCounts, Counts};
use flux_timeline::ReadHistory;

use super::{Sql, Store, StoreError};

/// The messages of the conversation.
pub(super) const MESSAGES: &str = "SELECT count(*) FROM [messages]";

impl<S: Sql> Store<S> {
    /// Counts everything.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let (mut by_type, mut by_actor) = (BTreeMap::new(), BTreeMap::new());
        for (kind, actor, events) in self.events_by_kind_and_actor()? {
            *by_type.entry(kind).or_default() += events;
            *by_actor.entry(actor).or_default() += events;
        }
        let (blocks, plans, archived_plans) = self.head(|head| {
            let mut blocks = BlockCounts::default();
            // Blocks of deleted plans are hidden.
            for (_, counts) in head.counts.iter().filter(|(id, _)| head.plan(*id).is_some()) {
                blocks.open += counts.open;
                blocks.done += counts.done;
                blocks.appointments += counts.appointments;
            }
            let in_use = head.plans.iter().filter(|plan| plan.is_in_use()).count();
            (blocks, in_use as u64, (head.plans.len() - in_use) as u64)
        })?;
        let messages = self.query(MESSAGES, &[])?;
        Ok(Counts {
            // Events are numbered without gaps.
            events: self.last_seq()?,
            by_type,
            by_actor,
            blocks,
            plans,
            archived_plans,
            messages: messages.first().map_or(Ok(0), |row| row.count(0))?,
            prompts: self.prompt_counts()?,
        })
    }
}
