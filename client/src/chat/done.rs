//! What an answer has done, in a line: what it was, and how to see it and take it back.

use dioxus::prelude::*;
use flux_protocol::message::ToolPart;
use flux_timeline::{BlockId, TxnId};

use super::pieces;
use super::tool_card::ToolLine;
use super::tool_words::{self, Standing};
use crate::calls::Mutation;
use crate::store::use_store;

/// Changes that were carried out one after the other. `txn` is their transaction, if the last of them is the last of the answer.
#[component]
pub fn Done(tools: Vec<ToolPart>, txn: Option<TxnId>) -> Element {
    let mut store = use_store();
    // What was undone is not offered again.
    let mut is_undone = use_signal(|| false);
    let words = pieces::words(&tools);
    let name = match tools.as_slice() {
        [tool] => tool.tool_name.clone(),
        tools => format!("{} calls", tools.len()),
    };
    rsx! {
        div { class: "tool", "data-standing": "done", role: "group", aria_label: "Action: {name}",
            ToolLine { standing: Standing::Done, words,
                div { class: "tool-links",
                    if let Some(id) = block_of(&tools) {
                        ShowButton { key: "{id}", id }
                    }
                    if let Some(txn) = txn.filter(|_| !is_undone()) {
                        button {
                            class: "link",
                            r#type: "button",
                            aria_label: "Undo what this answer did",
                            onclick: move |_| {
                                is_undone.set(true);
                                store.submit(Mutation::UndoOne(txn));
                            },
                            "Undo"
                        }
                    }
                }
            }
            if tools.len() > 1 {
                details { class: "tool-details",
                    summary { "Each of them" }
                    ul {
                        for tool in tools.iter() {
                            li { key: "{tool.call.tool_call_id}", {tool_words::summary(tool).unwrap_or_default()} }
                        }
                    }
                }
            }
        }
    }
}

/// Shows a block on the timeline, as long as it is there.
#[component]
fn ShowButton(id: BlockId) -> Element {
    let mut store = use_store();
    // Each change of the timeline asks every answer. Only one whose block has changed is drawn anew.
    let title = use_memo(move || store.projection.read().block(id).map(|block| block.title.clone()));
    rsx! {
        if let Some(title) = title() {
            button {
                class: "link",
                r#type: "button",
                aria_label: "Show {title}",
                onclick: move |_| {
                    let block = store.projection.peek().block(id).cloned();
                    if let Some(block) = block {
                        store.reveal(&block);
                    }
                },
                "Show"
            }
        }
    }
}

/// The block that the last of the calls was about.
fn block_of(tools: &[ToolPart]) -> Option<BlockId> {
    let id = tools.iter().rev().find_map(|tool| tool.call.output.as_ref()?.get("block")?.get("id")?.as_str())?;
    id.parse().ok()
}
