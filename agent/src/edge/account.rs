//! The Durable Object of a subject: which timelines somebody has who signs in.

use worker::{DurableObject, Env, Error, Request, Response, Result, State, durable_object};

use super::clock::now;
use super::sql::DurableSql;
use crate::account::store::{SubjectStore, reply_of_nobody};
use crate::json;
use crate::store::Store;

/// The object of a subject.
#[durable_object(fetch)]
pub struct Account {
    state: State,
}

impl DurableObject for Account {
    fn new(state: State, _: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let asked = json::read(&request.text().await?).map_err(|error| Error::RustError(error.to_string()))?;
        let failed = |error: crate::store::StoreError| Error::RustError(error.to_string());
        let sql = DurableSql::new(&self.state.storage());
        // Anybody can ask about subjects that do not exist.
        if let Some(reply) = reply_of_nobody(&asked)
            && !Store::exists(&sql).map_err(failed)?
        {
            return Response::from_json(&reply);
        }
        let store = SubjectStore::open(sql).map_err(failed)?;
        Response::from_json(&store.answer(asked, now()).map_err(failed)?)
    }
}
