//! A person's chat agent: who is connected, what they ask, in what order it is answered, and who is told what.
//!
//! The rules are those of the agents protocol (`flux-protocol`); where the reference implementation loses or repeats
//! something, the better behaviour that its clients allow is taken, and a test beside it says so.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `connect` | a connection's first frames; the snapshot and the state |
//! | `receive` | frames from clients |
//! | `requests` | chat requests: one turn at a time, cancel, clear |
//! | `live` | the stream under way: its chunks, in memory and in the store |
//! | `outcomes` | how turns went, for whoever compares prompts |
//! | `resume` | a client that comes back in the middle of a stream |
//! | `consent` | answers to "may I?", and results of tools that ran in a browser |
//! | `runs` | runs of the architect: workflows started, heard, and called off |
//! | `rpc` | direct edits and questions, without a model |
//! | `pages` | questions with long answers: blocks, and the log |

mod connect;
mod consent;
mod fields;
mod live;
mod outcomes;
mod pages;
mod portable;
mod receive;
mod requests;
mod resume;
mod rpc;
mod runs;
#[cfg(test)]
pub(crate) mod tests;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use flux_protocol::ServerFrame;
use flux_protocol::frame::ModelInfo;
use flux_timeline::{Actor, Command, Event, PlanId, Title, TxnId};
use futures::channel::oneshot;
use uuid::Uuid;

use crate::action::{self, Author};
use crate::architect::RunLimits;
use crate::assistant::Assistant;
use crate::host::{Connection, Host};
use crate::prompt::{Candidate, Prompt, Prompts};
use crate::setting::Lookup;
use crate::store::{Store, StoreError};
use crate::turn::TurnLimits;
use live::Live;
use requests::{Request, Stop};

/// The agent's name in addresses, which is also its binding's and, capitalised, its class's.
pub const AGENT: &str = "chat";

/// Title of a person's first plan.
const FIRST_PLAN: &str = "My plan";
/// Most events in a frame, about a megabyte of them.
const EVENTS_PER_FRAME: usize = 1_000;

/// Newest messages of the conversation that clients are sent. Older ones stay in the store.
pub const SHOWN_MESSAGES: u64 = 200;

/// The agent of one person. Clones are the same agent.
pub struct ChatAgent<H: Host>(Rc<Inner<H>>);

impl<H: Host> Clone for ChatAgent<H> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// How an agent is set up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// Bounds of a turn.
    pub turn: TurnLimits,
    /// Bounds of runs of the architect in time.
    pub run: RunLimits,
    /// What the model is told.
    pub prompts: Prompts,
    /// What it is told instead in a share of turns.
    pub candidate: Option<Candidate>,
}

impl Options {
    /// Reads them from variables, as `wrangler.toml` sets them. What is missing keeps its default.
    ///
    /// # Errors
    /// A sentence about the first variable that cannot be used.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        Ok(Self {
            turn: TurnLimits::from_lookup(lookup)?,
            run: RunLimits::from_lookup(lookup)?,
            prompts: Prompts::current(),
            candidate: Candidate::from_lookup(lookup)?,
        })
    }

    /// The system prompt of the turns that answer a message: the same however often it is answered.
    pub fn system_for(&self, message: &str) -> &'static Prompt {
        match self.candidate {
            Some(candidate) if candidate.takes(message) => candidate.prompt,
            _ => self.prompts.system,
        }
    }
}

struct Inner<H: Host> {
    host: H,
    store: Store<H::Sql>,
    model: Rc<dyn Assistant>,
    options: Options,
    /// Requests that wait for their turn.
    queue: RefCell<VecDeque<Request>>,
    /// The stream under way.
    live: RefCell<Option<Live>>,
    /// Stops it.
    stop: RefCell<Option<oneshot::Sender<Stop>>>,
    /// Connections that were offered a replay and have not acknowledged: they get no chat frames until they do.
    resuming: RefCell<BTreeSet<Uuid>>,
    /// A continuation that begins as soon as no more answers come in.
    continuation: RefCell<Option<consent::Continuation>>,
    /// Counts answers to consent questions, to tell whether another one came in.
    answers: Cell<u64>,
    /// Whether the conversation has something that nobody was sent, because an answer is under way.
    has_news: Cell<bool>,
}

