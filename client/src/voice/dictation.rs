//! The microphone button, and adding words to the draft.

use dioxus::prelude::*;
use futures::StreamExt;

use super::recognizer::{self, Recognizer};
use super::speech::{SpeechEvent, Voice, joined};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};

/// Shown when the browser fails to start listening.
const NOT_STARTED: &str = "The browser could not start listening. Try again, or type instead.";

/// The dictation of the page. Copies refer to the same one.
#[derive(Clone, Copy, PartialEq)]
pub struct Dictation(Signal<Listening>);

/// The state of the dictation. The browser listens while there is a recognizer.
#[derive(Default)]
struct Listening {
    voice: Voice,
    recognizer: Option<Recognizer>,
}

/// Creates the dictation for the component that contains the message box.
pub fn use_dictation() -> Dictation {
    Dictation(use_signal(Listening::default))
}

impl Dictation {
    /// Whether the browser is listening.
    pub fn is_on(self) -> bool {
        self.0.read().voice.is_on()
    }

    /// Interim words, which may still change.
    pub fn interim(self) -> String {
        self.0.read().voice.interim().to_owned()
    }

    /// Starts or stops listening.
    pub fn toggle(self, store: Store) {
        if self.0.peek().voice.is_on() { self.stop() } else { self.start(store) }
    }

    fn start(mut self, mut store: Store) {
        self.finish_now(store);
        let Some((recognizer, mut events)) = Recognizer::start(&platform::language()) else {
            store.draft_note.set(Some(NOT_STARTED.to_owned()));
            return;
        };
        let mut voice = Voice::default();
        voice.begin();
        self.0.set(Listening { voice, recognizer: Some(recognizer) });
        // Ends when the recognizer is dropped, because its handlers hold the senders.
        spawn(async move {
            while let Some(event) = events.next().await {
                self.handle(store, event);
            }
        });
    }

    /// Stops listening. Results for speech so far still arrive.
    pub fn stop(mut self) {
        self.0.write().voice.end();
        // The browser may send an event during this call; the channel holds it until the call is over.
        if let Some(recognizer) = self.0.peek().recognizer.as_ref() {
            recognizer.stop();
        }
    }

    /// Stops at once and adds the interim words to the draft.
    pub fn finish_now(mut self, mut store: Store) {
        if self.0.peek().voice.is_off() {
            return;
        }
        let words = self.0.replace(Listening::default()).voice.finish_now();
        add(&mut store, &words);
    }

    fn handle(mut self, mut store: Store, event: SpeechEvent) {
        let update = self.0.write().voice.handle(event);
        if self.0.peek().voice.is_off() {
            self.0.write().recognizer = None;
        }
        add(&mut store, &update.words);
        if let Some(note) = update.note {
            store.draft_note.set(Some(note.to_owned()));
        }
    }
}

fn add(store: &mut Store, words: &str) {
    if !words.trim().is_empty() {
        let draft = joined(&store.draft.peek(), words);
        store.write(draft);
    }
}

/// The button. Renders nothing if the browser does not support speech recognition.
#[component]
pub fn VoiceButton(dictation: Dictation, is_disabled: bool) -> Element {
    let store = use_store();
    let is_supported = use_hook(recognizer::is_supported);
    let is_on = dictation.is_on();
    rsx! {
        if is_supported {
            button {
                class: "icon-button microphone",
                r#type: "button",
                title: if is_on { "Listening. Press to end it." } else { "Speak" },
                aria_label: "Speak",
                aria_pressed: is_on,
                disabled: is_disabled,
                onclick: move |_| dictation.toggle(store),
                Icon { shape: Shape::Microphone }
            }
        }
    }
}
