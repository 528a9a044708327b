//! Reads an exported file piece by piece, and gives the items of its lists one by one.
//!
//! A file can be larger than memory, and reading it goes on from one event of the Durable Object to the next. So the state of the
//! reader is a value that can be stored, which the readers of JSON that we know do not offer. It only finds where an item begins
//! and ends; `serde_json` reads the item.

use serde::{Deserialize, Serialize};

/// The largest item, in bytes. A row of the database is smaller.
const ITEM_BYTES: usize = 2_000_000;

/// The lists of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum List {
    /// The log.
    Events,
    /// The conversation.
    Messages,
    /// Which message led to which request.
    Causes,
}

/// A part of the file that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A field of the file that is not one of the lists, and its value as JSON.
    Field(String, String),
    /// A list begins.
    List(List),
    /// An item of a list, as JSON.
    Item(List, String),
}

/// What is expected next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
enum Place {
    /// The object of the file.
    #[default]
    Start,
    /// The name of a field, or after a `{`, the end of the object.
    Name { may_end: bool },
    /// The name of a field goes on.
    InName,
    /// A colon.
    Colon(String),
    /// A value.
    Value(String),
    /// The value goes on.
    InValue(String),
    /// A comma, or the end of the object.
    AfterValue,
    /// An item, or after a `[`, the end of the list.
    Item { list: List, may_end: bool },
    /// The item goes on.
    InItem(List),
    /// A comma, or the end of the list.
    AfterItem(List),
    /// Nothing.
    End,
}

/// The state of a reader.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Reader {
    place: Place,
    /// What was read of the current name, value or item.
    text: String,
    /// Open brackets and braces in the current value or item.
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl Reader {
    /// Whether the file is complete.
    pub fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    /// The list whose item is being read.
    pub fn list(&self) -> Option<List> {
        match self.place {
            Place::Item { list, .. } | Place::InItem(list) | Place::AfterItem(list) => Some(list),
            _ => None,
        }
    }

    /// Reads on. Removes what was read from `input`. Returns `None` when the input is used up.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn next(&mut self, input: &mut &str) -> Result<Option<Token>, String> {
        loop {
            if let Place::InName | Place::InValue(_) | Place::InItem(_) = self.place {
                if !self.go_on(input)? {
                    return Ok(None);
                }
                if let Some(token) = self.complete()? {
                    return Ok(Some(token));
                }
                continue;
            }
            // A byte order mark is no white space, but editors add it (RFC 8259 §8.1 lets a reader ignore it).
            *input = input.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']);
            let Some(next) = input.chars().next() else { return Ok(None) };
            if let Some(token) = self.step(next, input)? {
                return Ok(Some(token));
            }
        }
    }

    /// Handles the next character outside of names, values and items.
    fn step(&mut self, next: char, input: &mut &str) -> Result<Option<Token>, String> {
        let place = std::mem::take(&mut self.place);
        let (place, is_read) = match (place, next) {
            (Place::Start, '{') => (Place::Name { may_end: true }, true),
            (Place::Start, _) => return Err("expected an object".to_owned()),
            (Place::Name { .. }, '"') => (Place::InName, false),
            (Place::Name { may_end: true } | Place::AfterValue, '}') => (Place::End, true),
            (Place::Name { .. }, _) => return Err("expected the name of a field".to_owned()),
            (Place::Colon(name), ':') => (Place::Value(name), true),
            (Place::Colon(name), _) => return Err(format!("expected a colon after “{}”", shortened(&name))),
            (Place::Value(name), '[') if list(&name).is_some() => {
                *input = input.get(1..).unwrap_or_default();
                let Some(list) = list(&name) else { return Ok(None) };
                self.place = Place::Item { list, may_end: true };
                return Ok(Some(Token::List(list)));
            }
            (Place::Value(name), _) if list(&name).is_some() => {
                return Err(format!("“{name}” is not a list"));
            }
            (Place::Value(name), _) => (Place::InValue(name), false),
            (Place::AfterValue, ',') => (Place::Name { may_end: false }, true),
            (Place::AfterValue, _) => return Err("expected a comma or the end of the file".to_owned()),
            (Place::Item { may_end: true, .. } | Place::AfterItem(_), ']') => (Place::AfterValue, true),
            (Place::Item { list, .. }, _) => (Place::InItem(list), false),
            (Place::AfterItem(list), ',') => (Place::Item { list, may_end: false }, true),
            (Place::AfterItem(_), _) => return Err("expected a comma or the end of the list".to_owned()),
            (Place::End, _) => return Err("something follows the end of the file’s object".to_owned()),
            (place @ (Place::InName | Place::InValue(_) | Place::InItem(_)), _) => (place, false),
        };
        self.place = place;
        if is_read {
            *input = input.get(next.len_utf8()..).unwrap_or_default();
        }
        Ok(None)
    }

    /// Goes on with a name, value or item. Returns whether it is complete.
    fn go_on(&mut self, input: &mut &str) -> Result<bool, String> {
        let end = self.end_of_value(input);
        let (read, rest) = input.split_at(end.unwrap_or(input.len()));
        *input = rest;
        if self.text.len() + read.len() > ITEM_BYTES {
            return Err(format!("it has more than {ITEM_BYTES} bytes"));
        }
        self.text.push_str(read);
        Ok(end.is_some())
    }

    /// The number of bytes to the end of the current JSON value, if it is in `input`.
    fn end_of_value(&mut self, input: &str) -> Option<usize> {
        for (index, byte) in input.bytes().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return Some(index + 1);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                // The end of what contains a number, `true`, `false` or `null`.
                b'}' | b']' | b',' if self.depth == 0 => return Some(index),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(index + 1);
                    }
                }
                b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 => return Some(index),
                _ => {}
            }
        }
        None
    }

    /// Handles a complete name, value or item.
    fn complete(&mut self) -> Result<Option<Token>, String> {
        let text = std::mem::take(&mut self.text);
        let (place, token) = match std::mem::take(&mut self.place) {
            Place::InName => {
                let name = serde_json::from_str(&text).map_err(|error| format!("the name of a field: {error}"))?;
                (Place::Colon(name), None)
            }
            Place::InValue(name) => (Place::AfterValue, Some(Token::Field(name, text))),
            Place::InItem(list) => (Place::AfterItem(list), Some(Token::Item(list, text))),
            other => (other, None),
        };
        self.place = place;
        Ok(token)
    }
}

