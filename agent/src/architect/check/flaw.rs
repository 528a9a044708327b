//! What is wrong with an answer: in words that a model can act on, and in words for the person.

use flux_timeline::limits::TASKS_PER_RUN;

use super::{FEWEST, MOST, clipped};

/// Longest quotation of what came instead, for the model, in characters.
const TOLD_CHARS: usize = 120;
/// Longest quotation of what came instead, for the person, in characters.
const QUOTED_CHARS: usize = 200;

/// One thing that is wrong. Tasks are counted from 0, as places in the model's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::architect) enum Flaw {
    /// There is no list of tasks.
    NoList {
        /// What was said instead.
        said: String,
    },
    /// The list is empty.
    NoTask {
        /// Whether the answer ends in the middle of its first task.
        is_cut: bool,
    },
    /// Fewer tasks than make a plan.
    TooFew {
        /// How many there are.
        named: usize,
    },
    /// More tasks than are taken.
    TooMany {
        /// How many there are.
        named: usize,
    },
    /// Long tasks, in pieces that fit into a day, come to more than a run can add.
    TooManyParts {
        /// How many.
        parts: usize,
    },
    /// An item of the list is not an object.
    NotATask {
        /// Which.
        task: usize,
        /// What it is.
        got: String,
    },
    /// A task without a title.
    NoTitle {
        /// Which.
        task: usize,
    },
    /// It is not said how long a task takes, or not in a way that can be used.
    NoLength {
        /// Which.
        task: usize,
        /// What is said, if anything.
        got: Option<String>,
    },
}

impl Flaw {
    /// For the model: where, as a JSON pointer, what is expected, and what came.
    pub fn for_model(&self) -> String {
        let told = |text: &str| clipped(text, TOLD_CHARS);
        match self {
            Self::NoList { said } => {
                format!("the answer: expected one JSON object with a list “tasks”, got {}", told(said))
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
                told(got)
            ),
            Self::NoTitle { task } => format!("/tasks/{task}/title: expected a title, got nothing"),
            Self::NoLength { task, got } => {
                let got = got.as_deref().map_or_else(|| "nothing".to_owned(), told);
                format!("/tasks/{task}/minutes: expected a number from 5 to 480, got {got}")
            }
        }
    }

    /// Why a task that has this flaw is left out, for the person.
    pub fn why_not(&self) -> &'static str {
        match self {
            Self::NoTitle { .. } => "The model gave it no title.",
            Self::NoLength { got: None, .. } => "The model did not say how long it takes.",
            Self::NoLength { .. } => "How long it takes cannot be told from what the model said.",
            _ => "The model did not say more of it.",
        }
    }

    /// For the person, in a sentence or two.
    pub fn for_person(&self) -> String {
        match self {
            Self::NoList { said } => format!("It named none, and said: {}", quoted(said)),
            Self::NoTask { is_cut: true } => "Its answer was cut off before the first task was whole.".to_owned(),
            Self::NoTask { is_cut: false } => "It named none.".to_owned(),
            Self::TooFew { named } => format!("It named {named}, and a plan has {FEWEST} at least."),
            Self::TooMany { named } => format!("It named {named}, and a plan has {MOST} at most."),
            Self::TooManyParts { parts } => format!(
                "They take so long that they come to {parts} parts that fit into a day, and a plan has {TASKS_PER_RUN} at \
                 most."
            ),
            Self::NotATask { got, .. } => format!("One is not a task: {}", quoted(got)),
            Self::NoTitle { .. } => "One has no title.".to_owned(),
            Self::NoLength { got: None, .. } => "It did not say how long one takes.".to_owned(),
            Self::NoLength { got: Some(got), .. } => {
                format!("How long one takes cannot be used: {}", quoted(got.trim_matches('"')))
            }
        }
    }
}

/// The beginning of a text on one line, as the end of a sentence.
fn quoted(text: &str) -> String {
    let line = clipped(&text.split_whitespace().collect::<Vec<_>>().join(" "), QUOTED_CHARS);
    let end = if line.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("“{line}”{end}")
}
