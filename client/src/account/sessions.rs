//! The browsers that are signed in.

use dioxus::prelude::*;
use flux_protocol::account::Session;

use super::desk::{Desk, Place};
use super::parts::{Problem, clock};
use super::{requests, words};
use crate::platform;
use crate::store::use_store;

/// The id of the heading, which takes the focus when the row that had it is gone.
const HEADING: &str = "account-sessions";

/// The list; nothing if there are none, as for a guest.
#[component]
pub fn Sessions() -> Element {
    let store = use_store();
    let mut desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let mut sessions: Vec<Session> = {
        let account = desk.account.read();
        account.as_ref().and_then(|it| it.as_ref().ok()).map(|it| it.sessions.clone()).unwrap_or_default()
    };
    // The one that the person knows comes first.
    if let Some(place) = sessions.iter().position(|session| session.is_current) {
        let current = sessions.remove(place);
        sessions.insert(0, current);
    }
    if sessions.is_empty() {
        return rsx! {};
    }
    let clock = clock(store);
    let end = move |id: String| {
        desk.run(Place::Sessions, async move {
            let account = requests::end_session(store, &id).await?;
            desk.renew(account);
            platform::focus(HEADING);
            Ok(())
        });
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
