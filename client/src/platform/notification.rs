//! Notifications of the browser. They need a permission, and a secure page.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::{document, window};

/// Whether the browser may show notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// The person has not been asked.
    NotAsked,
    /// It may.
    Allowed,
    /// It may not, or cannot.
    Denied,
}

/// The permission as it is.
pub fn permission() -> Permission {
    if !exists() {
        return Permission::Denied;
    }
    read(Notification::permission())
}

/// Asks the person. Browsers allow it only in response to a click.
pub async fn ask() -> Permission {
    if let Some(asked) = exists().then(Notification::request_permission).and_then(Result::ok) {
        // The answer is read afterwards, because old browsers give it to a function.
        let _ = JsFuture::from(asked).await;
    }
    permission()
}

/// Shows a notification, unless the person looks at the page or has not allowed it. It replaces one with the same tag. A click on it
/// brings the page to the front and runs `open`. Browsers of phones show notifications of a service worker only.
pub fn show(title: &str, body: &str, tag: &str, open: impl FnOnce() + 'static) {
    let is_looked_at = document().is_some_and(|document| document.has_focus().unwrap_or(false));
    if is_looked_at || permission() != Permission::Allowed {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(body);
    options.set_tag(tag);
    let Ok(notification) = Notification::new_with_options(title, &options) else { return };
    let shown = notification.clone();
    let open = Closure::once_into_js(move || {
        if let Some(window) = window() {
            let _ = window.focus();
        }
        shown.close();
        open();
    });
    notification.set_onclick(Some(open.unchecked_ref()));
}

/// Some browsers have no notifications, or only for pages that were installed.
fn exists() -> bool {
    window().is_some_and(|window| Reflect::has(&window, &JsValue::from_str("Notification")).unwrap_or(false))
}

fn read(permission: NotificationPermission) -> Permission {
    match permission {
        NotificationPermission::Granted => Permission::Allowed,
        NotificationPermission::Default => Permission::NotAsked,
        _ => Permission::Denied,
    }
}
