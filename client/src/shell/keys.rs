//! The list of keys, and what they do.

use dioxus::prelude::*;

use super::foot::DialogFoot;
use super::shortcuts::{self, Shortcut};
use crate::platform;
use crate::store::{Store, View};
use crate::timeline::{Jump, Mode, toolbar};

/// The id of the dialog, used to open it.
pub const DIALOG: &str = "keys-dialog";

impl Store {
    /// Runs a shortcut.
    pub fn shortcut(&mut self, shortcut: Shortcut) {
        match shortcut {
            Shortcut::Undo => self.undo(),
            Shortcut::Redo => self.redo(),
            Shortcut::New if self.past.peek().is_none() => self.begin_block(None),
            Shortcut::New => {}
            Shortcut::Search => {
                self.show(View::Timeline);
                self.search_open.set(true);
                platform::focus_when_drawn(toolbar::SEARCH);
            }
            Shortcut::Today => self.go_to(Jump::Today),
            Shortcut::Agenda => self.show_as(Mode::Agenda),
            Shortcut::Week => self.show_as(Mode::Week),
            Shortcut::Earlier => self.turn_page(-1),
            Shortcut::Later => self.turn_page(1),
            Shortcut::Chat => {
                self.show(View::Chat);
                platform::focus_when_drawn("message");
            }
            Shortcut::History => {
                let is_shown = *self.view.peek() == View::History;
                self.show(if is_shown { View::Chat } else { View::History });
            }
            Shortcut::Settings => self.settings_open.set(true),
            Shortcut::Help => self.asked_dialog.set(Some(DIALOG)),
        }
    }
}

/// The list, in a dialog.
#[component]
pub fn KeysDialog() -> Element {
    rsx! {
        dialog { id: DIALOG, class: "dialog keys-dialog", aria_labelledby: "keys-title",
            h2 { id: "keys-title", "Keyboard shortcuts" }
            dl { class: "keys",
                for (keys , does) in shortcuts::LIST {
                    div { key: "{keys}",
                        dt {
                            for key in keys.split(' ') {
                                kbd { {key} }
                            }
                        }
                        dd { {does} }
                    }
                }
            }
            DialogFoot { dialog: DIALOG }
        }
    }
}
