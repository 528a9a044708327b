//! The model's words as tasks. What is meant is read, what is out of bounds is brought within them, and what cannot be
//! used is said in words that a model can act on.
//!
//! The answer is not validated against `schema.json`, which is what the model is shown: much that breaks it means one thing. It
//! is repaired as JSON, and then read by these rules:
//!
//! - words around the JSON do not count, nor names of fields that mean the same, nor fields that are not known ([`read`]);
//! - a list that was cut off in a task loses it, as it may be half of what was meant; brackets that follow the last task may
//!   be missing;
//! - fewer than 3 tasks are sent back to the model; of more than 12, too, and the first 12 are taken if it does no better;
//! - a task without a title, without a length, or over 40 hours, which is a goal of its own, is sent back, and left out if the
//!   model does no better and the others make a plan;
//! - a length may be a number of minutes, also as text, or in hours and minutes in words;
//! - a missing or unknown priority is medium; a missing description or reason is none; long texts are shortened;
//! - a dependency may be a number from 1 on or a title; one that leads nowhere, or to the task itself, is dropped;
//! - where tasks wait for each other in a circle, a dependency on an earlier task stays, and one on a later task is
//!   dropped if it would close a circle ([`depends`]);
//! - a task shorter than 5 minutes takes 5; one that is longer than fits into a day becomes parts, one after the other
//!   ([`parts`]), of which there are 200 at most.
//!
//! What is left out is told to the person, each task with its reason.

mod depends;
mod flaw;
mod parts;
mod read;

use flux_timeline::limits::{DESCRIPTION_CHARS, TASKS_PER_RUN, TITLE_CHARS};
use flux_timeline::place::{SHORTEST_TASK, Task};
use flux_timeline::{Description, LeftOut, Priority, Title};
use serde_json::Value;

use super::Plan;
pub(super) use flaw::Flaw;
use read::Listed;

/// Fewest tasks of a goal.
const FEWEST: usize = 3;
/// Most tasks of a goal, before long ones become parts.
const MOST: usize = 12;
/// Longest task that is believed, in minutes: 40 hours. More is a goal of its own.
const LONGEST: f64 = 2_400.0;

/// Why the task is left out in which an answer ends.
const CUT_OFF: &str = "The model's answer was cut off in it.";

