//! What JavaScript throws.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The message of an error that was thrown, or what was thrown instead of an error.
pub(super) fn message_of(thrown: &JsValue) -> String {
    let message = Reflect::get(thrown, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| format!("{thrown:?}"))
}
