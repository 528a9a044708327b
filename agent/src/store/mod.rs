//! Everything that is stored of a person: the log, its projection, the conversation, and the open streams. All of it is
//! in rows of the object's SQLite database, and no cell grows with the history.
//!
//! | module | table |
//! | --- | --- |
//! | `sql` | the one trait that the engines implement |
//! | `migrations` | numbered, forward only |
//! | `timeline` | `plans`, `blocks`, `plan_counts`, `state`, `history`: reading the projection |
//! | `head` | a copy in memory of the rows that nearly everything reads |
//! | `batch` | `blocks`, `past_blocks`: many rows with one statement |
//! | `events` | `events`: the log, and projecting events |
//! | `groups` | `event_groups`: how many events of each kind there are, for filters |
//! | `past` | `past_blocks`, `past_frames`, `subjects`: the past of blocks, plans and settings |
//! | `schema` | the tables that can be built anew |
//! | `horizon` | `past_blocks`, `past_frames`: deleting old rows, and making them again |
//! | `rebuild` | computing the projection anew |
//! | `export` | everything as one file |
//! | `import` | `imports`, `import_texts`: such a file, checked and taken in parts |
//! | `runs` | `runs`: the runs of the architect, and their finished work |
//! | `messages` | `messages`: the conversation |
//! | `fit` | shortening messages that are too large |
//! | `causes` | `causes`: which message led to which request |
//! | `reminders` | `reminders`: what has come, and when the next ones come |
//! | `prompts` | `prompt_counts`, `prompt_changes`: outcomes of turns by the version of the prompt |
//! | `counts` | counts of all of it |
//! | `turns` | `turns`, `chunks`: turns with their requests, and what they streamed |
//! | `questions` | `questions`: calls that wait for the person's consent |
//! | `jobs` | `jobs`: what is due later |
//! | `usage` | `usage`: tokens of the model by day |
//! | `access` | `accounts`, `credentials`: who may use the object |
//! | `retention` | deleting what has outlived its lifetime |

mod access;
mod batch;
mod causes;
mod counts;
mod events;
mod export;
mod fit;
mod groups;
mod head;
mod horizon;
mod import;
mod jobs;
mod messages;
mod migrations;
mod past;
mod prompts;
mod query;
mod questions;
mod rebuild;
mod reminders;
mod retention;
mod runs;
mod schema;
mod sql;
#[cfg(any(test, feature = "store-suite"))]
pub mod suite;
mod timeline;
mod turns;
mod usage;
mod versions;

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::rc::Rc;

use chrono::{DateTime, Utc};

pub use access::{SessionRecord, TokenRecord};
pub use causes::CauseRecord;
pub use events::{EventQuery, Transaction};
pub use export::Export;
pub(crate) use fit::bytes;
pub use fit::fit_result;
use head::Head;
pub use horizon::PAST;
pub use import::{IMPORT_ROWS, ImportError, ImportPart};
pub use jobs::JobRecord;
pub use messages::{Known, Listed, MessagePage};
pub use migrations::{MIGRATIONS, migrate};
pub(crate) use past::digest;
pub use questions::QuestionRecord;
pub use rebuild::{REBUILD_ROWS, Rebuild};
pub use reminders::DueReminder;
pub use runs::{DrivenRun, IdUse};
pub use sql::{Row, Sql, SqlError, Value};
pub use turns::{RequestEnd, RequestRecord, TurnRecord, TurnState};

/// A person's data.
#[derive(Debug, Clone)]
pub struct Store<S> {
    sql: S,
    /// In statements, an opening bracket before the name of a table becomes this.
    prefix: Option<Rc<str>>,
    is_rebuilding: Rc<Cell<bool>>,
    head: Rc<RefCell<Option<Head>>>,
}

/// Why something could not be stored or read. A failed transaction is rolled back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The engine refused.
    #[error("The database refused: {0}")]
    Sql(#[from] SqlError),
    /// The projection is being built, so the log cannot grow.
    #[error(
        "Your timeline is being brought up to date after an update. You can read it, but nothing was changed; try again in \
         about {seconds} s."
    )]
    Rebuilding {
        /// The time until it is complete, in seconds.
        seconds: u64,
    },
    /// Rows of the past that are needed were deleted, and are being made again from the log.
    #[error(
        "The past before this moment is being prepared, because nobody has looked at it for a while. Nothing was changed; try \
         again in about {seconds} s."
    )]
    Preparing {
        /// The time until it is complete, in seconds.
        seconds: u64,
    },
    /// A row cannot be read by this version.
    #[error("A row of “{table}” cannot be read: {cause}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The reason.
        cause: String,
    },
}

