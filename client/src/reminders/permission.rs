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
                "While a page is open that you do not look at, this browser notifies you. Browsers of phones cannot do so yet."
            }
        },
        Permission::Denied => rsx! {
            p { class: "hint",
                "This browser shows reminders on the page only. To change that, allow notifications of this site in its settings."
            }
        },
    }
}
