//! The platform for tests and evaluations: SQLite in a file or in memory.

mod sqlite;

pub use sqlite::Sqlite;
