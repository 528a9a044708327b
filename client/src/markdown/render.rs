//! The tree as elements.

use dioxus::prelude::*;

use super::tree::{self, Align, Kind, Node};

/// A text in Markdown.
#[component]
pub fn Markdown(text: String) -> Element {
    let nodes = tree::parse(&text);
    rsx! {
        div { class: "markdown", {children(&nodes)} }
    }
}

fn children(nodes: &[Node]) -> Element {
    rsx! {
        for (place , node) in nodes.iter().enumerate() {
            Fragment { key: "{place}", {element(node)} }
        }
    }
}

fn element(node: &Node) -> Element {
    match node {
        Node::Text(text) => rsx! { "{text}" },
        Node::Break => rsx! { br {} },
        Node::Code(code) => rsx! { code { "{code}" } },
        Node::CodeBlock { language, text } => rsx! {
            pre { tabindex: "0", "data-language": "{language}", code { "{text}" } }
        },
        Node::Rule => rsx! { hr {} },
        Node::Task(is_done) => rsx! {
            span { class: "task", role: "img", aria_label: if *is_done { "done" } else { "open" },
                if *is_done { "☑ " } else { "☐ " }
            }
        },
        Node::Element(kind, nodes) => container(kind, children(nodes), nodes),
    }
}

fn container(kind: &Kind, inside: Element, nodes: &[Node]) -> Element {
    match kind {
        Kind::Paragraph => rsx! { p { {inside} } },
        // The page has its own first levels.
        Kind::Heading(1 | 2) => rsx! { h4 { {inside} } },
        Kind::Heading(3) => rsx! { h5 { {inside} } },
        Kind::Heading(_) => rsx! { h6 { {inside} } },
        Kind::Quote => rsx! { blockquote { {inside} } },
        Kind::List => rsx! { ul { {inside} } },
        Kind::NumberedList(first) => rsx! { ol { start: "{first}", {inside} } },
        Kind::Item => {
            let is_task = matches!(nodes.first(), Some(Node::Task(_)));
            rsx! { li { class: if is_task { "task-item" }, {inside} } }
        }
        Kind::Emphasis => rsx! { em { {inside} } },
        Kind::Strong => rsx! { strong { {inside} } },
        Kind::Strike => rsx! { s { {inside} } },
        Kind::Link(address) => rsx! {
            a { href: "{address}", target: "_blank", rel: "noopener noreferrer", {inside} }
        },
        Kind::Table => rsx! {
            div { class: "table", tabindex: "0", role: "group", aria_label: "Table", table { {inside} } }
        },
        Kind::Head => rsx! { thead { tr { {inside} } } },
        Kind::Row => rsx! { tr { {inside} } },
        Kind::Cell(align) => {
            let class = match align {
                Align::Start => "",
                Align::Center => "center",
                Align::End => "end",
            };
            rsx! { td { class, {inside} } }
        }
        Kind::Plain => inside,
    }
}
