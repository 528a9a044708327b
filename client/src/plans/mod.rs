//! The menu of plans: which one is shown, the others, and a new one.

use dioxus::prelude::*;
use flux_tools::Plan;

use crate::calls::Wish;
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The menu.
#[component]
pub fn PlanMenu() -> Element {
    let store = use_store();
    let mut is_open = use_signal(|| false);
    let title = use_memo(move || store.projection.read().active_plan().map(|plan| plan.title.to_string()));
    let mut close = move || {
        is_open.set(false);
        platform::focus("plans-button");
    };
    let is_pending =
        store.calls.read().any(|wish| matches!(wish, Wish::SwitchPlan(_) | Wish::CreatePlan(_) | Wish::LoadTimeline));
    let Some(title) = title() else {
        return rsx! {
            div { class: "plans skeleton-line", aria_hidden: "true" }
        };
    };
    rsx! {
        div {
            class: "plans",
            onkeydown: move |event| {
                if event.key() == Key::Escape && is_open() {
                    event.stop_propagation();
                    close();
                }
            },
            button {
                id: "plans-button",
                class: "plans-button",
                r#type: "button",
                aria_label: "Plans: {title}",
                aria_expanded: is_open(),
                aria_controls: "plans-menu",
                aria_busy: is_pending,
                onclick: move |_| is_open.toggle(),
                span { class: "plans-title", "{title}" }
                if is_pending {
                    Icon { shape: Shape::Spinner }
                } else {
                    Icon { shape: Shape::Down }
                }
            }
            if is_open() {
                div { class: "backdrop", onclick: move |_| close() }
                div { id: "plans-menu", class: "menu", role: "group", aria_label: "Plans",
                    PlanList { on_chosen: move |()| close() }
                    NewPlan { on_made: move |()| close() }
                }
            }
        }
    }
}

#[component]
fn PlanList(on_chosen: EventHandler<()>) -> Element {
    let mut store = use_store();
    let (plans, active): (Vec<Plan>, _) = {
        let projection = store.projection.read();
        (projection.plans(), projection.active_plan().map(|plan| plan.id))
    };
    rsx! {
        ul { class: "menu-list",
            for plan in plans {
                li { key: "{plan.id}",
                    button {
                        class: "menu-item",
                        r#type: "button",
                        aria_current: if active == Some(plan.id) { "true" },
                        onclick: move |_| {
                            if active != Some(plan.id) {
                                store.wish(Wish::SwitchPlan(plan.id));
                            }
                            on_chosen.call(());
                        },
                        span { "{plan.title}" }
                        if active == Some(plan.id) {
                            Icon { shape: Shape::Tick }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn NewPlan(on_made: EventHandler<()>) -> Element {
    let mut store = use_store();
    let mut title = use_signal(String::new);
    rsx! {
        form {
            class: "new-plan",
            onsubmit: move |event| {
                event.prevent_default();
                let wanted = title.peek().trim().to_owned();
                if !wanted.is_empty() {
                    store.wish(Wish::CreatePlan(wanted));
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
