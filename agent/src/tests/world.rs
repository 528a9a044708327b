//! Shared by the tests: a host in memory, and a model whose answers the test scripts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::{Actor, Command, EventId, RunId, TxnId};
use flux_tools::tool::ToolCall;
use futures::channel::{mpsc, oneshot};
use futures::executor::{LocalPool, LocalSpawner};
use futures::future::LocalBoxFuture;
use futures::stream::LocalBoxStream;
use futures::task::LocalSpawnExt;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::agent::{ChatAgent, Options};
use crate::api::action::{self, Author};
use crate::architect::{Reply, Request};
use crate::host::{ConnectionInfo, Host, WorkflowId};
use crate::native::Sqlite;
use crate::store::StoreError;
use crate::telemetry::{LogRecord, Span};
use flux_identity::{ObjectId, Principal, Scope};
use flux_model::{ChatModel, ChatRequest, FinishReason, ModelCall, ModelError, ModelEvent, ModelId, ToolSpec};

use super::logged::{Logged, Statements};
pub use super::tab::{Tab, word};

#[derive(Clone)]
pub struct TestHost(Rc<Memory>);

struct Memory {
    spawner: LocalSpawner,
    ticks: Cell<u64>,
    /// How far the clock was set back, in ms.
    behind: Cell<u64>,
    connections: RefCell<Vec<Tab>>,
    sleepers: RefCell<Vec<oneshot::Sender<()>>>,
    launches: RefCell<Vec<(RunId, u64)>>,
    launched_in: Cell<Option<Span>>,
    called_off: RefCell<Vec<(RunId, u64)>>,
    cannot_discard: Cell<bool>,
    alarm: Cell<Option<DateTime<Utc>>>,
    log: RefCell<Vec<Value>>,
    is_budget_used: Cell<bool>,
    spent: Cell<u64>,
}

impl Host for TestHost {
    type Sql = Logged;
    type Connection = Tab;

    fn now(&self) -> DateTime<Utc> {
        let begin: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().unwrap();
        let [ticks, behind] = [&self.0.ticks, &self.0.behind].map(|ms| i64::try_from(ms.get()).unwrap());
        begin + TimeDelta::milliseconds(ticks - behind)
    }

    fn uuid(&self) -> Uuid {
        self.0.ticks.set(self.0.ticks.get() + 1);
        Uuid::from_u128(u128::from(self.0.ticks.get()))
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        // Chunks that wait to be stored with the next ones. Tests see them at once.
        if time < Duration::from_millis(20) {
            return Box::pin(async {});
        }
        let (sender, receiver) = oneshot::channel();
        self.0.sleepers.borrow_mut().push(sender);
        Box::pin(async move {
            let _ = receiver.await;
        })
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        self.0.spawner.spawn_local(task).unwrap();
    }

    fn connections(&self) -> Rc<[Tab]> {
        self.0.connections.borrow().as_slice().into()
    }

    fn launch(&self, workflow: WorkflowId, span: Span) {
        self.0.launched_in.set(Some(span));
        self.0.launches.borrow_mut().push((workflow.run, workflow.number));
    }

    fn call_off(&self, workflow: WorkflowId) {
        self.0.called_off.borrow_mut().push((workflow.run, workflow.number));
    }

    fn discard(&self, workflows: Vec<WorkflowId>) -> LocalBoxFuture<'static, Result<(), String>> {
        if self.0.cannot_discard.get() {
            return Box::pin(async { Err("the platform is down".to_owned()) });
        }
        workflows.into_iter().for_each(|workflow| self.call_off(workflow));
        Box::pin(async { Ok(()) })
    }

    fn wake_at(&self, at: Option<DateTime<Utc>>) {
        self.0.alarm.set(at);
    }

    fn log(&self, record: &LogRecord<'_>, span: Option<Span>) {
        self.0.log.borrow_mut().push(record.json(span));
    }

    fn budget_left(&self) -> bool {
        !self.0.is_budget_used.get()
    }

    fn spent(&self, tokens: u64) {
        self.0.spent.set(self.0.spent.get() + tokens);
    }
}

