//! What comes again some time after it was done: its days depend on when the block before was done, so one is known at a time.

use chrono::{NaiveDate, TimeDelta};

use super::{Block, End, Handle, Recurrence, Series, limits};
use crate::zone::Zone;

impl Recurrence {
    /// Whether it says no more than how many days, weeks, months or years pass, at most [`limits::AFTER_DONE`], and perhaps until when.
    /// This can be counted from the day on which something was done.
    pub fn is_distance(&self) -> bool {
        let has_days = !(self.by_day.is_empty() && self.by_month_day.is_empty() && self.by_month.is_empty());
        (1..=limits::AFTER_DONE).contains(&self.interval) && !has_days && !matches!(self.end, End::After(_))
    }
}

impl Series {
    /// The block that comes after one that was done on this day, in the zone of the person then, and the series with it. `None` if the
    /// series ends before.
    pub(crate) fn next(&self, done: NaiveDate, zone: Zone, handle: Handle) -> Option<(Self, Block)> {
        let rule = self.rule.read().ok()?;
        let start = rule.period_after(done, rule.interval)?.and_time(self.start.time());
        if matches!(rule.end, End::Until(until) if until < start) {
            return None;
        }
        let through = start + TimeDelta::minutes(1);
        let mut series = Self { start, zone, through, ..self.clone() };
        let block = series.blocks(vec![start], handle).pop()?;
        // The job, which counts what it has made, has no part in it.
        Some((Self { made: self.made, after_done: Some(block.id), ..series }, block))
    }

    /// Whether the other one differs in which block is the newest and in nothing else.
    pub fn differs_in_newest(&self, other: &Self) -> bool {
        let Self { start, zone, through, after_done, .. } = *other;
        let is_counted = self.after_done.is_some() && after_done.is_some() && self.after_done != after_done;
        is_counted && Self { start, zone, through, after_done, ..self.clone() } == *other
    }
}
