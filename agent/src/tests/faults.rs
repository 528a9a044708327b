//! The database fails once, at every statement of every scenario. Whoever asked for something is told what became of it, exactly once;
//! what was confirmed is there, and what was refused is not; the projection is that of the log; and the next request succeeds.

use std::collections::BTreeMap;

use flux_model::{FinishReason, ModelEvent};
use flux_protocol::ToolState;
use flux_timeline::{ReadBlocks, ReadPlans};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{Tab, World, gym, text};
use crate::identity::Principal;
use crate::native::Sqlite;
use crate::store::{ImportPart, Row, Sql, Store};

/// Something that happens, if it can: a model that nobody listens to says nothing.
enum Step {
    /// The person calls a method.
    Call(&'static str, Value),
    /// The person sends a message.
    Say(&'static str),
    /// The person sends a frame.
    Frame(Value),
    /// The model calls a tool, and ends its step.
    ModelCalls(&'static str, Value),
    /// The model says something, and ends its answer.
    ModelAnswers(&'static str),
    /// All timers ring.
    Wait,
    /// Another client connects.
    Connect,
    /// The person imports a file.
    Import(&'static str),
}
use Step::{Call, Connect, Frame, Import, ModelAnswers, ModelCalls, Say, Wait};

/// What happens before the database fails, and what happens while it does.
struct Scenario {
    name: &'static str,
    before: Vec<Step>,
    steps: Vec<Step>,
}

fn scenarios() -> Vec<Scenario> {
    let blocks = || vec![Call("scheduleBlock", gym(3)), Call("scheduleBlock", gym(4))];
    let shift = json!({"after": "2026-03-03T00:00", "byMinutes": 30});
    let consent = |approved: bool| {
        Frame(json!({"type": "cf_agent_tool_approval", "toolCallId": "c", "approved": approved, "autoContinue": true}))
    };
    let asked = || {
        vec![
            Call("createPlan", json!({"title": "Old"})),
            Say("Delete the old plan"),
            ModelCalls("deletePlan", json!({"id": "Old"})),
        ]
    };
    vec![
        Scenario { name: "a block is scheduled", before: vec![], steps: blocks() },
        Scenario {
            name: "a block is changed",
            before: blocks(),
            steps: vec![
                Call("updateBlock", json!({"id": "B1", "updates": {"title": "Swim"}})),
                Call("completeBlock", json!({"id": "B1"})),
                Call("uncompleteBlock", json!({"id": "B1"})),
                Call("deleteBlock", json!({"id": "B2"})),
            ],
        },
        Scenario {
            name: "changes are undone and redone",
            before: blocks(),
            steps: vec![
                Call("shiftTimeline", shift),
                Call("undo", json!({})),
                Call("redo", json!({})),
                Call("undo", json!({})),
                Call("scheduleBlock", gym(5)),
                Call("restoreTimeline", json!({"seq": 3})),
            ],
        },
        Scenario {
            name: "plans and settings",
            before: blocks(),
            steps: vec![
                Call("createPlan", json!({"title": "Work"})),
                Call("switchPlan", json!({"id": "Work"})),
                Call("renamePlan", json!({"id": "Work", "title": "Office"})),
                Call("archivePlan", json!({"id": "Office"})),
                Call("unarchivePlan", json!({"id": "Office"})),
                Call("setSettings", json!({"hourFormat": "12"})),
                Call("deletePlan", json!({"id": "Office"})),
                Call("undo", json!({})),
            ],
        },
        Scenario {
            name: "a message is answered with calls",
            before: blocks(),
            steps: vec![
                Say("Schedule gym"),
                ModelCalls("scheduleBlock", gym(6)),
                ModelAnswers("Done."),
                Say("And again"),
                ModelCalls("scheduleBlock", gym(7)),
                ModelAnswers("Done again."),
            ],
        },
        Scenario {
            name: "a person agrees to a call",
            before: asked(),
            steps: vec![consent(true), Wait, ModelAnswers("It is gone.")],
        },
        Scenario {
            name: "a person declines a call",
            before: asked(),
            steps: vec![consent(false), Wait, ModelAnswers("It stays.")],
        },
        Scenario {
            name: "a person asks something else instead of agreeing",
            before: asked(),
            steps: vec![Say("Hello"), ModelAnswers("Hello.")],
        },
        Scenario {
            name: "a message waits for an answer that is stopped",
            before: vec![],
            steps: vec![
                Say("One"),
                Say("Two"),
                Frame(json!({"type": "cf_agent_chat_request_cancel", "id": "r1"})),
                ModelAnswers("Two."),
            ],
        },
        Scenario {
            name: "a goal is started, cancelled and tried again",
            before: vec![],
            steps: vec![
                Call("useArchitect", json!({"goal": "Learn German"})),
                Call("cancelRun", json!({})),
                Call("retryRun", json!({})),
                Call("undo", json!({})),
            ],
        },
        Scenario {
            name: "the conversation is cleared, and everything deleted",
            before: vec![Say("Hello"), ModelAnswers("Hello.")],
            steps: vec![
                Frame(json!({"type": "cf_agent_chat_clear"})),
                Connect,
                Call("deleteEverything", json!({"confirm": "everything"})),
                Call("scheduleBlock", gym(3)),
            ],
        },
        Scenario { name: "a file is imported", before: vec![], steps: vec![Import(FILE), Import(FILE)] },
        Scenario {
            name: "the past is looked at",
            before: blocks(),
            steps: vec![
                Connect,
                Call("getTimelineAt", json!({"seq": 3})),
                Call("getEvents", json!({})),
                Call("getBlocks", json!({})),
                Call("getCounts", json!({})),
            ],
        },
    ]
}

/// The id of an event of [`FILE`].
const IMPORTED: &str = "00000000-0000-7000-8000-000000000002";

/// An exported file.
const FILE: &str = r#"{"format": "temporal-flux", "version": 1, "events": [
    {"seq": 1, "id": "00000000-0000-7000-8000-000000000001", "at": "2026-03-01T09:00:00Z", "actor": {"by": "system"},
        "txn": "00000000-0000-7000-8000-00000000000a", "type": "PLAN_CREATED",
        "payload": {"plan": {"id": "00000000-0000-7000-8000-00000000000b", "title": "Mine", "createdAt": "2026-03-01T09:00:00Z"}}},
    {"seq": 2, "id": "00000000-0000-7000-8000-000000000002", "at": "2026-03-01T09:00:00Z", "actor": {"by": "system"},
        "txn": "00000000-0000-7000-8000-00000000000a", "type": "PLAN_SWITCHED",
        "payload": {"before": null, "after": "00000000-0000-7000-8000-00000000000b"}}
]}"#;

/// A world in which a scenario runs, with what was asked.
struct Run {
    world: World,
    tab: Tab,
    frames: Vec<Value>,
    calls: Vec<String>,
    requests: Vec<String>,
    /// Whether each import was confirmed.
    imports: Vec<bool>,
    /// The calls of [`Step::Call`] are counted, so that their ids are the same each time.
    count: u128,
}

impl Run {
    fn new() -> Self {
        let world = World::new();
        let tab = world.connect_as(true, None);
        Self { world, tab, frames: Vec::new(), calls: Vec::new(), requests: Vec::new(), imports: Vec::new(), count: 0 }
    }

    fn go(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
            self.frames.extend(self.tab.received());
        }
    }

    fn step(&mut self, step: &Step) {
        let world = &mut self.world;
        match step {
            Call(method, argument) => {
                self.count += 1;
                let id = Uuid::from_u128(self.count << 64).to_string();
                self.calls.push(id.clone());
                world.send(&self.tab, &json!({"type": "rpc", "id": id, "method": method, "args": [argument]}));
            }
            Say(text) => {
                let id = format!("r{}", self.requests.len() + 1);
                let message =
                    json!({"id": format!("user-{id}"), "role": "user", "parts": [{"type": "text", "text": text}]});
                world.request(&self.tab, &id, &json!({"messages": [message], "trigger": "submit-message"}));
                self.requests.push(id);
            }
            Frame(frame) => world.send(&self.tab, frame),
            ModelCalls(name, argument) => {
                if world.model_is_heard() {
                    world.model_calls("c", name, argument);
                }
            }
            ModelAnswers(words) => {
                if world.model_is_heard() {
                    world.model_says([text(words)]);
                }
                if world.model_is_heard() {
                    world.model_ends(FinishReason::Stop);
                }
            }
            Wait => world.wait(),
            Connect => {
                world.connect_as(true, None);
            }
            Import(file) => {
                let imported = world.agent.import(&Principal::owner("u-me", "u-me"), ImportPart::whole(*file));
                self.imports.push(imported.is_ok());
            }
        }
    }

    /// Lets everything happen that is due, and everything end that is under way.
    fn settle(&mut self) {
        for _ in 0..20 {
            self.world.wait();
            if self.world.model_is_heard() {
                self.world.model_says([ModelEvent::Text("Well.".to_owned())]);
                if self.world.model_is_heard() {
                    self.world.model_ends(FinishReason::Stop);
                }
            }
            if self.world.alarm().is_none() {
                break;
            }
            self.world.ring();
        }
        self.frames.extend(self.tab.received());
    }

    /// Checks that everybody was told what became of what they asked for, and that it is true.
    fn check(&self) {
        let responses = |kind: &str, id: &str| -> Vec<&Value> {
            let of = |frame: &&Value| frame["type"] == kind && frame["id"] == id && frame["done"] != false;
            self.frames.iter().filter(of).collect()
        };
        for id in &self.calls {
            let responses = responses("rpc", id);
            assert_eq!(responses.len(), 1, "{id}: {responses:?}");
            let is_refused = responses[0]["success"] == false;
            if is_refused {
                assert!(responses[0]["error"].as_str().unwrap().contains(' '), "a sentence: {}", responses[0]);
                assert!(self.rows("SELECT 1 FROM events WHERE txn = ?", id).is_empty(), "{}", responses[0]);
            }
        }
        for id in &self.requests {
            let ends: Vec<_> = responses("cf_agent_use_chat_response", id);
            assert_eq!(ends.len(), 1, "the final frames of {id}: {ends:?}");
        }
        let is_imported = !self.rows("SELECT 1 FROM events WHERE id = ?", IMPORTED).is_empty();
        assert_eq!(is_imported, self.imports.contains(&true), "{:?}", self.imports);
        for message in self.world.agent.store().messages(100).unwrap() {
            for tool in message.tools() {
                let is_over = !matches!(tool.call.state, ToolState::InputStreaming | ToolState::InputAvailable);
                assert!(is_over, "a call is open: {tool:?}");
            }
        }
        let open = self.world.agent.store().open_turns(None).unwrap();
        assert!(open.iter().all(|turn| turn.state == crate::store::TurnState::AwaitingConsent), "{open:?}");
    }

    fn rows(&self, sql: &str, id: &str) -> Vec<Row> {
        self.world.sql.query(sql, &[id.into()]).unwrap()
    }

    /// Checks that the projection is that of the log, in rows and in memory.
    fn check_projection(&self) {
        let sql = &self.world.sql;
        let store = self.world.agent.store();
        let fresh = Store::open(sql.clone()).unwrap();
        assert_eq!(store.plans(), fresh.plans());
        assert_eq!(store.settings(), fresh.settings());
        assert_eq!(store.active_plan(), fresh.active_plan());
        assert_eq!(store.next_handle(), fresh.next_handle());
        assert_eq!(store.stored_blocks(), fresh.stored_blocks());
        let before = projection(sql);
        sql.query("UPDATE computed SET version = 0", &[]).unwrap();
        Store::open(sql.clone()).unwrap();
        assert_eq!(projection(sql), before, "the log says something else than the rows");
    }

    /// Checks that the object works.
    fn check_use(&mut self) {
        self.requests.clear();
        self.calls.clear();
        let place = self.frames.len();
        self.go(&[Call("scheduleBlock", gym(20)), Say("Hello"), ModelAnswers("Hello.")]);
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
        ("plan_counts", "SELECT * FROM plan_counts WHERE open + done > 0 ORDER BY plan"),
        ("blocks", "SELECT * FROM blocks ORDER BY handle"),
        ("past_blocks", "SELECT * FROM past_blocks ORDER BY id, since"),
        ("past_frames", "SELECT * FROM past_frames ORDER BY since"),
        ("subjects", "SELECT * FROM subjects ORDER BY subject, seq"),
        ("history", "SELECT * FROM history ORDER BY position"),
    ];
    queries.into_iter().map(|(table, query)| (table, sql.query(query, &[]).unwrap())).collect()
}

#[test]
fn every_statement_of_every_scenario_can_fail_once() {
    for Scenario { name, before, steps } in scenarios() {
        let mut run = Run::new();
        run.go(&before);
        run.world.statements.asked();
        run.go(&steps);
        let statements = run.world.statements.asked();
        assert!(statements > 5, "{name}: {statements}");
        for number in 1..=statements {
            let mut run = Run::new();
            run.go(&before);
            run.world.statements.fail_at(number);
            run.go(&steps);
            assert!(!run.world.statements.is_to_fail(), "{name}: there is no statement {number}");
            run.settle();
            let case = std::panic::AssertUnwindSafe(|| {
                run.check();
                run.check_use();
                run.check_projection();
            });
            if std::panic::catch_unwind(case).is_err() {
                panic!("{name}: statement {number} of {statements} failed");
            }
        }
    }
}
