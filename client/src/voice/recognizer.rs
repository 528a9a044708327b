//! The browser's Web Speech API. It is looked up by name: some browsers lack it, others have it under a prefixed name.
//!
//! <https://webaudio.github.io/web-speech-api/#speechreco-section>

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

use super::speech::{Phrase, SpeechEvent};

const NAMES: [&str; 2] = ["SpeechRecognition", "webkitSpeechRecognition"];

/// Whether the browser supports speech recognition.
pub fn is_supported() -> bool {
    constructor().is_some()
}

/// A running speech recognition. It stops when this is dropped.
pub struct Recognizer {
    browser: JsValue,
    /// Kept alive because the browser calls them while it listens.
    _handlers: [Closure<dyn Fn(JsValue)>; 3],
}

impl Recognizer {
    /// Starts listening and returns a stream of events. `None` if the browser refuses or does not support it.
    pub fn start(language: &str) -> Option<(Self, UnboundedReceiver<SpeechEvent>)> {
        let browser = Reflect::construct(&constructor()?, &Array::new()).ok()?;
        set(&browser, "lang", &JsValue::from_str(language));
        set(&browser, "continuous", &JsValue::TRUE);
        set(&browser, "interimResults", &JsValue::TRUE);
        let (sender, receiver) = unbounded();
        let handlers = [
            handle(&browser, "onresult", &sender, |event| SpeechEvent::Phrases(phrases(event))),
            handle(&browser, "onerror", &sender, |event| SpeechEvent::Problem(text(&get(event, "error")))),
            handle(&browser, "onend", &sender, |_| SpeechEvent::End),
        ];
        let recognizer = Self { browser, _handlers: handlers };
        recognizer.call("start").then_some((recognizer, receiver))
    }

    /// Stops listening. Results for speech so far still arrive.
    pub fn stop(&self) {
        self.call("stop");
    }

    fn call(&self, method: &str) -> bool {
        let method = get(&self.browser, method).dyn_into::<Function>();
        method.is_ok_and(|method| method.call0(&self.browser).is_ok())
    }
}

impl Drop for Recognizer {
    fn drop(&mut self) {
        for event in ["onresult", "onerror", "onend"] {
            set(&self.browser, event, &JsValue::NULL);
        }
        self.call("abort");
    }
}

fn constructor() -> Option<Function> {
    NAMES.iter().find_map(|name| get(&js_sys::global(), name).dyn_into().ok())
}

fn handle(
    browser: &JsValue,
    event: &str,
    sender: &UnboundedSender<SpeechEvent>,
    read: fn(&JsValue) -> SpeechEvent,
) -> Closure<dyn Fn(JsValue)> {
    let sender = sender.clone();
    let handler = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let _ = sender.unbounded_send(read(&event));
    });
    set(browser, event, handler.as_ref());
    handler
}

/// All phrases since the start.
fn phrases(event: &JsValue) -> Vec<Phrase> {
    let results = get(event, "results");
    let phrase = |result: JsValue| Phrase {
        text: text(&get(&get(&result, "0"), "transcript")),
        is_final: get(&result, "isFinal").is_truthy(),
    };
    // A `SpeechRecognitionResultList`, which is not an array.
    Array::from(&results).iter().map(phrase).collect()
}

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).unwrap_or_default()
}

fn set(of: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(of, &JsValue::from_str(name), value);
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}
