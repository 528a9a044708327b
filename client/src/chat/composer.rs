//! The box in which a message is written.

use dioxus::prelude::*;

use crate::connection::Status;
use crate::platform;
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// Most lines the box grows to.
const MOST_LINES: usize = 8;

/// The box, with its button.
#[component]
pub fn Composer(on_sent: EventHandler<()>) -> Element {
    let mut store = use_store();
    let is_busy = use_memo(move || store.conversation.read().is_busy());
    let is_refused = use_memo(move || matches!(*store.status.read(), Status::Refused { .. }));
    let mut send = move || {
        store.send_draft();
        on_sent.call(());
    };
    let draft = store.draft.read();
    let lines = draft.lines().count().max(1) + usize::from(draft.ends_with('\n'));
    let rows = lines.min(MOST_LINES);
    rsx! {
        form {
            class: "composer",
            onsubmit: move |event| {
                event.prevent_default();
                send();
            },
            if let Some(note) = *store.draft_note.read() {
                p { class: "composer-note", role: "status", {note} }
            }
            div { class: "composer-box",
                textarea {
                    id: "message",
                    aria_label: "Message",
                    placeholder: "Schedule workout tomorrow at 8am",
                    rows: "{rows}",
                    maxlength: "32000",
                    enterkeyhint: "send",
                    disabled: is_refused(),
                    value: "{draft}",
                    oninput: move |event| store.draft.set(event.value()),
                    onkeydown: move |event| {
                        // While a word is being composed (IME), Enter ends the word and not the message.
                        let is_enter = event.key() == Key::Enter && !event.modifiers().shift();
                        if is_enter && !event.is_composing() {
                            event.prevent_default();
                            send();
                        }
                    },
                }
                if is_busy() {
                    button {
                        class: "send stop",
                        r#type: "button",
                        aria_label: "Stop",
                        title: "Stop",
                        onclick: move |_| {
                            store.stop();
                            platform::focus("message");
                        },
                        Icon { shape: Shape::Stop }
                    }
                } else {
                    button {
                        class: "send",
                        r#type: "submit",
                        aria_label: "Send",
                        title: "Send",
                        disabled: is_refused() || draft.trim().is_empty(),
                        Icon { shape: Shape::Up }
                    }
                }
            }
        }
    }
}
