//! Access tokens for programs.

use dioxus::prelude::*;
use flux_protocol::account::NewToken;

use super::desk::{Desk, Place};
use super::parts::{Problem, clock};
use super::token_form::{LIFETIMES, SCOPES, TokenForm};
use super::{requests, words};
use crate::platform;
use crate::store::use_store;

/// The id of the heading.
const HEADING: &str = "account-tokens";
/// The id of the field with the new token.
const MADE: &str = "made-token";
const MADE_HINT: &str = "made-token-hint";
/// The longest name of a token, in characters.
const LONGEST_NAME: &str = "60";

/// The list of tokens, and a form for a new one.
#[component]
pub fn Tokens() -> Element {
    let store = use_store();
    let mut desk: Desk = use_context();
    let is_busy = *desk.is_busy.read();
    let tokens = desk.part(|account| account.tokens.clone());
    let clock = clock(store);
    let revoke = move |id: String| {
        desk.remove(Place::Tokens, HEADING, async move {
            let account = requests::revoke_token(store, &id).await?;
            // The token that was just made may be the one that is revoked.
            if desk.made.peek().as_ref().is_some_and(|made| made.token.id == id) {
                desk.made.set(None);
            }
            Ok(account)
        });
    };
    rsx! {
        h3 { id: HEADING, tabindex: "-1", "Access tokens for programs" }
        p { class: "muted", "A program with a token can use this timeline in your name. Give a token only to programs that you trust." }
        if !tokens.is_empty() {
            ul { class: "account-list", aria_labelledby: HEADING,
                for token in tokens {
                    li { key: "{token.id}",
                        div {
                            strong { "{token.name}" }
                            p { {words::token(&token, clock)} }
                        }
                        button {
                            class: "button",
                            r#type: "button",
                            aria_label: "Revoke the token {token.name}",
                            disabled: is_busy,
                            onclick: move |_| revoke(token.id.clone()),
                            "Revoke"
                        }
                    }
                }
            }
        }
        Problem { at: Place::Tokens }
        Made {}
        TokenFields {}
    }
}

/// The token that was just made. It is shown only here.
#[component]
fn Made() -> Element {
    let desk: Desk = use_context();
    let mut is_copied = use_signal(|| false);
    let mut is_blocked = use_signal(|| false);
    use_effect(move || {
        if desk.made.read().is_some() {
            is_copied.set(false);
            is_blocked.set(false);
            platform::focus(MADE);
        }
    });
    let Some(made) = desk.made.read().clone() else { return rsx! {} };
    let secret = made.secret.clone();
    let copy = move |_| {
        let secret = made.secret.clone();
        spawn(async move {
            let is_done = platform::copy(&secret).await;
            is_copied.set(is_done);
            is_blocked.set(!is_done);
        });
    };
    rsx! {
        div { class: "made-token",
            label { class: "field",
                span { "Token “{made.token.name}”" }
                input {
                    id: MADE,
                    r#type: "text",
                    readonly: true,
                    autocomplete: "off",
                    spellcheck: false,
                    aria_describedby: MADE_HINT,
                    value: "{secret}",
                }
            }
            button { class: "button", r#type: "button", onclick: copy, "Copy" }
        }
        p { id: MADE_HINT, role: "status",
            if is_copied() {
                "The token is copied. It is not shown again."
            } else {
                "Copy the token now: it is not shown again."
            }
        }
        if is_blocked() {
            p { class: "field-problem", role: "alert",
                "The browser blocked copying. Select the token and copy it with the keyboard."
            }
        }
    }
}

/// The form for a new token.
#[component]
fn TokenFields() -> Element {
    let store = use_store();
    let mut desk: Desk = use_context();
    let mut form = use_signal(TokenForm::default);
    let is_busy = *desk.is_busy.read();
    let shown = form.read().clone();
    // What was refused is still there.
    use_effect(move || {
        if desk.made.read().is_some() {
            form.write().name.clear();
        }
    });
    let submit = move |event: FormEvent| {
        event.prevent_default();
        let wanted: Result<NewToken, _> = form.peek().new_token();
        match wanted {
            Ok(token) => {
                desk.run(Place::NewToken, async move {
                    let made = requests::make_token(store, &token).await?;
                    let account = desk.account.peek().clone();
                    if let Some(Ok(mut account)) = account {
                        account.tokens.insert(0, made.token.clone());
                        desk.renew(account);
                    }
                    desk.made.set(Some(made));
                    Ok(())
                });
            }
            Err(sentence) => desk.show_problem(Place::NewToken, sentence),
        }
    };
    rsx! {
        form { class: "token-form", aria_label: "New token", onsubmit: submit,
            div { class: "fields",
                label { class: "field",
                    span { "Name of the token" }
                    input {
                        r#type: "text",
                        maxlength: LONGEST_NAME,
                        autocomplete: "off",
                        placeholder: "Backup script",
                        value: "{shown.name}",
                        oninput: move |event| form.write().name = event.value(),
                    }
                }
                label { class: "field",
                    span { "Ends after" }
                    select {
                        onchange: move |event| form.write().lifetime = event.value(),
                        for (value , words) in LIFETIMES {
                            option { value, selected: value == shown.lifetime, {words} }
                        }
                    }
                }
            }
            div { class: "token-scopes", role: "group", aria_label: "What the program may do",
                for (place , (_ , words)) in SCOPES.into_iter().enumerate() {
                    label {
                        // The service makes no token that may not read.
                        title: if place == 0 { "Every token can read, because whoever changes something sees it." },
                        input {
                            r#type: "checkbox",
                            checked: shown.allows[place],
                            disabled: place == 0,
                            onchange: move |event| form.write().allows[place] = event.checked(),
                        }
                        {words}
                    }
                }
            }
            Problem { at: Place::NewToken }
            div { class: "account-actions",
                button { class: "button", r#type: "submit", disabled: is_busy, "Make a token" }
            }
        }
    }
}
