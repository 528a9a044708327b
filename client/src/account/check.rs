//! The check that a new guest passes: Turnstile's widget, and what to do when it fails.

use dioxus::prelude::*;
use futures::StreamExt as _;

use super::desk::{Desk, Place};
use super::parts::Problem;
use crate::platform;
use crate::platform::turnstile::{self, Said};

/// The id of the widget's place.
const WIDGET: &str = "guest-check";
/// How often it is asked whether something else is still being done.
const BUSY_MS: u32 = 250;

/// Shows the widget, and begins as a guest with its token.
#[component]
pub fn Check(site_key: String) -> Element {
    let mut desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    // After a failure, the person decides when to try again. Otherwise a widget that needs no click would try without end.
    let is_over = desk.problem_at(Place::Check).is_some();
    // An effect, because the widget needs its place.
    use_effect(move || {
        let mut events = turnstile::show(WIDGET, &site_key);
        spawn(async move {
            while let Some(said) = events.next().await {
                match said {
                    Said::Token(token) => {
                        // Many widgets need no click, and the person may be signing in meanwhile. Who signs in leaves the page.
                        while *desk.is_busy.peek() {
                            platform::sleep_ms(BUSY_MS).await;
                        }
                        desk.begin_as_guest(token);
                    }
                    Said::Failed(code) => desk.show_problem(Place::Check, problem(&code)),
                }
            }
        });
    });
    rsx! {
        p { class: "muted",
            "Cloudflare checks that you are a person and not a program. You usually need to do nothing. Then your timeline is kept in this browser."
        }
        div { id: WIDGET, class: "guest-check" }
        if is_busy {
            p { class: "muted", role: "status", "One moment…" }
        }
        Problem { at: Place::Check }
        if is_over {
            div { class: "account-actions",
                button { class: "button", r#type: "button", onclick: |_| platform::reload(), "Try again" }
            }
        }
    }
}

/// What the person reads when the widget fails. `code` is Turnstile's, or empty if its program could not be loaded.
fn problem(code: &str) -> String {
    if code.is_empty() {
        return "The check could not be loaded. Allow challenges.cloudflare.com if something blocks it, and try again."
            .to_owned();
    }
    format!(
        "The check could not be completed ({code}). Nothing was made; try again, or use another browser or network."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_to_do() {
        assert!(problem("").contains("Allow challenges.cloudflare.com"));
        assert!(problem("300030").contains("(300030). Nothing was made; try again"));
    }
}
