//! Fits the steps of a kind to the available time: how many tasks, how long, in which week.

use serde_json::{Value, json};

use super::fill::{fill, shortened};
use super::kind::Step;
use super::subject::{Amount, Subject};
use crate::phrase::capitalised;
use flux_tools::context::GoalContext;

/// The fewest and the most tasks of a plan.
const TASKS: std::ops::RangeInclusive<usize> = 3..=12;
/// The longest title, in characters.
pub(super) const TITLE_CHARS: usize = 80;
/// The shortest task, in minutes.
const SHORTEST: u32 = 5;
/// The number of topics in a plan without a deadline.
const USUAL_TOPICS: usize = 5;
/// The end of every description, so that the person knows where the task comes from.
pub(super) const MARK: &str = "Planned by rules, without a language model.";

/// A task of the plan, before it is put into words.
struct Task {
    /// The index of its step.
    step: usize,
    /// Its index among the tasks of the step, and how many there are.
    turn: (usize, usize),
    minutes: u32,
    /// The numbers of the tasks before it, starting at 1.
    after: Vec<usize>,
}

/// The tasks for a goal, which may have sessions beside them.
pub(super) fn plan(subject: &Subject, goal: &GoalContext, has_sessions: bool) -> Vec<Value> {
    let steps = subject.kind.steps;
    let time = Time::of(goal);
    let mut tasks = chosen(steps, subject, &time, has_sessions);
    time.fit(&mut tasks);
    let mut titles: Vec<String> = Vec::new();
    let mut week = Week::default();
    let tell = |(at, task): (usize, &Task)| {
        let step = steps.get(task.step)?;
        let label = label(step, task, subject, week.of(task.minutes, time.per_week));
        let words = words(step, task, subject);
        let names: Vec<(&'static str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let template = if part(subject, task, step).is_some() { step.counted_title } else { step.title };
        let title = distinct(format!("{label}{}", capitalised(&fill(template, &names))), &titles);
        titles.push(title.clone());
        let due = if at == 0 { subject.due(goal) } else { String::new() };
        Some(json!({
            "title": title,
            "description": format!("{}{due} {MARK}", fill(step.description, &names)),
            "minutes": task.minutes,
            "priority": step.priority,
            "depends_on": task.after,
            "after_sessions": has_sessions && follows_topics(steps, task.step),
            "why": step.why,
        }))
    };
    tasks.iter().enumerate().filter_map(tell).collect()
}

/// Chooses the steps, with several tasks for a step with topics unless sessions take its place, and what comes before each task.
fn chosen(steps: &[Step], subject: &Subject, time: &Time, has_sessions: bool) -> Vec<Task> {
    let is_replaced = |step: &Step| has_sessions && !step.topics.is_empty();
    let kept = |step: &Step| time.days.is_none_or(|days| days >= step.min_days) && !is_replaced(step);
    let single = steps.iter().filter(|step| step.topics.is_empty() && kept(step)).count();
    let room = TASKS.end().saturating_sub(single);
    let least = TASKS.start().saturating_sub(single).max(1);
    let mut tasks: Vec<Task> = Vec::new();
    // For each step, the tasks that must be done before its dependents.
    let mut last: Vec<Vec<usize>> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let mut before: Vec<usize> =
            step.after.iter().filter_map(|own| last.get(own.checked_sub(1)?)).flatten().copied().collect();
        before.sort_unstable();
        before.dedup();
        if !kept(step) {
            // The dependents of a step that is left out depend on what was before it.
            last.push(before);
            continue;
        }
        let turns = if step.topics.is_empty() { 1 } else { time.turns(step, subject).clamp(least, room.max(least)) };
        for turn in 0..turns {
            tasks.push(Task { step: index, turn: (turn, turns), minutes: time.minutes(step), after: before });
            before = vec![tasks.len()];
        }
        last.push(before);
    }
    tasks
}

/// Whether a step comes after one with topics, directly or through others.
fn follows_topics(steps: &[Step], index: usize) -> bool {
    let before = steps.get(index).map_or(&[][..], |step| step.after);
    let mut before = before.iter().filter_map(|number| number.checked_sub(1));
    before.any(|index| steps.get(index).is_some_and(|step| !step.topics.is_empty()) || follows_topics(steps, index))
}

/// The time that is available for a goal.
struct Time {
    days: Option<i64>,
    per_week: Option<u32>,
    longest: u32,
}

impl Time {
    fn of(goal: &GoalContext) -> Self {
        let days = goal.deadline.map(|deadline| (deadline - goal.now).num_days().max(0));
        let longest = goal.longest_minutes.min(goal.minutes_per_week.unwrap_or(u32::MAX)).max(SHORTEST);
        Self { days, per_week: goal.minutes_per_week, longest }
    }

