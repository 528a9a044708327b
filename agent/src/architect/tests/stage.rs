//! Set-up that the tests share: an engine that stores results and dies on request, a scripted model, and a person's object.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use flux_timeline::{Block, ReadRuns, Run, RunId};
use futures::executor::LocalPool;
use futures::future::LocalBoxFuture;
use futures::stream::{self, LocalBoxStream};
use futures::task::LocalSpawnExt;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::architect::{Architect, Body, Person, Reply, Request, RunLimits, StepError, Steps};
use crate::assistant::Assistant;
use crate::json::read_value;
use crate::prompt::Prompts;
use crate::telemetry::Span;
use crate::tests::world::{Tab, World};
use flux_model::{ChatRequest, Clock, FinishReason, ModelError, ModelEvent, ModelId};
use flux_tools::context::Facts;

/// A good answer: three tasks that build on each other.
pub fn good() -> String {
    let task = |title: &str, minutes: u32, depends_on: &[usize]| {
        json!({
            "title": title, "description": "So.", "minutes": minutes, "priority": "medium",
            "depends_on": depends_on, "why": "It helps.",
        })
    };
    let tasks = [task("Choose a course", 30, &[]), task("First lesson", 60, &[1]), task("Second lesson", 60, &[2])];
    json!({ "tasks": tasks }).to_string()
}

/// Where a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Before the step does anything.
    Before(&'static str),
    /// After the step has done everything, before its result is stored.
    After(&'static str),
    /// Before the object gets the n-th request, counted from 1.
    BeforeRequest(usize),
    /// After the object has handled the n-th request, before the reply arrives.
    AfterRequest(usize),
}

/// All points at which a run that goes well can die.
pub fn deaths() -> Vec<Death> {
    let steps = ["brainstorm", "check", "place", "commit", "words", "report"];
    let steps = steps.iter().flat_map(|step| [Death::Before(step), Death::After(step)]);
    let requests = (1..=9).flat_map(|number| [Death::BeforeRequest(number), Death::AfterRequest(number)]);
    steps.chain(requests).collect()
}

/// Stores the results of steps, like a durable engine. Its process dies at the given point.
#[derive(Default)]
pub struct Engine {
    results: RefCell<BTreeMap<&'static str, Value>>,
    pub death: Cell<Option<Death>>,
    /// Which request the object does not get, and how often.
    pub unreachable: Cell<Option<(&'static str, usize)>>,
    /// The pauses between attempts, by step.
    pub pauses: RefCell<Vec<(&'static str, u64)>>,
}

impl Engine {
    /// Whether the object does not get this request.
    fn is_lost(&self, request: &Request) -> bool {
        match self.unreachable.get() {
            Some((name, times)) if times > 0 && word(request) == name => {
                self.unreachable.set(Some((name, times - 1)));
                true
            }
            _ => false,
        }
    }

    /// Stops for ever if this is the point of death.
    async fn may_die(&self, here: Death) {
        if self.death.get() == Some(here) {
            futures::future::pending::<()>().await;
        }
    }
}

struct EngineSteps(Rc<Engine>);

impl Steps for EngineSteps {
    fn step(
        &self,
        name: &'static str,
        retries: u32,
        pause: Duration,
        body: Body,
    ) -> LocalBoxFuture<'static, Result<Value, String>> {
        let engine = Rc::clone(&self.0);
        async move {
            if let Some(kept) = engine.results.borrow().get(name) {
                return Ok(kept.clone());
            }
            engine.may_die(Death::Before(name)).await;
            let mut tries = 0;
            let result = loop {
                match body().await {
                    Ok(result) => break result,
                    Err(StepError::Again(_)) if tries < retries => {
                        let pause = pause.as_millis() as u64 * (1 << tries);
                        engine.pauses.borrow_mut().push((name, pause));
                        tries += 1;
                    }
                    Err(StepError::Again(error) | StepError::Final(error)) => return Err(error),
                }
            };
            engine.may_die(Death::After(name)).await;
            engine.results.borrow_mut().insert(name, result.clone());
            Ok(result)
        }
        .boxed_local()
    }
}

/// A complete stream of a model.
pub type Stream = Vec<Result<ModelEvent, ModelError>>;

/// A complete answer.
pub fn says(text: impl Into<String>) -> Stream {
    vec![Ok(ModelEvent::Text(text.into())), Ok(ModelEvent::Finished(FinishReason::Stop))]
}

/// A request to the model, with its facts.
pub struct Asked {
    pub request: ChatRequest,
    pub facts: Facts,
}

impl std::ops::Deref for Asked {
    type Target = ChatRequest;

    fn deref(&self) -> &ChatRequest {
        &self.request
    }
}

/// Answers from a script, then always with a good answer. Records its requests.
#[derive(Clone, Default)]
pub struct Script {
    pub answers: Rc<RefCell<Vec<Stream>>>,
    pub asked: Rc<RefCell<Vec<Asked>>>,
    /// The answer to a request for a title. Empty by default.
    pub titles: Rc<RefCell<Stream>>,
    /// Never answers.
    pub is_mute: Rc<Cell<bool>>,
}

impl Assistant for Script {
    fn answer(&self, request: ChatRequest, facts: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        let is_title = request.system == Prompts::current().title.body;
        self.asked.borrow_mut().push(Asked { request, facts });
        if is_title {
            return stream::iter(self.titles.borrow().clone()).boxed_local();
        }
        if self.is_mute.get() {
            return stream::pending().boxed_local();
        }
        let mut answers = self.answers.borrow_mut();
        let answer = if answers.is_empty() { says(good()) } else { answers.remove(0) };
        stream::iter(answer).boxed_local()
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "offline".into(), name: "script".into() }
    }
}

/// A clock on which every pause ends when it is polled for the second time. No random number comes twice.
struct QuickClock {
    slept: Rc<RefCell<Vec<u64>>>,
    numbers: Cell<u32>,
}

impl Clock for QuickClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.slept.borrow().iter().sum())
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        self.slept.borrow_mut().push(time.as_millis() as u64);
        let mut polled = false;
        futures::future::poll_fn(move |context| {
            if polled {
                return std::task::Poll::Ready(());
            }
            polled = true;
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .boxed_local()
    }

    fn random(&self) -> f64 {
        self.numbers.set(self.numbers.get() + 1);
        f64::from(self.numbers.get()) / 1e6
    }
}

