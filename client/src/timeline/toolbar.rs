//! Above the timeline: how it is shown, which day, and which blocks.

use dioxus::prelude::*;
use flux_timeline::view::BlockState;
use flux_timeline::{Priority, clock};

use super::{Jump, Mode};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The search field.
pub const SEARCH: &str = "search";

/// The bar.
#[component]
pub fn Toolbar() -> Element {
    let mut store = use_store();
    let mode = *store.mode.read();
    let date = use_memo(move || clock::iso_date(store.day_shown()));
    rsx! {
        div {
            class: "toolbar",
            "data-mode": if mode == Mode::Week { "week" } else { "agenda" },
            role: "group",
            aria_label: "Timeline view",
            div { class: "segments", role: "group", aria_label: "Shown as",
                ModeButton { mode: Mode::Agenda, label: "Agenda" }
                ModeButton { mode: Mode::Week, label: "Week" }
            }
            if mode == Mode::Week {
                Step { by: -1, label: "Earlier", shape: Shape::Left }
                Step { by: 1, label: "Later", shape: Shape::Right }
            }
            button { class: "button", r#type: "button", onclick: move |_| store.go_to(Jump::Today), "Today" }
            label { class: "go-to",
                span { class: "visually-hidden", "Go to a day" }
                input {
                    r#type: "date",
                    value: "{date}",
                    onchange: move |event| {
                        if let Some(date) = clock::read_date(&event.value()) {
                            store.go_to(Jump::Day(date));
                        }
                    },
                }
            }
            div { class: "spacer" }
            button {
                class: "icon-button search-toggle",
                r#type: "button",
                aria_label: "Search and filter",
                title: "Search and filter",
                aria_expanded: *store.search_open.read(),
                onclick: move |_| {
                    store.search_open.toggle();
                    if *store.search_open.peek() {
                        platform::focus_when_drawn(SEARCH);
                    }
                },
                Icon { shape: Shape::Search }
            }
            button {
                class: "button new-block",
                r#type: "button",
                aria_label: "New block",
                "aria-keyshortcuts": "n",
                disabled: store.past.read().is_some() || !store.projection.read().is_loaded(),
                onclick: move |_| store.begin_block(None),
                Icon { shape: Shape::Plus }
                span { class: "label", "New block" }
            }
        }
        SearchBar {}
        HiddenPlans {}
    }
}

#[component]
fn ModeButton(mode: Mode, label: &'static str) -> Element {
    let mut store = use_store();
    let is_shown = *store.mode.read() == mode;
    rsx! {
        button { r#type: "button", aria_pressed: is_shown, onclick: move |_| store.show_as(mode), {label} }
    }
}

#[component]
fn Step(by: i32, label: &'static str, shape: Shape) -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "icon-button",
            r#type: "button",
            aria_label: label,
            title: label,
            onclick: move |_| store.turn_page(by),
            Icon { shape }
        }
    }
}

/// Which plans in use this tab does not show, so that nobody misses their blocks.
#[component]
fn HiddenPlans() -> Element {
    let mut store = use_store();
    let hidden = store.hidden.read();
    let plans = store.projection.read().plans_in_use();
    let titles: Vec<&str> =
        plans.iter().filter(|plan| hidden.contains(&plan.id)).map(|plan| plan.title.as_str()).collect();
    if titles.is_empty() {
        return rsx! {};
    }
    rsx! {
        div { class: "hidden-plans",
            span { {format!("Not shown: {}", titles.join(", "))} }
            button {
                class: "text-button",
                r#type: "button",
                onclick: move |_| {
                    store.focus_timeline();
                    store.hide_plans(Vec::new());
                },
                "Show all plans"
            }
        }
    }
}

#[component]
fn SearchBar() -> Element {
    let mut store = use_store();
    let filter = store.filter.read().clone();
    let is_open = *store.search_open.read() || !filter.is_off();
    rsx! {
        div { class: "search-bar", role: "search", "data-open": is_open,
            label { class: "search",
                Icon { shape: Shape::Search }
                span { class: "visually-hidden", "Search the timeline" }
                input {
                    id: SEARCH,
                    r#type: "search",
                    placeholder: "Search",
                    maxlength: "100",
                    autocomplete: "off",
                    "aria-keyshortcuts": "f",
                    value: "{filter.words}",
                    oninput: move |event| store.filter.write().words = event.value(),
                    // A long plan is searched completely by the service.
                    onchange: move |_| store.search_all(),
                    onkeydown: move |event| {
                        if event.key() == Key::Escape {
                            store.filter.write().words.clear();
                        }
                    },
                }
            }
            select {
                aria_label: "State",
                onchange: move |event| {
                    store.filter.write().state = match event.value().as_str() {
                        "todo" => BlockState::ToDo,
                        "done" => BlockState::Done,
                        _ => BlockState::Any,
                    };
                    store.search_all();
                },
                option { value: "all", selected: filter.state == BlockState::Any, "All" }
                option { value: "todo", selected: filter.state == BlockState::ToDo, "To do" }
                option { value: "done", selected: filter.state == BlockState::Done, "Done" }
            }
            select {
                aria_label: "Priority",
                onchange: move |event| {
                    store.filter.write().priority = match event.value().as_str() {
                        "high" => Some(Priority::High),
                        "medium" => Some(Priority::Medium),
                        "low" => Some(Priority::Low),
                        _ => None,
                    };
                    store.search_all();
                },
                option { value: "any", selected: filter.priority.is_none(), "Any priority" }
                option { value: "high", selected: filter.priority == Some(Priority::High), "High" }
                option { value: "medium", selected: filter.priority == Some(Priority::Medium), "Medium" }
                option { value: "low", selected: filter.priority == Some(Priority::Low), "Low" }
            }
        }
    }
}
