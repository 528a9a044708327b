//! What stands below a message that waits to be sent.

use dioxus::prelude::*;

use crate::platform;
use crate::store::use_store;

/// Why the message with this id waits, and the button that takes it back.
#[component]
pub fn WaitingNote(id: String) -> Element {
    let mut store = use_store();
    let why = if store.status.read().is_connected() { "Waiting to be sent" } else { "Waiting for the connection" };
    rsx! {
        span { class: "mark", {why} }
        button {
            class: "text-button",
            r#type: "button",
            title: "Put it back into the box",
            onclick: move |_| {
                store.take_back_messages(Some(&id));
                platform::focus("message");
            },
            "Cancel"
        }
    }
}
