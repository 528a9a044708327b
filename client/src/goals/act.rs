//! What the person does with goals.

use chrono::{DateTime, Utc};
use dioxus::core::spawn_forever;
use dioxus::prelude::*;
use flux_protocol::frame::{GoalPreview, GoalSummary};
use flux_timeline::RunId;
use flux_timeline::free_time::Activity;
use serde_json::{Map, Value, json};

use super::look::{Looking, part_names};
use crate::platform;
use crate::store::{Store, View};
use crate::timeline::filter::Filter;
use crate::toast::toasts::Kind;

/// How long to wait after a change of the timeline until the preview is asked for again, in ms: edits come in groups.
const CALM_MS: u32 = 600;
const UNKNOWN: &str = "The service answered in a way that this page does not know. Reload it.";

impl Store {
    /// The goal with this id.
    pub fn goal(&self, id: RunId) -> Option<GoalSummary> {
        self.goals.read().iter().find(|goal| goal.id == id).cloned()
    }

    /// Shows how a goal is planned, beside the timeline.
    pub fn look_at_goal(&mut self, goal: &GoalSummary, adjusts: bool) {
        let settings = self.projection.peek().settings();
        self.looking.set(Some(Looking { adjusts, ..Looking::new(goal, &settings) }));
        if *self.is_narrow.peek() {
            self.show(View::Timeline);
        }
        if self.past.peek().is_some() {
            self.leave_past();
        }
        self.show_plan(goal.plan);
        if !self.filter.peek().is_off() {
            self.filter.set(Filter::default());
        }
        platform::focus(&panel_id(goal.id));
        self.preview_goal();
    }

    /// Asks how the goal that is looked at would be planned with the wishes in the fields. Only the answer to the last question counts.
    pub fn preview_goal(&mut self) {
        let Some(looking) = self.looking.peek().clone() else { return };
        let mut store = *self;
        let arguments = match looking.fields.changes(&looking.before) {
            Ok(changes) => with_goal(changes, looking.goal),
            Err(why) => return store.set_preview(&looking, Err(why)),
        };
        spawn_forever(async move {
            let answer = store.ask("previewGoal", arguments).await;
            let preview =
                answer.and_then(|value| serde_json::from_value::<GoalPreview>(value).map_err(|_| UNKNOWN.to_owned()));
            store.set_preview(&looking, preview);
        });
    }

    fn set_preview(&mut self, asked: &Looking, preview: Result<GoalPreview, String>) {
        let is_wanted = self
            .looking
            .peek()
            .as_ref()
            .is_some_and(|looking| (looking.goal, &looking.fields) == (asked.goal, &asked.fields));
        let mut looking = self.looking.write();
        let Some(looking) = looking.as_mut().filter(|_| is_wanted) else { return };
        match preview {
            Ok(preview) => {
                let starts: Vec<DateTime<Utc>> = preview.parts.iter().map(|part| part.span.start()).collect();
                looking.without.retain(|start| starts.contains(start));
                looking.previewed = Some(looking.fields.clone());
                (looking.preview, looking.problem) = (Some(preview), None);
            }
            Err(why) => looking.problem = Some(why),
        }
    }

    /// Asks again in a moment, because the timeline has changed.
    pub fn preview_goal_soon(&self) {
        let mut store = *self;
        if store.looking.peek().is_none() || *store.is_preview_due.peek() {
            return;
        }
        store.is_preview_due.set(true);
        spawn_forever(async move {
            platform::sleep_ms(CALM_MS).await;
            store.is_preview_due.set(false);
            store.preview_goal();
        });
    }

    /// Changes the wishes in the fields.
    pub fn wish(&mut self, change: impl FnOnce(&mut super::look::Fields)) {
        if let Some(looking) = self.looking.write().as_mut() {
            change(&mut looking.fields);
        }
        self.preview_goal();
    }

