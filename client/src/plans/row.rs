//! A plan in the menu of plans, and what can be done with it.

use dioxus::prelude::*;
use flux_timeline::{Plan, PlanColor, PlanId};

use super::BUTTON;
use crate::calls::{Mutation, PlanChange};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The actions of a plan's buttons, which are part of their ids.
const EDIT: &str = "Edit";
const DELETE: &str = "Delete";
const KEEP: &str = "Keep";
const SHOW: &str = "Show";
/// The field of the title.
const TITLE: &str = "plan-title";

fn button_id(does: &str, id: PlanId) -> String {
    format!("{does}-{id}")
}

/// What is being done about a plan in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Editing,
    Deleting,
}

/// A plan. `others` are the plans that are hidden when only this one is shown; none if there is nothing to hide.
#[component]
pub fn PlanRow(
    plan: Plan,
    is_active: bool,
    is_shown: bool,
    others: Vec<PlanId>,
    is_only: bool,
    on_chosen: Callback<()>,
) -> Element {
    let mut store = use_store();
    let mut doing = use_signal(|| Doing::Nothing);
    let mut focus = use_signal(|| None::<&'static str>);
    let id = plan.id;
    let change = use_callback(move |change: PlanChange| {
        // Its row goes to another place, or altogether, and would take the focus with it.
        if !matches!(change, PlanChange::Rename(_) | PlanChange::Recolor(_)) {
            platform::focus(BUTTON);
        }
        if !matches!(change, PlanChange::Recolor(_)) {
            doing.set(Doing::Nothing);
        }
        store.submit(Mutation::ChangePlan(id, change));
    });
    // What is asked takes the place of what was pressed, and is over in the same way: the focus goes along.
    use_effect(move || {
        let button = match (doing(), focus.take()) {
            (Doing::Deleting, _) => KEEP,
            (_, Some(button)) => button,
            (Doing::Editing, None) => return platform::focus(TITLE),
            (Doing::Nothing, None) => return,
        };
        platform::focus(&button_id(button, id));
    });
    let turn = use_callback(move |(next, button): (Doing, Option<&'static str>)| {
        focus.set(button);
        doing.set(next);
    });
    match doing() {
        Doing::Editing => return rsx! { EditPlan { plan, is_only, change, turn } },
        Doing::Deleting => return rsx! { DeletePlan { title: plan.title.to_string(), id, change, turn } },
        Doing::Nothing => {}
    }
    let title = plan.title.to_string();
    let toggled = {
        let mut hidden = store.hidden.read().clone();
        hidden.retain(|hidden| *hidden != id);
        if is_shown {
            hidden.push(id);
        }
        hidden
    };
    rsx! {
        div { class: "plan-row",
            if plan.is_in_use() && !is_only {
                button {
                    id: button_id(SHOW, id),
                    class: "icon-button small",
                    r#type: "button",
                    aria_label: "Show {title}",
                    aria_pressed: is_shown,
                    title: if is_shown { "Shown in this tab" } else { "Not shown in this tab" },
                    onclick: move |_| store.hide_plans(toggled.clone()),
                    span { class: "dot", "data-color": plan.shown_color().as_str(), "data-shown": is_shown }
                }
            }
            button {
                class: "menu-item",
                r#type: "button",
                aria_label: "{title}",
                aria_current: if is_active { "true" },
                onclick: move |_| {
                    store.show_plan(id);
                    if !is_active {
                        store.submit(Mutation::SwitchPlan(id));
                    }
                    on_chosen.call(());
                },
                span { class: "plan-name",
                    span { "{title}" }
                    if is_active && !is_only {
                        span { class: "muted", "New blocks go here" }
                    }
                }
                if is_active {
                    Icon { shape: Shape::Tick }
                }
            }
            if !others.is_empty() {
                button {
                    class: "text-button",
                    r#type: "button",
                    aria_label: "Show only {title}",
                    onclick: move |_| {
                        // This button goes, because there is nothing more to hide.
                        platform::focus(&button_id(SHOW, id));
                        store.hide_plans(others.clone());
                    },
                    "Only"
                }
            }
            if !plan.is_in_use() {
                button {
                    class: "icon-button small",
                    r#type: "button",
                    aria_label: "Take out of the archive: {title}",
                    title: "Take out of the archive",
                    onclick: move |_| change(PlanChange::Unarchive),
                    Icon { shape: Shape::Box }
                }
            }
            button {
                id: button_id(EDIT, id),
                class: "icon-button small",
                r#type: "button",
                aria_label: "Edit {title}",
                title: "Edit",
                onclick: move |_| doing.set(Doing::Editing),
                Icon { shape: Shape::Pen }
            }
        }
    }
}

/// Changes what is being done, and which button gets the focus.
type Turn = Callback<(Doing, Option<&'static str>)>;

#[component]
fn EditPlan(plan: Plan, is_only: bool, change: Callback<PlanChange>, turn: Turn) -> Element {
    let mut wanted = use_signal(|| plan.title.to_string());
    let (id, title, color) = (plan.id, plan.title.to_string(), plan.shown_color());
    let (renamed, archived) = (title.clone(), title.clone());
    rsx! {
        div {
            class: "plan-edit",
            role: "group",
            aria_label: "Edit {title}",
            onkeydown: move |event| {
                if event.key() == Key::Escape {
                    event.stop_propagation();
                    turn((Doing::Nothing, Some(EDIT)));
                }
            },
            form {
                class: "rename",
                onsubmit: move |event| {
                    event.prevent_default();
                    turn((Doing::Nothing, Some(EDIT)));
                    let wanted = wanted.peek().trim().to_owned();
                    if !wanted.is_empty() && wanted != renamed {
                        change(PlanChange::Rename(wanted));
                    }
                },
                input {
                    id: TITLE,
                    r#type: "text",
                    aria_label: "Title of the plan",
                    maxlength: "200",
                    autocomplete: "off",
                    value: "{wanted}",
                    oninput: move |event| wanted.set(event.value()),
                }
                button { class: "icon-button", r#type: "submit", aria_label: "Save", title: "Save", Icon { shape: Shape::Tick } }
            }
            div { class: "swatches", role: "group", aria_label: "Color",
                for choice in PlanColor::ALL {
                    button {
                        class: "swatch",
                        r#type: "button",
                        "data-color": choice.as_str(),
                        aria_label: choice.as_str(),
                        title: choice.as_str(),
                        aria_pressed: choice == color,
                        onclick: move |_| change(PlanChange::Recolor(choice)),
                        if choice == color {
                            Icon { shape: Shape::Tick }
                        }
                    }
                }
            }
            div { class: "dialog-buttons",
                if plan.is_in_use() && !is_only {
                    button {
                        class: "button",
                        r#type: "button",
                        aria_label: "Archive {title}",
                        onclick: move |_| change(PlanChange::Archive(archived.clone())),
                        "Archive"
                    }
                }
                if !is_only || !plan.is_in_use() {
                    button {
                        id: button_id(DELETE, id),
                        class: "button danger",
                        r#type: "button",
                        aria_label: "Delete {title}",
                        onclick: move |_| turn((Doing::Deleting, None)),
                        "Delete"
                    }
                }
            }
        }
    }
}

#[component]
fn DeletePlan(title: String, id: PlanId, change: Callback<PlanChange>, turn: Turn) -> Element {
    rsx! {
        div {
            class: "sure",
            role: "alertdialog",
            aria_label: "Delete {title}?",
            onkeydown: move |event| {
                if event.key() == Key::Escape {
                    event.stop_propagation();
                    turn((Doing::Editing, Some(DELETE)));
                }
            },
            p { "Delete “{title}” with its blocks? You can undo it." }
            div { class: "dialog-buttons",
                button {
                    class: "button",
                    r#type: "button",
                    id: button_id(KEEP, id),
                    onclick: move |_| turn((Doing::Editing, Some(DELETE))),
                    "Keep"
                }
                button {
                    class: "button danger",
                    r#type: "button",
                    onclick: move |_| change(PlanChange::Delete(title.clone())),
                    "Delete"
                }
            }
        }
    }
}
