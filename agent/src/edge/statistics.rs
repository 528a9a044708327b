//! The Durable Object with the figures of the whole deployment. There is one.

use worker::{DurableObject, Env, Error, Request, Response, Result, State, durable_object};

use super::clock::now;
use super::sql::DurableSql;
use crate::json;
use crate::statistics::store::StatisticsStore;

/// The object with the figures.
#[durable_object(fetch)]
pub struct Statistics {
    state: State,
}

impl DurableObject for Statistics {
    fn new(state: State, _: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let asked = json::read(&request.text().await?).map_err(|error| Error::RustError(error.to_string()))?;
        let failed = |error: crate::store::StoreError| Error::RustError(error.to_string());
        let store = StatisticsStore::open(DurableSql::new(&self.state.storage())).map_err(failed)?;
        Response::from_json(&store.answer(asked, now()).map_err(failed)?)
    }
}
