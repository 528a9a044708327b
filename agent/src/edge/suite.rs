//! The store's test suite in Durable Objects, one for each case. Not in a deployed Worker.

use serde_json::json;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::sql::DurableSql;
use crate::store::suite::cases;

/// A request with this header ends in a panic instead.
const PANIC: &str = "x-panic";

/// An object that runs one case on its database.
#[durable_object]
pub struct StoreSuite {
    state: State,
}

impl DurableObject for StoreSuite {
    fn new(state: State, _: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        if request.headers().has(PANIC)? {
            panic!("a test asked for it");
        }
        let path = super::url(&request)?.pathname();
        let number = path.rsplit('/').next().and_then(|number| number.parse::<usize>().ok());
        let cases = cases::<DurableSql>();
        let Some((name, case)) = number.and_then(|number| cases.get(number)) else {
            return Response::error("no such case", 404);
        };
        let outcome = case(DurableSql::new(&self.state.storage()));
        Response::from_json(&json!({ "name": name, "cases": cases.len(), "error": outcome.err() }))
    }
}

/// Runs the case that `/suite/N` names.
pub(super) async fn run(request: Request, env: &Env, number: &str) -> Result<Response> {
    env.durable_object("StoreSuite")?.get_by_name(number)?.fetch_with_request(request).await
}
