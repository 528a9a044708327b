//! The menu of plans: which one new blocks go to, and which ones are shown. What can be done with each is in [`list`].

pub mod list;
mod row;

use dioxus::prelude::*;
use flux_timeline::Plan;

use crate::calls::Mutation;
use crate::extras::{Extra, Part};
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// Plans beyond this many have no dot in the header.
const DOTS: usize = 5;
/// The button that opens the menu.
pub const BUTTON: &str = "plans-button";

/// The plan that new blocks go to, a dot for each plan that is in use, and the menu.
#[component]
pub fn PlanMenu() -> Element {
    let mut store = use_store();
    let is_open = *store.plans_open.read();
    let title = use_memo(move || store.projection.read().active_plan().map(|plan| plan.title.to_string()));
    let hidden = store.hidden.read();
    let plans: Vec<Plan> = store.projection.read().plans().into_iter().filter(Plan::is_in_use).take(DOTS).collect();
    let is_pending = store
        .calls
        .read()
        .any(|mutation| matches!(mutation, Mutation::SwitchPlan(_) | Mutation::CreatePlan(_) | Mutation::LoadTimeline));
    let Some(title) = title() else {
        return rsx! {
            if !store.is_shut() {
                div { class: "plans skeleton-line", aria_hidden: "true" }
            }
        };
    };
    rsx! {
        div {
            class: "plans",
            onkeydown: move |event| {
                if event.key() == Key::Escape && is_open {
                    event.stop_propagation();
                    store.close_plans();
                }
            },
            button {
                id: BUTTON,
                class: "plans-button",
                r#type: "button",
                aria_label: "Plans: {title}",
                aria_expanded: is_open,
                aria_controls: "plans-menu",
                aria_busy: is_pending,
                onclick: move |_| store.plans_open.toggle(),
                if plans.len() > 1 {
                    span { class: "dots", aria_hidden: "true",
                        for plan in plans {
                            span { class: "dot", "data-color": plan.shown_color().as_str(), "data-shown": !hidden.contains(&plan.id) }
                        }
                    }
                }
                span { class: "plans-title", "{title}" }
                Icon { shape: if is_pending { Shape::Spinner } else { Shape::Down } }
            }
            if is_open {
                div { class: "backdrop", onclick: move |_| store.close_plans() }
                div { id: "plans-menu", class: "menu", role: "group", aria_label: "Plans",
                    Extra { part: Part::Plans }
                }
            }
        }
    }
}
