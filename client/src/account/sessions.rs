//! The browsers that are signed in.

use dioxus::prelude::*;

use super::desk::{Desk, Place};
use super::parts::{Problem, clock};
use super::{requests, words};
use crate::store::use_store;

/// The id of the heading.
const HEADING: &str = "account-sessions";

/// The list; nothing if there are none, as for a guest.
#[component]
pub fn Sessions() -> Element {
    let store = use_store();
    let desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    // The one of this browser comes first.
    let sessions = desk.part(|account| account.sessions.clone());
    if sessions.is_empty() {
        return rsx! {};
    }
    let clock = clock(store);
    let end = move |id: String| {
        desk.remove(Place::Sessions, HEADING, async move { requests::end_session(store, &id).await });
    };
    rsx! {
        h3 { id: HEADING, tabindex: "-1", "Signed-in browsers" }
        ul { class: "account-list", aria_labelledby: HEADING,
            for session in sessions {
                li { key: "{session.id}",
                    div {
                        strong { "{session.label}" }
                        if session.is_current {
                            span { class: "mark", "This browser" }
                        }
                        p { "Last used {words::at(session.used, clock)}" }
                    }
                    if !session.is_current {
                        button {
                            class: "button",
                            r#type: "button",
                            aria_label: "End the session of {session.label}",
                            disabled: is_busy,
                            onclick: move |_| end(session.id.clone()),
                            "End"
                        }
                    }
                }
            }
        }
        Problem { at: Place::Sessions }
    }
}
