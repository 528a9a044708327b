//! The section of the settings about the account.

use dioxus::prelude::*;
use flux_protocol::account::Provider;

use super::desk::Desk;
use super::identity::{Guest, SignedIn};
use super::methods::Methods;
use super::parts::LoadProblem;
use super::sessions::Sessions;
use super::timelines::Timelines;
use super::tokens::Tokens;
use crate::platform;
use crate::store::{SettingsFor, use_store};

/// The id of the section.
const SECTION: &str = "account";

/// The section.
#[component]
pub fn AccountSection() -> Element {
    let mut store = use_store();
    let mut desk: Desk = use_context();
    let is_connected = use_memo(move || store.status.read().is_connected());
    use_effect(move || {
        if is_connected() {
            desk.load(store);
        }
    });
    let is_loaded = use_memo(move || desk.account.read().is_some());
    use_effect(move || {
        if *store.settings_for.read() != SettingsFor::Anything {
            // Again when it is loaded, because it is higher then.
            let has_focus = is_loaded() && platform::has_focus_within(SECTION);
            spawn(async move {
                // The dialog gives the focus to its first field when it opens.
                platform::sleep_ms(0).await;
                if !has_focus {
                    platform::focus(SECTION);
                }
                platform::show_from_start(SECTION);
            });
        }
    });
    use_drop(move || {
        desk.clear();
        store.settings_for.set(SettingsFor::Anything);
    });
    let known_by =
        desk.account.read().as_ref().map(|account| account.as_ref().map(|it| it.known_by).map_err(Clone::clone));
    let is_choice = *store.settings_for.read() == SettingsFor::Choice;
    rsx! {
        fieldset { id: SECTION, class: "account", tabindex: "-1",
            legend { "Account" }
            match known_by {
                None if is_connected() => rsx! {
                    p { class: "muted", role: "status", "Loading…" }
                },
                None => rsx! {
                    p { class: "muted", role: "status", "Your account is shown here when you are connected." }
                },
                Some(Err(sentence)) => rsx! {
                    LoadProblem { sentence, on_retry: move |()| desk.load(store) }
                },
                Some(Ok(known_by)) => rsx! {
                    if is_choice {
                        p {
                            "Your account had a timeline already, and this browser had another one. Both are kept. Choose which one to show; you can change it here at any time."
                        }
                        Timelines {}
                    }
                    if known_by == Provider::Guest {
                        Guest {}
                    } else {
                        SignedIn { known_by }
                        Methods {}
                    }
                    if !is_choice {
                        Timelines {}
                    }
                    Sessions {}
                    Tokens {}
                },
            }
        }
    }
}
