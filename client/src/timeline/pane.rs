//! The timeline as a list of days.

use dioxus::prelude::*;

use super::agenda::{Agenda, Day, Entry};
use super::card::Card;
use super::words;
use crate::calls::Wish;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The timeline.
#[component]
pub fn TimelinePane() -> Element {
    let store = use_store();
    let agenda = use_memo(move || store.projection.read().agenda(*store.now.read()));
    let is_loaded = use_memo(move || store.projection.read().is_loaded());
    let is_complete = use_memo(move || store.projection.read().is_complete());
    let is_loading = store.calls.read().any(|wish| *wish == Wish::LoadTimeline);
    rsx! {
        section { class: "pane timeline", aria_label: "Timeline", aria_busy: is_loading || !is_loaded(),
            Summary { agenda }
            div { class: "days", tabindex: "-1",
                if is_loaded() {
                    Days { agenda }
                    if !is_complete() {
                        p { class: "hint",
                            "This plan is long. Shown is what is overdue, the last 7 days and what comes next; ask the chat about the rest."
                        }
                    }
                } else {
                    Skeleton {}
                }
            }
        }
    }
}

#[component]
fn Summary(agenda: Memo<Agenda>) -> Element {
    let store = use_store();
    let agenda = agenda.read();
    let today = agenda.days.first().map_or(0, |day| day.entries.iter().filter(|entry| entry.block.is_open()).count());
    let overdue = agenda.overdue.len();
    let zone = store.projection.read().zone();
    let is_loaded = store.projection.read().is_loaded();
    rsx! {
        div { class: "pane-head",
            h2 { "Timeline" }
            if is_loaded {
                p { class: "counts",
                    if overdue > 0 {
                        span { class: "overdue-count", "{overdue} overdue" }
                    }
                    span { "{today} left today" }
                    span { class: "zone", title: "Your time zone", "{zone}" }
                }
            }
        }
    }
}

#[component]
fn Days(agenda: Memo<Agenda>) -> Element {
    let agenda = agenda.read();
    let earlier: usize = agenda.earlier.iter().map(|day| day.entries.len()).sum();
    rsx! {
        if !agenda.overdue.is_empty() {
            section { class: "day overdue", aria_labelledby: "overdue-heading",
                h3 { id: "overdue-heading", class: "day-head",
                    span { class: "day-name", "Overdue" }
                    span { class: "day-date", "{agenda.overdue.len()} open" }
                }
                ol { class: "cards",
                    for entry in agenda.overdue.iter().cloned() {
                        Card { key: "{entry.block.id}", entry }
                    }
                }
            }
        }
        if earlier > 0 {
            details { class: "earlier",
                summary { "Earlier: {earlier} done" }
                for day in agenda.earlier.iter().cloned() {
                    DaySection { key: "{day.date}", day }
                }
            }
        }
        for day in agenda.days.iter().cloned() {
            DaySection { key: "{day.date}", day }
        }
        if agenda.is_empty() {
            Empty {}
        }
    }
}

#[component]
fn DaySection(day: Day) -> Element {
    let id = format!("day-{}", day.date);
    let has_now = day.now_before.is_some();
    let split = day.now_before.unwrap_or(day.entries.len()).min(day.entries.len());
    let (before, after) = day.entries.split_at(split);
    rsx! {
        section { class: "day", aria_labelledby: "{id}", aria_current: if has_now { "date" },
            h3 { id: "{id}", class: "day-head",
                span { class: "day-name", "{day.name}" }
                span { class: "day-date", "{day.long_date}" }
            }
            ol { class: "cards",
                Entries { entries: before.to_vec() }
                if has_now {
                    NowLine {}
                }
                Entries { entries: after.to_vec() }
                if day.entries.is_empty() {
                    li { class: "free", "Nothing planned for today." }
                }
            }
        }
    }
}

#[component]
fn Entries(entries: Vec<Entry>) -> Element {
    rsx! {
        for entry in entries {
            Card { key: "{entry.block.id}", entry }
        }
    }
}

#[component]
fn NowLine() -> Element {
    let store = use_store();
    let time = words::time(*store.now.read(), store.projection.read().zone());
    rsx! {
        li { class: "now-line",
            span { class: "now-time", "Now, {time}" }
        }
    }
}

#[component]
fn Empty() -> Element {
    rsx! {
        div { class: "empty",
            Icon { shape: Shape::Timeline }
            p { "Nothing is planned yet." }
            p { class: "muted", "Tell Flux what you want to do and when, and it appears here." }
        }
    }
}

#[component]
fn Skeleton() -> Element {
    rsx! {
        div { class: "skeleton", aria_hidden: "true",
            for place in 0..4 {
                div { key: "{place}", class: "skeleton-card" }
            }
        }
    }
}
