//! Goals of the architect: which goals were given, and whether their tasks can be carried out.

use super::{matched, sessions, verdict};
use crate::case::{Expect, GoalPattern, TasksExpect, folded};
use crate::picture::{BlockLine, Change, GoalLine};
use crate::record::Verdict;
use crate::wall_clock::WallClock;
use crate::world::Observed;

pub(super) fn check(expect: &Expect, seen: &Observed, rest: &mut Vec<&Change>, verdicts: &mut Vec<Verdict>) {
    let new: Vec<&GoalLine> = rest
        .iter()
        .filter_map(|change| match change {
            Change::GoalAdded { now } => Some(now),
            _ => None,
        })
        .collect();
    let matches = matched(&expect.goals, &new, |pattern, goal| misfits(pattern, goal).is_empty());
    let mut tasks: Vec<&BlockLine> = Vec::new();
    for (pattern, found) in expect.goals.iter().zip(&matches) {
        let compared = match found {
            Some(index) => format!("it was given {}", new[*index]),
            None => match new.iter().min_by_key(|goal| misfits(pattern, goal).len()) {
                None => "the architect was given no goal".to_owned(),
                Some(goal) => format!("closest is {goal}: {}", misfits(pattern, goal).join(", ")),
            },
        };
        verdicts.push(verdict("goals", found.is_some(), compared));
        if let Some(wanted) = &pattern.tasks {
            let goal = found.map(|index| new[index]);
            verdicts.push(check_tasks(wanted, goal, seen));
            tasks.extend(goal.iter().flat_map(|goal| &goal.tasks));
        }
    }
    let explained: Vec<&str> = matches.iter().flatten().map(|index| new[*index].id.as_str()).collect();
    for words in &expect.goals_cancelled {
        let before = seen.before.goals.iter().find(|goal| words.is_in(&goal.goal));
        let now = before.and_then(|before| seen.now.goals.iter().find(|goal| goal.id == before.id));
        let passed = now.is_some_and(|now| now.status == "cancelled");
        let compared =
            now.or(before).map_or_else(|| format!("there was no goal {words}"), |goal| format!("it is {goal}"));
        verdicts.push(verdict("goals", passed, compared));
    }
    let is_cancelled = |goal: &GoalLine| expect.goals_cancelled.iter().any(|words| words.is_in(&goal.goal));
    rest.retain(|change| match change {
        Change::GoalAdded { now } => !explained.contains(&now.id.as_str()),
        Change::GoalChanged { before, .. } => !is_cancelled(before),
        Change::BlockAdded { now } => !tasks.contains(&now),
        _ => true,
    });
}

fn misfits(pattern: &GoalPattern, goal: &GoalLine) -> Vec<String> {
    let mut wrong = Vec::new();
    for words in &pattern.goal {
        if !words.is_in(&goal.goal) {
            wrong.push(format!("its words lack {words}"));
        }
    }
    let deadline_text =
        |deadline: Option<WallClock>| deadline.map_or_else(|| "none".to_owned(), |deadline| deadline.to_string());
    if let Some(deadline) = &pattern.deadline
        && !goal.deadline.is_some_and(|is| deadline.has(is, pattern.tolerance.unwrap_or(0)))
    {
        wrong.push(format!("its deadline is {}, not {deadline}", deadline_text(goal.deadline)));
    }
    if pattern.no_deadline && goal.deadline.is_some() {
        wrong.push(format!("its deadline is {}, not none", deadline_text(goal.deadline)));
    }
    if let Some(hours) = pattern.hours_per_week
        && goal.hours_per_week.is_none_or(|is| (is - hours).abs() > 0.01)
    {
        wrong.push(format!("it has {:?} hours a week, not {hours}", goal.hours_per_week));
    }
    if let Some(status) = pattern.status.as_ref().filter(|status| **status != goal.status) {
        wrong.push(format!("it is {}, not {status}", goal.status));
    }
    if let Some(plan) = &pattern.plan
        && !plan.is_in(&goal.plan)
    {
        wrong.push(format!("its plan is {:?}, not {plan}", goal.plan));
    }
    wrong
}

/// Structure, feasibility and dependencies: the expected number of tasks, each once, none overlapping another block, none after
/// the deadline, each after those that it depends on.
fn check_tasks(wanted: &TasksExpect, goal: Option<&GoalLine>, seen: &Observed) -> Verdict {
    let Some(goal) = goal else { return verdict("tasks", false, "there is no such goal") };
    let tasks = &goal.tasks;
    let mut wrong = Vec::new();
    if goal.status != "completed" {
        let why = goal.error.as_deref().unwrap_or("no reason was given");
        wrong.push(format!("the goal is {}: {why}", goal.status));
    }
    if !(wanted.least..=wanted.most).contains(&tasks.len()) {
        wrong.push(format!("there are {} tasks, not {} to {}", tasks.len(), wanted.least, wanted.most));
    }
    let minutes: i64 = tasks.iter().filter_map(|task| task.minutes).sum();
    if wanted.least_minutes.is_some_and(|least| minutes < least)
        || wanted.most_minutes.is_some_and(|most| minutes > most)
    {
        let bound = |bound: Option<i64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
        let (least, most) = (bound(wanted.least_minutes), bound(wanted.most_minutes));
        wrong.push(format!("they take {minutes} min together, not {least} to {most}"));
    }
    let words: Vec<String> = tasks.iter().map(words_of).collect();
    let words = words.join("\n");
    for mention in wanted.mention.iter().filter(|mention| !mention.is_in(&words)) {
        wrong.push(format!("none mentions {mention}"));
    }
    let mut titles: Vec<String> = tasks.iter().map(|task| folded(&task.title)).collect();
    titles.sort();
    if let Some(pair) = titles.windows(2).find(|pair| pair[0] == pair[1]) {
        wrong.push(format!("{:?} is there twice", pair[0]));
    }
    for task in tasks {
        wrong.extend(misplaced(task, goal, seen));
    }
    let dependent = tasks.iter().filter(|task| !task.after.is_empty()).count();
    if let Some(least) = wanted.least_dependent.filter(|least| dependent < *least) {
        wrong.push(format!("{dependent} of them depend on another, not {least} or more"));
    }
    wrong.extend(sessions::wrong(wanted, goal));
    let compared = match wrong.is_empty() {
        true => format!("{} tasks, {minutes} min together, {dependent} of them after another", tasks.len()),
        false => wrong.join("; "),
    };
    verdict("tasks", wrong.is_empty(), compared)
}

fn words_of(block: &BlockLine) -> String {
    format!("{} {}", block.title, block.description.as_deref().unwrap_or_default())
}

/// What is wrong with the time of a task.
fn misplaced(block: &BlockLine, goal: &GoalLine, seen: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    // Blocks of archived plans take up no time.
    let is_archived = |title: &str| seen.now.plans.iter().any(|plan| plan.archived && plan.title == title);
    let overlaps = |other: &&BlockLine| {
        !is_archived(&other.plan)
            && other.handle != block.handle
            && !other.done
            && other.start < block.end
            && block.start < other.end
    };
    if let Some(other) = seen.now.blocks.iter().find(overlaps) {
        wrong.push(format!("{block} overlaps {other}"));
    }
    if let Some(deadline) = goal.deadline.filter(|deadline| block.end > Some(*deadline)) {
        wrong.push(format!("{block} ends after the deadline {deadline}"));
    }
    for handle in &block.after {
        let first = goal.tasks.iter().find(|other| other.handle == *handle);
        if let Some(first) = first.filter(|first| first.end > block.start) {
            wrong.push(format!("{block} begins before {} ends, on which it depends", first));
        }
    }
    wrong
}
