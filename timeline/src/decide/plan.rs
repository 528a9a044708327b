//! Decisions about plans.

use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::event::EventKind;
use crate::id::PlanId;
use crate::limits;
use crate::plan::{Plan, PlanColor};
use crate::reference::{PlanRef, find_archived_plan, find_plan};
use crate::rejection::Rejection;
use crate::span::to_millis;
use crate::text::Title;
use crate::view::ReadPlans;

pub(super) fn open<V: ReadPlans>(view: &V, id: PlanId, title: &Title, context: &Context) -> Decided<V> {
    match read(view.plans())?.into_iter().next() {
        Some(plan) => done(Vec::new(), Did::Nothing, plan, read(view.active_plan())?),
        None => create(view, id, title, context),
    }
}

pub(super) fn create<V: ReadPlans>(view: &V, id: PlanId, title: &Title, context: &Context) -> Decided<V> {
    let plans = read(view.plans())?;
    if plans.len() >= limits::PLANS {
        return Err(Rejection::TooManyPlans.into());
    }
    let before = read(view.active_plan())?.map(|plan| plan.id);
    let color = Some(PlanColor::for_new(&plans));
    let plan = Plan { id, title: title.clone(), created_at: to_millis(context.now), archived_at: None, color };
    let events =
        vec![EventKind::PlanCreated { plan: plan.clone() }, EventKind::PlanSwitched { before, after: Some(id) }];
    done(events, Did::Created, plan.clone(), Some(plan))
}

/// Makes another plan the active one. An archived plan is unarchived, because the active plan is always in use.
pub(super) fn switch<V: ReadPlans>(view: &V, reference: &PlanRef) -> Decided<V> {
    let mut plan = find_plan(view, reference)?;
    let before = read(view.active_plan())?.map(|plan| plan.id);
    if before == Some(plan.id) {
        return done(Vec::new(), Did::Nothing, plan.clone(), Some(plan));
    }
    let mut events = Vec::new();
    let mut did = Did::Switched;
    if let Some(at) = plan.archived_at.take() {
        events.push(EventKind::PlanUnarchived { plan: plan.id, at });
        did = Did::BroughtBack;
    }
    events.push(EventKind::PlanSwitched { before, after: Some(plan.id) });
    done(events, did, plan.clone(), Some(plan))
}

/// Archives a plan. If it was active, the newest other plan in use becomes active.
pub(super) fn archive<V: ReadPlans>(view: &V, reference: &PlanRef, context: &Context) -> Decided<V> {
    let mut plan = find_plan(view, reference)?;
    if !plan.is_in_use() {
        return done(Vec::new(), Did::Nothing, plan, read(view.active_plan())?);
    }
    let (mut events, active) = leave(view, &plan)?;
    let at = to_millis(context.now);
    plan.archived_at = Some(at);
    events.push(EventKind::PlanArchived { plan: plan.id, at });
    done(events, Did::Archived, plan, active)
}

pub(super) fn unarchive<V: ReadPlans>(view: &V, reference: &PlanRef) -> Decided<V> {
    let mut plan = find_archived_plan(view, reference)?;
    let active = read(view.active_plan())?;
    let Some(at) = plan.archived_at.take() else { return done(Vec::new(), Did::Nothing, plan, active) };
    let events = vec![EventKind::PlanUnarchived { plan: plan.id, at }];
    done(events, Did::Unarchived, plan, active)
}

pub(super) fn rename<V: ReadPlans>(view: &V, reference: &PlanRef, title: &Title) -> Decided<V> {
    let mut plan = find_plan(view, reference)?;
    let active = read(view.active_plan())?;
    if plan.title == *title {
        return done(Vec::new(), Did::Nothing, plan, active);
    }
    let before = std::mem::replace(&mut plan.title, title.clone());
    let events = vec![EventKind::PlanRenamed { plan: plan.id, before, after: title.clone() }];
    done(events, Did::Renamed, plan, active)
}

pub(super) fn recolor<V: ReadPlans>(view: &V, reference: &PlanRef, color: PlanColor) -> Decided<V> {
    let mut plan = find_plan(view, reference)?;
    let active = read(view.active_plan())?;
    if plan.shown_color() == color {
        return done(Vec::new(), Did::Nothing, plan, active);
    }
    let before = plan.color.replace(color);
    let events = vec![EventKind::PlanRecolored { plan: plan.id, before, after: plan.color }];
    done(events, Did::Recolored, plan, active)
}

/// Deletes a plan. If it was active, the newest other plan in use becomes active.
pub(super) fn delete<V: ReadPlans>(view: &V, reference: &PlanRef) -> Decided<V> {
    let plan = find_plan(view, reference)?;
    let (mut events, active) = leave(view, &plan)?;
    events.push(EventKind::PlanDeleted { plan: plan.clone() });
    done(events, Did::Deleted, plan, active)
}

/// Makes another plan active before the active one goes out of use. Returns the active plan after that.
fn leave<V: ReadPlans>(view: &V, plan: &Plan) -> Decided<V, (Vec<EventKind>, Option<Plan>)> {
    let next = read(view.plans())?.into_iter().rfind(|other| other.id != plan.id && other.is_in_use());
    let Some(next) = next else { return Err(Rejection::LastPlan.into()) };
    let active = read(view.active_plan())?;
    if active.as_ref().is_none_or(|active| active.id != plan.id) {
        return Ok((Vec::new(), active));
    }
    Ok((vec![EventKind::PlanSwitched { before: Some(plan.id), after: Some(next.id) }], Some(next)))
}

fn done<E>(
    events: Vec<EventKind>,
    did: Did,
    plan: Plan,
    active: Option<Plan>,
) -> Result<Decision, super::DecideError<E>> {
    Ok(Decision { events, outcome: Outcome::Plan { did, plan, active } })
}
