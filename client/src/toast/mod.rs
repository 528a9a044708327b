//! Notes about the result of an action.

pub mod toasts;

use dioxus::prelude::*;

use crate::calls::Mutation;
use crate::reminders::Reminders;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;
use toasts::Kind;

/// The notes, over everything else.
#[component]
pub fn ToastList() -> Element {
    let mut store = use_store();
    rsx! {
        div { class: "toasts", role: "region", aria_label: "Notifications",
            Reminders {}
            for toast in store.toasts.read().list().iter().cloned() {
                div {
                    key: "{toast.id}",
                    class: if toast.kind == Kind::Problem { "toast problem" } else { "toast" },
                    role: if toast.kind == Kind::Problem { "alert" } else { "status" },
                    p { "{toast.text}" }
                    if let Kind::Undoable(txn) = toast.kind {
                        button {
                            class: "text-button",
                            r#type: "button",
                            onclick: move |_| {
                                store.toasts.write().dismiss(toast.id);
                                store.submit(Mutation::UndoOne(txn));
                                store.focus_timeline();
                            },
                            "Undo"
                        }
                    }
                    button {
                        class: "icon-button small",
                        r#type: "button",
                        aria_label: "Dismiss",
                        onclick: move |_| {
                            store.toasts.write().dismiss(toast.id);
                            store.focus_timeline();
                        },
                        Icon { shape: Shape::Cross }
                    }
                }
            }
        }
    }
}
