//! A message.

use dioxus::prelude::*;
use flux_protocol::Role;
use flux_protocol::message::{Part, TextPart};

use super::conversation::Shared;
use super::metadata;
use super::model_note::ModelNote;
use super::tool_card::ToolCard;
use crate::markdown::Markdown;

/// A message.
#[component]
pub fn MessageView(message: Shared, is_streaming: bool) -> Element {
    match message.role {
        Role::User => rsx! {
            article { class: "message user", aria_label: "You",
                p { class: "bubble", {message.text()} }
            }
        },
        Role::Assistant => rsx! { Answer { message, is_streaming } },
        Role::System => rsx! {},
    }
}

#[component]
fn Answer(message: Shared, is_streaming: bool) -> Element {
    let about = metadata::of(&message);
    let is_empty = !message.parts.iter().any(|part| matches!(part, Part::Text(_) | Part::Tool(_)));
    rsx! {
        article { class: "message assistant", aria_label: "Flux", "data-streaming": is_streaming,
            for (place , part) in message.parts.iter().enumerate() {
                Fragment { key: "{place}", {part_element(part, is_streaming)} }
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
                }
            }
        }
    }
}

fn part_element(part: &Part, is_streaming: bool) -> Element {
    match part {
        Part::Text(TextPart { text, .. }) if text.trim().is_empty() => rsx! {},
        Part::Text(TextPart { text, .. }) => rsx! { Markdown { text: text.clone() } },
        Part::Reasoning(TextPart { text, .. }) if text.trim().is_empty() => rsx! {},
        Part::Reasoning(TextPart { text, .. }) => rsx! {
            details { class: "reasoning",
                summary { "Thoughts" }
                p { "{text}" }
            }
        },
        Part::Tool(tool) => rsx! { ToolCard { tool: tool.clone(), is_streaming } },
        Part::StepStart | Part::Other(_) => rsx! {},
    }
}