fn list(name: &str) -> Option<List> {
    match name {
        "events" => Some(List::Events),
        "messages" => Some(List::Messages),
        "causes" => Some(List::Causes),
        _ => None,
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a file that arrives in these parts, with a reader that is stored in between.
    fn tokens(parts: &[&str]) -> Result<(Vec<Token>, bool), String> {
        let mut reader = Reader::default();
        let mut tokens = Vec::new();
        for part in parts {
            let mut input = *part;
            while let Some(token) = reader.next(&mut input)? {
                tokens.push(token);
            }
            assert_eq!(input, "");
            reader = serde_json::from_str(&serde_json::to_string(&reader).unwrap()).unwrap();
        }
        Ok((tokens, reader.is_at_end()))
    }

    const FILE: &str =
        "\u{feff} {\"format\" : \"a\\\"}]\", \"n\":12,\"events\":[\n{\"a\":[1,{\"b\":\"]}\\\\\"}]},\n{} , 7, \"ü\" ],
        \"messages\":[],\"other\":[{\"x\":1}],\"causes\":[null]}\n";

    fn expected() -> Vec<Token> {
        let field = |name: &str, value: &str| Token::Field(name.to_owned(), value.to_owned());
        let event = |text: &str| Token::Item(List::Events, text.to_owned());
        vec![
            field("format", "\"a\\\"}]\""),
            field("n", "12"),
            Token::List(List::Events),
            event("{\"a\":[1,{\"b\":\"]}\\\\\"}]}"),
            event("{}"),
            event("7"),
            event("\"ü\""),
            Token::List(List::Messages),
            field("other", "[{\"x\":1}]"),
            Token::List(List::Causes),
            Token::Item(List::Causes, "null".to_owned()),
        ]
    }

    #[test]
    fn items_are_found_wherever_the_file_is_cut() {
        assert_eq!(tokens(&[FILE]), Ok((expected(), true)));
        for cut in (0..FILE.len()).filter(|cut| FILE.is_char_boundary(*cut)) {
            let (before, after) = FILE.split_at(cut);
            assert_eq!(tokens(&[before, after]), Ok((expected(), true)), "cut at {cut}");
            let (_, is_at_end) = tokens(&[before]).unwrap();
            assert_eq!(is_at_end, before.trim_end() == FILE.trim_end());
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for (file, expected) in [
            ("[]", "expected an object"),
            ("7", "expected an object"),
            ("{} {}", "something follows the end"),
            ("{\"events\":[]}]", "something follows the end"),
            ("{\"events\":{}}", "“events” is not a list"),
            ("{\"events\":[1 2]}", "expected a comma or the end of the list"),
            ("{\"a\" 1}", "expected a colon after “a”"),
            ("{\"a\":1 \"b\":2}", "expected a comma or the end of the file"),
            ("{a:1}", "expected the name of a field"),
            ("{\"a\":1,}", "expected the name of a field"),
            ("{\"\\x\":1}", "the name of a field"),
        ] {
            let error = tokens(&[file]).expect_err(file);
            assert!(error.contains(expected), "{file}: {error}");
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(ITEM_BYTES));
        assert!(tokens(&[&large]).unwrap_err().contains("more than 2000000 bytes"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\",: \\\\a1]{0,40}", cut in 0usize..40) {
            let whole = tokens(&[&text]);
            let cut = cut.min(text.len());
            prop_assert_eq!(tokens(&[&text[..cut], &text[cut..]]), whole);
        }
    }
}
