//! The goals that are worked on, above the timeline.

use std::collections::BTreeSet;

use dioxus::prelude::*;
use flux_tools::{Run, RunId};

use super::{GoalCard, words};
use crate::store::use_store;

/// The goals that are worked on, and those that failed and were not put away in this tab.
#[component]
pub fn Goals() -> Element {
    let store = use_store();
    let mut put_away = use_signal(BTreeSet::<(RunId, u32)>::new);
    let shown = use_memo(move || {
        let now = *store.now.read();
        let mut runs: Vec<Run> = store.projection.read().runs();
        runs.retain(|run| words::is_shown(run, now) && !put_away.read().contains(&(run.id, run.state.tries)));
        runs
    });
    if shown.read().is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "goals", aria_label: "Goals",
            for run in shown() {
                GoalCard {
                    key: "{run.id}",
                    run: run.clone(),
                    on_dismiss: move |()| {
                        put_away.write().insert((run.id, run.state.tries));
                    },
                }
            }
        }
    }
}
