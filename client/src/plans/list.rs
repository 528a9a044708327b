//! The plans: which ones this tab shows, which one new blocks go to, what can be done with each, and a new one.

use dioxus::prelude::*;
use flux_timeline::{Plan, PlanColor, PlanId};

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
            button { class: "button", r#type: "button", onclick: move |_| store.hide_plans(Vec::new()), "Show all plans" }
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

/// The actions of a row's buttons, which are part of their ids.
const EDIT: &str = "Edit";
const DELETE: &str = "Delete";
const KEEP: &str = "Keep";

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
fn PlanRow(
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
    let title = plan.title.to_string();
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
    use_effect(move || match doing() {
        Doing::Deleting => platform::focus(&button_id(KEEP, id)),
        Doing::Editing => {}
        Doing::Nothing => {
            if let Some(button) = focus.take() {
                platform::focus(&button_id(button, id));
            }
        }
    });
    match doing() {
        Doing::Editing => {
            let color = plan.shown_color();
            return rsx! {
                div {
                    class: "plan-edit",
                    onkeydown: move |event| {
                        if event.key() == Key::Escape {
                            event.stop_propagation();
                            focus.set(Some(EDIT));
                            doing.set(Doing::Nothing);
                        }
                    },
                    Rename { title, on_done: move |title: Option<String>| {
                        focus.set(Some(EDIT));
                        match title {
                            Some(title) => change(PlanChange::Rename(title)),
                            None => doing.set(Doing::Nothing),
                        }
                    } }
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
                }
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
                    onclick: move |_| store.hide_plans(others.clone()),
                    "Only"
                }
            }
            {action(EDIT, id, &title, Shape::Pen, EventHandler::new(move |()| doing.set(Doing::Editing)))}
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
