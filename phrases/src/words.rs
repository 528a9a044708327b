//! Cuts a text into words, punctuation and quotations, and matches patterns of words. Their meaning is not known here.

use crate::spelling;

pub use crate::word_list::has_word;

/// The longest quotation, in characters. Two quotation marks that are farther apart do not belong together.
const QUOTATION_CHARS: usize = 300;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word or number.
    Word,
    /// Text in quotation marks, kept as written.
    Quoted,
    /// A punctuation mark.
    Mark,
    /// The end of a line.
    Break,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// The normal form: lower case, straight apostrophes, spelling corrected, without `'s`.
    pub norm: String,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends in the text, in bytes.
    pub end: usize,
    /// As written. For a quotation, the text between the quotation marks. Empty for the second half of a contraction.
    pub text: String,
    /// Whether it ended in `'s` or `s'`.
    pub possessive: bool,
    /// Whether there is a space before it.
    pub spaced: bool,
}

impl Token {
    /// Whether it is this word or mark.
    pub fn is(&self, word: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Mark) && self.norm == word
    }

    /// Whether it is one of these words or marks, which are separated by spaces.
    pub fn is_any(&self, words: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Mark) && has_word(words, &self.norm)
    }
}

/// How many tokens the pattern takes if it fits at `at`.
///
/// A pattern is a list of words, separated by single spaces. `a|b` is a choice, and a `?` at the end makes a word optional.
/// An optional word is taken whenever it fits, even if the rest of the pattern then does not.
///
/// ```
/// use flux_phrases::words::{fits, tokens};
///
/// let text = tokens("Remind me to call");
/// assert_eq!(fits(&text, 0, "remind me? to|about"), Some(3));
/// assert_eq!(fits(&text, 0, "remind to"), None);
/// ```
pub fn fits(tokens: &[Token], at: usize, pattern: &str) -> Option<usize> {
    let mut here = at;
    for piece in pattern.split(' ') {
        let (choice, optional) = match piece.strip_suffix('?') {
            Some(choice) => (choice, true),
            None => (piece, false),
        };
        let fits = tokens
            .get(here)
            .is_some_and(|token| token.kind == TokenKind::Word && choice.split('|').any(|word| token.norm == word));
        match (fits, optional) {
            (true, _) => here += 1,
            (false, true) => {}
            (false, false) => return None,
        }
    }
    Some(here - at)
}

/// How many tokens the longest of several patterns takes at `at`. `None` if none fits.
pub fn fits_any(tokens: &[Token], at: usize, patterns: &[&str]) -> Option<usize> {
    patterns.iter().filter_map(|pattern| fits(tokens, at, pattern)).filter(|length| *length > 0).max()
}

/// The first position at which a pattern fits, and how many tokens it takes.
pub fn find(tokens: &[Token], pattern: &str) -> Option<(usize, usize)> {
    (0..tokens.len()).find_map(|at| fits(tokens, at, pattern).filter(|length| *length > 0).map(|length| (at, length)))
}

/// Cuts a text into tokens.
///
/// ```
/// use flux_phrases::words::tokens;
///
/// let norms: Vec<String> = tokens("What’s on 2-4pm?").into_iter().map(|token| token.norm).collect();
/// assert_eq!(norms, ["what", "is", "on", "2", "-", "4pm", "?"]);
/// ```
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = source.char_indices().collect();
    let mut reader = Reader { source, chars, at: 0, spaced: false, tokens: Vec::new() };
    while reader.at < reader.chars.len() {
        reader.step();
    }
    reader.tokens
}