/// JSON Schema of the answer, as the model is told it. What is checked is wider: see the rules.
pub(super) fn schema() -> Value {
    serde_json::from_str(include_str!("schema.json")).unwrap_or_default()
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checked {
    /// The tasks that can be used, and what is left out if no more is made of it.
    pub plan: Plan,
    /// What is wrong with the rest.
    pub flaws: Vec<Flaw>,
    /// How many tasks were named that can be used, before long ones became parts.
    named: usize,
}

impl Checked {
    /// Whether the tasks make a plan although something is wrong with others.
    pub fn is_usable(&self) -> bool {
        self.named >= FEWEST && self.plan.tasks.len() <= TASKS_PER_RUN
    }

    /// Why nothing can be made of it, for the person.
    pub fn refusal(&self) -> String {
        // That there were too many is never the reason: the first would have done.
        let mut reasons = self.flaws.iter().filter(|flaw| !matches!(flaw, Flaw::TooMany { .. }));
        let why = reasons.next().map(Flaw::for_person).unwrap_or_default();
        format!("The model did not name tasks that can be used. {why} Say the goal in other words, or try again.")
    }
}

/// Reads the tasks of an answer. `longest_minutes` is the longest piece of work that fits into one day.
pub(super) fn tasks(said: &str, longest_minutes: u32) -> Checked {
    let mut flaws = Vec::new();
    let Listed { mut items, cut } = match read::listed(said) {
        Ok(listed) => listed,
        Err(flaw) => return Checked { plan: Plan::default(), flaws: vec![flaw], named: 0 },
    };
    if items.len() > MOST {
        flaws.push(Flaw::TooMany { named: items.len() });
    }
    let beyond = items.split_off(items.len().min(MOST));
    let mut left_out = Vec::new();
    let mut named = Vec::new();
    let mut places = vec![None; items.len()];
    for (index, item) in items.iter().enumerate() {
        match named_task(item, index) {
            Ok(task) => {
                if let Some(place) = places.get_mut(index) {
                    *place = Some(named.len());
                }
                named.push((index, task));
            }
            Err(wrong) => {
                left_out.extend(not_taken(item, index, wrong.first().map_or("", Flaw::why_not)));
                flaws.extend(wrong);
            }
        }
    }
    if named.len() < FEWEST && flaws.is_empty() {
        flaws.push(Flaw::TooFew { named: named.len() });
    }
    let titles: Vec<String> = items.iter().map(|item| read::text(item, read::TITLE).unwrap_or_default()).collect();
    let wanted = named.iter().map(|(index, _)| {
        items.get(*index).map_or_else(Vec::new, |item| {
            let on = read::depends_on(item, &titles);
            on.into_iter().filter_map(|on| places.get(on).copied().flatten()).collect()
        })
    });
    let kept = depends::without_circles(wanted.collect());
    let count = named.len();
    let tasks: Vec<Task> =
        named.into_iter().zip(kept).map(|((_, task), depends_on)| Task { depends_on, ..task }).collect();
    let tasks = parts::split(tasks, longest_minutes);
    if tasks.len() > TASKS_PER_RUN {
        flaws.push(Flaw::TooManyParts { parts: tasks.len() });
    }
    let too_many = format!("A plan has {MOST} tasks at most.");
    left_out.extend((MOST..).zip(&beyond).filter_map(|(index, item)| not_taken(item, index, &too_many)));
    left_out.extend(cut.and_then(|item| not_taken(&item, items.len() + beyond.len(), CUT_OFF)));
    left_out.truncate(TASKS_PER_RUN);
    Checked { plan: Plan { tasks, left_out }, flaws, named: count }
}

/// An item as a task without its dependencies, or everything that is wrong with it.
fn named_task(item: &Value, index: usize) -> Result<Task, Vec<Flaw>> {
    if !item.is_object() {
        let got = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
        return Err(vec![Flaw::NotATask { task: index, got }]);
    }
    let mut wrong = Vec::new();
    let title = read::text(item, read::TITLE).and_then(|title| Title::new(&clipped(&title, TITLE_CHARS - 10)).ok());
    if title.is_none() {
        wrong.push(Flaw::NoTitle { task: index });
    }
    let minutes = read::minutes(item).filter(|minutes| *minutes <= LONGEST);
    if minutes.is_none() {
        wrong.push(Flaw::NoLength { task: index, got: read::field(item, read::MINUTES).map(Value::to_string) });
    }
    let (Some(title), Some(minutes)) = (title, minutes) else { return Err(wrong) };
    Ok(Task {
        title,
        description: description(item),
        minutes: whole(minutes).max(SHORTEST_TASK),
        priority: priority(item),
        depends_on: Vec::new(),
    })
}

/// An item of which no task is made, under its title or, without one, its number.
fn not_taken(item: &Value, index: usize, why: &str) -> Option<LeftOut> {
    let named = read::text(item, read::TITLE).or_else(|| item.as_str().map(str::to_owned)).unwrap_or_default();
    let title = Title::new(&clipped(&named, TITLE_CHARS)).or_else(|_| Title::new(&format!("Task {}", index + 1)));
    Some(LeftOut { title: title.ok()?, why: why.to_owned() })
}

/// What to do, and why: both are shown with the block.
fn description(item: &Value) -> Option<Description> {
    let texts = [read::text(item, read::DESCRIPTION), read::text(item, read::WHY).map(|why| format!("Why: {why}"))];
    let text = texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    Description::optional(&clipped(&text, DESCRIPTION_CHARS)).ok().flatten()
}

fn priority(item: &Value) -> Priority {
    let word = read::text(item, read::PRIORITY).unwrap_or_default().to_lowercase();
    match word.trim() {
        "high" | "urgent" | "critical" | "1" => Priority::High,
        "low" | "optional" | "3" => Priority::Low,
        _ => Priority::Medium,
    }
}

/// In range: bounded by [`LONGEST`].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(minutes: f64) -> u32 {
    minutes.clamp(0.0, LONGEST).round() as u32
}

fn clipped(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}
