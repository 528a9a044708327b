//! The store's test suite in Durable Objects, one for each case. Not in a deployed Worker.

use serde_json::json;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::WebSocket;
use worker::{DurableObject, Env, Request, Response, Result, State, WebSocketPair, durable_object};

use super::sql::DurableSql;
use crate::store::suite::cases;

/// A request with this header ends in a panic instead, and so does a frame with this text.
const PANIC: &str = "x-panic";

/// An object that runs one case on its database.
#[durable_object(fetch)]
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
        if super::respond::is_socket(&request)? {
            let pair = WebSocketPair::new()?;
            self.state.accept_web_socket(&pair.server);
            return Response::from_websocket(pair.client);
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

/// As frames are handled by the object of a person: without a promise.
#[wasm_bindgen]
impl StoreSuite {
    /// Sends a frame back.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn echo(&self, socket: &WebSocket, message: &JsValue) {
        let text = message.as_string().unwrap_or_default();
        if text == PANIC {
            panic!("a test asked for it");
        }
        let _ = socket.send_with_str(&text);
    }
}

/// Runs the case that `/suite/N` names.
pub(super) async fn run(request: Request, env: &Env, number: &str) -> Result<Response> {
    env.durable_object("StoreSuite")?.get_by_name(number)?.fetch_with_request(request).await
}
