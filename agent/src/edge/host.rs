//! [`Host`] on a Durable Object.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flux_timeline::RunId;
use futures::future::LocalBoxFuture;
use uuid::{Builder, Uuid};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::{Delay, Env, State, WebSocket};

use super::architect::Workflows;
use super::clock::{millis, now};
use super::log::{write, write_in};
use super::metrics;
use super::sql::DurableSql;
use crate::host::{Connection, ConnectionInfo, Host, WorkflowId};
use crate::json;
use crate::telemetry::{Fault, LogRecord, Name, Span};
use flux_identity::Principal;

/// The object's platform.
#[derive(Clone)]
pub(super) struct EdgeHost {
    state: Rc<State>,
    env: Env,
    workflows: Workflows,
    /// The open sockets, once they were asked for. The list of the platform has to be read from JavaScript each time.
    sockets: Rc<RefCell<Option<Rc<[Socket]>>>>,
}

impl EdgeHost {
    pub fn new(state: Rc<State>, env: &Env) -> Self {
        let workflows = Workflows::new(env, state.id().to_string());
        metrics::prepare(env);
        Self { state, env: env.clone(), workflows, sockets: Rc::default() }
    }

    /// Notes a socket that was just accepted.
    pub fn opened(&self, socket: &Socket) {
        self.change(|sockets| sockets.iter().chain([socket]).cloned().collect());
    }

    /// Notes a socket that was closed.
    pub fn closed(&self, socket: &Socket) {
        self.change(|sockets| sockets.iter().filter(|other| other.info.id != socket.info.id).cloned().collect());
    }

    /// Changes the list of open sockets, if it is known.
    fn change(&self, changed: impl FnOnce(&[Socket]) -> Rc<[Socket]>) {
        let mut sockets = self.sockets.borrow_mut();
        *sockets = sockets.as_deref().map(changed);
    }

    /// Asks how much of the deployment's budget is used, if what is known is too old. Turns do not wait for the answer.
    pub fn ask_for_budget(&self) {
        self.spawn_some(metrics::stale(&self.env));
    }

    fn spawn_some(&self, task: Option<metrics::Task>) {
        if let Some(task) = task {
            self.spawn(task);
        }
    }

    /// An open socket by its JavaScript object.
    pub fn socket(&self, raw: web_sys::WebSocket) -> Socket {
        let known = self.connections().iter().find(|socket| socket.is(&raw)).cloned();
        known.unwrap_or_else(|| Socket::new(raw.into()))
    }
}

impl Host for EdgeHost {
    type Sql = DurableSql;
    type Connection = Socket;

    fn now(&self) -> DateTime<Utc> {
        now()
    }

    fn uuid(&self) -> Uuid {
        // `Uuid::now_v7` needs a clock that wasm lacks.
        let mut random = [0; 10];
        random.copy_from_slice(&Uuid::new_v4().as_bytes()[6..]);
        Builder::from_unix_timestamp_millis(millis(), &random).into_uuid()
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(Delay::from(time))
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        self.state.wait_until(task);
    }

    fn launch(&self, workflow: WorkflowId, span: Span) {
        let launching = self.workflows.clone().launch(workflow.clone(), span.trace());
        self.spawn(Box::pin(async move {
            if let Err(error) = launching.await {
                report_fault("launch", workflow.run, &error, Some(span));
            }
        }));
    }

    fn call_off(&self, workflow: WorkflowId) {
        let calling_off = self.workflows.clone().call_off(workflow.clone());
        self.spawn(Box::pin(async move {
            if let Err(error) = calling_off.await {
                report_fault("call-off", workflow.run, &error, None);
            }
        }));
    }

    fn discard(&self, workflows: Vec<WorkflowId>) -> LocalBoxFuture<'static, Result<(), String>> {
        Box::pin(self.workflows.clone().discard(workflows))
    }

    fn wake_at(&self, at: Option<DateTime<Utc>>) {
        let state = Rc::clone(&self.state);
        self.spawn(Box::pin(async move {
            let set = match at {
                Some(at) => state.storage().set_alarm(at).await,
                None => state.storage().delete_alarm().await,
            };
            if let Err(error) = set {
                write(&LogRecord::Fault { at: "alarm", fault: Fault::of_platform(&error.to_string()) });
            }
        }));
    }

    fn connections(&self) -> Rc<[Socket]> {
        let read = || self.state.get_websockets().into_iter().map(Socket::new).collect();
        self.sockets.borrow_mut().get_or_insert_with(read).clone()
    }

    fn log(&self, record: &LogRecord<'_>, span: Option<Span>) {
        write_in(record, span);
        self.spawn_some(metrics::due(&self.env));
    }

    fn budget_left(&self) -> bool {
        self.ask_for_budget();
        metrics::budget_left(&self.env)
    }

    fn spent(&self, tokens: u64) {
        self.spawn_some(metrics::spent(&self.env, tokens));
    }
}

fn report_fault(at: Name, run: RunId, error: &str, span: Option<Span>) {
    write_in(&LogRecord::RunFault { at, run, fault: Fault::of_platform(error) }, span);
}

// The `worker` crate reads and writes attachments of any type, with a reader of its own. These are texts.
#[wasm_bindgen]
extern "C" {
    /// A socket that stays open while the object hibernates.
    type HibernatableSocket;

    #[wasm_bindgen(method, catch, js_name = serializeAttachment)]
    fn attach(this: &HibernatableSocket, attachment: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = deserializeAttachment)]
    fn attached(this: &HibernatableSocket) -> Result<JsValue, JsValue>;
}

/// A client's socket. It stays open while the object hibernates.
#[derive(Clone)]
pub(super) struct Socket {
    socket: WebSocket,
    info: Rc<ConnectionInfo>,
}

impl Socket {
    /// Attaches what is known of a connection to its socket, which then stays with it while the object hibernates.
    ///
    /// # Errors
    /// What the platform throws.
    pub fn attach(socket: &WebSocket, info: &ConnectionInfo) -> worker::Result<()> {
        let socket: &JsValue = socket.as_ref().as_ref();
        Ok(socket.unchecked_ref::<HibernatableSocket>().attach(&json::value(info).to_string())?)
    }

    /// A socket with what is attached to it.
    pub fn new(socket: WebSocket) -> Self {
        let raw: &JsValue = socket.as_ref().as_ref();
        let kept = raw.unchecked_ref::<HibernatableSocket>().attached().ok().and_then(|kept| kept.as_string());
        // Every socket gets its attachment before it is accepted. One without it may do nothing.
        let info = kept.and_then(|text| json::read(&text).ok()).unwrap_or(ConnectionInfo {
            id: Uuid::nil(),
            name: String::new(),
            principal: Principal::nobody(),
            follows_events: false,
            after: None,
            log: None,
        });
        Self { socket, info: Rc::new(info) }
    }

    fn is(&self, raw: &web_sys::WebSocket) -> bool {
        let (one, other): (&JsValue, &JsValue) = (self.socket.as_ref().as_ref(), raw.as_ref());
        one == other
    }
}

impl Connection for Socket {
    fn info(&self) -> Rc<ConnectionInfo> {
        Rc::clone(&self.info)
    }

    fn send(&self, frame: &str) {
        // A closing socket drops frames. Its client gets everything when it reconnects.
        let _ = self.socket.send_with_str(frame);
    }

    fn close(&self, code: u16, reason: &str) {
        let _ = self.socket.close(Some(code), Some(shortened(reason)));
    }
}

/// Shortens a reason to the 123 bytes that a close frame holds (RFC 6455 §5.5).
pub(super) fn shortened(reason: &str) -> &str {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}
