//! The Durable Object: a person's agent, with its database and its connections.

use std::rc::Rc;

use uuid::Uuid;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    console_error, durable_object,
};

use super::host::{EdgeHost, Socket};
use super::routes::{IDENTITY_HEADER, NAME_HEADER, refuse};
use super::sql::DurableSql;
use super::{architect, model, text};
use crate::chat::{ChatAgent, SHOWN_MESSAGES};
use crate::host::{Connection, ConnectionInfo};
use crate::json;
use crate::turn::TurnLimits;

/// The object of a person.
#[durable_object]
pub struct Chat {
    state: Rc<State>,
    agent: std::result::Result<ChatAgent<EdgeHost>, String>,
}

impl DurableObject for Chat {
    fn new(state: State, env: Env) -> Self {
        let state = Rc::new(state);
        let agent = open(&state, &env);
        if let Err(error) = &agent {
            console_error!("the object cannot be opened: {error}");
        }
        Self { state, agent }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let is_socket = request.headers().get("upgrade")?.is_some();
        let agent = match &self.agent {
            Ok(agent) => agent,
            Err(error) => return refuse(is_socket, 500, error),
        };
        let path = super::url(&request)?.pathname();
        if let Some(rest) = path.strip_prefix("/runs/") {
            return run_request(agent, rest, request).await;
        }
        let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
        let (identity, name) = (header(IDENTITY_HEADER)?, header(NAME_HEADER)?);
        if !agent.admits(&identity).map_err(failed)? {
            return refuse(is_socket, 403, "This timeline belongs to somebody else.");
        }
        if is_socket {
            return self.accept(agent, &request, name);
        }
        Response::from_json(&agent.store().messages(SHOWN_MESSAGES).map_err(failed)?)
    }

    async fn alarm(&self) -> Result<Response> {
        if let Ok(agent) = &self.agent {
            agent.wake();
        }
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        let Ok(agent) = &self.agent else { return Ok(()) };
        match message {
            WebSocketIncomingMessage::String(text) => agent.receive(&Socket(socket), &text),
            WebSocketIncomingMessage::Binary(_) => agent.receive_binary(&Socket(socket)),
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, reason: String, _: bool) -> Result<()> {
        let socket = Socket(socket);
        if let Ok(agent) = &self.agent {
            agent.disconnected(&socket);
        }
        // The runtime does not answer a close by itself, and a client that gets no answer waits for 10 seconds. Codes
        // that a peer only ever sees locally (RFC 6455 §7.4.1) cannot be sent.
        let code = u16::try_from(code).ok().filter(|code| matches!(code, 1000 | 3000..=4999)).unwrap_or(1000);
        socket.close(code, &reason);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _: Error) -> Result<()> {
        if let Ok(agent) = &self.agent {
            agent.disconnected(&Socket(socket));
        }
        Ok(())
    }
}

/// What a workflow says about a run, `{run}/{launch}`. The Worker hands on what comes for `/agents/`, so that nobody else
/// can say it.
async fn run_request(agent: &ChatAgent<EdgeHost>, path: &str, mut request: Request) -> Result<Response> {
    let named = path.split_once('/').and_then(|(run, launch)| Some((run.parse().ok()?, launch.parse().ok()?)));
    let Some((run, launch)) = named else { return Response::error("no such run", 404) };
    let said = match json::read(&request.text().await?) {
        Ok(said) => said,
        Err(error) => return Response::error(error.to_string(), 400),
    };
    Response::from_json(&agent.run_request(run, launch, said).map_err(failed)?)
}

impl Chat {
    fn accept(&self, agent: &ChatAgent<EdgeHost>, request: &Request, name: String) -> Result<Response> {
        let url = super::url(request)?;
        let query = |name: &str| url.search_params().get(name);
        let info = ConnectionInfo {
            id: Uuid::new_v4(),
            name,
            follows_events: query("sync").is_some_and(|sync| sync == "events"),
            after: query("after").and_then(|after| after.parse().ok()),
        };
        let pair = WebSocketPair::new()?;
        pair.server.serialize_attachment(json::value(&info).to_string())?;
        self.state.accept_web_socket(&pair.server);
        agent.connect(&Socket(pair.server));
        Response::from_websocket(pair.client)
    }
}

fn open(state: &Rc<State>, env: &Env) -> std::result::Result<ChatAgent<EdgeHost>, String> {
    let model = model::of(env)?;
    let mut limits = TurnLimits::default();
    if let Some(tokens) = text(env, "MODEL_CONVERSATION_TOKENS") {
        limits.conversation_tokens = tokens
            .parse()
            .ok()
            .filter(|tokens| (500..=200_000).contains(tokens))
            .ok_or("MODEL_CONVERSATION_TOKENS must be a number from 500 to 200000.")?;
    }
    let sql = DurableSql::new(&state.storage());
    let run_limits = architect::limits(env)?;
    let host = EdgeHost::new(Rc::clone(state), env);
    ChatAgent::open(host, sql, model, limits, run_limits).map_err(|error| error.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn failed(error: crate::store::StoreError) -> Error {
    Error::RustError(error.to_string())
}
