//! Proposes what a run has worked out, in one transaction, and never twice. If the person's settings say so, it is accepted at once.

use chrono::{DateTime, Utc};

use super::block::plan_or_active;
use super::goal::on_timeline;
use super::run::{added_blocks, failed, known};
use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::draft::{draft, visible_goals};
use crate::event::{EventKind, RunChange};
use crate::goal::{Goal, GoalState, GoalStatus, Wishes};
use crate::id::RunId;
use crate::limits;
use crate::moment::Moment;
use crate::outline::Outline;
use crate::place::Why;
use crate::plan::Plan;
use crate::reference::{PlanRef, find_plan};
use crate::rejection::Rejection;
use crate::run::{LeftOut, Run, RunState, RunStatus, RunStep};
use crate::span::to_millis;
use crate::view::{ReadPlans, TimelineView};

impl Goal {
    /// The goal of a run with this outline, proposed at this moment for its plan.
    pub fn proposed(run: &Run, outline: Outline, at: DateTime<Utc>) -> Self {
        let wishes = Wishes { deadline: run.deadline, minutes_per_week: run.minutes_per_week, ..Wishes::default() };
        Self {
            id: run.id,
            text: run.goal.clone(),
            title: run.state.title.clone(),
            plan: run.plan,
            outline,
            proposed_at: to_millis(at),
            state: GoalState { wishes, ..GoalState::default() },
        }
    }
}

/// Places what a run has worked out, around everything that was added since its places were looked for, and proposes it.
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
    if !run.is_running() || !added.is_empty() || read(view.goal(id))?.is_some() {
        return done(Vec::new(), Did::Nothing, run, added);
    }
    if outline.tasks.len() > limits::TASKS_PER_RUN {
        return Err(Rejection::TooManyTasks { count: outline.tasks.len() }.into());
    }
    if read(visible_goals(view))?.len() >= limits::GOALS {
        return Err(Rejection::TooManyGoals.into());
    }
    let settings = read(view.settings())?;
    let moment = Moment::new(context.now, &settings);
    let plan = plan_of(view, &run)?;
    let goal = Goal { plan: plan.id, ..Goal::proposed(&run, outline.clone(), not_before) };
    let draft = read(draft(view, &goal, context.now))?;
    let mut left_out = draft.tasks_left_out();
    if draft.is_empty() {
        let why = no_room(&left_out, &draft.sessions_left_out(), &draft.hours());
        left_out.extend(dropped.iter().cloned());
        let state = RunState { left_out, ..failed(run.state.clone(), &why, context) };
        return ended(run, state, Vec::new(), EventKind::WorkflowFailed, Vec::new());
    }
    // The notes say what became of the sessions.
    let tasks_left_out = left_out.len() + dropped.len();
    left_out.extend(draft.sessions_left_out());
    left_out.extend(dropped.iter().cloned());
    let mut events = vec![EventKind::GoalCreated { goal: goal.clone() }];
    let (message, blocks) = if settings.accept_goals {
        let state = GoalState { status: GoalStatus::Active, ..goal.state.clone() };
        let (accepted, blocks) = on_timeline(view, &goal, &state, &draft)?;
        events.extend(accepted);
        (moment.added_tasks(&blocks, tasks_left_out, &plan), blocks)
    } else {
        let blocks = draft.blocks(read(view.next_handle())?);
        (moment.proposed_tasks(&blocks, tasks_left_out), Vec::new())
    };
    let state = RunState {
        status: RunStatus::Completed,
        step: RunStep::Report,
        percent: RunStep::Report.percent(),
        attempts: 0,
        changed_at: Some(to_millis(context.now)),
        message,
        error: None,
        left_out,
        notes: draft.notes(),
        ..run.state.clone()
    };
    ended(run, state, events, EventKind::WorkflowCompleted, blocks)
}

/// The end of a run, after other events.
fn ended<E>(
    run: Run,
    state: RunState,
    mut events: Vec<EventKind>,
    kind: impl Fn(RunChange) -> EventKind,
    blocks: Vec<crate::block::Block>,
) -> Result<Decision, super::DecideError<E>> {
    events.push(kind(RunChange { run: run.id, state: state.clone() }));
    done(events, Did::Progressed, Run { state, ..run }, blocks)
}

fn done<E>(
    events: Vec<EventKind>,
    did: Did,
    run: Run,
    blocks: Vec<crate::block::Block>,
) -> Result<Decision, super::DecideError<E>> {
    Ok(Decision { events, outcome: Outcome::Run { did, run: Box::new(run), blocks } })
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

/// Why nothing has a place: the reason of the first task that does not only wait for another one, or else of the sessions, and the hours in which
/// it was looked for.
fn no_room(tasks: &[LeftOut], sessions: &[LeftOut], hours: &str) -> String {
    let waits = Why::DependsOnUnplaced { on: 0 }.to_string();
    match tasks.iter().filter(|left| left.why != waits).chain(sessions).next() {
        Some(LeftOut { title, why }) => format!(
            "No task found a time. “{title}”: {why} Tasks of this goal are placed {hours}; make room, or choose other hours for it or a later \
             deadline, and try again."
        ),
        None => "There are no tasks to place.".to_owned(),
    }
}
