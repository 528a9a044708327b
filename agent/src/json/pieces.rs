//! Takes JSON text apart without reading it: most of what a client sends is known, and need not be read again.
//!
//! What is skipped is not checked. A piece that is not JSON fails when it is read.

/// The items of an array, as text. `None` if the text is not an array.
pub fn items(text: &str) -> Option<Vec<&str>> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.list(b'[', b']', Scanner::value)
}

/// The members of an object, each with its name (a JSON string) and its value, as text. `None` if the text is not an object.
pub fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.list(b'{', b'}', |scanner| {
        let name = scanner.value().filter(|name| name.starts_with('"'))?;
        scanner.eat(b':')?;
        Some((name, scanner.value()?))
    })
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The whole text as a list between two bytes.
    fn list<T>(&mut self, open: u8, close: u8, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        self.eat(open)?;
        if self.eat(close).is_none() {
            loop {
                all.push(item(self)?);
                if self.eat(b',').is_none() {
                    break self.eat(close)?;
                }
            }
        }
        self.space();
        (self.at == self.text.len()).then_some(all)
    }

    /// The next byte, if it is this one. Space before it is skipped.
    fn eat(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// The next value.
    fn value(&mut self) -> Option<&'a str> {
        self.space();
        let start = self.at;
        match self.next()? {
            b'"' => self.string()?,
            b'{' | b'[' => {
                let mut depth = 0_usize;
                loop {
                    match self.next()? {
                        b'"' => {
                            self.string()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ => {
                let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']') || byte.is_ascii_whitespace();
                let rest = &self.text.as_bytes()[start..];
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        self.text.get(start..self.at).filter(|value| !value.is_empty())
    }

    /// Goes past a string.
    fn string(&mut self) -> Option<()> {
        loop {
            self.at += 1;
            match self.next()? {
                b'\\' => self.at += 1,
                b'"' => break self.at += 1,
                _ => {}
            }
        }
        Some(())
    }

    fn space(&mut self) {
        while self.next().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![any::<String>(), "[\\[\\]{}\",:\\\\ a]{0,9}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_pieces_of_a_value_are_its_items_and_members(value in any_value(), is_pretty: bool) {
            let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let items = items(&text).map(|items| items.into_iter().map(read).collect::<Vec<_>>());
            prop_assert_eq!(items.as_ref(), value.as_array());
            let members = members(&text).map(|members| {
                members.into_iter().map(|(name, value)| (read(name).as_str().unwrap().to_owned(), read(value))).collect()
            });
            prop_assert_eq!(members.as_ref(), value.as_object());
        }

        #[test]
        fn no_text_takes_it_out_of_step(text in "[\\[\\]{}\",:\\\\ a1é]{0,20}") {
            let _ = (items(&text), members(&text));
            if serde_json::from_str::<Vec<Value>>(&text).is_ok() {
                prop_assert!(items(&text).is_some());
            }
        }
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        for text in ["", "[", "[1", "[1,", "[1,]", "[1 2]", "[\"a]", "[\"\\", "[]]", "[[]", "{}", "7"] {
            assert_eq!(items(text), None, "{text}");
        }
        for text in ["", "{", "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[]", "{} x"] {
            assert_eq!(members(text), None, "{text}");
        }
    }
}
