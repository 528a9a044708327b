//! Pointer events, including those outside of the element on which they started.

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event};

use super::rows::{KEYED, RowId, elements};
use super::{document, element};

/// Sends all events of a pointer to an element until the pointer is released.
pub fn capture_pointer(id: &str, pointer: i32) {
    if let Some(element) = element(id) {
        let _ = element.set_pointer_capture(pointer);
    }
}

/// Prevents scrolling by a finger on a row while the row is marked as held. The listener is on the touched element,
/// because that element still gets its touch events after it is removed from the page, and its ancestors do not.
/// Calling this again for the same row has no effect.
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
