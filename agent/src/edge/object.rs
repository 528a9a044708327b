//! The Durable Object: a person's agent, with its database and its connections.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::TimeDelta;
use flux_protocol::close::{INTERNAL_ERROR, SIGNED_OUT, TRY_AGAIN_LATER};
use flux_protocol::trace::TRACEPARENT;
use flux_protocol::{ServerFrame, Trace};
use futures::stream;
use js_sys::JsString;
use uuid::Uuid;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::WebSocket;
use worker::{
    DurableObject, Env, Error, Request, Response, ResponseBuilder, Result, State, WebSocketPair, durable_object,
};

use super::clock::now;
use super::host::{EdgeHost, Socket};
use super::log::write;
use super::respond::{
    UNAVAILABLE, close_at_once, is_socket, not_routed, refuse, unavailable, unavailable_because, uncached,
};
use super::sql::DurableSql;
use super::{NAME_HEADER, OBJECT_HEADER, PRINCIPAL_HEADER, keys, metrics, model, text};
use crate::account::Refusal;
use crate::account::admission::UNUSED;
use crate::agent::{ChatAgent, Options};
use crate::api::route::{ObjectRoute, RouteError, object_route};
use crate::api::{Answer, ApiError, Call, Origin, Question};
use crate::connections::failure;
use crate::host::{Connection, ConnectionInfo, WorkflowId};
use crate::json;
use crate::limits::{Refused, in_words};
use crate::shown;
use crate::statistics::budget::Budget;
use crate::store::{ImportError, ImportPart, Store};
use crate::telemetry::{Label, LogRecord, Span};
use flux_identity::request::{TimelineReply, TimelineRequest};
use flux_identity::{ObjectId, Principal, Purpose, Via};

/// Largest part of a file that can be imported in one request, in bytes. An object has 128 MB of memory and holds the whole part.
const IMPORT_BYTES: usize = 32 << 20;
/// How long a principal that the Worker has signed is good: it comes at once.
const SIGNED_FOR: TimeDelta = TimeDelta::minutes(1);
/// What a client reads whose frames are refused.
const TOO_MANY: &str = "Too many messages at once.";
/// What a person reads who asks for their data before there are any.
const NOTHING_YET: &str = "There is nothing yet. A timeline begins when you open the page or connect.";
/// HTTP requests carry no idempotency key.
const DIRECT: Origin = Origin::Direct { key: None };

/// The object of a person.
#[durable_object(alarm)]
pub struct Chat {
    state: Rc<State>,
    env: Env,
    /// The agent, once it has been opened. A failure is not remembered: the next event tries again.
    agent: RefCell<Option<ChatAgent<EdgeHost>>>,
}

