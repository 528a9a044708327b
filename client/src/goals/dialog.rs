//! The dialog for a new goal.

use dioxus::prelude::*;

use super::words;
use crate::calls::{Mutation, NewGoal as Wanted};
use crate::platform;
use crate::shell::foot::DialogFoot;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

const DIALOG: &str = "goal-dialog";

/// The button that opens it.
#[component]
pub fn NewGoal() -> Element {
    let store = use_store();
    let is_loaded = use_memo(move || store.projection.read().is_loaded() && *store.has_extras.read());
    rsx! {
        button {
            class: "button quiet new-goal",
            r#type: "button",
            disabled: !is_loaded(),
            onclick: |_| platform::open_dialog(DIALOG),
            Icon { shape: Shape::Plus }
            "Plan a goal"
        }
    }
}

/// The dialog itself.
#[component]
pub fn GoalDialog() -> Element {
    let mut store = use_store();
    let mut goal = use_signal(String::new);
    let mut deadline = use_signal(String::new);
    let mut hours = use_signal(String::new);
    let place = use_memo(move || words::hours(&store.projection.read().settings()));
    // What was refused is still there; what is worked on is not wanted twice.
    use_effect(move || {
        let runs = store.projection.read().runs();
        if runs.iter().any(|run| run.is_running() && run.goal.as_str() == goal.peek().trim()) {
            goal.set(String::new());
            deadline.set(String::new());
            hours.set(String::new());
        }
    });
    let submit = move |event: FormEvent| {
        event.prevent_default();
        let wanted = Wanted::new(&goal.peek(), &deadline.peek(), &hours.peek());
        if let Some(wanted) = wanted {
            store.submit(Mutation::StartGoal(wanted));
            platform::close_dialog(DIALOG);
        }
    };
    rsx! {
        dialog { id: DIALOG, class: "dialog goal-dialog", aria_labelledby: "goal-title",
            form { onsubmit: submit,
                h2 { id: "goal-title", "Plan a goal" }
                p { class: "muted", "It is worked out in the background and placed in your free time: {place}." }
                label { class: "field",
                    span { "What do you want to reach?" }
                    input {
                        r#type: "text",
                        required: true,
                        maxlength: "500",
                        autocomplete: "off",
                        placeholder: "Learn German",
                        value: "{goal}",
                        oninput: move |event| goal.set(event.value()),
                    }
                }
                div { class: "fields",
                    label { class: "field",
                        span { "Done by (optional)" }
                        input {
                            r#type: "date",
                            value: "{deadline}",
                            oninput: move |event| deadline.set(event.value()),
                        }
                    }
                    label { class: "field",
                        span { "Hours a week (optional)" }
                        input {
                            r#type: "number",
                            min: "0.25",
                            max: "168",
                            step: "0.25",
                            value: "{hours}",
                            oninput: move |event| hours.set(event.value()),
                        }
                    }
                }
                DialogFoot { dialog: DIALOG,
                    button { class: "button primary", r#type: "submit", disabled: goal.read().trim().is_empty(),
                        "Start"
                    }
                }
            }
        }
    }
}
