//! Why a command or a question has no result.

use crate::invalid::InvalidValue;
use crate::rejection::Rejection;

/// Why there is no decision, or no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError<E> {
    /// The request is rejected, and nothing changes.
    #[error(transparent)]
    Rejected(Rejection),
    /// The timeline could not be read.
    #[error("The timeline could not be read: {0}")]
    View(E),
}

impl<E> From<Rejection> for DecideError<E> {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl<E> From<InvalidValue> for DecideError<E> {
    fn from(invalid: InvalidValue) -> Self {
        Self::Rejected(invalid.into())
    }
}

/// Turns an error of the view into a [`DecideError`].
///
/// # Errors
/// [`DecideError::View`] for any error.
pub fn read<T, E>(result: Result<T, E>) -> Result<T, DecideError<E>> {
    result.map_err(DecideError::View)
}
