//! Who the person is: signing in, and signing out.

use dioxus::prelude::*;
use flux_protocol::account::{Ceremony, Provider};

use super::desk::{Desk, Place};
use super::parts::{LoadProblem, Problem};
use super::{requests, words};
use crate::platform;
use crate::store::use_store;

/// The id of the button that asks whether to sign out everywhere.
const EVERYWHERE: &str = "sign-out-everywhere";
/// The id of the button that answers no.
const STAY: &str = "stay-signed-in";

/// What a guest is told, and how they can sign in.
#[component]
pub fn Guest() -> Element {
    let store = use_store();
    let desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let ways = desk.ways();
    let can_register = ways.as_ref().is_some_and(|ways| ways.has_passkeys);
    rsx! {
        p { class: "muted",
            "You use Flux as a guest: this timeline belongs to this browser only. It is lost when the browser’s data is deleted, unless you can sign in to it."
        }
        if let Some(sentence) = ways.and_then(|ways| ways.shortcoming()) {
            p { class: "muted", "{sentence}" }
        }
        div { class: "account-actions",
            if can_register {
                button {
                    class: "button primary",
                    r#type: "button",
                    disabled: is_busy,
                    onclick: move |_| desk.use_passkey(store, Ceremony::Register),
                    "Create a passkey"
                }
            }
            SignInButtons { retry: true }
        }
        Problem { at: Place::Identity }
        p { class: "muted", "You can also export your timeline, under “Your data”, and import the file in any browser." }
    }
}

/// The buttons for signing in. `retry` offers to try again if the ways to sign in could not be loaded.
#[component]
pub fn SignInButtons(retry: bool) -> Element {
    let store = use_store();
    let mut desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let failure = desk.options.read().as_ref().and_then(|options| options.as_ref().err().cloned());
    if let Some(sentence) = failure {
        return rsx! {
            if retry {
                LoadProblem { sentence, on_retry: move |()| desk.load_options() }
            }
        };
    }
    let Some(ways) = desk.ways() else {
        return rsx! {
            p { class: "muted", role: "status", "Loading…" }
        };
    };
    rsx! {
        if ways.has_passkeys {
            button {
                class: "button",
                r#type: "button",
                disabled: is_busy,
                onclick: move |_| desk.use_passkey(store, Ceremony::SignIn),
                "Sign in with a passkey"
            }
        }
        if let Some(name) = ways.oidc {
            a {
                class: "button",
                href: requests::OIDC,
                onclick: move |event| {
                    if let Err(sentence) = store.require_saved() {
                        event.prevent_default();
                        desk.show_problem(Place::Identity, sentence);
                    }
                },
                "Sign in with {name}"
            }
        }
    }
}

/// What somebody can do who is signed out: sign in, or go on as a guest, unless that needs a check first.
#[component]
pub fn WaysIn(needs_check: bool) -> Element {
    let desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let has_options = desk.options.read().is_some();
    let ways = desk.ways();
    let has_guests = ways.as_ref().is_some_and(|ways| ways.has_guests);
    // Cloudflare Access signs in whoever loads the page again.
    let is_reload_all = has_options && ways.is_none_or(|ways| !ways.has_any() && !ways.has_guests);
    rsx! {
        SignInButtons { retry: false }
        if has_guests && !needs_check {
            button {
                class: "button quiet",
                r#type: "button",
                disabled: is_busy,
                onclick: move |_| desk.begin_anew(),
                "Continue as a new guest"
            }
        }
        if is_reload_all {
            button { class: "button", r#type: "button", onclick: |_| platform::reload(), "Reload" }
        }
    }
}

/// How the person is signed in, and how they sign out.
#[component]
pub fn SignedIn(known_by: Provider) -> Element {
    let store = use_store();
    let desk: Desk = use_context();
    let mut is_sure = use_signal(|| false);
    let is_busy = *desk.is_busy.read();
    let oidc_name = desk.oidc_name();
    let methods = desk.part(|account| words::methods(&account.methods, oidc_name.as_deref()));
    // Access signs people in before they reach this page, and signs them out.
    let has_session = known_by != Provider::Access;
    let can_register = has_session && desk.ways().is_some_and(|ways| ways.has_passkeys);
    use_effect(move || {
        if is_sure() {
            platform::focus(STAY);
        }
    });
    rsx! {
        p {
            {words::known_by(known_by, oidc_name.as_deref())}
            if let Some(methods) = methods {
                " {methods}"
            }
        }
        if has_session {
            div { class: "account-actions",
                if can_register {
                    button {
                        class: "button",
                        r#type: "button",
                        disabled: is_busy,
                        onclick: move |_| desk.use_passkey(store, Ceremony::Register),
                        "Add a passkey"
                    }
                }
                button {
                    class: "button",
                    r#type: "button",
                    disabled: is_busy,
                    onclick: move |_| desk.sign_out(store, false),
                    "Sign out"
                }
                button {
                    id: EVERYWHERE,
                    class: "button danger",
                    r#type: "button",
                    disabled: is_busy,
                    onclick: move |_| is_sure.set(true),
                    "Sign out everywhere"
                }
            }
        }
        if is_sure() {
            div { class: "sure", role: "alertdialog", aria_label: "Sign out everywhere?",
                p { "This signs you out in every browser, also in this one. Your timeline is kept, and access tokens stay valid." }
                div { class: "dialog-buttons",
                    button {
                        id: STAY,
                        class: "button",
                        r#type: "button",
                        onclick: move |_| {
                            is_sure.set(false);
                            platform::focus(EVERYWHERE);
                        },
                        "Stay signed in"
                    }
                    button {
                        class: "button danger",
                        r#type: "button",
                        disabled: is_busy,
                        onclick: move |_| desk.sign_out(store, true),
                        "Yes, sign out everywhere"
                    }
                }
            }
        }
        Problem { at: Place::Identity }
    }
}
