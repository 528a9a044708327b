//! The model's words as tasks. What is meant is read, what is out of bounds is brought within them, and what cannot be
//! used is said in words that a model can act on.
//!
//! The rules, where the words leave a choice:
//!
//! - a list that was cut off loses its last task, which may be half of what was meant;
//! - a dependency that leads nowhere, or to the task itself, is dropped;
//! - where tasks wait for each other in a circle, a dependency on an earlier task stays, and one on a later task is
//!   dropped if it would close a circle ([`depends`]);
//! - a task shorter than 5 minutes takes 5; one that is longer than fits into a day becomes parts, one after the other
//!   ([`parts`]).

mod depends;
mod parts;
mod read;

use flux_tools::limits::{DESCRIPTION_CHARS, TASKS_PER_RUN, TITLE_CHARS};
use flux_tools::place::{SHORTEST_TASK, Task};
use flux_tools::tool::Problem;
use flux_tools::{Description, Priority, Title};
use serde_json::Value;

/// Fewest tasks of a goal.
const FEWEST: usize = 3;
/// Most tasks of a goal, before long ones become parts.
const MOST: usize = 12;
/// Longest task that is believed, in minutes: 40 hours. More is a goal of its own.
const LONGEST: f64 = 2_400.0;

/// JSON Schema of the answer, as the model is told it. What is checked is wider: see the rules.
pub(super) fn schema() -> Value {
    serde_json::from_str(include_str!("schema.json")).unwrap_or_default()
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checked {
    /// The tasks that can be used.
    pub tasks: Vec<Task>,
    /// What is wrong with the rest.
    pub problems: Vec<Problem>,
    /// How many tasks were named that can be used, before long ones became parts.
    named: usize,
}

impl Checked {
    /// Whether the tasks make a plan although something is wrong with others.
    pub fn is_usable(&self) -> bool {
        self.named >= FEWEST && self.tasks.len() <= TASKS_PER_RUN
    }

    /// Why nothing can be made of it, for the person.
    pub fn refusal(&self) -> String {
        let why = self.problems.first().map(ToString::to_string).unwrap_or_default();
        format!("The model did not name tasks that can be used ({why}). Say the goal in other words, or try again.")
    }
}

/// Reads the tasks of an answer. `longest_minutes` is the longest piece of work that fits into one day.
pub(super) fn tasks(said: &str, longest_minutes: u32) -> Checked {
    let mut problems = Vec::new();
    let mut items = match read::items(said) {
        Ok(items) => items,
        Err(problem) => return Checked { tasks: Vec::new(), problems: vec![problem], named: 0 },
    };
    if items.len() > MOST {
        problems.push(Problem::new("/tasks", format!("at most {MOST} tasks"), items.len()));
        items.truncate(MOST);
    }
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
            Err(wrong) => problems.extend(wrong),
        }
    }
    if named.len() < FEWEST && problems.is_empty() {
        problems.push(Problem::new("/tasks", format!("at least {FEWEST} tasks"), named.len()));
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
        let expected = format!("tasks that take less time: at most {TASKS_PER_RUN} parts of a day");
        problems.push(Problem::new("/tasks", expected, format!("{} parts", tasks.len())));
    }
    Checked { tasks, problems, named: count }
}

/// An item as a task without its dependencies, or everything that is wrong with it.
fn named_task(item: &Value, index: usize) -> Result<Task, Vec<Problem>> {
    let pointer = |field: &str| format!("/tasks/{index}/{field}");
    if !item.is_object() {
        let expected = "an object with title, description, minutes, priority, depends_on and why";
        return Err(vec![Problem::new(format!("/tasks/{index}"), expected, item)]);
    }
    let mut wrong = Vec::new();
    let title = read::text(item, read::TITLE).and_then(|title| Title::new(&clipped(&title, TITLE_CHARS - 10)).ok());
    if title.is_none() {
        wrong.push(Problem::new(pointer("title"), "a title", "nothing"));
    }
    let minutes = read::minutes(item).filter(|minutes| *minutes <= LONGEST);
    if minutes.is_none() {
        let got = read::field(item, read::MINUTES).map_or_else(|| "nothing".to_owned(), Value::to_string);
        wrong.push(Problem::new(pointer("minutes"), "a number from 5 to 480", got));
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
