//! Decisions about goals: to accept a proposal, to plan it otherwise, to pause, resume and end it, and what the service does for goals by
//! itself.

use chrono::{DateTime, TimeDelta, Utc, Weekday};

use super::{Context, DecideError, Decided, Decision, Did, Outcome, read};
use crate::block::Block;
use crate::command::{GoalRequest, HoursUpdate, WishesUpdate};
use crate::draft::{Draft, blocks_of, draft, horizon, visible_goals};
use crate::event::{BlockChange, EventKind, GoalChange};
use crate::free_time::ActivityHours;
use crate::goal::{Goal, GoalState, GoalStatus, Wishes};
use crate::id::RunId;
use crate::limits;
use crate::outline::make_up;
use crate::progress::{is_missed, progress};
use crate::reference::{RunRef, find_goal};
use crate::rejection::Rejection;
use crate::run::LeftOut;
use crate::settings::Settings;
use crate::span::{Span, to_millis};
use crate::view::{ReadBlocks, ReadGoals, ReadPlans};

/// A week, with the hour by which one is longer in which the clocks go back.
const A_WEEK: TimeDelta = TimeDelta::hours(7 * 24 + 1);

/// A goal is behind by a week once so much of the minutes of a full week was missed, in percent: a week also has tasks, and a shorter one at the
/// beginning.
const BEHIND_PERCENT: u64 = 75;

/// Puts the tasks and sessions of a proposed goal on the timeline: those that start at these moments, or all.
pub(super) fn accept<V: ReadPlans + ReadBlocks + ReadGoals>(
    view: &V,
    reference: Option<&RunRef>,
    starts: Option<&[DateTime<Utc>]>,
    context: &Context,
) -> Decided<V> {
    let goal = find_goal(view, reference, GoalRequest::Accept)?;
    match goal.state.status {
        GoalStatus::Proposed => {}
        GoalStatus::Active => return nothing(goal),
        status => return Err(misfit(goal, status)),
    }
    let mut draft = read(draft(view, &goal, context.now))?;
    if starts.is_some_and(|starts| !draft.keep(starts)) {
        return Err(Rejection::ProposalChanged { goal: goal.text }.into());
    }
    let state = GoalState { status: GoalStatus::Active, ..goal.state.clone() };
    planned(view, goal, state, &draft, Did::Accepted)
}

/// Changes how a goal is planned. One that is under way is planned again from now on, also if no wish changes; a proposal and a paused goal
/// keep the wishes for later.
pub(super) fn change<V: ReadPlans + ReadBlocks + ReadGoals>(
    view: &V,
    reference: Option<&RunRef>,
    update: &WishesUpdate,
    context: &Context,
) -> Decided<V> {
    let goal = find_goal(view, reference, GoalRequest::Change)?;
    let wishes = wished(&goal, &read(view.settings())?, update, context)?;
    let state = GoalState { wishes, ..goal.state.clone() };
    match goal.state.status {
        GoalStatus::Ended => Err(misfit(goal, GoalStatus::Ended)),
        GoalStatus::Active => replan(view, goal, state, Did::Replanned, context),
        GoalStatus::Proposed | GoalStatus::Paused if state == goal.state => nothing(goal),
        GoalStatus::Proposed | GoalStatus::Paused => {
            let event = changed(&goal, &state);
            done(goal, state, vec![event], Did::Updated, Vec::new())
        }
    }
}

/// The wishes for a goal after an update.
///
/// # Errors
/// [`Rejection::DeadlineIsOver`] and [`Rejection::Hours`].
pub fn wished(goal: &Goal, settings: &Settings, update: &WishesUpdate, context: &Context) -> Result<Wishes, Rejection> {
    let before = &goal.state.wishes;
    if update.deadline.flatten().is_some_and(|deadline| deadline <= context.now) {
        return Err(Rejection::DeadlineIsOver);
    }
    Ok(Wishes {
        deadline: update.deadline.map_or(before.deadline, |deadline| deadline.map(to_millis)),
        minutes_per_week: update.minutes_per_week.unwrap_or(before.minutes_per_week),
        session_minutes: update.session_minutes.unwrap_or(before.session_minutes),
        hours: hours(goal, settings, &update.hours)?,
    })
}

