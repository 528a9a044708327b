//! What happened. The log is the truth: entries are never changed or removed, everything else is computed from them.

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::block::Block;
use crate::id::{BlockId, EventId, PlanId, RunId, TxnId};
use crate::plan::Plan;
use crate::run::{Run, RunState};
use crate::settings::Settings;
use crate::tagged_enum;
use crate::text::Title;
use crate::{clock, json};

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// 1, 2, 3 … in an object, without gaps.
    pub seq: u64,
    /// Unique everywhere.
    pub id: EventId,
    /// When it was written, UTC, to the millisecond.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// The transaction: events of one transaction are written together and undone together.
    pub txn: TxnId,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
    /// Why, in words, where someone gave a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

tagged_enum! {
    /// Who did something.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Actor = "Actor", plain PlainActor, internal "by", units ["user", "system"], names "lowercase" {
        /// The person, directly.
        User,
        /// The model, in a turn.
        Assistant {
            /// The chat request that the turn answers.
            turn: String,
            /// The tool call.
            tool_call: String,
        },
        /// A run of the architect.
        Workflow {
            /// Which.
            run: RunId,
        },
        /// The service itself, e.g. when it makes a person's first plan.
        System,
    }
}

tagged_enum! {
    /// What happened, with what its inverse needs.
    ///
    /// Changes of blocks carry the whole block before and after, so that a client which holds only a part of the timeline
    /// can still apply them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum EventKind = "EventKind", plain PlainKind, adjacent "type", "payload", names "SCREAMING_SNAKE_CASE" {
        /// A plan was made.
        PlanCreated {
            /// The plan.
            plan: Plan,
        },
        /// A plan got another title.
        PlanRenamed {
            /// The plan.
            plan: PlanId,
            /// The title until now.
            before: Title,
            /// The title from now on.
            after: Title,
        },
        /// Another plan became the active one.
        PlanSwitched {
            /// The active plan until now; none only for the first plan of an object.
            before: Option<PlanId>,
            /// The active plan from now on.
            after: Option<PlanId>,
        },
        /// A plan was deleted. Its blocks are kept, unreachable, so that the inverse brings them back at no cost.
        PlanDeleted {
            /// The plan as it was.
            plan: Plan,
        },
        /// A plan was put away. It is kept as it is, with its blocks.
        PlanArchived {
            /// The plan.
            plan: PlanId,
            /// When: from now on its `archivedAt`.
            #[serde(deserialize_with = "clock::instant")]
            at: DateTime<Utc>,
        },
        /// An archived plan is in use again.
        PlanUnarchived {
            /// The plan.
            plan: PlanId,
            /// When it was archived: until now its `archivedAt`.
            #[serde(deserialize_with = "clock::instant")]
            at: DateTime<Utc>,
        },
        /// A block was put on the timeline.
        BlockScheduled {
            /// The block.
            block: Block,
        },
        /// A block's title, description, priority, tags or dependencies changed.
        BlockUpdated(BlockChange),
        /// A block was moved or got another length.
        BlockMoved(BlockChange),
        /// A block was completed.
        BlockCompleted(BlockChange),
        /// A completed block was opened again.
        BlockReopened(BlockChange),
        /// A block was deleted.
        BlockDeleted {
            /// The block as it was.
            block: Block,
        },
        /// Blocks were moved together.
        TimelineShifted {
            /// Their plan.
            plan: PlanId,
            /// How far, in ms; negative is earlier.
            by_ms: i64,
            /// Which; at most 1,000 in one event.
            blocks: Vec<BlockId>,
        },
        /// A run of the architect began.
        WorkflowStarted {
            /// The run.
            run: Run,
        },
        /// It came a step further, or tries a step again.
        WorkflowProgressed(RunChange),
        /// Its tasks are on the timeline.
        WorkflowCompleted(RunChange),
        /// It ended without tasks.
        WorkflowFailed(RunChange),
        /// The person ended it.
        WorkflowCancelled(RunChange),
        /// One that had failed goes on.
        WorkflowRetried(RunChange),
        /// One event of an earlier transaction was taken back.
        Undone {
            /// The transaction that is undone.
            txn: TxnId,
            /// The inverse that was applied.
            change: Box<EventKind>,
        },
        /// One event of an undone transaction was applied again.
        Redone {
            /// The transaction that is redone.
            txn: TxnId,
            /// What was applied.
            change: Box<EventKind>,
        },
        /// The person's settings changed.
        SettingsChanged {
            /// Until now.
            before: Settings,
            /// From now on.
            after: Settings,
        },
    }
}

/// A block before and after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockChange {
    /// Until now.
    pub before: Block,
    /// From now on.
    pub after: Block,
}

/// A run after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunChange {
    /// Which.
    pub run: RunId,
    /// Where it stands from now on.
    pub state: RunState,
}

impl BlockChange {
    fn swapped(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone() }
    }
}

