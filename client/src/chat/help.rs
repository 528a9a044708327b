//! The help: examples of messages, and the commands.

use dioxus::prelude::*;

use super::commands::COMMANDS;
use crate::platform;
use crate::shell::foot::DialogFoot;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The id of the dialog.
pub const DIALOG: &str = "help-dialog";

/// Examples, in groups.
const EXAMPLES: [(&str, [&str; 3]); 4] = [
    (
        "Put things on your timeline",
        ["Schedule workout tomorrow at 8am", "Remind me to buy milk at 6pm", "Gym every Tuesday at 18:00"],
    ),
    ("Change them", ["Move workout to 9am", "Find new times for overdue tasks", "Mark workout as done"]),
    ("Ask about them", ["What is on my timeline this week?", "When am I free tomorrow?", "What is left for today?"]),
    (
        "Think further",
        ["I want to learn German by June, 3 hours a week", "Create a plan called Summer vacation", "Undo that"],
    ),
];

/// The button that opens the dialog.
#[component]
pub fn HelpButton() -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "icon-button help-button",
            r#type: "button",
            title: "Help",
            aria_label: "Help",
            onclick: move |_| store.asked_dialog.set(Some(DIALOG)),
            Icon { shape: Shape::Question }
        }
    }
}

/// The dialog itself.
#[component]
pub fn HelpDialog() -> Element {
    rsx! {
        dialog { id: DIALOG, class: "dialog help", aria_labelledby: "help-title",
            h2 { id: "help-title", "What you can say" }
            p { "Say what and when, in your own words. An example goes into the box, below what is there, and you can change it." }
            for (group , examples) in EXAMPLES {
                section { key: "{group}", aria_label: group,
                    h3 { {group} }
                    ul { class: "help-examples",
                        for text in examples {
                            li { key: "{text}", Example { text } }
                        }
                    }
                }
            }
            h3 { id: "help-commands", "Commands" }
            p { "They are carried out at once. Type / to choose one." }
            dl { class: "help-commands", aria_labelledby: "help-commands",
                for usage in COMMANDS {
                    div { key: "{usage.name}",
                        dt { code { {usage.form()} } }
                        dd { {usage.what} }
                    }
                }
            }
            p {
                "Press "
                kbd { "?" }
                " outside a field to see the keyboard shortcuts."
            }
            DialogFoot { dialog: DIALOG }
        }
    }
}

#[component]
fn Example(text: &'static str) -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "suggestion",
            r#type: "button",
            onclick: move |_| {
                platform::close_dialog(DIALOG);
                store.add_to_draft(text);
                platform::focus("message");
            },
            {text}
        }
    }
}
