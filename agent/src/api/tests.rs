//! Calls without a socket, on a store in memory.

use flux_timeline::{PlanId, ReadBlocks, ReadHistory};
use flux_tools::tool::definitions;
use serde_json::{Value, json};
use std::cell::Cell;

use super::*;
use crate::native::Sqlite;
use crate::store::{ImportError, ImportPart};
use flux_identity::ObjectId;

/// A store with a plan, and ids that count.
struct Bench {
    store: Store<Sqlite>,
    ids: Cell<u128>,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { store: Store::open(Sqlite::in_memory().unwrap()).unwrap(), ids: Cell::new(0) };
        let id = PlanId::new(Uuid::from_u128(1_000_000));
        let open = Command::OpenTimeline { id, title: flux_timeline::Title::new("My plan").unwrap() };
        let author = Author { actor: Actor::System, txn: TxnId::new(Uuid::from_u128(2_000_000)) };
        action::command(&bench.store, &open, &author, now(), &|| bench.id()).unwrap();
        bench
    }

    fn id(&self) -> Uuid {
        self.ids.set(self.ids.get() + 1);
        Uuid::from_u128(self.ids.get())
    }

    fn on<T>(&self, is_answering: bool, body: impl FnOnce(&Api<Sqlite>) -> T) -> T {
        let model = ModelInfo { provider: "none".into(), name: "none".into() };
        body(&Api { store: &self.store, now: now(), new_id: &|| self.id(), count: &|| Ok(()), model, is_answering })
    }

    fn call(&self, principal: &Principal, name: &str, arguments: &Value) -> Result<Outcome, ApiError> {
        self.call_as(principal, None, name, arguments)
    }

    fn call_as(
        &self,
        principal: &Principal,
        key: Option<Uuid>,
        name: &str,
        arguments: &Value,
    ) -> Result<Outcome, ApiError> {
        let call = Call::parse(name, arguments)?;
        self.on(false, |api| api.call(principal, call, Origin::Direct { key }))
    }

    fn last_seq(&self) -> u64 {
        self.store.last_seq().unwrap()
    }
}

fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn owner() -> Principal {
    Principal::guest(ObjectId::from("u-me"))
}

fn only(scopes: &[Scope]) -> Principal {
    Principal { scopes: scopes.to_vec(), ..owner() }
}

fn gym() -> Value {
    json!({"title": "Gym", "startTime": "2026-03-03T08:00"})
}

fn events(outcome: &Outcome) -> usize {
    match &outcome.change {
        Change::Events(events) => events.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_change_returns_its_report_and_its_events() {
    let bench = Bench::new();
    let outcome = bench.call(&owner(), "scheduleBlock", &gym()).unwrap();
    assert_eq!(events(&outcome), 1);
    assert_eq!(outcome.answer.json()["block"]["handle"], "B1");
    let outcome = bench.call(&owner(), "getCounts", &Value::Null).unwrap();
    assert_eq!(events(&outcome), 0);
}

#[test]
fn a_rejection_is_a_report_and_changes_nothing() {
    let bench = Bench::new();
    let before = bench.last_seq();
    let outcome = bench.call(&owner(), "deleteBlock", &json!({"id": "B9"})).unwrap();
    assert_eq!((events(&outcome), &outcome.answer.json()["ok"]), (0, &json!(false)));
    assert_eq!(bench.last_seq(), before);
}

#[test]
fn a_call_with_a_key_is_carried_out_once() {
    let bench = Bench::new();
    let key = Some(Uuid::from_u128(77));
    let first = bench.call_as(&owner(), key, "scheduleBlock", &gym()).unwrap();
    assert_eq!(first.answer.json()["block"]["id"], Uuid::from_u128(77).to_string(), "the block has the id of its call");
    let again = bench.call_as(&owner(), key, "scheduleBlock", &gym()).unwrap();
    assert!(matches!(again.answer, Answer::Repeated), "{again:?}");
    assert_eq!((events(&again), bench.store.stored_blocks().unwrap()), (0, 1));
    bench.call(&owner(), "scheduleBlock", &gym()).unwrap();
    assert_eq!(bench.store.stored_blocks().unwrap(), 2, "a call without a key is always carried out");
}

#[test]
fn a_call_of_the_model_is_the_assistants_and_joins_the_transaction_of_its_turn() {
    let bench = Bench::new();
    let txn = TxnId::new(Uuid::from_u128(88));
    let tool = ToolCall::parse("scheduleBlock", &gym()).unwrap();
    for tool_call in ["c1", "c2"] {
        let origin = Origin::Turn { request: "r1", tool_call, txn };
        let mut reported = None;
        let outcome = bench.on(true, |api| {
            api.call_tool(&owner(), &tool, origin, |report| {
                reported = Some(report.ok);
                Ok(())
            })
        });
        assert_eq!((events(&outcome.unwrap()), reported), (1, Some(true)));
    }
    let transaction = bench.store.transaction(txn).unwrap();
    let actor = |tool_call: &str| Actor::Assistant { turn: "r1".into(), tool_call: tool_call.into() };
    assert_eq!(transaction.into_iter().map(|event| event.actor).collect::<Vec<_>>(), [actor("c1"), actor("c2")]);
}

#[test]
fn what_cannot_be_stored_along_with_a_change_keeps_the_change_out() {
    let bench = Bench::new();
    let before = bench.last_seq();
    let tool = ToolCall::parse("scheduleBlock", &gym()).unwrap();
    let fails = |_: &Report| Err(StoreError::Corrupt { table: "chunks", cause: "a test".into() });
    let outcome = bench.on(false, |api| api.call_tool(&owner(), &tool, Origin::Direct { key: None }, fails));
    assert!(matches!(outcome, Err(ApiError::Store(_))), "{outcome:?}");
    assert_eq!(bench.last_seq(), before);
}

#[test]
fn a_principal_without_the_scope_is_refused_with_a_sentence_and_nothing_changes() {
    let bench = Bench::new();
    bench.call(&owner(), "scheduleBlock", &gym()).unwrap();
    let before = (bench.last_seq(), bench.store.settings().unwrap());
    let (reader, writer, talker) = (only(&[Scope::Read]), only(&[Scope::Write]), only(&[Scope::Chat]));
    let write = "You may not change this timeline. Nothing was changed.";
    let read = "You may not read this timeline. Nothing was changed.";
    let cases = [
        (&reader, "scheduleBlock", gym(), write),
        (&reader, "undo", json!({}), write),
        (&reader, "undo", json!({"txn": Uuid::from_u128(5)}), write),
        (&reader, "restoreTimeline", json!({"seq": 1}), write),
        (&reader, "setSettings", json!({"breakMinutes": 10}), write),
        (&reader, "deleteEverything", json!({"confirm": "everything"}), write),
        (&talker, "useArchitect", json!({"goal": "Learn German"}), write),
        (&writer, "findBlocks", json!({}), read),
        (&writer, "getTimeline", json!({}), read),
        (&talker, "getMessages", json!({}), read),
        (&writer, "getSettings", json!({}), read),
    ];
    for (principal, name, arguments, expected) in cases {
        let error = bench.call(principal, name, &arguments).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.status()), (expected, 403), "{name}");
    }
    let import =
        bench.on(false, |api| api.call(&reader, Call::Import(ImportPart::whole("")), Origin::Direct { key: None }));
    assert_eq!(import.unwrap_err().to_string(), write);
    assert!(matches!(bench.on(false, |api| api.export(&writer).err()), Some(ApiError::Forbidden(Scope::Read))));
    let tool = ToolCall::parse("scheduleBlock", &gym()).unwrap();
    let origin = Origin::Turn { request: "r1", tool_call: "c1", txn: TxnId::new(Uuid::from_u128(99)) };
    let by_model = bench.on(true, |api| api.call_tool(&only(&[Scope::Chat]), &tool, origin, |_| panic!("carried out")));
    assert_eq!(by_model.unwrap_err().to_string(), write, "the assistant may do what its principal may do");
    assert_eq!((bench.last_seq(), bench.store.settings().unwrap()), before);

    bench.call(&reader, "findBlocks", &json!({})).unwrap();
    bench.call(&writer, "undo", &json!({})).unwrap();
}

