//! Export, import and deletion of everything that the person has.

use dioxus::prelude::*;

use crate::platform;
use crate::store::use_store;
use crate::toast::toasts::Kind;

/// The path of the export.
const EXPORT: &str = "/agents/chat/me/export";
/// The path of the import.
const IMPORT: &str = "/agents/chat/me/import";
/// The file input.
const FILE: &str = "import-file";

/// The id of the button that asks whether to delete everything.
const DELETE: &str = "delete-everything";
/// The id of the button that keeps everything.
const KEEP: &str = "keep-everything";

/// Export, import and deletion.
#[component]
pub fn Data() -> Element {
    let mut store = use_store();
    let mut is_sure = use_signal(|| false);
    let mut problem = use_signal(|| None::<String>);
    let is_busy = store.is_importing;
    use_effect(move || {
        if is_sure() {
            platform::focus(KEEP);
        }
    });
    let import = move |_| {
        problem.set(None);
        // The result is shown even if the dialog was closed meanwhile.
        dioxus::core::spawn_forever(async move {
            store.is_importing.set(true);
            let answer = platform::send_file(FILE, IMPORT).await;
            store.is_importing.set(false);
            match answer {
                Ok(()) => {
                    store.toast("The file was imported.", Kind::Done);
                    store.settings_open.set(false);
                }
                // Notes are behind the dialog.
                Err(sentence) if *store.settings_open.peek() => problem.set(Some(sentence)),
                Err(sentence) => store.toast(sentence, Kind::Problem),
            }
        });
    };
    rsx! {
        fieldset {
            legend { "Your data" }
            p { class: "muted", "Everything is yours: the timeline, its whole history, the conversation and the goals, as one file." }
            div { class: "data-actions",
                a { class: "button", href: EXPORT, download: "temporal-flux.json", "Export" }
                label { class: "button", "data-busy": is_busy(),
                    "Import a file"
                    input {
                        id: FILE,
                        class: "visually-hidden",
                        r#type: "file",
                        accept: "application/json,.json",
                        disabled: is_busy(),
                        onchange: import,
                        // Cancelling the file picker must not close the dialog: the event bubbles up to it.
                        oncancel: move |event| event.stop_propagation(),
                    }
                }
                button {
                    id: DELETE,
                    class: "button danger",
                    r#type: "button",
                    onclick: move |_| is_sure.set(true),
                    "Delete everything"
                }
            }
            if let Some(problem) = problem() {
                p { class: "field-problem", role: "alert", "{problem}" }
            }
            if is_sure() {
                div { class: "sure", role: "alertdialog", aria_label: "Delete everything?",
                    p { "This deletes your timeline with its history, the conversation and the goals, on all your devices. It cannot be undone: export first what you want to keep. Cloudflare’s backups of the database, which only the operator of this service can use, can contain it for 30 more days." }
                    div { class: "dialog-buttons",
                        button {
                            id: KEEP,
                            class: "button",
                            r#type: "button",
                            onclick: move |_| {
                                is_sure.set(false);
                                platform::focus(DELETE);
                            },
                            "Keep everything"
                        }
                        button {
                            class: "button danger",
                            r#type: "button",
                            onclick: move |_| {
                                store.delete_everything();
                                store.settings_open.set(false);
                            },
                            "Yes, delete everything"
                        }
                    }
                }
            }
        }
    }
}
