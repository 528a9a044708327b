//! The entries of the log. They are never changed or removed, and everything else is computed from them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::block::{Block, Status};
use crate::days::When;
use crate::goal::{Goal, GoalState};
use crate::id::{BlockId, EventId, PlanId, RunId, TxnId};
use crate::plan::{Plan, PlanColor};
use crate::run::{Run, RunState};
use crate::series::Series;
use crate::settings::Settings;
use crate::tagged_enum;
use crate::text::Title;
use crate::{clock, json};

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The number of the event in its object: 1, 2, 3 and so on, without gaps.
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
    /// The reason, if one was given.
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
    /// What happened, with the data that its inverse needs.
    ///
    /// Changes of blocks carry the whole block before and after. A client that holds only a part of the timeline can
    /// therefore apply them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum EventKind = "EventKind", plain PlainKind, adjacent "type", "payload", names "SCREAMING_SNAKE_CASE" {
        /// A plan was created.
        PlanCreated {
            /// The plan.
            plan: Plan,
        },
        /// A plan got another title.
        PlanRenamed {
            /// The plan.
            plan: PlanId,
            /// The title before.
            before: Title,
            /// The title after.
            after: Title,
        },
        /// A plan got another color.
        PlanRecolored {
            /// The plan.
            plan: PlanId,
            /// The color before; `None` for a plan from before there were colors.
            before: Option<PlanColor>,
            /// The color after; `None` only when the first change of such a plan is undone.
            after: Option<PlanColor>,
        },
        /// Another plan became the active one.
        PlanSwitched {
            /// The active plan before; `None` only for the first plan of an object.
            before: Option<PlanId>,
            /// The active plan after.
            after: Option<PlanId>,
        },
        /// A plan was deleted. Its blocks stay stored but hidden, so the inverse can bring them back without copying them.
        PlanDeleted {
            /// The plan as it was.
            plan: Plan,
        },
        /// A plan was archived. It keeps its blocks.
        PlanArchived {
            /// The plan.
            plan: PlanId,
            /// When. This becomes its `archivedAt`.
            #[serde(deserialize_with = "clock::instant")]
            at: DateTime<Utc>,
        },
        /// A plan was unarchived.
        PlanUnarchived {
            /// The plan.
            plan: PlanId,
            /// Its `archivedAt` before.
            #[serde(deserialize_with = "clock::instant")]
            at: DateTime<Utc>,
        },
        /// A block was added to the timeline.
        BlockScheduled {
            /// The block.
            block: Block,
        },
        /// A block's title, kind, description, estimate, days, priority, tags or dependencies changed, or the time spent on it.
        BlockUpdated(BlockChange),
        /// A block was moved, got another length, became all-day or was no longer, or got or lost its time.
        BlockMoved(BlockChange),
        /// A block was completed.
        BlockCompleted(BlockChange),
        /// An appointment was marked as missed.
        BlockMissed(BlockChange),
        /// A completed block, or a missed one, was reopened.
        BlockReopened(BlockChange),
        /// A block was deleted.
        BlockDeleted {
            /// The block as it was.
            block: Block,
        },
        /// Blocks of a plan were moved together. A change that moves blocks of several plans has an event for each.
        TimelineShifted {
            /// Their plan.
            plan: PlanId,
            /// The distance in ms, in events of earlier versions, which have no `spans`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            by_ms: Option<i64>,
            /// The blocks, at most 1,000 in one event.
            blocks: Vec<BlockId>,
            /// The times of these blocks, in the same order.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            spans: Vec<SpanChange>,
        },
        /// A series was created. Events of its blocks follow.
        SeriesCreated {
            /// The series.
            series: Series,
        },
        /// A series got another rule or other fields, an exception, or more blocks, whose events follow.
        SeriesChanged {
            /// Before.
            before: Series,
            /// After.
            after: Series,
        },
        /// A series ended. Events that delete its open blocks follow.
        SeriesDeleted {
            /// The series as it was.
            series: Series,
        },
        /// A goal was proposed, or brought back.
        GoalCreated {
            /// The goal.
            goal: Goal,
        },
        /// A goal was accepted, planned otherwise, paused, resumed or ended, or fell behind. Events of its blocks follow.
        GoalChanged(GoalChange),
        /// The proposal of a goal was dismissed.
        GoalDeleted {
            /// The goal as it was.
            goal: Goal,
        },
        /// A run of the architect began.
        WorkflowStarted {
            /// The run.
            run: Run,
        },
        /// The run began a step, or began it again.
        WorkflowProgressed(RunChange),
        /// The run added its tasks.
        WorkflowCompleted(RunChange),
        /// The run failed and added no tasks.
        WorkflowFailed(RunChange),
        /// The person cancelled the run.
        WorkflowCancelled(RunChange),
        /// A failed run was resumed.
        WorkflowRetried(RunChange),
        /// One event of an earlier transaction was undone.
        Undone {
            /// The transaction that is undone.
            txn: TxnId,
            /// The inverse that was applied.
            change: Box<EventKind>,
        },
        /// One event of an undone transaction was redone.
        Redone {
            /// The transaction that is redone.
            txn: TxnId,
            /// The event that was applied.
            change: Box<EventKind>,
        },
        /// The person's settings changed.
        SettingsChanged {
            /// Before.
            before: Settings,
            /// After.
            after: Settings,
        },
    }
}

