//! Markdown that is still streaming, completed in the way it will probably continue. Pure.
//!
//! An incomplete construct differs in meaning from the complete one: `**bo` is two stars, `| a | b |` is a line of
//! text, and a `-` below a line turns that line into a heading. Shown unchanged, the text would flicker. So open
//! constructs are closed, and text whose meaning is still unclear is held back until more of it arrives.

use std::borrow::Cow;
use std::ops::Range;

/// Maximum length of the last piece to complete, in bytes. No real paragraph is as long, and the time grows with the
/// square of the length, because each sign looks ahead to the end.
const LONGEST: usize = 4_096;

/// The part of a text that can be shown while more is to come, with open constructs closed.
pub fn settled(text: &str) -> Cow<'_, str> {
    let last = text.rfind('\n').map_or(0, |end| end + 1);
    if let Some(fence) = open_fence(text) {
        // An incomplete closing fence is not code.
        let is_closing = is_all_of(&text[last..], fence) && last > 0;
        return Cow::Borrowed(if is_closing { &text[..last] } else { text });
    }
    if let Some(start) = open_table(text) {
        return Cow::Borrowed(&text[..start]);
    }
    if is_marker(&text[last..], last == 0) {
        return Cow::Borrowed(&text[..last]);
    }
    let start = inline_start(text);
    if text.len() - start > LONGEST {
        return Cow::Borrowed(text);
    }
    Line::read(text, start).closed()
}

fn is_all_of(line: &str, letters: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.chars().all(|letter| letters.contains(letter))
}

/// The fence character of the code block that is open at the end.
fn open_fence(text: &str) -> Option<&'static str> {
    let mut open: Option<(&str, usize)> = None;
    for line in text.lines() {
        let line = line.trim_start();
        let Some(sign) = ["`", "~"].into_iter().find(|sign| line.starts_with(&sign.repeat(3))) else { continue };
        let length = line.len() - line.trim_start_matches(sign).len();
        match open {
            None if sign == "~" || !line[length..].contains('`') => open = Some((sign, length)),
            Some((by, least)) if by == sign && length >= least && line[length..].trim().is_empty() => open = None,
            _ => {}
        }
    }
    open.map(|(sign, _)| sign)
}

/// The start of a table whose delimiter row is not complete yet.
fn open_table(text: &str) -> Option<usize> {
    let is_row = |line: &str| line.trim_start().starts_with('|');
    let rows: Vec<&str> = text.split_inclusive('\n').rev().take_while(|line| is_row(line)).collect();
    let is_open = match rows.as_slice() {
        [_] => true,
        [line, _] => !line.ends_with('\n') && is_all_of(line, "|-: "),
        _ => false,
    };
    is_open.then(|| text.len() - rows.iter().map(|row| row.len()).sum::<usize>())
}

/// Whether a line contains only a marker so far: of a list, a heading, a quote or a rule.
fn is_marker(line: &str, is_first: bool) -> bool {
    let number = line.trim().trim_end_matches(['.', ')']);
    let is_number = (1..4).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit());
    let is_numbered = number.len() < line.trim().len() || !is_first;
    is_number && is_numbered || is_all_of(line, "-=*+#>_~`|:![ ")
}

/// The start of the inline text at the end: after the marker of its list item, or in its table cell.
fn inline_start(text: &str) -> usize {
    let mut start = text.len();
    for line in text.split_inclusive('\n').rev() {
        if line.trim().is_empty() {
            break;
        }
        start -= line.len();
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if body.starts_with('|') {
            return start + line.rfind('|').map_or(0, |cell| cell + 1);
        }
        let digits = body.len() - body.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let sign = if digits > 0 { &body[digits..] } else { body };
        let is_item = [". ", ") "].iter().any(|end| digits > 0 && sign.starts_with(end))
            || ["- ", "* ", "+ ", "#", ">"].iter().any(|sign| digits == 0 && body.starts_with(sign));
        if is_item {
            return start + indent + body.find(' ').map_or(0, |space| space + 1);
        }
    }
    start
}

