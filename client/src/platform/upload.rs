//! Sending a chosen file in parts, because a request has a limit and a file may be larger than memory.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement, RequestInit, Response};

use super::{element, window};

/// A file that the user chose in a field.
pub struct ChosenFile(File);

impl ChosenFile {
    /// The file in a field. Empties the field, so that the same file can be chosen again.
    pub fn take(field: &str) -> Option<Self> {
        let input: HtmlInputElement = element(field)?.dyn_into().ok()?;
        let file = input.files()?.get(0)?;
        input.set_value("");
        Some(Self(file))
    }

    /// The size, in bytes.
    pub fn size(&self) -> f64 {
        self.0.size()
    }

    /// About `length` bytes from `start` on, up to the end of a character of UTF-8. `None` if the file cannot be read any more.
    pub async fn part(&self, start: f64, length: f64) -> Option<Uint8Array> {
        let end = (start + length).min(self.size());
        let slice = self.0.slice_with_f64_and_f64(start, end).ok()?;
        let bytes = Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.ok()?);
        if end >= self.size() {
            return Some(bytes);
        }
        // The bytes of a character after its first one begin with the bits 10.
        let is_first = |index: &u32| bytes.get_index(*index) & 0b1100_0000 != 0b1000_0000;
        let last = (0..bytes.length()).rev().take(4).find(is_first)?;
        Some(bytes.subarray(0, last))
    }
}

/// Sends a request without a body. Returns the status and the text of the response, or `None` if there was none.
pub async fn request(method: &str, address: &str) -> Option<(u16, String)> {
    let request = RequestInit::new();
    request.set_method(method);
    send(&request, address).await
}

/// Sends a request whose body is JSON, as a string or as bytes. Returns the same as [`request`].
pub async fn request_json(method: &str, address: &str, body: &JsValue) -> Option<(u16, String)> {
    let headers = Object::new();
    Reflect::set(&headers, &JsValue::from_str("content-type"), &JsValue::from_str("application/json")).ok()?;
    let request = RequestInit::new();
    request.set_method(method);
    request.set_headers(&headers);
    request.set_body(body);
    send(&request, address).await
}

async fn send(request: &RequestInit, address: &str) -> Option<(u16, String)> {
    let answer = JsFuture::from(window()?.fetch_with_str_and_init(address, request)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?;
    Some((answer.status(), text.as_string().unwrap_or_default()))
}
