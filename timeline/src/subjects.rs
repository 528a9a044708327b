//! What an event is about: how the log is searched for a plan, a block or a run, and how a later edit of the same is found.

use uuid::Uuid;

use crate::event::EventKind;

impl EventKind {
    /// The plans, blocks and runs that it is about, each once. An event about a block is about the block's plan, too.
    pub fn subjects(&self) -> Vec<Uuid> {
        match self {
            Self::PlanCreated { plan } | Self::PlanDeleted { plan } => vec![plan.id.uuid()],
            Self::PlanRenamed { plan, .. } | Self::PlanArchived { plan, .. } | Self::PlanUnarchived { plan, .. } => {
                vec![plan.uuid()]
            }
            Self::PlanSwitched { after, .. } => after.iter().map(|plan| plan.uuid()).collect(),
            Self::BlockScheduled { block } | Self::BlockDeleted { block } => vec![block.id.uuid(), block.plan.uuid()],
            Self::BlockUpdated(change)
            | Self::BlockMoved(change)
            | Self::BlockCompleted(change)
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

    /// What happened to plans, blocks or settings: of an undo and a redo, what they applied.
    pub fn change(&self) -> &Self {
        match self {
            Self::Undone { change, .. } | Self::Redone { change, .. } => change.change(),
            kind => kind,
        }
    }

    /// Whether it is about a run of the architect.
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

    /// Whether it changes plans, which one is active, or settings: all of a timeline but its blocks.
    pub fn changes_plan_snapshot(&self) -> bool {
        matches!(
            self.change(),
            Self::PlanCreated { .. }
                | Self::PlanRenamed { .. }
                | Self::PlanSwitched { .. }
                | Self::PlanDeleted { .. }
                | Self::PlanArchived { .. }
                | Self::PlanUnarchived { .. }
                | Self::SettingsChanged { .. }
        )
    }
}
