//! Browser APIs: the clock, randomness, timers, the time zone, the page's elements. Everything else in this crate also
//! runs natively, in tests.

mod listeners;
mod locale;
pub mod notification;
pub mod passkey;
mod pointer;
mod press;
mod rows;
pub mod turnstile;
mod upload;

pub use listeners::{KeyPress, on, on_check, on_input, on_key, on_pointer_down, on_pointer_move, on_submit};
pub use locale::{first_weekday, has_12_hours, is_same_zone, language, time_zone};
pub use pointer::{capture_pointer, stay_while_held};
pub use press::Press;
pub use rows::{RowId, focus_row, row_beside, row_heights};
pub use upload::{ChosenFile, request, request_json};

use chrono::{DateTime, Utc};
use futures::channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, HtmlDialogElement, HtmlElement, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
    Storage, Window,
};

/// The current time.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this age are far below 2^53")]
    let ms = js_sys::Date::now() as i64;
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// A random UUID. Does not use `crypto.randomUUID`, which exists only on secure pages. Pages on local networks may not
/// be secure.
pub fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}

/// An id of 8 characters, the format that the protocol uses for requests.
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

/// Whether the browser reports a network connection.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Reloads the page.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// The query of the page's address, such as `?sign-in=done`; often empty.
pub fn query() -> String {
    window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// Removes the query from the page's address. Neither loads anything nor adds to the browser's history.
pub fn forget_query() {
    if let Some(window) = window() {
        let path = window.location().pathname().unwrap_or_default();
        let _ = window.history().and_then(|it| it.replace_state_with_url(&JsValue::NULL, "", Some(&path)));
    }
}

/// Leaves the page for an address of the same origin.
pub fn go(address: &str) {
    if let Some(window) = window() {
        let _ = window.location().assign(address);
    }
}

/// The text that this browser stores under a key. `None` if there is none or the user has disabled storage.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// The storage keys that begin with a prefix.
pub fn stored_keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let all = (0..storage.length().unwrap_or(0)).filter_map(|place| storage.key(place).ok()?);
    all.filter(|key| key.starts_with(prefix)).collect()
}

/// Stores a text in this browser, or removes it. Does nothing if the user has disabled storage.
pub fn store(key: &str, text: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = match text {
            Some(text) => storage.set_item(key, text),
            None => storage.remove_item(key),
        };
    }
}

/// The text that this tab keeps under a key until it is closed.
pub fn kept_for_tab(key: &str) -> Option<String> {
    window()?.session_storage().ok()??.get_item(key).ok()?
}

/// Keeps a text for this tab until it is closed. Does nothing if the user has disabled storage.
pub fn keep_for_tab(key: &str, text: &str) {
    if let Some(storage) = window().and_then(|window| window.session_storage().ok()?) {
        let _ = storage.set_item(key, text);
    }
}

/// Copies a text to the clipboard. Returns false if the browser refuses, as it does on pages that are not secure.
pub async fn copy(text: &str) -> bool {
    match begin_to_copy(text) {
        Some(written) => JsFuture::from(written).await.is_ok(),
        None => false,
    }
}

/// Looks up the clipboard by name, because insecure pages have none, and the Rust type does not allow for that.
fn begin_to_copy(text: &str) -> Option<Promise> {
    let navigator = window()?.navigator();
    let clipboard = Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok()?;
    let write: Function = Reflect::get(&clipboard, &JsValue::from_str("writeText")).ok()?.dyn_into().ok()?;
    write.call1(&clipboard, &JsValue::from_str(text)).ok()?.dyn_into().ok()
}

/// Writes a warning to the console.
pub fn warn(text: &str) {
    web_sys::console::warn_1(&JsValue::from_str(text));
}

/// Focuses an element.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Focuses an element at once, or if it is not visible yet, after the page has been drawn again.
pub fn focus_when_drawn(id: &'static str) {
    focus(id);
    if is_focused(id) {
        return;
    }
    dioxus::prelude::spawn(async move {
        sleep_ms(0).await;
        focus(id);
    });
}

/// Opens a modal dialog.
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

/// Whether an element that can be expanded is open.
pub fn is_unfolded(id: &str) -> bool {
    element(id).is_some_and(|element| element.has_attribute("open"))
}

