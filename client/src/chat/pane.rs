//! The chat: the conversation and the message box.

use dioxus::prelude::*;

use super::composer::Composer;
use super::help::HelpButton;
use super::messages::Messages;
use super::model_note::ModelNote;
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The element with the messages, which scrolls.
pub const LOG: &str = "conversation";
/// The id of the dialog that asks for confirmation before a new conversation starts.
pub const CLEAR_DIALOG: &str = "clear-dialog";
/// Within this distance from its end, the log counts as scrolled to the end. In CSS pixels.
const NEAR_END: i32 = 80;
/// Within this distance from its beginning, the log loads earlier messages. In CSS pixels.
const NEAR_BEGINNING: f64 = 400.0;

/// The chat.
#[component]
pub fn ChatPane() -> Element {
    let is_at_end = use_signal(|| true);
    rsx! {
        section { class: "pane chat", aria_label: "Chat",
            ChatHead {}
            Log { is_at_end }
            Composer { on_sent: move |()| follow(is_at_end) }
            ClearDialog {}
        }
    }
}

/// Scrolls to the end of the log and keeps following it.
fn follow(mut is_at_end: Signal<bool>) {
    is_at_end.set(true);
    platform::scroll_to_end(LOG);
}

#[component]
fn ChatHead() -> Element {
    let store = use_store();
    let is_empty = use_memo(move || store.conversation.read().messages().is_empty());
    let model = use_memo(move || store.projection.read().model().cloned());
    rsx! {
        div { class: "pane-head",
            h2 { "Chat" }
            // Once there are answers, each shows its own model.
            if let Some(model) = model().filter(|_| is_empty()) {
                ModelNote { provider: model.provider, name: model.name }
            }
            HelpButton {}
            button {
                class: "button quiet",
                r#type: "button",
                disabled: is_empty(),
                onclick: |_| platform::open_dialog(CLEAR_DIALOG),
                Icon { shape: Shape::Pen }
                "New conversation"
            }
        }
    }
}

#[component]
fn Log(is_at_end: Signal<bool>) -> Element {
    let mut store = use_store();
    let conversation = store.conversation;
    // Runs after each change is rendered.
    use_effect(move || {
        let _ = conversation.read();
        let kept = *store.kept_distance.peek();
        if let Some(distance) = kept {
            store.kept_distance.set(None);
            platform::scroll_to_distance(LOG, distance);
        } else if *is_at_end.peek() {
            platform::scroll_to_end(LOG);
        }
    });
    let is_busy = use_memo(move || conversation.read().is_busy());
    rsx! {
        div { class: "log-frame",
            div {
                id: LOG,
                class: "log",
                role: "log",
                aria_label: "Conversation",
                aria_live: "polite",
                aria_busy: is_busy(),
                tabindex: "0",
                ..platform::on("onscroll", move || {
                    is_at_end.set(platform::distance_from_end(LOG) < NEAR_END);
                    if platform::scroll_top(LOG) < NEAR_BEGINNING {
                        store.load_earlier_messages();
                    }
                }),
                Messages {}
                Waiting {}
                Failure {}
            }
            if !is_at_end() {
                button {
                    class: "to-end",
                    r#type: "button",
                    aria_label: "Jump to latest",
                    title: "Jump to latest",
                    onclick: move |_| follow(is_at_end),
                    Icon { shape: Shape::Down }
                }
            }
        }
    }
}

#[component]
fn Waiting() -> Element {
    let store = use_store();
    let is_waiting = use_memo(move || store.conversation.read().is_waiting());
    rsx! {
        if is_waiting() {
            div { class: "waiting",
                span { class: "visually-hidden", "Flux is thinking…" }
                span { class: "dots", aria_hidden: "true",
                    i {}
                    i {}
                    i {}
                }
            }
        }
    }
}

/// Asks for another answer.
#[component]
fn RetryButton() -> Element {
    let mut store = use_store();
    let retry = move |_| {
        store.retry();
        platform::focus("message");
    };
    rsx! {
        button { class: "button", r#type: "button", onclick: retry, "Retry" }
    }
}

#[component]
fn Failure() -> Element {
    let store = use_store();
    let failure = use_memo(move || store.conversation.read().failure());
    let is_stopped = use_memo(move || store.conversation.read().is_stopped());
    rsx! {
        if is_stopped() && failure.read().is_none() {
            div { class: "failure stopped",
                p { "You stopped this answer. What was done before is kept." }
                RetryButton {}
            }
        }
        if let Some(failure) = failure() {
            div { class: "failure", role: "alert",
                Icon { shape: Shape::Warning }
                p { "{failure}" }
                RetryButton {}
            }
        }
    }
}

#[component]
fn ClearDialog() -> Element {
    let mut store = use_store();
    rsx! {
        dialog { id: CLEAR_DIALOG, class: "dialog", aria_labelledby: "clear-title", aria_describedby: "clear-text",
            h3 { id: "clear-title", "Start a new conversation?" }
            p { id: "clear-text", "The messages here are deleted, on all your devices. Your timeline stays as it is." }
            div { class: "dialog-buttons",
                button {
                    class: "button",
                    r#type: "button",
                    onclick: |_| platform::close_dialog(CLEAR_DIALOG),
                    "Cancel"
                }
                button {
                    class: "button danger",
                    r#type: "button",
                    onclick: move |_| {
                        platform::close_dialog(CLEAR_DIALOG);
                        store.clear_conversation();
                        platform::focus("message");
                    },
                    "Delete messages"
                }
            }
        }
    }
}
