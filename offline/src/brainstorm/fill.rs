//! A table's text with the person's words in it.

/// What the names in braces stand for: `("object", "German")`.
pub(super) type Names<'a> = &'a [(&'static str, &'a str)];

/// A template with its names replaced. What is put in is not read again: a goal may have braces of its own.
pub(super) fn fill(template: &str, names: Names) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        if let Some((_, value)) = names.iter().find(|(own, _)| *own == name) {
            text.push_str(value);
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// At most so many characters, cut between words where that is possible.
pub(super) fn shortened(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let cut: String = text.chars().take(chars.saturating_sub(1)).collect();
    let whole = cut.rfind(' ').filter(|at| *at * 2 > cut.len()).and_then(|at| cut.get(..at)).unwrap_or(&cut);
    format!("{}…", whole.trim_end_matches([',', ' ', '.']))
}
