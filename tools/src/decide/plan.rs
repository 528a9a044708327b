//! Decisions about plans.

use super::{Context, Decided, Decision, Did, Outcome, read};
use crate::event::EventKind;
use crate::id::PlanId;
use crate::limits;
use crate::plan::Plan;
use crate::reference::{PlanRef, find_plan};
use crate::rejection::Rejection;
use crate::span::to_millis;
use crate::text::Title;
use crate::view::TimelineView;

pub(super) fn open<V: TimelineView>(view: &V, id: PlanId, title: &Title, context: &Context) -> Decided<V> {
    match read(view.plans())?.into_iter().next() {
        Some(plan) => done(Vec::new(), Did::Nothing, plan, read(view.active_plan())?),
        None => create(view, id, title, context),
    }
}

pub(super) fn create<V: TimelineView>(view: &V, id: PlanId, title: &Title, context: &Context) -> Decided<V> {
    if read(view.plans())?.len() >= limits::PLANS {
        return Err(Rejection::TooManyPlans.into());
    }
    let before = read(view.active_plan())?.map(|plan| plan.id);
    let plan = Plan { id, title: title.clone(), created_at: to_millis(context.now) };
    let events =
        vec![EventKind::PlanCreated { plan: plan.clone() }, EventKind::PlanSwitched { before, after: Some(id) }];
    done(events, Did::Created, plan.clone(), Some(plan))
}

pub(super) fn switch<V: TimelineView>(view: &V, reference: &PlanRef) -> Decided<V> {
    let plan = find_plan(view, reference)?;
    let before = read(view.active_plan())?.map(|plan| plan.id);
    if before == Some(plan.id) {
        return done(Vec::new(), Did::Nothing, plan.clone(), Some(plan));
    }
    let events = vec![EventKind::PlanSwitched { before, after: Some(plan.id) }];
    done(events, Did::Switched, plan.clone(), Some(plan))
}

pub(super) fn rename<V: TimelineView>(view: &V, reference: &PlanRef, title: &Title) -> Decided<V> {
    let mut plan = find_plan(view, reference)?;
    let active = read(view.active_plan())?;
    if plan.title == *title {
        return done(Vec::new(), Did::Nothing, plan, active);
    }
    let before = std::mem::replace(&mut plan.title, title.clone());
    let events = vec![EventKind::PlanRenamed { plan: plan.id, before, after: title.clone() }];
    done(events, Did::Renamed, plan, active)
}

/// Deletes a plan. Where it was the active one, the newest of the others becomes active.
pub(super) fn delete<V: TimelineView>(view: &V, reference: &PlanRef) -> Decided<V> {
    let plan = find_plan(view, reference)?;
    let next = read(view.plans())?.into_iter().rfind(|other| other.id != plan.id);
    let Some(next) = next else { return Err(Rejection::LastPlan.into()) };
    let mut active = read(view.active_plan())?;
    let mut events = Vec::new();
    if active.as_ref().is_some_and(|active| active.id == plan.id) {
        events.push(EventKind::PlanSwitched { before: Some(plan.id), after: Some(next.id) });
        active = Some(next);
    }
    events.push(EventKind::PlanDeleted { plan: plan.clone() });
    done(events, Did::Deleted, plan, active)
}

fn done<E>(
    events: Vec<EventKind>,
    did: Did,
    plan: Plan,
    active: Option<Plan>,
) -> Result<Decision, super::DecideError<E>> {
    Ok(Decision { events, outcome: Outcome::Plan { did, plan, active } })
}
