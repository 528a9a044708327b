//! Tests of the harness with a perfect agent, a bad one, and one that does nothing; and of interrupted runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod common;

use std::num::NonZero;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bytes::Bytes;
use common::{manifest, plan, suites};
use flux_agent::prompt::Prompts;
use flux_evals::attempt::attempt;
use flux_evals::case::{Case, Suite, schema};
use flux_evals::clock::EvalClock;
use flux_evals::models::{Asked, ModelName};
use flux_evals::record::{AttemptId, Record};
use flux_evals::report::{junit, summary};
use flux_evals::run::{Ended, Journal, Selection, records, run};
use flux_evals::validate::flaws;
use flux_model::{ByteStream, ChatRequest, Endpoint, Model, ModelError, ModelId, ModelLimits, ModelMessage};
use futures::future::LocalBoxFuture;
use futures::stream;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::LocalSet;

/// Some of the suites. Another test checks that every case of all suites is sound.
fn named(names: &[&str]) -> Vec<Suite> {
    let names = names.iter().map(ToString::to_string).collect();
    Selection { suites: names, ..Selection::default() }.of(suites())
}

/// Cases of many kinds.
fn some_suites() -> Vec<Suite> {
    named(&["commands", "corrections", "goals", "injection"])
}

/// Runs a plan to its end and returns its records in order.
fn all(suites: Vec<Suite>, model: ModelName, repeat: u32) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(suites, &model, repeat);
    let journal = Journal::create(folder.path(), "run", &manifest(&plan)).unwrap();
    let (_stopper, stop) = watch::channel(false);
    assert_eq!(run(&plan, &journal, 2, &stop, &|_| {}).unwrap(), Ended::Complete);
    manifest(&plan).in_order(&plan.suites, records(journal.folder()).unwrap())
}

fn passed(records: &[Record]) -> usize {
    records.iter().filter(|record| record.passed).count()
}

#[test]
fn a_perfect_agent_passes_every_case_and_an_empty_one_none() {
    let perfect = all(some_suites(), ModelName::Reference, 1);
    let failed: Vec<String> = perfect
        .iter()
        .filter(|record| !record.passed)
        .map(|record| format!("{}: {:?} {:?}", record.id.case, record.fault, record.failures().collect::<Vec<_>>()))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let nothing = all(some_suites(), ModelName::Empty, 1);
    assert_eq!((nothing.len(), passed(&nothing)), (perfect.len(), 0));
}

/// An agent that deletes whatever it finds and claims success.
struct Vandal;

impl Endpoint for Vandal {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        let first =
            request.context.split_whitespace().find(|word| word.starts_with('B') && word[1..].parse::<u32>().is_ok());
        let is_answered = matches!(request.messages.last(), Some(ModelMessage::Tool { .. }));
        let body = match first.filter(|_| !is_answered) {
            Some(handle) => {
                json!({"response": "", "tool_calls": [{"name": "deleteBlock", "arguments": {"id": handle}}]})
            }
            None => json!({"response": "Done! Is there anything else?"}),
        };
        Box::pin(async move {
            let body: ByteStream = Box::pin(stream::iter([Ok(Bytes::from(body.to_string()))]));
            Ok(body)
        })
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "test".to_owned(), name: "vandal".to_owned() }
    }
}

#[test]
fn an_agent_that_deletes_whatever_it_finds_scores_low() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let suites = some_suites();
    let (mut tried, mut passed) = (0, Vec::new());
    for (suite, case) in suites.iter().flat_map(|suite| suite.cases.iter().map(|case| (&suite.suite, case))) {
        let id = AttemptId { case: case.id.clone(), model: "vandal".into(), prompts: String::new(), repeat: 1 };
        let model = Rc::new(Model::new(Vandal, EvalClock, ModelLimits { retries: 0, ..ModelLimits::default() }));
        let asked = (Asked::new(model), Prompts::current());
        let record = LocalSet::new().block_on(&runtime, attempt(suite, case, id, asked, None));
        assert_eq!(record.fault, None, "{}", case.id);
        tried += 1;
        passed.extend(record.passed.then_some(record.id.case));
    }
    assert!(passed.len() * 50 <= tried, "{} of {tried}: {passed:?}", passed.len());
}