/// The hours for a goal alone after an update; `None` if it has those of its kind of activity.
fn hours(goal: &Goal, settings: &Settings, update: &HoursUpdate) -> Result<Option<ActivityHours>, Rejection> {
    if *update == HoursUpdate::default() {
        return Ok(goal.state.wishes.hours);
    }
    let (before, usual) = (goal.hours(settings), settings.hours_for(goal.outline.activity));
    let time_is_usual = update.between.is_none() && update.parts.as_ref().is_some_and(Vec::is_empty);
    let days_are_usual = update.days.as_ref().is_some_and(Vec::is_empty);
    let time = if time_is_usual { usual } else { before };
    let (parts, between) = match &update.parts {
        Some(parts) if !parts.is_empty() => (parts.clone(), update.between),
        _ => (time.parts().collect(), update.between.or(time.between())),
    };
    let days: Vec<Weekday> = match &update.days {
        Some(days) if !days.is_empty() => days.clone(),
        Some(_) => usual.days().collect(),
        None => before.days().collect(),
    };
    let hours = ActivityHours::new(&parts, Some(&days), between).map_err(Rejection::Hours)?;
    Ok(Some(hours).filter(|hours| *hours != usual || !(time_is_usual || days_are_usual)))
}

/// Pauses, resumes, ends or dismisses a goal.
pub(super) fn set<V: ReadPlans + ReadBlocks + ReadGoals>(
    view: &V,
    reference: Option<&RunRef>,
    request: GoalRequest,
    context: &Context,
) -> Decided<V> {
    let goal = find_goal(view, reference, request)?;
    let status = goal.state.status;
    match (request, status) {
        (GoalRequest::Pause, GoalStatus::Paused)
        | (GoalRequest::Resume, GoalStatus::Active)
        | (GoalRequest::End, GoalStatus::Ended) => nothing(goal),
        (GoalRequest::Pause, GoalStatus::Active) => stop(view, goal, GoalStatus::Paused, Did::Paused),
        (GoalRequest::Resume, GoalStatus::Paused | GoalStatus::Ended) => {
            let state = GoalState { status: GoalStatus::Active, ..goal.state.clone() };
            replan(view, goal, state, Did::Resumed, context)
        }
        (GoalRequest::End, GoalStatus::Active | GoalStatus::Paused) => stop(view, goal, GoalStatus::Ended, Did::Ended),
        (GoalRequest::End | GoalRequest::Dismiss, GoalStatus::Proposed) | (GoalRequest::Dismiss, GoalStatus::Ended) => {
            let event = EventKind::GoalDeleted { goal: goal.clone() };
            let state = goal.state.clone();
            done(goal, state, vec![event], Did::Deleted, Vec::new())
        }
        _ => Err(misfit(goal, status)),
    }
}

/// Plans what remains of a goal again, in place of what was planned.
fn replan<V: ReadPlans + ReadBlocks + ReadGoals>(
    view: &V,
    goal: Goal,
    state: GoalState,
    did: Did,
    context: &Context,
) -> Decided<V> {
    let state = GoalState { behind_since: None, ..state };
    let wanted = Goal { state: state.clone(), ..goal.clone() };
    let draft = read(draft(view, &wanted, context.now))?;
    planned(view, goal, state, &draft, did)
}

/// The decision to put a draft on the timeline.
fn planned<V: ReadPlans + ReadBlocks>(view: &V, goal: Goal, state: GoalState, draft: &Draft, did: Did) -> Decided<V> {
    if let Some(plan) = read(view.plan(goal.plan))?.filter(|plan| !plan.is_in_use()) {
        return Err(Rejection::GoalInArchive { goal: goal.text, plan: plan.title }.into());
    }
    if draft.is_empty() {
        let why = draft.left_out().into_iter().next().map(|LeftOut { title, why }| format!("“{title}”: {why}"));
        return Err(Rejection::NothingToPlan { goal: goal.text, why }.into());
    }
    let (events, blocks) = on_timeline(view, &goal, &state, draft)?;
    done(goal, state, events, did, blocks)
}

