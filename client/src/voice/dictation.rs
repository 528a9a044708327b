//! From the button to the draft.

use dioxus::prelude::*;
use futures::StreamExt;

use super::heard::{Sound, Voice, joined};
use super::recognizer::{self, Recognizer};
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};

/// What is said where the browser does not even begin.
const NOT_STARTED: &str = "The browser cannot listen now. Nothing was changed; try again, or type.";

/// The microphone of the page. Copies are the same one.
#[derive(Clone, Copy, PartialEq)]
pub struct Dictation(Signal<Listening>);

/// What is heard, and by what; the browser listens as long as there is something.
#[derive(Default)]
struct Listening {
    voice: Voice,
    recognizer: Option<Recognizer>,
}

/// The microphone, for the component that has the box.
pub fn use_dictation() -> Dictation {
    Dictation(use_signal(Listening::default))
}

impl Dictation {
    /// Whether the person is being listened to.
    pub fn is_on(self) -> bool {
        self.0.read().voice.is_on()
    }

    /// Words that may still change.
    pub fn interim(self) -> String {
        self.0.read().voice.interim().to_owned()
    }

    /// Begins to listen, or stops.
    pub fn toggle(self, store: Store) {
        if self.0.peek().voice.is_on() { self.stop() } else { self.start(store) }
    }

    fn start(mut self, mut store: Store) {
        self.cut(store);
        let Some((recognizer, mut sounds)) = Recognizer::start(&platform::language()) else {
            store.draft_note.set(Some(NOT_STARTED.to_owned()));
            return;
        };
        let mut voice = Voice::default();
        voice.begin();
        self.0.set(Listening { voice, recognizer: Some(recognizer) });
        // Ends with the recognizer, whose handlers are the other end of it.
        spawn(async move {
            while let Some(sound) = sounds.next().await {
                self.hear(store, sound);
            }
        });
    }

    /// Stops; what was heard so far still comes.
    pub fn stop(mut self) {
        self.0.write().voice.end();
        // A browser may tell of it at once, but what it tells waits until this is over.
        if let Some(recognizer) = self.0.peek().recognizer.as_ref() {
            recognizer.stop();
        }
    }

    /// Stops at once; what was heard so far is in the draft.
    pub fn cut(mut self, mut store: Store) {
        if self.0.peek().voice.is_off() {
            return;
        }
        let words = self.0.replace(Listening::default()).voice.cut();
        add(&mut store, &words);
    }

    fn hear(mut self, mut store: Store, sound: Sound) {
        let heard = self.0.write().voice.hear(sound);
        if self.0.peek().voice.is_off() {
            self.0.write().recognizer = None;
        }
        add(&mut store, &heard.words);
        if let Some(note) = heard.note {
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

/// The button; nothing where the browser cannot listen.
#[component]
pub fn VoiceButton(dictation: Dictation, is_disabled: bool) -> Element {
    let store = use_store();
    let is_there = use_hook(recognizer::is_there);
    let is_on = dictation.is_on();
    rsx! {
        if is_there {
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
