//! The kinds of goals, from `offline/goals.yaml`. Its first lines describe what each field means; `offline/build.rs` checks
//! the file and turns it into the statics below.

use flux_phrases::words::{Token, find, has_word};

/// A kind of goal. Patterns are those of [`fits`](flux_phrases::words::fits).
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// Patterns that make a goal one of this kind, anywhere in it.
    pub signs: &'static [&'static str],
    /// Units that do the same if the goal counts them, separated by spaces.
    pub units: &'static str,
    /// Patterns for what stands before the object: `learn`, `a trip to`.
    pub leads: &'static [&'static str],
    /// The object of a goal that names none.
    pub object: &'static str,
    /// The steps, in order.
    pub steps: &'static [Step],
    /// The kind of activity of its sessions: `training`, `study`, `work` or `other`. Empty without sessions.
    pub activity: &'static str,
    /// What is done regularly, in phases.
    pub sessions: &'static [Phase],
}

/// A phase of sessions. [`fill`](super::fill) replaces the placeholders in its texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phase {
    /// What is done in each session.
    pub title: &'static str,
    /// How it is done.
    pub description: &'static str,
    /// How long a session is, in minutes.
    pub minutes: u32,
    /// How many there are a week.
    pub per_week: u32,
    /// How many weeks the phase takes.
    pub weeks: u32,
    /// What can be done at its end.
    pub milestone: &'static str,
    /// The milestone to use if the goal counts something, or empty.
    pub counted_milestone: &'static str,
}

/// A step of a kind. [`fill`](super::fill) replaces the placeholders in its texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// What to do.
    pub title: &'static str,
    /// How to do it.
    pub description: &'static str,
    /// What it is good for.
    pub why: &'static str,
    /// Its length if there is enough time, in minutes.
    pub minutes: u32,
    /// `high`, `medium` or `low`.
    pub priority: &'static str,
    /// The numbers of the steps before it, starting at 1.
    pub after: &'static [usize],
    /// It is left out if the deadline is fewer days away.
    pub min_days: i64,
    /// What each of its tasks is about. Empty for a step that is one task.
    pub topics: &'static [&'static str],
    /// The title to use if the goal counts something, or empty.
    pub counted_title: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/goals.rs"));

/// The kind of a goal, by its words and by the unit that it counts (empty if it counts nothing).
pub(super) fn of(words: &[Token], unit: &str) -> &'static Kind {
    let fits = |kind: &&Kind| {
        has_word(kind.units, unit) && !unit.is_empty() || kind.signs.iter().any(|sign| find(words, sign).is_some())
    };
    KINDS.iter().find(fits).unwrap_or(&ANY_OTHER)
}
