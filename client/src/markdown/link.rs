//! Checking addresses of links, and finding bare addresses in text. Pure.

/// The allowed schemes. Everything else (`javascript:`, `data:`, paths on this site) is shown as text.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];
/// Characters that end a sentence and are not part of the address before them.
const TRAILING: [char; 9] = ['.', ',', ';', ':', '!', '?', '\'', '"', '”'];

/// Returns the trimmed address if it is safe to open.
pub fn safe(address: &str) -> Option<String> {
    let address = address.trim();
    let is_known = SCHEMES.iter().any(|scheme| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && address.len() > scheme.len()
    });
    // Browsers ignore tabs and line breaks in an address, so they could open a different address from the one checked.
    let is_plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    (is_known && is_plain).then(|| address.to_owned())
}

/// Splits a text into pieces. A piece that is an address comes with the address to open.
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
    // One search for both schemes, so that the text is scanned only once.
    text.match_indices("http").map(|(place, _)| place).find(|place| {
        let rest = &text[*place..];
        rest.starts_with("http://") || rest.starts_with("https://")
    })
}

/// The length of the address without punctuation of the surrounding sentence. A closing bracket is part of the address
/// if the opening one is.
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
    fn only_web_and_mail_addresses_can_be_opened() {
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
    fn bare_addresses_are_found_without_surrounding_punctuation() {
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
