//! The button that copies a text.

use dioxus::prelude::*;

use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;
use crate::toast::toasts::Kind;

/// How long the button says "Copied", in ms.
const COPIED_MS: u32 = 2_000;
/// Shown when the browser does not let the page write to the clipboard.
const COPY_BLOCKED: &str = "The browser blocked copying. Select the text and copy it with the keyboard.";

/// The button. `label` names the action, such as `Copy` or `Copy code`.
#[component]
pub fn CopyButton(label: &'static str, text: String) -> Element {
    let mut store = use_store();
    let mut is_copied = use_signal(|| false);
    let copy = move |_| {
        let text = text.clone();
        spawn(async move {
            if platform::copy(&text).await {
                is_copied.set(true);
                platform::sleep_ms(COPIED_MS).await;
                is_copied.set(false);
            } else {
                store.toast(COPY_BLOCKED, Kind::Problem);
            }
        });
    };
    let (shape, name) = if is_copied() { (Shape::Tick, "Copied") } else { (Shape::Overlap, label) };
    rsx! {
        button { class: "icon-button tiny", r#type: "button", title: label, onclick: copy,
            Icon { shape }
            // As text, not as a label, because screen readers announce changed text in the conversation.
            span { class: "visually-hidden", {name} }
        }
    }
}
