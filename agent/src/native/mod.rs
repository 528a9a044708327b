//! The platform of tests and of the evaluation harness: SQLite in a file or in memory.

mod sqlite;

pub use sqlite::Sqlite;
