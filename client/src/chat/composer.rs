//! The message box.

use dioxus::prelude::*;

use super::command_menu::{CommandMenu, LIST, Menu, option_id};
use crate::connection::Status;
use crate::platform::{self, KeyPress};
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};
use crate::voice::{Dictation, VoiceButton, use_dictation};

/// The id of the box.
const BOX: &str = "message";
/// Maximum number of lines the box grows to.
const MOST_LINES: usize = 8;

/// The box, with its buttons and notes.
#[component]
pub fn Composer(on_sent: EventHandler<()>) -> Element {
    let store = use_store();
    let dictation = use_dictation();
    let mut writing = Writing { store, dictation, menu: use_signal(Menu::default), on_sent };
    let status = store.status.read();
    let is_refused = matches!(*status, Status::Refused { .. });
    let placeholder = match status.is_signed_out() {
        true if status.needs_check() => "Pass the check to write to Flux",
        true => "Sign in to write to Flux",
        false => "Schedule workout tomorrow at 8am",
    };
    let draft = store.draft.read();
    let lines = draft.lines().count().max(1) + usize::from(draft.ends_with('\n'));
    let rows = lines.min(MOST_LINES);
    let menu = writing.menu.read().clone();
    let marked = menu.marked(&draft).map(option_id);
    let interim = dictation.interim();
    rsx! {
        form {
            class: "composer",
            ..platform::on_submit(move || writing.send()),
            ..platform::on_key(move |press| writing.key_anywhere(press)),
            CommandMenu { menu, text: draft.clone(), on_chosen: move |text| writing.choose(text) }
            Notes {}
            if !interim.is_empty() {
                p { class: "interim", "{interim}" }
            }
            div { class: "composer-box",
                textarea {
                    id: BOX,
                    aria_label: "Message",
                    aria_autocomplete: "list",
                    aria_controls: marked.as_ref().map(|_| LIST),
                    aria_activedescendant: marked,
                    placeholder,
                    rows: "{rows}",
                    maxlength: "32000",
                    enterkeyhint: "send",
                    disabled: is_refused,
                    value: "{draft}",
                    ..platform::on_input(move |text| writing.write(text)),
                    ..platform::on_key(move |press| writing.key(press)),
                }
                VoiceButton { dictation, is_disabled: is_refused }
                SendButton { is_disabled: is_refused || draft.trim().is_empty() }
            }
        }
    }
}

/// The draft, and how keys and buttons change it.
#[derive(Clone, Copy)]
struct Writing {
    store: Store,
    dictation: Dictation,
    menu: Signal<Menu>,
    on_sent: EventHandler<()>,
}

impl Writing {
    fn write(&mut self, text: String) {
        self.menu.write().typed(&text);
        self.store.write(text);
    }

    fn choose(&mut self, text: String) {
        self.write(text);
        platform::focus(BOX);
    }

    fn send(&mut self) {
        self.dictation.finish_now(self.store);
        self.store.send_draft();
        self.on_sent.call(());
    }

    /// Handles a key in the box.
    fn key(&mut self, press: &KeyPress) {
        // While a word is being composed (IME), Enter ends the word and not the message.
        if press.is_composing() || self.key_of_menu(press) {
            return;
        }
        match press.key().as_str() {
            "Enter" if !press.shift() => {
                press.prevent_default();
                self.send();
            }
            "ArrowUp" if self.store.draft.peek().is_empty() && self.store.change.peek().is_none() => {
                press.prevent_default();
                self.store.change_last();
            }
            _ => {}
        }
    }

    /// Handles a key for the list of commands. Returns false if the key is not for the list.
    fn key_of_menu(&mut self, press: &KeyPress) -> bool {
        let text = self.store.draft.peek().clone();
        let Some(marked) = self.menu.peek().marked(&text) else { return false };
        let completion = marked.completion();
        match press.key().as_str() {
            key @ ("ArrowDown" | "ArrowUp") => {
                self.menu.write().step(&text, key == "ArrowDown");
                if let Some(marked) = self.menu.peek().marked(&text) {
                    platform::show(&option_id(marked));
                }
            }
            "Escape" => {
                self.menu.write().close();
                press.stop_propagation();
            }
            // If the command is already complete, Enter sends it and Tab leaves the box.
            "Enter" | "Tab" if !press.shift() && completion != text => self.write(completion),
            _ => return false,
        }
        press.prevent_default();
        true
    }

    /// Handles a key in the box or on one of its buttons.
    fn key_anywhere(&mut self, press: &KeyPress) {
        if press.key() != "Escape" || press.is_composing() {
            return;
        }
        if self.dictation.is_on() {
            self.dictation.stop();
        } else if self.store.change.peek().is_some() {
            leave_change(&mut self.store);
        }
    }
}

fn leave_change(store: &mut Store) {
    store.leave_change();
    platform::focus(BOX);
}

/// Why the draft was not sent, and whether it replaces an earlier message.
#[component]
fn Notes() -> Element {
    let mut store = use_store();
    rsx! {
        // Rendered even when empty, so that screen readers announce notes that are added.
        div { class: "composer-notes", role: "status",
            if store.change.read().is_some() {
                div { class: "composer-note changing",
                    p { "You are changing your last message. What it did stays; undo takes it back." }
                    button {
                        class: "text-button",
                        r#type: "button",
                        onclick: move |_| leave_change(&mut store),
                        "Cancel"
                    }
                }
            }
            if let Some(note) = store.draft_note.read().as_ref() {
                p { class: "composer-note", "{note}" }
            }
        }
    }
}

/// The send button. While an answer is on its way, the stop button.
#[component]
fn SendButton(is_disabled: bool) -> Element {
    let mut store = use_store();
    // Without a connection nothing can be stopped, and a message waits.
    let can_stop = use_memo(move || {
        let has_draft = !store.draft.read().trim().is_empty();
        store.conversation.read().is_busy() && (store.status.read().is_connected() || !has_draft)
    });
    rsx! {
        if can_stop() {
            button {
                class: "send stop",
                r#type: "button",
                aria_label: "Stop",
                title: "Stop",
                onclick: move |_| {
                    store.stop();
                    platform::focus(BOX);
                },
                Icon { shape: Shape::Stop }
            }
        } else {
            button {
                class: "send",
                r#type: "submit",
                aria_label: "Send",
                title: "Send",
                disabled: is_disabled,
                Icon { shape: Shape::Up }
            }
        }
    }
}
