//! What stands above and below the agenda: the button that shows earlier days, and a note if there is no block. The first render does
//! without it.

use dioxus::prelude::*;

use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// Shows and hides the days before today.
#[component]
pub fn Earlier(hidden: usize) -> Element {
    let mut store = use_store();
    let is_shown = *store.with_earlier.read();
    let has_earlier = {
        let projection = store.projection.read();
        projection
            .coverage()
            .around(store.anchor.read().unwrap_or(*store.now.read()))
            .is_some_and(|stretch| stretch.has_earlier())
    };
    if hidden == 0 && !is_shown && !has_earlier || !store.filter.read().is_off() {
        return rsx! {};
    }
    rsx! {
        button {
            class: "earlier",
            r#type: "button",
            aria_pressed: is_shown,
            onclick: move |_| store.show_earlier(!is_shown),
            if is_shown {
                "Hide earlier days"
            } else if hidden == 0 || has_earlier {
                "Show earlier days"
            } else {
                "Show earlier days: {hidden} done"
            }
        }
    }
}

/// In place of an agenda without a block.
#[component]
pub fn Empty() -> Element {
    let store = use_store();
    if !store.filter.read().is_off() {
        return rsx! {
            div { class: "empty",
                Icon { shape: Shape::Search }
                p { "Nothing fits." }
                p { class: "muted",
                    if store.projection.read().is_whole() {
                        "No blocks match your search and filters."
                    } else {
                        "This plan is long: words are looked for in all titles when you press Enter, and all else in what is loaded."
                    }
                }
            }
        };
    }
    rsx! {
        div { class: "empty",
            Icon { shape: Shape::Timeline }
            p { "Nothing is planned yet." }
            p { class: "muted", "Tell Flux what you want to do and when, or what you want to reach, and it appears here." }
        }
    }
}
