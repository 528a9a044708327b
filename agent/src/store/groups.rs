//! How many events of each kind and actor there are in each [`GROUP`] of events.
//!
//! The history can be filtered by kind and by actor. An index of all events would be written with each of them. Groups are
//! written once in a while, and a filter skips those without an event that matches.

use flux_timeline::Event;

use super::{EventQuery, Sql, Store, StoreError, Value, json, parse};

/// The number of events of a group. For each event that a filter finds, it reads at most as many.
pub(super) const GROUP: u64 = 250;

impl<S: Sql> Store<S> {
    /// Counts the group that ends with event `seq` in `log`, if one does.
    pub(super) fn close_group(&self, log: &Self, seq: u64) -> Result<(), StoreError> {
        if !seq.is_multiple_of(GROUP) {
            return Ok(());
        }
        let counts = log.count_events(seq - GROUP, seq)?;
        self.execute(
            "INSERT OR REPLACE INTO [event_groups] (first, type, actor, events)
             SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2)",
            &[(seq - GROUP + 1).into(), json("event_groups", &counts)?],
        )
    }

    /// Counts the events after a number, up to and with another, by kind and actor.
    fn count_events(&self, after: u64, last: u64) -> Result<Vec<(String, String, u64)>, StoreError> {
        let sql = "SELECT type, json_extract(json, '$.actor.by'), count(*) FROM [events] WHERE seq > ? AND seq <= ?
                   GROUP BY 1, 2";
        self.query(sql, &[after.into(), last.into()])?
            .iter()
            .map(|row| Ok((row.text(0)?, row.text(1)?, row.count(2)?)))
            .collect()
    }

    /// Counts all events by kind and actor. A kind can come twice with the same actor.
    pub(super) fn events_by_kind_and_actor(&self) -> Result<Vec<(String, String, u64)>, StoreError> {
        let grouped = self.query("SELECT type, actor, sum(events) FROM [event_groups] GROUP BY type, actor", &[])?;
        let mut counts = self.count_events(self.grouped()?, self.last_event()?.0)?;
        for row in &grouped {
            counts.push((row.text(0)?, row.text(1)?, row.count(2)?));
        }
        Ok(counts)
    }

    /// The last event that is in a group. In a database of an earlier version there are no groups until it is computed anew.
    fn grouped(&self) -> Result<u64, StoreError> {
        let rows = self.query("SELECT max(first) FROM [event_groups]", &[])?;
        let first = rows.first().map(|row| row.optional_integer(0)).transpose()?.flatten();
        Ok(first.and_then(|first| u64::try_from(first).ok()).map_or(0, |first| first + GROUP - 1))
    }

    /// The events of a kind, of an actor, or both, in the bounds of the query.
    pub(super) fn filtered(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        let (kind, actor) = (Value::from(query.name.as_deref()), Value::from(query.actor.as_deref()));
        let (mut after, mut before) = (query.after.unwrap_or(0), query.before.unwrap_or(self.last_event()?.0 + 1));
        if let Some(from) = query.from {
            after = after.max(self.seq_before(from)?);
        }
        if let Some(until) = query.until {
            before = before.min(self.seq_before(until)? + 1);
        }
        let groups =
            "SELECT DISTINCT first FROM [event_groups] WHERE (?1 IS NULL OR type = ?1) AND (?2 IS NULL OR actor = ?2)
            AND first > ?3 AND first < ?4 ORDER BY first";
        let bounds = [kind.clone(), actor.clone(), after.saturating_sub(GROUP).into(), before.into()];
        let groups = self.query(groups, &bounds)?;
        let mut ranges = Vec::new();
        for row in &groups {
            let first = row.count(0)?;
            ranges.push((after.max(first - 1), before.min(first + GROUP)));
        }
        // The newest events are in no group yet.
        ranges.push((after.max(self.grouped()?), before));
        if query.newest_first {
            ranges.reverse();
        }
        let order = if query.newest_first { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT json FROM [events] WHERE seq > ?1 AND seq < ?2 AND (?3 IS NULL OR type = ?3)
             AND (?4 IS NULL OR json_extract(json, '$.actor.by') = ?4) ORDER BY seq {order} LIMIT ?5"
        );
        let mut found = Vec::new();
        for (low, high) in ranges {
            let rest = query.limit.saturating_sub(found.len() as u64);
            if rest == 0 {
                break;
            }
            for row in self.query(&sql, &[low.into(), high.into(), kind.clone(), actor.clone(), rest.into()])? {
                found.push(parse("events", &row.text(0)?)?);
            }
        }
        Ok(found)
    }
}
