//! What an answer cost: for those who want to know how Flux works.

use dioxus::prelude::*;

/// Names and values, as [`cost`](super::metadata::cost) gives them.
#[component]
pub fn CostList(lines: Vec<(&'static str, String)>) -> Element {
    rsx! {
        if !lines.is_empty() {
            details { class: "cost",
                summary { "What it cost" }
                dl {
                    for (name , value) in lines {
                        div { key: "{name}", dt { {name} } dd { {value} } }
                    }
                }
            }
        }
    }
}
