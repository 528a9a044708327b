//! Things that happen to an agent, one after another, and what must be true afterwards.

use std::collections::{BTreeMap, BTreeSet};

use flux_model::{FinishReason, ModelError, ModelEvent};
use flux_protocol::{Role, ToolState};
use flux_timeline::{ReadBlocks, ReadPlans};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{Tab, World, gym, text};
use crate::native::Sqlite;
use crate::store::{ImportPart, Row, Sql, Store, TurnState};
use flux_identity::{ObjectId, Principal};

/// Something that happens, if it can: a model that nobody listens to says nothing.
pub enum Step {
    /// The person calls a method.
    Call(&'static str, Value),
    /// The person sends a message.
    Say(&'static str),
    /// The person sends a frame.
    Frame(Value),
    /// The person answers the question about the last call of the model.
    Answer(bool),
    /// The model calls a tool, and ends its step.
    ModelCalls(&'static str, Value),
    /// The model says something, and ends its answer.
    ModelAnswers(&'static str),
    /// The model fails in the middle of its answer.
    ModelFails,
    /// All timers ring.
    Wait,
    /// Another client connects.
    Connect,
    /// The person imports a file.
    Import(&'static str),
    /// Time passes, in ms.
    Pass(u64),
    /// The clock is set back, in ms.
    SetBack(u64),
    /// The alarm rings, if it is set.
    Ring,
    /// Something happens, but the connection breaks before its client learns of it. The client connects again, and sends the calls
    /// again to which it has no answer.
    Lose(Box<Step>),
    /// The process dies, and the client connects again.
    Die,
    /// The program panics and is started again. The connection stays open.
    Panic,
}

/// The id of an event of [`FILE`].
pub const IMPORTED: &str = "00000000-0000-7000-8000-000000000002";

/// An exported file.
pub const FILE: &str = r#"{"format": "temporal-flux", "version": 1, "events": [
    {"seq": 1, "id": "00000000-0000-7000-8000-000000000001", "at": "2026-03-01T09:00:00Z", "actor": {"by": "system"},
        "txn": "00000000-0000-7000-8000-00000000000a", "type": "PLAN_CREATED",
        "payload": {"plan": {"id": "00000000-0000-7000-8000-00000000000b", "title": "Mine", "createdAt": "2026-03-01T09:00:00Z"}}},
    {"seq": 2, "id": "00000000-0000-7000-8000-000000000002", "at": "2026-03-01T09:00:00Z", "actor": {"by": "system"},
        "txn": "00000000-0000-7000-8000-00000000000a", "type": "PLAN_SWITCHED",
        "payload": {"before": null, "after": "00000000-0000-7000-8000-00000000000b"}}
]}"#;

/// A world in which a scenario runs, with what was asked.
pub struct Run {
    pub world: World,
    tab: Tab,
    /// The frames of the connection.
    frames: Vec<Value>,
    /// The frames of earlier connections.
    earlier: Vec<Vec<Value>>,
    /// The calls, by id.
    calls: Vec<(String, Value)>,
    requests: Vec<String>,
    has_panicked: bool,
    /// The number of calls of the model.
    model_calls: usize,
    /// Whether each import was confirmed.
    imports: Vec<bool>,
    /// The calls of [`Step::Call`] are counted, so that their ids are the same each time.
    count: u128,
}

impl Run {
    pub fn new() -> Self {
        let world = World::new();
        let tab = world.connect_as(true, None);
        Self {
            world,
            tab,
            frames: Vec::new(),
            earlier: Vec::new(),
            calls: Vec::new(),
            requests: Vec::new(),
            has_panicked: false,
            model_calls: 0,
            imports: Vec::new(),
            count: 0,
        }
    }

    pub fn go(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
            self.frames.extend(self.tab.received());
        }
    }

    fn step(&mut self, step: &Step) {
        let world = &mut self.world;
        match step {
            Step::Call(method, argument) => {
                self.count += 1;
                let id = Uuid::from_u128(self.count << 64).to_string();
                let frame = json!({"type": "rpc", "id": id, "method": method, "args": [argument]});
                self.calls.push((id, frame.clone()));
                world.send(&self.tab, &frame);
            }
            Step::Say(text) => {
                self.count += 1;
                let id = format!("r{}", self.count);
                let message =
                    json!({"id": format!("user-{id}"), "role": "user", "parts": [{"type": "text", "text": text}]});
                world.request(&self.tab, &id, &json!({"messages": [message], "trigger": "submit-message"}));
                self.requests.push(id);
            }
            Step::Frame(frame) => world.send(&self.tab, frame),
            Step::ModelCalls(name, argument) => {
                if world.model_is_heard() {
                    self.model_calls += 1;
                    world.model_calls(&format!("c{}", self.model_calls), name, argument);
                }
            }
            Step::ModelAnswers(words) => {
                if world.model_is_heard() {
                    world.model_says([text(words)]);
                }
                if world.model_is_heard() {
                    world.model_ends(FinishReason::Stop);
                }
            }
            Step::Answer(approved) => {
                let call = format!("c{}", self.model_calls);
                let answer = json!({"type": "cf_agent_tool_approval", "toolCallId": call, "approved": approved, "autoContinue": true});
                world.send(&self.tab, &answer);
            }
            Step::ModelFails => {
                if world.model_is_heard() {
                    world.model_fails(ModelError::Overloaded);
                }
            }
            Step::Wait => world.wait(),
            Step::Pass(ms) => world.pass(*ms),
            Step::SetBack(ms) => world.set_back(*ms),
            Step::Ring => {
                world.ring_if_set();
                world.settle();
            }
            Step::Lose(step) => {
                self.step(step);
                self.tab.received();
                self.connect();
            }
            Step::Die => {
                self.frames.extend(self.tab.received());
                // What the process has sent before is there, and what it was about to do is not.
                self.world = self.world.restarted();
                self.connect();
            }
            Step::Panic => {
                self.frames.extend(self.tab.received());
                self.world = self.world.after_panic();
                self.has_panicked = true;
                // It is not known to which call there will be no answer.
                self.send_again();
            }
            Step::Connect => {
                world.connect_as(true, None);
            }
            Step::Import(file) => {
                let imported = world.agent.import(&Principal::guest(ObjectId::from("u-me")), ImportPart::whole(*file));
                self.imports.push(imported.is_ok());
            }
        }
    }

    /// Connects again, and sends what has no answer yet.
    fn connect(&mut self) {
        self.world.disconnect(&self.tab);
        self.tab = self.world.connect_as(true, None);
        self.earlier.push(std::mem::take(&mut self.frames));
        self.send_again();
    }

    /// Sends the calls again that have no answer yet.
    fn send_again(&mut self) {
        let frames: Vec<Value> = self
            .calls
            .iter()
            .filter(|(id, _)| self.responses("rpc", id).is_empty())
            .map(|(_, frame)| frame.clone())
            .collect();
        for frame in frames {
            self.world.send(&self.tab, &frame);
        }
    }

    /// The last responses to what was asked, on any connection.
    fn responses(&self, kind: &str, id: &str) -> Vec<&Value> {
        let of = |frame: &&Value| frame["type"] == kind && frame["id"] == id && frame["done"] != false;
        self.earlier.iter().flatten().chain(&self.frames).filter(of).collect()
    }

    /// Lets everything happen that is due, and everything end that is under way.
    pub fn settle(&mut self) {
        for _ in 0..40 {
            self.world.wait();
            if self.world.model_is_heard() {
                self.world.model_says([ModelEvent::Text("Well.".to_owned())]);
                if self.world.model_is_heard() {
                    self.world.model_ends(FinishReason::Stop);
                }
            }
            if !self.world.has_jobs() && !self.world.model_is_heard() {
                break;
            }
            self.world.ring_if_set();
        }
        self.frames.extend(self.tab.received());
    }

    /// Checks that everybody was told what became of what they asked for, and that it is true.
    pub fn check(&self) {
        for (id, frame) in &self.calls {
            let responses = self.responses("rpc", id);
            assert_eq!(responses.len(), 1, "{frame}: {responses:?}");
            let stored = self.rows("SELECT count(*) FROM events WHERE txn = ?", id)[0].count(0).unwrap();
            if responses[0]["success"] == false {
                assert!(responses[0]["error"].as_str().unwrap().contains(' '), "a sentence: {}", responses[0]);
                // A repeated call can fail before it is clear that the first one was carried out.
                let is_unsure =
                    responses[0]["error"].as_str().unwrap().contains("not known whether this change was made before");
                assert!(stored == 0 || is_unsure, "{frame}: {}", responses[0]);
            } else if frame["method"] == "scheduleBlock" && !self.was_deleted() {
                // What repeats has an event of the series, and one of each block.
                let is_one = frame["args"][0]["repeat"].is_null();
                assert!(stored == 1 || !is_one && stored > 2, "{frame}: {stored} events, {}", responses[0]);
            }
        }
        for id in &self.requests {
            let mut ends = self.responses("cf_agent_use_chat_response", id);
            // An end that could not be stored is told, and told again if the program panics before the next attempt to store it.
            if self.has_panicked && ends.len() == 2 && ends[0]["body"].as_str().unwrap().contains("could not be saved")
            {
                ends.remove(0);
            }
            // Without a broken connection, everybody learns of the end exactly once.
            let most = if self.earlier.is_empty() { 1 } else { self.earlier.len() + 1 };
            assert!(
                ends.len() <= most && (ends.len() == 1 || !self.earlier.is_empty()),
                "the final frames of {id}: {ends:?}"
            );
        }
        let is_imported = !self.rows("SELECT 1 FROM events WHERE id = ?", IMPORTED).is_empty();
        assert_eq!(is_imported, self.imports.contains(&true), "{:?}", self.imports);
        self.check_conversation();
        let open = self.world.agent.store().open_turns(None).unwrap();
        assert!(open.iter().all(|turn| turn.state == TurnState::AwaitingConsent), "{open:?}");
    }

    /// Checks that each message is there once, that there is no answer without a question before it, and that no call is open.
    fn check_conversation(&self) {
        let messages = self.world.agent.store().messages(1_000).unwrap();
        let ids: BTreeSet<&str> = messages.iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids.len(), messages.len(), "a message is there twice: {messages:?}");
        let mut waiting = 0_usize;
        for message in &messages {
            match message.role {
                Role::User => waiting += 1,
                // The report about a goal answers no message.
                Role::Assistant if message.metadata.as_ref().is_some_and(|about| about["run"].is_string()) => {}
                Role::Assistant => {
                    assert!(waiting > 0, "an answer without a question: {messages:?}");
                    waiting -= 1;
                }
                Role::System => panic!("{message:?}"),
            }
            for tool in message.tools() {
                let is_over = !matches!(tool.call.state, ToolState::InputStreaming | ToolState::InputAvailable);
                assert!(is_over, "a call is open: {tool:?}");
            }
        }
    }

    /// Whether the log was deleted, and what was in it.
    fn was_deleted(&self) -> bool {
        self.calls.iter().any(|(_, frame)| frame["method"] == "deleteEverything")
    }

    fn rows(&self, sql: &str, id: &str) -> Vec<Row> {
        self.world.sql.query(sql, &[id.into()]).unwrap()
    }

    /// Checks that the projection is that of the log, in rows and in memory.
    pub fn check_projection(&self) {
        let sql = &self.world.sql;
        let store = self.world.agent.store();
        let fresh = Store::open(sql.clone()).unwrap();
        assert_eq!(store.plans(), fresh.plans());
        assert_eq!(store.settings(), fresh.settings());
        assert_eq!(store.active_plan(), fresh.active_plan());
        assert_eq!(store.next_handle(), fresh.next_handle());
        assert_eq!(store.stored_blocks(), fresh.stored_blocks());
        let before = projection(sql);
        // Old rows of the past are deleted, and made again when somebody looks.
        let is_tidied = sql.query("SELECT past_from FROM computed", &[]).unwrap()[0].count(0).unwrap() > 0;
        sql.query("UPDATE computed SET version = 0", &[]).unwrap();
        Store::open(sql.clone()).unwrap();
        for (table, rows) in projection(sql) {
            if is_tidied && table.starts_with("past_") {
                continue;
            }
            assert_eq!(rows, before[table], "the log says something else than the rows of {table}");
        }
    }

    /// Checks that the object works.
    pub fn check_use(&mut self) {
        self.requests.clear();
        self.calls.clear();
        let place = self.frames.len();
        self.go(&[Step::Call("scheduleBlock", gym(20)), Step::Say("Hello"), Step::ModelAnswers("Hello.")]);
        let frames = &self.frames[place..];
        assert!(frames.iter().any(|frame| frame["type"] == "rpc" && frame["success"] == true), "{frames:?}");
        assert!(frames.iter().any(|frame| frame["outcome"] == "completed"), "{frames:?}");
    }
}

/// All rows that are computed from the log, without what differs each time that they are computed.
fn projection(sql: &Sqlite) -> BTreeMap<&'static str, Vec<Row>> {
    let queries = [
        ("state", "SELECT settings, active_plan, next_handle FROM state"),
        ("plans", "SELECT * FROM plans ORDER BY id"),
        ("plan_counts", "SELECT * FROM plan_counts WHERE open + done + appointments > 0 ORDER BY plan"),
        ("blocks", "SELECT * FROM blocks ORDER BY handle"),
        ("past_blocks", "SELECT * FROM past_blocks ORDER BY id, since"),
        ("past_frames", "SELECT * FROM past_frames ORDER BY since"),
        ("subjects", "SELECT * FROM subjects ORDER BY subject, seq"),
        ("history", "SELECT * FROM history ORDER BY position"),
    ];
    queries.into_iter().map(|(table, query)| (table, sql.query(query, &[]).unwrap())).collect()
}
