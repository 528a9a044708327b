//! [`Sql`] on a Durable Object's SQLite.

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::durable::Storage;

use super::thrown::message_of;
use crate::store::{Row, Sql, SqlError, Value};

/// The object's database.
#[derive(Clone)]
pub(super) struct DurableSql {
    sql: SqlStorage,
    storage: TransactionalStorage,
}

impl DurableSql {
    pub fn new(storage: &Storage) -> Self {
        let raw: &JsValue = storage.as_raw().as_ref();
        let storage: TransactionalStorage = raw.clone().unchecked_into();
        Self { sql: storage.sql(), storage }
    }
}

// The `worker` crate lacks `transactionSync`. It has `exec`, but reads rows through an iterator, one call of JavaScript for each
// row and each cell more than an array needs.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type TransactionalStorage;

    /// Runs a function in a transaction. An exception rolls it back.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &TransactionalStorage,
        body: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, getter)]
    fn sql(this: &TransactionalStorage) -> SqlStorage;

    #[derive(Clone)]
    type SqlStorage;

    /// Runs one statement with parameters, or several without.
    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &SqlStorage, statement: &str, params: &Array) -> Result<Cursor, JsValue>;

    type Cursor;

    /// The rows as arrays instead of objects.
    #[wasm_bindgen(method)]
    fn raw(this: &Cursor) -> RawRows;

    type RawRows;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &RawRows) -> Result<Array, JsValue>;
}

impl Sql for DurableSql {
    fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        let rows = self.run(sql, params)?.raw().to_array().map_err(|thrown| error(&thrown))?;
        let row = |row: JsValue| row.unchecked_into::<Array>().iter().map(cell).collect::<Result<_, _>>().map(Row::new);
        rows.iter().map(row).collect()
    }

    fn execute(&self, sql: &str, params: &[Value]) -> Result<(), SqlError> {
        self.run(sql, params).map(drop)
    }

    fn script(&self, statements: &str) -> Result<(), SqlError> {
        self.run(statements, &[]).map(drop)
    }

    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let (mut body, mut value, mut error) = (Some(body), None, None);
        let ran = self.transact(&mut || {
            match body.take().map(|body| body()) {
                Some(Ok(done)) => value = Some(done),
                Some(Err(failed)) => error = Some(failed),
                None => {}
            }
            value.is_some()
        });
        match (value, error) {
            (_, Some(error)) => Err(error),
            (Some(value), None) if ran.is_ok() => Ok(value),
            _ => Err(not_run(ran).into()),
        }
    }
}

impl DurableSql {
    fn run(&self, sql: &str, params: &[Value]) -> Result<Cursor, SqlError> {
        self.sql.exec(sql, &params.iter().map(param).collect()).map_err(|thrown| error(&thrown))
    }

    /// Runs `body` in a transaction, which is committed when it returns true. It is not generic, so that the Worker contains it
    /// once.
    fn transact(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        // Nobody sees this exception. It only makes the runtime roll back.
        let mut checked = || if body() { Ok(()) } else { Err(JsValue::from_str("rolled back")) };
        self.storage.transaction_sync(&mut checked).map_err(|thrown| error(&thrown))
    }
}

/// Why a transaction has no outcome of its own.
#[cold]
#[inline(never)]
fn not_run(ran: Result<(), SqlError>) -> SqlError {
    ran.err().unwrap_or_else(|| SqlError("the transaction did not run".to_owned()))
}

fn param(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        // Within the range in which JavaScript's numbers are exact.
        #[expect(clippy::cast_precision_loss, reason = "a value of the store is within ±2⁵³")]
        Value::Integer(number) => JsValue::from_f64(*number as f64),
        Value::Real(number) => JsValue::from_f64(*number),
        Value::Text(text) => JsValue::from_str(text),
    }
}

fn cell(value: JsValue) -> Result<Value, SqlError> {
    if let Some(number) = value.as_f64() {
        return Ok(Value::Real(number));
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text));
    }
    if value.is_null() { Ok(Value::Null) } else { Err(SqlError("a blob, which no table holds".to_owned())) }
}

fn error(thrown: &JsValue) -> SqlError {
    SqlError(message_of(thrown))
}
