//! What stands below a message about a goal: the proposal with its buttons, the question when the person has time for it, and what can be done
//! when it has fallen behind.

use dioxus::prelude::*;
use flux_protocol::frame::GoalSummary;
use flux_timeline::{GoalStatus, RunId};

use super::look::{PARTS, parts_of};
use crate::store::use_store;

/// The goal of a message. `is_behind`: the message says that it has fallen behind.
#[component]
pub fn GoalOffer(id: RunId, is_behind: bool) -> Element {
    let mut store = use_store();
    let Some(goal) = store.goal(id) else { return rsx! {} };
    let name = goal.name().to_owned();
    let is_looked_at = store.looking.read().as_ref().is_some_and(|looking| looking.goal == id);
    let is_busy = *store.is_goal_busy.read();
    match goal.state.status {
        GoalStatus::Proposed if !is_behind => rsx! {
            div { class: "offer", role: "group", aria_label: "Proposal: {name}",
                Hours { goal: goal.clone() }
                div { class: "goal-buttons",
                    // What is looked at may have been changed there.
                    if !is_looked_at {
                        button {
                            class: "button primary",
                            r#type: "button",
                            disabled: is_busy,
                            onclick: move |_| store.accept_goal(id),
                            "Add to timeline"
                        }
                        button {
                            class: "button",
                            r#type: "button",
                            onclick: {
                                let goal = goal.clone();
                                move |_| store.look_at_goal(&goal, false)
                            },
                            "Look at it"
                        }
                    }
                    button {
                        class: "button quiet",
                        r#type: "button",
                        disabled: is_busy,
                        onclick: move |_| store.request_goal(id, "end"),
                        "Dismiss"
                    }
                }
            }
        },
        GoalStatus::Active if is_behind && goal.state.behind_since.is_some() => rsx! {
            div { class: "offer", role: "group", aria_label: "Behind: {name}",
                div { class: "goal-buttons",
                    button {
                        class: "button primary",
                        r#type: "button",
                        disabled: is_busy,
                        onclick: move |_| store.request_goal(id, "change"),
                        "Plan the rest again"
                    }
                    button {
                        class: "button",
                        r#type: "button",
                        onclick: {
                            let goal = goal.clone();
                            move |_| store.look_at_goal(&goal, true)
                        },
                        "Change it first"
                    }
                }
            }
        },
        _ => rsx! {},
    }
}

/// Asks when the person has time for a kind of activity, unless they have said so.
#[component]
fn Hours(goal: GoalSummary) -> Element {
    let mut store = use_store();
    let activity = goal.activity;
    let mut chosen = use_signal(|| parts_of(activity.usual_hours()));
    if goal.state.wishes.chosen_hours(activity, &store.projection.read().settings()).is_some() {
        return rsx! {};
    }
    let what = super::words::activity(activity);
    rsx! {
        fieldset { class: "choices",
            legend { "When do you have time {what}?" }
            for (place , (_, key, label)) in PARTS.into_iter().enumerate() {
                button {
                    key: "{key}",
                    class: "toggle",
                    r#type: "button",
                    aria_pressed: chosen.read().get(place) == Some(&true),
                    onclick: move |_| {
                        chosen.write().iter_mut().skip(place).take(1).for_each(|is_chosen| *is_chosen = !*is_chosen);
                    },
                    {label}
                }
            }
            button {
                class: "button",
                r#type: "button",
                disabled: *chosen.read() == [false; 4],
                onclick: move |_| store.have_time_for(activity, chosen()),
                "That’s when"
            }
        }
    }
}