/// The events that put a draft on the timeline, and its blocks.
pub(super) fn on_timeline<V: ReadBlocks>(
    view: &V,
    goal: &Goal,
    state: &GoalState,
    draft: &Draft,
) -> Decided<V, (Vec<EventKind>, Vec<Block>)> {
    let blocks = draft.blocks(read(view.next_handle())?);
    let stored = read(view.stored_blocks())?.saturating_sub(draft.replaced.len() as u64);
    if stored + blocks.len() as u64 > limits::BLOCKS {
        return Err(Rejection::TooManyBlocks.into());
    }
    let mut events: Vec<EventKind> = deleted(&draft.replaced).collect();
    events.push(changed(goal, state));
    events.extend(blocks.iter().map(|block| EventKind::BlockScheduled { block: block.clone() }));
    Ok((events, blocks))
}

/// Takes what is open of a goal off the timeline.
fn stop<V: ReadBlocks>(view: &V, goal: Goal, status: GoalStatus, did: Did) -> Decided<V> {
    let open: Vec<Block> = read(blocks_of(view, &goal))?.into_iter().filter(Block::is_open).collect();
    let state = GoalState { status, behind_since: None, ..goal.state.clone() };
    let mut events: Vec<EventKind> = deleted(&open).collect();
    events.push(changed(&goal, &state));
    done(goal, state, events, did, Vec::new())
}

/// Gives missed sessions new times in their weeks, and notes which goals are behind by a week.
pub(super) fn tend<V: ReadPlans + ReadBlocks + ReadGoals>(view: &V, context: &Context) -> Decided<V> {
    let settings = read(view.settings())?;
    let today = settings.zone().wall(context.now).date();
    let monday = settings.zone().day_start(today.week(Weekday::Mon).first_day());
    let mut events = Vec::new();
    let mut taken: Vec<Span> = Vec::new();
    for goal in read(view.goals())?.into_iter().filter(|goal| goal.state.status == GoalStatus::Active) {
        if !read(view.plan(goal.plan))?.is_some_and(|plan| plan.is_in_use()) {
            continue;
        }
        let horizon = horizon(&settings, &goal, context.now);
        let mut blocks = read(blocks_of(view, &goal))?;
        let missed: Vec<usize> = (0..blocks.len())
            .filter(|index| blocks.get(*index).is_some_and(|block| is_missed(block, context.now)))
            .filter(|index| blocks.get(*index).and_then(|block| block.span).is_some_and(|span| span.start() >= monday))
            .collect();
        if !missed.is_empty() {
            let pause = TimeDelta::minutes(horizon.break_minutes.into());
            let mut busy = read(view.busy(context.now - pause, monday + A_WEEK + pause))?;
            busy.extend(&taken);
            let spans = |indexes: &[usize]| -> Vec<Span> {
                indexes.iter().filter_map(|index| blocks.get(*index)?.span).collect()
            };
            let others: Vec<usize> = (0..blocks.len())
                .filter(|index| !missed.contains(index) && blocks.get(*index).is_some_and(Block::is_session))
                .collect();
            let made_up = make_up(&spans(&missed), &spans(&others), &busy, &horizon);
            for (index, span) in missed.into_iter().zip(made_up) {
                let (Some(block), Some(span)) = (blocks.get_mut(index), span) else { continue };
                let before = block.clone();
                block.span = Some(span);
                taken.push(span);
                events.push(EventKind::BlockMoved(BlockChange { before, after: block.clone() }));
            }
        }
        let missed = u64::from(progress(&goal, &blocks, context.now).minutes_missed);
        let is_behind = missed * 100 >= u64::from(a_week(&goal)) * BEHIND_PERCENT;
        if is_behind != goal.state.behind_since.is_some() {
            let behind_since = is_behind.then(|| to_millis(context.now));
            events.push(changed(&goal, &GoalState { behind_since, ..goal.state.clone() }));
        }
    }
    Ok(Decision { events, outcome: Outcome::Tended })
}

