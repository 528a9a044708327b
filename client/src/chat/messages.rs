//! The messages, grouped by day, and suggestions for the first one.

use dioxus::prelude::*;

use super::message::MessageView;
use super::when::PersonsClock;
use super::{metadata, when};
use crate::store::use_store;

/// Suggestions for an empty conversation.
const SUGGESTIONS: [&str; 4] = [
    "Schedule workout tomorrow at 8am",
    "Remind me to buy milk at 6pm",
    "What is on my timeline this week?",
    "When am I free tomorrow?",
];

/// The messages, oldest first.
#[component]
pub fn Messages() -> Element {
    let store = use_store();
    let clock = use_memo(move || {
        let times = store.projection.read().times();
        PersonsClock { times, today: times.date(*store.now.read()) }
    });
    let conversation = store.conversation.read();
    let waiting = conversation.waiting();
    if conversation.messages().is_empty() && !conversation.has_earlier() && waiting.is_empty() {
        return rsx! {
            if conversation.is_loaded() {
                Suggestions {}
            }
        };
    }
    let streaming = conversation.streaming();
    let changeable = conversation.changeable();
    let days = when::days(conversation.messages().iter().map(|message| metadata::sent_at(message)), clock());
    rsx! {
        if conversation.has_earlier() {
            EarlierButton {}
        }
        for (message , day) in conversation.messages().iter().zip(days) {
            Fragment { key: "{message.id}",
                if let Some(day) = day {
                    h3 { class: "day-line",
                        span { {when::day(day, clock().today)} }
                    }
                }
                MessageView {
                    message: message.clone(),
                    clock: clock(),
                    is_changeable: changeable == Some(message),
                    is_streaming: streaming == Some(message.id.as_str()),
                    is_waiting: false,
                }
            }
        }
        for message in waiting {
            MessageView {
                key: "{message.id}",
                message: message.clone(),
                clock: clock(),
                is_changeable: false,
                is_streaming: false,
                is_waiting: true,
            }
        }
    }
}

/// Loads earlier messages. Scrolling to the top does the same.
#[component]
fn EarlierButton() -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "button quiet earlier-messages",
            r#type: "button",
            onclick: move |_| store.load_earlier_messages(),
            "Earlier messages"
        }
    }
}

#[component]
fn Suggestions() -> Element {
    let mut store = use_store();
    rsx! {
        div { class: "welcome",
            h3 { "What would you like to get done?" }
            p { class: "muted",
                "Say what and when, in your own words. Flux answers here and puts it on your timeline."
            }
            ul { class: "suggestions",
                for text in SUGGESTIONS {
                    li { key: "{text}",
                        button {
                            class: "suggestion",
                            r#type: "button",
                            onclick: move |_| store.send_new(text),
                            {text}
                        }
                    }
                }
            }
        }
    }
}
