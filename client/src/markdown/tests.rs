use super::tree::{Align, Kind, Node, parse};

/// The tree in a form that can be read: elements as `kind[…]`.
fn show(nodes: &[Node]) -> String {
    let one = |node: &Node| match node {
        Node::Text(text) => text.replace('\n', "⏎"),
        Node::Break => "↵".to_owned(),
        Node::Code(code) => format!("`{code}`"),
        Node::CodeBlock { language, text } => format!("code({language})[{}]", text.replace('\n', "⏎")),
        Node::Rule => "—".to_owned(),
        Node::Task(is_done) => if *is_done { "☑" } else { "☐" }.to_owned(),
        Node::Element(kind, nodes) => format!("{}[{}]", name(kind), show(nodes)),
    };
    nodes.iter().map(one).collect()
}

fn name(kind: &Kind) -> String {
    match kind {
        Kind::Paragraph => "p".to_owned(),
        Kind::Heading(level) => format!("h{level}"),
        Kind::Link(address) => format!("a({address})"),
        Kind::NumberedList(first) => format!("ol({first})"),
        Kind::List => "ul".to_owned(),
        Kind::Item => "li".to_owned(),
        Kind::Cell(Align::Start) => "td".to_owned(),
        Kind::Cell(Align::Center) => "td=".to_owned(),
        Kind::Cell(Align::End) => "td>".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

#[test]
fn markdown_becomes_the_elements_that_people_mean() {
    let cases = [
        ("One **two** *three* `four`", "p[One strong[two] emphasis[three] `four`]"),
        ("# Title\n\ntext\nmore  \nlast", "h1[Title]p[text⏎more↵last]"),
        ("- a\n- b\n  1. c", "ul[li[a]li[bol(1)[li[c]]]]"),
        ("- [x] done\n- [ ] open", "ul[li[☑done]li[☐open]]"),
        ("3. c\n4. d", "ol(3)[li[c]li[d]]"),
        ("```rust x\nfn a() {}\n\n```", "code(rust)[fn a() {}]"),
        ("> quoted ~~gone~~", "quote[p[quoted strike[gone]]]"),
        ("|a|b|c|\n|-|:-:|-:|\n|1|2|3|", "table[head[td[a]td=[b]td>[c]]row[td[1]td=[2]td>[3]]]"),
        (
            "[x](https://a.example) https://b.example.",
            "p[a(https://a.example)[x] a(https://b.example)[https://b.example].]",
        ),
        ("---", "—"),
        ("half **bold and `code", "p[half **bold and `code]"),
    ];
    for (text, tree) in cases {
        assert_eq!(show(&parse(text)), tree, "{text}");
    }
}

#[test]
fn nothing_becomes_markup_that_runs_or_loads() {
    let cases = [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <img src=x onerror=alert(1)> b", "p[a <img src=x onerror=alert(1)> b]"),
        ("[x](javascript:alert(1))", "p[x]"),
        ("[x](JAVASCRIPT:alert(1))", "p[x]"),
        ("[x](&#106;avascript:alert(1))", "p[x]"),
        ("[x](data:text/html,1)", "p[x]"),
        ("![pixel](https://a.example/p.gif)", "p[a(https://a.example/p.gif)[pixel]]"),
        ("<javascript:alert(1)>", "p[javascript:alert(1)]"),
        ("[![x](https://a.example/p.gif)](https://b.example)", "p[a(https://b.example)[x]]"),
        ("[a]: javascript:alert(1)\n\n[a]", "p[a]"),
    ];
    for (text, tree) in cases {
        assert_eq!(show(&parse(text)), tree, "{text}");
    }
}

#[test]
fn deep_nesting_is_cut_off_and_no_text_is_lost() {
    fn depth(nodes: &[Node]) -> usize {
        nodes
            .iter()
            .map(|node| if let Node::Element(_, inner) = node { 1 + depth(inner) } else { 0 })
            .max()
            .unwrap_or(0)
    }
    for text in [">".repeat(5_000) + " end", "- ".repeat(5_000) + "end", "*a ".repeat(5_000) + "end"] {
        let tree = parse(&text);
        assert!(depth(&tree) <= 13, "{}", depth(&tree));
        assert!(show(&tree).contains("end"));
    }
}
