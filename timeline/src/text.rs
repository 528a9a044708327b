//! Text from people and models: bounded, trimmed, composed (NFC), and without characters that hide or reorder it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clean::{cleaned, is_visible, lowered};
use crate::invalid::InvalidValue;
use crate::limits;

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidValue;

            /// Reads a text that was stored or sent by the service. Earlier versions took texts that [`Self::new`] refuses; what is stored
            /// must stay readable.
            fn try_from(text: String) -> Result<Self, InvalidValue> {
                Self::new(&text).or_else(|why| if is_stored(&text, Self::MOST) { Ok(Self(text)) } else { Err(why) })
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text_type!(
    /// The title of a plan or block: one line, 1–200 characters, blanks folded.
    Title
);
text_type!(
    /// The description of a block: 1–4,000 characters, may have several lines.
    Description
);
text_type!(
    /// A tag of a block, without `#`: 1–40 characters, one line.
    Tag
);

text_type!(
    /// A goal in the person's own words: one line, 1–500 characters, blanks folded.
    GoalText
);

impl GoalText {
    const MOST: usize = limits::GOAL_CHARS;

    /// Folds blanks and line ends to single blanks.
    ///
    /// # Errors
    /// [`InvalidValue::GoalEmpty`] without a visible character, or [`InvalidValue::GoalTooLong`].
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let goal = one_line(text);
        match goal.chars().count() {
            0 => Err(InvalidValue::GoalEmpty),
            1..=limits::GOAL_CHARS => Ok(Self(goal)),
            chars => Err(InvalidValue::GoalTooLong { chars }),
        }
    }

    /// The form in which goals are compared, without case, extra blanks and a final full stop.
    pub fn key(&self) -> String {
        title_key(self.0.trim_end_matches(['.', '!']))
    }
}

impl Title {
    const MOST: usize = limits::TITLE_CHARS;

    /// Folds blanks and line ends to single blanks.
    ///
    /// # Errors
    /// [`InvalidValue::TitleEmpty`] without a visible character, or [`InvalidValue::TitleTooLong`].
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let title = one_line(text);
        match title.chars().count() {
            0 => Err(InvalidValue::TitleEmpty),
            1..=limits::TITLE_CHARS => Ok(Self(title)),
            chars => Err(InvalidValue::TitleTooLong { chars }),
        }
    }

    /// The form in which titles are compared, without case and extra blanks.
    pub fn key(&self) -> String {
        title_key(&self.0)
    }
}

impl Description {
    const MOST: usize = limits::DESCRIPTION_CHARS;

    /// Trims.
    ///
    /// # Errors
    /// [`InvalidValue::DescriptionTooLong`], or [`InvalidValue::DescriptionEmpty`] for a blank text. See
    /// [`Description::optional`] for a text that may be missing.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        Self::optional(text)?.ok_or(InvalidValue::DescriptionEmpty)
    }

    /// As [`Description::new`], but `None` for a blank text.
    ///
    /// # Errors
    /// [`InvalidValue::DescriptionTooLong`].
    pub fn optional(text: &str) -> Result<Option<Self>, InvalidValue> {
        let kept: String = cleaned(text).chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        let kept = kept.trim();
        if !is_visible(kept) {
            return Ok(None);
        }
        match kept.chars().count() {
            0 => Ok(None),
            1..=limits::DESCRIPTION_CHARS => Ok(Some(Self(kept.to_owned()))),
            chars => Err(InvalidValue::DescriptionTooLong { chars }),
        }
    }
}

impl Tag {
    const MOST: usize = limits::TAG_CHARS;

