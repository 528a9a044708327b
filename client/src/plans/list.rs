//! The plans, what can be done with each, and a new one.

use dioxus::prelude::*;
use flux_timeline::{Plan, PlanId};

use super::BUTTON;
use crate::calls::{Mutation, PlanChange};
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
    rsx! {
        ul { class: "menu-list",
            for plan in in_use {
                li { key: "{plan.id}",
                    PlanRow { is_active: active == Some(plan.id), is_only, plan, on_chosen }
                }
            }
        }
        if !archived.is_empty() {
            details { class: "archived",
                summary { "Archived: {archived.len()}" }
                ul {
                    for plan in archived {
                        li { key: "{plan.id}",
                            PlanRow { is_active: false, is_only, plan, on_chosen }
                        }
                    }
                }
            }
        }
        NewPlan { on_made: on_chosen }
    }
}

/// The actions of a row's buttons, which are part of their ids.
const RENAME: &str = "Rename";
const DELETE: &str = "Delete";
const KEEP: &str = "Keep";

fn button_id(does: &str, id: PlanId) -> String {
    format!("{does}-{id}")
}

/// What is being done about a plan in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Renaming,
    Deleting,
}

#[component]
fn PlanRow(plan: Plan, is_active: bool, is_only: bool, on_chosen: Callback<()>) -> Element {
    let mut store = use_store();
    let mut doing = use_signal(|| Doing::Nothing);
    let mut focus = use_signal(|| None::<&'static str>);
    let id = plan.id;
    let title = plan.title.to_string();
    let change = use_callback(move |change: PlanChange| {
        // Its row goes to another place, or altogether, and would take the focus with it.
        if !matches!(change, PlanChange::Rename(_)) {
            platform::focus(BUTTON);
        }
        store.submit(Mutation::ChangePlan(id, change));
        doing.set(Doing::Nothing);
    });
    // What is asked takes the place of what was pressed, and is over in the same way: the focus goes along.
    use_effect(move || match doing() {
        Doing::Deleting => platform::focus(&button_id(KEEP, id)),
        Doing::Renaming => {}
        Doing::Nothing => {
            if let Some(button) = focus.take() {
                platform::focus(&button_id(button, id));
            }
        }
    });
    match doing() {
        Doing::Renaming => {
            return rsx! {
                Rename { title, on_done: move |title: Option<String>| {
                    focus.set(Some(RENAME));
                    match title {
                        Some(title) => change(PlanChange::Rename(title)),
                        None => doing.set(Doing::Nothing),
                    }
                } }
            };
        }
        Doing::Deleting => {
            let keep = move || {
                focus.set(Some(DELETE));
                doing.set(Doing::Nothing);
            };
            return rsx! {
                div {
                    class: "sure",
                    role: "alertdialog",
                    aria_label: "Delete {title}?",
                    onkeydown: {
                        let mut keep = keep;
                        move |event: KeyboardEvent| {
                            if event.key() == Key::Escape {
                                event.stop_propagation();
                                keep();
                            }
                        }
                    },
                    p { "Delete “{title}” with its blocks? You can undo it." }
                    div { class: "dialog-buttons",
                        button {
                            class: "button",
                            r#type: "button",
                            id: button_id(KEEP, id),
                            onclick: {
                                let mut keep = keep;
                                move |_| keep()
                            },
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
            };
        }
        Doing::Nothing => {}
    }
    let archived = title.clone();
    rsx! {
        div { class: "plan-row",
            button {
                class: "menu-item",
                r#type: "button",
                aria_current: if is_active { "true" },
                onclick: move |_| {
                    if !is_active {
                        store.submit(Mutation::SwitchPlan(id));
                    }
                    on_chosen.call(());
                },
                span { "{title}" }
                if is_active {
                    Icon { shape: Shape::Tick }
                }
            }
            {action(RENAME, id, &title, Shape::Pen, EventHandler::new(move |()| doing.set(Doing::Renaming)))}
            if !plan.is_in_use() {
                {action("Take out of the archive:", id, &title, Shape::Box, EventHandler::new(move |()| change(PlanChange::Unarchive)))}
            } else if !is_only {
                {action("Archive", id, &title, Shape::Box, EventHandler::new(move |()| change(PlanChange::Archive(archived.clone()))))}
            }
            if !is_only || !plan.is_in_use() {
                {action(DELETE, id, &title, Shape::Bin, EventHandler::new(move |()| doing.set(Doing::Deleting)))}
            }
        }
    }
}

fn action(does: &str, id: PlanId, title: &str, shape: Shape, act: EventHandler<()>) -> Element {
    rsx! {
        button {
            id: button_id(does, id),
            class: "icon-button small",
            r#type: "button",
            aria_label: "{does} {title}",
            title: "{does} {title}",
            onclick: move |_| act.call(()),
            Icon { shape }
        }
    }
}

#[component]
fn Rename(title: String, on_done: EventHandler<Option<String>>) -> Element {
    let mut wanted = use_signal(|| title.clone());
    use_effect(|| platform::focus("plan-title"));
    rsx! {
        form {
            class: "rename",
            onsubmit: move |event| {
                event.prevent_default();
                let wanted = wanted.peek().trim().to_owned();
                on_done.call(Some(wanted).filter(|wanted| !wanted.is_empty() && *wanted != title));
            },
            onkeydown: move |event| {
                if event.key() == Key::Escape {
                    event.stop_propagation();
                    on_done.call(None);
                }
            },
            input {
                id: "plan-title",
                r#type: "text",
                aria_label: "Title of the plan",
                maxlength: "200",
                autocomplete: "off",
                value: "{wanted}",
                oninput: move |event| wanted.set(event.value()),
            }
            button { class: "icon-button", r#type: "submit", aria_label: "Save", title: "Save", Icon { shape: Shape::Tick } }
        }
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
