//! Requests of the service to its own objects.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::durable::Stub;
use worker::{Env, Error, Result};

use super::OBJECT_HEADER;
use crate::account::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use crate::identity::{ObjectId, Subject};
use crate::json;

/// Asks the object of a subject.
///
/// # Errors
/// When the object fails, or answers something else.
pub(super) async fn subject(env: &Env, subject: &Subject, request: &SubjectRequest) -> Result<SubjectReply> {
    let object = env.durable_object("Account")?.get_by_name(&subject.to_string())?;
    ask(&object, "subject", None, request).await
}

/// Asks the object of a timeline.
///
/// # Errors
/// As [`subject`].
pub(super) async fn timeline(env: &Env, object: &ObjectId, request: &TimelineRequest) -> Result<TimelineReply> {
    let stub = env.durable_object("Chat")?.get_by_name(object.name())?;
    ask(&stub, "account", Some(object), request).await
}

/// Asks an object at an address that only the service itself can reach.
///
/// # Errors
/// As [`subject`].
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
