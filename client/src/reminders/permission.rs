//! Whether the browser may show notifications, and the button that asks for it.

use dioxus::prelude::*;

use crate::platform::notification;
pub use crate::platform::notification::Permission;

/// The state of the permission in words, with a button where the person can give it. Drawn only if the state is `among`, or in any case if
/// that is [`Permission::Any`].
#[component]
pub fn Allow(among: Permission) -> Element {
    let mut state = use_signal(notification::permission);
    let now = state();
    if among != Permission::Any && now != among {
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
            p { class: "hint", "While a page is open, this browser also shows reminders outside of it." }
        },
        Permission::Denied => rsx! {
            p { class: "hint", "This browser shows reminders on the page only. To change that, allow notifications of this site in its settings." }
        },
        Permission::Any => rsx! {},
    }
}
