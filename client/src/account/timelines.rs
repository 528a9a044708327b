//! The timelines of an account, and which one the browser shows.

use dioxus::prelude::*;

use super::desk::{Desk, Place};
use super::parts::{LoadProblem, Problem, clock};
use super::words;
use crate::store::use_store;

const HEADING: &str = "account-timelines";

/// The list; nothing if there is only one.
#[component]
pub fn Timelines() -> Element {
    let store = use_store();
    let desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let timelines = match desk.timelines.read().clone() {
        Some(Ok(timelines)) if timelines.len() > 1 => timelines,
        Some(Err(sentence)) => {
            return rsx! {
                LoadProblem { sentence, on_retry: move |()| desk.load(store) }
            };
        }
        _ => return rsx! {},
    };
    let clock = clock(store);
    rsx! {
        h3 { id: HEADING, "Your timelines" }
        ul { class: "account-list", aria_labelledby: HEADING,
            for (timeline , words) in timelines.into_iter().map(|it| (it.clone(), words::timeline(&it, clock))) {
                li { key: "{timeline.id}",
                    div {
                        span { "{words}" }
                        if timeline.is_shown {
                            span { class: "mark", "Shown" }
                        }
                    }
                    if !timeline.is_shown {
                        button {
                            class: "button",
                            r#type: "button",
                            aria_label: "Show this one: {words}",
                            disabled: is_busy,
                            onclick: move |_| desk.choose(store, timeline.id.clone()),
                            "Show this one"
                        }
                    }
                }
            }
        }
        Problem { at: Place::Timelines }
    }
}
