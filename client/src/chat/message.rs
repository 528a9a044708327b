//! A message.

use dioxus::prelude::*;
use flux_protocol::message::{Part, TextPart, TextState};
use flux_protocol::{Message, Role, ToolState};

use super::conversation::Shared;
use super::metadata::Metadata;
use super::model_note::ModelNote;
use super::pieces::{self, Piece};
use super::tool_card::ToolCard;
use super::when::PersonsClock;
use super::{metadata, when};
use crate::copy::CopyButton;
use crate::extras::{self, Extra};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// A message.
#[component]
pub fn MessageView(
    message: Shared,
    clock: PersonsClock,
    is_streaming: bool,
    is_changeable: bool,
    is_waiting: bool,
) -> Element {
    match message.role {
        Role::User => rsx! {
            article { class: "message user", aria_label: "You",
                p { class: "bubble", {message.text()} }
                footer { class: "message-foot",
                    if is_waiting {
                        Extra { part: extras::Part::Waiting { id: message.id.clone() } }
                    }
                    if is_changeable {
                        EditButton {}
                    }
                    CopyButton { label: "Copy", text: message.text() }
                    {sent_at(&message, clock)}
                }
            }
        },
        Role::Assistant => rsx! { Answer { message, clock, is_streaming } },
        Role::System => rsx! {},
    }
}

#[component]
fn Answer(message: Shared, clock: PersonsClock, is_streaming: bool) -> Element {
    let store = use_store();
    let about = metadata::of(&message);
    let text = message.text();
    let is_asking = message.tools().any(|tool| tool.call.state == ToolState::ApprovalRequested);
    let is_debugging = store.preferences.read().debug;
    let pieces = pieces::of(&message, is_asking, is_debugging);
    let last_done = pieces.iter().rposition(|piece| matches!(piece, Piece::Done(_)));
    let is_empty = !message.parts.iter().any(|part| matches!(part, Part::Text(_) | Part::Tool(_)));
    rsx! {
        article { class: "message assistant", aria_label: "Flux", "data-streaming": is_streaming,
            for (place , piece) in pieces.into_iter().enumerate() {
                Fragment { key: "{place}",
                    match piece {
                        Piece::Part(part) => part_element(&message.parts[part], &about, is_asking, is_streaming),
                        Piece::Done(tools) => {
                            let txn = about.txn.filter(|_| last_done == Some(place) && !is_streaming);
                            rsx! { Extra { part: extras::Part::Done { tools, txn } } }
                        }
                    }
                }
            }
            if let Some((goal, is_behind)) = about.goal.filter(|_| !is_streaming) {
                Extra { part: extras::Part::Offer { goal, is_behind } }
            }
            if let Some(notice) = about.notice.as_ref().filter(|_| !is_streaming) {
                p { class: "muted notice", role: "status", "{notice}" }
            }
            if !is_streaming {
                footer { class: "message-foot",
                    if about.is_interrupted {
                        span { class: "mark", "Interrupted" }
                    } else if about.is_stopped {
                        span { class: "mark", "Stopped" }
                    } else if is_empty && about.error.is_none() {
                        span { class: "mark", "No answer" }
                    }
                    if let Some(provider) = about.provider {
                        ModelNote { provider, name: about.model.unwrap_or_default() }
                    }
                    {sent_at(&message, clock)}
                    if is_debugging {
                        Extra { part: extras::Part::Cost { lines: metadata::cost(&message) } }
                    }
                    if !text.trim().is_empty() {
                        CopyButton { label: "Copy", text }
                    }
                }
            }
        }
    }
}

/// Puts the user's last message into the box, to change it.
#[component]
fn EditButton() -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "icon-button tiny",
            r#type: "button",
            title: "Edit",
            aria_label: "Edit",
            onclick: move |_| {
                store.change_last();
                platform::focus("message");
            },
            Icon { shape: Shape::Pen }
        }
    }
}

/// The time of a message, if it is known.
fn sent_at(message: &Message, clock: PersonsClock) -> Element {
    rsx! {
        if let Some(at) = metadata::sent_at(message) {
            time { class: "said-at", datetime: when::instant(at), {when::sent(at, clock)} }
        }
    }
}

fn part_element(part: &Part, about: &Metadata, is_asking: bool, is_streaming: bool) -> Element {
    match part {
        Part::Text(TextPart { text, .. }) if text.trim().is_empty() => rsx! {},
        Part::Text(TextPart { text, state }) => {
            let is_partial = is_streaming && *state == Some(TextState::Streaming);
            let part = extras::Part::Markdown { text: text.clone(), is_partial };
            rsx! { Extra { part } }
        }
        Part::Reasoning(TextPart { text, .. }) if text.trim().is_empty() => rsx! {},
        Part::Reasoning(TextPart { text, .. }) => rsx! {
            details { class: "reasoning",
                summary { "Thoughts" }
                p { "{text}" }
            }
        },
        Part::Tool(tool) => {
            let question = about.question_about(&tool.call.tool_call_id).map(str::to_owned);
            rsx! { ToolCard { tool: tool.clone(), is_streaming, is_asking, question } }
        }
        Part::StepStart | Part::Other(_) => rsx! {},
    }
}
