//! What is wrong with an answer, worded for the model and for the person.

use flux_timeline::limits::TASKS_PER_RUN;

use super::{FEWEST, MOST, clipped};

/// The longest quotation in a text for the model, in characters.
const MODEL_QUOTE_CHARS: usize = 120;
/// The longest quotation in a text for the person, in characters.
const PERSON_QUOTE_CHARS: usize = 200;

/// One thing that is wrong. `task` is an index into the model's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::architect) enum Flaw {
    /// There is no list of tasks.
    NoList {
        /// The answer.
        said: String,
    },
    /// The list is empty.
    NoTask {
        /// Whether the answer ends in the middle of its first task.
        is_cut: bool,
    },
    /// There are too few tasks for a plan.
    TooFew {
        /// The number of tasks.
        named: usize,
    },
    /// There are more tasks than a plan may have.
    TooMany {
        /// The number of tasks.
        named: usize,
    },
    /// Split into parts that fit into a day, the tasks are more than a run may add.
    TooManyParts {
        /// The number of parts.
        parts: usize,
    },
    /// An item of the list is not an object.
    NotATask {
        /// The task.
        task: usize,
        /// The item.
        got: String,
    },
    /// A task has no title.
    NoTitle {
        /// The task.
        task: usize,
    },
    /// The length of a task is missing or unusable.
    NoLength {
        /// The task.
        task: usize,
        /// The given length, if there is one.
        got: Option<String>,
    },
}

impl Flaw {
    /// For the model: where it is (a JSON pointer), what is expected, and what the answer has instead.
    pub fn for_model(&self) -> String {
        let quote = |text: &str| clipped(text, MODEL_QUOTE_CHARS);
        match self {
            Self::NoList { said } => {
                format!("the answer: expected one JSON object with a list “tasks”, got {}", quote(said))
            }
            Self::NoTask { is_cut: true } => {
                format!("/tasks: expected at least {FEWEST} tasks, got a text that was cut off")
            }
            Self::NoTask { is_cut: false } => format!("/tasks: expected at least {FEWEST} tasks, got none"),
            Self::TooFew { named } => format!("/tasks: expected at least {FEWEST} tasks, got {named}"),
            Self::TooMany { named } => format!("/tasks: expected at most {MOST} tasks, got {named}"),
            Self::TooManyParts { parts } => format!(
                "/tasks: expected tasks that take less time: at most {TASKS_PER_RUN} parts of a day, got {parts} parts"
            ),
            Self::NotATask { task, got } => format!(
                "/tasks/{task}: expected an object with title, description, minutes, priority, depends_on and why, got {}",
                quote(got)
            ),
            Self::NoTitle { task } => format!("/tasks/{task}/title: expected a title, got nothing"),
            Self::NoLength { task, got } => {
                let got = got.as_deref().map_or_else(|| "nothing".to_owned(), quote);
                format!("/tasks/{task}/minutes: expected a number from 5 to 480, got {got}")
            }
        }
    }

    /// Why a task with this flaw is left out, for the person.
    pub fn why_not(&self) -> &'static str {
        match self {
            Self::NoTitle { .. } => "The model gave it no title.",
            Self::NoLength { got: None, .. } => "The model did not say how long it takes.",
            Self::NoLength { .. } => "The model did not say clearly how long it takes.",
            _ => "The model gave no details of it.",
        }
    }

    /// For the person, in a sentence or two.
    pub fn for_person(&self) -> String {
        match self {
            Self::NoList { said } => format!("It named none, and said: {}", quoted(said)),
            Self::NoTask { is_cut: true } => "Its answer was cut off before the first task was complete.".to_owned(),
            Self::NoTask { is_cut: false } => "It named none.".to_owned(),
            Self::TooFew { named } => format!("It named {named}, and a plan has at least {FEWEST}."),
            Self::TooMany { named } => format!("It named {named}, and a plan has at most {MOST}."),
            Self::TooManyParts { parts } => format!(
                "They are too long: split into parts that fit into a day they are {parts}, and a plan has at most \
                 {TASKS_PER_RUN}."
            ),
            Self::NotATask { got, .. } => format!("One is not a task: {}", quoted(got)),
            Self::NoTitle { .. } => "One has no title.".to_owned(),
            Self::NoLength { got: None, .. } => "It did not say how long one takes.".to_owned(),
            Self::NoLength { got: Some(got), .. } => {
                format!("The length of one is unusable: {}", quoted(got.trim_matches('"')))
            }
        }
    }
}

/// The beginning of a text on one line, quoted at the end of a sentence.
fn quoted(text: &str) -> String {
    let line = clipped(&text.split_whitespace().collect::<Vec<_>>().join(" "), PERSON_QUOTE_CHARS);
    let end = if line.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("“{line}”{end}")
}
