//! Characters that texts must not have: control characters, and what hides text or shows it in another order.

use std::borrow::Cow;

/// The black flag, which begins the flags of regions. They are written with tag characters (UTS #51, annex C).
const BLACK_FLAG: char = '\u{1F3F4}';

/// The text without such characters, and in the normalisation form C (UAX #15), so that what looks the same is the same. Blanks and line
/// ends stay as they are.
pub(crate) fn cleaned(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut is_flag = false;
    let kept = text.chars().filter(|c| {
        is_flag = *c == BLACK_FLAG || (is_flag && is_tag(*c));
        !is_dropped(*c) && (is_flag || !is_tag(*c))
    });
    Cow::Owned(composed(kept.collect()))
}

/// Whether a reader sees anything of the text.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_ignorable(c))
}

/// Control characters but blanks, and those that show text in another order (UAX #9: embeddings, overrides and isolates). The marks U+200E
/// and U+200F stay: they only order what stands beside them.
fn is_dropped(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Tag characters. Nobody sees them, but a model reads them.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

/// Characters without a shape of their own (`Default_Ignorable_Code_Point` of Unicode 17), and the blank of Braille.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The text in the normalisation form C.
#[cfg(target_arch = "wasm32")]
fn composed(text: String) -> String {
    // Letters up to U+02FF are composed, and nothing before U+0300 combines with them.
    if text.chars().all(|c| c < '\u{300}') { text } else { js_sys::JsString::from(text).normalize("NFC").into() }
}

#[cfg(not(target_arch = "wasm32"))]
fn composed(text: String) -> String {
    use unicode_normalization::{UnicodeNormalization, is_nfc};

    if is_nfc(&text) { text } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_text_is_dropped() {
        let cases = [
            ("Café", "Café"),
            ("a\u{0}b\u{7}c\u{7F}d\u{85}", "abcd\u{85}"),
            ("pay \u{202E}001\u{202C} now", "pay 001 now"),
            ("\u{2066}left\u{2069}", "left"),
            ("ok\u{E0049}\u{E0067}\u{E007F}", "ok"),
            (
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} cup",
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} cup",
            ),
            ("👩\u{200D}💻", "👩\u{200D}💻"),
            ("שלום\u{200F} a", "שלום\u{200F} a"),
        ];
        for (text, expected) in cases {
            assert_eq!(cleaned(text), expected, "{text:?}");
        }
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(cleaned("Cafe\u{301}"), "Café");
        assert_eq!(cleaned("\u{1112}\u{1161}\u{11AB}"), "한");
    }

    #[test]
    fn a_text_of_nothing_but_ignorable_characters_is_not_visible() {
        for text in ["", " \u{3000}", "\u{200B}\u{FEFF}", "\u{2800}", "\u{3164}\u{FE0F}", "\u{AD}", "\u{E0041}"] {
            assert!(!is_visible(text), "{text:?}");
        }
        for text in ["a", "\u{200B}.", "語", "👩\u{200D}💻"] {
            assert!(is_visible(text), "{text:?}");
        }
    }
}
