//! The button that copies a text.

use dioxus::prelude::*;

use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;
use crate::toast::toasts::Kind;

/// How long the button says that it has copied, in ms.
const TOLD_MS: u32 = 2_000;
/// What is said where the browser does not let the page write to the clipboard.
const REFUSED: &str = "The browser does not let this page copy. Select the text and copy it by keys.";

/// The button. `label` says what is copied, such as `Copy`.
#[component]
pub fn CopyButton(label: &'static str, text: String) -> Element {
    let mut store = use_store();
    let mut is_copied = use_signal(|| false);
    let copy = move |_| {
        let text = text.clone();
        spawn(async move {
            if platform::copy(&text).await {
                is_copied.set(true);
                platform::sleep_ms(TOLD_MS).await;
                is_copied.set(false);
            } else {
                store.toast(REFUSED, Kind::Problem);
            }
        });
    };
    let (shape, name) = if is_copied() { (Shape::Tick, "Copied") } else { (Shape::Overlap, label) };
    rsx! {
        button { class: "icon-button tiny", r#type: "button", title: label, onclick: copy,
            Icon { shape }
            // As text and not as a label: in the conversation, text that changes is read out.
            span { class: "visually-hidden", {name} }
        }
    }
}
