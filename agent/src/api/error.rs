//! Why a call fails.

use chrono::TimeDelta;
use flux_timeline::Rejection;
use flux_timeline::decide::DecideError;
use serde_json::Value;

use crate::limits::in_words;
use crate::store::{ImportError, SqlError, StoreError};
use flux_identity::{Scope, action};

/// Why a call fails. Nothing was changed then. `Display` is a sentence for the caller.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The principal lacks the scope that the call needs.
    #[error("You may not {}. Nothing was changed.", action(*.0))]
    Forbidden(Scope),
    /// There is no such method.
    #[error("Method {0} does not exist")]
    Unknown(String),
    /// The arguments do not fit.
    #[error("{0}")]
    Arguments(String),
    /// The call cannot be carried out while an answer is being written.
    #[error("Nothing was deleted: an answer is being written. Stop it first.")]
    Busy,
    /// The principal does more than its limits allow.
    #[error("That was too much at once. Nothing was changed; try again in {}.", in_words(*.0))]
    TooMany(TimeDelta),
    /// The principal asks more of the model than its limits allow.
    #[error("{error}")]
    Allowance {
        /// A sentence for the person.
        error: String,
        /// How long to wait.
        wait: TimeDelta,
    },
    /// A rule of the timeline rejects an argument.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The store needs time first. The error says how much.
    #[error(transparent)]
    NotYet(StoreError),
    /// The store failed before it was clear whether the same call was carried out earlier.
    #[error(
        "Something could not be read, so it is not known whether this change was made before. Look at your timeline; if it is \
         missing, try again. ({0})"
    )]
    Unsure(StoreError),
    /// The store failed.
    #[error("Something could not be saved or read. Nothing of it was kept; try again. ({0})")]
    Store(StoreError),
}

impl ApiError {
    /// The time after which the same call succeeds, in seconds, if waiting helps.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::NotYet(error) => error.retry_after_seconds(),
            Self::TooMany(wait) | Self::Allowance { wait, .. } => Some(seconds(*wait)),
            _ => None,
        }
    }

    /// The status of an HTTP response that reports this error (RFC 9110 §15).
    pub fn status(&self) -> u16 {
        match self {
            Self::Forbidden(_) => 403,
            Self::Unknown(_) => 404,
            Self::Busy | Self::Import(ImportError::NotEmpty | ImportError::Part { .. }) => 409,
            Self::Import(ImportError::TooLarge) => 413,
            Self::Arguments(_) | Self::Rejected(_) | Self::Import(ImportError::File(_) | ImportError::Failed(_)) => 422,
            Self::TooMany(_) | Self::Allowance { .. } => 429,
            Self::NotYet(_) => 503,
            Self::Import(ImportError::Store(_)) | Self::Unsure(_) | Self::Store(_) => 500,
        }
    }
}

/// A time to wait in whole seconds, rounded up.
pub(crate) fn seconds(wait: TimeDelta) -> u64 {
    u64::try_from(wait.num_milliseconds()).unwrap_or(0).div_ceil(1_000)
}

impl From<SqlError> for ApiError {
    fn from(error: SqlError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.retry_after_seconds().is_some() { Self::NotYet(error) } else { Self::Store(error) }
    }
}

impl From<DecideError<StoreError>> for ApiError {
    fn from(error: DecideError<StoreError>) -> Self {
        match error {
            DecideError::Rejected(rejection) => Self::Rejected(rejection),
            DecideError::View(error) => error.into(),
        }
    }
}

/// The error for a field whose value does not fit.
pub(super) fn misfit(name: &str, expected: &str, given: &Value) -> ApiError {
    let given: String = given.to_string().chars().take(120).collect();
    let name: String = name.chars().take(80).collect();
    ApiError::Arguments(format!("/{name}: expected {expected}, got {given}. Nothing was changed."))
}
