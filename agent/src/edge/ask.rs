//! Requests of the service to its own objects.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::durable::Stub;
use worker::{Error, Result};

use super::OBJECT_HEADER;
use crate::json;
use flux_identity::ObjectId;

/// Asks an object at an address that only the service itself can reach.
///
/// # Errors
/// When the object fails, or answers something else.
pub(super) async fn ask<Q: Serialize, A: DeserializeOwned>(
    stub: &Stub,
    path: &str,
    name: Option<&ObjectId>,
    question: &Q,
) -> Result<A> {
    // The request of the `worker` crate would add code for all of Cloudflare's options.
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from(json::value(question).to_string()));
    if let Some(name) = name {
        let headers = web_sys::Headers::new()?;
        headers.set(OBJECT_HEADER, name.name())?;
        init.set_headers(&headers);
    }
    // Only the path matters. A stub leads to its object whatever the host.
    let sent = web_sys::Request::new_with_str_and_init(&format!("https://object/{path}"), &init)?;
    let mut response = stub.fetch_with_request(sent.into()).await?;
    let text = response.text().await?;
    if response.status_code() != 200 {
        return Err(Error::RustError(text));
    }
    json::read(&text).map_err(|error| Error::RustError(error.to_string()))
}
