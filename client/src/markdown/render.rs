//! Rendering the tree as elements.

use dioxus::prelude::*;

use super::partial;
use super::tree::{self, Align, Kind, Node};
use crate::copy::CopyButton;

/// Renders Markdown. Text that is still streaming is completed in the way it will probably continue.
#[component]
pub fn Markdown(text: String, is_partial: bool) -> Element {
    let nodes = if is_partial { tree::parse(&partial::settled(&text)) } else { tree::parse(&text) };
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
            div { class: "code",
                div { class: "code-head",
                    span { "{language}" }
                    CopyButton { label: "Copy code", text: text.clone() }
                }
                pre { tabindex: "0", code { "{text}" } }
            }
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
        // The page itself uses the upper heading levels.
        Kind::Heading(1 | 2) => rsx! { h4 { {inside} } },
        Kind::Heading(3) => rsx! { h5 { {inside} } },
        Kind::Heading(_) => rsx! { h6 { {inside} } },
        Kind::Quote => rsx! { blockquote { {inside} } },
        Kind::List => rsx! { ul { {inside} } },
        Kind::NumberedList(first) => rsx! { ol { start: "{first}", {inside} } },
        Kind::Item => {
            rsx! { li { class: if is_task(nodes) { "task-item" }, {inside} } }
        }
        Kind::Emphasis => rsx! { em { {inside} } },
        Kind::Strong => rsx! { strong { {inside} } },
        Kind::Strike => rsx! { s { {inside} } },
        Kind::Link(address) => rsx! {
            a { href: "{address}", target: "_blank", rel: "noopener noreferrer nofollow", {inside} }
        },
        Kind::Table => rsx! {
            div { class: "table", tabindex: "0", role: "group", aria_label: "Table", table { {inside} } }
        },
        Kind::Head => rsx! { thead { tr { {inside} } } },
        Kind::Row => rsx! { tr { {inside} } },
        Kind::HeadCell(align) => rsx! { th { scope: "col", class: side(*align), {inside} } },
        Kind::Cell(align) => rsx! { td { class: side(*align), {inside} } },
        Kind::Plain => inside,
    }
}

/// Whether an item begins with the checkbox of a task. In a loose list the checkbox is inside a paragraph.
fn is_task(nodes: &[Node]) -> bool {
    match nodes.first() {
        Some(Node::Task(_)) => true,
        Some(Node::Element(Kind::Paragraph, nodes)) => is_task(nodes),
        _ => false,
    }
}

fn side(align: Align) -> &'static str {
    match align {
        Align::Start => "",
        Align::Center => "center",
        Align::End => "end",
    }
}
