//! The header: the plan, undo and redo, the connection.

use dioxus::prelude::*;

use super::icon::{Icon, Shape};
use crate::calls::Mutation;
use crate::plans::PlanMenu;
use crate::store::{View, use_store};

/// The header.
#[component]
pub fn Header() -> Element {
    rsx! {
        header { class: "header",
            h1 { class: "brand",
                svg { class: "logo", view_box: "0 0 32 32", "aria-hidden": "true",
                    path { d: "M9 25V7h14M9 16h10" }
                    circle { cx: "24", cy: "16", r: "3" }
                }
                span { "Flux" }
            }
            PlanMenu {}
            div { class: "spacer" }
            LogButton {}
            HistoryButton { mutation: Mutation::Undo, label: "Undo last change", keys: "Control+Z", shape: Shape::Undo }
            HistoryButton { mutation: Mutation::Redo, label: "Redo last change", keys: "Control+Shift+Z", shape: Shape::Redo }
            SettingsButton {}
            ConnectionStatus {}
        }
    }
}

#[component]
fn LogButton() -> Element {
    let mut store = use_store();
    let is_shown = *store.view.read() == View::History;
    rsx! {
        button {
            class: "icon-button",
            r#type: "button",
            title: "History",
            aria_label: "History",
            aria_pressed: is_shown,
            disabled: !store.projection.read().is_loaded(),
            onclick: move |_| store.show(if is_shown { View::Chat } else { View::History }),
            Icon { shape: Shape::Clock }
        }
    }
}

#[component]
fn SettingsButton() -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "icon-button",
            r#type: "button",
            title: "Settings",
            aria_label: "Settings",
            disabled: !store.projection.read().is_loaded(),
            onclick: move |_| store.settings_open.set(true),
            Icon { shape: Shape::Gear }
        }
    }
}

#[component]
fn HistoryButton(mutation: Mutation, label: &'static str, keys: &'static str, shape: Shape) -> Element {
    let mut store = use_store();
    let is_pending = store.calls.read().any(|call| *call == mutation);
    rsx! {
        button {
            class: "icon-button",
            r#type: "button",
            title: "{label} ({keys})",
            "aria-keyshortcuts": keys,
            aria_label: label,
            aria_busy: is_pending,
            disabled: is_pending || !store.projection.read().is_loaded(),
            onclick: move |_| if mutation == Mutation::Redo { store.redo() } else { store.undo() },
            Icon { shape }
        }
    }
}

#[component]
fn ConnectionStatus() -> Element {
    let store = use_store();
    let status = store.status.read();
    let seconds = status.seconds_left(*store.now.read());
    rsx! {
        div { class: "connection", role: "status", aria_label: "Connection", "data-kind": status.kind(),
            span { class: "dot", aria_hidden: "true" }
            span { class: "label", {status.label()} }
            if let Some(seconds) = seconds {
                span { class: "label", aria_hidden: "true", " in {seconds} s" }
            }
        }
    }
}
