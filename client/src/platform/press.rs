//! A key press, without the browser's types.

/// A key press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The name of the key, such as `z` or `?`.
    pub key: String,
    /// Whether Ctrl or ⌘ is held.
    pub ctrl: bool,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Alt is held.
    pub alt: bool,
    /// Whether the focus is in a field that takes text.
    pub is_typed: bool,
}
