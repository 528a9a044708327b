//! The settings and plans of a timeline at one moment.

use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::id::PlanId;
use crate::plan::Plan;
use crate::settings::Settings;

/// The settings and plans of a timeline at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSnapshot {
    /// The person's settings.
    pub settings: Settings,
    /// All plans, oldest first.
    pub plans: Vec<Plan>,
    /// The id of the active plan.
    pub active_plan: Option<PlanId>,
}

impl PlanSnapshot {
    /// Applies an event, as [`Timeline::apply`](crate::Timeline::apply) does. Events of blocks and runs change nothing.
    pub fn apply(&mut self, kind: &EventKind) {
        match kind.change() {
            EventKind::PlanCreated { plan } => {
                let place = |other: &Plan| (other.created_at, other.id) < (plan.created_at, plan.id);
                self.plans.insert(self.plans.partition_point(place), plan.clone());
            }
            EventKind::PlanRenamed { plan, after, .. } => self.change(*plan, |plan| plan.title = after.clone()),
            EventKind::PlanRecolored { plan, after, .. } => self.change(*plan, |plan| plan.color = *after),
            EventKind::PlanArchived { plan, at } => self.change(*plan, |plan| plan.archived_at = Some(*at)),
            EventKind::PlanUnarchived { plan, .. } => self.change(*plan, |plan| plan.archived_at = None),
            EventKind::PlanSwitched { after, .. } => self.active_plan = *after,
            EventKind::PlanDeleted { plan } => self.plans.retain(|other| other.id != plan.id),
            EventKind::SettingsChanged { before, after } => self.settings = self.settings.changed(before, after),
            _ => {}
        }
    }

    fn change(&mut self, id: PlanId, change: impl FnOnce(&mut Plan)) {
        if let Some(plan) = self.plans.iter_mut().find(|plan| plan.id == id) {
            change(plan);
        }
    }
}
