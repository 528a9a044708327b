//! The ways to sign in, so that one that is lost can be removed.

use dioxus::prelude::*;

use super::desk::{Desk, Place};
use super::parts::{Problem, clock};
use super::{requests, words};
use crate::store::use_store;

/// The id of the heading.
const HEADING: &str = "account-methods";

/// The list; nothing if there is only one, which cannot be removed.
#[component]
pub fn Methods() -> Element {
    let store = use_store();
    let desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let oidc_name = desk.oidc_name();
    let methods = desk.part(|account| account.methods.clone());
    if methods.len() < 2 {
        return rsx! {};
    }
    let clock = clock(store);
    let remove = move |id: String| {
        desk.remove(Place::Methods, HEADING, async move { requests::remove_method(store, &id).await });
    };
    rsx! {
        h3 { id: HEADING, tabindex: "-1", "Ways to sign in" }
        ul { class: "account-list", aria_labelledby: HEADING,
            for method in methods {
                li { key: "{method.id}",
                    div {
                        strong { {words::method(method.provider, oidc_name.as_deref())} }
                        p { "Added {words::at(method.added, clock)}" }
                    }
                    button {
                        class: "button",
                        r#type: "button",
                        aria_label: "Remove {words::method(method.provider, oidc_name.as_deref())}, added {words::at(method.added, clock)}",
                        disabled: is_busy,
                        onclick: move |_| remove(method.id.clone()),
                        "Remove"
                    }
                }
            }
        }
        p { class: "muted", "Remove a passkey that is not yours any more. Where it is signed in, it is signed out." }
        Problem { at: Place::Methods }
    }
}
