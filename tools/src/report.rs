//! The result of a tool call: a sentence for people and facts for models, in one JSON object.

mod goal;
mod reminder;
mod run;
mod words;

use serde::{Deserialize, Serialize};

use flux_timeline::block::{Block, Kind};
use flux_timeline::clock;
use flux_timeline::decide::{Decision, Outcome};
use flux_timeline::free_time::Slot;
use flux_timeline::moment::Moment;
use flux_timeline::plan::{Plan, PlanColor};
use flux_timeline::query::Answer;
use flux_timeline::rejection::Rejection;
use flux_timeline::run::{LeftOut, Run};

pub use goal::behind_report;
pub use run::{Proposed, run_report};

/// The error of a call that the person refused, as the model sees it.
pub const REFUSED: &str = "The person said no. Do not try it again.";

/// Most moved tasks that a report lists.
const SHOWN: usize = 20;

/// The result of a tool call, as the model and the client see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// Whether the call succeeded.
    pub ok: bool,
    /// What was done, in a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Why the call failed, and what to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The block that the call was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<BlockFacts>,
    /// Other blocks at the same time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overlaps: Vec<BlockFacts>,
    /// The blocks that the reference could mean.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<BlockFacts>,
    /// The blocks that were found or moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Vec<BlockFacts>>,
    /// How many blocks were found, or how many blocks of a series were added, changed or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How many blocks were moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<u64>,
    /// The plan that the call was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanFacts>,
    /// All plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plans: Option<Vec<PlanFacts>>,
    /// The run of the architect that the call was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunFacts>,
    /// Runs of the architect, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<RunFacts>>,
    /// Free time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slots: Option<Vec<SlotFacts>>,
    /// What is wrong with the arguments, with the place of each problem.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<crate::tool::Problem>,
}

/// A block in words; times are wall-clock times in the person's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockFacts {
    /// `B12`.
    pub handle: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is a task or an appointment.
    #[serde(default)]
    pub kind: Kind,
    /// `2026-11-24T08:00`; none for a task that has no time yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// `2026-11-24T09:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// `Tue 24 Nov`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// The first day of an all-day block, `2026-11-24`. It has no start and no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<String>,
    /// Its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<String>,
    /// How long a task without a time will take, in minutes, if somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// The last day for a task, `2026-11-27`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The first day for a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<String>,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Without `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is done.
    pub completed: bool,
    /// Whether it is an appointment that was missed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missed: bool,
    /// Whether the timer of the task runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub working: bool,
    /// The minutes that were spent on it until the last pause.
    #[serde(default, skip_serializing_if = "flux_timeline::json::is_zero")]
    pub worked_minutes: u64,
    /// Whether it is one of a series.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// Its own reminders, in minutes before the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_minutes_before: Option<Vec<u32>>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The title of its plan, for a block that was found in another plan than the active one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

/// A plan in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanFacts {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is the active one.
    pub active: bool,
    /// The color of its blocks.
    pub color: PlanColor,
    /// Whether it is archived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// How many of its blocks are tasks that are not completed, if counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_blocks: Option<u64>,
    /// How many blocks are completed, if counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_blocks: Option<u64>,
    /// How many blocks are appointments that are not completed, if counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointments: Option<u64>,
}

/// A run of the architect in words; times are wall-clock times in the person's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunFacts {
    /// Its id.
    pub id: String,
    /// What the person wants to achieve.
    pub goal: String,
    /// A short name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `running`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// `brainstorm`, `check`, `place`, `commit` or `report`.
    pub step: String,
    /// The progress, 0–100.
    pub percent: u8,
    /// How often its present step was started.
    pub attempts: u32,
    /// What it is doing, or its result.
    pub message: String,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// `2026-11-24T08:00`.
    pub started: String,
    /// `2026-12-24T18:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Tasks that were not added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// Free time in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotFacts {
    /// `2026-11-24T08:00`.
    pub start: String,
    /// `2026-11-24T09:00`.
    pub end: String,
    /// `Tue 24 Nov`.
    pub day: String,
    /// How long it is.
    pub minutes: i64,
}

impl Report {
    /// The result of a command, once the events of its decision are appended.
    pub fn of_decision(decision: &Decision, moment: &Moment) -> Self {
        let done = Self { ok: true, summary: Some(words::summary(&decision.outcome, moment)), ..Self::default() };
        match &decision.outcome {
            Outcome::Block { block, overlaps, .. } => Self {
                block: Some(BlockFacts::new(block, moment)),
                overlaps: BlockFacts::all(overlaps, moment),
                ..done
            },
            Outcome::Series { block, overlaps, count, .. } => Self {
                block: Some(BlockFacts::new(block, moment)),
                overlaps: BlockFacts::all(overlaps, moment),
                total: Some(*count),
                ..done
            },
            Outcome::Plan { plan, active, .. } => Self { plan: Some(plan_facts(plan, active.as_ref())), ..done },
            Outcome::Shifted { moved, first, .. } => {
                Self { moved: Some(*moved), blocks: Some(BlockFacts::all(first, moment)), ..done }
            }
            Outcome::Rescheduled { blocks, .. } => Self {
                moved: Some(blocks.len() as u64),
                blocks: Some(BlockFacts::all(blocks.get(..SHOWN).unwrap_or(blocks), moment)),
                ..done
            },
            Outcome::Run { run, .. } => Self { run: Some(RunFacts::new(run, moment)), ..done },
            Outcome::Undone { .. }
            | Outcome::Redone { .. }
            | Outcome::Restored(_)
            | Outcome::Settings(_)
            | Outcome::Goal { .. }
            | Outcome::Tended
            | Outcome::Extended => done,
        }
    }