impl EventKind {
    /// What takes this event back: applied right after it, it leaves the timeline as it was before.
    ///
    /// `None` for [`EventKind::Undone`] and [`EventKind::Redone`], which are taken back by redoing and undoing, and for
    /// runs of the architect: a thought cannot be taken back, only the tasks that came of it.
    pub fn inverse(&self) -> Option<Self> {
        Some(match self {
            Self::PlanCreated { plan } => Self::PlanDeleted { plan: plan.clone() },
            Self::PlanDeleted { plan } => Self::PlanCreated { plan: plan.clone() },
            Self::PlanRenamed { plan, before, after } => {
                Self::PlanRenamed { plan: *plan, before: after.clone(), after: before.clone() }
            }
            Self::PlanSwitched { before, after } => Self::PlanSwitched { before: *after, after: *before },
            Self::PlanArchived { plan, at } => Self::PlanUnarchived { plan: *plan, at: *at },
            Self::PlanUnarchived { plan, at } => Self::PlanArchived { plan: *plan, at: *at },
            Self::BlockScheduled { block } => Self::BlockDeleted { block: block.clone() },
            Self::BlockDeleted { block } => Self::BlockScheduled { block: block.clone() },
            Self::BlockUpdated(change) => Self::BlockUpdated(change.swapped()),
            Self::BlockMoved(change) => Self::BlockMoved(change.swapped()),
            Self::BlockCompleted(change) => Self::BlockReopened(change.swapped()),
            Self::BlockReopened(change) => Self::BlockCompleted(change.swapped()),
            Self::TimelineShifted { plan, by_ms, blocks } => {
                Self::TimelineShifted { plan: *plan, by_ms: by_ms.saturating_neg(), blocks: blocks.clone() }
            }
            Self::SettingsChanged { before, after } => {
                Self::SettingsChanged { before: after.clone(), after: before.clone() }
            }
            Self::WorkflowStarted { .. }
            | Self::WorkflowProgressed(_)
            | Self::WorkflowCompleted(_)
            | Self::WorkflowFailed(_)
            | Self::WorkflowCancelled(_)
            | Self::WorkflowRetried(_)
            | Self::Undone { .. }
            | Self::Redone { .. } => return None,
        })
    }

    /// Whether undo takes it back. Settings are not part of the timeline; what has no inverse stays.
    pub fn is_undoable(&self) -> bool {
        let is_fixed = matches!(self, Self::SettingsChanged { .. } | Self::Undone { .. } | Self::Redone { .. });
        !is_fixed && !self.is_about_run()
    }

    /// Its name on the wire, e.g. `BLOCK_SCHEDULED`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PlanCreated { .. } => "PLAN_CREATED",
            Self::PlanRenamed { .. } => "PLAN_RENAMED",
            Self::PlanSwitched { .. } => "PLAN_SWITCHED",
            Self::PlanDeleted { .. } => "PLAN_DELETED",
            Self::PlanArchived { .. } => "PLAN_ARCHIVED",
            Self::PlanUnarchived { .. } => "PLAN_UNARCHIVED",
            Self::BlockScheduled { .. } => "BLOCK_SCHEDULED",
            Self::BlockUpdated(_) => "BLOCK_UPDATED",
            Self::BlockMoved(_) => "BLOCK_MOVED",
            Self::BlockCompleted(_) => "BLOCK_COMPLETED",
            Self::BlockReopened(_) => "BLOCK_REOPENED",
            Self::BlockDeleted { .. } => "BLOCK_DELETED",
            Self::TimelineShifted { .. } => "TIMELINE_SHIFTED",
            Self::WorkflowStarted { .. } => "WORKFLOW_STARTED",
            Self::WorkflowProgressed(_) => "WORKFLOW_PROGRESSED",
            Self::WorkflowCompleted(_) => "WORKFLOW_COMPLETED",
            Self::WorkflowFailed(_) => "WORKFLOW_FAILED",
            Self::WorkflowCancelled(_) => "WORKFLOW_CANCELLED",
            Self::WorkflowRetried(_) => "WORKFLOW_RETRIED",
            Self::Undone { .. } => "UNDONE",
            Self::Redone { .. } => "REDONE",
            Self::SettingsChanged { .. } => "SETTINGS_CHANGED",
        }
    }
}

impl Event {
    /// Whether its transaction can be undone because of it. What the service itself did stays.
    pub fn is_undoable(&self) -> bool {
        self.actor != Actor::System && self.kind.is_undoable()
    }
}

/// What of an entry stands beside its kind.
#[derive(Deserialize)]
struct Head {
    seq: u64,
    id: EventId,
    #[serde(deserialize_with = "clock::instant")]
    at: DateTime<Utc>,
    actor: Actor,
    txn: TxnId,
    #[serde(default)]
    reason: Option<String>,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let kind = json::read::<EventKind>(value.clone()).map_err(Error::custom)?;
        let Head { seq, id, at, actor, txn, reason } = json::read(value).map_err(Error::custom)?;
        Ok(Self { seq, id, at, actor, txn, kind, reason })
    }
}
