//! Notices about the whole page, and what the person can do about them.

use dioxus::prelude::*;

use super::icon::{Icon, Shape};
use crate::connection::Status;
use crate::platform;
use crate::store::{Store, use_store};

/// The current notices; usually none.
#[component]
pub fn Notices() -> Element {
    let mut store = use_store();
    let refused = match &*store.status.read() {
        // The rest of the program shows how to sign in, unless it cannot be loaded.
        status if status.is_signed_out() && !*store.lacks_extras.read() => None,
        Status::Refused { reason, .. } if reason.trim().is_empty() => {
            Some("The service closed the connection.".to_owned())
        }
        Status::Refused { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    rsx! {
        if let Some(reason) = refused {
            Reload { text: "{reason} Nothing was lost. Reload the page to connect again." }
        }
        if let Some(text) = offline(store) {
            Notice { role: "status", text }
        }
        if *store.cannot_load.read() {
            Notice { role: "alert", text: "A part of the timeline could not be loaded. Nothing is lost.",
                button {
                    class: "button",
                    r#type: "button",
                    onclick: move |_| store.cannot_load.set(false),
                    "Try again"
                }
            }
        }
        if *store.lacks_extras.read() {
            Notice { role: "alert", text: "A part of the page could not be loaded; trying again. Nothing is lost." }
        }
        if *store.is_outdated.read() {
            Reload { text: "A new version of Flux is available. Reload the page to use it." }
        }
    }
}

/// Says that there is no connection, and what happens to changes made meanwhile.
fn offline(store: Store) -> Option<String> {
    let is_loaded = store.projection.read().is_loaded();
    match &*store.status.read() {
        Status::Connected | Status::Refused { .. } => return None,
        // The first attempt: the person has not waited yet.
        Status::Connecting if !is_loaded => return None,
        Status::Connecting | Status::Offline | Status::Waiting { .. } => {}
    }
    if !is_loaded {
        return Some(
            "Flux can't be reached. Your changes are kept, and the page keeps trying to reconnect.".to_owned(),
        );
    }
    let edits = store.calls.read().edits();
    let kept = match edits {
        0 => "What you change is kept and sent when you are back.".to_owned(),
        1 => "1 change is kept and sent when you are back.".to_owned(),
        _ => format!("{edits} changes are kept and sent when you are back."),
    };
    Some(format!("No connection. {kept}"))
}

/// A notice. `children` are what the person can do about it.
#[component]
pub fn Notice(
    role: &'static str,
    #[props(default = Shape::Warning)] shape: Shape,
    text: String,
    children: Element,
) -> Element {
    rsx! {
        div { class: "notice", role,
            Icon { shape }
            p { "{text}" }
            {children}
        }
    }
}

/// A notice about what a reload of the page mends.
#[component]
fn Reload(text: String) -> Element {
    rsx! {
        Notice { role: "alert", text,
            button { class: "button", r#type: "button", onclick: |_| platform::reload(), "Reload" }
        }
    }
}