    /// The result of a query.
    pub fn of_answer(answer: &Answer, moment: &Moment) -> Self {
        let done = Self { ok: true, summary: Some(words::answer(answer, moment)), ..Self::default() };
        match answer {
            Answer::Plans(plans) => Self {
                plans: Some(
                    plans
                        .iter()
                        .map(|(plan, active, counts)| PlanFacts {
                            open_blocks: Some(counts.open),
                            done_blocks: Some(counts.done),
                            appointments: Some(counts.appointments),
                            ..plan_facts(plan, Some(plan).filter(|_| *active))
                        })
                        .collect(),
                ),
                ..done
            },
            Answer::Blocks { blocks, total, others } => {
                let facts = |block: &Block| {
                    let plan = others.iter().find(|plan| plan.id == block.plan).map(|plan| plan.title.to_string());
                    BlockFacts { plan, ..BlockFacts::new(block, moment) }
                };
                Self { blocks: Some(blocks.iter().map(facts).collect()), total: Some(*total as u64), ..done }
            }
            Answer::Runs(runs) => {
                Self { runs: Some(runs.iter().map(|run| RunFacts::new(run, moment)).collect()), ..done }
            }
            Answer::Slots { slots, .. } => {
                Self { slots: Some(slots.iter().map(|slot| SlotFacts::new(slot, moment)).collect()), ..done }
            }
        }
    }

    /// The result of a command that was rejected.
    pub fn of_rejection(rejection: &Rejection, moment: &Moment) -> Self {
        let candidates = match rejection {
            Rejection::AmbiguousBlock { candidates, .. } => {
                candidates.iter().map(|candidate| BlockFacts::new(&candidate.block, moment)).collect()
            }
            _ => Vec::new(),
        };
        Self { error: Some(rejection.to_string()), candidates, ..Self::default() }
    }

    /// The result of a call that could not be read.
    pub fn of_tool_error(error: &crate::tool::ToolError) -> Self {
        let problems = match error {
            crate::tool::ToolError::Arguments { problems, .. } => problems.clone(),
            crate::tool::ToolError::Unknown { .. } => Vec::new(),
        };
        Self { error: Some(error.to_string()), problems, ..Self::default() }
    }
}

fn plan_facts(plan: &Plan, active: Option<&Plan>) -> PlanFacts {
    PlanFacts {
        id: plan.id.to_string(),
        title: plan.title.to_string(),
        active: active.is_some_and(|active| active.id == plan.id),
        color: plan.shown_color(),
        archived: !plan.is_in_use(),
        open_blocks: None,
        done_blocks: None,
        appointments: None,
    }
}

impl BlockFacts {
    /// Describes a block, with times as `moment` shows them.
    pub fn new(block: &Block, moment: &Moment) -> Self {
        Self {
            handle: block.handle.to_string(),
            id: block.id.to_string(),
            title: block.title.to_string(),
            kind: block.kind,
            start: block.span.map(|span| moment.wall(span.start())),
            end: block.span.map(|span| moment.wall(span.end())),
            day: block.in_zone(moment.zone()).map(|(start, _)| moment.day(start)),
            first_day: block.days.map(|days| clock::iso_date(days.first())),
            last_day: block.days.map(|days| clock::iso_date(days.last())),
            minutes: block.minutes,
            due: block.due.map(clock::iso_date),
            earliest: block.not_before.map(clock::iso_date),
            priority: block.priority.as_str().to_owned(),
            tags: block.tags.iter().map(ToString::to_string).collect(),
            completed: block.completed_at.is_some(),
            missed: block.missed_at.is_some(),
            working: block.worked.is_running(),
            worked_minutes: block.worked.minutes(),
            repeats: block.series.is_some(),
            remind_minutes_before: block.reminders.as_ref().map(|reminders| reminders.minutes().to_vec()),
            description: block.description.as_ref().map(ToString::to_string),
            plan: None,
        }
    }

    fn all(blocks: &[Block], moment: &Moment) -> Vec<Self> {
        blocks.iter().map(|block| Self::new(block, moment)).collect()
    }
}

impl RunFacts {
    /// Describes a run, with times as `moment` shows them.
    pub fn new(run: &Run, moment: &Moment) -> Self {
        let state = &run.state;
        Self {
            id: run.id.to_string(),
            goal: run.goal.to_string(),
            title: state.title.as_ref().map(ToString::to_string),
            status: state.status.as_str().to_owned(),
            step: state.step.as_str().to_owned(),
            percent: state.percent,
            attempts: state.attempts,
            message: state.message.clone(),
            error: state.error.clone(),
            started: moment.wall(run.started_at),
            deadline: run.deadline.map(|deadline| moment.wall(deadline)),
            left_out: state.left_out.clone(),
        }
    }
}

impl SlotFacts {
    fn new(slot: &Slot, moment: &Moment) -> Self {
        Self {
            start: moment.wall(slot.start),
            end: moment.wall(slot.end),
            day: moment.day(slot.start),
            minutes: (slot.end - slot.start).num_minutes(),
        }
    }
}
