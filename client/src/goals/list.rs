//! The goals that are worked on, above the timeline.

use dioxus::prelude::*;
use flux_protocol::frame::GoalSummary;
use flux_timeline::{GoalStatus, Run};

use super::panel::GoalPanel;
use super::{GoalCard, words};
use crate::platform;
use crate::store::use_store;

/// The storage key for the dismissed failures.
const DISMISSED_KEY: &str = "flux.put-away";
/// How many of them are kept.
const MAX_DISMISSED: usize = 20;

/// Identifies a failure, so that it can be dismissed. A goal that is tried again and fails again is another failure.
fn name(run: &Run) -> String {
    format!("{}/{}", run.id, run.state.tries)
}

/// The goals that are worked on, and those that failed and were not dismissed in this browser.
#[component]
pub fn Goals() -> Element {
    let store = use_store();
    let mut dismissed = use_signal(|| platform::stored(DISMISSED_KEY).unwrap_or_default());
    let shown = use_memo(move || {
        let now = *store.now.read();
        let mut runs: Vec<Run> = store.projection.read().runs();
        runs.retain(|run| words::is_shown(run, now) && !dismissed.read().contains(&name(run)));
        runs
    });
    let (open, ended): (Vec<GoalSummary>, Vec<GoalSummary>) =
        store.goals.read().iter().cloned().partition(|goal| goal.state.status != GoalStatus::Ended);
    let is_looking = store.looking.read().is_some();
    // What is proposed depends on the rest of the timeline.
    use_effect(move || {
        let _ = (store.projection.read(), store.goals.read());
        store.preview_goal_soon();
    });
    if shown.read().is_empty() && open.is_empty() && ended.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "goals", "data-looking": is_looking, aria_label: "Goals",
            for goal in open {
                GoalPanel { key: "{goal.id}", goal }
            }
            for run in shown() {
                GoalCard {
                    key: "{run.id}",
                    run: run.clone(),
                    on_dismiss: move |()| {
                        // Old failures are no longer shown, so the last few are enough.
                        let text = format!("{} {}", name(&run), dismissed.peek());
                        let few: Vec<&str> = text.split(' ').take(MAX_DISMISSED).collect();
                        platform::store(DISMISSED_KEY, Some(&few.join(" ")));
                        dismissed.set(few.join(" "));
                        store.focus_timeline();
                    },
                }
            }
            if !ended.is_empty() {
                details { class: "goals-ended",
                    summary { "Ended goals: {ended.len()}" }
                    for goal in ended {
                        GoalPanel { key: "{goal.id}-ended", goal }
                    }
                }
            }
        }
    }
}
