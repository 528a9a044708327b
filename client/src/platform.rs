//! What only a browser has: the clock, randomness, timers, the zone, the page's elements. Everything else in this crate
//! also runs natively, in tests.

use chrono::{DateTime, Utc};
use futures::channel::oneshot;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlDialogElement, HtmlElement, Window};

/// The present moment.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this age are far below 2^53")]
    let ms = js_sys::Date::now() as i64;
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// The person's zone by its IANA name, as the browser knows it.
pub fn time_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone")).ok()?.as_string()
}

/// A random UUID. `crypto.randomUUID` is only there on secure pages, and local networks have others too.
pub fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}

/// An id of 8 characters, as the protocol has them for requests.
pub fn short_id() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bytes: [u8; 16] = random();
    bytes.iter().take(8).map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect()
}

/// A number from 0 to 1.
pub fn jitter() -> f64 {
    js_sys::Math::random()
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    let filled = window().and_then(|window| window.crypto().ok());
    if filled.is_none_or(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_err()) {
        bytes.fill_with(|| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let byte = (js_sys::Math::random() * 256.0) as u8;
            byte
        });
    }
    bytes
}

/// Waits.
pub async fn sleep_ms(ms: u32) {
    let (sender, receiver) = oneshot::channel::<()>();
    let wake = Closure::once_into_js(move || {
        let _ = sender.send(());
    });
    let ms = i32::try_from(ms).unwrap_or(i32::MAX);
    let is_set = window().is_some_and(|window| {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(wake.unchecked_ref(), ms).is_ok()
    });
    if is_set {
        let _ = receiver.await;
    }
}

/// The page's scheme and host, such as `https://flux.example`.
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Whether the browser thinks that there is a network.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// Tells developers something.
pub fn warn(text: &str) {
    web_sys::console::warn_1(&JsValue::from_str(text));
}

/// Gives an element the focus.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Opens a dialog that must be answered first.
pub fn open_dialog(id: &str) {
    if let Some(dialog) = dialog(id).filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

/// Scrolls an element to its end.
pub fn scroll_to_end(id: &str) {
    if let Some(element) = element(id) {
        element.set_scroll_top(element.scroll_height());
    }
}

/// How far an element is scrolled from its end, in CSS pixels.
pub fn distance_from_end(id: &str) -> i32 {
    element(id).map_or(0, |element| element.scroll_height() - element.client_height() - element.scroll_top())
}

/// Takes the static page away that was shown while the program was loading.
pub fn remove_static_shell() {
    if let Some(main) = element("main") {
        main.set_inner_html("");
    }
}

/// What is shown when the program has come to an end that it should not have: the static note in the page.
pub fn show_failure(details: &str) {
    web_sys::console::error_1(&JsValue::from_str(details));
    if let Some(note) = element("failure") {
        let _ = note.remove_attribute("hidden");
    }
}

/// Calls `act` whenever the event comes to the window or the document. Listeners stay as long as the page.
pub fn listen(event: &str, act: impl Fn() + 'static) {
    let act = Closure::<dyn Fn()>::new(act).into_js_value();
    if let Some(window) = window() {
        let _ = window.add_event_listener_with_callback(event, act.unchecked_ref());
        if let Some(document) = window.document() {
            let _ = document.add_event_listener_with_callback(event, act.unchecked_ref());
        }
    }
}

/// Whether the person can see the page.
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    element(id)?.dyn_into().ok()
}
