//! Which addresses may be opened, and addresses that stand bare in a text. Pure.

/// The schemes of addresses that may be opened. Everything else (`javascript:`, `data:`, paths of this page) is text.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];
/// Signs that end a sentence and not the address before them.
const TRAILING: [char; 9] = ['.', ',', ';', ':', '!', '?', '\'', '"', '”'];

/// The address, if it may be opened.
pub fn safe(address: &str) -> Option<String> {
    let address = address.trim();
    let is_known = SCHEMES.iter().any(|scheme| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && address.len() > scheme.len()
    });
    // Browsers skip tabs and line ends in an address, and so could read another one than is checked here.
    let is_plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    (is_known && is_plain).then(|| address.to_owned())
}

/// A text in pieces: those that are an address have it beside them.
pub fn split(text: &str) -> Vec<(&str, Option<String>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let (before, found) = rest.split_at(start);
        let end = found.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|' | '`')).unwrap_or(found.len());
        let (address, after) = found.split_at(trimmed(&found[..end]));
        match safe(address) {
            Some(safe) => {
                pieces.push((before, None));
                pieces.push((address, Some(safe)));
            }
            None => pieces.push((&rest[..start + address.len()], None)),
        }
        rest = after;
    }
    pieces.push((rest, None));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

fn next_address(text: &str) -> Option<usize> {
    // One search for both, so that each piece of a text is looked through once.
    text.match_indices("http").map(|(place, _)| place).find(|place| {
        let rest = &text[*place..];
        rest.starts_with("http://") || rest.starts_with("https://")
    })
}

/// Length of the address without the signs of the sentence around it. A bracket belongs to it if it is opened in it.
fn trimmed(address: &str) -> usize {
    let count = |sign| address.matches(sign).count();
    let mut unopened = count(')').saturating_sub(count('('));
    let mut address = address;
    loop {
        let mut shorter = address.trim_end_matches(TRAILING);
        if let Some(inner) = shorter.strip_suffix(')').filter(|_| unopened > 0) {
            shorter = inner;
            unopened -= 1;
        }
        if shorter.len() == address.len() {
            return address.len();
        }
        address = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_other_pages_and_mail_can_be_opened() {
        for address in ["https://a.example/x?y#z", "HTTP://a.example", "mailto:a@b.example", " https://a.example "] {
            assert!(safe(address).is_some(), "{address}");
        }
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "//a.example",
            "/agents",
            "#x",
            "https://",
            "https://a.example/\u{0}",
            "https://a\texample",
            "file:///etc/passwd",
            "blob:https://a.example/1",
            "",
            "é",
        ] {
            assert_eq!(safe(address), None, "{address:?}");
        }
    }

    #[test]
    fn bare_addresses_are_found_without_the_sentence_around_them() {
        let found = |text: &'static str| {
            split(text).into_iter().filter(|(_, address)| address.is_some()).map(|(piece, _)| piece).collect::<Vec<_>>()
        };
        let cases: [(&str, &[&str]); 6] = [
            ("See https://a.example/x.", &["https://a.example/x"]),
            ("(https://a.example/b_(c)).", &["https://a.example/b_(c)"]),
            ("http://a.example, https://b.example!", &["http://a.example", "https://b.example"]),
            ("https:// and nothing", &[]),
            ("no address", &[]),
            ("„https://ü.example/ß”", &["https://ü.example/ß"]),
        ];
        for (text, addresses) in cases {
            assert_eq!(found(text), addresses, "{text}");
            assert_eq!(split(text).into_iter().map(|(piece, _)| piece).collect::<String>(), text);
        }
    }
}
