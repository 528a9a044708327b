//! What is kept of a person: the log, its projection, the conversation, and the streams that are under way. All of it is
//! rows of the object's SQLite database; no cell grows with the history.
//!
//! | module | table |
//! | --- | --- |
//! | `sql` | the one trait that the engines implement |
//! | `migrations` | numbered, forward only |
//! | `timeline` | `plans`, `blocks`, `plan_counts`, `state`, `history`: the projection, and how it is read |
//! | `events` | `events`: the log, and how an event is projected |
//! | `past` | `past_blocks`, `past_frames`, `subjects`: what was, and where the log tells of it |
//! | `portable` | all of it as one file, out and in |
//! | `runs` | `runs`: the goals of the architect, and what it has finished of each |
//! | `messages` | `messages`: the conversation |
//! | `causes` | `causes`: which message led to which request |
//! | `prompts` | `prompt_counts`, `prompt_changes`: how turns went, by the version of the prompt |
//! | `counts` | how much there is in each |
//! | `streams` | `streams`, `chunks`: requests, and what they streamed |

mod causes;
mod counts;
mod events;
mod messages;
mod migrations;
mod past;
mod portable;
mod prompts;
mod runs;
mod sql;
mod streams;
#[cfg(any(test, feature = "store-suite"))]
pub mod suite;
mod timeline;

use chrono::{DateTime, Utc};

pub use causes::CauseRecord;
pub use events::{EventQuery, Transaction};
pub use migrations::{MIGRATIONS, migrate};
pub(crate) use past::digest;
pub use portable::{Export, ImportError, Imported};
pub use runs::DrivenRun;
pub use sql::{Row, Sql, SqlError, Value};
pub use streams::{StreamEnd, StreamRecord};

/// A person's data.
#[derive(Debug, Clone)]
pub struct Store<S> {
    sql: S,
}

/// Why something could not be stored or read. Nothing of a transaction that fails is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The engine refused.
    #[error("The database refused: {0}")]
    Sql(#[from] SqlError),
    /// A row is not what this version writes.
    #[error("A row of “{table}” cannot be read: {cause}")]
    Corrupt {
        /// Of which table.
        table: &'static str,
        /// Why not.
        cause: String,
    },
}

impl<S: Sql> Store<S> {
    /// Opens a database and brings it to the present version.
    ///
    /// # Errors
    /// Where a migration fails; the database is then as the last one that succeeded left it.
    pub fn open(sql: S) -> Result<Self, StoreError> {
        migrate(&sql, MIGRATIONS)?;
        let store = Self { sql };
        store.compute_anew()?;
        Ok(store)
    }

    /// Who owns this object: the first identity that opened it.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn owner(&self) -> Result<Option<String>, StoreError> {
        let rows = self.sql.query("SELECT owner FROM state WHERE owner IS NOT NULL", &[])?;
        rows.first().map(|row| row.text(0)).transpose().map_err(Into::into)
    }

    /// Makes someone the owner, unless there is one.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn claim(&self, owner: &str) -> Result<(), StoreError> {
        self.sql.query("UPDATE state SET owner = ? WHERE owner IS NULL", &[owner.into()])?;
        Ok(())
    }

    /// 16 letters and digits that no other database has, nor this one once it was reset.
    ///
    /// # Errors
    /// What the engine can fail with.
    pub fn nonce(&self) -> Result<String, StoreError> {
        let rows = self.sql.query("SELECT nonce FROM state", &[])?;
        Ok(rows.first().map_or(Ok(String::new()), |row| row.text(0))?)
    }

    /// Runs several writes in one transaction.
    ///
    /// # Errors
    /// The body's, or the engine's.
    pub fn sql_transaction<T>(&self, body: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.sql.transaction(|| body(self))
    }

    /// The engine.
    pub fn sql(&self) -> &S {
        &self.sql
    }
}

/// Reads a block from a row whose first column is the block as JSON.
fn block(row: &Row) -> Result<flux_timeline::Block, StoreError> {
    parse("blocks", &row.text(0)?)
}

/// Reads a JSON cell of a table.
fn parse<T: serde::de::DeserializeOwned>(table: &'static str, json: &str) -> Result<T, StoreError> {
    crate::json::read(json).map_err(|error| StoreError::Corrupt { table, cause: error.to_string() })
}

/// Writes a JSON cell of a table.
fn json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<Value, StoreError> {
    text(table, value).map(Value::Text)
}

/// The text of a JSON cell.
fn text<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt { table, cause: error.to_string() })
}

/// An instant as it is stored: ms since 1970.
fn millis(instant: DateTime<Utc>) -> Value {
    Value::Integer(instant.timestamp_millis())
}
