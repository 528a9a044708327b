//! Processing the browser's speech events: final words, interim words that may still change, and errors. Pure.

/// An event from the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechEvent {
    /// All phrases since it started to listen.
    Phrases(Vec<Phrase>),
    /// An error, with its code in the Web Speech API.
    Problem(String),
    /// It has stopped listening.
    End,
}

/// A recognized phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The words.
    pub text: String,
    /// Whether the words are final.
    pub is_final: bool,
}

/// What to do after an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// Words to be added to the draft.
    pub words: String,
    /// A sentence for the user.
    pub note: Option<&'static str>,
}

/// The state of a dictation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Voice {
    state: State,
    /// How many phrases have been added to the draft.
    taken: usize,
    interim: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Off,
    On,
    /// The user has stopped it. The browser may still report final words.
    Ending,
}

impl Voice {
    /// Whether the browser is listening.
    pub fn is_on(&self) -> bool {
        self.state == State::On
    }

    /// Whether the browser has reported that it stopped listening.
    pub fn is_off(&self) -> bool {
        self.state == State::Off
    }

    /// Interim words, which may still change.
    pub fn interim(&self) -> &str {
        &self.interim
    }

    /// Starts the dictation.
    pub fn begin(&mut self) {
        *self = Self { state: State::On, ..Self::default() };
    }

    /// Stops the dictation. Final words may still arrive.
    pub fn end(&mut self) {
        if self.is_on() {
            self.state = State::Ending;
        }
    }

    /// Ends the dictation at once. Returns the interim words.
    pub fn finish_now(&mut self) -> String {
        std::mem::take(self).interim
    }

    /// Handles an event from the browser.
    pub fn handle(&mut self, sound: SpeechEvent) -> Update {
        match sound {
            _ if self.is_off() => Update::default(),
            SpeechEvent::Phrases(phrases) => Update { words: self.take(&phrases), note: None },
            // Some browsers send an end event after an error, others do not.
            SpeechEvent::Problem(code) => Update { words: self.finish_now(), note: sentence(&code) },
            SpeechEvent::End => Update { words: self.finish_now(), note: None },
        }
    }

    /// Returns the words of phrases that are final and new. The others become the interim words.
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

/// The draft with words appended.
pub fn joined(draft: &str, words: &str) -> String {
    let words = words.trim();
    let is_open = draft.is_empty() || draft.ends_with(char::is_whitespace) || words.is_empty();
    format!("{draft}{}{words}", if is_open { "" } else { " " })
}

/// The message for an error code of the Web Speech API. `None` if the page or the user ended the dictation.
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

    fn phrases(list: &[(&str, bool)]) -> SpeechEvent {
        SpeechEvent::Phrases(
            list.iter().map(|(text, is_final)| Phrase { text: (*text).into(), is_final: *is_final }).collect(),
        )
    }

    fn words(text: &str) -> Update {
        Update { words: text.to_owned(), note: None }
    }

    #[test]
    fn final_words_are_added_once_and_interim_words_are_only_shown() {
        let mut voice = Voice::default();
        voice.begin();
        assert_eq!(voice.handle(phrases(&[("gym", false)])), words(""));
        assert_eq!(voice.interim(), "gym");
        assert_eq!(voice.handle(phrases(&[("gym at eight", true), (" and", false)])), words("gym at eight"));
        assert_eq!(voice.interim(), " and");
        // The same phrase again, and a new one.
        assert_eq!(voice.handle(phrases(&[("gym at eight", true), (" and milk", true)])), words("and milk"));
        assert_eq!(voice.interim(), "");
        assert_eq!(voice.handle(SpeechEvent::End), words(""));
        assert!(voice.is_off());
    }

    #[test]
    fn words_after_a_stop_are_added_until_the_browser_has_ended() {
        let mut voice = Voice::default();
        voice.begin();
        voice.handle(phrases(&[("gym", false)]));
        voice.end();
        assert!(!voice.is_on() && !voice.is_off());
        assert_eq!(voice.handle(phrases(&[("gym at eight", true)])), words("gym at eight"));
        assert_eq!(voice.handle(SpeechEvent::End), words(""));
        assert_eq!(voice.handle(phrases(&[("gym at eight", true), ("late", true)])), words(""));
    }

    #[test]
    fn interim_words_are_kept_after_every_error() {
        for code in ["not-allowed", "no-speech", "network", "audio-capture", "language-not-supported", "new-thing"] {
            let mut voice = Voice::default();
            voice.begin();
            voice.handle(phrases(&[("gym", false)]));
            let update = voice.handle(SpeechEvent::Problem(code.to_owned()));
            assert_eq!(update.words, "gym");
            assert!(update.note.is_some_and(|note| note.ends_with('.')), "{code}");
            assert_eq!(voice.handle(SpeechEvent::End), words(""));
        }
        let mut voice = Voice::default();
        voice.begin();
        assert_eq!(voice.handle(SpeechEvent::Problem("aborted".to_owned())), words(""));
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
