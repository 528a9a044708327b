//! What an edit will come to, by the domain's own rules, so that it is seen before the service has answered. Pure.

use chrono::{DateTime, Utc};
use flux_timeline::command::BlockUpdate;
use flux_timeline::decide::{Context, block};
use flux_timeline::reference::BlockRef;
use flux_timeline::{BlockId, EventKind, Plan, PlanColor, PlanId, Source, Timeline, Title};

use crate::calls::{Mutation, PlanChange};

/// The events that a mutation will come to. None where it cannot be told, or would be refused: then the service says why.
pub fn predict(timeline: &Timeline, mutation: &Mutation, now: DateTime<Utc>) -> Vec<EventKind> {
    let context = Context { now, source: Source::User };
    let of = |id: &BlockId| BlockRef::Id(*id);
    let decision = match mutation {
        Mutation::Complete(id) => block::complete(timeline, &of(id), &context),
        Mutation::Reopen(id) => block::reopen(timeline, &of(id), &context),
        Mutation::Delete { id, .. } => block::delete(timeline, &of(id), &context),
        Mutation::Update(id, changes) if **changes != BlockUpdate::default() => {
            block::update(timeline, &of(id), changes, &context)
        }
        Mutation::Schedule(new) => block::schedule(timeline, new, &context),
        Mutation::Place(starts) => return placed(timeline, starts, &context),
        Mutation::ChangePlan(plan, PlanChange::Rename(title)) => return renamed(timeline, *plan, title),
        Mutation::ChangePlan(plan, PlanChange::Recolor(color)) => return recolored(timeline, *plan, *color),
        _ => return Vec::new(),
    };
    decision.map(|decision| decision.events).unwrap_or_default()
}

fn placed(timeline: &Timeline, starts: &[(BlockId, DateTime<Utc>)], context: &Context) -> Vec<EventKind> {
    let zone = timeline.settings().zone();
    let place = |(id, start): &(BlockId, DateTime<Utc>)| {
        let day = zone.wall(*start).date();
        let changes = match timeline.block(*id)?.days {
            Some(_) => BlockUpdate { first_day: Some(day), ..BlockUpdate::default() },
            None => BlockUpdate { start: Some(*start), ..BlockUpdate::default() },
        };
        block::update(timeline, &BlockRef::Id(*id), &changes, context).ok()
    };
    let is_unplaced = |id: BlockId| timeline.block(id).is_some_and(|block| block.is_unplaced(context.now, zone));
    starts.iter().filter(|(id, _)| is_unplaced(*id)).filter_map(place).flat_map(|decision| decision.events).collect()
}

fn recolored(timeline: &Timeline, id: PlanId, color: PlanColor) -> Vec<EventKind> {
    let recolor = |plan: &Plan| EventKind::PlanRecolored { plan: id, before: plan.color, after: Some(color) };
    timeline.plan(id).map(recolor).into_iter().collect()
}

fn renamed(timeline: &Timeline, id: PlanId, title: &str) -> Vec<EventKind> {
    let before = timeline.plan(id).map(|plan| plan.title.clone());
    match (before, Title::new(title)) {
        (Some(before), Ok(after)) if before != after => vec![EventKind::PlanRenamed { plan: id, before, after }],
        _ => Vec::new(),
    }
}
