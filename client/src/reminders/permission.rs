//! Whether the browser may show notifications, and the button that asks for it.

use dioxus::prelude::*;

use crate::platform::notification::{self, Permission};

/// The state of the permission in words, with a button where the person can give it. With `only`, it is drawn in that state alone.
#[component]
pub fn Allow(only: Option<Permission>) -> Element {
    let mut state = use_signal(notification::permission);
    let now = state();
    if only.is_some_and(|only| only != now) {
        return rsx! {};
    }
    match now {
        Permission::NotAsked => rsx! {
            button {
                class: "text-button allow",
                r#type: "button",
                onclick: move |_| async move { state.set(notification::ask().await) },
                "Also notify me outside this page"
            }
        },
        Permission::Allowed => rsx! {
            p { class: "hint",
                "This browser also notifies you while the page is open in the background. Phones do not support this yet."
            }
        },
        Permission::Denied => rsx! {
            p { class: "hint",
                "This browser shows reminders on the page only. To change that, allow notifications of this site in its settings."
            }
        },
    }
}