/// Scrolls just far enough to show an element.
pub fn show(id: &str) {
    if let Some(element) = element(id) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

/// Scrolls so that an element is shown from its start.
pub fn show_from_start(id: &str) {
    if let Some(element) = element(id) {
        element.scroll_into_view();
    }
}

/// Whether an element, or one in it, has the focus.
pub fn has_focus_within(id: &str) -> bool {
    element(id).is_some_and(|element| matches!(element.query_selector(":focus"), Ok(Some(_))) || is_focused(id))
}

fn is_focused(id: &str) -> bool {
    document().and_then(|document| document.active_element()).is_some_and(|active| active.id() == id)
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

/// Scrolls an element to a distance from its end, in CSS pixels.
pub fn scroll_to_distance(id: &str, distance: i32) {
    if let Some(element) = element(id) {
        element.set_scroll_top(element.scroll_height() - element.client_height() - distance);
    }
}

/// Removes the static page that was shown while the program was loading.
pub fn remove_static_shell() {
    if let Some(main) = element("main") {
        main.set_inner_html("");
    }
}

/// Shows the static note in the page that reports a crash of the program.
pub fn show_failure(details: &str) {
    web_sys::console::error_1(&JsValue::from_str(details));
    if let Some(note) = element("failure") {
        let _ = note.remove_attribute("hidden");
    }
}

/// Calls `act` on each such event of the window or the document. Listeners stay as long as the page.
pub fn listen(event: &str, act: impl Fn() + 'static) {
    let act = Closure::<dyn Fn()>::new(act).into_js_value();
    if let Some(window) = window() {
        let _ = window.add_event_listener_with_callback(event, act.unchecked_ref());
        if let Some(document) = window.document() {
            let _ = document.add_event_listener_with_callback(event, act.unchecked_ref());
        }
    }
}

/// Calls `act` with each pressed key, and prevents the browser's default action if `act` returns true. Does nothing
/// while a dialog is open. Stays as long as the page.
pub fn listen_to_keys(act: impl Fn(&Press) -> bool + 'static) {
    let handler = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_in =
            |selector| target.as_ref().is_some_and(|element| element.closest(selector).ok().flatten().is_some());
        // After a click on an empty part of a dialog, key events go to the page behind it.
        let is_dialog_open =
            document().is_some_and(|document| matches!(document.query_selector("dialog[open]"), Ok(Some(_))));
        let press = Press {
            key: event.key(),
            ctrl: event.ctrl_key() || event.meta_key(),
            shift: event.shift_key(),
            alt: event.alt_key(),
            is_typed: is_in("input:not([type=checkbox]):not([type=range]), textarea, select"),
        };
        if !event.default_prevented() && !event.repeat() && !is_dialog_open && act(&press) {
            event.prevent_default();
        }
    });
    if let Some(document) = document() {
        let handler = handler.into_js_value();
        let _ = document.add_event_listener_with_callback("keydown", handler.unchecked_ref());
    }
}

/// Whether the page has room for only one view. The style sheet uses the same limit.
pub fn is_narrow() -> bool {
    window_width() < 900.0
}

/// The width of the page, in CSS pixels.
pub fn window_width() -> f64 {
    let width = window().and_then(|window| window.inner_width().ok()).and_then(|width| width.as_f64());
    width.unwrap_or(f64::INFINITY)
}

/// Sets the attributes and the property through which the style sheet reads the display preferences.
pub fn set_appearance(theme: &str, motion: &str, split: u8, is_debugging: bool) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-theme", theme);
        let _ = root.set_attribute("data-motion", motion);
        let _ = root.toggle_attribute_with_force("data-debug", is_debugging);
        if let Ok(root) = root.dyn_into::<HtmlElement>() {
            let _ = root.style().set_property("--split", &format!("{split}%"));
        }
    }
}

/// How far an element is scrolled, in CSS pixels.
pub fn scroll_top(id: &str) -> f64 {
    element(id).map_or(0.0, |element| f64::from(element.scroll_top()))
}

/// Scrolls an element.
pub fn scroll_to(id: &str, top: f64) {
    if let Some(element) = element(id) {
        #[expect(clippy::cast_possible_truncation, reason = "no page is higher")]
        element.set_scroll_top(top.round() as i32);
    }
}

/// The visible height of an element, in CSS pixels.
pub fn height(id: &str) -> f64 {
    element(id).map_or(0.0, |element| f64::from(element.client_height()))
}

/// The width of an element, in CSS pixels.
pub fn width(id: &str) -> f64 {
    element(id).map_or(0.0, |element| f64::from(element.client_width()))
}

/// Whether the page is visible.
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
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