impl StoreError {
    /// The time after which the same call succeeds, in seconds, if waiting helps.
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Rebuilding { seconds } | Self::Preparing { seconds } => Some(*seconds),
            Self::Sql(_) | Self::Corrupt { .. } => None,
        }
    }
}

impl<S: Sql + Clone> Store<S> {
    /// Whether anybody has used this database. Asking does not make anything.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn exists(sql: &S) -> Result<bool, StoreError> {
        migrations::exists(sql)
    }

    /// Opens a database and migrates it to the current version. A short log is computed anew at once if that is necessary; for a
    /// long one, [`Store::rebuild`] returns something.
    ///
    /// # Errors
    /// If a migration fails. The migrations before it are kept.
    pub fn open(sql: S) -> Result<Self, StoreError> {
        migrations::open(&sql)?;
        let store = Self { sql, prefix: None, is_rebuilding: Rc::default(), head: Rc::default() };
        match store.rebuild()? {
            // Its events may change more rows than a slice has, so this may not be all.
            Some(rebuild) if rebuild.last <= REBUILD_ROWS => store.rebuild_slice(REBUILD_ROWS)?,
            rebuild => store.is_rebuilding.set(rebuild.is_some()),
        }
        Ok(store)
    }
}

impl<S: Sql> Store<S> {
    /// The owner of this object, which is the first identity that opened it.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn owner(&self) -> Result<Option<String>, StoreError> {
        let rows = self.query("SELECT owner FROM [state] WHERE owner IS NOT NULL", &[])?;
        rows.first().map(|row| row.text(0)).transpose().map_err(Into::into)
    }

    /// Sets the owner, unless there is one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn claim(&self, owner: &str) -> Result<(), StoreError> {
        self.query("UPDATE [state] SET owner = ? WHERE owner IS NULL", &[owner.into()])?;
        Ok(())
    }

    /// 16 random letters and digits that identify this database until it is reset.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn nonce(&self) -> Result<String, StoreError> {
        let rows = self.query("SELECT nonce FROM [state]", &[])?;
        Ok(rows.first().map_or(Ok(String::new()), |row| row.text(0))?)
    }

    /// Runs `body` in one transaction.
    ///
    /// # Errors
    /// The error of `body`, or of the engine. Nothing is changed then.
    pub fn sql_transaction<T>(&self, body: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.transaction(body)
    }

    /// [`Store::sql_transaction`] with any error.
    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let done = self.sql.transaction(|| body(self));
        if done.is_err() {
            self.forget_head();
        }
        done
    }

    /// The engine.
    pub fn sql(&self) -> &S {
        &self.sql
    }

    /// Runs a statement that returns no rows. It must write the names of tables as for [`Store::query`].
    pub(crate) fn execute(&self, sql: &str, params: &[Value]) -> Result<(), StoreError> {
        match &self.prefix {
            None => self.sql.execute(sql, params)?,
            Some(prefix) => self.sql.execute(&sql.replace('[', prefix), params)?,
        }
        Ok(())
    }

    /// Runs a statement. It must write the names of the tables that can be built anew in brackets.
    pub(crate) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        match &self.prefix {
            None => self.sql.query(sql, params),
            Some(prefix) => self.sql.query(&sql.replace('[', prefix), params),
        }
    }
}

/// Reads a block from a row whose first column is the block as JSON.
fn block(row: &Row) -> Result<flux_timeline::Block, StoreError> {
    parse("blocks", &row.text(0)?)
}

/// Reads a JSON cell of a table.
fn parse<T: serde::de::DeserializeOwned>(table: &'static str, json: &str) -> Result<T, StoreError> {
    crate::json::read(json).map_err(|error| corrupt(table, &error))
}

/// Writes a JSON cell of a table.
fn json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<Value, StoreError> {
    text(table, value).map(Value::Text)
}

/// The text of a JSON cell.
fn text<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(table, &error))
}

/// Not generic, and not copied into what is: the functions above exist once for each type.
#[cold]
#[inline(never)]
fn corrupt(table: &'static str, cause: &dyn Display) -> StoreError {
    StoreError::Corrupt { table, cause: cause.to_string() }
}

/// An instant as it is stored, in ms since 1970.
fn millis(instant: DateTime<Utc>) -> Value {
    Value::Integer(instant.timestamp_millis())
}

/// Reads an id in a cell of a table.
fn id<T: std::str::FromStr<Err = uuid::Error>>(table: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error| corrupt(table, &error))
}