type Item = Result<ModelEvent, ModelError>;

/// A model with scripted answers. Each request waits until the test gives it an answer.
#[derive(Clone, Default)]
pub struct Puppet {
    pub requests: Rc<RefCell<Vec<ChatRequest>>>,
    senders: Rc<RefCell<Vec<mpsc::UnboundedSender<Item>>>>,
}

impl ChatModel for Puppet {
    fn stream(&self, request: ChatRequest) -> LocalBoxStream<'static, Item> {
        let (sender, receiver) = mpsc::unbounded();
        self.requests.borrow_mut().push(request);
        self.senders.borrow_mut().push(sender);
        Box::pin(receiver)
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "offline".into(), name: "puppet".into() }
    }
}

/// A person's agent, and all around it.
pub struct World {
    pub agent: ChatAgent<TestHost>,
    pub puppet: Puppet,
    pub sql: Sqlite,
    /// The statements that the agent runs.
    pub statements: Statements,
    host: TestHost,
    pool: LocalPool,
}

impl World {
    pub fn new() -> Self {
        Self::on(Sqlite::in_memory().unwrap())
    }

    /// As after a start of the process, on what an earlier one has left.
    pub fn on(sql: Sqlite) -> Self {
        Self::with(sql, Options::default())
    }

    pub fn with(sql: Sqlite, options: Options) -> Self {
        let ticks = u64::try_from(sql_rows(&sql)).unwrap() * 1_000;
        Self::begin(sql, options, ticks)
    }

    /// As after the process died, with a clock and ids that go on.
    pub fn restarted(&self) -> Self {
        Self::begin(self.sql.clone(), Options::default(), self.host.0.ticks.get() + 1)
    }

    /// As after a panic, which ends the program, but not its connections.
    pub fn after_panic(&self) -> Self {
        let database = Logged { sql: self.sql.clone(), statements: self.statements.clone() };
        let open = || {
            let tabs = self.host.0.connections.borrow().clone();
            Self::open(database.clone(), Options::default(), self.host.0.ticks.get() + 1, tabs)
        };
        // The database may fail, and then the platform tries again.
        open().or_else(|_| open()).unwrap()
    }

    fn begin(sql: Sqlite, options: Options, ticks: u64) -> Self {
        Self::open(Logged { sql, statements: Statements::default() }, options, ticks, Vec::new()).unwrap()
    }

    /// On a database that can fail while it is opened.
    pub fn over(database: Logged) -> Result<Self, StoreError> {
        Self::open(database, Options::default(), 0, Vec::new())
    }

    fn open(database: Logged, options: Options, ticks: u64, tabs: Vec<Tab>) -> Result<Self, StoreError> {
        let pool = LocalPool::new();
        let host = TestHost(Rc::new(Memory {
            spawner: pool.spawner(),
            ticks: Cell::new(ticks),
            behind: Cell::default(),
            connections: RefCell::new(tabs),
            sleepers: RefCell::default(),
            launches: RefCell::default(),
            launched_in: Cell::default(),
            called_off: RefCell::default(),
            cannot_discard: Cell::default(),
            alarm: Cell::default(),
            log: RefCell::default(),
            is_budget_used: Cell::default(),
            spent: Cell::default(),
        }));
        let puppet = Puppet::default();
        let Logged { sql, statements } = database.clone();
        let model = Rc::new(puppet.clone());
        let agent = ChatAgent::open(host.clone(), database, model, options)?;
        Ok(Self { agent, puppet, sql, statements, host, pool })
    }

    pub fn connect(&self) -> Tab {
        self.connect_as(false, None)
    }

    pub fn connect_as(&self, follows_events: bool, after: Option<u64>) -> Tab {
        self.connect_knowing(follows_events, after, None)
    }

