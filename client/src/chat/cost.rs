//! What an answer cost: for those who want to know how Flux works.

use dioxus::prelude::*;

/// What an answer cost, folded. `lines` are those of [`cost`](super::metadata::cost).
#[component]
pub fn CostList(lines: Vec<(&'static str, String)>) -> Element {
    rsx! {
        if !lines.is_empty() {
            details { class: "overview",
                summary { "What it cost" }
                Facts { lines }
            }
        }
    }
}

/// Names and values.
#[component]
pub fn Facts(lines: Vec<(&'static str, String)>) -> Element {
    rsx! {
        dl {
            for (name , value) in lines {
                div { key: "{name}", dt { {name} } dd { {value} } }
            }
        }
    }
}
