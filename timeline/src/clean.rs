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
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == BLACK_FLAG {
            kept.push(c);
            let length = flag_tags(rest.as_str());
            kept.extend(rest.by_ref().take(length));
        } else if is_ideographic_selector(c) {
            if kept.chars().next_back().is_some_and(is_ideograph) {
                kept.push(c);
            }
        } else if !is_dropped(c) && !is_tag(c) {
            kept.push(c);
        }
    }
    Cow::Owned(composed(kept))
}

/// The number of tag characters with which the text goes on, if they end the flag of a region: three to six letters or digits, and the
/// end.
fn flag_tags(text: &str) -> usize {
    let letters =
        text.chars().take_while(|c| matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}')).count();
    let is_whole = (3..=6).contains(&letters) && text.chars().nth(letters) == Some('\u{E007F}');
    if is_whole { letters + 1 } else { 0 }
}

/// Whether a reader sees anything of the text.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_ignorable(c))
}

/// Control characters but blanks; those that show text in another order (UAX #9: embeddings, overrides and isolates); and invisible operators
/// and controls that no text of a person needs. The marks U+200E and U+200F stay: they only order what stands beside them. So do the
/// joiners U+200C and U+200D, which scripts and emoji need.
fn is_dropped(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
}

/// A selector of a variant of an ideograph (UTS #37). A series of them can carry a text that nobody sees.
fn is_ideographic_selector(c: char) -> bool {
    matches!(c, '\u{E0100}'..='\u{E01EF}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
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

/// The text in lower case. JavaScript's function follows the same rules as Rust's (Unicode, default case conversion), whose table is
/// 8 kB of the page.
#[cfg(target_arch = "wasm32")]
pub(crate) fn lowered(text: String) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { js_sys::JsString::from(text).to_lower_case().into() }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn lowered(text: String) -> String {
    text.to_lowercase()
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
            ("🏴\u{E0049}\u{E0067}\u{E006E}\u{E006F}\u{E0072}\u{E0065}", "🏴"),
            (
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E0061}\u{E007F}",
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E0061}\u{E007F}",
            ),
            ("🙂\u{E0148}\u{E0155}", "🙂"),
            ("葛\u{E0100}\u{E0101}城", "葛\u{E0100}城"),
            ("a\u{2062}b\u{206A}c", "abc"),
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
