//! The plans, blocks, series, goals and runs that an event is about. They are used to search the log and to find later edits of the same item.

use uuid::Uuid;

use crate::block::{Block, Occurrence};
use crate::event::EventKind;

fn of_block(block: &Block, place_before: Option<Occurrence>) -> Vec<Uuid> {
    let mut subjects = vec![block.id.uuid(), block.plan.uuid()];
    for place in [block.series, place_before].into_iter().flatten() {
        if !subjects.contains(&place.series.uuid()) {
            subjects.push(place.series.uuid());
        }
    }
    subjects.extend(block.goal.map(|part| part.goal.uuid()));
    subjects
}

impl EventKind {
    /// The plans, blocks, series, goals and runs that the event is about, each once. An event about a block is also about the block's plan,
    /// series and goal, except one that moves blocks together.
    pub fn subjects(&self) -> Vec<Uuid> {
        match self {
            Self::PlanCreated { plan } | Self::PlanDeleted { plan } => vec![plan.id.uuid()],
            Self::PlanRenamed { plan, .. }
            | Self::PlanRecolored { plan, .. }
            | Self::PlanArchived { plan, .. }
            | Self::PlanUnarchived { plan, .. } => {
                vec![plan.uuid()]
            }
            Self::PlanSwitched { after, .. } => after.iter().map(|plan| plan.uuid()).collect(),
            Self::BlockScheduled { block } | Self::BlockDeleted { block } => of_block(block, None),
            Self::BlockUpdated(change)
            | Self::BlockMoved(change)
            | Self::BlockCompleted(change)
            | Self::BlockMissed(change)
            | Self::BlockReopened(change) => of_block(&change.after, change.before.series),
            Self::SeriesCreated { series }
            | Self::SeriesDeleted { series }
            | Self::SeriesChanged { after: series, .. } => {
                vec![series.id.uuid(), series.plan.uuid()]
            }
            Self::TimelineShifted { plan, blocks, .. } => {
                blocks.iter().map(|block| block.uuid()).chain([plan.uuid()]).collect()
            }
            Self::GoalCreated { goal } | Self::GoalDeleted { goal } => vec![goal.id.uuid(), goal.plan.uuid()],
            Self::GoalChanged(change) => vec![change.goal.uuid()],
            Self::WorkflowStarted { run } => vec![run.id.uuid(), run.plan.uuid()],
            Self::WorkflowProgressed(change)
            | Self::WorkflowCompleted(change)
            | Self::WorkflowFailed(change)
            | Self::WorkflowCancelled(change)
            | Self::WorkflowRetried(change) => vec![change.run.uuid()],
            Self::Undone { change, .. } | Self::Redone { change, .. } => change.subjects(),
            Self::SettingsChanged { .. } => Vec::new(),
        }
    }

    /// The change of plans, blocks or settings. For an undo or a redo, this is the change that it applied.
    pub fn change(&self) -> &Self {
        match self {
            Self::Undone { change, .. } | Self::Redone { change, .. } => change.change(),
            kind => kind,
        }
    }

    /// Whether the event is about a run of the architect.
    pub fn is_about_run(&self) -> bool {
        matches!(
            self,
            Self::WorkflowStarted { .. }
                | Self::WorkflowProgressed(_)
                | Self::WorkflowCompleted(_)
                | Self::WorkflowFailed(_)
                | Self::WorkflowCancelled(_)
                | Self::WorkflowRetried(_)
        )
    }

    /// Whether the event is about a goal, or about a block of one.
    pub fn concerns_goals(&self) -> bool {
        let block = match self.change() {
            Self::GoalCreated { .. } | Self::GoalChanged(_) | Self::GoalDeleted { .. } => return true,
            // These can show and hide goals, and a shift does not say of which goal its blocks are.
            Self::PlanCreated { .. } | Self::PlanDeleted { .. } | Self::TimelineShifted { .. } => return true,
            Self::BlockScheduled { block } | Self::BlockDeleted { block } => block,
            Self::BlockUpdated(change)
            | Self::BlockMoved(change)
            | Self::BlockCompleted(change)
            | Self::BlockMissed(change)
            | Self::BlockReopened(change) => &change.after,
            _ => return false,
        };
        block.goal.is_some()
    }

    /// Whether the event is about what repeats, or about plans in a way that can make its blocks be shown again.
    pub fn concerns_series(&self) -> bool {
        matches!(
            self.change(),
            Self::SeriesCreated { .. }
                | Self::SeriesChanged { .. }
                | Self::SeriesDeleted { .. }
                | Self::PlanCreated { .. }
                | Self::PlanUnarchived { .. }
        )
    }

    /// Whether the event changes plans, the active plan or the settings, which is everything but blocks.
    pub fn changes_plan_snapshot(&self) -> bool {
        matches!(
            self.change(),
            Self::PlanCreated { .. }
                | Self::PlanRenamed { .. }
                | Self::PlanRecolored { .. }
                | Self::PlanSwitched { .. }
                | Self::PlanDeleted { .. }
                | Self::PlanArchived { .. }
                | Self::PlanUnarchived { .. }
                | Self::SettingsChanged { .. }
        )
    }
}