struct Reader<'a> {
    source: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    spaced: bool,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.source.len(), |(byte, _)| *byte)
    }

    fn step(&mut self) {
        let Some(c) = self.char(self.at) else { return };
        if c == '\n' {
            self.push(TokenKind::Break, self.at, self.at + 1);
        } else if c.is_whitespace() || c.is_control() || self.joins_date_and_time(c) {
            self.at += 1;
            self.spaced = true;
        } else if let Some(close) = self.quotation(c) {
            self.push(TokenKind::Quoted, self.at, close + 1);
        } else if is_mark(c) && !self.begins_word(c) {
            let mut end = self.at + 1;
            // Repeated marks are one token: `!!!`, `...`, `--`.
            while self.char(end) == Some(c) {
                end += 1;
            }
            self.push(TokenKind::Mark, self.at, end);
        } else {
            let end = self.word_end();
            self.push(TokenKind::Word, self.at, end);
        }
    }

    /// Where the quotation that begins here ends, if one does.
    fn quotation(&self, open: char) -> Option<usize> {
        let closing: &[char] = match open {
            '"' => &['"', '”'],
            '“' => &['”', '“', '"'],
            '„' => &['“', '”'],
            '«' => &['»'],
            '‘' | '\'' => &['’', '\''],
            '`' => &['`'],
            _ => return None,
        };
        let single = matches!(open, '‘' | '\'');
        if single && self.at > 0 && self.char(self.at - 1).is_some_and(char::is_alphanumeric) {
            return None;
        }
        let first = self.char(self.at + 1)?;
        if first.is_whitespace() || closing.contains(&first) {
            return None;
        }
        let end = (self.chars.len()).min(self.at + QUOTATION_CHARS);
        (self.at + 2..end).find(|at| {
            let closes = self.char(*at).is_some_and(|c| closing.contains(&c));
            closes && !(single && self.char(at + 1).is_some_and(char::is_alphanumeric))
        })
    }

    /// `#tag` and `.5` are words although they begin with a mark.
    fn begins_word(&self, c: char) -> bool {
        let next = self.char(self.at + 1);
        match c {
            '#' => next.is_some_and(char::is_alphanumeric),
            '.' => next.is_some_and(|c| c.is_ascii_digit()),
            _ => false,
        }
    }

    fn word_end(&self) -> usize {
        if let Some(end) = self.literal_end() {
            return end;
        }
        let mut end = self.at + 1;
        while let Some(c) = self.char(end) {
            let before = self.char(end - 1).unwrap_or(' ');
            let after = self.char(end + 1).unwrap_or(' ');
            let inside = match c {
                c if c.is_whitespace() || c.is_control() => false,
                '.' => after.is_alphanumeric() || self.is_meridiem(end),
                ',' => before.is_ascii_digit() && after.is_ascii_digit(),
                ':' => before.is_ascii_digit() && after.is_ascii_digit(),
                '/' | '&' => before.is_alphanumeric() && after.is_alphanumeric(),
                '\'' | '’' => before.is_alphanumeric(),
                '-' | '–' | '—' | '‑' => !self.separates_times(end) && after.is_alphanumeric(),
                '#' | '+' => !after.is_whitespace() || before.is_alphabetic(),
                c => !is_mark(c) && !matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '`'),
            };
            if !inside {
                break;
            }
            end += 1;
        }
        end
    }

    /// The end of a URL or an ISO date, which are kept whole.
    fn literal_end(&self) -> Option<usize> {
        let mut end = self.at;
        while self.char(end).is_some_and(|c| !c.is_whitespace() && !c.is_control()) {
            end += 1;
        }
        let mut trimmed = end;
        while trimmed > self.at + 1
            && self.char(trimmed - 1).is_some_and(|c| matches!(c, '.' | ',' | ';' | '!' | '?' | ')'))
        {
            trimmed -= 1;
        }
        let word = self.source.get(self.byte(self.at)..self.byte(trimmed))?;
        let digits = |range: std::ops::Range<usize>| {
            word.as_bytes().get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
        };
        let iso = digits(0..4) && word.as_bytes().get(4) == Some(&b'-') && digits(5..6);
        // "2026-03-09T08:00" is a date and a time.
        let date_end = self.at + 10;
        let timed = iso
            && matches!(self.char(date_end), Some('T' | 't'))
            && self.char(date_end + 1).is_some_and(|c| c.is_ascii_digit());
        if timed {
            return Some(date_end);
        }
        (iso || word.contains("://")).then_some(trimmed)
    }

    /// Whether this is the `T` of `2026-03-09T08:00`.
    fn joins_date_and_time(&self, c: char) -> bool {
        let after_date =
            self.tokens.last().is_some_and(|token| token.end == self.byte(self.at) && is_iso_date(&token.norm));
        after_date && matches!(c, 'T' | 't') && self.char(self.at + 1).is_some_and(|c| c.is_ascii_digit())
    }

    /// Whether the dot at `dot` ends `a.m.` or `p.m.`.
    fn is_meridiem(&self, dot: usize) -> bool {
        let from = dot.saturating_sub(3);
        let word: String = (from..dot).filter_map(|at| self.char(at)).collect();
        matches!(word.to_lowercase().as_str(), "a.m" | "p.m")
    }

    /// Whether the hyphen at `at` separates two times or a number and its unit (`2-4pm`, `8am–9`, `45-minute`), and is not
    /// part of a word.
    fn separates_times(&self, at: usize) -> bool {
        let begun: String = (self.at..at).filter_map(|at| self.char(at)).collect();
        let begun = begun.to_lowercase();
        let number =
            begun.trim_end_matches("am").trim_end_matches("pm").trim_end_matches("p.m.").trim_end_matches("a.m.");
        begun.starts_with(|c: char| c.is_ascii_digit()) && number.ends_with(|c: char| c.is_ascii_digit() || c == 'h')
    }

    fn push(&mut self, kind: TokenKind, from: usize, to: usize) {
        let inner = if kind == TokenKind::Quoted { (from + 1, to - 1) } else { (from, to) };
        let text = self.source.get(self.byte(inner.0)..self.byte(inner.1)).unwrap_or_default().to_owned();
        let token = Token {
            norm: String::new(),
            kind,
            start: self.byte(from),
            end: self.byte(to),
            text,
            possessive: false,
            spaced: self.spaced,
        };
        self.at = to;
        self.spaced = false;
        match kind {
            TokenKind::Word => self.push_word(token),
            TokenKind::Quoted => self.tokens.push(Token { norm: token.text.trim().to_lowercase(), ..token }),
            TokenKind::Mark => self.tokens.push(Token { norm: mark(&token.text), ..token }),
            TokenKind::Break => self.tokens.push(token),
        }
    }

    fn push_word(&mut self, token: Token) {
        let lower = token.text.to_lowercase().replace(['’', '‘', '´'], "'").replace(['‑', '–', '—'], "-");
        if let Some((first, second)) = spelling::contraction(&lower) {
            let rest = Token { norm: second, start: token.end, text: String::new(), spaced: false, ..token.clone() };
            self.tokens.push(Token { norm: first, ..token });
            self.tokens.push(rest);
            return;
        }
        let trimmed = Some(lower.trim_end_matches('\'')).filter(|trimmed| !trimmed.is_empty()).unwrap_or(&lower);
        let owner = trimmed.strip_suffix("'s").or_else(|| (trimmed.len() < lower.len()).then_some(trimmed));
        let possessive = owner.is_some_and(|owner| !owner.is_empty());
        let bare = if possessive { owner.unwrap_or(trimmed) } else { trimmed };
        self.tokens.push(Token { norm: spelling::corrected(bare), possessive, ..token });
    }
}

