//! Errors without their words. The words of an error can repeat what a person wrote: a provider states the request that it refuses, and
//! the reader of JSON names the value that does not fit.

use flux_model::ModelError;

use super::Name;
use crate::store::{SqlError, StoreError};
use crate::turn::TurnError;

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub kind: Name,
    /// The table that cannot be read.
    pub table: Option<Name>,
    /// The HTTP status of a provider.
    pub status: Option<u16>,
}

impl Fault {
    /// A kind of fault without details.
    pub const fn new(kind: Name) -> Self {
        Self { kind, table: None, status: None }
    }
}

/// What SQLite says when something is wrong, and the kind of it. The result codes are in <https://sqlite.org/rescode.html>.
const SQL: [(&str, Name); 10] = [
    ("disk is full", "sql-full"),
    ("SQLITE_FULL", "sql-full"),
    ("I/O error", "sql-io"),
    ("constraint failed", "sql-constraint"),
    ("malformed", "sql-corrupt"),
    ("too big", "sql-too-big"),
    ("locked", "sql-busy"),
    ("no such", "sql-schema"),
    ("out of memory", "sql-memory"),
    ("immutable", "sql-immutable"),
];

/// The same of Cloudflare's runtime.
const PLATFORM: [(&str, Name); 6] = [
    ("binding", "no-binding"),
    ("not found", "not-found"),
    ("already exists", "exists"),
    ("limit", "platform-limit"),
    ("timed out", "platform-timed-out"),
    ("overloaded", "platform-overloaded"),
];

impl Fault {
    /// What the runtime says.
    pub fn of_platform(message: &str) -> Self {
        Self::new(known(&PLATFORM, message).unwrap_or("platform"))
    }
}

fn known(kinds: &[(&str, Name)], message: &str) -> Option<Name> {
    kinds.iter().find(|(words, _)| message.contains(words)).map(|(_, kind)| *kind)
}

impl From<&SqlError> for Fault {
    fn from(SqlError(message): &SqlError) -> Self {
        Self::new(known(&SQL, message).unwrap_or("sql"))
    }
}

impl From<&StoreError> for Fault {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Sql(error) => error.into(),
            StoreError::Rebuilding { .. } => Self::new("rebuilding"),
            StoreError::Preparing { .. } => Self::new("preparing"),
            StoreError::Corrupt { table, .. } => Self { table: Some(table), ..Self::new("unreadable-row") },
        }
    }
}

impl From<&ModelError> for Fault {
    fn from(error: &ModelError) -> Self {
        match error {
            ModelError::RateLimited { .. } => Self::new("model-rate-limited"),
            ModelError::Overloaded => Self::new("model-overloaded"),
            ModelError::TimedOut { .. } => Self::new("model-timed-out"),
            ModelError::Cut => Self::new("model-cut"),
            ModelError::Empty => Self::new("model-empty"),
            ModelError::NoSuchModel { .. } => Self::new("no-such-model"),
            ModelError::Refused { status, .. } => {
                Self { status: Some(*status).filter(|status| *status > 0), ..Self::new("model-refused") }
            }
            ModelError::Malformed { .. } => Self::new("model-malformed"),
            ModelError::Unconnected => Self::new("model-unconnected"),
            ModelError::Unreachable { .. } => Self::new("model-unreachable"),
        }
    }
}

impl From<&TurnError> for Fault {
    fn from(error: &TurnError) -> Self {
        match error {
            TurnError::Model(error) => error.into(),
            TurnError::Store(error) => error.into(),
            TurnError::InvalidCalls(_) => Self::new("invalid-calls"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_keep_their_kind_and_lose_their_words() {
        let secret = "Call Anna about the surprise";
        let cases: [(Fault, Fault); 4] = [
            ((&SqlError("database or disk is full".to_owned())).into(), Fault::new("sql-full")),
            ((&SqlError(secret.to_owned())).into(), Fault::new("sql")),
            (
                (&StoreError::Corrupt { table: "blocks", cause: secret.to_owned() }).into(),
                Fault { table: Some("blocks"), ..Fault::new("unreadable-row") },
            ),
            (
                (&ModelError::Refused { status: 400, message: secret.to_owned() }).into(),
                Fault { status: Some(400), ..Fault::new("model-refused") },
            ),
        ];
        for (fault, expected) in cases {
            assert_eq!(fault, expected);
            assert!(!format!("{fault:?}").contains("Anna"));
        }
    }
}
