//! Notices about signing in: how a sign-in ended, that a guest's timeline is in one browser only, and that the person is
//! signed out. What a person sees who has not signed in yet is in `shut`.

use dioxus::prelude::*;
use flux_protocol::account::Provider;

use super::desk::{Desk, Place};
use super::hint::Facts;
use super::identity::WaysIn;
use super::outcome::Outcome;
use super::parts::Problem;
use super::ways::Ways;
use super::{requests, words};
use crate::connection::Status;
use crate::platform::{self, passkey};
use crate::shell::icon::{Icon, Shape};
use crate::store::{SettingsFor, Store, use_store};
use crate::toast::toasts::Kind;

/// Storage key of whether this browser's person does not want the hint again.
const DISMISSED_KEY: &str = "flux.guest-hint";

/// The notices; usually none.
#[component]
pub fn SignInNotices() -> Element {
    let store = use_store();
    use_outcome(store);
    let is_signed_out = use_memo(move || store.status.read().is_signed_out());
    let is_shut = use_memo(move || store.is_shut());
    rsx! {
        if is_signed_out() {
            if !is_shut() {
                SignedOut {}
            }
        } else {
            GuestHint {}
        }
    }
}

/// Shows how the sign-in ended after which the page was loaded.
fn use_outcome(mut store: Store) {
    let mut outcome = use_signal(|| {
        let outcome = Outcome::of(&platform::query());
        if outcome.is_some() {
            platform::forget_query();
        }
        outcome
    });
    use_effect(move || {
        match *outcome.read() {
            None => return,
            Some(said @ Outcome::Done) => {
                tell(store, said, "You are signed in. Your timeline is there in every browser in which you sign in.");
            }
            Some(said @ Outcome::Added) => tell(store, said, "The passkey was added."),
            Some(Outcome::Failed) => {
                store.toast("You could not be signed in. Nothing was changed; try again.", Kind::Problem);
            }
            // The settings need the timeline.
            Some(Outcome::Choose) if !store.projection.read().is_loaded() => return,
            Some(Outcome::Choose) => open_settings(store, SettingsFor::Choice),
        }
        outcome.set(None);
    });
}

/// Tells the person how the sign-in ended, unless the service says otherwise.
fn tell(mut store: Store, outcome: Outcome, sentence: &'static str) {
    spawn(async move {
        if requests::options().await.is_ok_and(|options| outcome.is_credible(options.known_by)) {
            store.toast(sentence, Kind::Done);
        }
    });
}

fn open_settings(mut store: Store, why: SettingsFor) {
    store.settings_for.set(why);
    store.settings_open.set(true);
}

/// Tells a guest once that only this browser has their timeline.
#[component]
fn GuestHint() -> Element {
    let store = use_store();
    let mut is_dismissed = use_signal(|| platform::stored(DISMISSED_KEY).is_some());
    // Whether this is a guest; `None` until the service was asked.
    let mut is_for_guest = use_signal(|| None::<bool>);
    let mut can_sign_in = use_signal(|| false);
    let mut is_asked = use_signal(|| false);
    let mut is_shown = use_signal(|| false);
    let is_good_moment = use_memo(move || !is_shown() && facts(store, is_dismissed()).is_good_moment());
    use_effect(move || {
        if !is_good_moment() {
            return;
        }
        match is_for_guest() {
            Some(is_for_guest) => is_shown.set(is_for_guest),
            None if is_asked.replace(true) => {}
            None => {
                spawn(async move {
                    if let Ok(options) = requests::options().await {
                        can_sign_in.set(Ways::new(&options, passkey::is_supported()).has_any());
                        is_for_guest.set(Some(options.known_by == Some(Provider::Guest)));
                    }
                });
            }
        }
    });
    let mut dismiss = move || {
        is_dismissed.set(true);
        is_shown.set(false);
    };
    rsx! {
        if is_shown() {
            div { class: "notice sign-in", role: "status",
                Icon { shape: Shape::Warning }
                p {
                    "This timeline is kept by this browser alone. It is lost when the browser’s data is deleted. "
                    if can_sign_in() { "Sign in to keep it, or save it as a file." } else { "Save it as a file to keep it." }
                }
                button {
                    class: "button",
                    r#type: "button",
                    onclick: move |_| {
                        // Not for good: it is shown again when the page is loaded again and the person is still a guest.
                        dismiss();
                        open_settings(store, SettingsFor::Account);
                    },
                    "Keep it safe"
                }
                button {
                    class: "button quiet",
                    r#type: "button",
                    onclick: move |_| {
                        platform::store(DISMISSED_KEY, Some("dismissed"));
                        dismiss();
                        store.focus_timeline();
                    },
                    "Not now"
                }
            }
        }
    }
}

/// What the page knows about itself. Reads only what matters, because each signal that is read calls it again.
fn facts(store: Store, is_dismissed: bool) -> Facts {
    if is_dismissed {
        return Facts { is_dismissed, ..Facts::default() };
    }
    let conversation = store.conversation.read();
    let projection = store.projection.read();
    Facts {
        is_dismissed,
        has_content: projection.has_blocks() || conversation.last_answer().is_some(),
        is_under_way: conversation.is_busy() || projection.is_predicted() || store.calls.read().edits() > 0,
        is_writing: !store.draft.read().is_empty() || store.editing.read().is_some(),
        is_covered: *store.settings_open.read(),
    }
}

/// Offers to sign in to somebody whom the service does not know, or does not know any more.
#[component]
fn SignedOut() -> Element {
    let mut store = use_store();
    let desk = Desk::provide();
    use_effect(move || {
        // They would cover the notice, and nothing in them can be saved. Notes about what was done are out of date.
        store.settings_open.set(false);
        store.toasts.write().dismiss_done();
        desk.load_options();
    });
    let text = match &*store.status.read() {
        Status::Refused { reason, .. } => words::signed_out(reason, store.calls.read().edits()),
        _ => return rsx! {},
    };
    rsx! {
        div { class: "notice sign-in", role: "alert",
            Icon { shape: Shape::Warning }
            p { "{text}" }
            WaysIn { needs_check: false }
            Problem { at: Place::Identity }
        }
    }
}
