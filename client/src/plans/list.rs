//! The plans: which ones this tab shows, which one new blocks go to, what can be done with each, and a new one.

use dioxus::prelude::*;
use flux_timeline::{Plan, PlanId};

use super::BUTTON;
use super::row::PlanRow;
use crate::calls::Mutation;
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The plans, what can be done with each, and a new one.
#[component]
pub fn PlanList() -> Element {
    let mut store = use_store();
    let on_chosen = use_callback(move |()| store.close_plans());
    let (plans, active): (Vec<Plan>, _) = {
        let projection = store.projection.read();
        (projection.plans(), projection.active_plan().map(|plan| plan.id))
    };
    let (in_use, archived): (Vec<Plan>, Vec<Plan>) = plans.into_iter().partition(Plan::is_in_use);
    let is_only = in_use.len() == 1;
    let hidden = store.hidden.read().clone();
    let ids: Vec<PlanId> = in_use.iter().map(|plan| plan.id).collect();
    let shown = ids.iter().filter(|id| !hidden.contains(id)).count();
    // What each row hides when it shows only its plan.
    let others = |id: PlanId| ids.iter().copied().filter(|other| *other != id).collect::<Vec<PlanId>>();
    rsx! {
        ul { class: "menu-list",
            for plan in in_use {
                li { key: "{plan.id}",
                    PlanRow {
                        is_active: active == Some(plan.id),
                        is_shown: !hidden.contains(&plan.id),
                        others: if shown > 1 || hidden.contains(&plan.id) { others(plan.id) } else { Vec::new() },
                        is_only,
                        plan,
                        on_chosen,
                    }
                }
            }
        }
        if shown < ids.len() {
            button {
                class: "button",
                r#type: "button",
                onclick: move |_| {
                    platform::focus(BUTTON);
                    store.hide_plans(Vec::new());
                },
                "Show all plans"
            }
        }
        if !archived.is_empty() {
            details { class: "archived",
                summary { "Archived: {archived.len()}" }
                ul {
                    for plan in archived {
                        li { key: "{plan.id}",
                            PlanRow { is_active: false, is_shown: false, others: Vec::new(), is_only, plan, on_chosen }
                        }
                    }
                }
            }
        }
        NewPlan { on_made: on_chosen }
    }
}

#[component]
fn NewPlan(on_made: Callback<()>) -> Element {
    let mut store = use_store();
    let mut title = use_signal(String::new);
    rsx! {
        form {
            class: "new-plan",
            onsubmit: move |event| {
                event.prevent_default();
                let wanted = title.peek().trim().to_owned();
                if !wanted.is_empty() {
                    store.submit(Mutation::CreatePlan(wanted));
                    on_made.call(());
                }
            },
            input {
                r#type: "text",
                aria_label: "New plan",
                placeholder: "New plan",
                maxlength: "200",
                autocomplete: "off",
                value: "{title}",
                oninput: move |event| title.set(event.value()),
            }
            button {
                class: "icon-button",
                r#type: "submit",
                aria_label: "Create plan",
                title: "Create plan",
                disabled: title.read().trim().is_empty(),
                Icon { shape: Shape::Plus }
            }
        }
    }
}
