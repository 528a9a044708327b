//! The Durable Object: a person's agent, with its database and its connections.

use std::rc::Rc;

use futures::stream;
use uuid::Uuid;
use worker::{
    DurableObject, Env, Error, Request, Response, ResponseBuilder, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, console_error, durable_object,
};

use super::host::{EdgeHost, Socket};
use super::routes::{IDENTITY_HEADER, NAME_HEADER, refuse};
use super::sql::DurableSql;
use super::{model, text};
use crate::chat::{ChatAgent, Options, SHOWN_MESSAGES};
use crate::host::{Connection, ConnectionInfo, WorkflowId};
use crate::json;
use crate::store::ImportError;

/// Largest file that is taken: an object has 128 MB of memory, and holds the file as it came.
const IMPORT_BYTES: usize = 32 << 20;

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
        if let Some(name) = path.strip_prefix("/runs/") {
            return run_request(agent, name, request).await;
        }
        let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
        let (identity, name) = (header(IDENTITY_HEADER)?, header(NAME_HEADER)?);
        if !agent.admits(&identity).map_err(failed)? {
            return refuse(is_socket, 403, "This timeline belongs to somebody else.");
        }
        if is_socket {
            return self.accept(agent, &request, name);
        }
        match path.rsplit('/').next() {
            Some("export") => export(agent),
            Some("import") => import(agent, request).await,
            _ => Response::from_json(&agent.store().messages(SHOWN_MESSAGES).map_err(failed)?),
        }
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

/// What the workflow of this name says about its run. The Worker hands on what comes for `/agents/`, so that nobody else
/// can say it.
async fn run_request(agent: &ChatAgent<EdgeHost>, name: &str, mut request: Request) -> Result<Response> {
    let Some(workflow) = WorkflowId::read(name) else { return Response::error("no such workflow", 404) };
    let said = match json::read(&request.text().await?) {
        Ok(said) => said,
        Err(error) => return Response::error(error.to_string(), 400),
    };
    Response::from_json(&agent.run_request(&workflow, said).map_err(failed)?)
}

fn export(agent: &ChatAgent<EdgeHost>) -> Result<Response> {
    let file = agent.export().map_err(failed)?;
    let pieces = file.map(|piece| piece.map(String::into_bytes).map_err(failed));
    let response = ResponseBuilder::new()
        .with_header("content-type", "application/json")?
        .with_header("content-disposition", "attachment; filename=\"temporal-flux.json\"")?
        .with_header("cache-control", "no-store")?;
    response.from_stream(stream::iter(pieces))
}

async fn import(agent: &ChatAgent<EdgeHost>, mut request: Request) -> Result<Response> {
    let file = request.bytes().await?;
    if file.len() > IMPORT_BYTES {
        let error =
            format!("The file has {} bytes; at most {IMPORT_BYTES} are taken. Nothing was changed.", file.len());
        return Response::error(error, 413);
    }
    match std::str::from_utf8(&file).map_err(|error| ImportError::File(error.to_string())).and_then(|f| agent.import(f))
    {
        Ok(imported) => Response::from_json(&imported),
        Err(error) => {
            let status = match error {
                ImportError::NotEmpty => 409,
                ImportError::File(_) => 422,
                ImportError::Store(_) => 500,
            };
            Response::error(error.to_string(), status)
        }
    }
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
            log: query("log").and_then(|log| log.parse().ok()),
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
    let options = Options::from_lookup(&|name| text(env, name))?;
    let sql = DurableSql::new(&state.storage());
    let host = EdgeHost::new(Rc::clone(state), env);
    ChatAgent::open(host, sql, model, options).map_err(|error| error.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn failed(error: crate::store::StoreError) -> Error {
    Error::RustError(error.to_string())
}
