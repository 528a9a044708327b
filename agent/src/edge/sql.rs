//! [`Sql`] on a Durable Object's SQLite.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::durable::Storage;
use worker::{SqlStorage, SqlStorageValue};

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
        Self { sql: storage.sql(), storage: raw.clone().unchecked_into() }
    }
}

#[wasm_bindgen]
extern "C" {
    /// Bindings for storage methods that the `worker` crate lacks.
    #[derive(Clone)]
    type TransactionalStorage;

    /// Runs a function in a transaction. An exception rolls it back.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &TransactionalStorage,
        body: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;
}

impl Sql for DurableSql {
    fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        let params: Vec<SqlStorageValue> = params.iter().map(param).collect();
        let cursor = self.sql.exec(sql, params).map_err(|error| SqlError(error.to_string()))?;
        cursor
            .raw()
            .map(|cells| {
                let cells = cells.map_err(|error| SqlError(error.to_string()))?;
                cells.into_iter().map(cell).collect::<Result<_, _>>().map(Row::new)
            })
            .collect()
    }

    fn transaction<T, E: From<SqlError>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut body = Some(body);
        let mut outcome = None;
        let ran = self.transact(&mut || {
            outcome = body.take().map(|body| body());
            outcome.as_ref().is_some_and(Result::is_ok)
        });
        match (outcome, ran) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(SqlError("the transaction did not run".to_owned()).into()),
        }
    }
}

impl DurableSql {
    /// Runs `body` in a transaction, which is committed when it returns true. It is not generic, so that the Worker contains it
    /// once.
    fn transact(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        // Nobody sees this exception. It only makes the runtime roll back.
        let mut checked = || if body() { Ok(()) } else { Err(JsValue::from_str("rolled back")) };
        self.storage.transaction_sync(&mut checked).map_err(|error| SqlError(format!("{error:?}")))
    }
}

fn param(value: &Value) -> SqlStorageValue {
    match value {
        Value::Null => SqlStorageValue::Null,
        Value::Integer(number) => SqlStorageValue::Integer(*number),
        Value::Real(number) => SqlStorageValue::Float(*number),
        Value::Text(text) => SqlStorageValue::String(text.clone()),
    }
}

fn cell(value: SqlStorageValue) -> Result<Value, SqlError> {
    Ok(match value {
        SqlStorageValue::Null => Value::Null,
        SqlStorageValue::Boolean(flag) => Value::Integer(flag.into()),
        SqlStorageValue::Integer(number) => Value::Integer(number),
        SqlStorageValue::Float(number) => Value::Real(number),
        SqlStorageValue::String(text) => Value::Text(text),
        SqlStorageValue::Blob(_) => return Err(SqlError("a blob, which no table holds".to_owned())),
    })
}
