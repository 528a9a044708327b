//! Splitting tasks that are too long for one day.

use super::{Outline, numbered};
use crate::limits;
use crate::place::{Horizon, LONGEST_TASK, SHORTEST_TASK, Task};

/// The length of a part is a multiple of this many minutes.
const ROUND_MINUTES: u32 = 5;

/// An outline whose tasks fit into a person's hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fitted {
    /// The outline, with parts instead of the tasks that are too long.
    pub outline: Outline,
    /// For each task of [`outline`](Self::outline), the index of the task of the original one that it is, or is a part of; ascending.
    pub tasks: Vec<usize>,
}

impl Outline {
    /// Splits the tasks that are too long for a day or a week of this horizon, as [`split_tasks`] does. An outline that fits stays as it is, and so
    /// does one that would have more than [`limits::TASKS_PER_RUN`] tasks.
    ///
    /// The hours are those of the moment. An outline is kept as it was made, because the person can choose other hours later.
    pub fn fitted(&self, horizon: &Horizon) -> Fitted {
        let windows = Horizon { activity: self.activity, ..horizon.clone() }.windows();
        let longest = windows.longest().min(horizon.minutes_per_week.unwrap_or(LONGEST_TASK));
        let (tasks, parts): (Vec<usize>, Vec<Task>) = split_tasks(&self.tasks, longest).into_iter().unzip();
        if parts.len() > limits::TASKS_PER_RUN {
            return Fitted { outline: self.clone(), tasks: (0..self.tasks.len()).collect() };
        }
        Fitted { outline: Self { tasks: parts, ..self.clone() }, tasks }
    }
}

/// Splits each task that is longer than `longest` minutes (or 8 hours) into equal parts, "Title (1/3)". Each part depends on the
/// one before, and what depended on the task depends on its last part. Each comes with the index of its task.
pub fn split_tasks(tasks: &[Task], longest: u32) -> Vec<(usize, Task)> {
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
    for ((index, task), count) in tasks.iter().enumerate().zip(counts) {
        let before: Vec<usize> = task.depends_on.iter().filter_map(|on| last.get(*on).copied()).collect();
        let minutes = if count == 1 { task.minutes } else { part_minutes(task.minutes, count, longest) };
        for number in 1..=count {
            let depends_on = if number == 1 { before.clone() } else { vec![parts.len() - 1] };
            let title = numbered(&task.title, number, count);
            parts.push((index, Task { title, minutes, depends_on, ..task.clone() }));
        }
    }
    parts
}

/// The length of an equal part, rounded up to a multiple of [`ROUND_MINUTES`] if that fits.
fn part_minutes(minutes: u32, count: usize, longest: u32) -> u32 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    minutes.div_ceil(count).next_multiple_of(ROUND_MINUTES).min(longest)
}
