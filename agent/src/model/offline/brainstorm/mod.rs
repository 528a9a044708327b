//! A goal as tasks, by kinds of goal: what the architect gets where no model is connected.

use serde_json::json;

use crate::model::GoalContext;

/// The tasks of a goal, as the JSON that the architect asks for.
pub(super) fn tasks(goal: &GoalContext) -> String {
    let task = |title: &str, minutes: u32, depends_on: &[usize]| {
        json!({
            "title": title,
            "description": format!("{title} for “{}”. (Offline plan, made by rules.)", goal.goal),
            "minutes": minutes.min(goal.longest_minutes),
            "priority": "medium",
            "depends_on": depends_on,
            "why": "A plan needs a beginning, work, and a look back.",
        })
    };
    let tasks = [
        task("Say what done means", 30, &[]),
        task("Do the first part", 90, &[1]),
        task("Look back and decide what is next", 30, &[2]),
    ];
    json!({ "tasks": tasks }).to_string()
}
