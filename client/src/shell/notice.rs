//! What is told about the page as a whole, and what to do about it.

use dioxus::prelude::*;

use super::icon::{Icon, Shape};
use crate::connection::Status;
use crate::platform;
use crate::store::use_store;

/// The notices there are; mostly none.
#[component]
pub fn Notices() -> Element {
    let store = use_store();
    let refused = match &*store.status.read() {
        Status::Refused { reason } if reason.trim().is_empty() => Some("The service closed the connection.".to_owned()),
        Status::Refused { reason } => Some(reason.clone()),
        _ => None,
    };
    rsx! {
        if let Some(reason) = refused {
            Notice { text: "{reason} Nothing was lost. Reload the page to connect again." }
        }
        if *store.is_outdated.read() {
            Notice { text: "Flux was renewed while this page was open. Reload it to see everything." }
        }
    }
}

#[component]
fn Notice(text: String) -> Element {
    rsx! {
        div { class: "notice", role: "alert",
            Icon { shape: Shape::Warning }
            p { "{text}" }
            button { class: "button", r#type: "button", onclick: |_| platform::reload(), "Reload" }
        }
    }
}