    /// As a client that knows a log up to an event.
    pub fn connect_knowing(&self, follows_events: bool, after: Option<u64>, log: Option<EventId>) -> Tab {
        let principal = Principal::guest(ObjectId::from("u-me"));
        let id = self.host.uuid();
        self.connect_with(ConnectionInfo { id, name: "me".into(), principal, follows_events, after, log })
    }

    /// As somebody who has to keep to the limits.
    pub fn connect_limited(&self) -> Tab {
        let principal = Principal { limited: true, ..Principal::guest(ObjectId::from("u-me")) };
        self.connect_by(principal)
    }

    /// As a principal with these scopes.
    pub fn connect_with_scopes(&self, scopes: &[Scope]) -> Tab {
        let principal = Principal { scopes: scopes.to_vec(), ..Principal::guest(ObjectId::from("u-me")) };
        self.connect_by(principal)
    }

    /// As a principal that was admitted.
    pub fn connect_by(&self, principal: Principal) -> Tab {
        let (id, name) = (self.host.uuid(), "me".to_owned());
        self.connect_with(ConnectionInfo { id, name, principal, follows_events: true, after: None, log: None })
    }

    fn connect_with(&self, info: ConnectionInfo) -> Tab {
        let tab = Tab { info: Rc::new(info), inbox: Rc::default(), closed: Rc::default() };
        self.host.0.connections.borrow_mut().push(tab.clone());
        self.agent.connect(&tab);
        tab
    }

    pub fn disconnect(&self, tab: &Tab) {
        self.host.0.connections.borrow_mut().retain(|other| other.info != tab.info);
        self.agent.disconnected(tab);
    }

    /// Sends a frame, and lets everything run that can.
    pub fn send(&mut self, tab: &Tab, frame: &Value) {
        self.agent.receive(tab, &frame.to_string());
        self.pool.run_until_stalled();
    }

    /// Sends a chat request with the whole conversation and one more message.
    pub fn say(&mut self, tab: &Tab, id: &str, text: &str) {
        let mut messages = self.agent.store().messages(100).unwrap();
        messages.push(
            serde_json::from_value(
                json!({"id": format!("user-{id}"), "role": "user", "parts": [{"type": "text", "text": text}]}),
            )
            .unwrap(),
        );
        self.request(tab, id, &json!({"messages": messages, "trigger": "submit-message"}));
    }

    pub fn request(&mut self, tab: &Tab, id: &str, body: &Value) {
        let init = json!({"method": "POST", "body": body.to_string()});
        self.send(tab, &json!({"type": "cf_agent_use_chat_request", "id": id, "init": init}));
    }

    /// Calls a method and gives the answer.
    pub fn call(&mut self, tab: &Tab, method: &str, argument: Value) -> Value {
        let id = self.host.uuid().to_string();
        self.call_as(tab, &id, method, argument)
    }

    /// The result of a call, which must succeed.
    pub fn done(&mut self, tab: &Tab, method: &str, argument: Value) -> Value {
        let mut answer = self.call(tab, method, argument);
        assert_eq!(answer["success"], true, "{answer}");
        answer["result"].take()
    }

    pub fn call_as(&mut self, tab: &Tab, id: &str, method: &str, argument: Value) -> Value {
        let before = tab.received();
        self.send(tab, &json!({"type": "rpc", "id": id, "method": method, "args": [argument]}));
        let mut after = tab.received();
        let at = after.iter().position(|frame| frame["type"] == "rpc").unwrap();
        let answer = after.remove(at);
        tab.inbox.borrow_mut().extend(before.into_iter().chain(after));
        answer
    }

    /// Lets the model say something in the request under way.
    pub fn model_says(&mut self, events: impl IntoIterator<Item = ModelEvent>) {
        for event in events {
            self.sender().unbounded_send(Ok(event)).unwrap();
        }
        self.pool.run_until_stalled();
    }

    pub fn model_fails(&mut self, error: ModelError) {
        self.sender().unbounded_send(Err(error)).unwrap();
        self.pool.run_until_stalled();
    }