    /// The number of tasks for a step with topics. More weeks give more tasks.
    fn turns(&self, step: &Step, subject: &Subject) -> usize {
        let most = subject.amount.as_ref().filter(|_| !step.counted_title.is_empty()).map(|amount| amount.number);
        let most = step.topics.len().min(most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX));
        let wanted = match self.days {
            None => USUAL_TOPICS,
            Some(..2) => 1,
            Some(2..=7) => 2,
            Some(8..=14) => 3,
            Some(days) => usize::try_from(days / 7 + 1).unwrap_or(usize::MAX),
        };
        wanted.min(most)
    }

    /// The length of a task. It is shorter if little time is left, and tasks that repeat every week depend on the hours
    /// per week.
    fn minutes(&self, step: &Step) -> u32 {
        let usual = match self.days {
            Some(..=3) => step.minutes / 2,
            Some(4..=7) => step.minutes * 3 / 4,
            _ => step.minutes,
        };
        let usual = match self.per_week.filter(|_| !step.topics.is_empty()) {
            Some(week) => (week / 2).clamp(usual / 2, usual * 3 / 2),
            None => usual,
        };
        self.bounded(usual)
    }

    fn bounded(&self, minutes: u32) -> u32 {
        (minutes.min(self.longest) / SHORTEST * SHORTEST).max(SHORTEST)
    }

    /// Shortens all tasks in proportion if they take more time than there is until the deadline.
    fn fit(&self, tasks: &mut [Task]) {
        let (Some(days), Some(week)) = (self.days, self.per_week) else { return };
        let there_is = u64::from(week) * u64::try_from(days / 7 + 1).unwrap_or(1);
        let wanted: u64 = tasks.iter().map(|task| u64::from(task.minutes)).sum();
        if wanted <= there_is {
            return;
        }
        for task in tasks {
            let share = u64::from(task.minutes) * there_is / wanted.max(1);
            task.minutes = self.bounded(u32::try_from(share).unwrap_or(task.minutes));
        }
    }
}

/// The week of a task, if there is a limit per week.
#[derive(Default)]
struct Week {
    number: u32,
    used: u32,
}

impl Week {
    fn of(&mut self, minutes: u32, per_week: Option<u32>) -> Option<u32> {
        let limit = per_week?;
        if self.number == 0 || self.used + minutes > limit {
            *self = Self { number: self.number + 1, used: 0 };
        }
        self.used += minutes;
        Some(self.number)
    }
}

/// `Week 3: `, `Days 7–12: `, or nothing if no pace was said. The tasks are then placed when time is free.
fn label(step: &Step, task: &Task, subject: &Subject, week: Option<u32>) -> String {
    let (turn, turns) = task.turn;
    if step.topics.is_empty() {
        return String::new();
    }
    // A few tasks among others do not cover the days.
    let days = subject
        .span_days
        .filter(|_| step.topics.len() > 3)
        .map(|number| Part::of(&Amount { number, unit: "days" }, turn, turns));
    match (days, week) {
        (Some(part), _) => format!("{}: ", capitalised(&format!("{} {}", part.unit, part.said()))),
        (None, Some(week)) => format!("Week {week}: "),
        (None, None) => String::new(),
    }
}

/// The values of the placeholders in the texts of a step.
fn words(step: &Step, task: &Task, subject: &Subject) -> Vec<(&'static str, String)> {
    let (turn, turns) = task.turn;
    // The first and the last topic are always used.
    let topic = turn * step.topics.len().saturating_sub(1) / turns.saturating_sub(1).max(1);
    let part = part(subject, task, step);
    let number = |number: u32| grouped(number);
    let mut words = subject.words();
    words.extend([
        ("topic", step.topics.get(topic).copied().unwrap_or_default().to_owned()),
        ("number", subject.amount.as_ref().map(|amount| number(amount.number)).unwrap_or_default()),
        ("part", part.as_ref().map(Part::said).unwrap_or_default()),
        ("end", part.as_ref().map(|part| number(part.to)).unwrap_or_default()),
        ("unit", part.map(|part| part.unit.to_owned()).unwrap_or_default()),
    ]);
    words
}

/// The part of the counted things that a task covers.
fn part(subject: &Subject, task: &Task, step: &Step) -> Option<Part> {
    let amount = subject.counted(step.counted_title)?;
    let (turn, turns) = task.turn;
    Some(Part::of(amount, turn, turns))
}

/// The first and the last of a part.
struct Part {
    from: u32,
    to: u32,
    unit: &'static str,
}

impl Part {
    fn of(amount: &Amount, turn: usize, turns: usize) -> Self {
        let share = |turn: usize| {
            let exact = u64::from(amount.number) * turn as u64 / turns.max(1) as u64;
            // "Up to word 27,000" and not 26,667.
            let grid = if amount.number >= 2_000 && turn < turns { 500 } else { 1 };
            u32::try_from(exact / grid * grid).unwrap_or(amount.number)
        };
        let (from, to) = (share(turn) + 1, share(turn + 1));
        let single = from >= to && amount.unit != "km" && amount.unit != "kg";
        let unit = if single { amount.unit.strip_suffix('s').unwrap_or(amount.unit) } else { amount.unit };
        Self { from, to: to.max(from), unit }
    }

    fn said(&self) -> String {
        if self.from == self.to {
            return grouped(self.from);
        }
        format!("{}–{}", grouped(self.from), grouped(self.to))
    }
}

/// `80,000`.
pub(super) fn grouped(number: u32) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

/// A title that is short enough and different from the others.
fn distinct(title: String, others: &[String]) -> String {
    let title = shortened(&title, TITLE_CHARS);
    let is_new = |title: &String| !others.contains(title);
    if is_new(&title) {
        return title;
    }
    let numbered = |number: usize| format!("{} ({number})", shortened(&title, TITLE_CHARS - 5));
    (2..=TASKS.end() + 1).map(numbered).find(is_new).unwrap_or(title)
}
