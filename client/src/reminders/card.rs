//! A reminder as a note.

use dioxus::prelude::*;
use flux_timeline::{Block, Kind};

use super::permission::{Allow, Permission};
use super::words;
use crate::calls::Mutation;
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// For how long a reminder can be put off, in minutes.
const PAUSES: [(u32, &str); 5] = [(5, "5 min"), (10, "10 min"), (30, "30 min"), (60, "1 h"), (1_440, "1 day")];

/// The note.
#[component]
pub fn Card(block: Block, is_first: bool) -> Element {
    let mut store = use_store();
    let id = block.id;
    // Drawn again each minute, but what came in between says how long it is from now.
    let now = (*store.now.read()).max(platform::now());
    let when = words::when(&block, store.projection.read().times(), now);
    let title = block.title.clone();
    rsx! {
        div { class: "toast reminder", role: "alert", aria_label: "Reminder: {title}",
            div { class: "reminder-text",
                button {
                    class: "reminder-title",
                    r#type: "button",
                    aria_label: "Show {title}",
                    onclick: {
                        let block = block.clone();
                        move |_| store.reveal(&block)
                    },
                    "{title}"
                }
                p { "{when}" }
                if is_first {
                    Allow { among: Permission::NotAsked }
                }
            }
            div { class: "reminder-buttons",
                if block.kind == Kind::Task {
                    button {
                        class: "button primary small",
                        r#type: "button",
                        aria_label: "Done: {title}",
                        onclick: move |_| {
                            store.drop_reminder(id);
                            store.submit(Mutation::Complete(id));
                        },
                        "Done"
                    }
                }
                select {
                    class: "snooze",
                    aria_label: "Remind me again of {title}",
                    onchange: move |event| {
                        if let Ok(minutes) = event.value().parse() {
                            store.remind(id, Some(minutes));
                        }
                    },
                    option { value: "", "Later…" }
                    for (minutes , label) in PAUSES {
                        option { value: "{minutes}", "In {label}" }
                    }
                }
            }
            button {
                class: "icon-button small",
                r#type: "button",
                aria_label: "Dismiss the reminder of {title}",
                onclick: move |_| store.remind(id, None),
                Icon { shape: Shape::Cross }
            }
        }
    }
}
