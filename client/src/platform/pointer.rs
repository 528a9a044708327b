//! What the pointer does, also outside of the element on which it began.

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event};

use super::rows::{KEYED, RowId, elements};
use super::{document, element};

/// Has an element hear what the pointer does, wherever it is, until it is let go.
pub fn capture_pointer(id: &str, pointer: i32) {
    if let Some(element) = element(id) {
        let _ = element.set_pointer_capture(pointer);
    }
}

/// Keeps a finger on a row from scrolling while the row says that it is held. What was touched hears of its finger also when
/// it is no longer in the page, where nothing around it does. Once a row is enough; more change nothing.
pub fn stay_while_held(row: RowId) {
    thread_local! {
        static STAY: JsValue = Closure::<dyn Fn(Event)>::new(|event: Event| {
            let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
            if element.is_some_and(|element| element.get_attribute("data-held").as_deref() == Some("true")) {
                event.prevent_default();
            }
        })
        .into_js_value();
    }
    let found = document().map(|document| document.query_selector_all(&format!("[data-row=\"{row}\"] {KEYED}")));
    for element in found.into_iter().flat_map(elements) {
        STAY.with(|stay| {
            let _ = element.add_event_listener_with_callback("touchmove", stay.unchecked_ref());
        });
    }
}
