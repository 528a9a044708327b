//! Passkeys: the browser makes or uses one (WebAuthn). Looked up by name, because older browsers and pages that are not
//! secure have none of it.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::window;

/// The class that converts between the browser's objects and JSON, WebAuthn §5.1.
const CLASS: &str = "PublicKeyCredential";
const READ_CREATION: &str = "parseCreationOptionsFromJSON";
const READ_REQUEST: &str = "parseRequestOptionsFromJSON";

/// Whether the browser can make and use passkeys.
pub fn is_supported() -> bool {
    let Some(class) = class() else { return false };
    [READ_CREATION, READ_REQUEST].into_iter().all(|name| function(&class, name).is_ok())
}

/// Makes a passkey. Takes the options as JSON, and returns the credential as JSON.
///
/// # Errors
/// The name of the browser's exception, such as `NotAllowedError` if the person cancels.
pub async fn create(options: &str) -> Result<String, String> {
    ask(READ_CREATION, "create", options).await.map_err(|error| name(&error))
}

/// Asks for a passkey. Takes the options as JSON, and returns the credential as JSON.
///
/// # Errors
/// The name of the browser's exception, such as `NotAllowedError` if the person cancels or has no passkey.
pub async fn get(options: &str) -> Result<String, String> {
    ask(READ_REQUEST, "get", options).await.map_err(|error| name(&error))
}

async fn ask(read: &str, method: &str, options: &str) -> Result<String, JsValue> {
    let class = class().ok_or(JsValue::UNDEFINED)?;
    let options = function(&class, read)?.call1(&class, &JSON::parse(options)?)?;
    let argument = Object::new();
    Reflect::set(&argument, &JsValue::from_str("publicKey"), &options)?;
    let navigator = window().ok_or(JsValue::UNDEFINED)?.navigator();
    let credentials = Reflect::get(&navigator, &JsValue::from_str("credentials"))?;
    let promise: Promise = function(&credentials, method)?.call1(&credentials, &argument)?.dyn_into()?;
    let credential = JsFuture::from(promise).await?;
    let json = function(&credential, "toJSON")?.call0(&credential)?;
    JSON::stringify(&json).map(String::from)
}

fn class() -> Option<JsValue> {
    Reflect::get(window()?.as_ref(), &JsValue::from_str(CLASS)).ok().filter(|class| class.is_function())
}

fn function(of: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(of, &JsValue::from_str(name))?.dyn_into()
}

fn name(error: &JsValue) -> String {
    let name = Reflect::get(error, &JsValue::from_str("name")).ok().and_then(|name| name.as_string());
    name.unwrap_or_else(|| "Error".to_owned())
}
