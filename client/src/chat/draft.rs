//! What is being written, as the browser keeps it over a reload. Pure.

/// The person's last message while it is being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which message.
    pub id: String,
    /// What was being written before; it comes back afterwards.
    pub before: String,
}

/// What the browser keeps: two texts, so that neither of what is written is lost to the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// A new message.
    pub draft: Option<String>,
    /// The message that is being changed: its id, a line end, and its text.
    pub change: Option<String>,
}

/// What is to be kept of what is written.
pub fn keep(text: &str, change: Option<&Change>) -> Kept {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match change {
        Some(Change { id, before }) => Kept { draft: filled(before), change: Some(format!("{id}\n{text}")) },
        None => Kept { draft: filled(text), change: None },
    }
}

/// What was being written, from what was kept.
pub fn restore(kept: Kept) -> (String, Option<Change>) {
    let draft = kept.draft.unwrap_or_default();
    match kept.change.as_deref().and_then(|change| change.split_once('\n')) {
        Some((id, text)) => (text.to_owned(), Some(Change { id: id.to_owned(), before: draft })),
        None => (draft, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_restored_as_it_was() {
        let change = |before: &str| Some(Change { id: "u1".to_owned(), before: before.to_owned() });
        for (text, change) in [("", None), ("a\nb", None), ("x\ny", change("z")), ("", change(""))] {
            assert_eq!(restore(keep(text, change.as_ref())), (text.to_owned(), change));
        }
        assert_eq!(keep("", None), Kept::default());
    }

    #[test]
    fn what_another_program_kept_there_is_no_change() {
        let odd = Kept { draft: Some("a".to_owned()), change: Some("no line end".to_owned()) };
        assert_eq!(restore(odd), ("a".to_owned(), None));
    }
}
