//! A block as a card.

use dioxus::prelude::*;
use flux_timeline::{Block, Kind, Priority, Reminders, Source, When, clock};

use super::agenda::Entry;
use super::form::Form;
use super::timer;
use super::{Jump, moving, rows, words};
use crate::extras::{Extra, Part};
use crate::platform::{self, KeyPress};
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};

/// A block.
#[component]
pub fn Card(entry: Entry, block: Block) -> Element {
    let mut store = use_store();
    let id = block.id;
    let is_pending = use_memo(move || store.calls.read().is_about(id));
    let is_past = store.past.read().is_some();
    let times = store.projection.read().times();
    let zone = times.zone;
    let is_done = !block.is_open();
    let today = store.today();
    let plan = store.projection.read().plan_mark(block.plan);
    let title = block.title.clone();
    let keyed = block.clone();
    let edited = block.clone();
    let deleted = block.clone();
    let is_unplaced = entry.is_overdue || block.is_in_inbox();
    rsx! {
        li {
            class: "card",
            "data-row": "{rows::row_id(&super::agenda::Row::Block(entry.clone()))}",
            "data-priority": block.priority.as_str(),
            "data-done": is_done,
            "data-running": entry.is_running && !is_done,
            "data-overdue": entry.is_overdue,
            "data-over": entry.is_over,
            "data-color": plan.as_ref().map(|plan| plan.color),
            aria_busy: is_pending(),
            ..platform::on_key(move |press| {
                if !is_past {
                    on_key(store, &keyed, press);
                }
            }),
            // An appointment takes place by itself.
            if block.kind == Kind::Task || block.completed_at.is_some() {
                input {
                    class: "check",
                    r#type: "checkbox",
                    aria_label: "Done: {title}",
                    checked: is_done,
                    disabled: is_past,
                    ..platform::on_check(move |is_checked| store.mark(id, is_checked, is_unplaced)),
                }
            } else {
                span { class: "appointment", title: "Appointment", Icon { shape: Shape::Clock } }
            }
            div { class: "card-body",
                p { class: "card-time",
                    if let Some(when) = block.when() {
                        span { {entry.when(times, when, today)} }
                    }
                    if let Some(length) = block.length() {
                        span { class: "length", {clock::length(length)} }
                    }
                    if let Some((days, is_late)) = words::days(&block, today) {
                        span { class: "length due", "data-late": is_late, {days} }
                    }
                    span { class: "handle", "{block.handle}" }
                    if let Some(plan) = &plan {
                        span { class: "plan-mark", "{plan.title}" }
                    }
                    if entry.is_running && !is_done {
                        span { class: "mark running", "Now" }
                    }
                }
                h4 { class: "card-title",
                    button {
                        r#type: "button",
                        aria_label: "Edit {title}",
                        "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight Delete",
                        disabled: is_past,
                        onclick: move |_| store.write_block(Form::of(&edited, zone)),
                        "{block.title}"
                    }
                }
                if block.is_in_inbox() && !is_past {
                    Extra { part: Part::Suggestion { id } }
                }
                Marks { entry: entry.clone(), block: block.clone(), is_past, is_pending: is_pending() }
                if let Some(description) = &block.description {
                    details { class: "description",
                        summary { "Details" }
                        p { "{description}" }
                    }
                }
            }
            if !is_past {
                button {
                    class: "icon-button delete",
                    r#type: "button",
                    aria_label: "Delete {title}",
                    title: "Delete",
                    onclick: move |_| store.delete_block(&deleted),
                    Icon { shape: Shape::Bin }
                }
            }
        }
    }
}

/// Handles a key press on the focused block. A key that does something here does nothing else.
pub fn on_key(store: Store, block: &Block, press: &KeyPress) {
    if did_by_key(store, block, press) {
        press.prevent_default();
        press.stop_propagation();
    }
}

