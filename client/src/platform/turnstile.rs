//! Turnstile's widget, whose program comes from Cloudflare and is loaded only when the widget is shown
//! (<https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/>).

use flux_protocol::account::TURNSTILE_ACTION;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{document, window};

/// The program, which shows nothing by itself.
const PROGRAM: &str = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

/// What the widget says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The check is passed, and this proves it to the service.
    Token(String),
    /// It failed, with this code of Turnstile. Empty if the program could not be loaded or used.
    Failed(String),
}

/// Shows the widget in the element with this id, once its program is loaded. Stays as long as the page.
pub fn show(place: &'static str, site_key: &str) -> UnboundedReceiver<Said> {
    let (said, receiver) = unbounded();
    if load(place, site_key, &said).is_err() {
        fail(&said, "");
    }
    receiver
}

fn load(place: &'static str, site_key: &str, said: &UnboundedSender<Said>) -> Result<(), JsValue> {
    let document = document().ok_or(JsValue::UNDEFINED)?;
    let script = document.create_element("script")?;
    script.set_attribute("src", PROGRAM)?;
    let (site_key, for_load, for_error) = (site_key.to_owned(), said.clone(), said.clone());
    listen(&script, "load", move |_| {
        if render(place, &site_key, &for_load).is_err() {
            fail(&for_load, "");
        }
    })?;
    listen(&script, "error", move |_| fail(&for_error, ""))?;
    document.document_element().ok_or(JsValue::UNDEFINED)?.append_child(&script)?;
    Ok(())
}

fn render(place: &str, site_key: &str, said: &UnboundedSender<Said>) -> Result<(), JsValue> {
    let turnstile = Reflect::get(window().ok_or(JsValue::UNDEFINED)?.as_ref(), &"turnstile".into())?;
    let options = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value).map(drop);
    set("sitekey", &site_key.into())?;
    set("action", &TURNSTILE_ACTION.into())?;
    // The token is sent at once. If that fails, the person decides when to try again.
    set("refresh-expired", &"never".into())?;
    let passed = said.clone();
    set(
        "callback",
        &function(move |token| {
            let _ = passed.unbounded_send(Said::Token(token.as_string().unwrap_or_default()));
        }),
    )?;
    for event in ["error-callback", "unsupported-callback"] {
        let failed = said.clone();
        set(event, &function(move |code| fail(&failed, &code.as_string().unwrap_or_else(|| event.to_owned()))))?;
    }
    let render: Function = Reflect::get(&turnstile, &"render".into())?.dyn_into()?;
    render.call2(&turnstile, &format!("#{place}").into(), &options).map(drop)
}

fn fail(said: &UnboundedSender<Said>, code: &str) {
    let _ = said.unbounded_send(Said::Failed(code.to_owned()));
}

fn listen(target: &web_sys::EventTarget, event: &str, act: impl FnMut(JsValue) + 'static) -> Result<(), JsValue> {
    target.add_event_listener_with_callback(event, function(act).unchecked_ref())
}

/// A function of the page. Stays as long as the page.
fn function(act: impl FnMut(JsValue) + 'static) -> JsValue {
    Closure::<dyn FnMut(JsValue)>::new(act).into_js_value()
}
