//! The differences between two pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::details::{write_days, write_details};
use super::{BlockLine, GoalLine, Picture, PlanLine, SeriesLine};

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Change {
    /// A block was added.
    BlockAdded {
        /// The new one.
        now: BlockLine,
    },
    /// A block changed.
    BlockChanged {
        /// Before.
        before: BlockLine,
        /// Now.
        now: BlockLine,
    },
    /// A block was removed.
    BlockGone {
        /// Before.
        before: BlockLine,
    },
    /// A plan was added.
    PlanAdded {
        /// The new one.
        now: PlanLine,
    },
    /// A plan changed.
    PlanChanged {
        /// Before.
        before: PlanLine,
        /// Now.
        now: PlanLine,
    },
    /// A plan was removed.
    PlanGone {
        /// Before.
        before: PlanLine,
    },
    /// Something began to repeat.
    SeriesAdded {
        /// The new one.
        now: SeriesLine,
    },
    /// Something repeats in another way.
    SeriesChanged {
        /// Before.
        before: SeriesLine,
        /// Now.
        now: SeriesLine,
    },
    /// Something no longer repeats.
    SeriesGone {
        /// Before.
        before: SeriesLine,
    },
    /// A goal was added.
    GoalAdded {
        /// The new one.
        now: GoalLine,
    },
    /// A goal changed.
    GoalChanged {
        /// Before.
        before: GoalLine,
        /// Now.
        now: GoalLine,
    },
    /// A goal was removed.
    GoalGone {
        /// Before.
        before: GoalLine,
    },
}

/// The differences: first of plans, then of series, of blocks, and of goals.
pub fn changes(before: &Picture, now: &Picture) -> Vec<Change> {
    let plans = differences(
        &before.plans,
        &now.plans,
        |plan| plan.id.as_str(),
        |now| Change::PlanAdded { now },
        |before, now| Change::PlanChanged { before, now },
        |before| Change::PlanGone { before },
    );
    let series = differences(
        &before.series,
        &now.series,
        |series| series.id.as_str(),
        |now| Change::SeriesAdded { now },
        |before, now| Change::SeriesChanged { before, now },
        |before| Change::SeriesGone { before },
    );
    let blocks = differences(
        &before.blocks,
        &now.blocks,
        |block| block.handle.as_str(),
        |now| Change::BlockAdded { now },
        |before, now| Change::BlockChanged { before, now },
        |before| Change::BlockGone { before },
    );
    let goals = differences(
        &before.goals,
        &now.goals,
        |goal| goal.id.as_str(),
        |now| Change::GoalAdded { now },
        |before, now| Change::GoalChanged { before, now },
        |before| Change::GoalGone { before },
    );
    [plans, series, blocks, goals].concat()
}

/// The differences between two lists of items that are identified by a key: added and changed items in the order of `now`, then removed
/// ones.
fn differences<T: Clone + PartialEq>(
    before: &[T],
    now: &[T],
    key: fn(&T) -> &str,
    added: fn(T) -> Change,
    changed: fn(T, T) -> Change,
    gone: fn(T) -> Change,
) -> Vec<Change> {
    let old: BTreeMap<&str, &T> = before.iter().map(|item| (key(item), item)).collect();
    let new: BTreeSet<&str> = now.iter().map(key).collect();
    let here = now.iter().filter_map(|item| match old.get(key(item)) {
        None => Some(added(item.clone())),
        Some(old) if *old != item => Some(changed((*old).clone(), item.clone())),
        Some(_) => None,
    });
    let gone = before.iter().filter(|item| !new.contains(key(item))).map(|item| gone(item.clone()));
    here.chain(gone).collect()
}

impl fmt::Display for BlockLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} ", self.handle, self.title)?;
        match (self.start, self.days) {
            (Some(start), _) => write!(f, "{start}")?,
            (None, Some(days)) => write_days(f, days.first(), days.last())?,
            (None, None) => write!(f, "in the inbox")?,
        }
        if let Some(minutes) = self.minutes {
            write!(f, " ({minutes} min)")?;
        }
        for (word, day) in [("from", &self.earliest), ("due", &self.due)] {
            if let Some(day) = day {
                write!(f, " {word} {day}")?;
            }
        }
        write_details(f, &self.priority, &self.tags, self.description.as_deref(), self.reminders.as_deref())?;
        if self.done {
            write!(f, " done")?;
        }
        if self.series.is_some() {
            write!(f, " repeats")?;
        }
        write!(f, " in {:?}", self.plan)?;
        if !self.after.is_empty() {
            write!(f, " after {}", self.after.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for PlanLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plan {:?}", self.title)?;
        if self.active {
            write!(f, ", active")?;
        }
        if self.archived {
            write!(f, ", archived")?;
        }
        if let Some(color) = self.color {
            write!(f, ", {}", color.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Display for GoalLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the goal {:?}", self.goal)?;
        if let Some(deadline) = self.deadline {
            write!(f, " by {deadline}")?;
        }
        if let Some(hours) = self.hours_per_week {
            write!(f, ", {hours} h a week")?;
        }
        write!(f, " in {:?}, {}", self.plan, self.status)?;
        if !self.tasks.is_empty() {
            write!(f, ", {} tasks", self.tasks.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockAdded { now } => write!(f, "+ {now}"),
            Self::BlockChanged { before, now } => write!(f, "~ {before} → {now}"),
            Self::BlockGone { before } => write!(f, "- {before}"),
            Self::PlanAdded { now } => write!(f, "+ {now}"),
            Self::PlanChanged { before, now } => write!(f, "~ {before} → {now}"),
            Self::PlanGone { before } => write!(f, "- {before}"),
            Self::SeriesAdded { now } => write!(f, "+ {now}"),
            Self::SeriesChanged { before, now } => write!(f, "~ {before} → {now}"),
            Self::SeriesGone { before } => write!(f, "- {before}"),
            Self::GoalAdded { now } => write!(f, "+ {now}"),
            Self::GoalChanged { before, now } => write!(f, "~ {before} → {now}"),
            Self::GoalGone { before } => write!(f, "- {before}"),
        }
    }
}
