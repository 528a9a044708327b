//! Which model answers, or how to connect one if there is none.

use dioxus::prelude::*;

/// Models, and the command that connects each.
const MODELS: [(&str, &str); 3] = [
    ("Ollama", "MODEL_BASE_URL=http://localhost:11434/v1 MODEL_NAME=llama3.3 cargo xtask dev"),
    ("llama.cpp", "MODEL_BASE_URL=http://localhost:8080/v1 cargo xtask dev"),
    ("Workers AI", "cargo xtask deploy"),
];

/// Which model answers.
#[component]
pub fn ModelNote(provider: String, name: String) -> Element {
    if provider != "offline" {
        let shown = if name.is_empty() { &provider } else { &name };
        return rsx! {
            span { class: "model", title: "{provider}: {name}", "{shown}" }
        };
    }
    rsx! {
        details { class: "offline",
            summary {
                "Offline interpreter"
                span { class: "offline-how", "How to connect a model" }
            }
            div { class: "offline-text",
                p { "No language model is connected. A set of rules reads your words: it knows the usual requests, and says so when it does not understand." }
                p { "To connect a model, start Flux with one of these:" }
                dl {
                    for (model , command) in MODELS {
                        div { key: "{model}",
                            dt { {model} }
                            dd { code { {command} } }
                        }
                    }
                }
            }
        }
    }
}
