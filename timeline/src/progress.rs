//! How far a goal has come.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::block::{Block, Part};
use crate::draft::minutes;
use crate::goal::Goal;
use crate::span::Span;
use crate::text::Title;

/// How far a goal has come, by its blocks on the timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Progress {
    /// How many sessions are done.
    pub sessions_done: u32,
    /// How many sessions there are: those that are done, those to come, and those that were missed.
    pub sessions: u32,
    /// How many sessions were missed and have not been made up for.
    pub sessions_missed: u32,
    /// How many tasks are done.
    pub tasks_done: u32,
    /// How many tasks there are.
    pub tasks: u32,
    /// How much time was spent, in minutes: what the timer has counted, or else the length of what is done.
    pub minutes_done: u32,
    /// How long the missed sessions would have taken, in minutes.
    pub minutes_missed: u32,
    /// How much time is planned, in minutes: what is done and what is open.
    pub minutes: u32,
    /// The next open session or task that has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextPart>,
    /// When the last open session or task ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<DateTime<Utc>>,
    /// The milestones, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<MilestoneReached>,
}

/// What comes next for a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextPart {
    /// The title of the block.
    pub title: Title,
    /// Its time.
    pub span: Span,
}

/// What can be done at the end of a phase, and whether that is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneReached {
    /// What can be done then.
    pub title: Title,
    /// The end of the last session of its phase. `None` if none is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Whether all of its sessions are done.
    pub reached: bool,
}

/// Counts how far a goal has come. `blocks` are those of the goal, by start.
pub fn progress(goal: &Goal, blocks: &[Block], now: DateTime<Utc>) -> Progress {
    let mut sum = Progress::default();
    for block in blocks {
        let is_done = block.completed_at.is_some();
        let (count, done) = if block.is_session() {
            (&mut sum.sessions, &mut sum.sessions_done)
        } else {
            (&mut sum.tasks, &mut sum.tasks_done)
        };
        *count += 1;
        *done += u32::from(is_done);
        let length = minutes(block);
        if is_done {
            let worked = u32::try_from(block.worked.minutes()).unwrap_or(u32::MAX);
            sum.minutes_done = sum.minutes_done.saturating_add(if worked > 0 { worked } else { length });
            sum.minutes += length;
            continue;
        }
        sum.minutes += length;
        if is_missed(block, now) {
            sum.sessions_missed += 1;
            sum.minutes_missed += length;
        }
        let Some(span) = block.span.filter(|_| block.is_open()) else { continue };
        sum.ends = sum.ends.max(Some(span.end()));
        if sum.next.is_none() && span.end() > now {
            sum.next = Some(NextPart { title: block.title.clone(), span });
        }
    }
    let phases = goal.outline.phases.iter().enumerate();
    sum.milestones = phases.filter_map(|(index, phase)| milestone(phase.milestone.as_ref()?, index, blocks)).collect();
    sum
}

/// Whether a session was missed: it is over and not done. One that the person made all-day has no length that could be made up for.
pub(crate) fn is_missed(block: &Block, now: DateTime<Utc>) -> bool {
    block.is_session() && block.is_open() && block.span.is_some_and(|span| span.end() <= now)
}

fn milestone(title: &Title, phase: usize, blocks: &[Block]) -> Option<MilestoneReached> {
    let mut sessions = blocks.iter().filter(|block| block.goal.is_some_and(|part| part.part == Part::Session(phase)));
    let last = sessions.clone().filter_map(|block| block.span).map(Span::end).max();
    let reached = last.is_some() && sessions.all(|block| block.completed_at.is_some());
    Some(MilestoneReached { title: title.clone(), at: last, reached })
}
