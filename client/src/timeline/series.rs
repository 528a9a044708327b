//! The dialog that asks how much of what repeats is deleted.

use dioxus::prelude::*;
use flux_timeline::SeriesId;
use flux_timeline::command::Scope;

use crate::platform;
use crate::store::use_store;

/// The id of the dialog.
pub const DELETE_DIALOG: &str = "delete-dialog";

/// The dialog.
#[component]
pub fn DeleteDialog() -> Element {
    let mut store = use_store();
    let block = store.deleting.read().and_then(|id| store.projection.read().block(id).cloned());
    let title = block.as_ref().map(|block| block.title.to_string()).unwrap_or_default();
    let rule = block.as_ref().and_then(|block| store.projection.read().repeats(block.series?.series));
    let is_after_done = block
        .as_ref()
        .and_then(|block| block.series)
        .is_some_and(|place| store.projection.read().is_after_done(place.series));
    let scopes = if is_after_done {
        vec![(Scope::One, "Skip this one"), (Scope::All, "End it")]
    } else if rule.is_some() {
        vec![(Scope::One, "Only this one"), (new_series(), "This and following"), (Scope::All, "All of them")]
    } else {
        vec![(Scope::One, "Only this one")]
    };
    let mut delete = move |scope| {
        let block = store.deleting.take().and_then(|id| store.projection.peek().block(id).cloned());
        // Close it now: nothing behind an open dialog can take the focus.
        platform::close_dialog(DELETE_DIALOG);
        if let Some(block) = block {
            store.delete(&block, scope);
        }
    };
    rsx! {
        dialog {
            id: DELETE_DIALOG,
            class: "dialog",
            aria_labelledby: "delete-title",
            oncancel: move |_| store.deleting.set(None),
            h2 { id: "delete-title", "Delete “{title}”?" }
            if let Some(rule) = &rule {
                p { class: "muted", if is_after_done { "It comes {rule}." } else { "It repeats {rule}." } " What is done stays." }
            }
            div { class: "dialog-buttons stacked",
                button {
                    class: "button primary",
                    r#type: "button",
                    autofocus: true,
                    onclick: move |_| {
                        store.deleting.set(None);
                        platform::close_dialog(DELETE_DIALOG);
                    },
                    "Keep it"
                }
                for (scope , label) in scopes {
                    button { key: "{label}", class: "button danger", r#type: "button", onclick: move |_| delete(scope), {label} }
                }
            }
        }
    }
}

/// A block and those after it. The service gives the new series its id, so this one is never used.
pub fn new_series() -> Scope {
    Scope::Following(SeriesId::new(platform::uuid()))
}
