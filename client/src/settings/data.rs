//! Export, import and deletion of everything that the person has.

use dioxus::prelude::*;

use super::import::{self, Doing, Step};
use crate::platform::{self, ChosenFile};
use crate::store::use_store;
use crate::toast::toasts::Kind;

/// The path of the export.
const EXPORT: &str = "/agents/chat/me/export";
/// The file input.
const FILE: &str = "import-file";

/// The progress of an import.
const PROGRESS: &str = "import-progress";

/// The id of the button that asks whether to delete everything.
const DELETE: &str = "delete-everything";
/// The id of the button that keeps everything.
const KEEP: &str = "keep-everything";

/// Export, import and deletion.
#[component]
pub fn Data() -> Element {
    let mut store = use_store();
    let mut is_sure = use_signal(|| false);
    // One wrong click must not be enough.
    let mut typed = use_signal(String::new);
    let mut problem = use_signal(|| None::<String>);
    let step = store.import;
    use_effect(move || {
        if is_sure() {
            platform::focus(KEEP);
        }
    });
    let import = move |_| {
        problem.set(None);
        let Some(file) = ChosenFile::take(FILE) else { return };
        // The result is shown even if the dialog was closed meanwhile.
        dioxus::core::spawn_forever(async move {
            store.import.set(Some(Step { doing: Doing::Sending, share: 0.0 }));
            let answer = import::import(&file, move |step| store.import.set(Some(step))).await;
            store.import.set(None);
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
                label { class: "button", "data-busy": step().is_some(),
                    "Import a file"
                    input {
                        id: FILE,
                        class: "visually-hidden",
                        r#type: "file",
                        accept: "application/json,.json",
                        disabled: step().is_some(),
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
            if let Some(step) = step() {
                div { class: "import-progress",
                    label { r#for: PROGRESS, "{step.words()}" }
                    progress { id: PROGRESS, value: "{step.share}", max: "1" }
                    button { class: "button", r#type: "button", onclick: move |_| import::cancel(), "Cancel the import" }
                }
            }
            if let Some(problem) = problem() {
                p { class: "field-problem", role: "alert", "{problem}" }
            }
            if is_sure() {
                div { class: "sure", role: "alertdialog", aria_label: "Delete everything?",
                    p { "This deletes your timeline with its history, the conversation and the goals, on all your devices. It cannot be undone: export first what you want to keep. Cloudflare’s backups of the database, which only the operator of this service can use, can contain it for 30 more days." }
                    label { class: "field",
                        span { "Type “delete” to go on" }
                        input {
                            r#type: "text",
                            autocomplete: "off",
                            value: "{typed}",
                            oninput: move |event| typed.set(event.value()),
                        }
                    }
                    div { class: "dialog-buttons",
                        button {
                            id: KEEP,
                            class: "button",
                            r#type: "button",
                            onclick: move |_| {
                                is_sure.set(false);
                                typed.set(String::new());
                                platform::focus(DELETE);
                            },
                            "Keep everything"
                        }
                        button {
                            class: "button danger",
                            r#type: "button",
                            disabled: !typed.read().trim().eq_ignore_ascii_case("delete"),
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
