//! Adds the tasks of a run in one transaction, and never twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::block::plan_or_active;
use super::run::{added_blocks, failed, known};
use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::block::{Block, Kind, Source, Worked};
use crate::event::{EventKind, RunChange};
use crate::id::{BlockId, PlanId, RunId};
use crate::limits;
use crate::moment::Moment;
use crate::place::{Horizon, Placement, Task, Why, place};
use crate::plan::Plan;
use crate::reference::{PlanRef, find_plan};
use crate::rejection::Rejection;
use crate::run::{LeftOut, Run, RunState, RunStatus, RunStep};
use crate::span::to_millis;
use crate::text::Tag;
use crate::view::{ReadBlocks, ReadPlans, TimelineView};

/// The tag of every block that a run adds.
const TAG: &str = "architect";

/// The most minutes of a run per day. The first of these limits is used with which no task loses its place. A person who wants
/// to learn a language does not want to do all of it tomorrow.
const CALM_MINUTES_PER_DAY: [u32; 3] = [120, 240, 480];

/// Places the tasks of a run in the timeline as it is now, by the person's settings. Tasks are spread over the days if there is
/// time for that, and otherwise placed as early as possible.
///
/// # Errors
/// The errors of the view.
pub fn placement<V: ReadPlans + ReadBlocks>(
    view: &V,
    run: &Run,
    tasks: &[Task],
    not_before: DateTime<Utc>,
) -> Result<Placement, V::Error> {
    let settings = view.settings()?;
    let horizon = Horizon {
        hours: settings.working_hours,
        break_minutes: settings.break_minutes,
        deadline: run.deadline,
        minutes_per_week: run.minutes_per_week,
        ..Horizon::new(settings.zone(), not_before)
    };
    let pause = TimeDelta::minutes(horizon.break_minutes.into());
    // One more day on both sides, because the horizon is counted in days of the person's zone.
    let last = not_before + TimeDelta::days(i64::from(horizon.days) + 2);
    let busy = view.busy(not_before - pause - TimeDelta::days(1), last.min(run.deadline.unwrap_or(last)) + pause)?;
    let full = place(tasks, &busy, &horizon);
    let calm = |limit| place(tasks, &busy, &Horizon { minutes_per_day: Some(limit), ..horizon.clone() });
    let is_left_out = |task: usize| full.unplaced.iter().any(|left| left.task == task);
    let is_as_good = |calm: &Placement| calm.unplaced.iter().all(|left| is_left_out(left.task));
    Ok(CALM_MINUTES_PER_DAY.into_iter().map(calm).find(is_as_good).unwrap_or(full))
}

/// Places the tasks again, around everything that was added since they were proposed. If nothing was added, they stay where
/// they were proposed, because the same input gives the same places.
pub(super) fn commit<V: TimelineView>(
    view: &V,
    id: RunId,
    tasks: &[(BlockId, Task)],
    dropped: &[LeftOut],
    not_before: DateTime<Utc>,
    context: &Context,
) -> Decided<V> {
    let run = known(view, id)?;
    let added = read(added_blocks(view, id))?;
    if !run.is_running() || !added.is_empty() {
        return Ok(Decision {
            events: Vec::new(),
            outcome: Outcome::Run { did: Did::Nothing, run: Box::new(run), blocks: added },
        });
    }
    if tasks.len() > limits::TASKS_PER_RUN {
        return Err(Rejection::TooManyTasks { count: tasks.len() }.into());
    }
    if read(view.stored_blocks())? + tasks.len() as u64 > limits::BLOCKS {
        return Err(Rejection::TooManyBlocks.into());
    }
    let list: Vec<Task> = tasks.iter().map(|(_, task)| task.clone()).collect();
    let mut placement = read(placement(view, &run, &list, not_before))?;
    if placement.placed.first().is_some_and(|first| first.span.start() < context.now) {
        placement = read(self::placement(view, &run, &list, context.now))?;
    }
    let plan = plan_of(view, &run)?;
    let blocks = blocks(view, plan.id, tasks, &placement)?;
    let without_time = without_time(&list, &placement);
    let left_out: Vec<LeftOut> = without_time.iter().chain(dropped).cloned().collect();
    let moment = Moment::new(context.now, &read(view.settings())?);
    let state = if blocks.is_empty() {
        RunState { left_out, ..failed(run.state.clone(), &no_room(&without_time), context) }
    } else {
        RunState {
            status: RunStatus::Completed,
            step: RunStep::Report,
            percent: RunStep::Report.percent(),
            attempts: 0,
            changed_at: Some(to_millis(context.now)),
            message: moment.added_tasks(&blocks, left_out.len(), &plan),
            error: None,
            left_out,
            ..run.state.clone()
        }
    };
    let change = RunChange { run: id, state: state.clone() };
    let mut events: Vec<EventKind> =
        blocks.iter().map(|block| EventKind::BlockScheduled { block: block.clone() }).collect();
    events.push(if blocks.is_empty() {
        EventKind::WorkflowFailed(change)
    } else {
        EventKind::WorkflowCompleted(change)
    });
    let run = Box::new(Run { state, ..run });
    Ok(Decision { events, outcome: Outcome::Run { did: Did::Progressed, run, blocks } })
}

/// The plan for the tasks, which is the plan of the goal. If it was archived meanwhile, it stays archived and gets the tasks:
/// the person asked neither for the plan to return nor for its tasks in another plan. If it was deleted, the active plan gets
/// them, where the person sees them.
fn plan_of<V: ReadPlans>(view: &V, run: &Run) -> Decided<V, Plan> {
    match find_plan(view, &PlanRef::Id(run.plan)) {
        Err(super::DecideError::Rejected(_)) => plan_or_active(view, None),
        found => found,
    }
}

fn blocks<V: ReadBlocks>(
    view: &V,
    plan: PlanId,
    tasks: &[(BlockId, Task)],
    placement: &Placement,
) -> Decided<V, Vec<Block>> {
    let tags = Tag::list(&[TAG])?;
    let mut handle = read(view.next_handle())?;
    let mut blocks = Vec::with_capacity(placement.placed.len());
    for placed in &placement.placed {
        let Some((id, task)) = tasks.get(placed.task) else { continue };
        let before = task.depends_on.iter().filter_map(|on| tasks.get(*on));
        blocks.push(Block {
            id: *id,
            handle,
            plan,
            title: task.title.clone(),
            kind: Kind::Task,
            description: task.description.clone(),
            span: Some(placed.span),
            minutes: None,
            due: None,
            not_before: None,
            priority: task.priority,
            tags: tags.clone(),
            completed_at: None,
            missed_at: None,
            worked: Worked::default(),
            depends_on: before.map(|(id, _)| *id).take(limits::DEPENDENCIES).collect(),
            reminders: None,
            series: None,
            source: Source::Architect,
        });
        handle = handle.next();
    }
    Ok(blocks)
}

fn without_time(tasks: &[Task], placement: &Placement) -> Vec<LeftOut> {
    let left = placement.unplaced.iter();
    left.filter_map(|left| Some(LeftOut { title: tasks.get(left.task)?.title.clone(), why: left.why.to_string() }))
        .collect()
}

/// Why no task has a place: the reason of the first task that does not only wait for another one.
fn no_room(without_time: &[LeftOut]) -> String {
    let waits = Why::DependsOnUnplaced { on: 0 }.to_string();
    match without_time.iter().find(|left| left.why != waits) {
        Some(LeftOut { title, why }) => format!(
            "No task found a time. “{title}”: {why} Make room, or widen the working hours or the deadline, and try again."
        ),
        None => "There are no tasks to place.".to_owned(),
    }
}
