//! The draft as stored in the browser, so that it survives a reload. Pure.

/// The user's last message while it is being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of the message.
    pub id: String,
    /// The draft from before, which is restored afterwards.
    pub before: String,
}

/// What the browser stores: two texts, so that a changed message does not overwrite a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// A new message.
    pub draft: Option<String>,
    /// The message that is being changed: its id, a line end, and its text.
    pub change: Option<String>,
}

/// The texts to store for a draft. A message that waits to be sent is stored as part of the draft: after a reload it is in the box, and the
/// user decides whether it is still to be sent.
pub fn keep(text: &str, change: Option<&Change>, waiting: &[String]) -> Kept {
    let new = |text: &str| {
        let lines = waiting.iter().map(String::as_str).chain([text]).filter(|text| !text.is_empty());
        let lines: Vec<&str> = lines.collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    };
    match change {
        Some(Change { id, before }) => Kept { draft: new(before), change: Some(format!("{id}\n{text}")) },
        None => Kept { draft: new(text), change: None },
    }
}

/// The draft that the stored texts stand for.
pub fn restore(kept: Kept) -> (String, Option<Change>) {
    let draft = kept.draft.unwrap_or_default();
    match kept.change.as_deref().and_then(|change| change.split_once('\n')) {
        Some((id, text)) => (text.to_owned(), Some(Change { id: id.to_owned(), before: draft })),
        None => (draft, None),
    }
}

/// A restored draft, followed by what was written in the box before it was restored.
pub fn join(restored: (String, Option<Change>), written: (String, Option<Change>)) -> (String, Option<Change>) {
    let (text, change) = restored;
    let (more, its_change) = written;
    let is_one_empty = text.is_empty() || more.is_empty();
    let text = if is_one_empty { text + &more } else { format!("{text}\n{more}") };
    (text, its_change.or(change))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_restored_unchanged() {
        let change = |before: &str| Some(Change { id: "u1".to_owned(), before: before.to_owned() });
        for (text, change) in [("", None), ("a\nb", None), ("x\ny", change("z")), ("", change(""))] {
            assert_eq!(restore(keep(text, change.as_ref(), &[])), (text.to_owned(), change));
        }
        assert_eq!(keep("", None, &[]), Kept::default());
    }

    #[test]
    fn what_waits_to_be_sent_is_stored_before_the_draft() {
        let waiting = ["one".to_owned(), "two".to_owned()];
        let change = Change { id: "u1".to_owned(), before: "three".to_owned() };
        assert_eq!(keep("three", None, &waiting).draft.as_deref(), Some("one\ntwo\nthree"));
        assert_eq!(keep("", None, &waiting).draft.as_deref(), Some("one\ntwo"));
        let kept = keep("changed", Some(&change), &waiting);
        assert_eq!((kept.draft.as_deref(), kept.change.as_deref()), (Some("one\ntwo\nthree"), Some("u1\nchanged")));
    }

    #[test]
    fn what_was_written_before_a_draft_is_restored_is_not_lost() {
        let change = || Some(Change { id: "u1".to_owned(), before: String::new() });
        let plain = |text: &str| (text.to_owned(), None);
        assert_eq!(join(plain("half a"), plain("thought")), plain("half a\nthought"));
        assert_eq!(join(plain("half a"), plain("")), plain("half a"));
        assert_eq!(join(plain(""), plain("thought")), plain("thought"));
        assert_eq!(join(("a".to_owned(), change()), plain("")), ("a".to_owned(), change()));
        assert_eq!(join(plain(""), ("a".to_owned(), change())), ("a".to_owned(), change()));
    }

    #[test]
    fn a_change_in_an_unknown_format_is_ignored() {
        let odd = Kept { draft: Some("a".to_owned()), change: Some("no line end".to_owned()) };
        assert_eq!(restore(odd), ("a".to_owned(), None));
    }
}
