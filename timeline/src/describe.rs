//! Short descriptions of changes, for places where the domain itself has to name one: an undo that is refused because of a
//! later change, and the message that a run keeps.

use crate::block::Block;
use crate::event::{EventKind, GoalChange, TimerChange};
use crate::goal::GoalStatus;
use crate::moment::Moment;
use crate::outline::SESSION_TAG;
use crate::plan::Plan;
use crate::span::Span;

impl EventKind {
    /// Describes the change in a few words, for example `scheduled “Workout” (B1)`.
    pub fn describe(&self) -> String {
        match self {
            // An undo carries the inverse that it applied. The change that it took back is the inverse of that.
            Self::Undone { change, .. } => {
                format!("took back: {}", change.inverse().map_or_else(|| change.describe(), |done| done.describe()))
            }
            Self::Redone { change, .. } => format!("did again: {}", change.describe()),
            Self::WorkflowStarted { run } => format!("started to plan “{}”", run.goal),
            Self::WorkflowProgressed(change)
            | Self::WorkflowCompleted(change)
            | Self::WorkflowFailed(change)
            | Self::WorkflowCancelled(change)
            | Self::WorkflowRetried(change) => format!("planning: {}", change.state.message),
            Self::GoalCreated { goal } => format!("proposed “{}”", goal.name()),
            Self::SettingsChanged { .. } => "changed the settings".to_owned(),
            kind => kind.describe_edit().unwrap_or_else(|| "a change".to_owned()),
        }
    }

    /// Describes an edit in a few words. Returns `None` for an event that undo does not take back by itself, because another
    /// event of the same transaction describes the change.
    pub fn describe_edit(&self) -> Option<String> {
        Some(match self {
            Self::PlanCreated { plan } => format!("created the plan “{}”", plan.title),
            Self::PlanRenamed { before, after, .. } => format!("renamed the plan “{before}” to “{after}”"),
            Self::PlanRecolored { after: Some(color), .. } => format!("made a plan {}", color.as_str()),
            Self::PlanRecolored { after: None, .. } => "changed the color of a plan".to_owned(),
            Self::PlanSwitched { .. } => "switched plans".to_owned(),
            Self::PlanDeleted { plan } => format!("deleted the plan “{}”", plan.title),
            Self::PlanArchived { .. } => "archived a plan".to_owned(),
            Self::PlanUnarchived { .. } => "took a plan out of the archive".to_owned(),
            Self::BlockScheduled { block } => format!("scheduled {}", named(block)),
            Self::BlockUpdated(change) => match change.timer() {
                Some(TimerChange::Started) => format!("started the timer of {}", named(&change.after)),
                Some(TimerChange::Paused) => format!("paused the timer of {}", named(&change.after)),
                Some(TimerChange::Corrected) => format!("corrected the time spent on {}", named(&change.after)),
                None => format!("updated {}", named(&change.before)),
            },
            Self::BlockMoved(change) => format!("moved {}", named(&change.after)),
            Self::BlockCompleted(change) => format!("completed {}", named(&change.after)),
            Self::BlockMissed(change) => format!("marked {} as missed", named(&change.after)),
            Self::BlockReopened(change) => format!("reopened {}", named(&change.after)),
            Self::BlockDeleted { block } => format!("deleted {}", named(block)),
            Self::TimelineShifted { blocks, .. } => format!("moved {}", counted_blocks(blocks.len() as u64)),
            Self::SeriesCreated { series } => format!("made “{}” {}", series.title, series.does()),
            // The event of the block that was left out, or of the one that was done or reopened, says it.
            Self::SeriesChanged { before, after }
                if before.differs_in_exceptions(after) || before.differs_in_newest(after) =>
            {
                return None;
            }
            Self::SeriesChanged { before, after } if before.differs_in_blocks(after) => {
                format!("planned more of “{}”", after.title)
            }
            Self::SeriesChanged { before, after }
                if before.rule == after.rule && before.after_done.is_some() == after.after_done.is_some() =>
            {
                format!("changed all of “{}”", after.title)
            }
            Self::SeriesChanged { after, .. } => format!("made “{}” {}", after.title, after.does()),
            Self::SeriesDeleted { series } => format!("ended the series “{}”", series.title),
            Self::GoalChanged(change) => goal_change(change),
            Self::GoalDeleted { goal } => format!("removed the goal “{}”", goal.name()),
            _ => return None,
        })
    }
}

