//! The footer of dialogs.

use dioxus::prelude::*;

use crate::platform;

/// Closes the dialog of this id; beside it what else can be done there.
#[component]
pub fn DialogFoot(dialog: &'static str, children: Element) -> Element {
    rsx! {
        div { class: "dialog-buttons",
            button {
                class: "button",
                r#type: "button",
                onclick: move |_| platform::close_dialog(dialog),
                "Close"
            }
            {children}
        }
    }
}
