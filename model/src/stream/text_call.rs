//! A call that a model wrote as text.

/// A call found in text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextCall {
    /// The name as written.
    pub(super) name: String,
    /// JSON text.
    pub(super) arguments: String,
}
