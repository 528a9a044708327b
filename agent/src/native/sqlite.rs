//! [`Sql`] on rusqlite.

use std::path::Path;
use std::rc::Rc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql, types::ToSqlOutput};

use crate::store::{Row, Sql, SqlError, Value};

/// A database in a file or in memory. Clones share the connection.
#[derive(Debug, Clone)]
pub struct Sqlite(Rc<Connection>);

impl Sqlite {
    /// A new database in memory.
    ///
    /// # Errors
    /// Any error of SQLite.
    pub fn in_memory() -> Result<Self, SqlError> {
        Connection::open_in_memory().map(Rc::new).map(Self).map_err(error)
    }

    /// A database in a file, which is created if it does not exist.
    ///
    /// # Errors
    /// Any error of SQLite.
    pub fn open(path: &Path) -> Result<Self, SqlError> {
        Connection::open(path).map(Rc::new).map(Self).map_err(error)
    }
}

impl Sql for Sqlite {
    fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        let mut statement = self.0.prepare_cached(sql).map_err(error)?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            let cells = (0..columns).map(|column| row.get_ref(column).map(cell).map_err(error)?);
            found.push(Row::new(cells.collect::<Result<_, _>>()?));
        }
        Ok(found)
    }

    fn script(&self, statements: &str) -> Result<(), SqlError> {
        self.0.execute_batch(statements).map_err(error)
    }

    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let transaction = self.0.unchecked_transaction().map_err(error)?;
        // Dropping the transaction rolls it back.
        let value = body()?;
        transaction.commit().map_err(error)?;
        Ok(value)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Integer(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Real(number) => ToSqlOutput::Borrowed(ValueRef::Real(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

fn cell(value: ValueRef<'_>) -> Result<Value, SqlError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => {
            Value::Text(String::from_utf8(text.to_vec()).map_err(|error| SqlError(error.to_string()))?)
        }
        ValueRef::Blob(_) => return Err(SqlError("a blob, which no table holds".to_owned())),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn error(error: rusqlite::Error) -> SqlError {
    SqlError(error.to_string())
}
