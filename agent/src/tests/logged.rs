//! A database that keeps the statements which it runs, for tests that count them.

use std::cell::RefCell;
use std::rc::Rc;

use crate::native::Sqlite;
use crate::store::{Row, Sql, SqlError, Value};

/// The statements of a [`Logged`] database, in order. Clones are the same list.
#[derive(Clone, Default)]
pub struct Statements(Rc<RefCell<Vec<String>>>);

impl Statements {
    /// The statements since the last call.
    pub fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// A database with its statements. Transactions are not counted.
#[derive(Clone)]
pub struct Logged {
    pub sql: Sqlite,
    pub statements: Statements,
}

impl Sql for Logged {
    fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        self.statements.0.borrow_mut().push(sql.to_owned());
        self.sql.query(sql, params)
    }

    fn script(&self, statements: &str) -> Result<(), SqlError> {
        self.statements.0.borrow_mut().push(statements.to_owned());
        self.sql.script(statements)
    }

    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.sql.transaction(body)
    }
}