    /// Ends the answer to the current request.
    pub fn model_ends(&mut self, reason: FinishReason) {
        self.sender().unbounded_send(Ok(ModelEvent::Finished(reason))).unwrap();
        self.puppet.senders.borrow_mut().pop();
        self.pool.run_until_stalled();
    }

    /// The model calls a tool, and ends its step.
    pub fn model_calls(&mut self, id: &str, name: &str, arguments: &Value) {
        let call = ModelCall { id: id.into(), name: name.into(), arguments: arguments.to_string() };
        self.model_says([
            ModelEvent::CallStarted { id: id.into(), name: name.into() },
            ModelEvent::CallArguments { id: id.into(), delta: arguments.to_string() },
            ModelEvent::CallFinished(call),
        ]);
        self.model_ends(FinishReason::ToolCalls);
    }

    /// As [`Self::model_calls`], but nothing that waits for it runs yet.
    pub fn model_has_called(&mut self, id: &str, name: &str, arguments: &Value) {
        let call = ModelCall { id: id.into(), name: name.into(), arguments: arguments.to_string() };
        self.sender().unbounded_send(Ok(ModelEvent::CallFinished(call))).unwrap();
        self.sender().unbounded_send(Ok(ModelEvent::Finished(FinishReason::ToolCalls))).unwrap();
        self.puppet.senders.borrow_mut().pop();
    }

    /// A whole answer in text.
    pub fn model_answers(&mut self, text: &str) {
        self.model_says([ModelEvent::Text(text.into())]);
        self.model_ends(FinishReason::Stop);
    }

    /// What was logged since it was last asked, without what is only counted: events, connections and jobs.
    pub fn logged(&self) -> Vec<Value> {
        let is_only_counted = |line: &Value| ["events", "socket", "job"].iter().any(|log| line["log"] == *log);
        self.all_logged().into_iter().filter(|line| !is_only_counted(line)).collect()
    }

    /// All that was logged since it was last asked.
    pub fn all_logged(&self) -> Vec<Value> {
        self.host.0.log.take()
    }

    /// The bytes of the last prompt.
    pub fn prompt_bytes(&self) -> usize {
        let requests = self.puppet.requests.borrow();
        let request = requests.last().unwrap();
        request.bytes_without_tools() + request.tools.iter().map(ToolSpec::bytes).sum::<usize>()
    }

    /// Whether somebody still listens to the model.
    pub fn model_is_heard(&self) -> bool {
        self.puppet.senders.borrow().last().is_some_and(|sender| !sender.is_closed())
    }

    /// The workflows that were started since it was last asked, by run and number.
    pub fn launched(&self) -> Vec<(RunId, u64)> {
        self.host.0.launches.take()
    }

    /// The span with which the last workflow was started.
    pub fn launched_in(&self) -> Option<Span> {
        self.host.0.launched_in.get()
    }

    /// The workflows that were called off since it was last asked, by run and number.
    pub fn called_off(&self) -> Vec<(RunId, u64)> {
        self.host.0.called_off.take()
    }

    /// When the object asked to be woken for something else than the deletion of what has outlived its lifetime.
    pub fn alarm(&self) -> Option<DateTime<Utc>> {
        self.host.0.alarm.get().filter(|due| Some(*due) != self.retention())
    }

    /// Whether something is still to be done, other than what is due each day. The alarm does not say: after a fault, the
    /// retention's can be the only one that is set.
    pub fn has_jobs(&self) -> bool {
        let is_daily = |kind: &str| matches!(kind, "retention" | "morning");
        self.agent.store().jobs().unwrap().iter().any(|job| !is_daily(&job.kind))
    }

    /// When what has outlived its lifetime is deleted.
    pub fn retention(&self) -> Option<DateTime<Utc>> {
        let jobs = self.agent.store().jobs().unwrap();
        jobs.iter().find(|job| job.kind == "retention").map(|job| job.due)
    }

    /// Whether what workflows have stored cannot be deleted.
    pub fn fail_to_discard(&self, fails: bool) {
        self.host.0.cannot_discard.set(fails);
    }

