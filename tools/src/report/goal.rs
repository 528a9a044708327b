//! Sentences about goals.

use chrono::TimeDelta;
use flux_timeline::block::Block;
use flux_timeline::clock;
use flux_timeline::decide::Did;
use flux_timeline::describe::counted_work;
use flux_timeline::goal::{Goal, GoalStatus};
use flux_timeline::moment::Moment;
use flux_timeline::progress::Progress;

pub(super) fn sentence(did: Did, goal: &Goal, blocks: &[Block], moment: &Moment) -> String {
    let name = goal.name();
    let planned = || format!("{}{}", counted_work(blocks), moment.days_of(blocks));
    match (did, goal.state.status) {
        (Did::Accepted, _) => format!("Added “{name}” to the timeline: {}.", planned()),
        (Did::Replanned, _) => format!("Planned the rest of “{name}” again: {}.", planned()),
        (Did::Resumed, _) => format!("Resumed “{name}”: {}.", planned()),
        (Did::Updated, GoalStatus::Paused) => {
            format!("Changed how “{name}” is planned. It is paused, so nothing was added to the timeline.")
        }
        (Did::Updated, _) => {
            format!("Changed the proposal for “{name}”. Nothing is on the timeline yet; accept it to add it.")
        }
        (Did::Paused, _) => {
            format!("Paused “{name}”. What was planned for it is off the timeline until it is resumed.")
        }
        (Did::Ended, _) => format!("Ended “{name}”. What is done stays on the timeline."),
        (Did::Deleted, GoalStatus::Proposed) => format!("Dismissed the proposal for “{name}”."),
        (Did::Deleted, _) => format!("Removed “{name}” from the goals."),
        _ => format!("“{name}” was so already; nothing was changed."),
    }
}

/// The chat message that a goal has fallen behind by a week, in Markdown.
pub fn behind_report(goal: &Goal, progress: &Progress) -> String {
    let Progress { sessions, sessions_done, sessions_missed, minutes_missed, .. } = progress;
    let missed = match sessions_missed {
        1 => "1 session was missed".to_owned(),
        missed => format!("{missed} sessions were missed"),
    };
    let length = clock::length(TimeDelta::minutes((*minutes_missed).into()));
    format!(
        "“{}” is behind by about a week: {missed} ({length}), and {sessions_done} of {sessions} are done.\n\nI can plan the rest of it again \
         from today on, with the same hours a week. You can also choose other hours or a later deadline first.",
        goal.name()
    )
}
