//! A goal: its progress, and the actions on it.

use dioxus::prelude::*;
use flux_timeline::{Run, RunStatus};

use super::words;
use crate::calls::Mutation;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// A goal. In the conversation it stays after it was planned. On the timeline a failed goal can be dismissed.
#[component]
pub fn GoalCard(run: Run, on_dismiss: Option<EventHandler<()>>) -> Element {
    let mut store = use_store();
    let id = run.id;
    let status = run.state.status;
    let is_pending = store
        .calls
        .read()
        .any(|mutation| matches!(mutation, Mutation::CancelGoal(goal) | Mutation::RetryGoal(goal) if *goal == id));
    let action = match status {
        RunStatus::Running => Some(("button quiet", "Cancel", Mutation::CancelGoal(id))),
        RunStatus::Failed => Some(("button", "Try again", Mutation::RetryGoal(id))),
        RunStatus::Completed | RunStatus::Cancelled => None,
    };
    rsx! {
        div { class: "goal", "data-status": words::kind(status), role: "group", aria_label: "Goal: {run.goal}",
            div { class: "goal-head",
                span { class: "goal-mark", aria_hidden: "true", Icon { shape: shape(status) } }
                div { class: "goal-title",
                    span { class: "goal-label", {words::label(&run)} }
                    p { title: "{run.goal}", {run.name()} }
                }
                if let Some((class, words, mutation)) = action {
                    button {
                        class,
                        r#type: "button",
                        disabled: is_pending,
                        onclick: move |_| store.submit(mutation.clone()),
                        {words}
                    }
                }
                if status == RunStatus::Failed {
                    if let Some(on_dismiss) = on_dismiss {
                        button {
                            class: "icon-button",
                            r#type: "button",
                            aria_label: "Dismiss {run.goal}",
                            title: "Dismiss",
                            onclick: move |_| on_dismiss.call(()),
                            Icon { shape: Shape::Cross }
                        }
                    }
                }
            }
            if status == RunStatus::Running {
                div {
                    class: "goal-bar",
                    role: "progressbar",
                    aria_label: "Progress of {run.goal}",
                    aria_valuemin: "0",
                    aria_valuemax: "100",
                    aria_valuenow: "{run.state.percent}",
                    div { width: "{run.state.percent}%" }
                }
            }
            p { class: "goal-message", role: "status", "{run.state.message}" }
            if let Some(trouble) = words::trouble(&run) {
                p { class: "goal-trouble", "{trouble}" }
            }
            if !run.state.left_out.is_empty() {
                details { class: "goal-left-out",
                    summary { "Left out: {run.state.left_out.len()}" }
                    ul {
                        for left in run.state.left_out.iter() {
                            li { "{left.title}: {left.why}" }
                        }
                    }
                }
            }
        }
    }
}

fn shape(status: RunStatus) -> Shape {
    match status {
        RunStatus::Running => Shape::Spinner,
        RunStatus::Completed => Shape::Tick,
        RunStatus::Failed => Shape::Warning,
        RunStatus::Cancelled => Shape::Denied,
    }
}