impl Actor {
    /// Its name on the wire, e.g. `assistant`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant { .. } => "assistant",
            Self::Workflow { .. } => "workflow",
            Self::System => "system",
        }
    }
}

/// A block before and after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockChange {
    /// Before.
    pub before: Block,
    /// After.
    pub after: Block,
}

impl BlockChange {
    /// What it did to the time that was spent, if it did nothing else.
    pub fn timer(&self) -> Option<TimerChange> {
        let Self { before, after } = self;
        if before == after || *after != (Block { worked: after.worked, ..before.clone() }) {
            return None;
        }
        Some(match (before.worked.is_running(), after.worked.is_running()) {
            (false, true) => TimerChange::Started,
            (true, false) => TimerChange::Paused,
            _ => TimerChange::Corrected,
        })
    }
}

/// What an event does to the time that was spent on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerChange {
    /// Its timer was started.
    Started,
    /// Its timer was paused.
    Paused,
    /// The time was corrected by hand.
    Corrected,
}

/// When a block takes place, before and after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanChange {
    /// Before.
    pub before: When,
    /// After.
    pub after: When,
}

/// What the person changes of a goal, before and after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalChange {
    /// Which.
    pub goal: RunId,
    /// Before.
    pub before: GoalState,
    /// After.
    pub after: GoalState,
}

/// A run after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunChange {
    /// Which.
    pub run: RunId,
    /// Its new state.
    pub state: RunState,
}

impl BlockChange {
    fn swapped(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone() }
    }
}

/// When a block takes place after an event that moved it together with others: `spans` and `by_ms` are those of the event, `place` is
/// the block's place in it, and `when` is what was before. In events with `by_ms`, no block is all day.
pub fn shifted(spans: &[SpanChange], by_ms: Option<i64>, place: usize, when: Option<When>) -> Option<When> {
    match (spans.get(place), by_ms, when) {
        (Some(change), ..) => Some(change.after),
        (None, Some(by_ms), Some(When::Span(span))) => {
            Some(When::Span(span.shifted(TimeDelta::milliseconds(by_ms)).unwrap_or(span)))
        }
        (None, ..) => when,
    }
}

impl EventKind {
    /// The event for a block that was completed, missed or reopened.
    pub fn settled(change: BlockChange) -> Self {
        let kind = match change.after.status() {
            Status::Missed => Self::BlockMissed,
            Status::Completed => Self::BlockCompleted,
            Status::Open => Self::BlockReopened,
        };
        kind(change)
    }

