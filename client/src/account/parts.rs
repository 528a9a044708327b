//! What the parts of the section share.

use dioxus::prelude::*;

use super::desk::{Desk, Place};
use crate::chat::when::PersonsClock;
use crate::store::Store;

/// Says why something could not be loaded, and offers to try again.
#[component]
pub fn LoadProblem(sentence: String, on_retry: Callback<()>) -> Element {
    rsx! {
        p { class: "field-problem", role: "alert", "{sentence}" }
        div { class: "account-actions",
            button { class: "button", r#type: "button", onclick: move |_| on_retry(()), "Try again" }
        }
    }
}

/// What went wrong at a place; usually nothing.
#[component]
pub fn Problem(at: Place) -> Element {
    let desk: Desk = use_context();
    rsx! {
        if let Some(sentence) = desk.problem_at(at) {
            p { class: "field-problem", role: "alert", "{sentence}" }
        }
    }
}

/// How moments are shown to the person. Reading it subscribes to the settings and the minute.
pub fn clock(store: Store) -> PersonsClock {
    let times = store.projection.read().times();
    PersonsClock { times, today: times.date(*store.now.read()) }
}
