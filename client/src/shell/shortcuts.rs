//! Keys that do something wherever the person is on the page. Pure.

use crate::platform::Press;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Takes back the last change.
    Undo,
    /// Applies it again.
    Redo,
    /// Writes a new block.
    New,
    /// Looks for words in the timeline.
    Search,
    /// Shows the present day.
    Today,
    /// Shows the agenda.
    Agenda,
    /// Shows the week.
    Week,
    /// Shows the days before.
    Earlier,
    /// Shows the days after.
    Later,
    /// Goes to the box in which a message is written.
    Chat,
    /// Shows and hides the history.
    History,
    /// Opens the settings.
    Settings,
    /// Lists these keys.
    Help,
}

/// The keys as shown to the person, and what each does. `timeline::card` handles the keys of blocks.
pub const LIST: [(&str, &str); 18] = [
    ("Ctrl+Z", "Undo the last change"),
    ("Ctrl+Shift+Z", "Redo it"),
    ("N", "New block"),
    ("F", "Search the timeline"),
    ("T", "Go to today"),
    ("A", "Show the agenda"),
    ("W", "Show the week"),
    ("P", "Earlier days"),
    ("L", "Later days"),
    ("C", "Write a message"),
    ("H", "History"),
    ("S", "Settings"),
    ("?", "These shortcuts"),
    ("Alt+↑ Alt+↓", "On a block: a quarter of an hour earlier, later"),
    ("Alt+← Alt+→", "On a block: a day earlier, later"),
    ("Alt+Shift+↑ Alt+Shift+↓", "On a block: shorter, longer"),
    ("Delete", "On a block: delete it"),
    ("Escape", "Close, or let go of what is dragged"),
];

/// What a press does, if anything. Letters do nothing while something is being written, or if the person has turned them off.
pub fn of(press: &Press, has_letters: bool) -> Option<Shortcut> {
    let key = press.key.to_ascii_lowercase();
    if press.alt || press.is_typed {
        return None;
    }
    if press.ctrl {
        return match (key.as_str(), press.shift) {
            ("z", false) => Some(Shortcut::Undo),
            ("z", true) | ("y", _) => Some(Shortcut::Redo),
            _ => None,
        };
    }
    if !has_letters {
        return None;
    }
    Some(match key.as_str() {
        "n" => Shortcut::New,
        "f" | "/" => Shortcut::Search,
        "t" => Shortcut::Today,
        "a" => Shortcut::Agenda,
        "w" => Shortcut::Week,
        "p" => Shortcut::Earlier,
        "l" => Shortcut::Later,
        "c" => Shortcut::Chat,
        "h" => Shortcut::History,
        "s" => Shortcut::Settings,
        "?" => Shortcut::Help,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press {
        Press { key: key.to_owned(), ctrl: false, shift: false, alt: false, is_typed: false }
    }

    #[test]
    fn letters_are_shortcuts_only_outside_of_text_fields() {
        assert_eq!(of(&press("n"), true), Some(Shortcut::New));
        assert_eq!(of(&press("N"), true), Some(Shortcut::New));
        assert_eq!(of(&Press { is_typed: true, ..press("n") }, true), None);
        assert_eq!(of(&Press { ctrl: true, ..press("n") }, true), None);
        assert_eq!(of(&press("x"), true), None);
        assert_eq!(of(&press("n"), false), None);
    }

    #[test]
    fn undo_and_redo_have_the_keys_of_all_systems() {
        let ctrl = |key: &str, shift| of(&Press { ctrl: true, shift, ..press(key) }, false);
        assert_eq!(
            [ctrl("z", false), ctrl("Z", true), ctrl("y", false)].map(Option::unwrap),
            [Shortcut::Undo, Shortcut::Redo, Shortcut::Redo]
        );
        assert_eq!(of(&Press { alt: true, ctrl: true, ..press("z") }, true), None);
    }
}
