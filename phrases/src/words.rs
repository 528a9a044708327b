//! How a message is cut into words, marks and quotations. What they mean is not known here.

use super::spelling;

/// Longest quotation, in characters: a lone quote far before another is a slip of the keyboard.
const QUOTATION_CHARS: usize = 300;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word or number.
    Word,
    /// Text in quotes, kept literally.
    Quoted,
    /// Punctuation.
    Mark,
    /// The end of a line.
    Break,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Lower case, straight apostrophes, spelling mended, without `'s`.
    pub norm: String,
    /// What it is.
    pub kind: Kind,
    /// Where it begins in the message, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// As written; of a quotation what is between the quotes.
    pub text: String,
    /// Whether it ended in `'s` or `s'`.
    pub possessive: bool,
    /// Whether a blank stands before it.
    pub spaced: bool,
}

impl Token {
    /// Whether it is this word.
    pub fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Mark) && self.norm == word
    }

    /// Whether it is one of these words, which blanks part.
    pub fn is_any(&self, words: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Mark) && has_word(words, &self.norm)
    }
}

/// Whether a word is in a list of words, which blanks part. Such a text is a fraction of the size of a list of texts.
pub fn has_word(words: &str, word: &str) -> bool {
    words.split(' ').any(|own| own == word)
}

/// How many tokens from `at` on fit a pattern, if they do.
///
/// A pattern is a row of words; `a|b` is a choice, and a `?` at the end makes one optional: `remind me? to|about`.
/// Optional words are taken where they fit, without looking back.
pub fn fits(tokens: &[Token], at: usize, pattern: &str) -> Option<usize> {
    let mut here = at;
    for piece in pattern.split(' ') {
        let (choice, optional) = match piece.strip_suffix('?') {
            Some(choice) => (choice, true),
            None => (piece, false),
        };
        let fits = tokens
            .get(here)
            .is_some_and(|token| token.kind == Kind::Word && choice.split('|').any(|word| token.norm == word));
        match (fits, optional) {
            (true, _) => here += 1,
            (false, true) => {}
            (false, false) => return None,
        }
    }
    Some(here - at)
}

/// The longest of several patterns that fits.
pub fn fits_any(tokens: &[Token], at: usize, patterns: &[&str]) -> Option<usize> {
    patterns.iter().filter_map(|pattern| fits(tokens, at, pattern)).filter(|length| *length > 0).max()
}

/// Where a pattern first fits, and how many tokens it takes.
pub fn find(tokens: &[Token], pattern: &str) -> Option<(usize, usize)> {
    (0..tokens.len()).find_map(|at| fits(tokens, at, pattern).filter(|length| *length > 0).map(|length| (at, length)))
}

/// Cuts a message into tokens.
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
            self.push(Kind::Break, self.at, self.at + 1);
        } else if c.is_whitespace() || c.is_control() || self.joins_date_and_time(c) {
            self.at += 1;
            self.spaced = true;
        } else if let Some(close) = self.quotation(c) {
            self.push(Kind::Quoted, self.at, close + 1);
        } else if is_mark(c) && !self.begins_word(c) {
            let mut end = self.at + 1;
            // Several of the same are one mark: `!!!`, `...`, `--`.
            while self.char(end) == Some(c) {
                end += 1;
            }
            self.push(Kind::Mark, self.at, end);
        } else {
            let end = self.word_end();
            self.push(Kind::Word, self.at, end);
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

    /// `#tag`, `.5` and `-5` are words although they begin with a mark.
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
                '-' | '–' | '—' | '‑' => !self.parts_times(end) && after.is_alphanumeric(),
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

    /// Addresses and ISO dates are kept whole.
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

    /// Whether the hyphen at `at` stands between two times or before a unit (`2-4pm`, `8am–9`, `45-minute`), and not
    /// within a word.
    fn parts_times(&self, at: usize) -> bool {
        let begun: String = (self.at..at).filter_map(|at| self.char(at)).collect();
        let begun = begun.to_lowercase();
        let number =
            begun.trim_end_matches("am").trim_end_matches("pm").trim_end_matches("p.m.").trim_end_matches("a.m.");
        begun.starts_with(|c: char| c.is_ascii_digit()) && number.ends_with(|c: char| c.is_ascii_digit() || c == 'h')
    }

    fn push(&mut self, kind: Kind, from: usize, to: usize) {
        let inner = if kind == Kind::Quoted { (from + 1, to - 1) } else { (from, to) };
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
            Kind::Word => self.push_word(token),
            Kind::Quoted => self.tokens.push(Token { norm: token.text.trim().to_lowercase(), ..token }),
            Kind::Mark => self.tokens.push(Token { norm: mark(&token.text), ..token }),
            Kind::Break => self.tokens.push(token),
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
        self.tokens.push(Token { norm: spelling::mended(bare), possessive, ..token });
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
    fn times_and_units_are_parted_and_words_are_not() {
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
            all.iter().filter(|t| t.kind == Kind::Quoted).map(|t| t.text.as_str()).collect::<Vec<_>>(),
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
