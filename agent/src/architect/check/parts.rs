//! Splitting tasks that are too long for one day.

use flux_timeline::outline::numbered;
use flux_timeline::place::{LONGEST_TASK, SHORTEST_TASK, Task};

/// The length of a part is a multiple of this many minutes.
const ROUND_MINUTES: u32 = 5;

/// Splits each task that is longer than `longest` minutes (or 8 hours) into equal parts, "Title (1/3)". Each part depends on the
/// one before, and what depended on the task depends on its last part.
pub(super) fn split(tasks: Vec<Task>, longest: u32) -> Vec<Task> {
    let longest = longest.clamp(SHORTEST_TASK, LONGEST_TASK);
    let counts: Vec<usize> = tasks.iter().map(|task| task.minutes.div_ceil(longest).max(1) as usize).collect();
    // The index of each task's last part in the new list.
    let last: Vec<usize> = counts
        .iter()
        .scan(0, |end, count| {
            *end += count;
            Some(*end - 1)
        })
        .collect();
    let mut parts = Vec::with_capacity(tasks.len());
    for (task, count) in tasks.into_iter().zip(counts) {
        let before: Vec<usize> = task.depends_on.iter().filter_map(|on| last.get(*on).copied()).collect();
        let minutes = if count == 1 { task.minutes } else { part_minutes(task.minutes, count, longest) };
        for number in 1..=count {
            let depends_on = if number == 1 { before.clone() } else { vec![parts.len() - 1] };
            let title = numbered(&task.title, number, count);
            parts.push(Task { title, minutes, depends_on, ..task.clone() });
        }
    }
    parts
}

/// The length of an equal part, rounded up to a multiple of [`ROUND_MINUTES`] if that fits.
fn part_minutes(minutes: u32, count: usize, longest: u32) -> u32 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    minutes.div_ceil(count).next_multiple_of(ROUND_MINUTES).min(longest)
}
