//! A tool call: its progress, its result, or a request for approval.

use dioxus::prelude::*;
use flux_protocol::message::ToolPart;
use serde_json::Value;

use super::tool_words::{Standing, sentence, standing};
use crate::extras::{Extra, Part};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};

/// A tool call. `is_asking`: whether a call of the same message waits for approval. `question` is the text of that request if it
/// is about this call.
#[component]
pub fn ToolCard(tool: ToolPart, is_streaming: bool, is_asking: bool, question: Option<String>) -> Element {
    let store = use_store();
    let standing = standing(&tool, is_asking);
    let words = sentence(&tool, standing, question.as_deref());
    // Until the card of a goal is loaded, the call that started it is shown.
    if *store.has_extras.read()
        && let Some(run) = run_id(&tool).and_then(|id| store.projection.read().run(id))
    {
        return rsx! {
            Extra { part: Part::Goal { run: Box::new(run) } }
        };
    }
    rsx! {
        div { class: "tool", "data-standing": standing.kind(), role: "group", aria_label: "Action: {tool.tool_name}",
            ToolLine { standing, words }
            if standing == Standing::Asking {
                Question { tool_call_id: tool.call.tool_call_id.clone(), is_streaming }
            }
            if store.preferences.read().debug
                && let Some(input) = tool.call.input.as_ref().and_then(shown_input)
            {
                details { class: "tool-details",
                    summary { "{tool.tool_name}" }
                    pre { tabindex: "0", "{input}" }
                }
            }
        }
    }
}

/// The state of calls, and what they do or have done. `children` stand behind it.
#[component]
pub fn ToolLine(standing: Standing, words: String, children: Element) -> Element {
    rsx! {
        div { class: "tool-line",
            span { class: "tool-mark", role: "img", aria_label: standing.word(),
                Icon { shape: shape(standing) }
            }
            p { "{words}" }
            {children}
        }
    }
}

/// The id of the goal that a call started. The card shows the goal's current state, not its state after the call.
fn run_id(tool: &ToolPart) -> Option<&str> {
    let output = tool.call.output.as_ref().filter(|_| tool.tool_name == "useArchitect")?;
    output.get("run")?.get("id")?.as_str()
}

/// The buttons to approve and deny. They are disabled while the answer streams, because the service refuses them then.
#[component]
fn Question(tool_call_id: String, is_streaming: bool) -> Element {
    let store = use_store();
    let id = tool_call_id.clone();
    rsx! {
        div { class: "tool-buttons",
            button {
                class: "button primary",
                r#type: "button",
                disabled: is_streaming,
                onclick: move |_| decide(store, &id, true),
                "Approve"
            }
            button {
                class: "button",
                r#type: "button",
                disabled: is_streaming,
                onclick: move |_| decide(store, &tool_call_id, false),
                "Deny"
            }
        }
    }
}

/// Sends the decision. The buttons disappear afterwards, so the focus moves to the message box.
fn decide(mut store: Store, tool_call_id: &str, approved: bool) {
    store.answer_question(tool_call_id, approved);
    platform::focus("message");
}

fn shape(standing: Standing) -> Shape {
    match standing {
        Standing::Running => Shape::Spinner,
        Standing::Done => Shape::Tick,
        Standing::Failed => Shape::Warning,
        Standing::Asking => Shape::Question,
        Standing::Next => Shape::Clock,
        Standing::Denied => Shape::Denied,
    }
}

fn shown_input(input: &Value) -> Option<String> {
    let is_empty = input.as_object().is_some_and(serde_json::Map::is_empty) || input.is_null();
    (!is_empty).then(|| serde_json::to_string_pretty(input).unwrap_or_default())
}