#[test]
fn tools_that_ask_need_read_and_all_others_write() {
    let arguments = |name: &str| match name {
        "scheduleBlock" => gym(),
        "createPlan" => json!({"title": "Trip"}),
        "renamePlan" => json!({"id": "Trip", "title": "Tour"}),
        "colorPlan" => json!({"id": "Trip", "color": "red"}),
        "useArchitect" => json!({"goal": "Learn German"}),
        "updateGoal" => json!({"request": "accept"}),
        "snoozeReminder" => json!({"minutes": 10}),
        "shiftTimeline" => json!({"after": "2026-03-03T08:00", "byMinutes": 10}),
        "findFreeTime" => json!({"durationMinutes": 30, "from": "2026-03-03T08:00", "to": "2026-03-04T08:00"}),
        "updateBlock" => json!({"id": "B1", "updates": {"title": "Run"}}),
        "findBlocks" | "rescheduleOverdue" | "listPlans" | "listRuns" | "undo" | "redo" => json!({}),
        _ => json!({"id": "B1"}),
    };
    let mut readers = Vec::new();
    for tool in definitions() {
        let call =
            Call::parse(tool.name, &arguments(tool.name)).unwrap_or_else(|error| panic!("{}: {error}", tool.name));
        if call.scope() == Scope::Read {
            readers.push(tool.name);
        }
    }
    assert_eq!(readers, ["findBlocks", "findFreeTime", "listPlans", "listRuns"]);
}

#[test]
fn all_data_is_replaced_only_while_nothing_is_being_answered() {
    let bench = Bench::new();
    let file = bench.on(false, |api| api.export(&owner())).unwrap().collect::<Result<String, _>>().unwrap();
    let direct = Origin::Direct { key: None };
    let busy = bench.on(true, |api| api.call(&owner(), Call::DeleteEverything, direct)).unwrap_err();
    assert_eq!((busy.status(), busy.to_string().contains("an answer is being written")), (409, true));
    let busy =
        bench.on(true, |api| api.call(&owner(), Call::Import(ImportPart::whole(file.clone())), direct)).unwrap_err();
    assert!(matches!(busy, ApiError::Import(ImportError::NotEmpty)), "{busy}");
    let done = bench.on(false, |api| api.call(&owner(), Call::DeleteEverything, direct)).unwrap();
    assert!(matches!(done.change, Change::Everything), "{done:?}");
    assert_eq!(bench.last_seq(), 2, "a new plan, and that it is the active one");
    let done = bench.on(false, |api| api.call(&owner(), Call::Import(ImportPart::whole(file)), direct)).unwrap();
    assert!(matches!(done.change, Change::Everything), "{done:?}");
    assert!(bench.last_seq() > 0);
}

#[test]
fn a_method_that_does_not_exist_and_arguments_that_do_not_fit_are_errors() {
    let bench = Bench::new();
    let status = |name, arguments| bench.call(&owner(), name, &arguments).unwrap_err().status();
    assert_eq!(status("nope", json!({})), 404);
    assert_eq!(status("getEvents", json!({"after": -1})), 422);
    assert_eq!(status("setSettings", json!({"timeZone": "Mars"})), 422);
}