/// What was done to a goal, which the event does not name.
fn goal_change(GoalChange { before, after, .. }: &GoalChange) -> String {
    use GoalStatus::{Active, Ended, Paused, Proposed};
    let done = match (before.status, after.status) {
        (Proposed, Active) => "accepted a goal",
        (Active, Proposed) => "took a goal back to its proposal",
        (Paused | Ended, Active) => "resumed a goal",
        (_, Paused) if before.status != Paused => "paused a goal",
        (_, Ended) if before.status != Ended => "ended a goal",
        _ if before.wishes != after.wishes => "changed how a goal is planned",
        _ if before.behind_since.is_none() && after.behind_since.is_some() => "noted that a goal is behind",
        _ => "planned a goal again",
    };
    done.to_owned()
}

fn named(block: &Block) -> String {
    format!("“{}” ({})", block.title, block.handle)
}

/// `A, B and C`.
pub(crate) fn list(mut words: Vec<String>, conjunction: &str) -> String {
    match words.pop() {
        Some(last) if !words.is_empty() => format!("{} {conjunction} {last}", words.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// `1 block`, `2 blocks`.
pub fn counted_blocks(count: u64) -> String {
    if count == 1 { "1 block".to_owned() } else { format!("{count} blocks") }
}

/// `1 appointment`, `2 appointments`.
pub fn counted_appointments(count: u64) -> String {
    if count == 1 { "1 appointment".to_owned() } else { format!("{count} appointments") }
}

/// `1 task`, `2 tasks`.
pub fn counted_tasks(count: u64) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}

/// `9 tasks`, or `38 sessions and 6 tasks` of the blocks that a run has added.
pub fn counted_work(blocks: &[Block]) -> String {
    let is_session = |block: &&Block| block.tags.iter().any(|tag| tag.as_str() == SESSION_TAG);
    let sessions = blocks.iter().filter(is_session).count();
    let tasks = counted_tasks((blocks.len() - sessions) as u64);
    match sessions {
        0 => tasks,
        1 if blocks.len() == 1 => "1 session".to_owned(),
        1 => format!("1 session and {tasks}"),
        _ if sessions == blocks.len() => format!("{sessions} sessions"),
        _ => format!("{sessions} sessions and {tasks}"),
    }
}

/// ` 1 was left out.`, after another sentence.
fn left_out(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some(" 1 was left out.".to_owned()),
        more => Some(format!(" {more} were left out.")),
    }
}

/// Says that the plan was archived while its goal was being worked on, and how to see its tasks. `None` for a plan in use.
pub fn archived_meanwhile(plan: &Plan) -> Option<String> {
    let title = &plan.title;
    (!plan.is_in_use())
        .then(|| format!("“{title}” was archived meanwhile, and they are in it; switch to it to see them."))
}

impl Moment {
    /// Says what a run proposes, for example “Proposed 9 tasks, Tue 24 Nov – Fri 4 Dec. Nothing is on the timeline yet.”
    pub fn proposed_tasks(&self, blocks: &[Block], left_out: usize) -> String {
        let left_out = self::left_out(left_out).unwrap_or_default();
        format!("Proposed {}{}.{left_out} Nothing is on the timeline yet.", counted_work(blocks), self.days_of(blocks))
    }

    /// Says what a run added, for example “Added 9 tasks, Tue 24 Nov – Fri 4 Dec. 2 were left out.” The tasks of an archived
    /// plan are not visible, so for those it says how to see them.
    pub fn added_tasks(&self, blocks: &[Block], left_out: usize, plan: &Plan) -> String {
        let left_out = self::left_out(left_out).unwrap_or_default();
        let mut sentences = vec![format!("Added {}{}.{left_out}", counted_work(blocks), self.days_of(blocks))];
        sentences.extend(archived_meanwhile(plan));
        sentences.join(" ")
    }

    /// `, Tue 24 Nov – Fri 4 Dec`: the first and the last day of `blocks`, which are sorted by start. Empty without blocks.
    pub fn days_of(&self, blocks: &[Block]) -> String {
        let mut starts = blocks.iter().filter_map(|block| block.span.map(Span::start));
        let Some(first) = starts.next() else { return String::new() };
        let (first, last) = (self.day(first), self.day(starts.next_back().unwrap_or(first)));
        if first == last { format!(", {first}") } else { format!(", {first} – {last}") }
    }
}
