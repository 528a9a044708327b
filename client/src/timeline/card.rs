//! A block as a card.

use dioxus::prelude::*;
use flux_tools::{Priority, Source};

use super::agenda::Entry;
use crate::calls::{Pending, Wish};
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// A block.
#[component]
pub fn Card(entry: Entry) -> Element {
    let mut store = use_store();
    let id = entry.block.id;
    let pending = use_memo(move || store.calls.read().about(id));
    let is_going = pending() == Some(Pending::Deletion);
    // What the person has just set is shown at once; should it be refused, the box falls back.
    let is_done = match pending() {
        Some(Pending::Completion(wanted)) => wanted,
        _ => !entry.block.is_open(),
    };
    let block = entry.block.clone();
    rsx! {
        li {
            class: "card",
            "data-priority": block.priority.as_str(),
            "data-done": is_done,
            "data-running": entry.is_running && !is_done,
            "data-overdue": entry.is_overdue && !is_done,
            aria_busy: pending().is_some(),
            input {
                class: "check",
                r#type: "checkbox",
                aria_label: "Done: {block.title}",
                checked: is_done,
                disabled: is_going,
                onchange: move |event| {
                    let wish = if event.checked() { Wish::Complete(id) } else { Wish::Reopen(id) };
                    store.wish(wish);
                },
            }
            div { class: "card-body",
                p { class: "card-time",
                    span { "{entry.range}" }
                    span { class: "length", "{entry.length}" }
                    span { class: "handle", "{block.handle}" }
                    if entry.is_running && !is_done {
                        span { class: "mark running", "Now" }
                    }
                }
                h4 { class: "card-title", "{block.title}" }
                Marks { entry: entry.clone() }
                if let Some(description) = &block.description {
                    details { class: "description",
                        summary { "Details" }
                        p { "{description}" }
                    }
                }
            }
            button {
                class: "icon-button delete",
                r#type: "button",
                aria_label: "Delete {block.title}",
                title: "Delete",
                disabled: is_going,
                onclick: move |_| store.wish(Wish::delete(&entry.block)),
                if is_going {
                    Icon { shape: Shape::Spinner }
                } else {
                    Icon { shape: Shape::Bin }
                }
            }
        }
    }
}

#[component]
fn Marks(entry: Entry) -> Element {
    let block = &entry.block;
    let handles: Vec<String> = entry.overlaps.iter().map(ToString::to_string).collect();
    let overlaps = handles.join(", ");
    rsx! {
        ul { class: "marks", aria_label: "About it",
            match block.priority {
                Priority::High => rsx! { li { class: "mark high", "High priority" } },
                Priority::Low => rsx! { li { class: "mark low", "Low priority" } },
                Priority::Medium => rsx! {},
            }
            if !overlaps.is_empty() {
                li { class: "mark overlap",
                    Icon { shape: Shape::Overlap }
                    "Overlaps {overlaps}"
                }
            }
            if block.source == Source::Architect {
                li { class: "mark", "Architect" }
            }
            for (place , tag) in block.tags.iter().enumerate() {
                li { key: "{place}", class: "tag", "#{tag}" }
            }
        }
    }
}
