//! Lists of words in one text, which take a fraction of the space of a list of texts.

/// Whether a list of words, separated by spaces, contains a word.
///
/// ```
/// use flux_phrases::words::has_word;
///
/// assert!(has_word("book books novel", "books"));
/// assert!(!has_word("book books novel", "boo"));
/// ```
pub fn has_word(words: &str, word: &str) -> bool {
    words.split(' ').any(|own| own == word)
}