#[test]
fn every_case_is_sound() {
    let suites = suites();
    let cases: Vec<&Case> = suites.iter().flat_map(|suite| &suite.cases).collect();
    let found = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let flaws = LocalSet::new().block_on(&runtime, flaws(case));
                    found.lock().unwrap().extend(flaws.into_iter().map(|flaw| format!("{}: {flaw}", case.id)));
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{found:#?}");
    assert!(cases.len() >= 300, "{} cases", cases.len());
}

#[test]
fn a_start_can_have_what_repeats_of_which_the_first_block_is_done() {
    let case: Case = serde_yaml_ng::from_str(
        "
        id: starts-with-a-series
        now: 2026-03-02T10:00
        zone: Europe/Oslo
        start:
          blocks:
            - {title: Gym, start: 2026-03-01T18:00, repeat: 'every day, 3 times', done: true}
            - {title: Dentist, start: 2026-03-05T14:00}
        turns:
          - say: Delete the gym from tomorrow on, and the dentist
            expect:
              exist: [{block: B1, done: true}]
              unchanged: [B1, B2]
              series: [{title: gym, start: 2026-03-01T18:00, rule: FREQ=DAILY;COUNT=2}]
              gone: [B4]
            reference: [{calls: [{deleteBlock: {id: B3, scope: following}}, {deleteBlock: {id: B4}}]}, {say: Done.}]
        ",
    )
    .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(LocalSet::new().block_on(&runtime, flaws(&case)), []);
}

#[test]
fn every_injection_says_what_following_it_would_be() {
    for case in named(&["injection"]).iter().flat_map(|suite| &suite.cases) {
        assert!(case.turns.iter().all(|turn| turn.expect.order.is_some()), "{}", case.id);
    }
}

#[test]
fn the_published_schema_matches_the_types() {
    let path = common::folder().join("case.schema.json");
    let published: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(published, schema(), "update it: cargo run -p flux-evals -- schema > evals/case.schema.json");
}

/// The record without what depends on the machine's clock.
fn timeless(mut record: Record) -> Record {
    for turn in &mut record.turns {
        turn.cost.total_ms = 0;
        turn.cost.first_ms = None;
    }
    record
}

#[test]
fn a_resumed_run_has_the_same_results_as_an_uninterrupted_one() {
    let whole: Vec<Record> =
        all(named(&["corrections", "plans"]), ModelName::Offline, 2).into_iter().map(timeless).collect();
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(named(&["corrections", "plans"]), &ModelName::Offline, 2);
    let mut journal = Journal::create(folder.path(), "run", &manifest(&plan)).unwrap();
    // Interrupted after a third, then after another third, then not at all. Each time the last line is incomplete.
    for part in [whole.len() / 3, 2 * whole.len() / 3, usize::MAX] {
        let (stopper, stop) = watch::channel(false);
        let ended = AtomicUsize::new(journal.done());
        let on_end = |_: &Record| {
            if ended.fetch_add(1, Ordering::SeqCst) + 1 >= part {
                stopper.send(true).unwrap();
            }
        };
        let outcome = run(&plan, &journal, 2, &stop, &on_end).unwrap();
        assert_eq!(outcome, if part == usize::MAX { Ended::Complete } else { Ended::Interrupted });
        let path = journal.folder().join("records.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        if part != usize::MAX {
            assert!(text.lines().count() < whole.len());
            std::fs::write(&path, format!("{text}{}", &text[..text.find('\n').unwrap() / 2])).unwrap();
        }
        journal = Journal::open(&folder.path().join("run")).unwrap();
    }
    let resumed: Vec<Record> =
        manifest(&plan).in_order(&plan.suites, records(journal.folder()).unwrap()).into_iter().map(timeless).collect();
    assert_eq!(resumed.len(), whole.len());
    for (resumed, whole) in resumed.iter().zip(&whole) {
        assert_eq!(resumed, whole);
    }
    assert_eq!(junit(&resumed), junit(&whole));
    assert_eq!(summary(&resumed, |_| None), summary(&whole, |_| None));
}

#[test]
fn a_resumed_run_repeats_attempts_that_could_not_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(named(&["plans"]), &ModelName::Reference, 1);
    let journal = Journal::create(folder.path(), "run", &manifest(&plan)).unwrap();
    let first = plan.jobs().next().unwrap().id;
    let (suite, category) = ("plans".to_owned(), "plans".to_owned());
    let fault = Some("no disk".to_owned());
    let fault = Record { id: first, suite, category, tags: Vec::new(), passed: false, turns: Vec::new(), fault };
    journal.keep(&fault).unwrap();
    let journal = Journal::open(&folder.path().join("run")).unwrap();
    assert!(!journal.has(&fault.id) && journal.done() == 0);
    let (_stopper, stop) = watch::channel(false);
    run(&plan, &journal, 2, &stop, &|_| {}).unwrap();
    let records = records(journal.folder()).unwrap();
    assert_eq!((records.len(), passed(&records)), (plan.jobs().count(), plan.jobs().count()));
}

#[test]
fn a_manifest_shows_which_cases_have_changed_and_which_prompts_were_current() {
    let suites = named(&["plans"]);
    let before = manifest(&plan(suites.clone(), &ModelName::Reference, 1));
    let mut edited = suites;
    edited[0].cases[1].turns[0].say += " please";
    let id = edited[0].cases[1].id.clone();
    let after = manifest(&plan(edited, &ModelName::Reference, 1));
    assert_eq!(before.changed_cases(&after).into_iter().collect::<Vec<_>>(), [id.as_str()]);
    assert!(before.changed_cases(&before).is_empty());
    assert!(before.current.iter().any(|name| name.starts_with("system@")), "{:?}", before.current);
    assert_eq!(before.agent, after.agent);
}
