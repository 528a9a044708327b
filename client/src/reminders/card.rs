//! A reminder as a note.

use dioxus::prelude::*;
use flux_timeline::{Block, Kind};

use super::permission::Allow;
use super::words;
use crate::calls::Mutation;
use crate::platform;
use crate::platform::notification::Permission;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// How long a reminder can be snoozed, in minutes.
const PAUSES: [(u32, &str); 3] = [(10, "In 10 min"), (60, "In 1 h"), (1_440, "Tomorrow")];

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
        div { class: "toast reminder", role: "group", aria_label: "Reminder: {title}",
            // Apart from the time, which changes each minute and would be read out each time.
            p { class: "visually-hidden", role: "alert", "Reminder: {title}" }
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
                    Allow { only: Some(Permission::NotAsked) }
                }
            }
            button {
                class: "icon-button small",
                r#type: "button",
                aria_label: "Dismiss the reminder of {title}",
                onclick: move |_| {
                    store.remind(id, None);
                    store.focus_timeline();
                },
                Icon { shape: Shape::Cross }
            }
            div { class: "reminder-buttons",
                if block.kind == Kind::Task {
                    button {
                        class: "button primary",
                        r#type: "button",
                        aria_label: "Done: {title}",
                        onclick: move |_| {
                            store.drop_reminder(id);
                            store.submit(Mutation::Complete(id));
                            store.focus_timeline();
                        },
                        "Done"
                    }
                }
                for (minutes , label) in PAUSES {
                    button {
                        class: "button",
                        r#type: "button",
                        aria_label: "Remind me of {title} again: {label}",
                        onclick: move |_| {
                            store.remind(id, Some(minutes));
                            store.focus_timeline();
                        },
                        {label}
                    }
                }
            }
        }
    }
}
