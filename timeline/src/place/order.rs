//! Which task is placed next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Task;
use crate::block::Priority;

/// The order in which tasks are placed: each after all tasks that it depends on. Among tasks that are ready, the most
/// urgent comes next, and among equally urgent ones the first given.
///
/// A task is as urgent as its priority, or as the most urgent task that waits for it, directly or through others. Tasks
/// that wait for each other in a circle are left out, and so are tasks that wait for one of these. A dependency that is
/// not in the list delays nothing.
pub(crate) fn order(tasks: &[Task]) -> Vec<usize> {
    let mut urgency: Vec<Priority> = tasks.iter().map(|task| task.priority).collect();
    // From the last to the first, so that a task has its final urgency when it passes it on.
    for index in by(tasks, &urgency).into_iter().rev() {
        let Some((task, urgent)) = tasks.get(index).zip(urgency.get(index).copied()) else { continue };
        for on in &task.depends_on {
            if let Some(on) = urgency.get_mut(*on) {
                // `High` is the smallest.
                *on = urgent.min(*on);
            }
        }
    }
    by(tasks, &urgency)
}

/// The tasks, each after all tasks that it depends on, otherwise by urgency and then by index.
///
/// This is Kahn's algorithm (1962) with a heap. It looks at each task and each dependency once.
fn by(tasks: &[Task], urgency: &[Priority]) -> Vec<usize> {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    let mut waits_for: Vec<usize> = vec![0; tasks.len()];
    for ((index, task), waits) in tasks.iter().enumerate().zip(&mut waits_for) {
        for on in &task.depends_on {
            if let Some(followers) = followers.get_mut(*on) {
                followers.push(index);
                *waits += 1;
            }
        }
    }
    // A heap yields its largest element first; `High` is the smallest priority.
    let key = |index: usize| urgency.get(index).map(|urgent| Reverse((*urgent, index)));
    let free = waits_for.iter().enumerate().filter(|(_, waits)| **waits == 0);
    let mut next: BinaryHeap<_> = free.filter_map(|(index, _)| key(index)).collect();
    let mut order = Vec::with_capacity(tasks.len());
    while let Some(Reverse((_, index))) = next.pop() {
        order.push(index);
        for &follower in followers.get(index).into_iter().flatten() {
            let Some(waits) = waits_for.get_mut(follower) else { continue };
            *waits -= 1;
            if *waits == 0 {
                next.extend(key(follower));
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Priority::{High, Low, Medium};
    use crate::text::Title;

    fn order_of(tasks: &[(Priority, &[usize])]) -> Vec<usize> {
        let task = |(priority, depends_on): &(Priority, &[usize])| Task {
            title: Title::new("Task").unwrap(),
            description: None,
            minutes: 30,
            priority: *priority,
            depends_on: depends_on.to_vec(),
            after_sessions: false,
        };
        order(&tasks.iter().map(task).collect::<Vec<_>>())
    }

    #[test]
    fn dependencies_come_first_then_priority_then_the_given_order() {
        assert_eq!(order_of(&[(Medium, &[]), (Medium, &[]), (High, &[]), (Low, &[])]), [2, 0, 1, 3]);
        assert_eq!(order_of(&[(Low, &[]), (High, &[0, 0]), (Low, &[])]), [0, 1, 2]);
    }

    #[test]
    fn a_task_is_as_urgent_as_one_that_waits_for_it() {
        assert_eq!(order_of(&[(High, &[1]), (Low, &[]), (Medium, &[])]), [1, 0, 2]);
        assert_eq!(order_of(&[(Medium, &[]), (Low, &[]), (Low, &[1]), (High, &[2])]), [1, 2, 3, 0]);
        assert_eq!(order_of(&[(Medium, &[]), (Low, &[]), (Medium, &[1]), (Low, &[1])]), [0, 1, 2, 3]);
    }

    #[test]
    fn circles_and_tasks_that_wait_for_them_are_left_out() {
        assert_eq!(order_of(&[(High, &[0]), (Medium, &[])]), [1]);
        assert_eq!(order_of(&[(High, &[1]), (High, &[0]), (High, &[1]), (Low, &[])]), [3]);
    }

    #[test]
    fn a_dependency_that_is_not_in_the_list_delays_nothing() {
        assert_eq!(order_of(&[(Medium, &[7]), (High, &[usize::MAX])]), [1, 0]);
    }
}