impl DurableObject for Chat {
    fn new(state: State, env: Env) -> Self {
        Self { state: Rc::new(state), env, agent: RefCell::default() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let is_socket = is_socket(&request)?;
        let path = super::url(&request)?.pathname();
        let route = match object_route(request.method().as_ref(), &path, is_socket) {
            Ok(route) => route,
            Err(error) => return not_routed(error),
        };
        let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
        let (object, name) = (ObjectId::from(header(OBJECT_HEADER)?.as_str()), header(NAME_HEADER)?);
        if route == ObjectRoute::Account {
            return self.account(&object, request).await;
        }
        let is_run = matches!(route, ObjectRoute::Run(_));
        let principal = if is_run { None } else { self.principal(&header(PRINCIPAL_HEADER)?) };
        if !is_run && let Some(response) = self.without_object(route, principal.as_ref(), &object)? {
            return Ok(response);
        }
        let agent = match self.agent() {
            Ok(agent) => agent,
            Err(error) => return unavailable(is_socket, &error),
        };
        let agent = &agent;
        if let ObjectRoute::Run(workflow) = route {
            return run_request(agent, workflow, request).await;
        }
        let admitted = match principal {
            Some(principal) => agent.admit(principal, &object).map_err(failed)?,
            None => Err(Refusal::NotYours),
        };
        let principal = match admitted {
            Ok(principal) => principal,
            Err(refusal) => return not_admitted(is_socket, refusal),
        };
        // A part of a file whose size is not stated counts as the largest one.
        let unstated = if route == ObjectRoute::Import { IMPORT_BYTES } else { 0 };
        let bytes = header("content-length")?.parse().unwrap_or(unstated);
        let taken = match route {
            ObjectRoute::Import => agent.take_import(&principal, bytes),
            _ => agent.take_request(&principal, bytes),
        };
        if let Err(error) = taken {
            return if is_socket { close_at_once(TRY_AGAIN_LATER, &error.to_string()) } else { respond(Err(error)) };
        }
        let span = Trace::read(&header(TRACEPARENT)?).map(Span::of);
        let call = |call| respond(agent.within(span, || agent.call(&principal, call, DIRECT)));
        match route {
            ObjectRoute::Socket => self.accept(agent, &request, principal, name),
            ObjectRoute::Messages => call(Call::Ask(Question::Messages { before: None, limit: shown::MESSAGES })),
            ObjectRoute::Export => export(agent, &principal),
            ObjectRoute::Import => import(agent, &principal, request, span).await,
            ObjectRoute::ImportProgress => call(Call::Ask(Question::Import)),
            ObjectRoute::CancelImport => call(Call::CancelImport),
            // Answered above.
            ObjectRoute::Run(_) | ObjectRoute::Account => not_routed(RouteError::NotFound),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        // An error makes the platform try again.
        self.agent().map_err(Error::RustError)?.wake().map_err(failed)?;
        Response::empty()
    }
}

/// Events of sockets. The methods that the macro would make return promises, which cost a frame a fifth of its work. Nothing waits
/// here, so these do not.
#[wasm_bindgen]
impl Chat {
    /// Handles a frame. One that exceeds a limit is refused before it is copied into this program's memory.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn receive(&self, socket: WebSocket, message: &JsValue) {
        match self.agent() {
            Ok(agent) => {
                // What was on its way when the socket was closed still arrives, and its sender would never learn what became of it.
                if socket.ready_state() != WebSocket::OPEN {
                    return;
                }
                let socket = agent.0.host.socket(socket);
                // Units of UTF-16. Most texts have about as many bytes.
                let length = message.dyn_ref::<JsString>().map_or(0, JsString::length);
                if let Err(refused) = agent.take_frame(&socket.info().principal, length as usize) {
                    return refuse_frame(&socket, refused);
                }
                match message.as_string() {
                    Some(text) => agent.receive(&socket, &text),
                    None => agent.receive_binary(&socket),
                }
            }
            Err(error) => {
                let socket = Socket::new(socket.into());
                let text = message.as_string();
                socket.send(&failure(&text.unwrap_or_default(), &unavailable_because(&error)).to_text());
                socket.close(INTERNAL_ERROR, UNAVAILABLE);
            }
        }
    }

    /// Forgets a socket that its client has closed, and closes it.
    #[wasm_bindgen(js_name = webSocketClose)]
    pub fn closed(&self, socket: WebSocket, code: u16, reason: &str) {
        let socket = self.forget(socket);
        // The runtime does not answer a close frame, and a client without an answer waits for 10 seconds. Codes that are never
        // sent in a frame (RFC 6455 §7.4.1) are replaced.
        let code = if matches!(code, 1000 | 3000..=4999) { code } else { 1000 };
        socket.close(code, reason);
    }

    /// Forgets a socket whose connection has failed.
    #[wasm_bindgen(js_name = webSocketError)]
    pub fn failed(&self, socket: WebSocket) {
        self.forget(socket);
    }
}

/// Refuses a frame that exceeds a limit.
fn refuse_frame(socket: &Socket, refused: Refused) {
    match refused {
        Refused::Silently => {}
        Refused::Say(wait) => {
            let retry_after_ms = u64::try_from(wait.num_milliseconds()).ok();
            let error = format!("{TOO_MANY} Nothing of it was changed; try again in {}.", in_words(wait));
            socket.send(&ServerFrame::FluxError { error, retry_after_ms }.to_text());
        }
        // It may connect again, as often as the limit of its network allows.
        Refused::Close => socket.close(TRY_AGAIN_LATER, TOO_MANY),
    }
}

/// Handles a request of the workflow with this name about its run.
async fn run_request(agent: &ChatAgent<EdgeHost>, name: &str, mut request: Request) -> Result<Response> {
    let Some(workflow) = WorkflowId::read(name) else { return Response::error("No such workflow", 404) };
    let about = match json::read(&request.text().await?) {
        Ok(about) => about,
        Err(error) => return Response::error(error.to_string(), 400),
    };
    Response::from_json(&agent.run_request(&workflow, about).map_err(failed)?)
}

/// Refuses a principal. A socket is closed with a code after which clients do not connect again.
fn not_admitted(is_socket: bool, refusal: Refusal) -> Result<Response> {
    if is_socket && refusal.is_signed_out() {
        return close_at_once(SIGNED_OUT, &refusal.to_string());
    }
    refuse(is_socket, if refusal.is_signed_out() { 401 } else { 403 }, &refusal.to_string())
}

/// The response to a call.
fn respond(answer: std::result::Result<Answer, ApiError>) -> Result<Response> {
    match answer {
        Ok(answer) => uncached(&answer.json()),
        Err(error) => {
            let response = Response::error(error.to_string(), error.status())?;
            if let Some(seconds) = error.retry_after_seconds() {
                response.headers().set("retry-after", &seconds.to_string())?;
            }
            Ok(response)
        }
    }
}

fn export(agent: &ChatAgent<EdgeHost>, principal: &Principal) -> Result<Response> {
    let file = match agent.export(principal) {
        Ok(file) => file,
        Err(error) => return respond(Err(error)),
    };
    let pieces = file.map(|piece| piece.map(String::into_bytes).map_err(failed));
    let response = ResponseBuilder::new()
        .with_header("content-type", "application/json")?
        .with_header("content-disposition", "attachment; filename=\"temporal-flux.json\"")?
        .with_header("cache-control", "no-store")?;
    response.from_stream(stream::iter(pieces))
}

/// Takes a file, or a part of it: `?part=0`, `?part=1` and so on, and `&last` for the last one.
async fn import(
    agent: &ChatAgent<EdgeHost>,
    principal: &Principal,
    mut request: Request,
    span: Option<Span>,
) -> Result<Response> {
    let query = super::url(&request)?.search_params();
    let part = match query.get("part").map(|part| part.parse()) {
        None => None,
        Some(Ok(number)) => Some(number),
        Some(Err(_)) => return Response::error("“part” is not a number. Nothing was changed.", 422),
    };
    let text = request.bytes().await?;
    if text.len() > IMPORT_BYTES {
        let error = format!(
            "The request has {} bytes; at most {IMPORT_BYTES} are allowed. Send the file in parts. Nothing was changed.",
            text.len()
        );
        return Response::error(error, 413);
    }
    let Ok(text) = String::from_utf8(text) else {
        let error = ImportError::File("it is not UTF-8".to_owned());
        return respond(Err(error.into()));
    };
    let is_last = part.is_none() || query.has("last");
    let part = ImportPart { number: part.unwrap_or(0), text, is_last };
    let answer = agent.within(span, || agent.import(principal, part));
    let is_done = answer.as_ref().is_ok_and(Answer::is_finished_import);
    let response = respond(answer)?;
    // The import goes on (RFC 9110 §15.3.3).
    Ok(if response.status_code() == 200 && !is_done { response.with_status(202) } else { response })
}

impl Chat {
    /// The response while nobody has used this object: looking does not make one, and nobody gets one of a name that is not theirs.
    /// `None` if it is used, or this request is its first use.
    fn without_object(
        &self,
        route: ObjectRoute<'_>,
        principal: Option<&Principal>,
        object: &ObjectId,
    ) -> Result<Option<Response>> {
        let own = principal.filter(|principal| principal.object == *object);
        let is_own = own.is_some_and(|principal| principal.via == Via::Guest);
        let is_use = matches!(route, ObjectRoute::Socket | ObjectRoute::Import);
        if (is_own && is_use)
            || self.agent.borrow().is_some()
            || Store::exists(&DurableSql::new(&self.state.storage())).map_err(failed)?
        {
            return Ok(None);
        }
        let response = match route {
            _ if !is_own => {
                // All others need what only an object that is used can contain.
                let refusal = match own.map(|principal| &principal.via) {
                    None => Refusal::NotYours,
                    Some(Via::Token { .. }) => Refusal::TokenEnded,
                    Some(_) => Refusal::SignedOut,
                };
                not_admitted(route == ObjectRoute::Socket, refusal)?
            }
            ObjectRoute::Messages => Response::from_json(&[(); 0])?,
            ObjectRoute::ImportProgress => Response::from_json(&())?,
            ObjectRoute::Export | ObjectRoute::CancelImport => Response::error(NOTHING_YET, 404)?,
            _ => return Ok(None),
        };
        Ok(Some(response))
    }