    /// Folds blanks and drops leading `#`.
    ///
    /// # Errors
    /// [`InvalidValue::TagEmpty`] or [`InvalidValue::TagTooLong`].
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let tag = one_line(text.trim().trim_start_matches('#'));
        match tag.chars().count() {
            0 => Err(InvalidValue::TagEmpty),
            1..=limits::TAG_CHARS => Ok(Self(tag)),
            chars => Err(InvalidValue::TagTooLong { chars }),
        }
    }

    /// The tags of a block in order, without duplicates. Tags that differ only in case are duplicates.
    ///
    /// # Errors
    /// The errors of [`Tag::new`], and [`InvalidValue::TooManyTags`].
    pub fn list<S: AsRef<str>>(texts: &[S]) -> Result<Vec<Self>, InvalidValue> {
        let mut tags: Vec<Self> = Vec::new();
        for text in texts {
            let tag = Self::new(text.as_ref())?;
            if !tags.iter().any(|seen| title_key(&seen.0) == title_key(&tag.0)) {
                tags.push(tag);
            }
        }
        if tags.len() > limits::TAGS {
            return Err(InvalidValue::TooManyTags { count: tags.len() });
        }
        Ok(tags)
    }
}

/// The form in which titles are compared and searched: lower case, blanks folded.
pub fn title_key(text: &str) -> String {
    lowered(one_line(text))
}

/// Whether an earlier version can have stored a text: it is neither empty nor too long, and has no control characters but line ends and
/// tabs.
fn is_stored(text: &str, most: usize) -> bool {
    let has_control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    !text.trim().is_empty() && text.chars().count() <= most && !has_control
}

fn one_line(text: &str) -> String {
    let text = cleaned(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    if is_visible(&text) { words.join(" ") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_clean_line() {
        assert_eq!(Title::new("  Buy\n\tmilk \u{0}\u{7} now ").map(String::from), Ok("Buy milk now".to_owned()));
        assert_eq!(Title::new(" \n "), Err(InvalidValue::TitleEmpty));
        assert_eq!(Title::new("\u{200B}\u{2800}"), Err(InvalidValue::TitleEmpty));
        assert_eq!(Tag::new("#\u{FE0F}"), Err(InvalidValue::TagEmpty));
        assert_eq!(GoalText::new("\u{3164}"), Err(InvalidValue::GoalEmpty));
        assert_eq!(Description::optional("\u{200B}\n\u{200B}"), Ok(None));
        assert_eq!(Title::new("pay \u{202E}001").map(String::from), Ok("pay 001".to_owned()));
    }

    #[test]
    fn limits_count_characters_and_not_bytes() {
        assert!(Title::new(&"ü".repeat(200)).is_ok());
        assert_eq!(Title::new(&"ü".repeat(201)), Err(InvalidValue::TitleTooLong { chars: 201 }));
        assert!(Description::new(&"語".repeat(4_000)).is_ok());
        assert_eq!(Description::new(&"語".repeat(4_001)), Err(InvalidValue::DescriptionTooLong { chars: 4_001 }));
        assert_eq!(Tag::new(&"x".repeat(41)), Err(InvalidValue::TagTooLong { chars: 41 }));
    }

    #[test]
    fn doubled_tags_are_dropped_and_too_many_are_refused() {
        let tags = Tag::list(&["#Sport", "sport", "home"]).unwrap();
        assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["Sport", "home"]);
        let many: Vec<String> = (0..51).map(|n| n.to_string()).collect();
        assert_eq!(Tag::list(&many), Err(InvalidValue::TooManyTags { count: 51 }));
    }

    #[test]
    fn a_text_that_an_earlier_version_has_stored_stays_readable() {
        let read = |text: &str| serde_json::from_value::<Title>(text.into()).map(String::from).ok();
        for text in ["\u{200B}", "\u{2800}\u{3164}", &"\u{958}".repeat(200)] {
            assert!(Title::new(text).is_err(), "{text:?}");
            assert_eq!(read(text).as_deref(), Some(text));
        }
        assert!(serde_json::from_value::<Description>("\u{200B}".into()).is_ok());
        assert_eq!(read("Cafe\u{301}").as_deref(), Some("Café"));
        for wrong in ["", "  ", "\u{7}", &"x".repeat(201)] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_stored_text_that_breaks_a_limit_is_not_read() {
        assert!(serde_json::from_str::<Title>("\"\"").is_err());
        assert!(serde_json::from_str::<Tag>("\"ok\"").is_ok());
    }
}
