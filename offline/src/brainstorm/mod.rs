//! Plans by rules: the tasks that the architect gets for a goal if no model is connected.
//!
//! The words of a goal tell its kind, and the kind gives the steps. The person's own words, numbers and time are put into
//! them. Finding times for the tasks is not done here.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `kind` | the kinds of goals and their steps, from `offline/goals.yaml` |
//! | `subject` | what a goal is about, and what it counts |
//! | `plan` | the steps of a kind, fitted to the time there is |
//! | `sessions` | what is done regularly, in phases |
//! | `fill` | the person's words in the texts of a step |

mod fill;
mod kind;
mod plan;
mod sessions;
mod subject;
#[cfg(test)]
mod tests;

use serde_json::json;

use self::subject::Subject;
use flux_tools::context::GoalContext;

/// The sessions and tasks of a goal, as the JSON that the architect asks for.
pub(super) fn tasks(goal: &GoalContext) -> String {
    let subject = Subject::of(goal);
    let sessions = sessions::sessions(&subject, goal);
    let tasks = plan::plan(&subject, goal, !sessions.is_empty());
    match sessions {
        sessions if sessions.is_empty() => json!({ "tasks": tasks }),
        sessions => json!({ "activity": subject.kind.activity, "sessions": sessions, "tasks": tasks }),
    }
    .to_string()
}