/// Called after the object has handled a request.
pub type Reaction = Box<dyn FnMut(&Request, &World)>;

/// A person's object and everything around it.
pub struct Stage {
    pub world: Rc<RefCell<World>>,
    pub tab: Tab,
    pub model: Script,
    pub engine: Rc<Engine>,
    /// The requests that the object got.
    pub received: Rc<RefCell<Vec<Request>>>,
    /// The lines that the workflow has written to the log.
    pub logged: Rc<RefCell<Vec<Value>>>,
    /// The durations for which the workflow slept, in ms.
    pub slept: Rc<RefCell<Vec<u64>>>,
    /// Called after the object has handled a request.
    pub on_request: Rc<RefCell<Reaction>>,
    /// The ids of the model's answers.
    ids: Rc<Cell<u128>>,
}

struct ObjectPerson {
    world: Rc<RefCell<World>>,
    engine: Rc<Engine>,
    received: Rc<RefCell<Vec<Request>>>,
    on_request: Rc<RefCell<Reaction>>,
    run: RunId,
    launch: u64,
}

impl Person for ObjectPerson {
    fn tell(&self, request: Request) -> LocalBoxFuture<'static, Result<Reply, String>> {
        let (world, engine, received) = (Rc::clone(&self.world), Rc::clone(&self.engine), Rc::clone(&self.received));
        let on_request = Rc::clone(&self.on_request);
        let (run, launch) = (self.run, self.launch);
        async move {
            let number = received.borrow().len() + 1;
            engine.may_die(Death::BeforeRequest(number)).await;
            if engine.is_lost(&request) {
                return Err("Error: Durable Object reset because its code was updated.".to_owned());
            }
            received.borrow_mut().push(request.clone());
            // Through JSON, as at the edge.
            let read: Request = read_value(serde_json::to_value(&request).unwrap()).unwrap();
            let reply = world.borrow().agent.hear_for_test((run, launch), read);
            on_request.borrow_mut()(&request, &world.borrow());
            engine.may_die(Death::AfterRequest(number)).await;
            Ok(read_value(serde_json::to_value(&reply).unwrap()).unwrap())
        }
        .boxed_local()
    }
}

impl Stage {
    /// A person for whom what is planned is added without asking.
    pub fn new() -> Self {
        let stage = Self::asking();
        stage.call("setSettings", json!({"acceptGoals": true}));
        stage
    }

