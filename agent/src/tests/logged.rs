//! A database that keeps the statements which it runs, for tests that count them, and that can fail.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::native::Sqlite;
use crate::store::{Row, Sql, SqlError, Value};

/// The statements of a [`Logged`] database, in order. Clones are the same list.
#[derive(Clone, Default)]
pub struct Statements(Rc<RefCell<Vec<String>>>, Rc<Fault>);

/// A fault of the database that is to come.
#[derive(Default)]
struct Fault {
    /// How many times the database can still be asked until it fails; 0 if it does not.
    after: Cell<usize>,
    /// How often the database was asked.
    asked: Cell<usize>,
}

impl Statements {
    /// Lets the database fail once: the `number`th time that it is asked from now on. A statement asks it once, and a transaction
    /// when it begins and when it ends.
    pub fn fail_at(&self, number: usize) {
        self.1.after.set(number);
    }

    /// How often the database was asked since the last call.
    pub fn asked(&self) -> usize {
        self.1.asked.take()
    }

    /// Whether a fault is still to come.
    pub fn is_to_fail(&self) -> bool {
        self.1.after.get() > 0
    }

    fn ask(&self) -> Result<(), SqlError> {
        self.1.asked.set(self.1.asked.get() + 1);
        match self.1.after.get() {
            0 => Ok(()),
            after => {
                self.1.after.set(after - 1);
                if after == 1 { Err(SqlError("disk I/O error".to_owned())) } else { Ok(()) }
            }
        }
    }

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
        self.statements.ask()?;
        self.statements.0.borrow_mut().push(sql.to_owned());
        self.sql.query(sql, params)
    }

    fn script(&self, statements: &str) -> Result<(), SqlError> {
        self.statements.ask()?;
        self.statements.0.borrow_mut().push(statements.to_owned());
        self.sql.script(statements)
    }

    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.statements.ask()?;
        self.sql.transaction(|| {
            let value = body()?;
            self.statements.ask()?;
            Ok(value)
        })
    }
}
