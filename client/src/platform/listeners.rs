//! Listeners for what the first part of the program draws. They are attributes of an element: `..on_key(move |press| …)`.
//!
//! Dioxus' own types of events can do a lot, and the first listener for such an event brings all of it along: 23 kB for keys,
//! 16 kB for forms. These listeners read from the browser's event only what is needed here.

use dioxus::dioxus_core::AttributeValue;
use dioxus::html::{CancelData, PlatformEventData};
use dioxus::prelude::{Attribute, Event};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

/// An event, as Dioxus hands it from an element to those around it, and as the browser has it.
struct Happening {
    event: Event<PlatformEventData>,
    browsers: web_sys::Event,
}

/// A key that was pressed in an element.
pub struct KeyPress {
    event: Event<PlatformEventData>,
    browsers: KeyboardEvent,
}

impl KeyPress {
    /// The name of the key, such as `a`, `Enter` or `ArrowUp`.
    pub fn key(&self) -> String {
        self.browsers.key()
    }

    /// Whether Shift is held.
    pub fn shift(&self) -> bool {
        self.browsers.shift_key()
    }

    /// Whether Alt is held.
    pub fn alt(&self) -> bool {
        self.browsers.alt_key()
    }

    /// Whether Ctrl or ⌘ is held.
    pub fn ctrl(&self) -> bool {
        self.browsers.ctrl_key() || self.browsers.meta_key()
    }

    /// Whether the key is being held, and this is not its first event.
    pub fn is_repeated(&self) -> bool {
        self.browsers.repeat()
    }

    /// Whether the key belongs to a word that is being composed (IME).
    pub fn is_composing(&self) -> bool {
        self.browsers.is_composing()
    }

    /// Keeps the browser from doing what it does by default.
    pub fn prevent_default(&self) {
        self.event.prevent_default();
    }

    /// Keeps the event from the elements around this one.
    pub fn stop_propagation(&self) {
        self.event.stop_propagation();
    }
}

/// Calls `act` with each key that is pressed in the element.
pub fn on_key(mut act: impl FnMut(&KeyPress) + 'static) -> Vec<Attribute> {
    listener(
        "onkeydown",
        Box::new(move |it| act(&KeyPress { event: it.event, browsers: it.browsers.unchecked_into() })),
    )
}

/// Calls `act` with the text of the field after each change.
pub fn on_input(mut act: impl FnMut(String) + 'static) -> Vec<Attribute> {
    listener("oninput", Box::new(move |it| act(property(&it, "value").as_string().unwrap_or_default())))
}

/// Calls `act` with whether the box is checked after it has changed.
pub fn on_check(mut act: impl FnMut(bool) + 'static) -> Vec<Attribute> {
    listener("onchange", Box::new(move |it| act(property(&it, "checked").is_truthy())))
}

/// Calls `act` instead of sending the form.
pub fn on_submit(mut act: impl FnMut() + 'static) -> Vec<Attribute> {
    listener(
        "onsubmit",
        Box::new(move |it| {
            it.event.prevent_default();
            act();
        }),
    )
}

/// Calls `act` with the number of the pointer that is pressed on the element. Prevents what the browser does then.
pub fn on_pointer_down(mut act: impl FnMut(i32) + 'static) -> Vec<Attribute> {
    listener(
        "onpointerdown",
        Box::new(move |it| {
            it.event.prevent_default();
            act(it.browsers.unchecked_into::<PointerEvent>().pointer_id());
        }),
    )
}

/// Calls `act` with where the pointer is, in CSS pixels from the left of the page, when it moves over the element.
pub fn on_pointer_move(mut act: impl FnMut(i32) + 'static) -> Vec<Attribute> {
    listener("onpointermove", Box::new(move |it| act(it.browsers.unchecked_into::<PointerEvent>().client_x())))
}

/// Calls `act` on each event of this name, such as `onscroll`.
pub fn on(name: &'static str, mut act: impl FnMut() + 'static) -> Vec<Attribute> {
    listener(name, Box::new(move |_| act()))
}

/// The closure is boxed, so that this is compiled once and not for each listener.
fn listener(name: &'static str, mut act: Box<dyn FnMut(Happening)>) -> Vec<Attribute> {
    let listener = AttributeValue::listener(move |event: Event<PlatformEventData>| {
        // The type of event that has nothing but the browser's event.
        let data = CancelData::from(&*event.data());
        if let Some(browsers) = data.downcast::<web_sys::Event>().cloned() {
            act(Happening { event, browsers });
        }
    });
    vec![Attribute::new(name, listener, None, false)]
}

/// A property of the element on which the event happened.
fn property(happening: &Happening, name: &str) -> JsValue {
    let element = happening.browsers.target();
    element.and_then(|element| Reflect::get(&element, &JsValue::from_str(name)).ok()).unwrap_or_default()
}
