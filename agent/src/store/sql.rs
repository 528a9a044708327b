//! The database engine of the store: synchronous SQLite in a Durable Object or in a file.

/// A SQLite database with one connection.
pub trait Sql {
    /// Runs one statement and returns its rows.
    ///
    /// # Errors
    /// [`SqlError`] with the message of the engine.
    fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError>;

    /// Runs one statement that returns no rows.
    ///
    /// # Errors
    /// [`SqlError`] with the message of the engine.
    fn execute(&self, sql: &str, params: &[Value]) -> Result<(), SqlError> {
        self.query(sql, params).map(drop)
    }

    /// Runs several statements without parameters, separated by semicolons.
    ///
    /// # Errors
    /// [`SqlError`] with the message of the engine. The statements before it were run.
    fn script(&self, statements: &str) -> Result<(), SqlError>;

    /// Runs `body` in a transaction, which is committed if it returns `Ok` and rolled back otherwise. Must not be nested.
    ///
    /// # Errors
    /// The error of `body`, or [`SqlError`] if the engine refuses the transaction.
    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E>;
}

/// The message of the engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SqlError(pub String);

/// A value in a cell or a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number within ±2⁵³, the range of a Durable Object's numbers.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Vec<Value>);

impl Row {
    /// A row with these cells.
    pub fn new(cells: Vec<Value>) -> Self {
        Self(cells)
    }

    /// The text in a cell.
    ///
    /// # Errors
    /// If the cell is missing or has another type.
    pub fn text(&self, column: usize) -> Result<String, SqlError> {
        self.optional_text(column)?.ok_or_else(|| unexpected(column, "text", &Value::Null))
    }

    /// The text in a cell that may be NULL.
    ///
    /// # Errors
    /// If the cell is missing or has another type.
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, SqlError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(Value::Null) => Ok(None),
            other => Err(unexpected(column, "text", other.unwrap_or(&Value::Null))),
        }
    }

    /// The whole number in a cell.
    ///
    /// # Errors
    /// If the cell is missing or has another type.
    pub fn integer(&self, column: usize) -> Result<i64, SqlError> {
        self.optional_integer(column)?.ok_or_else(|| unexpected(column, "a number", &Value::Null))
    }

    /// The whole number in a cell that may be NULL.
    ///
    /// # Errors
    /// If the cell is missing or has another type.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, SqlError> {
        match self.0.get(column) {
            Some(Value::Integer(number)) => Ok(Some(*number)),
            // A Durable Object returns all numbers as JavaScript numbers.
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
            Some(Value::Real(number)) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 => {
                Ok(Some(*number as i64))
            }
            Some(Value::Null) => Ok(None),
            other => Err(unexpected(column, "a whole number", other.unwrap_or(&Value::Null))),
        }
    }

    /// The number in a cell as a count.
    ///
    /// # Errors
    /// If the cell is missing, negative, or has another type.
    pub fn count(&self, column: usize) -> Result<u64, SqlError> {
        let number = self.integer(column)?;
        u64::try_from(number).map_err(|_| unexpected(column, "a count", &Value::Integer(number)))
    }
}

fn unexpected(column: usize, expected: &str, got: &Value) -> SqlError {
    let kind = match got {
        Value::Null => "nothing",
        Value::Integer(_) => "a whole number",
        Value::Real(_) => "a fraction",
        Value::Text(_) => "a text",
    };
    SqlError(format!("column {column} should hold {expected} and holds {kind}"))
}
