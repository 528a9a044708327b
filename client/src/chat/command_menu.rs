//! The list of commands that match what the user is typing.

use dioxus::prelude::*;

use super::commands::{Usage, beginning_with};

/// The id of the list.
pub const LIST: &str = "command-list";

/// Which command is marked, and whether the user has closed the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Menu {
    marked: usize,
    is_closed: bool,
}

impl Menu {
    /// The commands to offer for a text.
    pub fn offered(&self, text: &str) -> Vec<&'static Usage> {
        if self.is_closed { Vec::new() } else { beginning_with(text) }
    }

    /// The marked command.
    pub fn marked(&self, text: &str) -> Option<&'static Usage> {
        self.offered(text).get(self.marked).copied()
    }

    /// Marks the next or the previous command. Wraps around.
    pub fn step(&mut self, text: &str, is_forward: bool) {
        let count = self.offered(text).len().max(1);
        self.marked = (self.marked + if is_forward { 1 } else { count - 1 }) % count;
    }

    /// Closes the list until the user starts another command.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// Handles a change of the text.
    pub fn typed(&mut self, text: &str) {
        self.marked = 0;
        self.is_closed &= text.starts_with('/');
    }
}

/// The id of an option.
pub fn option_id(usage: &Usage) -> String {
    format!("command-{}", usage.name)
}

/// The list. The message box keeps the focus and handles the keys.
#[component]
pub fn CommandMenu(menu: Menu, text: String, on_chosen: EventHandler<String>) -> Element {
    let offered = menu.offered(&text);
    if offered.is_empty() {
        return rsx! {};
    }
    rsx! {
        ul { id: LIST, class: "commands", role: "listbox", aria_label: "Commands", tabindex: "0",
            for (place , usage) in offered.into_iter().enumerate() {
                li {
                    key: "{usage.name}",
                    id: option_id(usage),
                    role: "option",
                    aria_selected: place == menu.marked,
                    // Keeps the focus in the message box.
                    onmousedown: |event| event.prevent_default(),
                    onclick: move |_| on_chosen.call(usage.completion()),
                    code { {usage.form()} }
                    span { {usage.what} }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(menu: &Menu, text: &str) -> Option<&'static str> {
        menu.marked(text).map(|usage| usage.name)
    }

    #[test]
    fn the_mark_wraps_around_and_resets_with_each_letter() {
        let mut menu = Menu::default();
        menu.typed("/s");
        assert_eq!(marked(&menu, "/s"), Some("switch"));
        menu.step("/s", true);
        assert_eq!(marked(&menu, "/s"), Some("settings"));
        menu.step("/s", false);
        menu.step("/s", false);
        assert_eq!(marked(&menu, "/s"), Some("shortcuts"));
        menu.step("/s", true);
        assert_eq!(marked(&menu, "/s"), Some("switch"));
        menu.step("/s", true);
        menu.typed("/sh");
        assert_eq!(marked(&menu, "/sh"), Some("shortcuts"));
        menu.step("nothing", true);
        assert_eq!(marked(&menu, "nothing"), None);
    }

    #[test]
    fn a_closed_list_stays_closed_until_another_command_is_started() {
        let mut menu = Menu::default();
        menu.close();
        menu.typed("/s");
        assert_eq!(marked(&menu, "/s"), None);
        menu.typed("");
        menu.typed("/s");
        assert_eq!(marked(&menu, "/s"), Some("switch"));
    }
}
