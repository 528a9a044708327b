//! Adds the tasks of a run in one transaction, and never twice.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::block::plan_or_active;
use super::run::{added_blocks, failed, known};
use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::block::{Block, Source};
use crate::event::{EventKind, RunChange};
use crate::id::{BlockId, Handle, PlanId, RunId};
use crate::limits;
use crate::moment::Moment;
use crate::outline::{MOST_DAYS, Outline, Phase, Proposal, SESSION_TAG, left_out, notes, numbered, propose};
use crate::place::{HORIZON_DAYS, Horizon, Why};
use crate::plan::Plan;
use crate::reference::{PlanRef, find_plan};
use crate::rejection::Rejection;
use crate::run::{LeftOut, Run, RunState, RunStatus, RunStep};
use crate::settings::Settings;
use crate::span::{Span, to_millis};
use crate::text::{Description, Tag, Title};
use crate::view::{ReadBlocks, ReadPlans, TimelineView};

/// The tag of every block that a run adds.
const TAG: &str = "architect";

/// Places the tasks and sessions of a run in the timeline as it is now, by the person's settings: see [`propose`].
///
/// # Errors
/// The errors of the view.
pub fn proposal<V: ReadPlans + ReadBlocks>(
    view: &V,
    run: &Run,
    outline: &Outline,
    not_before: DateTime<Utc>,
) -> Result<Proposal, V::Error> {
    let horizon = horizon(&view.settings()?, run, not_before);
    let pause = TimeDelta::minutes(horizon.break_minutes.into());
    let days = if outline.phases.is_empty() { HORIZON_DAYS } else { MOST_DAYS };
    // One more day on both sides, because the horizon is counted in days of the person's zone.
    let last = not_before + TimeDelta::days(i64::from(days) + 2);
    let busy = view.busy(not_before - pause - TimeDelta::days(1), last.min(run.deadline.unwrap_or(last)) + pause)?;
    Ok(propose(outline, &busy, &horizon))
}

/// The person's time for a run, from this moment on.
fn horizon(settings: &Settings, run: &Run, not_before: DateTime<Utc>) -> Horizon {
    Horizon {
        hours: settings.working_hours,
        break_minutes: settings.break_minutes,
        deadline: run.deadline,
        minutes_per_week: run.minutes_per_week,
        ..Horizon::new(settings.zone(), not_before)
    }
}

