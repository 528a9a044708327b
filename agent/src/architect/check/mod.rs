//! Reads a model's answer as tasks: values with a clear meaning are accepted, values out of bounds are brought within them, and
//! whatever is unusable is described so that a model can repair it.
//!
//! The answer is not validated against `schema.json`, which the model is shown, because many answers that violate it have one
//! clear meaning. It is repaired as JSON and then read by these rules:
//!
//! - text around the JSON and unknown fields are ignored, and synonyms of field names are accepted ([`read`]);
//! - if the list was cut off within a task, that task is left out, because it may be incomplete; brackets after the last task
//!   may be missing;
//! - fewer than 3 tasks go back to the model, unless there are sessions; so do more than 12, and the first 12 are used if the model does
//!   not improve;
//! - a task without a title, without a length, or longer than 40 hours (which is a goal of its own) goes back, and is left out if
//!   the model does not improve it and the other tasks are enough for a plan;
//! - a length may be a number of minutes, also as text, or text with hours and minutes;
//! - a missing or unknown priority is medium; a missing description or reason is empty; long texts are shortened;
//! - a dependency may be a number, counted from 1, or a title; one on an unknown task or on the task itself is dropped;
//! - if dependencies form a cycle, one on an earlier task is kept, and one on a later task is dropped if it would close a
//!   cycle ([`depends`]);
//! - a task shorter than 5 minutes takes 5; one that is too long for any day is split into parts, one after the other
//!   ([`split_tasks`]), at most 200 in total;
//! - a session without a title is left out, and so is a fifth one; other fields that are missing or unusable get usual values
//!   ([`sessions`]); a task that depends on a session, named by its title, comes after all sessions;
//! - an activity that is missing or unknown means the working hours, and with sessions the evening, too.
//!
//! The report to the person lists every task that was left out, with the reason.

mod depends;
mod flaw;
mod read;
mod sessions;

use flux_timeline::free_time::Activity;
use flux_timeline::limits::{DESCRIPTION_CHARS, TASKS_PER_RUN, TITLE_CHARS};
use flux_timeline::outline::split_tasks;
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
/// The longest task that is accepted, in minutes: 40 hours. Anything longer is a goal of its own.
const LONGEST: f64 = 2_400.0;

/// Why the task in which the answer was cut off is left out.
const CUT_OFF: &str = "The model's answer was cut off within this task.";

/// JSON Schema of the answer, as the model is shown it. The check accepts more: see the rules.
pub(super) fn schema() -> Value {
    serde_json::from_str(include_str!("schema.json")).unwrap_or_default()
}

/// The result of checking an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checked {
    /// The usable tasks, and what is left out if the answer is not repaired.
    pub plan: Plan,
    /// What is wrong with the answer.
    pub flaws: Vec<Flaw>,
    /// The number of usable tasks, before long ones were split into parts.
    named: usize,
}

impl Checked {
    /// Whether the tasks are enough for a plan although the answer has flaws.
    pub fn is_usable(&self) -> bool {
        (self.named >= FEWEST || !self.plan.phases.is_empty()) && self.plan.tasks.len() <= TASKS_PER_RUN
    }

    /// Why the answer is unusable, for the person.
    pub fn refusal(&self) -> String {
        // Too many tasks are never the reason, because the first ones would be used.
        let mut reasons = self.flaws.iter().filter(|flaw| !matches!(flaw, Flaw::TooMany { .. }));
        let why = reasons.next().map(Flaw::for_person).unwrap_or_default();
        format!("The model did not name usable tasks. {why} Describe the goal in other words, or try again.")
    }
}

