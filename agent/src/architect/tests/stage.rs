//! What the tests share: an engine that keeps results and dies at will, a model with a script, and a person's object.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use flux_timeline::{Block, Run, RunId, TimelineView};
use futures::executor::LocalPool;
use futures::future::LocalBoxFuture;
use futures::stream::{self, LocalBoxStream};
use futures::task::LocalSpawnExt;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};

use crate::architect::{Architect, Body, Person, Reply, Request, RunLimits, StepError, Steps};
use crate::assistant::Assistant;
use crate::json::read_value;
use crate::prompt::Prompts;
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
    /// After it has done everything, and before its result is kept.
    After(&'static str),
    /// In the middle: before the object hears the n-th request, from 1 on.
    BeforeRequest(usize),
    /// After the object has heard it, and before the reply comes back.
    AfterRequest(usize),
}

/// Keeps results of steps, as a durable engine does; its process dies where it is told.
#[derive(Default)]
pub struct Engine {
    results: RefCell<BTreeMap<&'static str, Value>>,
    pub death: Cell<Option<Death>>,
    /// So often the object does not hear a request, which is named by its word.
    pub unreachable: Cell<Option<(&'static str, usize)>>,
    /// The pauses between tries, by step.
    pub pauses: RefCell<Vec<(&'static str, u64)>>,
}

impl Engine {
    /// Whether the object does not hear this request.
    fn is_lost(&self, request: &Request) -> bool {
        match self.unreachable.get() {
            Some((name, times)) if times > 0 && word(request) == name => {
                self.unreachable.set(Some((name, times - 1)));
                true
            }
            _ => false,
        }
    }

    /// Stops for ever if this is the place.
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

/// A stream of a model, from its beginning to its end.
pub type Stream = Vec<Result<ModelEvent, ModelError>>;

/// A whole answer.
pub fn says(text: impl Into<String>) -> Stream {
    vec![Ok(ModelEvent::Text(text.into())), Ok(ModelEvent::Finished(FinishReason::Stop))]
}

/// A request to the model, with the facts that it is about.
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

/// Answers as its script says; after its end, with a good answer. Keeps what it was asked.
#[derive(Clone, Default)]
pub struct Script {
    pub answers: Rc<RefCell<Vec<Stream>>>,
    pub asked: Rc<RefCell<Vec<Asked>>>,
    /// What it says when it is asked for a title, which is nothing.
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

/// A clock on which every pause is over at once, as long as somebody looks.
struct QuickClock(Rc<RefCell<Vec<u64>>>);

impl Clock for QuickClock {
    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        self.0.borrow_mut().push(time.as_millis() as u64);
        let mut looked = false;
        futures::future::poll_fn(move |context| {
            if looked {
                return std::task::Poll::Ready(());
            }
            looked = true;
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .boxed_local()
    }

    fn random(&self) -> f64 {
        0.5
    }
}

/// What happens as soon as the object has heard a request.
pub type Reaction = Box<dyn FnMut(&Request, &World)>;

/// A person's object and everything around it.
pub struct Stage {
    pub world: Rc<RefCell<World>>,
    pub tab: Tab,
    pub model: Script,
    pub engine: Rc<Engine>,
    /// What the object heard.
    pub heard: Rc<RefCell<Vec<Request>>>,
    /// How long the workflow has slept by itself, each time, in ms.
    pub slept: Rc<RefCell<Vec<u64>>>,
    /// Does something to the object as soon as it has heard a request.
    pub on_request: Rc<RefCell<Reaction>>,
}

struct ObjectPerson {
    world: Rc<RefCell<World>>,
    engine: Rc<Engine>,
    heard: Rc<RefCell<Vec<Request>>>,
    on_request: Rc<RefCell<Reaction>>,
    run: RunId,
    launch: u64,
}

impl Person for ObjectPerson {
    fn tell(&self, request: Request) -> LocalBoxFuture<'static, Result<Reply, String>> {
        let (world, engine, heard) = (Rc::clone(&self.world), Rc::clone(&self.engine), Rc::clone(&self.heard));
        let on_request = Rc::clone(&self.on_request);
        let (run, launch) = (self.run, self.launch);
        async move {
            let number = heard.borrow().len() + 1;
            engine.may_die(Death::BeforeRequest(number)).await;
            if engine.is_lost(&request) {
                return Err("Error: Durable Object reset because its code was updated.".to_owned());
            }
            heard.borrow_mut().push(request.clone());
            // By way of JSON, as at the edge.
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
    pub fn new() -> Self {
        let world = World::new();
        let tab = world.connect_as(true, None);
        Self {
            world: Rc::new(RefCell::new(world)),
            tab,
            model: Script::default(),
            engine: Rc::default(),
            heard: Rc::default(),
            slept: Rc::default(),
            on_request: Rc::new(RefCell::new(Box::new(|_, _| {}))),
        }
    }

    /// Lets the model answer this, in order.
    pub fn answers(self, answers: impl IntoIterator<Item = Result<String, ModelError>>) -> Self {
        self.streams(answers.into_iter().map(|answer| answer.map_or_else(|error| vec![Err(error)], says)))
    }

    /// The same, stream by stream.
    pub fn streams(self, streams: impl IntoIterator<Item = Stream>) -> Self {
        self.model.answers.borrow_mut().extend(streams);
        self
    }

    pub fn call(&self, method: &str, argument: Value) -> Value {
        self.world.borrow_mut().call(&self.tab, method, argument)
    }

    /// Starts a goal, and gives the workflow that was started for it.
    pub fn start(&self, goal: &str) -> (RunId, u64) {
        let answer = self.call("useArchitect", json!({"goal": goal}));
        assert_eq!(answer["success"], true, "{answer}");
        let launched = self.world.borrow().launched();
        assert_eq!(launched.len(), 1);
        launched[0]
    }

    /// Drives a workflow until it ends (true) or its process dies (false).
    pub fn drive(&self, (run, launch): (RunId, u64)) -> bool {
        let person = ObjectPerson {
            world: Rc::clone(&self.world),
            engine: Rc::clone(&self.engine),
            heard: Rc::clone(&self.heard),
            on_request: Rc::clone(&self.on_request),
            run,
            launch,
        };
        let architect = Architect {
            steps: Rc::new(EngineSteps(Rc::clone(&self.engine))),
            person: Rc::new(person),
            model: Rc::new(self.model.clone()),
            clock: Rc::new(QuickClock(Rc::clone(&self.slept))),
            limits: RunLimits::default(),
            prompts: Prompts::current(),
            trouble: Rc::default(),
            rest: Rc::default(),
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
        // Bounded: while a mute model is waited for, signs of life go on for ever.
        for _ in 0..200 {
            if !pool.try_run_one() && ended.get() {
                break;
            }
        }
        ended.get()
    }

    /// An engine that knows nothing of an earlier one.
    pub fn forget(&mut self) {
        self.engine = Rc::default();
    }

    pub fn run(&self, id: RunId) -> Run {
        self.world.borrow().agent.store().run(id).unwrap().unwrap()
    }

    pub fn blocks(&self) -> Vec<Block> {
        self.world.borrow().agent.store().content().unwrap().blocks
    }

    /// What the agent has said in the chat.
    pub fn said(&self) -> Vec<String> {
        let messages = self.world.borrow().agent.store().messages(100).unwrap();
        messages.iter().map(flux_protocol::Message::text).collect()
    }

    /// How often the model was asked for tasks, which is all but a report.
    pub fn thought(&self) -> usize {
        self.model.asked.borrow().iter().filter(|request| matches!(request.facts, Facts::Goal(_))).count()
    }

    /// The words of the requests that the object heard.
    pub fn requests(&self) -> Vec<String> {
        self.heard.borrow().iter().map(word).collect()
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
