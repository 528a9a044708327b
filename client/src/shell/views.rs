//! The switch between the two views of a small screen.

use dioxus::prelude::*;

use super::icon::{Icon, Shape};
use crate::store::{View, use_store};

/// The switch.
#[component]
pub fn ViewSwitch() -> Element {
    rsx! {
        nav { class: "views", aria_label: "Views",
            ViewButton { view: View::Chat, label: "Chat", shape: Shape::Bubble }
            ViewButton { view: View::Timeline, label: "Timeline", shape: Shape::Timeline }
        }
    }
}

#[component]
fn ViewButton(view: View, label: &'static str, shape: Shape) -> Element {
    let mut store = use_store();
    let is_shown = *store.view.read() == view;
    rsx! {
        button {
            r#type: "button",
            aria_current: if is_shown { "page" },
            onclick: move |_| store.show(view),
            Icon { shape }
            span { {label} }
        }
    }
}
