//! A goal as tasks, by kinds of goal: what the architect gets where no model is connected.
//!
//! The kind is told by words of the goal, and its table gives the tasks; the person's own words, numbers and time are put
//! into them. Not here: finding a time for the tasks.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `kind` | the tables, one for each kind of goal, and their list |
//! | `step` | what a table is made of |
//! | `subject` | what a goal is about, and what it counts |
//! | `plan` | a table fitted to the time there is |
//! | `fill` | the person's words in a table's text |

mod fill;
mod kind;
mod plan;
mod step;
mod subject;
#[cfg(test)]
mod tests;

use serde_json::json;

use self::subject::Subject;
use flux_tools::context::GoalContext;

/// The tasks of a goal, as the JSON that the architect asks for.
pub(super) fn tasks(goal: &GoalContext) -> String {
    json!({ "tasks": plan::plan(&Subject::of(goal), goal) }).to_string()
}