/// Whether the key did something.
fn did_by_key(mut store: Store, block: &Block, press: &KeyPress) -> bool {
    let key = press.key();
    if key == "Delete" && !(press.shift() || press.alt() || press.ctrl()) {
        // One at a time: the next block has the focus while the key is still held.
        if !press.is_repeated() {
            store.delete_block(block);
        }
        return true;
    }
    if !press.alt() || press.ctrl() {
        return false;
    }
    let Some(pull) = moving::pull_of_key(&key) else { return false };
    if press.shift() && pull.days != 0 {
        return false;
    }
    let grip = if press.shift() { moving::Grip::End } else { moving::Grip::Whole };
    let zone = store.projection.peek().zone();
    let moved = match block.when() {
        Some(When::Span(span)) => When::Span(moving::pulled(span, grip, pull, zone)),
        Some(When::Days(days)) => match moving::pulled_days(days, grip, pull) {
            Some(days) => When::Days(days),
            None => return false,
        },
        None => return false,
    };
    store.move_block(block, moved);
    // In another place of the list, or on another day, it is another element.
    store.jump.set(Some(Jump::Block(block.id)));
    true
}

#[component]
fn Marks(entry: Entry, block: Block, is_past: bool, is_pending: bool) -> Element {
    let mut store = use_store();
    let (id, is_missed) = (block.id, block.missed_at.is_some());
    let has_begun = block.kind == Kind::Appointment && (entry.is_over || entry.is_running);
    let handles: Vec<String> = entry.overlaps.iter().map(ToString::to_string).collect();
    let overlaps = handles.join(", ");
    let (timer, runs) = (timer::verb(&block), block.worked.is_running());
    let find = if entry.is_overdue { "Find a new time" } else { "Find a time" };
    rsx! {
        ul { class: "marks", aria_label: "About it",
            match block.priority {
                Priority::High => rsx! { li { class: "mark high", "High priority" } },
                Priority::Low => rsx! { li { class: "mark low", "Low priority" } },
                Priority::Medium => rsx! {},
            }
            if (entry.is_overdue || block.is_in_inbox()) && !is_past {
                li {
                    button {
                        class: "text-button",
                        r#type: "button",
                        aria_label: "{find} for {block.title}",
                        disabled: is_pending,
                        onclick: move |_| store.place(vec![id]),
                        {find}
                    }
                }
            }
            if !is_past && timer::is_offered(store, &block) {
                li {
                    button {
                        class: "text-button",
                        r#type: "button",
                        aria_label: "{timer} of {block.title}",
                        onclick: move |_| store.work_on(id, !runs),
                        {timer}
                    }
                }
            }
            if !block.worked.is_nothing() {
                li { class: if block.worked.is_running() { "mark running" } else { "mark" }, {timer::spent(store, &block)} }
            }
            if is_missed {
                li { class: "mark", "Missed" }
            }
            if (has_begun || is_missed) && !is_past && block.completed_at.is_none() {
                li {
                    button {
                        class: "text-button",
                        r#type: "button",
                        onclick: move |_| store.mark_missed(id, !is_missed),
                        if is_missed { "Not missed" } else { "Mark as missed" }
                    }
                }
            }
            if let Some(place) = block.series {
                li { class: "mark",
                    if store.projection.read().is_after_done(place.series) { "Again after it is done" } else { "Repeats" }
                }
            }
            if let Some(words) = block.reminders.as_ref().map(Reminders::words).filter(|words| !words.is_empty()) {
                li { class: "mark", "Reminds {words}" }
            }
            if !overlaps.is_empty() {
                li { class: "mark overlap",
                    Icon { shape: Shape::Overlap }
                    "Overlaps {overlaps}"
                }
            }
            if block.source != Source::User {
                li { class: "mark source", {if block.source == Source::Architect { "Architect" } else { "By Flux" }} }
            }
            for (place , tag) in block.tags.iter().enumerate() {
                li { key: "{place}", class: "tag", "#{tag}" }
            }
        }
    }
}