    /// The event that reverts this one. Applied directly after it, it restores the timeline.
    ///
    /// `None` for [`EventKind::Undone`] and [`EventKind::Redone`], which redo and undo revert, and for the events of
    /// runs: only the tasks that a run added can be undone.
    pub fn inverse(&self) -> Option<Self> {
        Some(match self {
            Self::PlanCreated { plan } => Self::PlanDeleted { plan: plan.clone() },
            Self::PlanDeleted { plan } => Self::PlanCreated { plan: plan.clone() },
            Self::PlanRenamed { plan, before, after } => {
                Self::PlanRenamed { plan: *plan, before: after.clone(), after: before.clone() }
            }
            Self::PlanRecolored { plan, before, after } => {
                Self::PlanRecolored { plan: *plan, before: *after, after: *before }
            }
            Self::PlanSwitched { before, after } => Self::PlanSwitched { before: *after, after: *before },
            Self::PlanArchived { plan, at } => Self::PlanUnarchived { plan: *plan, at: *at },
            Self::PlanUnarchived { plan, at } => Self::PlanArchived { plan: *plan, at: *at },
            Self::BlockScheduled { block } => Self::BlockDeleted { block: block.clone() },
            Self::BlockDeleted { block } => Self::BlockScheduled { block: block.clone() },
            Self::BlockUpdated(change) => Self::BlockUpdated(change.swapped()),
            Self::BlockMoved(change) => Self::BlockMoved(change.swapped()),
            Self::BlockCompleted(change) | Self::BlockMissed(change) | Self::BlockReopened(change) => {
                Self::settled(change.swapped())
            }
            Self::TimelineShifted { plan, by_ms, blocks, spans } => Self::TimelineShifted {
                plan: *plan,
                by_ms: by_ms.map(i64::saturating_neg),
                blocks: blocks.clone(),
                spans: spans.iter().map(|change| SpanChange { before: change.after, after: change.before }).collect(),
            },
            Self::SeriesCreated { series } => Self::SeriesDeleted { series: series.clone() },
            Self::SeriesChanged { before, after } => {
                Self::SeriesChanged { before: after.clone(), after: before.clone() }
            }
            Self::SeriesDeleted { series } => Self::SeriesCreated { series: series.clone() },
            Self::GoalCreated { goal } => Self::GoalDeleted { goal: goal.clone() },
            Self::GoalChanged(change) => Self::GoalChanged(GoalChange {
                goal: change.goal,
                before: change.after.clone(),
                after: change.before.clone(),
            }),
            Self::GoalDeleted { goal } => Self::GoalCreated { goal: goal.clone() },
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

    /// Whether undo reverts it. Settings are not part of the timeline, and an event without an inverse stays.
    pub fn is_undoable(&self) -> bool {
        let is_fixed = matches!(self, Self::SettingsChanged { .. } | Self::Undone { .. } | Self::Redone { .. });
        !is_fixed && !self.is_about_run()
    }

    /// Its name on the wire, e.g. `BLOCK_SCHEDULED`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PlanCreated { .. } => "PLAN_CREATED",
            Self::PlanRenamed { .. } => "PLAN_RENAMED",
            Self::PlanRecolored { .. } => "PLAN_RECOLORED",
            Self::PlanSwitched { .. } => "PLAN_SWITCHED",
            Self::PlanDeleted { .. } => "PLAN_DELETED",
            Self::PlanArchived { .. } => "PLAN_ARCHIVED",
            Self::PlanUnarchived { .. } => "PLAN_UNARCHIVED",
            Self::BlockScheduled { .. } => "BLOCK_SCHEDULED",
            Self::BlockUpdated(_) => "BLOCK_UPDATED",
            Self::BlockMoved(_) => "BLOCK_MOVED",
            Self::BlockCompleted(_) => "BLOCK_COMPLETED",
            Self::BlockMissed(_) => "BLOCK_MISSED",
            Self::BlockReopened(_) => "BLOCK_REOPENED",
            Self::BlockDeleted { .. } => "BLOCK_DELETED",
            Self::TimelineShifted { .. } => "TIMELINE_SHIFTED",
            Self::SeriesCreated { .. } => "SERIES_CREATED",
            Self::SeriesChanged { .. } => "SERIES_CHANGED",
            Self::SeriesDeleted { .. } => "SERIES_DELETED",
            Self::GoalCreated { .. } => "GOAL_CREATED",
            Self::GoalChanged(_) => "GOAL_CHANGED",
            Self::GoalDeleted { .. } => "GOAL_DELETED",
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
    /// Whether it makes its transaction one that can be undone. Of what the service does by itself, only moved blocks can be
    /// undone, and not the first plan. Of what a run does, its proposal cannot be undone: it changes nothing.
    pub fn is_undoable(&self) -> bool {
        let may_be = match self.actor {
            Actor::System => matches!(self.kind, EventKind::BlockMoved(_)),
            Actor::Workflow { .. } => !matches!(self.kind, EventKind::GoalCreated { .. }),
            Actor::User | Actor::Assistant { .. } => true,
        };
        may_be && self.kind.is_undoable()
    }
}

/// The fields of an entry beside its kind.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn span(start: &str, end: &str) -> When {
        When::Span(Span::new(start.parse().unwrap(), end.parse().unwrap()).unwrap())
    }

    #[test]
    fn shifts_of_earlier_versions_have_one_distance() {
        let old = r#"{"type":"TIMELINE_SHIFTED","payload":{"plan":"00000000-0000-0000-0000-000000000001","byMs":3600000,
            "blocks":["00000000-0000-0000-0000-000000000002"]}}"#;
        let before = Some(span("2026-03-28T07:00:00Z", "2026-03-28T08:00:00Z"));
        let later = Some(span("2026-03-28T08:00:00Z", "2026-03-28T09:00:00Z"));
        let kind: EventKind = serde_json::from_str(old).unwrap();
        let after = |kind: &EventKind, when| match kind {
            EventKind::TimelineShifted { by_ms, spans, .. } => shifted(spans, *by_ms, 0, when),
            other => panic!("{other:?}"),
        };
        assert_eq!(after(&kind, before), later);
        assert_eq!(after(&kind.inverse().unwrap(), later), before);
        assert_eq!(after(&kind, None), None, "a task without a time stays without one");
    }
}