    /// Adds what is shown of a proposal, or plans the rest of a goal again. What has changed in the fields is kept first.
    pub fn take_plan(&mut self) {
        let looking = self.looking.peek().clone().filter(Looking::is_current);
        let Some(looking) = looking.filter(|_| !*self.is_goal_busy.peek()) else { return };
        let is_proposal = looking.is_proposal;
        let Ok(changes) = looking.fields.changes(&looking.before) else { return };
        let starts: Vec<DateTime<Utc>> = looking.kept().map(|part| part.span.start()).collect();
        let mut store = *self;
        store.is_goal_busy.set(true);
        spawn_forever(async move {
            let mut done = Ok(String::new());
            if !is_proposal || !changes.is_empty() {
                let mut change = changes;
                change.insert("request".to_owned(), json!("change"));
                done = store.told("updateGoal", with_goal(change, looking.goal)).await;
            }
            if is_proposal && done.is_ok() {
                done = store.told("acceptGoal", json!({ "goal": looking.goal, "starts": starts })).await;
            }
            store.goal_is_done(looking.goal, done);
        });
    }

    /// Accepts all of a proposal as it is now.
    pub fn accept_goal(&mut self, goal: RunId) {
        self.tell_goal(goal, "acceptGoal", json!({ "goal": goal }));
    }

    /// Pauses, resumes, ends, dismisses a goal, or plans it again.
    pub fn request_goal(&mut self, goal: RunId, request: &str) {
        self.tell_goal(goal, "updateGoal", json!({ "goal": goal, "request": request }));
    }

    fn tell_goal(&mut self, goal: RunId, method: &'static str, arguments: Value) {
        let mut store = *self;
        if *store.is_goal_busy.peek() {
            return;
        }
        store.is_goal_busy.set(true);
        spawn_forever(async move {
            let done = store.told(method, arguments).await;
            store.goal_is_done(goal, done);
        });
    }

    /// Says what came of a change of a goal. If nothing was changed, what is looked at may be out of date.
    fn goal_is_done(&mut self, goal: RunId, done: Result<String, String>) {
        self.is_goal_busy.set(false);
        match done {
            Ok(said) => {
                self.close_goal(goal);
                self.toast(said, Kind::Done);
                self.focus_timeline();
            }
            Err(why) => {
                self.toast(why, Kind::Problem);
                self.preview_goal();
            }
        }
    }

    /// Makes a call that changes a goal. Returns what was done, in a sentence.
    async fn told(self, method: &str, arguments: Value) -> Result<String, String> {
        self.ask(method, arguments).await.and_then(|report| summary(&report))
    }

    /// Closes the goal if it is the one that is looked at.
    fn close_goal(&mut self, goal: RunId) {
        if self.looking.peek().as_ref().is_some_and(|looking| looking.goal == goal) {
            self.looking.set(None);
        }
    }

    /// Keeps when the person has time for a kind of activity. What is proposed for it moves.
    pub fn have_time_for(&mut self, activity: Activity, parts: [bool; 4]) {
        let hours = json!({ "parts": part_names(parts) });
        self.set_hours(activity, hours, "That is kept. What is proposed has moved to these hours.");
    }

    /// Forgets when the person has time for a kind of activity. They are asked with the next proposal.
    pub fn ask_for_hours_again(&mut self, activity: Activity) {
        self.set_hours(activity, Value::Null, "That is forgotten. You are asked with the next proposal.");
    }

    fn set_hours(&mut self, activity: Activity, hours: Value, said: &'static str) {
        let mut of_activities = Map::new();
        of_activities.insert(json!(activity).as_str().unwrap_or_default().to_owned(), hours);
        let mut store = *self;
        spawn_forever(async move {
            match store.told("setSettings", json!({ "activityHours": of_activities })).await {
                Ok(_) => {
                    store.toast(said, Kind::Done);
                    store.preview_goal();
                }
                Err(why) => store.toast(why, Kind::Problem),
            }
        });
    }
}

/// The element of a goal above the timeline.
pub fn panel_id(goal: RunId) -> String {
    format!("goal-{goal}")
}

fn with_goal(mut arguments: Map<String, Value>, goal: RunId) -> Value {
    arguments.insert("goal".to_owned(), json!(goal));
    Value::Object(arguments)
}

/// The summary of a report.
///
/// # Errors
/// Why the service rejected the call.
fn summary(report: &Value) -> Result<String, String> {
    let text = |field| report.get(field).and_then(Value::as_str).map(str::to_owned);
    match report.get("ok").and_then(Value::as_bool) {
        Some(false) => Err(text("error").unwrap_or_else(|| UNKNOWN.to_owned())),
        _ => Ok(text("summary").unwrap_or_default()),
    }
}