/// Reads the tasks and sessions in an answer. `longest_minutes` is the longest task that can fit into one day.
pub(super) fn outline(said: &str, longest_minutes: u32) -> Checked {
    let mut flaws = Vec::new();
    let Listed { mut items, cut, activity, sessions } = match read::listed(said) {
        Ok(listed) => listed,
        Err(flaw) => return Checked { plan: Plan::default(), flaws: vec![flaw], named: 0 },
    };
    if items.len() > MOST {
        flaws.push(Flaw::TooMany { named: items.len() });
    }
    let beyond = items.split_off(items.len().min(MOST));
    let mut left_out = Vec::new();
    let phases = sessions::phases(&sessions, &mut left_out);
    let mut named = Vec::new();
    let mut places = vec![None; items.len()];
    for (index, item) in items.iter().enumerate() {
        match named_task(item, index) {
            Ok(mut task) => {
                task.after_sessions &= !phases.is_empty();
                task.after_sessions |= phases.iter().any(|phase| read::depends_on_title(item, &phase.title));
                if let Some(place) = places.get_mut(index) {
                    *place = Some(named.len());
                }
                named.push((index, task));
            }
            Err(flaws_of_task) => {
                left_out.extend(not_taken(item, index, flaws_of_task.first().map_or("", Flaw::why_not)));
                flaws.extend(flaws_of_task);
            }
        }
    }
    if named.len() < FEWEST && phases.is_empty() && flaws.is_empty() {
        flaws.push(Flaw::TooFew { named: named.len() });
    }
    let titles: Vec<String> = items.iter().map(|item| read::text(item, read::TITLE).unwrap_or_default()).collect();
    let wanted = named.iter().map(|(index, _)| {
        items.get(*index).map_or_else(Vec::new, |item| {
            let on = read::depends_on(item, &titles);
            on.into_iter().filter_map(|on| places.get(on).copied().flatten()).collect()
        })
    });
    let kept = depends::without_cycles(wanted.collect());
    let count = named.len();
    let tasks: Vec<Task> =
        named.into_iter().zip(kept).map(|((_, task), depends_on)| Task { depends_on, ..task }).collect();
    let tasks: Vec<Task> = split_tasks(&tasks, longest_minutes).into_iter().map(|(_, part)| part).collect();
    if tasks.len() > TASKS_PER_RUN {
        flaws.push(Flaw::TooManyParts { parts: tasks.len() });
    }
    let too_many = format!("A plan has at most {MOST} tasks.");
    left_out.extend((MOST..).zip(&beyond).filter_map(|(index, item)| not_taken(item, index, &too_many)));
    left_out.extend(cut.and_then(|item| not_taken(&item, items.len() + beyond.len(), CUT_OFF)));
    left_out.truncate(TASKS_PER_RUN);
    let usual = if phases.is_empty() { Activity::Work } else { Activity::Other };
    Checked { plan: Plan { activity: activity.unwrap_or(usual), tasks, phases, left_out }, flaws, named: count }
}

/// Reads an item as a task without its dependencies, or returns everything that is wrong with it.
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
        after_sessions: read::is_true(item, read::AFTER_SESSIONS),
    })
}

/// An item that is left out, named by its title or, if it has none, its number.
fn not_taken(item: &Value, index: usize, why: &str) -> Option<LeftOut> {
    let named = read::text(item, read::TITLE).or_else(|| item.as_str().map(str::to_owned)).unwrap_or_default();
    let title = Title::new(&clipped(&named, TITLE_CHARS)).or_else(|_| Title::new(&format!("Task {}", index + 1)));
    Some(LeftOut { title: title.ok()?, why: why.to_owned() })
}

/// What to do, and why. Both are shown with the block.
fn description(item: &Value) -> Option<Description> {
    let texts = [read::text(item, read::DESCRIPTION), read::text(item, read::WHY).map(|why| format!("Why: {why}"))];
    let text = texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    Description::optional(&clipped(&text, DESCRIPTION_CHARS)).ok().flatten()
}

fn priority(item: &Value) -> Priority {
    let word = read::text(item, read::PRIORITY).unwrap_or_default().to_ascii_lowercase();
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