/// How many minutes a week a goal has: as many as the person has named, or else the most that a phase of it has.
fn a_week(goal: &Goal) -> u32 {
    let own = || goal.outline.phases.iter().map(|phase| phase.per_week.saturating_mul(phase.minutes)).max();
    goal.state.wishes.minutes_per_week.or_else(own).unwrap_or(u32::MAX).max(1)
}

/// Changes that an undo or a redo makes, so that they fit the goals as they are: since the transaction, the service may have noted that a goal
/// is behind.
pub(super) fn fitted<V: ReadPlans + ReadGoals>(view: &V, changes: Vec<EventKind>) -> Decided<V, Vec<EventKind>> {
    room_after(view, &changes)?;
    let mut known: Vec<(RunId, Option<GoalState>)> = Vec::new();
    let mut fits = Vec::with_capacity(changes.len());
    for change in changes {
        let id = match &change {
            EventKind::GoalCreated { goal } | EventKind::GoalDeleted { goal } => goal.id,
            EventKind::GoalChanged(change) => change.goal,
            _ => {
                fits.push(change);
                continue;
            }
        };
        let now = match known.iter().rfind(|(other, _)| *other == id) {
            Some((_, state)) => state.clone(),
            None => read(view.goal(id))?.map(|goal| goal.state),
        };
        let (after, change) = match (change, now) {
            (EventKind::GoalCreated { goal }, None) => (Some(goal.state.clone()), EventKind::GoalCreated { goal }),
            (EventKind::GoalDeleted { goal }, Some(state)) => {
                (None, EventKind::GoalDeleted { goal: Goal { state, ..goal } })
            }
            (EventKind::GoalChanged(change), Some(before)) => {
                (Some(change.after.clone()), EventKind::GoalChanged(GoalChange { before, ..change }))
            }
            // A file was imported in which an event is missing.
            _ => continue,
        };
        known.push((id, after));
        fits.push(change);
    }
    Ok(fits)
}

/// Whether there are not too many goals after these changes.
pub(super) fn room_after<V: ReadPlans + ReadGoals>(view: &V, changes: &[EventKind]) -> Decided<V, ()> {
    let created = changes.iter().filter(|change| matches!(change, EventKind::GoalCreated { .. })).count();
    if created == 0 {
        return Ok(());
    }
    let deleted = changes.iter().filter(|change| matches!(change, EventKind::GoalDeleted { .. })).count();
    if (read(visible_goals(view))?.len() + created).saturating_sub(deleted) > limits::GOALS {
        return Err(Rejection::TooManyGoals.into());
    }
    Ok(())
}

pub(super) fn changed(goal: &Goal, after: &GoalState) -> EventKind {
    EventKind::GoalChanged(GoalChange { goal: goal.id, before: goal.state.clone(), after: after.clone() })
}

fn deleted(blocks: &[Block]) -> impl Iterator<Item = EventKind> {
    blocks.iter().map(|block| EventKind::BlockDeleted { block: block.clone() })
}

fn misfit<E>(goal: Goal, status: GoalStatus) -> DecideError<E> {
    Rejection::GoalIs { goal: goal.text, status }.into()
}

fn nothing<E>(goal: Goal) -> Result<Decision, DecideError<E>> {
    let state = goal.state.clone();
    done(goal, state, Vec::new(), Did::Nothing, Vec::new())
}

fn done<E>(
    goal: Goal,
    state: GoalState,
    events: Vec<EventKind>,
    did: Did,
    blocks: Vec<Block>,
) -> Result<Decision, DecideError<E>> {
    let goal = Box::new(Goal { state, ..goal });
    Ok(Decision { events, outcome: Outcome::Goal { did, goal, blocks } })
}
