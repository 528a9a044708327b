//! Puts the person's words into the texts of a step.

/// The values of placeholders: `("object", "German")`.
pub(super) type Names<'a> = &'a [(&'static str, &'a str)];

/// A template with its placeholders replaced. The values are not searched for placeholders, because a goal can contain
/// braces.
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

/// The text, cut to at most `chars` characters, between words if possible.
pub(super) fn shortened(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let cut: String = text.chars().take(chars.saturating_sub(1)).collect();
    let whole = cut.rfind(' ').filter(|at| *at * 2 > cut.len()).and_then(|at| cut.get(..at)).unwrap_or(&cut);
    format!("{}…", whole.trim_end_matches([',', ' ', '.']))
}
