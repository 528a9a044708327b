//! The limits of the domain, each with its own rejection.

use chrono::TimeDelta;

/// Longest title of a plan or block, in characters.
pub const TITLE_CHARS: usize = 200;
/// Longest description of a block, in characters.
pub const DESCRIPTION_CHARS: usize = 4_000;
/// Most tags on a block.
pub const TAGS: usize = 50;
/// Longest tag, in characters.
pub const TAG_CHARS: usize = 40;
/// Most reminders of a block.
pub const REMINDERS: usize = 5;
/// How long before its start a block can remind, in minutes: a week.
pub const REMINDER_MINUTES: u32 = 7 * 24 * 60;
/// Most blocks that one block can depend on.
pub const DEPENDENCIES: usize = 50;
/// Longest block with a time, in days. The store relies on it: a block with a time that overlaps a moment started at most this long before it.
pub const BLOCK_DAYS: i64 = 14;
/// Most days of an all-day block.
pub const ALL_DAY_DAYS: i64 = 366;
/// Most blocks in one object, including those of deleted plans, which are kept for undo.
pub const BLOCKS: u64 = 100_000;
/// Most plans at a time.
pub const PLANS: usize = 200;
/// Longest goal of a run of the architect, in characters.
pub const GOAL_CHARS: usize = 500;
/// Most series, including those of deleted plans.
pub const SERIES: usize = 200;
/// Most exceptions of one series.
pub const EXCEPTIONS: usize = 1_000;
/// Most blocks of series that are made in one transaction. The job makes the others.
pub const OCCURRENCES_AT_ONCE: usize = 400;
/// How far ahead blocks of series are made.
pub const SERIES_AHEAD: TimeDelta = TimeDelta::days(90);
/// How far ahead there are always blocks of series: when there are fewer, more are made.
pub const SERIES_AHEAD_AT_LEAST: TimeDelta = TimeDelta::days(60);
/// How far back the first block of a new series can be.
pub const SERIES_BACK: TimeDelta = TimeDelta::days(366);
/// Most days, weeks, months or years after which something comes again that was done.
pub const AFTER_DONE: u32 = 366;
/// The minutes of a week.
pub const WEEK_MINUTES: u32 = 7 * 24 * 60;
/// Most goals that were proposed, including those that have ended.
pub const GOALS: usize = 200;
/// Most runs of the architect at a time.
pub const RUNS_AT_ONCE: usize = 3;
/// Most tasks and sessions that a run places, counting each part of a task that is split.
pub const TASKS_PER_RUN: usize = 200;
/// For this many seconds after a run was started, the same goal does not start another one, unless the run failed or was
/// cancelled. This catches double clicks, repeated calls of a model, and requests that are sent again.
pub const SAME_GOAL_SECONDS: i64 = 60;
/// Longest break between two blocks that can be set, in minutes.
pub const BREAK_MINUTES: u32 = 240;
/// First year of a block.
pub const FIRST_YEAR: i32 = 1970;
/// Last year of a block.
pub const LAST_YEAR: i32 = 2200;
/// Farthest shift of a timeline, in minutes: one year.
pub const SHIFT_MINUTES: i64 = 525_600;
/// Most blocks that one shift moves. It is what one event of a Durable Object can write.
pub const SHIFT_BLOCKS: u64 = 5_000;
/// Most block ids in one event. Larger shifts become several events of one transaction, so that no row of the log
/// grows with the timeline.
pub const IDS_PER_EVENT: usize = 1_000;
/// Most plans and blocks that a restoration adds, removes or changes.
pub const RESTORED_BLOCKS: usize = 5_000;
/// A change that moves more blocks than this at a time asks the person first.
pub const MOVED_WITHOUT_ASKING: u64 = 20;
/// Most overdue tasks that get new times at once. Each is placed around all that is planned, so this bounds the work.
pub const RESCHEDULED_BLOCKS: usize = 200;

/// Most time that can be spent on a task: 10,000 hours.
pub const WORKED: TimeDelta = TimeDelta::hours(10_000);

/// An answer of a model that has changed this many blocks one by one asks the person before it goes on.
pub const CHANGED_WITHOUT_ASKING: usize = 20;

/// [`BLOCK_DAYS`] as a duration.
pub const LONGEST_BLOCK: TimeDelta = TimeDelta::days(BLOCK_DAYS);

/// Longest estimate of a task without a time, in minutes: as long as the longest block.
pub const ESTIMATE_MINUTES: u32 = 14 * 24 * 60;

/// The length that a task without an estimate gets with its time.
pub const UNESTIMATED: TimeDelta = TimeDelta::hours(1);