/// The last piece of a text, and the constructs that are open in it.
struct Line<'a> {
    text: &'a str,
    /// Where the shown text ends.
    end: usize,
    /// Characters in it that are not shown.
    hidden: Vec<Range<usize>>,
    /// The markers to close, outermost first.
    open: Vec<String>,
}

impl<'a> Line<'a> {
    fn read(text: &'a str, start: usize) -> Self {
        let mut line = Self { text, end: text.len(), hidden: Vec::new(), open: Vec::new() };
        let bytes = text.as_bytes();
        let mut place = start;
        while place < line.end {
            let sign = bytes[place];
            let length = bytes[place..line.end].iter().take_while(|byte| **byte == sign).count();
            place = match sign {
                b'\\' => place + 2,
                b'`' => line.code(place, length),
                b'*' | b'_' | b'~' => line.emphasis(place, length),
                b'[' => line.link(place),
                _ => place + 1,
            };
        }
        line
    }

    /// Inline code, in which no other markers count.
    fn code(&mut self, place: usize, length: usize) -> usize {
        let inside = place + length;
        let sign = &self.text[place..inside];
        let rest = &self.text[inside..self.end];
        if rest.is_empty() {
            self.end = place;
        } else if let Some(end) = rest.find(sign) {
            return inside + end + length;
        } else {
            // An incomplete closing marker.
            self.end -= rest.len() - rest.trim_end_matches('`').len();
            self.open.push(sign.to_owned());
        }
        self.end
    }

    fn emphasis(&mut self, place: usize, length: usize) -> usize {
        let after = place + length;
        let sign = &self.text[place..=place];
        if after == self.end {
            // It opens something that has no content yet, or closes something that is closed at the end anyway.
            let closes = self.open.last().is_some_and(|open| open.starts_with(sign));
            let follows_space = self.text[..place].ends_with(char::is_whitespace);
            if closes || follows_space || length > 1 || place == 0 {
                self.end = place;
            }
            return after;
        }
        let mut left = length;
        while let Some(open) = self.open.last().filter(|open| open.starts_with(sign) && open.len() <= left) {
            left -= open.len();
            self.open.pop();
        }
        let is_letter = |letter: char| !letter.is_whitespace() && !letter.is_ascii_punctuation();
        let is_within_word = length == 1 && self.text[..place].ends_with(is_letter);
        let is_opening = !is_within_word && !self.text[after..].starts_with(char::is_whitespace);
        if is_opening && left > 0 && (sign != "~" || left == 2) && left <= 3 {
            let sizes: &[usize] = if left == 3 { &[1, 2] } else { &[left] };
            self.open.extend(sizes.iter().map(|size| sign.repeat(*size)));
        }
        after
    }

    /// A link is shown as its text until its address is complete.
    fn link(&mut self, place: usize) -> usize {
        let rest = &self.text[place..self.end];
        let begin = if self.text[..place].ends_with('!') { place - 1 } else { place };
        let close = rest.find(']');
        let after = close.and_then(|close| rest[close + 1..].chars().next());
        match (close, after) {
            (Some(_), Some(letter)) if letter != '(' => return place + 1,
            (Some(close), Some(_)) if rest[close..].contains(')') => {
                return place + close + rest[close..].find(')').unwrap_or_default() + 1;
            }
            // It may also be the checkbox of a task.
            _ if close.unwrap_or(rest.len()) <= 2 => self.end = begin,
            _ => self.hidden.push(begin..place + 1),
        }
        if let Some(close) = close {
            self.end = self.end.min(place + close);
        }
        place + 1
    }

    fn closed(self) -> Cow<'a, str> {
        if self.end == self.text.len() && self.hidden.is_empty() && self.open.is_empty() {
            return Cow::Borrowed(self.text);
        }
        let mut shown = String::with_capacity(self.text.len() + 8);
        let mut from = 0;
        for hidden in self.hidden {
            shown.push_str(&self.text[from..hidden.start]);
            from = hidden.end;
        }
        shown.push_str(&self.text[from..self.end.max(from)]);
        // A closing marker must not follow a space.
        shown.truncate(if self.open.is_empty() { shown.len() } else { shown.trim_end().len() });
        shown.extend(self.open.iter().rev().map(String::as_str));
        Cow::Owned(shown)
    }
}
