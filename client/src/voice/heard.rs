//! What becomes of what the browser hears: words that it is sure of, words that may still change, and what went wrong.
//! Pure.

/// What the browser tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// Everything that it has heard since it began to listen.
    Phrases(Vec<Phrase>),
    /// Something went wrong; the code of the Web Speech API.
    Problem(String),
    /// It does not listen any more.
    End,
}

/// A piece of what it has heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The words.
    pub text: String,
    /// Whether they stay as they are.
    pub is_final: bool,
}

/// What is to be done about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Words to be added to the draft.
    pub words: String,
    /// A sentence for the person.
    pub note: Option<&'static str>,
}

/// What is heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Voice {
    state: State,
    /// How many phrases were added to the draft.
    taken: usize,
    interim: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Off,
    On,
    /// The person does not want it any more; the browser may still be sure of some words.
    Ending,
}

impl Voice {
    /// Whether the person is being listened to.
    pub fn is_on(&self) -> bool {
        self.state == State::On
    }

    /// Whether the browser has told that it does not listen any more.
    pub fn is_off(&self) -> bool {
        self.state == State::Off
    }

    /// Words that may still change.
    pub fn interim(&self) -> &str {
        &self.interim
    }

    /// Listening begins.
    pub fn begin(&mut self) {
        *self = Self { state: State::On, ..Self::default() };
    }

    /// The person does not want it any more.
    pub fn end(&mut self) {
        if self.is_on() {
            self.state = State::Ending;
        }
    }

    /// It ends at once. Gives the words that might still have changed.
    pub fn cut(&mut self) -> String {
        std::mem::take(self).interim
    }

    /// Takes what the browser tells.
    pub fn hear(&mut self, sound: Sound) -> Heard {
        match sound {
            _ if self.is_off() => Heard::default(),
            Sound::Phrases(phrases) => Heard { words: self.take(&phrases), note: None },
            // An end follows, or not: browsers differ.
            Sound::Problem(code) => Heard { words: self.cut(), note: sentence(&code) },
            Sound::End => Heard { words: self.cut(), note: None },
        }
    }

    /// Takes those phrases that are final and new; the others are shown.
    fn take(&mut self, phrases: &[Phrase]) -> String {
        self.interim.clear();
        let mut words = String::new();
        for (place, phrase) in phrases.iter().enumerate().skip(self.taken) {
            if phrase.is_final {
                words = joined(&words, &phrase.text);
                self.taken = place + 1;
            } else {
                self.interim.push_str(&phrase.text);
            }
        }
        words
    }
}

/// The draft with words added to it.
pub fn joined(draft: &str, words: &str) -> String {
    let words = words.trim();
    let is_open = draft.is_empty() || draft.ends_with(char::is_whitespace) || words.is_empty();
    format!("{draft}{}{words}", if is_open { "" } else { " " })
}

/// An error of the Web Speech API in words; none where the page or the person ended it.
fn sentence(code: &str) -> Option<&'static str> {
    Some(match code {
        "aborted" => return None,
        "no-speech" => "Nothing was heard. Press the microphone to try again.",
        "not-allowed" | "service-not-allowed" => {
            "The browser does not let this page listen. What was heard is kept; allow the microphone for this page, then try again."
        }
        "audio-capture" => "There is no microphone. What was heard is kept; connect one, then try again.",
        "network" => {
            "The browser's speech service cannot be reached. What was heard is kept; try again when you are online."
        }
        "language-not-supported" => "The browser does not understand speech in your language. You can type instead.",
        _ => "The browser stopped listening. What was heard is kept; try again.",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(list: &[(&str, bool)]) -> Sound {
        Sound::Phrases(
            list.iter().map(|(text, is_final)| Phrase { text: (*text).into(), is_final: *is_final }).collect(),
        )
    }

    fn words(text: &str) -> Heard {
        Heard { words: text.to_owned(), note: None }
    }

    #[test]
    fn final_words_are_added_once_and_others_only_shown() {
        let mut voice = Voice::default();
        voice.begin();
        assert_eq!(voice.hear(phrases(&[("gym", false)])), words(""));
        assert_eq!(voice.interim(), "gym");
        assert_eq!(voice.hear(phrases(&[("gym at eight", true), (" and", false)])), words("gym at eight"));
        assert_eq!(voice.interim(), " and");
        // The same again, and more.
        assert_eq!(voice.hear(phrases(&[("gym at eight", true), (" and milk", true)])), words("and milk"));
        assert_eq!(voice.interim(), "");
        assert_eq!(voice.hear(Sound::End), words(""));
        assert!(voice.is_off());
    }

    #[test]
    fn words_that_come_after_the_person_stopped_count_until_the_browser_has_ended() {
        let mut voice = Voice::default();
        voice.begin();
        voice.hear(phrases(&[("gym", false)]));
        voice.end();
        assert!(!voice.is_on() && !voice.is_off());
        assert_eq!(voice.hear(phrases(&[("gym at eight", true)])), words("gym at eight"));
        assert_eq!(voice.hear(Sound::End), words(""));
        assert_eq!(voice.hear(phrases(&[("gym at eight", true), ("late", true)])), words(""));
    }

    #[test]
    fn what_was_heard_is_kept_whatever_goes_wrong() {
        for code in ["not-allowed", "no-speech", "network", "audio-capture", "language-not-supported", "new-thing"] {
            let mut voice = Voice::default();
            voice.begin();
            voice.hear(phrases(&[("gym", false)]));
            let heard = voice.hear(Sound::Problem(code.to_owned()));
            assert_eq!(heard.words, "gym");
            assert!(heard.note.is_some_and(|note| note.ends_with('.')), "{code}");
            assert_eq!(voice.hear(Sound::End), words(""));
        }
        let mut voice = Voice::default();
        voice.begin();
        assert_eq!(voice.hear(Sound::Problem("aborted".to_owned())), words(""));
    }

    #[test]
    fn words_are_added_with_one_space() {
        for (draft, added, whole) in
            [("", " gym ", "gym"), ("Gym", "at eight", "Gym at eight"), ("Gym ", "at", "Gym at"), ("Gym", " ", "Gym")]
        {
            assert_eq!(joined(draft, added), whole);
        }
    }
}
