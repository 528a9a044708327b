//! What takes the place of the timeline before the person signs in.

use dioxus::prelude::*;

use super::check::Check;
use super::desk::{Desk, Place};
use super::identity::WaysIn;
use super::parts::Problem;
use crate::shell::icon::{Icon, Shape};
use crate::store::{View, use_store};

/// Offers to sign in, or to begin as a guest after a check.
#[component]
pub fn Shut() -> Element {
    let mut store = use_store();
    let desk = Desk::provide();
    let needs_check = store.status.read().needs_check();
    let check = desk.check().filter(|_| needs_check);
    let has_edits = use_hook(|| store.has_edits_of_anyone());
    use_effect(move || {
        store.toasts.write().dismiss_done();
        desk.load_options();
    });
    // A small screen shows the chat otherwise, where nothing can be written yet.
    use_effect(move || {
        if *store.is_narrow.read() {
            store.show(View::Timeline);
        }
    });
    rsx! {
        div { class: "days shut",
            div { class: "empty", role: "alert",
                Icon { shape: Shape::Timeline }
                p {
                    if needs_check { "Pass one short check to begin your timeline." } else { "Sign in to see your timeline." }
                }
                if has_edits {
                    p { class: "muted",
                        "Changes made in this browser are not saved yet. They are sent when the person who made them signs in again."
                    }
                }
                if let Some(site_key) = check {
                    Check { site_key }
                }
                div { class: "account-actions", WaysIn { needs_check } }
                Problem { at: Place::Identity }
            }
        }
    }
}
