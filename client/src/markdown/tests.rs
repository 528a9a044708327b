use super::partial::settled;
use super::tree::{Align, Kind, Node, parse};

/// The tree in a readable form: elements as `kind[…]`.
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
        Kind::HeadCell(Align::Start) => "th".to_owned(),
        Kind::HeadCell(Align::Center) => "th=".to_owned(),
        Kind::HeadCell(Align::End) => "th>".to_owned(),
        Kind::Cell(Align::Start) => "td".to_owned(),
        Kind::Cell(Align::Center) => "td=".to_owned(),
        Kind::Cell(Align::End) => "td>".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

#[test]
fn markdown_becomes_the_expected_elements() {
    let cases = [
        ("One **two** *three* `four`", "p[One strong[two] emphasis[three] `four`]"),
        ("# Title\n\ntext\nmore  \nlast", "h1[Title]p[text⏎more↵last]"),
        ("- a\n- b\n  1. c", "ul[li[a]li[bol(1)[li[c]]]]"),
        ("- [x] done\n- [ ] open", "ul[li[☑done]li[☐open]]"),
        ("- [ ] a\n\n- [x] b", "ul[li[p[☐a]]li[p[☑b]]]"),
        ("1. a\n   - b\n     1. c\n2. d", "ol(1)[li[aul[li[bol(1)[li[c]]]]]li[d]]"),
        ("| a |\n|---|\n| `x|y` **b", "table[head[th[a]]row[td[`x]]]"),
        (
            "https://a.example/x_y_z and snake_case_name",
            "p[a(https://a.example/x_y_z)[https://a.example/x_y_z] and snake_case_name]",
        ),
        ("3. c\n4. d", "ol(3)[li[c]li[d]]"),
        ("```rust x\nfn a() {}\n\n```", "code(rust)[fn a() {}]"),
        ("> quoted ~~gone~~", "quote[p[quoted strike[gone]]]"),
        ("|a|b|c|\n|-|:-:|-:|\n|1|2|3|", "table[head[th[a]th=[b]th>[c]]row[td[1]td=[2]td>[3]]]"),
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
fn nothing_becomes_markup_that_runs_code_or_loads_content() {
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

#[test]
fn incomplete_markdown_is_shown_as_it_will_be() {
    let cases = [
        ("half **bo", "p[half strong[bo]]"),
        ("half **bold*", "p[half strong[bold]]"),
        ("half **bold** *it", "p[half strong[bold] emphasis[it]]"),
        ("***both", "p[emphasis[strong[both]]]"),
        ("~~gone", "p[strike[gone]]"),
        ("a *", "p[a]"),
        ("a `co", "p[a `co`]"),
        ("a `co **x", "p[a `co **x`]"),
        ("a **b `c", "p[a strong[b `c`]]"),
        ("see [the do", "p[see the do]"),
        ("see [the docs]", "p[see the docs]"),
        ("see [the docs](https://a.exam", "p[see the docs]"),
        ("see [the docs](https://a.example) **n", "p[see a(https://a.example)[the docs] strong[n]]"),
        ("a note [1] he", "p[a note [1] he]"),
        ("Plan:\n-", "p[Plan:]"),
        ("Plan:\n- ", "p[Plan:]"),
        ("Plan:\n- **a", "p[Plan:]ul[li[strong[a]]]"),
        ("- **a\n- b", "ul[li[**a]li[b]]"),
        ("- [", ""),
        ("- [x", "ul[li[]]"),
        ("- [x] a", "ul[li[☑a]]"),
        ("a\n1", "p[a]"),
        ("a\n\n1.", "p[a]"),
        ("2026", "p[2026]"),
        ("Title\n=", "p[Title]"),
        ("#", ""),
        ("Here:\n| a | b", "p[Here:]"),
        ("Here:\n\n| a | b |\n|---|-", "p[Here:]"),
        ("| a |\n|---|\n| **x", "table[head[th[a]]row[td[strong[x]]]]"),
        ("```rust\nlet x = **y;\n``", "code(rust)[let x = **y;]"),
        ("```\na\n```\n*b", "code()[a]p[emphasis[b]]"),
        ("2 * 3 and 2*3 and snake_case", "p[2 * 3 and 2*3 and snake_case]"),
        ("a \\*b", "p[a *b]"),
    ];
    for (text, tree) in cases {
        assert_eq!(show(&parse(&settled(text))), tree, "{text:?} as {:?}", settled(text));
    }
}

#[test]
fn text_that_arrives_letter_by_letter_never_shows_its_markers() {
    let text = "Your **plan** for *today*:\n\n- [x] `gym` at ~~8~~ 9\n- [ ] see [the docs](https://a.example/d) ü\n\n\
                | what | when |\n|------|-----:|\n| **run** | `9` |\n\n1. one\n2. two\n\n```sh\nls *\n```\n\n## End\n**So.**\n";
    let whole = show(&parse(text));
    for (end, _) in text.char_indices() {
        let shown = show(&parse(&settled(&text[..end])));
        for sign in ["**", "~~", "](", "|", "##", "p[-", "p[1", "[x", "```", "h2[Your", "h1["] {
            assert!(!shown.contains(sign), "{sign} in {shown:?}, of {:?}", &text[..end]);
        }
    }
    assert_eq!(show(&parse(&settled(text))), whole);
}

#[test]
fn any_prefix_of_any_text_can_be_settled() {
    let signs = ["*", "_", "~", "`", "[", "]", "(", ")", "!", "|", "\\", "\n", " ", "-", "1.", "ü", "a", "#", ">", ":"];
    // Every sequence of three, and long repetitions of one.
    for a in signs {
        for b in signs {
            for c in signs {
                for text in [format!("{a}{b}{c}"), format!("x {a}{b}ü{c}{a}"), format!("{a}{b}\n{c}{b}{a}")] {
                    let settled = settled(&text);
                    assert!(settled.len() <= 2 * text.len() + 8, "{text:?}");
                }
            }
        }
        assert!(parse(&settled(&a.repeat(2_000))).len() <= 2_000);
    }
}
