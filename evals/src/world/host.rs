//! The platform of an agent that is evaluated: a store in memory, a clock that stands still, ids that count, and one connection.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flux_agent::host::{Connection, ConnectionInfo, Host, WorkflowId};
use flux_agent::native::Sqlite;
use flux_agent::telemetry::{LogRecord, Span};
use flux_identity::{ObjectId, Principal};
use flux_protocol::ServerFrame;
use futures::channel::mpsc;
use futures::future::LocalBoxFuture;
use uuid::Uuid;

/// The platform of one agent. Clones share it.
#[derive(Clone)]
pub struct EvalHost(Rc<Inner>);

struct Inner {
    now: Cell<DateTime<Utc>>,
    ids: Cell<u128>,
    tab: Tab,
    launched: RefCell<Vec<WorkflowId>>,
    log: RefCell<Vec<String>>,
}

impl EvalHost {
    /// A platform whose clock stands at `now`. So a case sends the same requests at each attempt, and recorded answers are found.
    pub fn new(now: DateTime<Utc>) -> (Self, mpsc::UnboundedReceiver<ServerFrame>) {
        let (sender, frames) = mpsc::unbounded();
        let tab = Tab { sender, id: Uuid::from_u128(1) };
        let now = Cell::new(now);
        let inner = Inner { now, ids: Cell::new(1), tab, launched: RefCell::default(), log: RefCell::default() };
        (Self(Rc::new(inner)), frames)
    }

    /// Puts the clock forward.
    pub fn pass(&self, time: TimeDelta) {
        self.0.now.set(self.0.now.get() + time);
    }

    /// The person's connection.
    pub fn tab(&self) -> &Tab {
        &self.0.tab
    }

    /// The workflows that were started since the last call.
    pub fn launched(&self) -> Vec<WorkflowId> {
        self.0.launched.take()
    }

    /// The lines of the log since the last call.
    pub fn log_lines(&self) -> Vec<String> {
        self.0.log.take()
    }
}

impl Host for EvalHost {
    type Sql = Sqlite;
    type Connection = Tab;

    fn now(&self) -> DateTime<Utc> {
        self.0.now.get()
    }

    fn uuid(&self) -> Uuid {
        self.0.ids.set(self.0.ids.get() + 1);
        Uuid::from_u128(self.0.ids.get())
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        tokio::task::spawn_local(task);
    }

    fn launch(&self, workflow: WorkflowId, _: Span) {
        self.0.launched.borrow_mut().push(workflow);
    }

    fn call_off(&self, workflow: WorkflowId) {
        self.0.launched.borrow_mut().retain(|other| *other != workflow);
    }

    fn discard(&self, workflows: Vec<WorkflowId>) -> LocalBoxFuture<'static, Result<(), String>> {
        workflows.into_iter().for_each(|workflow| self.call_off(workflow));
        Box::pin(async { Ok(()) })
    }

    fn wake_at(&self, _: Option<DateTime<Utc>>) {}

    fn connections(&self) -> Rc<[Tab]> {
        Rc::new([self.0.tab.clone()])
    }

    fn log(&self, record: &LogRecord<'_>, span: Option<Span>) {
        self.0.log.borrow_mut().push(record.json(span).to_string());
    }
}

/// The person's connection.
#[derive(Clone)]
pub struct Tab {
    sender: mpsc::UnboundedSender<ServerFrame>,
    id: Uuid,
}

impl Connection for Tab {
    fn info(&self) -> Rc<ConnectionInfo> {
        let principal = Principal::guest(ObjectId::from("u-person"));
        let (id, name) = (self.id, "me".to_owned());
        Rc::new(ConnectionInfo { id, name, principal, follows_events: true, after: None, log: None })
    }

    fn send(&self, frame: &str) {
        // Events are read from the store. Parsing them here would make long starts slow.
        if frame.starts_with(r#"{"type":"flux_events""#) {
            return;
        }
        if let Ok(frame) = serde_json::from_str(frame) {
            // After the case the receiver is gone.
            let _ = self.sender.unbounded_send(frame);
        }
    }

    fn close(&self, _: u16, _: &str) {}
}
