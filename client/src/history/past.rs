//! Above a timeline of the past: which moment it is, how it differs from now, and the ways out of it.

use dioxus::prelude::*;
use flux_timeline::clock;

use super::words;
use crate::calls::{Mutation, PastMoment};
use crate::store::use_store;

/// While the service makes rows of the past again.
const PREPARING: &str = "Preparing this moment. It was long ago, so this can take a while.";

/// The bar. Nothing while the present is shown.
#[component]
pub fn PastBar() -> Element {
    let mut store = use_store();
    let past = store.past.read();
    let is_preparing = store.preparing.read().is_some();
    let Some(past) = past.as_ref() else {
        if !is_preparing {
            return rsx! {};
        }
        return rsx! {
            section { class: "past", aria_label: "The past",
                p { class: "past-when", role: "status", {PREPARING} }
                div { class: "past-actions",
                    button { class: "button", r#type: "button", onclick: move |_| store.leave_past(), "Back to now" }
                }
            }
        };
    };
    let seq = past.seq;
    let last = store.log.read().last().max(seq);
    let settings = store.projection.read().settings();
    let when = past.at.map(|at| words::when(at, *store.now.read(), &settings)).unwrap_or_default();
    let is_restoring = store.calls.read().any(|mutation| matches!(mutation, Mutation::Restore(_)));
    rsx! {
        section { class: "past", aria_label: "The past",
            p { class: "past-when", role: "status",
                strong { "As it was on {when}" }
                span { " after change {seq} of {last}" }
            }
            input {
                r#type: "range",
                aria_label: "Moment",
                aria_valuetext: "{when}",
                min: "1",
                max: "{last}",
                value: "{seq}",
                onchange: move |event| {
                    if let Ok(seq) = event.value().parse() {
                        store.look_at(PastMoment::After(seq));
                    }
                },
            }
            if is_preparing {
                p { role: "status", {PREPARING} }
            }
            p { class: "past-differences", {words::differences(&past.differences)} }
            if !past.differences.blocks.is_empty() {
                details {
                    summary { "What is different" }
                    ul {
                        for (place , pair) in past.differences.blocks.iter().enumerate() {
                            li { key: "{place}", {words::difference(pair)} }
                        }
                    }
                }
            }
            label { class: "past-moment",
                span { "Another moment" }
                input {
                    r#type: "datetime-local",
                    onchange: move |event| {
                        let zone = store.projection.peek().zone();
                        if let Some(wall) = clock::read_wall(&event.value()) {
                            store.look_at(PastMoment::At(zone.instant(wall)));
                        }
                    },
                }
            }
            div { class: "past-actions",
                button { class: "button", r#type: "button", onclick: move |_| store.leave_past(), "Back to now" }
                button {
                    class: "button primary",
                    r#type: "button",
                    disabled: is_restoring,
                    onclick: move |_| store.submit(Mutation::Restore(seq)),
                    "Restore this"
                }
            }
        }
    }
}
