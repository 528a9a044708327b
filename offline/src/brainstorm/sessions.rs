//! What is done regularly for a goal, in phases. Finding times for the sessions is not done here.

use serde_json::{Value, json};

use super::fill::{fill, shortened};
use super::kind::Phase;
use super::plan::{MARK, TITLE_CHARS, grouped};
use super::subject::Subject;
use crate::phrase::capitalised;
use flux_tools::context::GoalContext;

/// With fewer days until the deadline, single tasks are planned instead: nothing becomes regular in less than three weeks.
const FEWEST_DAYS: i64 = 21;

/// Whether a goal has sessions.
fn are_planned(subject: &Subject, goal: &GoalContext) -> bool {
    let days = goal.deadline.map(|deadline| (deadline - goal.now).num_days());
    !subject.kind.sessions.is_empty() && days.is_none_or(|days| days >= FEWEST_DAYS)
}

/// The sessions of a goal.
pub(super) fn sessions(subject: &Subject, goal: &GoalContext) -> Vec<Value> {
    if !are_planned(subject, goal) {
        return Vec::new();
    }
    subject.kind.sessions.iter().map(|phase| session(phase, subject, goal)).collect()
}

fn session(phase: &Phase, subject: &Subject, goal: &GoalContext) -> Value {
    let amount = subject.counted(phase.counted_milestone);
    let mut words = subject.words();
    words.extend([
        ("number", amount.map(|amount| grouped(amount.number)).unwrap_or_default()),
        ("unit", amount.map(|amount| amount.unit.to_owned()).unwrap_or_default()),
    ]);
    let names: Vec<(&'static str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = |template: &str| capitalised(&fill(template, &names));
    let milestone = if amount.is_some() { phase.counted_milestone } else { phase.milestone };
    json!({
        "title": shortened(&text(phase.title), TITLE_CHARS),
        "description": format!("{} {MARK}", text(phase.description)),
        "minutes": phase.minutes.min(goal.longest_minutes),
        "per_week": phase.per_week,
        "weeks": phase.weeks,
        "milestone": text(milestone),
    })
}
