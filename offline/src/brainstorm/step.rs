//! What tables of tasks are made of.

/// A task as a table has it. In its texts `{object}` and the like stand for the person's own words: see
/// [`fill`](super::fill).
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// What is to be done; of a task with topics also `{topic}`.
    pub title: &'static str,
    /// How.
    pub about: &'static str,
    /// What it is good for.
    pub why: &'static str,
    /// How long it takes where there is time enough.
    pub minutes: u32,
    /// `high`, `medium` or `low`.
    pub priority: &'static str,
    /// The steps before it, counted from 1.
    pub after: &'static [usize],
    /// It is left out where fewer days are left.
    pub days: i64,
    /// What each of several such tasks is about; the longer the time, the more of them there are.
    pub topics: &'static [&'static str],
    /// The title where the goal counts something: `Read {units} {part} of {number}`.
    pub counted: &'static str,
}

/// A task of half an hour that comes first, and is never left out.
pub(super) const fn step(title: &'static str, about: &'static str, why: &'static str) -> Step {
    Step { title, about, why, minutes: 30, priority: "medium", after: &[], days: 0, topics: &[], counted: "" }
}

impl Step {
    /// So many minutes.
    pub const fn takes(self, minutes: u32) -> Self {
        Self { minutes, ..self }
    }

    /// Of high priority.
    pub const fn high(self) -> Self {
        Self { priority: "high", ..self }
    }

    /// Of low priority.
    pub const fn low(self) -> Self {
        Self { priority: "low", ..self }
    }

    /// After these steps.
    pub const fn after(self, after: &'static [usize]) -> Self {
        Self { after, ..self }
    }

    /// Only where so many days are left.
    pub const fn with_days(self, days: i64) -> Self {
        Self { days, ..self }
    }

    /// Several times, each about one of these.
    pub const fn topics(self, topics: &'static [&'static str]) -> Self {
        Self { topics, ..self }
    }

    /// Several times, each a part of what is counted.
    pub const fn counted(self, counted: &'static str) -> Self {
        Self { counted, ..self }
    }
}

/// A kind of goal. Patterns are those of [`fits`](flux_phrases::words::fits).
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// Words that make a goal one of this kind, anywhere in it.
    pub signs: &'static [&'static str],
    /// Units, parted by blanks, that do so where some number of them is said.
    pub units: &'static str,
    /// What stands before the object: `learn`, `a trip to`.
    pub leads: &'static [&'static str],
    /// The object where none is said.
    pub object: &'static str,
    /// The tasks.
    pub steps: &'static [Step],
}