    /// A person who is asked first.
    pub fn asking() -> Self {
        let world = World::new();
        let tab = world.connect_as(true, None);
        Self {
            world: Rc::new(RefCell::new(world)),
            tab,
            model: Script::default(),
            engine: Rc::default(),
            received: Rc::default(),
            logged: Rc::default(),
            slept: Rc::default(),
            on_request: Rc::new(RefCell::new(Box::new(|_, _| {}))),
            ids: Rc::default(),
        }
    }

    /// Sets the model's answers, in order.
    pub fn answers(self, answers: impl IntoIterator<Item = Result<String, ModelError>>) -> Self {
        self.streams(answers.into_iter().map(|answer| answer.map_or_else(|error| vec![Err(error)], says)))
    }

    /// Sets the model's streams, in order.
    pub fn streams(self, streams: impl IntoIterator<Item = Stream>) -> Self {
        self.model.answers.borrow_mut().extend(streams);
        self
    }

    pub fn call(&self, method: &str, argument: Value) -> Value {
        self.world.borrow_mut().call(&self.tab, method, argument)
    }

    /// Starts a goal and returns the workflow that was started for it.
    pub fn start(&self, goal: &str) -> (RunId, u64) {
        let answer = self.call("useArchitect", json!({"goal": goal}));
        assert_eq!(answer["success"], true, "{answer}");
        let launched = self.world.borrow().launched();
        assert_eq!(launched.len(), 1);
        launched[0]
    }

    /// Runs a workflow until it ends (true) or its process dies (false).
    pub fn drive(&self, (run, launch): (RunId, u64)) -> bool {
        let person = ObjectPerson {
            world: Rc::clone(&self.world),
            engine: Rc::clone(&self.engine),
            received: Rc::clone(&self.received),
            on_request: Rc::clone(&self.on_request),
            run,
            launch,
        };
        let ids = Rc::clone(&self.ids);
        let logged = Rc::clone(&self.logged);
        let architect = Architect {
            log: Rc::new(move |record, span| logged.borrow_mut().push(record.json(span))),
            span: self.world.borrow().launched_in().map(|span| Span::of(span.trace())),
            steps: Rc::new(EngineSteps(Rc::clone(&self.engine))),
            person: Rc::new(person),
            model: Rc::new(self.model.clone()),
            clock: Rc::new(QuickClock { slept: Rc::clone(&self.slept), numbers: Cell::default() }),
            limits: RunLimits::default(),
            prompts: Prompts::current(),
            trouble: Rc::default(),
            rest: Rc::default(),
            new_id: Rc::new(move || Uuid::from_u128(ids.replace(ids.get() + 1))),
            spent: Rc::default(),
        };
        let ended = Rc::new(Cell::new(false));
        let has_ended = Rc::clone(&ended);
        let mut pool = LocalPool::new();
        pool.spawner()
            .spawn_local(async move {
                architect.run().await.unwrap();
                has_ended.set(true);
            })
            .unwrap();
        // Bounded, because signs of life continue for ever while a model does not answer.
        for _ in 0..200 {
            if !pool.try_run_one() && ended.get() {
                break;
            }
        }
        ended.get()
    }

    /// Replaces the engine by a new one without stored results.
    pub fn forget(&mut self) {
        self.engine = Rc::default();
    }

    pub fn run(&self, id: RunId) -> Run {
        self.world.borrow().agent.store().run(id).unwrap().unwrap()
    }

    pub fn blocks(&self) -> Vec<Block> {
        self.world.borrow().agent.store().content().unwrap().blocks
    }

    /// The agent's messages in the chat.
    pub fn said(&self) -> Vec<String> {
        let messages = self.world.borrow().agent.store().messages(100).unwrap();
        messages.iter().map(flux_protocol::Message::text).collect()
    }

    /// How often the model was asked for tasks.
    pub fn thought(&self) -> usize {
        self.model.asked.borrow().iter().filter(|request| matches!(request.facts, Facts::Goal(_))).count()
    }

    /// The requests that the object got, each in a word or two.
    pub fn requests(&self) -> Vec<String> {
        self.received.borrow().iter().map(word).collect()
    }
}

/// A request in a word or two.
fn word(request: &Request) -> String {
    match serde_json::to_value(request).unwrap() {
        Value::String(word) => word,
        Value::Object(fields) => {
            let (word, payload) = fields.into_iter().next().unwrap();
            payload.as_str().map_or(word.clone(), |step| format!("{word} {step}"))
        }
        other => other.to_string(),
    }
}
