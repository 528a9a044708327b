//! Looks after goals: each morning, missed sessions get new times in their weeks, and the person is told once when a goal has fallen behind.

use chrono::{DateTime, Utc};
use flux_protocol::{Message, ServerFrame};
use flux_timeline::draft::blocks_of;
use flux_timeline::event::GoalChange;
use flux_timeline::goal::GoalStatus;
use flux_timeline::progress::progress;
use flux_timeline::{Actor, Command, Event, EventKind, Goal, ReadGoals, ReadPlans, TxnId};
use flux_tools::report::behind_report;
use serde_json::json;

use super::GOALS;
use super::morning::next_morning;
use crate::agent::ChatAgent;
use crate::api::action::{self, Author};
use crate::architect::runs::news_message;
use crate::host::Host;
use crate::shown;
use crate::store::{Sql, Store, StoreError};

impl<H: Host> ChatAgent<H> {
    /// Gives missed sessions new times, tells which goals have fallen behind, and stores when that is due again.
    pub(super) fn tend_goals(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        let new_id = || self.0.host.uuid();
        let (events, has_news) = self.0.store.sql_transaction(|store| {
            // As with overdue tasks: an object that nobody uses is not opened each day for ever.
            if !store.is_used(now)? {
                store.delete_job(GOALS)?;
                return Ok((Vec::new(), false));
            }
            store.plan_goals(now)?;
            let author = Author { actor: Actor::System, txn: TxnId::new(new_id()) };
            let events = action::command_within(store, &Command::TendGoals, &author, now, &new_id)?.events;
            let mut has_news = false;
            for change in events.iter().filter_map(fell_behind) {
                let Some(goal) = store.goal(change.goal)? else { continue };
                store.put_message(&news(store, &goal, now)?, now)?;
                has_news = true;
            }
            Ok::<_, StoreError>((events, has_news))
        })?;
        self.publish(&events);
        if has_news { self.send_news() } else { Ok(()) }
    }

    /// Sends the goals to all connections that follow events, if one of these events is about some.
    pub(crate) fn send_goals(&self, events: &[Event]) {
        if !events.iter().any(|event| event.kind.concerns_goals()) {
            return;
        }
        self.send_to_followers("goals", "Goals could not be read.", || self.goals_frame());
    }

    /// The frame with the goals. `None` if there have been none since the object was opened.
    pub(crate) fn goals_frame(&self) -> Result<Option<String>, StoreError> {
        let goals = shown::goals(&self.0.store, self.0.host.now())?;
        let had_some = self.0.has_goals.replace(!goals.is_empty());
        Ok((had_some || !goals.is_empty()).then(|| ServerFrame::FluxGoals { goals }.to_text()))
    }
}

impl<S: Sql> Store<S> {
    /// Stores the job for the next morning, if a goal of a plan in use is under way; otherwise there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_goals(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let plans = self.plans()?;
        let is_in_use = |goal: &Goal| plans.iter().any(|plan| plan.id == goal.plan && plan.is_in_use());
        if self.goals()?.iter().any(|goal| goal.state.status == GoalStatus::Active && is_in_use(goal)) {
            self.put_job(GOALS, GOALS, next_morning(now, self.settings()?.zone()), 0)
        } else {
            self.delete_job(GOALS)
        }
    }
}

/// Whether an event changes when goals need attention.
pub(super) fn changes_goals(event: &Event) -> bool {
    match event.kind.change() {
        EventKind::GoalChanged(GoalChange { before, after, .. }) => before.status != after.status,
        EventKind::GoalCreated { goal } | EventKind::GoalDeleted { goal } => goal.state.status == GoalStatus::Active,
        EventKind::SettingsChanged { before, after } => before.time_zone != after.time_zone,
        EventKind::PlanCreated { .. }
        | EventKind::PlanDeleted { .. }
        | EventKind::PlanArchived { .. }
        | EventKind::PlanUnarchived { .. } => true,
        _ => false,
    }
}

fn fell_behind(event: &Event) -> Option<&GoalChange> {
    match &event.kind {
        EventKind::GoalChanged(change) if change.after.behind_since.is_some() => Some(change),
        _ => None,
    }
}

/// The message that a goal has fallen behind. It has the id of the goal and the moment, so that it is stored once.
fn news<S: Sql>(store: &Store<S>, goal: &Goal, now: DateTime<Utc>) -> Result<Message, StoreError> {
    let progress = progress(goal, &blocks_of(store, goal)?, now);
    let metadata = json!({ "at": now, "goal": goal.id, "behind": true });
    Ok(news_message(format!("{}-{}", goal.id, now.timestamp_millis()), behind_report(goal, &progress), metadata))
}