    /// The principal that the Worker has signed. `None` if it has not.
    fn principal(&self, sealed: &str) -> Option<Principal> {
        let (principal, signed) = keys(&self.env).ok()?.open::<Principal>(Purpose::Principal, sealed, now())?;
        signed.at.is_some_and(|at| now() - at <= SIGNED_FOR).then_some(principal)
    }

    /// Answers a request of the Worker about who may use this timeline. Asking what is in it makes nothing.
    async fn account(&self, object: &ObjectId, mut request: Request) -> Result<Response> {
        let asked = match json::read(&request.text().await?) {
            Ok(asked) => asked,
            Err(error) => return Response::error(error.to_string(), 400),
        };
        let makes = matches!(asked, TimelineRequest::Claim { .. } | TimelineRequest::Begin { .. });
        if !makes && !Store::exists(&DurableSql::new(&self.state.storage())).map_err(failed)? {
            let reply = match asked {
                TimelineRequest::Describe { .. } => UNUSED,
                // A guest who has not begun anything.
                TimelineRequest::Admit { principal } => TimelineReply::Done { done: principal.via == Via::Guest },
                TimelineRequest::Subjects { principal } => {
                    TimelineReply::Subjects { all: (principal.via == Via::Guest).then(Vec::new) }
                }
                _ => TimelineReply::Done { done: false },
            };
            return Response::from_json(&reply);
        }
        let agent = self.agent().map_err(Error::RustError)?;
        Response::from_json(&agent.account_request(object, asked).map_err(failed)?)
    }

