//! The log as a list, newest first, in place of the chat.

use dioxus::prelude::*;
use flux_timeline::Event;

use super::filter::FilterBar;
use super::overview::Overview;
use super::words;
use crate::calls::{Mutation, PastMoment};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::{View, use_store};

/// The log. It is loaded when it is first opened.
#[component]
pub fn HistoryPane() -> Element {
    let mut store = use_store();
    use_hook(|| {
        if !store.log.peek().is_loaded() {
            store.load_log();
        }
    });
    let is_loading = store.calls.read().any(|mutation| matches!(mutation, Mutation::LoadLog { .. }));
    let log = store.log.read();
    rsx! {
        section { class: "pane history", aria_label: "History", aria_busy: is_loading,
            div { class: "pane-head",
                h2 { "History" }
                button { class: "button quiet", r#type: "button", onclick: move |_| store.show(View::Chat), "Back to the chat" }
            }
            FilterBar {}
            div { class: "events",
                if store.preferences.read().debug {
                    Overview {}
                }
                ol { aria_label: "Changes, newest first",
                    for (place , event) in log.events().iter().cloned().enumerate() {
                        // Only the newest event of a transaction offers to undo all of it.
                        EventRow {
                            key: "{event.seq}",
                            is_first: place == 0 || log.events().get(place - 1).is_none_or(|above| above.txn != event.txn),
                            cause: log.cause(&event.actor).map(str::to_owned),
                            event,
                        }
                    }
                }
                if log.is_loaded() && log.events().is_empty() {
                    p { class: "hint", "No matching events." }
                }
                // Also if the first page could not be loaded.
                if !log.is_whole() && (log.is_loaded() || !is_loading) {
                    button {
                        class: "button",
                        r#type: "button",
                        disabled: is_loading,
                        onclick: move |_| store.load_log(),
                        if log.is_loaded() {
                            "Show older changes"
                        } else {
                            "Show changes"
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn EventRow(event: Event, cause: Option<String>, is_first: bool) -> Element {
    let mut store = use_store();
    let (seq, txn) = (event.seq, event.txn);
    let when = words::when(event.at, *store.now.read(), &store.projection.read().settings());
    let is_debugging = store.preferences.read().debug;
    let is_seen = store.past.read().as_ref().is_some_and(|past| past.seq == seq);
    rsx! {
        li { class: "event", "data-seen": is_seen,
            p { class: "event-head",
                span { class: "event-actor", {words::actor(&event.actor)} }
                span { "{when}" }
                if is_debugging {
                    span { class: "event-seq", "#{seq}" }
                }
            }
            p { class: "event-words", {event.kind.describe()} }
            if is_debugging {
                p { class: "event-raw",
                    code { {event.kind.name()} }
                    code { "transaction {txn}" }
                }
            }
            if let Some(cause) = cause {
                p { class: "event-cause", "Because of “{cause}”" }
            }
            div { class: "event-actions",
                button { class: "link", r#type: "button", onclick: move |_| store.look_at(PastMoment::After(seq)), "See the timeline here" }
                if is_first && event.is_undoable() {
                    button { class: "link", r#type: "button", onclick: move |_| store.submit(Mutation::UndoOne(txn)), "Undo this" }
                }
                if is_debugging {
                    Details { seq }
                }
            }
        }
    }
}

/// The event as it is in the log. The service sends it as text on demand: code to serialize events here would be a tenth of
/// the program.
#[component]
fn Details(seq: u64) -> Element {
    let mut store = use_store();
    let text = use_memo(move || store.log.read().details(seq).map(str::to_owned));
    rsx! {
        details {
            id: "details-{seq}",
            class: "payload",
            // This event is also sent when it is closed.
            ontoggle: move |_| {
                let is_known = text.peek().is_some() || store.calls.peek().any(|mutation| *mutation == Mutation::LoadEvent(seq));
                if !is_known && platform::is_unfolded(&format!("details-{seq}")) {
                    store.submit(Mutation::LoadEvent(seq));
                }
            },
            summary {
                Icon { shape: Shape::Question }
                "Details"
            }
            if let Some(text) = text() {
                pre { tabindex: "0", "{text}" }
            }
        }
    }
}