/// Places the tasks again, around everything that was added since they were proposed. If nothing was added, they stay where
/// they were proposed, because the same input gives the same places.
pub(super) fn commit<V: TimelineView>(
    view: &V,
    id: RunId,
    outline: &Outline,
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
    if outline.tasks.len() > limits::TASKS_PER_RUN {
        return Err(Rejection::TooManyTasks { count: outline.tasks.len() }.into());
    }
    let mut proposal = read(proposal(view, &run, outline, not_before))?;
    if proposal.first_start().is_some_and(|first| first < context.now) {
        proposal = read(self::proposal(view, &run, outline, context.now))?;
    }
    let added = proposal.tasks.placed.len() + proposal.sessions.len();
    if read(view.stored_blocks())? + added as u64 > limits::BLOCKS {
        return Err(Rejection::TooManyBlocks.into());
    }
    let settings = read(view.settings())?;
    let moment = Moment::new(context.now, &settings);
    let plan = plan_of(view, &run)?;
    let blocks = blocks(&run, plan.id, outline, &proposal, &moment, read(view.next_handle())?)?;
    let mut without_time = without_time(outline, &proposal);
    // The notes say what became of the sessions.
    let tasks_left_out = without_time.len() + dropped.len();
    without_time.extend(self::left_out(outline, &proposal));
    let left_out: Vec<LeftOut> = without_time.iter().chain(dropped).cloned().collect();
    let state = if blocks.is_empty() {
        RunState { left_out, ..failed(run.state.clone(), &no_room(&without_time), context) }
    } else {
        RunState {
            status: RunStatus::Completed,
            step: RunStep::Report,
            percent: RunStep::Report.percent(),
            attempts: 0,
            changed_at: Some(to_millis(context.now)),
            message: moment.added_tasks(&blocks, tasks_left_out, &plan),
            error: None,
            left_out,
            notes: notes(outline, &proposal, &horizon(&settings, &run, context.now), &moment),
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

/// The blocks of the tasks and sessions that have a time, by start. The first one gets the handle `next`.
fn blocks(
    run: &Run,
    plan: PlanId,
    outline: &Outline,
    proposal: &Proposal,
    moment: &Moment,
    next: Handle,
) -> Result<Vec<Block>, Rejection> {
    let (tags, session_tags) = (Tag::list(&[TAG])?, Tag::list(&[TAG, SESSION_TAG])?);
    // They get ids and handles when all are in order.
    let block = |title: Title, span: Span| Block {
        span: Some(span),
        tags: session_tags.clone(),
        ..Block::new(BlockId::new(Uuid::nil()), next, plan, title, Source::Architect)
    };
    // Each with the index of its task.
    let mut blocks: Vec<(Option<usize>, Block)> = Vec::new();
    for placed in &proposal.tasks.placed {
        let Some(task) = outline.tasks.get(placed.task) else { continue };
        let description = task.description.clone();
        let tags = tags.clone();
        let block = Block { description, priority: task.priority, tags, ..block(task.title.clone(), placed.span) };
        insert(&mut blocks, Some(placed.task), block);
    }
    for (index, phase) in outline.phases.iter().enumerate() {
        let sessions = || proposal.sessions.iter().filter(|session| session.phase == index).map(|session| session.span);
        let (count, last) = (sessions().count(), sessions().next_back());
        let description = last.and_then(|last| description(phase, &moment.day(last.start())));
        for (number, span) in (1..).zip(sessions()) {
            let description = description.clone();
            insert(&mut blocks, None, Block { description, ..block(numbered(&phase.title, number, count), span) });
        }
    }
    let mut ids = Vec::new();
    let mut handle = next;
    for (task, block) in &mut blocks {
        (block.id, block.handle) = (BlockId::made_by(run.id.uuid(), handle), handle);
        ids.extend(task.map(|task| (task, block.id)));
        handle = handle.next();
    }
    let id_of = |task: &usize| ids.iter().find(|(other, _)| other == task).map(|(_, id)| *id);
    let with_dependencies = blocks.into_iter().map(|(task, mut block)| {
        let task = task.and_then(|task| outline.tasks.get(task));
        block.depends_on = task.into_iter().flat_map(|task| &task.depends_on).filter_map(id_of).collect();
        block.depends_on.truncate(limits::DEPENDENCIES);
        block
    });
    Ok(with_dependencies.collect())
}

/// Keeps blocks in the order of their times. Sorting would make the Worker larger.
fn insert(blocks: &mut Vec<(Option<usize>, Block)>, task: Option<usize>, block: Block) {
    let at = blocks.partition_point(|(_, other)| other.span <= block.span);
    blocks.insert(at, (task, block));
}

/// How a session is done, and what can be done at the end of its phase.
fn description(phase: &Phase, last: &str) -> Option<Description> {
    let milestone = phase.milestone.as_ref().map(|milestone| format!("Milestone, {last}: {milestone}"));
    let own = phase.description.as_ref().map(|own| own.as_str().to_owned());
    let text = own.into_iter().chain(milestone).collect::<Vec<_>>().join("\n\n");
    Description::optional(&text).ok().flatten().or_else(|| phase.description.clone())
}

fn without_time(outline: &Outline, proposal: &Proposal) -> Vec<LeftOut> {
    let left = proposal.tasks.unplaced.iter();
    left.filter_map(|left| {
        Some(LeftOut { title: outline.tasks.get(left.task)?.title.clone(), why: left.why.to_string() })
    })
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