fn is_iso_date(word: &str) -> bool {
    flux_timeline::clock::read_date(word).is_some()
}

fn mark(text: &str) -> String {
    match text.chars().next() {
        Some('–' | '—' | '-' | '‑' | '−') => "-".to_owned(),
        Some('…') => ".".to_owned(),
        Some('.') => ".".to_owned(),
        Some('?') => "?".to_owned(),
        _ => text.to_owned(),
    }
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | '.'
            | '!'
            | '?'
            | ':'
            | '('
            | ')'
            | '…'
            | '–'
            | '—'
            | '-'
            | '‑'
            | '−'
            | '|'
            | '~'
            | '+'
            | '='
            | '/'
            | '\\'
            | '['
            | ']'
            | '{'
            | '}'
            | '@'
            | '#'
            | '*'
            | '&'
            | '>'
            | '<'
            | '•'
            | '→'
            | '"'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '`'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.norm).collect()
    }

    #[test]
    fn hyphens_separate_times_and_units_but_not_words() {
        assert_eq!(norms("2-4pm"), ["2", "-", "4pm"]);
        assert_eq!(norms("8am–9:30am"), ["8am", "-", "9:30am"]);
        assert_eq!(norms("a 45-minute follow-up"), ["a", "45", "-", "minute", "follow-up"]);
        assert_eq!(norms("2027-05-03, 3/5 at 6 p.m."), ["2027-05-03", ",", "3/5", "at", "6", "pm"]);
        assert_eq!(norms("1,5 hours. Then"), ["1,5", "hours", ".", "then"]);
    }

    #[test]
    fn quotations_are_kept_and_apostrophes_are_not_quotes() {
        let all = tokens("rename ‘Don’t stop’ to \"Go on\"");
        assert_eq!(
            all.iter().filter(|t| t.kind == TokenKind::Quoted).map(|t| t.text.as_str()).collect::<Vec<_>>(),
            ["Don’t stop", "Go on"]
        );
        assert_eq!(norms("what’s tomorrow's plan"), ["what", "is", "tomorrow", "plan"]);
        assert_eq!(norms("5\" nails and ' alone"), ["5", "\"", "nails", "and", "'", "alone"]);
    }

    #[test]
    fn patterns_have_choices_and_optional_words() {
        let all = tokens("remind me to call");
        assert_eq!(fits(&all, 0, "remind me? to|about"), Some(3));
        assert_eq!(fits(&all, 0, "remind to"), None);
        assert_eq!(find(&all, "to call"), Some((2, 2)));
    }
}
