//! Markdown as a tree of displayable nodes. Pure.
//!
//! Nothing in the tree can become markup: raw HTML is text, images are links, and the address of a link is one that
//! [`link`](super::link) allows.

use std::mem;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::link;

/// Maximum depth of nesting. Deeper content is placed in the element above, so that no text can exhaust the stack.
const DEEPEST: usize = 12;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Plain text.
    Text(String),
    /// A hard line break.
    Break,
    /// Inline code.
    Code(String),
    /// A block of code.
    CodeBlock {
        /// The language; empty if unknown.
        language: String,
        /// The code.
        text: String,
    },
    /// A horizontal rule.
    Rule,
    /// The checkbox of a task: done or not.
    Task(bool),
    /// An element with children.
    Element(Kind, Vec<Node>),
}

/// The kind of an element with children.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A paragraph.
    Paragraph,
    /// A heading, from 1 to 6.
    Heading(u8),
    /// A quote.
    Quote,
    /// A list without numbers.
    List,
    /// A numbered list, with the number of its first item.
    NumberedList(u64),
    /// An item of a list.
    Item,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Struck through.
    Strike,
    /// A link to an address that may be opened.
    Link(String),
    /// A table.
    Table,
    /// The head of a table.
    Head,
    /// A row of a table.
    Row,
    /// A cell of the head.
    HeadCell(Align),
    /// A cell.
    Cell(Align),
    /// Content without an element of its own.
    Plain,
}

/// The alignment of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// To the start of the line.
    Start,
    /// Centred.
    Center,
    /// To the end of the line.
    End,
}

/// Parses Markdown (CommonMark with tables, task lists and strikethrough).
pub fn parse(text: &str) -> Vec<Node> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder { open: vec![Open::new(Kind::Plain)], ..Builder::default() };
    for event in Parser::new_ext(text, options) {
        builder.add(event);
    }
    builder.finish()
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// The language and text of the code block that is being parsed.
    code: Option<(String, String)>,
    alignments: Vec<Align>,
    /// The number of open elements that were left out because they are nested too deeply.
    too_deep: usize,
}

struct Open {
    kind: Kind,
    nodes: Vec<Node>,
}

impl Open {
    fn new(kind: Kind) -> Self {
        Self { kind, nodes: Vec::new() }
    }
}

impl Builder {
    fn add(&mut self, event: Event) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((language, text)) = self.code.take() {
                    self.push(Node::CodeBlock { language, text: text.trim_end_matches('\n').to_owned() });
                }
            }
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text),
            Event::Html(html) | Event::InlineHtml(html) => self.plain(&html),
            Event::Code(code) => self.push(Node::Code(code.into_string())),
            Event::SoftBreak => self.plain("\n"),
            Event::HardBreak => self.push(Node::Break),
            Event::Rule => self.push(Node::Rule),
            Event::TaskListMarker(is_done) => self.push(Node::Task(is_done)),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.plain(&text),
        }
    }

    fn start(&mut self, tag: Tag) {
        if self.open.len() > DEEPEST {
            self.too_deep += 1;
            return;
        }
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(level_number(level)),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::List(None) => Kind::List,
            Tag::List(Some(first)) => Kind::NumberedList(first),
            Tag::Item => Kind::Item,
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strong => Kind::Strong,
            Tag::Strikethrough => Kind::Strike,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.link(&dest_url),
            Tag::Table(alignments) => {
                self.alignments = alignments.into_iter().map(align).collect();
                Kind::Table
            }
            Tag::TableHead => Kind::Head,
            Tag::TableRow => Kind::Row,
            Tag::TableCell if self.is_in_head() => Kind::HeadCell(self.cell_alignment()),
            Tag::TableCell => Kind::Cell(self.cell_alignment()),
            _ => Kind::Plain,
        };
        self.open.push(Open::new(kind));
    }

    fn end(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        // No event closes the outermost one.
        if self.open.len() > 1
            && let Some(Open { kind, nodes }) = self.open.pop()
        {
            match kind {
                Kind::Plain => nodes.into_iter().for_each(|node| self.push(node)),
                kind => self.push(Node::Element(kind, nodes)),
            }
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while self.open.len() > 1 {
            self.end();
        }
        self.open.pop().map(|open| open.nodes).unwrap_or_default()
    }

    /// Nested links are invalid in HTML, so an inner link becomes text.
    fn link(&self, address: &str) -> Kind {
        if self.is_in_link() {
            return Kind::Plain;
        }
        link::safe(address).map_or(Kind::Plain, Kind::Link)
    }

    fn is_in_link(&self) -> bool {
        self.open.iter().any(|open| matches!(open.kind, Kind::Link(_)))
    }

    fn is_in_head(&self) -> bool {
        self.open.last().is_some_and(|open| open.kind == Kind::Head)
    }

    fn cell_alignment(&self) -> Align {
        let column = self.open.last().map_or(0, |row| row.nodes.len());
        self.alignments.get(column).copied().unwrap_or(Align::Start)
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        if self.is_in_link() {
            return self.plain(text);
        }
        for (piece, address) in link::split(text) {
            match address {
                Some(address) => {
                    self.push(Node::Element(Kind::Link(address), vec![Node::Text(piece.to_owned())]));
                }
                None => self.plain(piece),
            }
        }
    }

    fn plain(&mut self, text: &str) {
        if let Some(Node::Text(last)) = self.open.last_mut().and_then(|open| open.nodes.last_mut()) {
            last.push_str(text);
        } else {
            self.push(Node::Text(text.to_owned()));
        }
    }

    fn push(&mut self, node: Node) {
        match (self.open.last_mut(), node) {
            (Some(Open { nodes, .. }), Node::Text(mut text)) => match nodes.last_mut() {
                Some(Node::Text(last)) => last.push_str(&mem::take(&mut text)),
                _ => nodes.push(Node::Text(text)),
            },
            (Some(open), node) => open.nodes.push(node),
            (None, _) => {}
        }
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::End,
    }
}
