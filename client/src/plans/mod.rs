//! The menu of plans: which one new blocks go to, and which ones are shown. What can be done with each is in [`list`].

pub mod list;
mod row;

use dioxus::prelude::*;
use flux_timeline::Plan;

use crate::calls::Mutation;
use crate::extras::{Extra, Part};
use crate::platform;
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
    // The title of the active plan, and the color of each plan and whether it is shown.
    let plans = use_memo(move || {
        let (projection, hidden) = (store.projection.read(), store.hidden.read());
        let title = projection.active_plan().map(|plan| plan.title.to_string())?;
        let dot = |plan: Plan| (plan.shown_color().as_str(), !hidden.contains(&plan.id));
        Some((title, projection.plans_in_use().into_iter().take(DOTS).map(dot).collect::<Vec<_>>()))
    });
    let is_pending = store
        .calls
        .read()
        .any(|mutation| matches!(mutation, Mutation::SwitchPlan(_) | Mutation::CreatePlan(_) | Mutation::LoadTimeline));
    let Some((title, dots)) = plans() else {
        return rsx! {
            if !store.is_shut() {
                div { class: "plans skeleton-line", aria_hidden: "true" }
            }
        };
    };
    rsx! {
        div {
            class: "plans",
            ..platform::on_key(move |press| {
                if press.key() == "Escape" && is_open {
                    press.stop_propagation();
                    store.close_plans();
                }
            }),
            button {
                id: BUTTON,
                class: "plans-button",
                r#type: "button",
                aria_label: "Plans: {title}",
                aria_expanded: is_open,
                aria_controls: "plans-menu",
                aria_busy: is_pending,
                onclick: move |_| store.plans_open.toggle(),
                if dots.len() > 1 {
                    span { class: "dots", aria_hidden: "true",
                        for (color , is_shown) in dots {
                            span { class: "dot", "data-color": color, "data-shown": is_shown }
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