impl<H: Host> ChatAgent<H> {
    /// Opens a person's data and repairs what a process that died has left: a stream that was under way ends as
    /// stopped, with what it had said, and runs of the architect are watched again.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn open(host: H, sql: H::Sql, model: Rc<dyn Assistant>, options: Options) -> Result<Self, StoreError> {
        let store = Store::open(sql)?;
        let agent = Self(Rc::new(Inner {
            host,
            store,
            model,
            options,
            queue: RefCell::default(),
            live: RefCell::default(),
            stop: RefCell::default(),
            resuming: RefCell::default(),
            continuation: RefCell::default(),
            answers: Cell::default(),
            has_news: Cell::default(),
        }));
        agent.make_first_plan()?;
        agent.end_interrupted_stream()?;
        agent.watch_runs();
        Ok(agent)
    }

    /// Whether this identity may reach the object. The first one that asks becomes its owner.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn admits(&self, identity: &str) -> Result<bool, StoreError> {
        self.0.store.claim(identity)?;
        Ok(self.0.store.owner()?.as_deref() == Some(identity))
    }

    /// The person's data.
    pub fn store(&self) -> &Store<H::Sql> {
        &self.0.store
    }

    /// Which model answers.
    pub fn model(&self) -> ModelInfo {
        let id = self.0.model.id();
        ModelInfo { provider: id.provider, name: id.name }
    }

    fn make_first_plan(&self) -> Result<(), StoreError> {
        let Ok(title) = Title::new(FIRST_PLAN) else { return Ok(()) };
        let open = Command::OpenTimeline { id: PlanId::new(self.0.host.uuid()), title };
        let author = Author { actor: Actor::System, txn: TxnId::new(self.0.host.uuid()) };
        let host = &self.0.host;
        action::command(&self.0.store, &open, &author, host.now(), &|| host.uuid())?;
        Ok(())
    }

    /// Sends a frame to every connection that gets chat frames, or to all where `all` is set, except one.
    fn broadcast(&self, frame: &ServerFrame, to: To, except: Option<Uuid>) {
        let text = frame.to_text();
        for connection in self.0.host.connections() {
            let id = connection.info().id;
            let waits = to == To::Chat && self.0.resuming.borrow().contains(&id);
            if !waits && Some(id) != except {
                connection.send(&text);
            }
        }
    }

    /// Tells every connection what was appended to the log: the events, or the state that they lead to.
    fn tell(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        // A restoration can be thousands of events, and a frame has its limit.
        let frames: Vec<String> = events
            .chunks(EVENTS_PER_FRAME)
            .map(|events| ServerFrame::FluxEvents { events: events.to_vec() }.to_text())
            .collect();
        let mut state: Option<String> = None;
        for connection in self.0.host.connections() {
            if connection.info().follows_events {
                frames.iter().for_each(|frame| connection.send(frame));
                continue;
            }
            let text = match state.take() {
                Some(text) => text,
                None => match self.state_frame() {
                    Ok(frame) => frame.to_text(),
                    Err(error) => {
                        self.log(&format!("state: {error}"));
                        continue;
                    }
                },
            };
            connection.send(&text);
            state = Some(text);
        }
    }

    /// Tells what was appended to the log, and sets in motion what it asks for.
    fn publish(&self, events: &[Event]) {
        self.tell(events);
        self.undone(events);
        self.set_in_motion(events);
    }

    fn log(&self, line: &str) {
        self.0.host.log(line);
    }
}

/// Who gets a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// Connections that are up to date with the chat.
    Chat,
    /// All.
    All,
}
