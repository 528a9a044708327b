//! The plans, blocks and runs that an event is about. They are used to search the log and to find later edits of the same item.

use uuid::Uuid;

use crate::event::EventKind;

impl EventKind {
    /// The plans, blocks and runs that the event is about, each once. An event about a block is also about the block's plan.
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
            Self::BlockScheduled { block } | Self::BlockDeleted { block } => vec![block.id.uuid(), block.plan.uuid()],
            Self::BlockUpdated(change)
            | Self::BlockMoved(change)
            | Self::BlockCompleted(change)
            | Self::BlockMissed(change)
            | Self::BlockReopened(change) => vec![change.after.id.uuid(), change.after.plan.uuid()],
            Self::TimelineShifted { plan, blocks, .. } => {
                blocks.iter().map(|block| block.uuid()).chain([plan.uuid()]).collect()
            }
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