    /// Whether the tokens of the deployment are used for today.
    pub fn use_budget(&self, is_used: bool) {
        self.host.0.is_budget_used.set(is_used);
    }

    /// The tokens that were counted for the budget.
    pub fn spent(&self) -> u64 {
        self.host.0.spent.get()
    }

    /// Lets everything run that can.
    pub fn settle(&mut self) {
        self.pool.run_until_stalled();
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.host.now()
    }

    /// The alarm has rung, as far as the platform is concerned.
    pub fn forget_alarm(&self) {
        self.host.0.alarm.take();
    }

    /// Lets time pass.
    pub fn pass(&self, ms: u64) {
        self.host.0.ticks.set(self.host.0.ticks.get() + ms);
    }

    /// Sets the clock back, as that of a machine can be. Another process has one that is right.
    pub fn set_back(&self, ms: u64) {
        self.host.0.behind.set(self.host.0.behind.get() + ms);
    }

    /// Lets the alarm ring, at its time, if it is set. If that fails, the platform lets it ring again a moment later.
    pub fn ring_if_set(&self) {
        let Some(at) = self.host.0.alarm.take() else { return };
        let ms = (at - self.host.now()).num_milliseconds().max(0);
        self.pass(u64::try_from(ms).unwrap());
        if self.agent.wake().is_err() {
            self.host.0.alarm.set(Some(self.host.now() + TimeDelta::seconds(2)));
        }
    }

    /// Lets the alarm ring, at its time.
    pub fn ring(&self) {
        let at = self.host.0.alarm.take().unwrap();
        let ms = (at - self.host.now()).num_milliseconds().max(0);
        self.host.0.ticks.set(self.host.0.ticks.get() + u64::try_from(ms).unwrap());
        self.agent.wake().unwrap();
    }

    /// Lets all timers ring.
    pub fn wait(&mut self) {
        for sleeper in self.host.0.sleepers.take() {
            let _ = sleeper.send(());
        }
        self.pool.run_until_stalled();
    }

    fn sender(&self) -> mpsc::UnboundedSender<Item> {
        self.puppet.senders.borrow().last().unwrap().clone()
    }
}

/// Ids go on counting where the last process ended.
fn sql_rows(sql: &Sqlite) -> i64 {
    use crate::store::Sql;
    let count = sql.query("SELECT count(*) FROM events", &[]);
    count.map_or(0, |rows| rows[0].integer(0).unwrap())
}

pub fn text(words: &str) -> ModelEvent {
    ModelEvent::Text(words.into())
}

impl ChatAgent<TestHost> {
    /// A person's change, as by a call, in the middle of something else.
    pub fn change_for_test(&self, command: &Command) {
        let host = &self.0.host;
        let author = Author { actor: Actor::User, txn: TxnId::new(host.uuid()) };
        let done = action::command(self.store(), command, &author, host.now(), &|| host.uuid()).unwrap();
        self.publish(&done.events);
    }

    /// What a workflow of this object's says.
    pub fn hear_for_test(&self, (run, number): (RunId, u64), request: Request) -> Reply {
        let workflow = self.workflow(run, number).unwrap();
        self.run_request(&workflow, request).unwrap()
    }

    /// A person's call of a tool, in the middle of something else.
    pub fn call_for_test(&self, name: &str, argument: &Value) {
        let host = &self.0.host;
        let author = Author { actor: Actor::User, txn: TxnId::new(host.uuid()) };
        let call = ToolCall::parse(name, argument).unwrap();
        let done =
            action::call(self.store(), &call, &author, host.now(), (host.uuid(), &|| host.uuid()), |_| Ok(())).unwrap();
        self.publish(&done.events);
    }
}

/// What schedules an hour of sport on a day of March 2026, at eight.
pub fn gym(day: u8) -> Value {
    json!({"title": "Gym", "startTime": format!("2026-03-{day:02}T08:00")})
}