    /// The agent, which is opened if it is not open yet.
    fn agent(&self) -> std::result::Result<ChatAgent<EdgeHost>, String> {
        if let Some(agent) = self.agent.borrow().as_ref() {
            return Ok(agent.clone());
        }
        let agent = open(&self.state, &self.env)?;
        *self.agent.borrow_mut() = Some(agent.clone());
        Ok(agent)
    }

    /// Forgets a socket, unless the object was not opened and so knows none.
    fn forget(&self, socket: WebSocket) -> Socket {
        let agent = self.agent.borrow();
        let Some(agent) = agent.as_ref() else {
            metrics::prepare(&self.env);
            write(&LogRecord::Socket { outcome: "closed" });
            return Socket::new(socket.into());
        };
        let socket = agent.0.host.socket(socket);
        agent.0.host.closed(&socket);
        agent.disconnected(&socket);
        socket
    }

    fn accept(
        &self,
        agent: &ChatAgent<EdgeHost>,
        request: &Request,
        principal: Principal,
        name: String,
    ) -> Result<Response> {
        if !agent.has_room_for(&principal) {
            // Some of the others may be dead, which the platform notices a little later.
            return close_at_once(TRY_AGAIN_LATER, "Too many pages are open. Close one of them.");
        }
        let url = super::url(request)?;
        let query = |name: &str| url.search_params().get(name);
        let info = ConnectionInfo {
            id: Uuid::new_v4(),
            name,
            principal,
            follows_events: query("sync").is_some_and(|sync| sync == "events"),
            after: query("after").and_then(|after| after.parse().ok()),
            log: query("log").and_then(|log| log.parse().ok()),
        };
        let pair = WebSocketPair::new()?;
        Socket::attach(&pair.server, &info)?;
        self.state.accept_web_socket(&pair.server);
        let socket = Socket::new(pair.server);
        agent.0.host.opened(&socket);
        agent.connect(&socket);
        Response::from_websocket(pair.client)
    }
}

/// Opens the agent.
///
/// # Errors
/// A sentence, also for the person. It is logged.
fn open(state: &Rc<State>, env: &Env) -> std::result::Result<ChatAgent<EdgeHost>, String> {
    let configured = || {
        let lookup = |name: &str| text(env, name);
        Budget::from_lookup(&lookup)?;
        Ok::<_, String>((model::of(env)?, Options::from_lookup(&lookup)?))
    };
    let (model, options) = configured().inspect_err(|error| {
        // Such a sentence begins with the variable.
        let setting = Label::new(error.split(' ').next().unwrap_or_default());
        write(&LogRecord::Misconfigured { setting });
    })?;
    let sql = DurableSql::new(&state.storage());
    let host = EdgeHost::new(Rc::clone(state), env);
    // Known by the time of the first message.
    host.ask_for_budget();
    let opened = ChatAgent::open(host, sql, model, options);
    opened
        .inspect_err(|error| write(&LogRecord::Fault { at: "open", fault: error.into() }))
        .map_err(|error| error.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn failed(error: crate::store::StoreError) -> Error {
    Error::RustError(error.to_string())
}
